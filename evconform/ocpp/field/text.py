"""Logs of lines: a pattern finds the station, the way and the begin of the message; another one where connections begin and
end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evconform.ocpp.field.arrays import Wrapped, message_in, unescaped
from evconform.ocpp.field.said import Item, Line, Said, Unread
from evconform.ocpp.field.stamps import stamp_of

HEAD = 400
"""Characters before a message that may hold its time stamp."""


@dataclass(frozen=True)
class Lines:
    """How the lines of a format are read. ``said`` has the groups ``way`` and, if the log names it, ``station`` and ``conn``,
    and ends where the message begins. ``events``: pattern to open or lost."""

    said: re.Pattern[str]
    hints: tuple[str, ...]
    """Words of which one is in every line with a message: they are looked for first."""
    ways: Mapping[str, str]
    events: tuple[tuple[re.Pattern[str], str], ...] = ()
    station: Callable[[str], str] = str

    def fits(self, line: str) -> bool:
        return self._found(line) is not None

    def _found(self, line: str) -> re.Match[str] | None:
        return self.said.search(line) if any(hint in line for hint in self.hints) else None

    def read(self, lines: Iterable[Line], options: Any) -> Iterator[Item]:
        """What the lines say."""
        wrapped: tuple[Said, Wrapped] | None = None
        for line in lines:
            found = self._found(line.text)
            event = None if found else self._event(line)
            if wrapped:
                said, parts = wrapped
                if found is None and event is None and not parts.too_long and not begins_anew(line.text):
                    if (whole := parts.add(line.text)) is not None:
                        said.text, wrapped = whole, None
                        yield said
                    continue
                wrapped = None
                yield Unread(said.line, "the message is not whole", said.station, said.at)
            if event:
                yield event
            elif found:
                item = self._said(line, found)
                if isinstance(item, tuple):
                    wrapped = item
                elif item is not None:
                    yield item
        if wrapped:
            yield Unread(wrapped[0].line, "the message is not whole", wrapped[0].station, wrapped[0].at)

    def _said(self, line: Line, found: re.Match[str]) -> Item | tuple[Said, Wrapped] | None:
        groups = found.groupdict()
        station = self.station(groups.get("station") or "")
        stamp = stamp_of(line.text[: found.end()][-HEAD:])
        said = Said(line.n, at=stamp and stamp[0], station=station, conn=groups.get("conn") or "")
        said.way = self.ways.get((groups.get("way") or "").lower(), "")
        if stamp:
            said.facts["resolution"] = stamp[1]
        rest = line.text[found.end() :]
        whole = message_in(rest) or unescaped(rest)
        if whole is not None:
            said.text = whole
            return said
        if rest[:1] != "[" or rest.rstrip().endswith(("...", "…")):
            return Unread(line.n, "the message is cut", station, said.at)
        return said, Wrapped([rest])

    def _event(self, line: Line) -> Said | None:
        for pattern, kind in self.events:
            if found := pattern.search(line.text):
                groups = found.groupdict()
                stamp = stamp_of(line.text[:HEAD])
                station = self.station(groups.get("station") or "")
                return Said(line.n, "", kind, stamp and stamp[0], station, groups.get("conn") or "")
        return None


STAMPED = re.compile(r"^\W{0,2}(?:\w+ *\| *)?\W{0,2}(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:|\w{3} +\d{1,2} \d\d:\d\d:)")


def begins_anew(line: str) -> bool:
    """Whether a line begins with a time stamp: then it does not go on with what the one before it said."""
    return STAMPED.match(line) is not None
