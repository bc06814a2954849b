"""What was metered in a conversation, for the rules about it: its transactions (4.8, 4.10), and its moments of measuring.

Everything goes by the time stamps of the charge point: what it queued while offline arrives late (3.7)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from math import inf
from typing import Any

from evconform.ocpp.view import Frame, Log, instant
from suites.ocpp16.measurands import MeterValue, Reading, meter_values
from suites.ocpp16.monitors.configuration import Configuration

TRANSACTIONAL = ("StartTransaction", "MeterValues", "StopTransaction")
NEAR = 1.0
"""Seconds that the time stamps of one moment may differ: some have whole seconds only."""
NOT_WHOLE = 2
"""So many moments of a connector may have begun before the log."""
AT_ONCE = 0.9
"""The same for values of one moment that came in several messages."""


@dataclass
class Transaction:
    """A transaction that has an id. ``began``, ``ended``: POSIX seconds; ``values``: what its MeterValues say, in order of
    time; ``data``: what its StopTransaction says."""

    start: Frame
    id: int
    connector: Any
    began: float
    stop: Frame | None = None
    ended: float | None = None
    values: list[MeterValue] = field(default_factory=list)
    data: tuple[MeterValue, ...] = ()

    @property
    def accepted(self) -> bool:
        info = self.start.answer.get("idTagInfo") if self.start.answer else None
        return isinstance(info, dict) and info.get("status") == "Accepted"

    def lasted(self, at: float | None) -> bool:
        """Whether it was running at a time."""
        return at is not None and self.began - NEAR <= at <= (inf if self.ended is None else self.ended) + NEAR


class Transactions:
    """The transactions of a conversation: those whose StartTransaction was answered in it."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._ends = [f for f in log.conversation.frames if f.kind in ("lost", "eof", "close")]
        self._values: dict[int | None, list[Frame]] = defaultdict(list)
        for frame in log.conversation.called("MeterValues"):
            self._values[id_in(frame)].append(frame)
        self._unnamed: dict[str, list[MeterValue]] = defaultdict(list)
        for frame in self._values[None]:
            self._unnamed[repr(frame.get("connectorId"))] += (v for v in meter_values(frame) if v.at is not None)
        for values in self._unnamed.values():
            values.sort(key=lambda v: v.at or 0.0)
        self._stops: dict[int | None, list[Frame]] = defaultdict(list)
        for frame in log.conversation.called("StopTransaction"):
            self._stops[id_in(frame)].append(frame)
        self._all: dict[int, Transaction] = {}
        following: dict[int, int] = {}
        for start in reversed(log.conversation.called("StartTransaction")):
            number, began = id_in(start.answer), instant(start.get("timestamp"))
            if number is not None and began is not None:
                until = following.get(number, log.last + 1)  # an id that the central system gave twice
                self._all[start.n] = self._follow(start, number, began.timestamp(), until)
                following[number] = start.n

    @classmethod
    def of(cls, log: Log) -> Transactions:
        """Those of a conversation, followed once; the situations are those of ``log``."""
        mine = copy(log.conversation.index("transactions", lambda: cls(log)))
        mine.log = log
        return mine

    def _follow(self, start: Frame, number: int, began: float, until: int) -> Transaction:
        found = Transaction(start, number, start.get("connectorId"), began)
        found.stop = next((f for f in self._stops[number] if start.n < f.n < until), None)
        ended = instant(found.stop.get("timestamp")) if found.stop else None
        found.ended = ended.timestamp() if ended else None
        found.data = meter_values(found.stop) if found.stop else ()
        own = [v for f in self._values[number] if start.n < f.n < until for v in meter_values(f) if v.at is not None]
        unnamed = self._unnamed[repr(found.connector)]
        first = bisect_left(unnamed, began - NEAR, key=lambda v: v.at or 0.0)
        own += takewhile(lambda v: found.lasted(v.at), unnamed[first:])
        found.values = sorted(own, key=lambda v: v.at or 0.0)
        return found

    def started(self) -> Iterator[Transaction]:
        """Each transaction; its StartTransaction counts as a situation."""
        for start in self.log.calls("StartTransaction", by="charge-point"):
            if start.n in self._all:
                yield self._all[start.n]
            else:
                self.log.moot(start)

    def stopped_by(self, stop: Frame) -> Transaction | None:
        number = id_in(stop)
        ended = (t for t in self._all.values() if t.stop and t.id == number and t.stop.n <= stop.n)
        return max(ended, key=lambda t: t.start.n, default=None)

    def one_holds(self, connector: str, earlier: float, later: float) -> bool:
        """Whether one transaction of a connector, given as its ``repr``, was running at two times."""
        mine = (t for t in self._all.values() if repr(t.connector) == connector)
        return any(t.lasted(earlier) and t.lasted(later) for t in mine)

    def lab(self, at: float, frame: Frame) -> float:
        """The time of the log at which a time stamp in ``frame`` was, as far as the charge point's clock is known."""
        return frame.t if self._offset is None else min(frame.t, at - self._offset)

    def stamp(self, frame: Frame) -> float:
        """The time stamp of a frame; if it has none, what it would be by the clock of the central system."""
        moment = instant(frame.get("timestamp"))
        return moment.timestamp() if moment else frame.t + (self._offset or 0.0)

    def steady(self, configuration: Configuration, key: str, transaction: Transaction) -> str | None:
        """The value that a key had during all of a transaction; None if it is not known, or changed."""
        since = min(transaction.start.t, self.lab(transaction.began, transaction.start) + NEAR)
        return configuration.steady(key, since, transaction.stop or self.log.last_frame)

    def seen(self, transaction: Transaction, seconds: float) -> bool:
        """Whether so much of a transaction is in the log."""
        if transaction.ended is not None:
            return transaction.ended - transaction.began >= seconds
        return self.log.is_over(transaction.start.t + seconds, transaction.start)

    def offline(self, earlier: float, later: float) -> bool:
        """Whether the charge point was offline at some time between two time stamps."""
        self.log.needs("connections")
        offset = self._offset or 0.0
        for end in self._ends:
            back = next((f.t for f in self.log.sent_by("charge-point", after=end)), inf)
            if self._offset is None or (end.t <= later - offset + NEAR and back >= earlier - offset - NEAR):
                return True
        return False

    def stuck(self, transaction: Transaction) -> bool:
        """Whether a message about transactions waits for its answer: those behind it wait too (3.7)."""
        calls = (call for action in TRANSACTIONAL for call in self.log.conversation.called(action))
        waits = (call.answer is None or call.answer.type == "CALLERROR" for call in calls if call.n >= transaction.start.n)
        return any(waits)

    @cached_property
    def _offset(self) -> float | None:
        return clock_of(self.log)

    @cached_property
    def _configuration(self) -> Configuration:
        return Configuration.of(self.log)

    def doubtful(self, value: MeterValue, context: str) -> bool:
        """Whether values without a context, which the default makes periodic samples, may be something else."""
        if not any(r.context == context and "context" not in r.given for r in value.readings):
            return False
        aligned = self._configuration.value_at("ClockAlignedDataInterval", value.frame)
        asks = [a for name in ("TriggerMessage", "ExtendedTriggerMessage") for a in self.log.conversation.called(name)]
        patience = self.log.pixit["patience"]
        unknown = aligned is None and not self.log.context.life
        return unknown or aligned not in (None, "0") or any(0 <= value.frame.since(ask) <= patience for ask in asks)


