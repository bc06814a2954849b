"""What a format finds in a log: messages and the ends of connections, and what it could not read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from evconform.harness.context import FIELD, Context
from evconform.harness.wire import Entry


@dataclass(slots=True)
class Said:
    """Something that was said on a connection."""

    line: int
    """Where it stands in the source: the line, or the packet of a capture, from 1."""
    text: str | bytes = ""
    kind: str = "text"
    """As the tap calls it: text, request, response, open, close, lost, ping …"""
    at: float | None = None
    """POSIX seconds; a time without a zone is read as UTC."""
    station: str = ""
    conn: str = ""
    way: str = ""
    """``in`` or ``out``, seen by the program that wrote the log."""
    role: str = ""
    """Who said it, where the format tells."""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Unread:
    """A place that should hold a message, and cannot be read."""

    line: int
    why: str
    station: str = ""
    at: float | None = None


Item = Said | Unread | Entry
"""Our own wire logs give entries."""


@dataclass(frozen=True)
class Line:
    """A line of a source."""

    n: int
    text: str


WITHOUT_CONNECTIONS = replace(FIELD, connections=False)


@dataclass(frozen=True)
class Format:
    """One kind of log. ``fits``: whether a line looks like it; ``read``: what the lines say."""

    name: str
    title: str
    fits: Callable[[str], bool]
    read: Callable[[Iterable[Line], Any], Iterator[Item]]
    context: Context = WITHOUT_CONNECTIONS
    program: str = ""
    """The role of the program that writes it, if it is always the same."""
    place: str = "line"
    """What is counted in it."""
