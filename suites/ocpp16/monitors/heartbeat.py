"""OCPP 1.6, 4.2 and 4.6: the heartbeat, and the clocks of both sides."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from math import inf
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.limits import YEARS
from evconform.ocpp.view import Frame, Log, instant
from suites.ocpp16.monitors.registration import TRIGGERS

Offences = Iterator[tuple[Any, str]]

IDLE_SLACK = 0.05
"""The share of its interval that a Heartbeat may come late after the one before (spec-gaps)."""
TICK = 1.0
"""The same after another message: a charge point that keeps to fixed ticks may skip one (4.6; spec-gaps)."""


OF_TRANSACTIONS = ("StartTransaction", "StopTransaction", "MeterValues")
"""The transaction-related messages (3.7)."""


class Intervals:
    """The heartbeat interval in force at a frame: the last that an Accepted gave or a ChangeConfiguration set; None if none
    is known, or if it is the charge point's own choice. And whether something was done that may move a Heartbeat."""

    def __init__(self, log: Log) -> None:
        calls = [c for action in ("BootNotification", "ChangeConfiguration") for c in log.conversation.called(action)]
        answers = ((c.answer.n, given(c), c.action) for c in calls if c.answer and c.answer.says(status="Accepted"))
        self._known = sorted((n, seconds) for n, seconds, action in answers if seconds or action == "BootNotification")
        moves = (*TRIGGERS, "ChangeConfiguration")
        self._moves = sorted((c.n, c.t) for action in moves for c in log.conversation.called(action))

    def at(self, frame: Frame) -> float | None:
        place = bisect_left(self._known, (frame.n, -inf))
        interval = self._known[place - 1][1] if place else 0.0
        return interval if 0 < interval < inf else None

    def moved(self, earlier: Frame, later: Frame, interval: float) -> bool:
        """Whether ``later``, or ``earlier`` itself, may have been moved: something was asked since an interval before."""
        place = bisect_left(self._moves, (later.n, -inf))
        return place > 0 and self._moves[place - 1][1] >= earlier.t - interval


def given(call: Frame) -> float:
    """The heartbeat interval that an accepted BootNotification or ChangeConfiguration gives; 0 if it gives none."""
    if call.action == "BootNotification":
        return (call.answer.number("interval") if call.answer else None) or 0.0
    value = str(call.get("value"))
    is_interval = call.get("key") == "HeartbeatInterval" and value.isascii() and value.isdecimal() and len(value) < 12
    return float(value) if is_interval else 0.0


@monitor("OCPP16-4.2-10")
def heartbeats_keep_their_interval(log: Log) -> Offences:
    intervals = Intervals(log)
    for earlier, later in log.successive("Heartbeat", by="charge-point"):
        interval = intervals.at(later)
        probe = later.envelope is not None and earlier.answer is None  # over SOAP it finds out what is wrong (S erratum 3.2)
        if interval is None or probe or intervals.moved(earlier, later, interval):
            log.moot(later)
            continue
        log.keeps(later.since(earlier) - interval)
        if later.since(earlier) < interval - log.tolerance:
            yield (earlier, later), f"{later.since(earlier):.1f} s apart, and the interval is {interval:g} s"


@monitor("OCPP16-4.6-01")
def idle_charge_point_heartbeats(log: Log) -> Offences:
    intervals = Intervals(log)
    for boot in log.calls("BootNotification", by="charge-point", answered={"status": "Accepted"}):
        log.needs("connections")
        spoke = (f for f in log.conversation.frames if f.kind in ("text", "binary") and f.role == "charge-point")
        said = [boot, *(f for f in spoke if f.conn == boot.conn and f.n > boot.n)]
        for earlier, later in pairwise([*said, None]):
            assert earlier
            interval = intervals.at(later or log.last_frame)
            until = later.t if later else min(log.end, log.gone(earlier))
            if interval is None or (later and intervals.moved(earlier, later, interval)):
                continue
            if later is None and not log.context.acts:
                continue  # it may have lost its power
            slack = IDLE_SLACK if earlier.action == "Heartbeat" else TICK
            allowed = interval + max(log.tolerance, interval * slack)
            if until - earlier.t > allowed:
                yield earlier, f"silent for {until - earlier.t:.1f} s after this, and the interval is {interval:g} s"


@monitor("OCPP16-4.2-11")
def clock_is_synchronized(log: Log) -> Offences:
    given: list[tuple[Frame, Any]] = []
    for call in log.conversation.frames:
        if (
            call.answer
            and call.action in ("BootNotification", "Heartbeat")
            and (moment := instant(call.answer.get("currentTime")))
            and moment.year in YEARS
        ):
            given.append((call.answer, moment))
    opened = {f.conn: f.t for f in log.conversation.frames if f.kind == "request"}
    began = log.conversation.frames[0].t if log.conversation.frames else 0.0
    for frame, where, text in log.dated("charge-point", "CALL"):
        stamped = None if frame.item and frame.item["item"] else instant(text)  # what is hostile has rules of its own
        known = [(answer, moment) for answer, moment in given if answer.n < frame.n] if stamped else []
        if stamped is None or not known:
            continue
        ahead = [stamped - moment - timedelta(seconds=frame.since(answer)) for answer, moment in known]
        if frame.action in OF_TRANSACTIONS:  # what was queued tells of the past (3.7)
            ahead = [max(each, timedelta()) for each in ahead]
        elif began <= frame.t + ahead[-1].total_seconds() <= opened.get(frame.conn, 0.0):
            continue  # it happened while there was no connection
        off = min(abs(each) for each in ahead)
        log.keeps(log.pixit["clock_tolerance"] - off.total_seconds())
        if off.total_seconds() > log.pixit["clock_tolerance"]:
            log.needs("beginning")  # it may go by a time that was given before
            if ahead[-1] < timedelta():
                log.needs("connections")  # it may have happened while there was none
            yield (known[-1][0], frame), f"{where} is {text}, {off.total_seconds():.0f} s from the time that was given"


@monitor("OCPP16-4.6-03")
def central_time_advances(log: Log) -> Offences:
    times = [
        (call.answer, moment)
        for call in log.calls("BootNotification", "Heartbeat", answered={})
        if call.answer and (moment := instant(call.answer.get("currentTime")))
    ]
    if len(times) == 1:
        log.moot(times[0][0])
    for (earlier, at), (later, then) in pairwise(times):
        off = abs((then - at).total_seconds() - later.since(earlier))
        log.keeps(log.pixit["clock_tolerance"] - off)
        if off > log.pixit["clock_tolerance"]:
            yield (
                (earlier, later),
                f"{later.since(earlier):.1f} s passed, and currentTime went on by {(then - at).total_seconds():.1f} s",
            )
