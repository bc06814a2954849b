"""OCPP 1.6, 4.2: what a charge point may do before it is accepted, and what a central system may ask of it."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log

Offences = Iterator[tuple[Any, str]]

NOT_ACCEPTED = ["Pending", "Rejected"]
TRIGGERS = ("TriggerMessage", "ExtendedTriggerMessage")
"""OCPP 1.6, 5.17, and the security whitepaper's own."""
FLOOD = 1.0
"""Seconds: BootNotifications closer than this flood a central system under any reading of 4.2 (spec-gaps)."""


def interval_of(boot: Frame) -> float:
    """The interval that the answer to a BootNotification gives, in seconds."""
    assert boot.answer is not None
    return boot.answer.number("interval") or 0.0


def triggered(log: Log, action: str, after: Frame, before: Frame) -> bool:
    """Whether a TriggerMessage asked for ``action`` between two frames."""
    asks = [ask for asking in TRIGGERS for ask in log.conversation.called(asking)]
    return any(after.n < ask.n < before.n and ask.get("requestedMessage") == action for ask in asks)


@monitor("OCPP16-4.2-02")
def nothing_before_boot(log: Log) -> Offences:
    boots = log.conversation.called("BootNotification")
    opened = {f.conn for f in log.conversation.frames if f.kind in ("open", "request")}
    first = boots[0].n if boots else inf
    let_in = min((b.answer.n for b in boots if b.answer and b.answer.says(status=["Accepted", "Pending"])), default=inf)
    for call in log.calls(by="charge-point"):
        watched = call.n >= first or (log.conversation.powered_on and call.conn in opened)
        if not watched or call.n > let_in:
            log.moot(call)
        elif call.n < first and call.envelope is not None and log.pics["backup_power"]:
            log.moot(call)  # last words: over SOAP they may come on a connection of their own
        elif call.action != "BootNotification":
            log.needs("beginning")
            log.needs_answers()
            yield call, f"{call} before a BootNotification was answered with Accepted or Pending"


@monitor("OCPP16-4.2-03")
def waits_before_next_boot(log: Log) -> Offences:
    for boot in log.calls("BootNotification", answered={"status": NOT_ACCEPTED}):
        again = log.until(boot, "BootNotification")
        wait = interval_of(boot)
        if not (again and wait and boot.answer) or triggered(log, "BootNotification", boot.answer, again):
            log.moot(boot)
        else:
            log.keeps(again.since(boot.answer) - wait)
            if again.since(boot.answer) < wait - log.tolerance:
                log.needs_one_life(boot, again)
                yield (boot, again), f"sent again after {again.since(boot.answer):.1f} s of {wait:g} s"


@monitor("OCPP16-4.2-05")
def silent_while_rejected(log: Log) -> Offences:
    for boot in log.calls("BootNotification", answered={"status": "Rejected"}):
        assert boot.answer
        if interval_of(boot) <= log.tolerance:
            log.moot(boot)
        again = log.until(boot, "BootNotification")
        for frame in log.sent_by("charge-point", after=boot.answer, within=interval_of(boot) - log.tolerance):
            if again and again.answer and frame.n > again.answer.n:
                break  # an early BootNotification was answered all the same, and the wait is over
            log.needs_one_life(boot, frame)
            yield frame, f"{frame}, {frame.since(boot.answer):.1f} s into the wait of {interval_of(boot):g} s"


@monitor("OCPP16-4.2-07")
def does_not_flood(log: Log) -> Offences:
    for boot in log.calls("BootNotification", answered={"status": NOT_ACCEPTED, "interval": 0}):
        again = log.until(boot, "BootNotification")
        if not (again and boot.answer) or triggered(log, "BootNotification", boot.answer, again):
            log.moot(boot)
        else:
            log.keeps(again.since(boot.answer) - FLOOD)
            if again.since(boot.answer) < FLOOD:
                log.needs_one_life(boot, again)
                yield (boot, again), f"sent again after {again.since(boot.answer):.3f} s"


@monitor("OCPP16-4.2-09")
def silent_while_pending(log: Log) -> Offences:
    for boot in log.calls("BootNotification", answered={"status": "Pending"}):
        assert boot.answer
        again = log.until(boot, "BootNotification")
        for frame in log.sent_by("charge-point", after=boot.answer):
            if again and frame.n >= again.n:
                break
            if frame.type == "CALL" and not triggered(log, str(frame.action), boot.answer, frame):
                yield frame, f"{frame} while pending, and no TriggerMessage asked for it"


@monitor("OCPP16-4.2-12")
def deaf_while_rejected(log: Log) -> Offences:
    for call in log.calls(by="central-system", registered="Rejected"):
        if call.answer:
            yield call.answer, f"{call.answer} while rejected"


@monitor("OCPP16-4.2-21")
def no_remote_start_while_pending(log: Log) -> Offences:
    for boot in log.calls("BootNotification", answered={"status": "Pending"}):
        assert boot.answer
        yield from _calls_of_central_system(
            log, boot.answer, boot, "Pending", ("RemoteStartTransaction", "RemoteStopTransaction")
        )


@monitor("OCPP16-4.2-22")
def no_call_while_rejected(log: Log) -> Offences:
    for boot in log.calls("BootNotification", answered={"status": "Rejected"}):
        assert boot.answer
        yield from _calls_of_central_system(log, boot.answer, boot, "Rejected", ())


def _calls_of_central_system(
    log: Log, after: Frame, boot: Frame, status: str, actions: tuple[str, ...]
) -> Iterator[tuple[Frame, str]]:
    """CALLs of the central system, of these actions or of any, until the next BootNotification."""
    again = log.until(boot, "BootNotification")
    for frame in log.sent_by("central-system", after=after):
        if again and frame.n > again.n:
            return
        if frame.type == "CALL" and (not actions or frame.action in actions):
            yield frame, f"{frame} to a charge point that is {status}"


@monitor("OCPP16-4.2-23")
def stays_while_pending(log: Log) -> Offences:
    for boot in log.calls("BootNotification", answered={"status": "Pending"}):
        assert boot.answer
        log.needs("connections")
        again = log.until(boot, "BootNotification")
        for frame in log.conversation.frames:
            ours = frame.role == log.subject and frame.conn == boot.conn and frame.n > boot.answer.n
            if ours and frame.kind in ("close", "eof", "lost") and not (again and frame.n > again.n):
                if not log.was_told_to_close(frame) and not log.dialled_again(frame):
                    if frame.kind != "close":
                        log.needs("acts")  # it may have been the network, or the power
                    yield frame, f"{frame.kind} by the {frame.role} while pending"
                break
