"""CitrineOS's log (tslog): date, level, place, ``CitrineOS Logger:CLASS``, words and values, with tabs between. It prints
results and errors as JavaScript objects (``Process CallResult``), other messages only where something failed; so such a log
shows little, and says so. It is a central system; an identifier is ``tenant:station``."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from evconform.harness.context import FIELD
from evconform.ocpp.field.arrays import IN_ONE_LINE, message_in
from evconform.ocpp.field.javascript import as_json
from evconform.ocpp.field.said import Format, Item, Line, Said, Unread
from evconform.ocpp.field.stamps import stamp_of

HEAD = re.compile(r"CitrineOS Logger(?::\S+)?\s+")
RESULT = re.compile(r"Process CallResult (?P<station>\S+) (?P<id>\S+) (?P<value>\{.*)", re.DOTALL)
ERROR = re.compile(r"Process CallError (?P<station>\S+) (?P<value>\[.*)", re.DOTALL)
OPENED = re.compile(r"Client websocket connected (?P<station>\S+)")
CLOSED = re.compile(r"Connection closed for (?P<station>\S+)")
NOT_SENT = re.compile(r"Failed to send message: (?P<station>\S+)")


def fits(line: str) -> bool:
    return "CitrineOS Logger" in line and HEAD.search(line) is not None


def read(lines: Iterable[Line], options: Any) -> Iterator[Item]:
    """What the records say: a value goes on in the lines behind, until the next head."""
    record: list[Line] = []
    for line in lines:
        if fits(line.text) and record:
            yield from said_in(record)
            record = []
        if record or fits(line.text):
            record.append(line)
    if record:
        yield from said_in(record)


def said_in(record: list[Line]) -> Iterator[Item]:
    first = record[0]
    found = HEAD.search(first.text)
    assert found
    stamp = stamp_of(first.text[: found.start()])
    at = stamp and stamp[0]
    words = "\n".join([first.text[found.end() :], *(line.text for line in record[1:])])
    for pattern, kind in ((OPENED, "open"), (CLOSED, "lost")):
        if event := pattern.match(words):
            yield Said(first.n, "", kind, at, station_of(event["station"]))
    if NOT_SENT.match(words):
        return
    if result := RESULT.match(words):
        payload = as_json(result["value"])
        if payload is None:
            yield Unread(first.n, "an object that is not printed whole", station_of(result["station"]), at)
        else:
            yield Said(first.n, f'[3,"{result["id"]}",{payload}]', "text", at, station_of(result["station"]), "", "in")
    elif error := ERROR.match(words):
        message = as_json(error["value"])
        if message is None:
            yield Unread(first.n, "an object that is not printed whole", station_of(error["station"]), at)
        else:
            yield Said(first.n, message, "text", at, station_of(error["station"]), "", "in")
    elif (place := IN_ONE_LINE.search(words)) and (text := message_in(words[place.start() :])):
        yield Said(first.n, text, "text", at)


def station_of(identifier: str) -> str:
    return identifier.rpartition(":")[2]


FORMAT = Format("citrineos", "CitrineOS's log", fits, read, FIELD, program="central-system")
