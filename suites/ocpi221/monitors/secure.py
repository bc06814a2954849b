"""OCPI 2.2.1, transport_and_format: the URLs of a platform that is reached over TLS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from evconform.harness.law import monitor
from evconform.ocpi.headers import LINK
from evconform.ocpi.paging import next_link
from evconform.ocpi.view import Frame, Log
from suites.ocpi221.monitors.versions import details, endpoints, versions


@monitor("OCPI221-TRN-29")
def what_is_announced_is_https(log: Log) -> Iterator[tuple[Any, str]]:
    for frame in announcing(log):
        urls = [url for url in announced_by(frame) if isinstance(url, str)]
        if not log.announced().https or not urls:
            log.moot(frame)  # whoever is reached by HTTP is so as its SUT file says
        for url in urls if log.announced().https else ():
            if scheme(url) not in ("https", ""):
                yield frame, f"{frame} announces {url}, and the versions URL is one of HTTPS"


def announcing(log: Log) -> Iterator[Frame]:
    """Frames of the subject that may hold URLs of its endpoints."""
    yield from versions(log)
    yield from details(log)
    yield from log.requests(("POST", "PUT"), module="credentials", by=log.subject)
    yield from log.answers(by=log.subject, module="credentials", ok=True)
    yield from log.answers(by=log.subject, ok=True, functional=True)


def announced_by(frame: Frame) -> Iterator[Any]:
    """The URLs that a frame announces: of versions and endpoints, of the versions again, of a next page."""
    if frame.module == "credentials":
        yield frame.get("url")
    elif frame.module == "versions":
        rows = frame.data if isinstance(frame.data, list) else endpoints(frame)
        yield from (row.get("url") for row in rows if isinstance(row, dict))
    else:
        yield next_link(frame.header(LINK))


def scheme(url: str) -> str:
    """In small letters; empty for a relative URL, and for what is none, which another rule is about."""
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""
