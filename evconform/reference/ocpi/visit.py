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
    if not isinstance(listed, list) or any(platform.wrong("Version", each) for each in listed):
        raise Failed("improper", "the versions are no list of Version objects", 200)
    offered = {each["version"]: each["url"] for each in listed}
    chosen = next(iter(choice(offered, (version,) if version else VERSIONS)), None)
    if chosen is None:
        others = ", ".join(sorted(offered))[:100]
        raise Unfit(status.UNSUPPORTED_VERSION, f"{version or VERSIONS[0]} is not offered, but {others or 'nothing'}")
    details = (await platform.calls.request("GET", offered[chosen], key)).data
    if wrong := details_wrong(platform, details, chosen):
        raise Failed("improper", wrong, 200)
    found = Visited(chosen, [dict(each) for each in details["endpoints"]])
    if lacks := [name for name, there in needed(platform, found) if not there]:
        raise Unfit(status.NO_MATCHING_ENDPOINTS, f"these endpoints are missing: {', '.join(lacks)}")
    return found


def details_wrong(platform: Platform, details: Any, version: str) -> str:
    """What is wrong with version details; empty if nothing. An empty list of endpoints is one that lacks all (3003)."""
    if isinstance(details, dict) and details.get("endpoints") == [] and details.get("version") == version:
        return ""
    if says := platform.wrong("VersionDetails", details):
        return f"the version details: {says}"
    return "" if details["version"] == version else f"the details are of {details['version']}, not of {version}"


def needed(platform: Platform, found: Visited) -> Iterable[tuple[str, bool]]:
    """What we cannot do without, and whether it is there."""
    yield "credentials", found.endpoint("credentials") is not None
    announced = {(each["identifier"], each["role"]) for each in found.endpoints}
    for module, interface in platform.settings.needs:
        yield f"{module} {interface}", (module, interface) in announced


def choice(offered: Iterable[str], ours: Iterable[str]) -> list[str]:
    """The mutual versions, the highest first."""
    mutual = set(offered) & set(ours)
    return sorted(mutual, key=lambda version: [int(part) for part in version.split(".")], reverse=True)
