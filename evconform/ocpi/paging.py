"""OCPI 2.2.1, transport_and_format, pagination: the Link to the next page, and the window that a list request asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from evconform.ocpi.moments import moment, stamp

_ENTRY = re.compile(r'\s*<([^<>]*)>((?:\s*;\s*[^\s;,="]+(?:\s*=\s*(?:"[^"]*"|[^";,\s]*))?)*)\s*(?:,|$)')
_PARAMETER = re.compile(r'([^\s;,="]+)\s*=\s*(?:"([^"]*)"|([^";,\s]*))')
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)


def next_link(header: str | None) -> str | None:
    """The URL of the entry with the relation ``next`` (RFC 8288), None without one. White space of a folded line inside the
    URL is no part of it."""
    for entry in _ENTRY.finditer(header or ""):
        parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(entry[2])}
        if "next" in parameters.get("rel", "").lower().split():
            return "".join(entry[1].split())
    return None


def link(url: str) -> str:
    """The value of a Link header that leads to the next page."""
    return f'<{url}>; rel="next"'


@dataclass(frozen=True)
class Window:
    """What a list request asks for: ``last_updated`` from, inclusive, to, exclusive; the first object, and how many."""

    date_from: datetime | None = None
    date_to: datetime | None = None
    offset: int = 0
    limit: int | None = None

    @classmethod
    def of(cls, query: str | Mapping[str, str] | Iterable[tuple[str, str]]) -> Window:
        """Read from the query of a URL, as text or as its parameters; others are left alone. Raises ValueError with words."""
        given = _given(query)
        return cls(
            _moment("date_from", given.get("date_from")),
            _moment("date_to", given.get("date_to")),
            _number("offset", given.get("offset")) or 0,
            _number("limit", given.get("limit")),
        )

    def query(self) -> str:
        """The query that asks for it, without a question mark; empty if it asks for everything."""
        asked = {
            "date_from": self.date_from and stamp(self.date_from),
            "date_to": self.date_to and stamp(self.date_to),
            "offset": self.offset or None,
            "limit": self.limit,
        }
        return urlencode([(name, value) for name, value in asked.items() if value is not None], safe=":")

    def holds(self, last_updated: datetime) -> bool:
        """Whether an object of that moment is asked for."""
        return (self.date_from is None or last_updated >= self.date_from) and (
            self.date_to is None or last_updated < self.date_to
        )


def _given(query: str | Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    if isinstance(query, str):
        return dict(parse_qsl(query, keep_blank_values=True))
    return dict(query)


def _moment(name: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else moment(text)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _number(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{name}: {text[:40]!r} is no whole number from 0")
    return int(text)
