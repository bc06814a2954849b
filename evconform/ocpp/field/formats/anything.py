"""As a last resort: any line that holds an OCPP-J message. Which station it is of may stand in the line or not; who sent it is
told by the action of a CALL, and by the id of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from evconform.harness.context import FIELD
from evconform.ocpp.field.arrays import ESCAPED, IN_ONE_LINE, Wrapped, message_in, unescaped
from evconform.ocpp.field.said import Format, Item, Line, Said, Unread
from evconform.ocpp.field.stamps import stamp_of
from evconform.ocpp.field.text import begins_anew

STATION = re.compile(
    r"(?:charge[ _-]?(?:point|box|r)|station|cp|evse|client|identity)(?:[ _-]?(?:id|identity|name))?[\"']?\s*[=:]\s*[\"']?"
    r"(?P<station>[^\s\"',;\]|)]+)",
    re.IGNORECASE,
)
WAYS = (
    (re.compile(r"\b(?:recv|receiv\w*|incoming|inbound|in|rx|from)\b|<-|<<|←", re.IGNORECASE), "in"),
    (re.compile(r"\b(?:send|sent|sending|outgoing|outbound|out|tx|to)\b|->|>>|→", re.IGNORECASE), "out"),
)


def fits(line: str) -> bool:
    return IN_ONE_LINE.search(line) is not None or ESCAPED.search(line) is not None


def read(lines: Iterable[Line], options: Any) -> Iterator[Item]:
    wrapped: tuple[Said, Wrapped] | None = None
    for line in lines:
        begins = fits(line.text)
        if wrapped:
            said, parts = wrapped
            if not begins and not parts.too_long and not begins_anew(line.text):
                if (whole := parts.add(line.text)) is not None:
                    said.text, wrapped = whole, None
                    yield said
                continue
            wrapped = None
            yield Unread(said.line, "the message is not whole", said.station, said.at)
        if begins:
            item = said_in(line)
            if isinstance(item, tuple):
                wrapped = item
            else:
                yield item
    if wrapped:
        yield Unread(wrapped[0].line, "the message is not whole", wrapped[0].station, wrapped[0].at)


def said_in(line: Line) -> Item | tuple[Said, Wrapped]:
    found = IN_ONE_LINE.search(line.text)
    head = line.text[: found.start() if found else 200]
    stamp = stamp_of(head[-400:])
    named = STATION.search(head)
    said = Said(line.n, at=stamp and stamp[0], station=named["station"] if named else "")
    said.way = next((way for pattern, way in WAYS if pattern.search(head)), "")
    if stamp:
        said.facts["resolution"] = stamp[1]
    rest = line.text[found.start() :] if found else ""
    whole = message_in(rest) if found else None
    whole = whole or unescaped(line.text)
    if whole is not None:
        said.text = whole
        return said
    if not found or rest.rstrip().endswith(("...", "…")):
        return Unread(line.n, "the message is cut", said.station, said.at)
    return said, Wrapped([rest])


FORMAT = Format("anything", "lines that hold OCPP-J messages", fits, read, replace(FIELD, connections=False, direction=False))
