"""A look at a partner's versions and endpoints: what either side of a registration does first (OCPI 2.2.1, credentials).

Whoever registers looks with token A and takes the highest version that both have; whoever is registered with looks with token B,
before it answers, for the version whose credentials endpoint was called.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evconform.ocpi import status
from evconform.reference.ocpi.calls import Key
from evconform.reference.ocpi.failure import Failed

if TYPE_CHECKING:
    from evconform.reference.ocpi.platform import Platform

VERSIONS = ("2.2.1",)
"""What we speak."""


class Unfit(Exception):
    """The partner can be reached, and nothing comes of it: 3002 or 3003. ``code``: which."""

    def __init__(self, code: int, says: str) -> None:
        super().__init__(says)
        self.code = code


@dataclass(frozen=True)
class Visited:
    """The version that was agreed, and the partner's endpoints for it."""

    version: str
    endpoints: list[dict[str, Any]]

    def endpoint(self, module: str) -> str | None:
        return next((each["url"] for each in self.endpoints if each["identifier"] == module), None)


async def visit(platform: Platform, url: str, key: Key, version: str = "") -> Visited:
    """Versions, then details. ``version``: the one that it must be; otherwise the highest mutual. Raises Failed, Unfit."""
    listed = (await platform.calls.request("GET", url, key)).data
    if not isinstance(listed, list):
        raise Failed("improper", "the versions are no list", 200)
    offered = {each["version"]: each["url"] for each in listed if is_offer(each)}
    chosen = next(iter(choice(offered, (version,) if version else VERSIONS)), None)
    if chosen is None:
        others = ", ".join(sorted(offered))[:100]
        raise Unfit(status.UNSUPPORTED_VERSION, f"{version or VERSIONS[0]} is not offered, but {others or 'nothing'}")
    details = (await platform.calls.request("GET", offered[chosen], key)).data
    if not isinstance(details, dict) or not isinstance(details.get("endpoints"), list):
        raise Failed("improper", "the version details are no object with endpoints", 200)
    if details.get("version") != chosen:
        raise Failed("improper", f"the details are of {str(details.get('version'))[:20]!r}, not of {chosen}", 200)
    found = Visited(chosen, [dict(each) for each in details["endpoints"] if is_endpoint(each)])
    if lacks := [name for name, there in needed(platform, found) if not there]:
        raise Unfit(status.NO_MATCHING_ENDPOINTS, f"these endpoints are missing: {', '.join(lacks)}")
    return found


def is_offer(entry: Any) -> bool:
    """A Version that we can read; others, of versions to come, are none of ours."""
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in ("version", "url"))


def is_endpoint(entry: Any) -> bool:
    """An Endpoint that we can read; the identifiers of others' own modules are let pass (custom modules)."""
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in ("identifier", "url")):
        return False
    return entry.get("role") in ("SENDER", "RECEIVER") or entry["identifier"] == "credentials"


def needed(platform: Platform, found: Visited) -> Iterable[tuple[str, bool]]:
    """What we cannot do without, and whether it is there."""
    yield "credentials", found.endpoint("credentials") is not None
    announced = {(each["identifier"], each.get("role")) for each in found.endpoints}
    for module, interface in platform.settings.needs:
        yield f"{module} {interface}", (module, interface) in announced


def choice(offered: Iterable[str], ours: Iterable[str]) -> list[str]:
    """The mutual versions, the highest first."""
    mutual = set(offered) & set(ours)
    return sorted(mutual, key=lambda version: [int(part) for part in version.split(".")], reverse=True)
