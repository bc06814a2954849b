"""From what logs say to the entries of one wire log: numbered, on one clock that never goes back, each connection under a name
of its own, with a mark where something is missing."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from evconform.harness.columns import Claims
from evconform.harness.context import FIELD
from evconform.harness.judge import Terms
from evconform.harness.pics import Pics
from evconform.harness.wire import Entry, Side
from evconform.ocpp import json as ocppj
from evconform.ocpp.field.detect import Log
from evconform.ocpp.field.parties import CENTRAL_SYSTEM, CHARGE_POINT, OTHER, sender_of
from evconform.ocpp.field.said import Item, Said, Unread
from evconform.ocpp.field.soap import caller_in

JITTER = 5.0
"""Seconds by which a time stamp may be before the one of the line above: threads, and clocks that are set."""
UNREAD_AT_MOST = 50
"""Places that could not be read and are shown; the others are counted."""
SIDES: dict[str, Side] = {"charge-point": "sut", "central-system": "tester"}
"""The charge point stands where the SUT does."""
UNCLEAR_AT_MOST = 5000
EXCUSED_AT_MOST = 5000
"""Entries before a mark that it may excuse."""
NOBODY = "charger"
"""A station of which the log says no name."""


@dataclass
class Options:
    """What the user may say about logs."""

    terms: Terms
    format: str = ""
    names: dict[str, str] = field(default_factory=dict)
    identity: str = ""


@dataclass
class Numbers:
    """What became of the lines of one log."""

    name: str
    says: str
    place: str
    lines: int = 0
    messages: int = 0
    unread: int = 0
    places: list[tuple[int, str]] = field(default_factory=list)
    foreign: int = 0
    long: int = 0
    jumps: int = 0
    """How often its clock went back."""


class Clock:
    """Seconds since the first entry; a step back begins a new stretch."""

    def __init__(self) -> None:
        self.t = 0.0
        self._base: float | None = None
        self._last = 0.0

    def renew(self) -> None:
        """Another log begins: its clock need not go with the one before."""
        self._base = None

    def at(self, stamp: float | None) -> bool:
        """Goes on to a time stamp; whether it went back further than a jitter."""
        if stamp is None:
            return False
        if self._base is None:
            self._base = stamp - self.t
        if stamp < self._last - JITTER and self._last:
            self._base = stamp - self.t
            self._last = stamp
            return True
        self._last = max(stamp, self._last)
        self.t = max(self.t, round(stamp - self._base, 6))
        return False


class Entries:
    """Makes entries of logs, one after the other."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.numbers: list[Numbers] = []
        self.n = 0
        self.clock = Clock()
        self._connections: Counter[str] = Counter()

    def of(self, log: Log) -> Iterator[Entry]:
        """The entries of a log. The first is a mark that says what it holds."""
        numbers = Numbers(log.source.name, log.says, log.format.place)
        self.numbers.append(numbers)
        self.clock.renew()
        self._connections.clear()
        items = log.format.read(log.lines, self.options)
        if log.format.name == "evconform":
            yield from self._own(items, numbers)
        else:
            terms = replace(self.options.terms, tolerance=self.options.terms.tolerance + log.resolution)
            yield self._mark("source", terms=terms, context=log.context)
            if log.newest_first:
                items = iter(list(items)[::-1])
            for item in items:
                yield from self._item(log, numbers, item)
        numbers.lines, numbers.foreign, numbers.long = log.source.count, log.source.foreign, log.source.long

    def _item(self, log: Log, numbers: Numbers, item: Item) -> Iterator[Entry]:
        if isinstance(item, Unread):
            yield self._unread(numbers, item)
            return
        assert isinstance(item, Said)
        if log.parties.is_second(item):
            return
        if self.clock.at(item.at):
            numbers.jumps += 1
            yield self._mark("gap", station="")
        role = "charge-point" if item.kind in ("open", "lost") else log.parties.sender(item)
        if not role:
            yield self._unread(numbers, Unread(item.line, "who sent it cannot be told", item.station))
            return
        numbers.messages += is_message(item.kind, item.text)
        yield self._said(item, SIDES[role], len(self.numbers) - 1)

    def _said(self, said: Said, by: Side, source: int) -> Entry:
        station = said.station or self.options.identity
        key = said.conn or station or NOBODY
        if said.kind == "open":
            self._connections[key] += 1
        facts: dict[str, Any] = {"line": said.line, "source": source}
        if station or not said.conn:
            facts["station"] = station or NOBODY
        facts |= {name: said.facts[name] for name in ("fin", "of") if name in said.facts}
        self.n += 1
        count = self._connections[key]
        conn = f"{source}/{key}" + (f"/{count}" if count else "")
        return Entry(self.n, self.clock.t, conn, by, said.kind, said.text, "", facts)

    def _unread(self, numbers: Numbers, item: Unread) -> Entry:
        numbers.unread += 1
        if len(numbers.places) < UNREAD_AT_MOST:
            numbers.places.append((item.line, item.why))
        return self._mark("gap", station=item.station or self.options.identity)

    def _mark(self, mark: str, **facts: Any) -> Entry:
        self.n += 1
        return Entry(self.n, self.clock.t, mark=mark, facts=facts)

    # ── our own wire logs ──

    def _own(self, items: Iterator[Item], numbers: Numbers) -> Iterator[Entry]:
        """Their entries, under numbers of this log; the charge point takes the side of the SUT."""
        held: list[Item] = []
        role = ""
        for item in items:  # until it is clear who is who
            held.append(item)
            role = role_of(item)
            if role or len(held) > UNCLEAR_AT_MOST:
                break
        source = len(self.numbers) - 1
        yield self._mark("source", **terms_in(held, role, self.options.terms))
        places: OrderedDict[int, int] = OrderedDict()
        for item in chain(held, items):
            if isinstance(item, Unread):
                yield self._unread(numbers, item)
            elif isinstance(item, Entry):
                self.clock.at(item.t)
                self.n += 1
                places[item.n] = self.n
                if len(places) > EXCUSED_AT_MOST:
                    places.popitem(last=False)
                numbers.messages += is_message(item.kind, item.data)
                yield self._turned(item, role == CENTRAL_SYSTEM, source, places)

    def _turned(self, entry: Entry, turned: bool, source: int, places: Mapping[int, int]) -> Entry:
        facts = entry.facts | {"source": source}
        if entry.mark in ("deviation", "hostile"):
            facts["frames"] = [places[n] for n in facts.get("frames", ()) if n in places]
        by: Side | None = entry.by
        if turned and by:
            by = "tester" if by == "sut" else "sut"
        conn = f"{source}/{entry.conn}" if entry.conn else ""
        return Entry(self.n, self.clock.t, conn, by, entry.kind, entry.data, entry.mark, facts)


