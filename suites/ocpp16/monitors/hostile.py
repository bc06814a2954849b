"""What a receiver owes a hostile message: a refusal, no effect, and that it goes on (OCPP-J 1.6, chapter 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.hostile import refuses

Offences = Iterator[tuple[Any, str]]
Unanswered = Callable[[Log, Frame], Offences]
"""What is wrong where a CALL has no answer."""

MALFORMED = (
    "FormationViolation",
    "FormatViolation",
    "PropertyConstraintViolation",
    "OccurenceConstraintViolation",
    "OccurrenceConstraintViolation",
    "TypeConstraintViolation",
)
"""The error codes, in every spelling, that call a message malformed (table 7)."""
KINDS = ("legal", "illegal", "lenient", "undated", "unclear", "unreadable", "answer")
ANYHOW = {
    "BootNotification": ("BootNotification",),
    "Authorize": ("StatusNotification",),
    "StartTransaction": ("StatusNotification", "StartTransaction", "StopTransaction"),
    "StopTransaction": ("StatusNotification", "StopTransaction"),
}
"""What follows upon a CALL of a charge point whatever it is answered: a boot that waits, a card that is shown, a session."""
CONCURRENT = repr("ConcurrentTx")
CULPRITS = 20
"""Frames that a finding cites at most."""


@monitor("OCPP16J-4.2.3-05")
def no_illegal_call_is_obeyed(log: Log) -> Offences:
    for call in log.hostile("illegal"):
        yield from not_refused(log, call)


@monitor("OCPP16J-4.2.3-08")
def no_unknown_member_is_passed_over(log: Log) -> Offences:
    for call in log.hostile("lenient"):
        yield from not_refused(log, call)


@monitor("OCPP16J-4.2.3-09")
def a_charge_point_reads_dates(log: Log) -> Offences:
    for call in log.hostile("undated"):
        yield from not_refused(log, call)


@monitor("OCPP16J-4.2.3-10")
def a_central_system_reads_dates(log: Log) -> Offences:
    for call in log.hostile("undated"):
        yield from not_refused(log, call)


def not_refused(log: Log, call: Frame) -> Offences:
    if call.answer is None:
        yield from not_answered(log, call)
    elif not refuses(call):
        yield (call, call.answer), f"{words(call)} was answered with {call.answer.payload}"


def not_answered(log: Log, call: Frame) -> Offences:
    due = call.t + log.pixit["patience"]
    if log.hung_up(call, due):
        yield call, f"{words(call)}: the {log.subject} closed the connection instead of answering"
    elif log.is_over(due, call):
        yield call, f"{words(call)} was not answered within {log.pixit['patience']:g} s"
    else:
        log.moot(call)


def words(call: Frame) -> str:
    return str(call.item["item"]) if call.item else str(call)


@monitor("OCPP16J-4.2.3-06", accumulates=dict)
def no_legal_call_is_called_malformed(log: Log, understood: dict[str, bool]) -> Offences:
    yield from called_malformed(log, understood, MALFORMED, not_answered)


def called_malformed(log: Log, understood: dict[str, bool], codes: tuple[str, ...], unanswered: Unanswered) -> Offences:
    """Legal CALLs that are answered with an error of these codes, or are not. A receiver that refuses an action altogether says
    nothing about its members."""
    for call in log.hostile("legal"):
        action = str(call.action)
        if call.item and call.item["mutation"] == "as-it-is":
            understood[action] = call.answer is not None and call.answer.type == "CALLRESULT"
        if call.answer is None:
            yield from unanswered(log, call)
        elif not understood.get(action):
            log.moot(call)
        elif call.answer.code in codes:
            yield (call, call.answer), f"{words(call)} was answered with the CALLERROR {call.answer.code}"


@monitor("OCPP16J-4.1.2-05", accumulates=dict)
def the_connection_outlives_every_message(log: Log, last: dict[str, Frame]) -> Offences:
    hostile = {frame.n for frame in log.hostile(*KINDS)}
    for frame in log.conversation.frames:
        if frame.n in hostile:
            last[frame.conn] = frame
        elif frame.kind == "act":
            last.clear()  # the bench did something
        elif frame.call is not None and frame.role == log.subject and frame.call is not last.get(frame.conn):
            last.pop(frame.conn, None)  # it answers what came later
        elif frame.kind in ("close", "eof", "lost") and frame.conn in last:
            call = last.pop(frame.conn)
            soon = frame.since(call) <= log.pixit["patience"] + log.tolerance
            if soon and frame.role == log.subject and not log.was_told_to_close(frame):
                yield (call, frame), f"{words(call)}: the {log.subject} ended the connection"


@monitor("OCPP16J-4.2.3-07", accumulates=dict)
def what_was_refused_has_no_effect(log: Log, memory: dict[str, Any]) -> Offences:
    """``refused``: the hostile frames since they were read back, or None once one was accepted that may have an effect."""
    read = {frame.n for frame in log.hostile("read-back")}
    for frame in log.conversation.frames:
        if frame.n in read:
            memory["reading"] = True
            yield from changed(frame, memory)
        elif frame.item and frame.item["item"]:
            thrown(frame, memory)
        elif frame.item and frame.action == "StopTransaction" and (frame.answer is None or frame.answer.type == "CALLERROR"):
            memory["shown"] = {}  # what was started with good reason goes on
        elif frame.kind == "act" or (frame.type == "CALL" and frame.role != log.subject and frame.item is None):
            memory["last"] = None  # the bench, or a case, did something
        elif memory.get("last") is not None and is_effect(frame, log.subject):
            cause: Frame = memory["last"]
            anyhow = ANYHOW.get(cause.item["action"], ()) if cause.item and cause.item["kind"] == "answer" else ()
            if frame.action in anyhow:
                continue
            if frame.since(cause) <= log.pixit["boot_within"]:
                yield (cause, frame), f"{frame} {frame.since(cause):.1f} s after {words(cause)}, which was not accepted"
            memory["last"] = None


def thrown(frame: Frame, memory: dict[str, Any]) -> None:
    if memory.pop("reading", False):
        memory["refused"] = ()
    item: dict[str, Any] = frame.item or {}
    accepted = item["kind"] != "legal" and frame.answer is not None and not refuses(frame)
    refused = memory.get("refused", ())
    memory["refused"] = None if accepted or refused is None else (*refused, frame)
    if accepted:
        memory["suspended"] = item["action"]  # what comes of it may come late
    memory["last"] = None if memory.get("suspended") == item["action"] else frame


def changed(frame: Frame, memory: dict[str, Any]) -> Offences:
    """Whether what a CALL reads is not what it read before, and nothing but refused messages came between."""
    if frame.answer is None:
        return
    asked = {name: value for name, value in frame.payload.items() if name != "timestamp"}  # each has another one
    key, shown, states = repr((frame.action, asked)), state(frame), memory.setdefault("shown", {})
    before = states.get(key)
    refused: tuple[Frame, ...] | None = memory.get("refused", ())
    ended = before and before[1] == CONCURRENT  # maybe by the CALL that read it: a connector has one transaction at a time
    if before and before[1] != shown and refused and not ended:
        culprits = refused[-CULPRITS:]
        between = f"after {len(refused)} refused messages, the last of them {words(refused[-1])}"
        yield (*culprits, before[0], frame), f"{frame.action} reads {shown}, not {before[1]}, {between}"
    states[key] = (frame, shown)


def state(frame: Frame) -> str:
    """What the answer to a CALL shows, as far as it does not change by itself."""
    answer = frame.answer
    if answer is None or answer.type == "CALLERROR":
        return str(answer and answer.code)
    shown: Any = answer.payload
    for step in filter(None, str(frame.item["member"] if frame.item else "").split(".")):
        shown = shown.get(step) if isinstance(shown, dict) else None
    return repr(shown)


def is_effect(frame: Frame, subject: str) -> bool:
    """Whether a charge point tells that something happened which none of our messages may bring about."""
    if frame.type != "CALL" or frame.role != subject:
        return False
    if frame.action == "StatusNotification":
        return bool(frame.get("status") != "Available")
    return frame.action in ("StartTransaction", "StopTransaction", "BootNotification")
