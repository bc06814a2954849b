"""Our own wire logs: a run's, a bundle's, or what ``evconform mock --log`` wrote. They hold everything, marks too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from evconform.harness.context import Context
from evconform.harness.wire import Entry, as_entry
from evconform.ocpp.field.said import Format, Item, Line, Unread

OURS = re.compile(r'^\{"n":\d+,"t":[-\d.e]+,"wall":"')


def fits(line: str) -> bool:
    return OURS.match(line) is not None


def read(lines: Iterable[Line], options: Any) -> Iterator[Item]:
    for line in lines:
        entry = entry_in(line)
        if entry is not None:
            yield entry
        elif line.text.strip():
            yield Unread(line.n, "no line of a wire log")


def entry_in(line: Line) -> Entry | None:
    """The entry of a line; its place stands with its facts."""
    try:
        entry = as_entry(json.loads(line.text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(entry.n, int) or not isinstance(entry.t, int | float) or entry.by not in (None, "sut", "tester"):
        return None
    if not isinstance(entry.data, str | bytes) or not isinstance(entry.conn, str):
        return None
    entry.facts["line"] = line.n
    return entry


FORMAT = Format("evconform", "a wire log of evconform", fits, read, Context())
