"""What a charge point told, by its own clock, and with which settings: what several monitors ask of a log.

Nothing here counts a situation; that is for the queries of a rule.
"""

from __future__ import annotations

from math import inf
from typing import Any

from evconform.ocpp.view import Frame, Log, instant

GRAIN = 1.0
"""Seconds: a date may be cut off to whole ones."""
DATED = ("StatusNotification", "StartTransaction", "StopTransaction")


def told_by(log: Log, *actions: str) -> list[Frame]:
    """The charge point's CALLs of these actions, in order."""
    return log.conversation.index(("told by", *actions), lambda: in_order(log, actions))


def in_order(log: Log, actions: tuple[str, ...]) -> list[Frame]:
    calls = (call for action in actions for call in log.conversation.called(action))
    return sorted((call for call in calls if call.role == "charge-point"), key=lambda call: call.n)


def content(call: Frame) -> str:
    """What a CALL says, without its message id: a retransmission says it again."""
    return call.content


def whole(value: Any) -> int | None:
    """An integer of JSON, if it is one, also written as 1.0."""
    return int(value) if type(value) is int or (type(value) is float and value.is_integer()) else None


def seconds_of(text: Any) -> float | None:
    """The POSIX seconds of a date and time."""
    moment = instant(text)
    return moment.timestamp() if moment else None


def delivered(call: Frame, by: Frame | None = None) -> bool:
    """Whether a CALL was answered with a CALLRESULT, before ``by``."""
    return call.answer is not None and call.answer.type == "CALLRESULT" and (by is None or call.answer.n < by.n)


def failed(call: Frame) -> bool:
    """A failure to process the message, as OCPP-J tells it: a CALLERROR (J erratum 3.3)."""
    return call.answer is not None and call.answer.type == "CALLERROR"


class Clock:
    """The charge point's clock, as its messages show it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.margin = log.tolerance + GRAIN
        """How far a date may be off the second at which something was sent."""
        givers = [call for action in ("BootNotification", "Heartbeat") for call in log.conversation.called(action)]
        answers = [call.answer for call in givers if call.answer]
        given = ((a.n, a.t, at - a.t) for a in answers if (at := seconds_of(a.get("currentTime"))) is not None)
        self._given = sorted(given)
        self._opened: dict[str, float] = {}
        for frame in log.conversation.frames:
            if frame.kind in ("open", "request"):
                self._opened.setdefault(frame.conn, frame.t)
        behind = [call.t - at for call in told_by(log, *DATED) if (at := seconds_of(call.get("timestamp"))) is not None]
        offsets, off = [offset for _, _, offset in self._given], log.pixit["clock_tolerance"]
        # many messages are told at once: what a queue held back, or what is dated in the future, must not count
        near = sorted(seconds for seconds in behind if all(abs(seconds + offset) <= off for offset in offsets[-1:]))
        self._behind = near[(len(near) - 1) // 4] if near and spread(offsets) <= off else None

    @classmethod
    def of(cls, log: Log) -> Clock:
        """That of a conversation, made once."""
        return log.conversation.index(("clock", log.tolerance), lambda: cls(log))

    def happened(self, call: Frame) -> float | None:
        """The second of the log at which happened what ``call`` dates; None if that is not known."""
        at = seconds_of(call.get("timestamp"))
        return None if at is None or self._behind is None else at + self._behind

    def opened(self, call: Frame) -> float:
        """The second at which the connection of ``call`` was opened."""
        return self._opened.get(call.conn, -inf)

    def told_late(self, call: Frame) -> bool:
        """Whether what ``call`` tells happened before its connection was there."""
        at = self.happened(call)
        return at is not None and at < self.opened(call) - self.margin

    def slack(self, one: Frame, other: Frame) -> float:
        """How far the clock may have been set back between two messages: what the central system's times differ by. A time
        that crossed the first of them on the wire was not set when it was sent."""
        first, last = sorted((one, other), key=lambda frame: frame.n)
        earlier = [(t, offset) for n, t, offset in self._given if n < first.n]
        between = [offset for n, _, offset in self._given if first.n < n < last.n]
        if len(earlier) > 1 and earlier[-1][0] > first.t - self.margin:
            between.insert(0, earlier.pop()[1])
        before = [offset for _, offset in earlier[-1:]]
        if not between:
            return 0.0
        if not before:  # told before a boot, or before the first time that we know of
            return self._log.pixit["clock_tolerance"] if first.n < self._log.conversation.frames[0].n else inf
        return spread(before + between) + self.margin


def spread(values: list[float]) -> float:
    return max(values) - min(values) if values else 0.0


class Settings:
    """Configuration keys whose values are numbers, as far as GetConfiguration and ChangeConfiguration showed them. ``memory``
    keeps what is known beyond a conversation."""

    def __init__(self, log: Log, memory: dict[str, Any], *keys: str) -> None:
        self._log = log
        every = [c.answer for c in log.conversation.called("GetConfiguration") if not c.get("key") and c.answer and delivered(c)]
        self._whole = memory.get("whole configuration", False) or bool(every)
        memory["whole configuration"] = self._whole
        self._known: dict[str, list[tuple[int, float | None]]] = {key: [(-1, memory.get(key))] for key in keys}
        names = {key.lower(): key for key in keys}
        for n, key, value in log.conversation.index("settings", lambda: sorted(self._shown(log), key=lambda shown: shown[0])):
            if isinstance(key, str) and key.lower() in names:
                self._known[names[key.lower()]].append((n, decimal(value)))
        memory.update({key: known[-1][1] for key, known in self._known.items()})

    @staticmethod
    def _shown(log: Log) -> list[tuple[int, Any, Any]]:
        shown = []
        for call in log.conversation.called("ChangeConfiguration"):
            answer = call.answer
            if answer and answer.says(status=["Accepted", "RebootRequired"]):
                # what waits for a reboot is in force nobody knows when
                shown.append((answer.n, call.get("key"), call.get("value") if answer.says(status="Accepted") else None))
        for answer in (call.answer for call in log.conversation.called("GetConfiguration") if call.answer):
            rows = answer.get("configurationKey")
            found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
            shown += [(answer.n, row.get("key"), row.get("value")) for row in found]
        return shown

    def at(self, key: str, n: int) -> float | None:
        """The value in force at frame ``n``; None if it is not known."""
        return [value for since, value in self._known[key] if since < n][-1]

    def needs(self, key: str, n: int) -> None:
        """Raises Lacks where the value is not known, and not because the charge point has no such key."""
        if self.at(key, n) is None and not self._whole:
            self._log.needs("life")

    def least(self, key: str, since: int, until: int) -> float | None:
        """The least value that was in force from frame ``since`` to ``until``; None if one of them is not known."""
        values = [self.at(key, since), *(value for n, value in self._known[key] if since <= n < until)]
        known = [value for value in values if value is not None]
        return min(known) if len(known) == len(values) else None

    def steady(self, key: str, since: int, until: int) -> float | None:
        """The value that was in force from frame ``since`` to ``until``; None if it changed, or is not known."""
        values = {self.at(key, since), *(value for n, value in self._known[key] if since <= n < until)}
        return values.pop() if len(values) == 1 else None


def decimal(text: Any) -> float | None:
    """The number that a configuration value gives."""
    return float(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 12 else None
