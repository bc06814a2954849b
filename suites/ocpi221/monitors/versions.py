"""OCPI 2.2.1, version_information_endpoint: what a platform says of its versions and endpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from evconform.harness.law import monitor
from evconform.ocpi.json import NO_JSON, spelt
from evconform.ocpi.view import Frame, Log
from suites.ocpi221.shapes import model, offences

Offences = Iterator[tuple[Any, str]]

DEPRECATED = ("2.1", "2.2")
THIS = "2.2.1"
"""Other versions have endpoints of another form, and other modules."""


def versions(log: Log) -> Iterator[Frame]:
    """Answers with a list of versions by the subject."""
    for frame in log.answers(by=log.subject, module="versions", ok=True):
        if frame.place.version:
            log.moot(frame)
        else:
            yield frame


def details(log: Log, *versions: str) -> Iterator[Frame]:
    """Answers with version details by the subject, of these versions if any are named."""
    for frame in log.answers(by=log.subject, module="versions", ok=True):
        if frame.place.version and (not versions or frame.place.version in versions):
            yield frame
        else:
            log.moot(frame)


def endpoints(frame: Frame) -> list[dict[str, Any]]:
    """The endpoints of version details, as far as they are objects."""
    rows = frame.get("endpoints")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


@monitor("OCPI221-VER-01")
def there_is_a_version(log: Log) -> Offences:
    for frame in versions(log):
        if not isinstance(frame.data, list) or not frame.data:
            yield frame, f"{frame}: no version"
        for words in offences(frame, "VER-01"):
            yield frame, f"{frame}: {words}"


@monitor("OCPI221-VER-02")
def details_are_of_that_version(log: Log) -> Offences:
    for frame in details(log):
        if frame.get("version", NO_JSON) != frame.place.version:
            yield frame, f"{frame}: the details are of version {spelt(frame.get('version'))}, {frame.place.version} was listed"


@monitor("OCPI221-VER-03")
def endpoints_are_complete(log: Log) -> Offences:
    for frame in details(log, THIS):
        for words in offences(frame, "VER-03"):
            yield frame, f"{frame}: {words}"


@monitor("OCPI221-VER-04")
def credentials_are_there(log: Log) -> Offences:
    for frame in details(log, THIS):
        if not any(row.get("identifier") == "credentials" for row in endpoints(frame)):
            yield frame, f"{frame}: no endpoint of the module credentials"


@monitor("OCPI221-VER-07")
def one_endpoint_for_each_role(log: Log) -> Offences:
    for frame in details(log, THIS):
        if log.policy("duplicate-endpoints") != "one":
            log.moot(frame)
            continue
        rows = Counter((str(row.get("identifier")), str(row.get("role"))) for row in endpoints(frame))
        for (identifier, role), times in rows.items():
            if times > 1:
                yield frame, f"{frame}: {times} endpoints of {identifier} {role}"


@monitor("OCPI221-VER-08")
def urls_are_absolute(log: Log) -> Offences:
    for frame in (*versions(log), *details(log, THIS)):
        rows = frame.data if isinstance(frame.data, list) else endpoints(frame)
        if not rows:
            log.moot(frame)
        for row in rows:
            url = row.get("url") if isinstance(row, dict) else None
            if isinstance(url, str) and not is_absolute(url):
                yield frame, f"{frame}: {url} is no absolute URL of HTTP"


def is_absolute(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


@monitor("OCPI221-VER-09")
def no_custom_modules(log: Log) -> Offences:
    agreed = log.pics.sections.get("custom", {}).get("modules", [])
    known = {*(model().names["ModuleID"].values), *agreed}
    for frame in details(log, THIS):
        for row in endpoints(frame):
            if isinstance(row.get("identifier"), str) and row["identifier"] not in known:
                yield frame, f"{frame}: {row['identifier']} is a module that was not agreed on"


@monitor("OCPI221-VER-51")
def no_version_is_deprecated(log: Log) -> Offences:
    for frame in versions(log):
        rows = [row for row in frame.data if isinstance(row, dict)] if isinstance(frame.data, list) else []
        if not any(row.get("version") for row in rows):
            log.moot(frame)  # nothing is listed
        for row in rows:
            if row.get("version") in DEPRECATED:
                yield frame, f"{frame} lists version {row['version']}"
