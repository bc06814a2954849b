"""What a receiver owes a hostile message of SOAP: as over JSON a refusal, no effect, and that it goes on (OCPP-S 1.6, 2, 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.monitors.hostile import called_malformed, not_refused, what_was_refused_has_no_effect, words
from suites.ocpp16.monitors.soap_sending import http_error, hung_up, unheard

Offences = Iterator[tuple[Any, str]]

REFUSED = {"OCPP16S-4-15": "illegal", "OCPP16S-4-18": "lenient"}
"""Row to the kind of message that it wants refused."""
MALFORMED = ("ProtocolError", "VersionMismatch", "MustUnderstand", "DataEncodingUnknown", "Sender")
"""The subcodes, and codes without one, that call a message malformed (OCPP-S 1.6, table 1; SOAP 1.2 part 1, 5.4.6)."""


def is_refused(kind: str) -> Callable[[Log], Offences]:
    """A rule: no message of this kind is obeyed, or left without a response."""

    def rule(log: Log) -> Offences:
        for call in log.hostile(kind):
            if call.answer is not None:
                yield from not_refused(log, call)
            elif http_error(log, call) is None:
                yield from unanswered(log, call)

    return rule


for _row, _kind in REFUSED.items():
    monitor(_row, name=f"soap_{_kind}_is_refused")(is_refused(_kind))


@monitor("OCPP16S-4-16", accumulates=dict, name="soap_legal_is_not_called_malformed")
def no_legal_request_is_called_malformed(log: Log, understood: dict[str, bool]) -> Offences:
    yield from called_malformed(log, understood, MALFORMED, unanswered)


@monitor("OCPP16S-4-17", accumulates=dict, name="soap_refused_has_no_effect")
def what_was_refused_over_soap_has_no_effect(log: Log, memory: dict[str, Any]) -> Offences:
    for frames, says in what_was_refused_has_no_effect(log, memory):
        if not registers_anew(frames):
            yield frames, says


def registers_anew(frames: Any) -> bool:
    """Whether a charge point only boots whose request came to nothing: it was offline, and may tell that it is back (7.1)."""
    cause, effect = (frames[0], frames[-1]) if isinstance(frames, tuple) else (frames, frames)
    return bool(effect.action == "BootNotification" and cause.item and cause.item["kind"] == "answer")


def unanswered(log: Log, call: Frame) -> Offences:
    """What is wrong where a request has no envelope for an answer."""
    patience = log.pixit["patience"]
    if (error := http_error(log, call)) and unheard(log, call, error):
        log.moot(call)
    elif error:
        yield (call, error), f"{words(call)} was answered with HTTP status {error.status}, and no envelope"
    elif ended := hung_up(log, call):
        yield (call, ended), f"{words(call)}: the {log.subject} closed the connection instead of answering"
    elif log.is_over(call.t + patience, call):
        yield call, f"{words(call)} was not answered within {patience:g} s"
    else:
        log.moot(call)


@monitor("OCPP16S-2-09", name="soap_goes_on_after_hostile")
def the_next_proper_request_is_answered(log: Log) -> Offences:
    hostile: Frame | None = None
    for frame in log.conversation.frames:
        if frame.item and frame.item["item"]:
            hostile = frame
        elif frame.item and hostile is not None and frame.type == "CALL":
            log.saw(frame)
            if frame.answer is None:
                yield from (((hostile, frame), says) for _, says in unanswered(log, frame))
            hostile = None