def is_message(kind: str, data: str | bytes) -> bool:
    """Whether an entry holds a message of OCPP-J, or one of HTTP with one of OCPP-S."""
    return kind == "text" or (kind in ("request", "response") and bool(caller_in(data)))


def header_in(item: Item) -> dict[str, Any]:
    """The header of a run."""
    header = item.facts.get("header") if isinstance(item, Entry) and item.mark == "campaign-begin" else None
    return header if isinstance(header, dict) else {}


def role_of(item: Item) -> str:
    """The role of the SUT, as the header or a first CALL tells it."""
    if header := header_in(item):
        return str(header.get("sut", {}).get("role", ""))
    if isinstance(item, Entry) and item.kind == "text" and isinstance(item.data, str):
        sender = sender_of(ocppj.read(item.data))
        return sender if item.by == "sut" or not sender else OTHER[sender]
    if isinstance(item, Entry) and item.kind == "request" and (caller := caller_in(item.data)):
        return caller if item.by == "sut" else OTHER[caller]
    return ""


def terms_in(held: list[Item], role: str, terms: Terms) -> dict[str, Any]:
    """What the header of a run says, as the facts of a mark; without one, what is said of any log."""
    context = replace(FIELD, bytes=True, tester=OTHER.get(role, ""))
    header = next(filter(None, map(header_in, held)), None)
    if header:
        with suppress(KeyError, TypeError):
            given = header["pics"]
            pics = Pics(given["answers"], tuple(given["assumed"]), given["sections"], given["messages"])
            identity, tolerance, pixit = header["endpoint"]["identity"], header["tolerance"], header["pixit"]
            told = {speaks: Claims(replace(pics, answers=each["answers"])) for speaks, each in header.get("columns", {}).items()}
            terms = Terms(CHARGE_POINT, identity, tolerance, pixit, pics, columns=told)
            context = replace(context, acts=True)
    return {"terms": terms, "context": context}
