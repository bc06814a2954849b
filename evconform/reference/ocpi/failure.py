"""How a call of ours can fail: one exception, and one word for each way."""

from __future__ import annotations

import httpx

WAYS = {
    "forbidden": "the URL is one that we do not call",
    "unreachable": "no connection, or it broke",
    "timed-out": "no answer in time",
    "unauthorized": "HTTP 401",
    "http": "another HTTP status than success",
    "no-json": "the body is no JSON",
    "no-envelope": "the JSON is not OCPI's envelope",
    "refused": "an OCPI status code that is no success",
    "improper": "data that are not what was asked for",
    "endless": "pages that lead round, or on without end",
    "too-large": "a body that nobody needs",
}


class Failed(Exception):
    """A call that did not come to what was asked. ``http`` and ``code``: as answered, 0 if they were not."""

    def __init__(self, way: str, says: str, http: int = 0, code: int = 0) -> None:
        assert way in WAYS, way
        super().__init__(f"{way}: {' '.join(says.split())}")
        self.way = way
        self.http = http
        self.code = code

    @property
    def answered(self) -> bool:
        """Whether the partner is there and said so."""
        return self.http != 0


def of_httpx(error: httpx.HTTPError) -> Failed:
    """What httpx says of it."""
    way = "timed-out" if isinstance(error, httpx.TimeoutException) else "unreachable"
    return Failed(way, str(error) or type(error).__name__)
