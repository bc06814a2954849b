"""Where a request goes: module and interface by what the party that serves it announced on the wire, never by a guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from evconform.ocpi.operations import CONFIGURATION, EITHER, Operation, operation
from evconform.ocpi.urls import below

KEPT_AT_MOST = 10_000
"""Links to next pages that a party may announce before the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Place:
    """``parts``: what of the URL's path stands below the announced one, decoded. ``version``: that of the version details
    that announced it."""

    module: str = ""
    interface: str = ""
    parts: tuple[str, ...] = ()
    version: str = ""

    @property
    def routed(self) -> bool:
        """Of a functional module."""
        return bool(self.module) and self.module not in CONFIGURATION

    def operation(self, method: str) -> Operation | None:
        depth = 1 if self.module == "versions" and self.version else len(self.parts)
        return operation(self.module, self.interface, method, depth)


NOWHERE = Place()


@dataclass
class Announced:
    """What one party announced of its URLs: in credentials, versions, version details and Links. Hosts are not compared, for the
    connection says who is asked, and behind a proxy the name is another; but for endpoints that differ in the host alone."""

    versions: set[str] = field(default_factory=set)
    """Paths of version information."""
    details: dict[str, str] = field(default_factory=dict)
    """Path of version details to the version."""
    endpoints: dict[str, list[tuple[str, str, str, str]]] = field(default_factory=dict)
    """Version to module, interface, URL and path."""
    links: dict[str, Place] = field(default_factory=dict)
    """Targets of next pages."""
    https: bool = False
    """Whether the versions URL that was given outside of the protocol is one of HTTPS."""

    def copy(self) -> Announced:
        return Announced(
            *(set(self.versions), dict(self.details), {k: list(v) for k, v in self.endpoints.items()}, dict(self.links)),
            self.https,
        )

    def find(self, target: str, method: str, host: str = "") -> Place:
        """Where a request with that target, to that host, goes; NOWHERE if nothing of the kind was announced."""
        if target in self.links:
            return self.links[target]
        path = _path(target)
        if path in self.details:
            return Place("versions", EITHER, version=self.details[path])
        if path in self.versions:
            return Place("versions", EITHER)
        found: list[tuple[int, bool, bool, Place]] = []
        for version, endpoints in self.endpoints.items():
            for module, interface, url, base in endpoints:
                parts = below(base, target)
                if parts is not None:
                    place = Place(module, EITHER if module == "credentials" else interface, parts, version)
                    found.append((len(base.rstrip("/")), is_at(url, host), place.operation(method) is not None, place))
        return max(found, key=lambda each: each[:3])[3] if found else NOWHERE

    def url(self, module: str, interface: str, version: str = "2.2.1") -> str | None:
        """The announced URL of an interface; the credentials module has one for both."""
        for name, role, url, _ in self.endpoints.get(version, ()):
            if name == module and (role == interface or module == "credentials"):
                return url
        return None

    # ── what was said ──

    def has_versions_at(self, url: Any) -> None:
        if isinstance(url, str) and url:
            self.versions.add(_path(url))

    def lists_versions(self, data: Any) -> None:
        """The data of version information."""
        for each in data if isinstance(data, list) else ():
            if isinstance(each, dict) and isinstance(each.get("url"), str):
                self.details[_path(each["url"])] = str(each.get("version"))

    def details_version(self, version: str, data: Any) -> None:
        """The data of version details: they replace what was said of that version."""
        rows = data.get("endpoints") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            return
        self.endpoints[version] = [
            (str(row.get("identifier")), str(row.get("role")), row["url"], _path(row["url"]))
            for row in rows
            if isinstance(row, dict) and isinstance(row.get("url"), str)
        ]

    def links_to(self, url: str, asked: str, place: Place) -> None:
        """A Link to the next page, in an answer to ``asked``: what is there is more of the same."""
        if len(self.links) >= KEPT_AT_MOST:
            del self.links[next(iter(self.links))]
        self.links[target_of(url, asked)] = place


def is_at(url: str, host: str) -> bool:
    """Whether a URL names that host, with its port."""
    try:
        return urlsplit(url).netloc.lower() == host.lower()
    except ValueError:  # a host in brackets that is none
        return False


def target_of(url: str, asked: str) -> str:
    """The request target that a URL in an answer to ``asked`` leads to."""
    try:
        path, query = _split(urljoin(asked, url))
    except ValueError:  # a host in brackets that is none
        return url
    return f"{path}?{query}" if query else path


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:  # a host in brackets that is none
        return url, ""
    return parts.path or "/", parts.query


def _path(url: str) -> str:
    """With a slash at its end or without is one to us: whoever asks must write it as announced, and a rule says so."""
    return _split(url)[0].rstrip("/") or "/"