def id_in(frame: Frame | None) -> int | None:
    """The transactionId in a payload, if it is a number."""
    number = frame.get("transactionId") if frame and frame.type in ("CALL", "CALLRESULT") else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def clock_of(log: Log) -> float | None:
    """What to take from a time stamp to have the time of the log; None if the central system gave no time."""
    for call in log.conversation.frames:
        if call.answer and call.action in ("BootNotification", "Heartbeat"):
            moment = instant(call.answer.get("currentTime"))
            if moment:
                return moment.timestamp() - call.answer.t
    return None


# ── moments ──


@dataclass
class Moment:
    """What was measured of one connector at one time, in one message or several."""

    connector: int
    at: float
    values: list[MeterValue]
    readings: list[Reading]

    @property
    def last(self) -> Frame:
        """The message with which it was whole."""
        return max((v.frame for v in self.values), key=lambda f: f.n)


def moments_of(log: Log, context: str) -> dict[int, list[Moment]]:
    """The moments that have readings of a context (of any, if it is empty), by the number of their last message."""
    return log.conversation.index(("moments", context), lambda: found_moments(log, context))


def found_moments(log: Log, context: str) -> dict[int, list[Moment]]:
    groups: dict[int, list[MeterValue]] = defaultdict(list)
    for frame in log.conversation.called("MeterValues"):
        connector = frame.get("connectorId")
        if isinstance(connector, int) and not isinstance(connector, bool):
            groups[connector] += [v for v in meter_values(frame) if v.at is not None]
    found: dict[int, list[Moment]] = defaultdict(list)
    for connector, values in groups.items():
        current: Moment | None = None
        every: list[Moment] = []
        for value in sorted(values, key=lambda v: v.at or 0.0):
            readings = [r for r in value.readings if context in ("", r.context)]
            if not readings or value.at is None:
                continue
            if current is None or value.at - current.at > AT_ONCE:
                current = Moment(connector, value.at, [], [])
                every.append(current)
            current.values.append(value)
            current.readings += readings
        # where the log begins in the middle, a part of the first may be missing
        for moment in every if log.context.beginning else every[NOT_WHOLE:]:
            found[moment.last.n].append(moment)
    return found


def judge_moments(log: Log, rule: Callable[[Frame, Moment], str | None], context: str = "") -> Iterator[tuple[Any, str]]:
    """Every MeterValues in which a moment is whole, by a rule: it says what is wrong, "" if nothing, None if it is moot."""
    by_frame = moments_of(log, context)
    for frame in log.calls("MeterValues", by="charge-point"):
        said = [rule(frame, moment) for moment in by_frame.get(frame.n, ())]
        if all(each is None for each in said):
            log.moot(frame)
        elif wrong := next(filter(None, said), ""):
            yield frame, wrong
