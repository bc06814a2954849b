"""OCPP-J 1.6, chapter 4: what every message of either side must look like."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.json import ARITY, ERROR_CODES, MESSAGE_ID_AT_MOST
from evconform.ocpp.scripts import INITIATED
from evconform.ocpp.view import Frame, Log

Offences = Iterator[tuple[Any, str]]

Uses = OrderedDict[Any, tuple[Frame, ...]]
"""Message id to the CALLs that had it last: one, and what may be retries of it."""
REMEMBERED = 5000
"""Message ids, and connections, that are kept: memory stays level on a log of any length."""
SHORTEST_TIMEOUT = 1.0
"""Seconds after which a sender may count a CALL as timed out; OCPP-J 4.1.1 leaves the choice free (spec-gaps)."""


@monitor("OCPP16J-4.1.2-01")
def valid_json(log: Log) -> Offences:
    log.needs("bytes")
    for frame in log.messages(by=log.subject):
        if frame.type == "broken":
            yield frame, frame.message.problem


@monitor("OCPP16J-4.1.2-02")
def utf8(log: Log) -> Offences:
    log.needs("bytes")
    for frame in log.messages(by=log.subject):
        if isinstance(frame.text, bytes):
            yield frame, f"no UTF-8: {frame.text[:40]!r}"


@monitor("OCPP16J-4.1.2-03")
def text_frames(log: Log) -> Offences:
    log.needs("bytes")
    for frame in log.frames("text", "binary", by=log.subject):
        if frame.kind == "binary":
            yield frame, f"a binary message of {len(frame.text)} bytes"


@monitor("OCPP16J-4.1.3-01")
def message_type_number(log: Log) -> Offences:
    log.needs("bytes")
    for frame in log.messages(by=log.subject):
        if frame.type == "other":
            yield frame, frame.message.problem


@monitor("OCPP16J-4.1.1-01", accumulates=OrderedDict)
def one_call_at_a_time(log: Log, last: OrderedDict[str, Frame]) -> Offences:
    for call in log.calls(by=log.subject):
        before, last[call.conn] = last.pop(call.conn, None), call
        forget(last)
        open_still = before and (before.answer is None or before.answer.n > call.n)
        if before and open_still and call.since(before) < SHORTEST_TIMEOUT:
            if before.answer is None:
                log.needs("connections")
                log.needs_answers()
            yield (before, call), f"{call} {call.since(before):.3f} s after {before}, which was not answered yet"


@monitor("OCPP16J-4.1.4-01")
def message_id_is_a_string(log: Log) -> Offences:
    for call in log.calls(by=log.subject):
        if not isinstance(call.id, str):
            yield call, f"the message id is {call.id!r}"


@monitor("OCPP16J-4.1.4-02")
def message_id_is_short(log: Log) -> Offences:
    for call in log.calls(by=log.subject):
        if isinstance(call.id, str) and len(call.id) > MESSAGE_ID_AT_MOST:
            yield call, f"the message id has {len(call.id)} characters"


@monitor("OCPP16J-4.1.4-03", accumulates=OrderedDict)
def message_id_is_used_once(log: Log, used: Uses) -> Offences:
    for call in log.calls(by=log.subject):
        before = used_before(used, (call.conn, repr(call.id)), call)
        if before:
            log.needs("connections")
            yield (before, call), f"the message id {call.id!r} was that of frame {before.n}"


@monitor("OCPP16J-4.1.4-04", accumulates=OrderedDict)
def message_id_is_used_once_ever(log: Log, used: Uses) -> Offences:
    for call in log.calls(by=log.subject):
        before = used_before(used, repr(call.id), call)
        if before and before.conn != call.conn:
            yield (before, call), f"the message id {call.id!r} was that of frame {before.n}, on connection {before.conn}"
        elif before and not log.context.connections:  # on whichever connection it was, it is used a second time
            yield (before, call), f"the message id {call.id!r} was that of frame {before.n}"


def used_before(used: Uses, key: Any, call: Frame) -> Frame | None:
    """The CALL that had this message id before, unless this one is a retry of it; remembers this one."""
    calls = used.pop(key, ())
    retry = all(is_retry(before, call) for before in calls)
    used[key] = (*calls[-3:], call) if retry else (call,)
    forget(used)
    return None if retry else calls[0]


def forget(memory: OrderedDict[Any, Any]) -> None:
    """Keeps what was used last."""
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)


def is_retry(before: Frame, call: Frame) -> bool:
    """J errata 2025-04, 3.1: a message that got no answer may be sent again under its id."""
    unanswered = before.answer is None or before.answer.n > call.n or before.answer.type == "CALLERROR"
    return unanswered and (before.action, before.payload) == (call.action, call.payload)


@monitor("OCPP16J-4.1.4-05")
def answers_have_the_id_of_a_call(log: Log) -> Offences:
    unreadable: Counter[str] = Counter()
    for frame in log.messages():
        if frame.role != log.subject:
            # what an answer to a message without a readable id must say is not defined (spec-gaps)
            if frame.type in ("broken", "other", "none") or (frame.type == "CALL" and not isinstance(frame.id, str)):
                unreadable[frame.conn] += 1
        elif frame.type in ("CALLRESULT", "CALLERROR") and frame.call is None and unreadable[frame.conn]:
            unreadable[frame.conn] -= 1
        elif frame.type in ("CALLRESULT", "CALLERROR") and frame.call is None:
            log.context.needs_opening(frame.conn)
            log.needs_answers()
            yield frame, f"there was no CALL with the message id {frame.id!r}"


@monitor("OCPP16J-4.1.4-07")
def a_call_is_answered_once(log: Log) -> Offences:
    for answer in log.messages("CALLRESULT", "CALLERROR", by=log.subject):
        if answer.call and answer.call.answer is not answer:
            yield answer, f"{answer.call} was answered already"


def is_upset(log: Log, call: Frame) -> bool:
    """Whether, since the subject last spoke on that connection, there came what is no message, or answers nothing."""
    for frame in reversed(log.conversation.frames):
        if frame.n < call.n and frame.conn == call.conn and frame.kind in ("text", "binary"):
            if frame.role == log.subject:
                return False
            if frame.type in ("broken", "other", "none") or (frame.type in ("CALLRESULT", "CALLERROR") and frame.call is None):
                return True
    return False


@monitor("OCPP16J-4.2-01")
def every_call_is_answered(log: Log) -> Offences:
    for call in log.calls(by=log.other, proper=True):
        # what is hostile, or follows on it, has its own rules
        if call.item and (call.item["item"] or log.hung_up(call, call.t + log.pixit["patience"])):
            log.moot(call)
            continue
        if call.answer and (log.subject != "charge-point" or not log.context.beginning):
            continue
        rejected = log.subject == "charge-point" and log.status_at(call) == "Rejected"
        due = call.t + log.pixit["patience"] if call.answer is None else 0.0
        hung_up = call.answer is None and log.hung_up(call, due)
        if rejected or (call.answer is None and not hung_up and not log.is_over(due, call)):
            log.moot(call)
        elif hung_up and is_upset(log, call):
            log.moot(call)  # that has its own rules, at most warnings
        elif hung_up:
            yield call, f"the {log.subject} closed the connection instead of answering {call.action}"
        elif call.answer is None:
            yield call, f"{call.action} was not answered within {log.pixit['patience']:g} s"


@monitor("OCPP16J-4.2.1-01")
def call_has_four_elements(log: Log) -> Offences:
    for call in log.calls(by=log.subject):
        if len(call.message.raw) != ARITY["CALL"]:
            yield call, call.message.problem


@monitor("OCPP16J-4.2.1-02")
def action_is_known(log: Log) -> Offences:
    for call in log.calls(by=log.subject):
        if not isinstance(call.action, str) or call.action not in INITIATED[log.subject]:
            log.needs("direction")
            yield call, f"the action is {call.action!r}, which no {log.subject} sends"


@monitor("OCPP16J-4.2.1-03")
def payload_is_an_object(log: Log) -> Offences:
    for call in log.calls(by=log.subject):
        if len(call.message.raw) >= ARITY["CALL"] and not isinstance(call.payload, dict | None):
            yield call, f"the payload is {call.payload!r}"


@monitor("OCPP16J-4.2.1-04")
def empty_payload_is_an_object(log: Log) -> Offences:
    for frame in log.messages("CALL", "CALLRESULT", by=log.subject):
        if frame.payload is None and len(frame.message.raw) >= ARITY[frame.type]:
            yield frame, "the payload is null"


@monitor("OCPP16J-4.2.2-01")
def call_result_has_three_elements(log: Log) -> Offences:
    for result in log.messages("CALLRESULT", by=log.subject):
        if len(result.message.raw) != ARITY["CALLRESULT"]:
            yield result, result.message.problem
        elif not isinstance(result.payload, dict | None):
            yield result, f"the payload is {result.payload!r}"


@monitor("OCPP16J-4.2.3-01")
def call_error_has_five_elements(log: Log) -> Offences:
    for error in log.messages("CALLERROR", by=log.subject):
        said = error.message
        if len(said.raw) != ARITY["CALLERROR"]:
            yield error, said.problem
        elif not (isinstance(said.code, str) and isinstance(said.description, str) and isinstance(said.details, dict)):
            yield error, f"code {said.code!r}, description {said.description!r}, details {said.details!r}"


@monitor("OCPP16J-4.2.3-02")
def error_code_is_of_the_table(log: Log) -> Offences:
    for error in log.messages("CALLERROR", by=log.subject):
        if error.code not in ERROR_CODES:
            yield error, f"the error code is {error.code!r}"
