"""OCPP 1.6, 4.2 and 4.6: the heartbeat, and the clocks of both sides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log, instant

Offences = Iterator[tuple[Any, str]]

IDLE_SLACK = 0.05
"""The share of its interval that an idle charge point may be late with a Heartbeat (spec-gaps)."""


def interval_at(log: Log, frame: Frame) -> float | None:
    """The heartbeat interval in force at ``frame``: the last that an Accepted gave or a ChangeConfiguration set; None if
    none is known, or if it is the charge point's own choice."""
    interval: float | None = None
    for call in log.conversation.frames:
        if call.n >= frame.n:
            break
        if call.action not in ("BootNotification", "ChangeConfiguration") or call.type != "CALL":
            continue
        if call.answer is None or call.answer.n > frame.n or not call.answer.says(status="Accepted"):
            continue
        if call.action == "BootNotification":
            interval = call.answer.get("interval")
        elif call.get("key") == "HeartbeatInterval" and str(call.get("value")).isdecimal():
            interval = float(call.get("value"))
    return float(interval) if isinstance(interval, int | float) and interval > 0 else None


def asked_for(log: Log, earlier: Frame, later: Frame) -> bool:
    """Whether the central system did something between the two that may move a Heartbeat."""
    actions = ("TriggerMessage", "ChangeConfiguration")
    return any(earlier.n < call.n < later.n for action in actions for call in log.conversation.called(action))


@monitor("OCPP16-4.2-10")
def heartbeats_keep_their_interval(log: Log) -> Offences:
    for earlier, later in log.successive("Heartbeat", by="charge-point"):
        interval = interval_at(log, later)
        if interval is None or asked_for(log, earlier, later):
            continue
        log.keeps(later.since(earlier) - interval)
        if later.since(earlier) < interval - log.tolerance:
            yield (earlier, later), f"{later.since(earlier):.1f} s apart, and the interval is {interval:g} s"


@monitor("OCPP16-4.6-01")
def idle_charge_point_heartbeats(log: Log) -> Offences:
    boots = log.calls("BootNotification", by="charge-point", answered={"status": "Accepted"})
    for boot in boots:
        said = [boot, *(f for f in log.sent_by("charge-point", after=boot) if f.conn == boot.conn)]
        for earlier, later in pairwise([*said, None]):
            assert earlier
            interval = interval_at(log, later or log.last_frame)
            until = later.t if later else min(log.end, log.gone(earlier))
            if interval is None or (later and asked_for(log, earlier, later)):
                continue
            allowed = interval + max(log.tolerance, interval * IDLE_SLACK)
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
        ):
            given.append((call.answer, moment))
    for frame, where, text in log.dated("charge-point", "CALL"):
        stamped = instant(text)
        known = [(answer, moment) for answer, moment in given if answer.n < frame.n]
        if stamped is None or not known:
            continue
        off = min((abs(stamped - moment - timedelta(seconds=frame.since(answer))) for answer, moment in known))
        log.keeps(log.pixit["clock_tolerance"] - off.total_seconds())
        if off.total_seconds() > log.pixit["clock_tolerance"]:
            yield (known[-1][0], frame), f"{where} is {text}, {off.total_seconds():.0f} s from the time that was given"


@monitor("OCPP16-4.6-03")
def central_time_advances(log: Log) -> Offences:
    times = [
        (call.answer, moment)
        for call in log.calls("BootNotification", "Heartbeat", answered={})
        if call.answer and (moment := instant(call.answer.get("currentTime")))
    ]
    for (earlier, at), (later, then) in pairwise(times):
        off = abs((then - at).total_seconds() - later.since(earlier))
        log.keeps(log.pixit["clock_tolerance"] - off)
        if off > log.pixit["clock_tolerance"]:
            yield (
                (earlier, later),
                f"{later.since(earlier):.1f} s passed, and currentTime went on by {(then - at).total_seconds():.1f} s",
            )
