"""What the rules of OCPP-S ask of a log: the messages of a side with their envelopes, and what is wrong with these."""

from __future__ import annotations

from collections.abc import Iterator

from evconform.ocpp.soap.codec import Envelope
from evconform.ocpp.soap.problem import Problem
from evconform.ocpp.view import Frame, Log

Spoken = Iterator[tuple[Frame, Envelope]]


def spoken(log: Log, *types: str, by: str | None = None) -> Spoken:
    """Messages of the subject (or of another role) with their envelopes; each counts as a situation."""
    for frame in log.messages(*types, by=by or log.subject):
        if frame.envelope is None:
            log.moot(frame)
        else:
            yield frame, frame.envelope


def wrong(envelope: Envelope, *names: str) -> Iterator[Problem]:
    """The problems of these names."""
    return (problem for problem in envelope.problems if problem.name in names)


def wrong_at(log: Log, pointer: str, name: str, *types: str) -> Iterator[tuple[Frame, str]]:
    """The messages of these types that have the problem at this place of their envelope."""
    for frame, envelope in spoken(log, *types):
        yield from ((frame, in_words(problem)) for problem in wrong(envelope, name) if problem.pointer == pointer)


def in_words(problem: Problem) -> str:
    return f"{problem.pointer}: {problem.says}" if problem.pointer else problem.says


def message_id(frame: Frame) -> str | None:
    return frame.envelope.headers.message_id if frame.envelope else None


def in_soap_1_1(frame: Frame) -> bool:
    """Whether it answers a message of SOAP 1.1 in kind, as SOAP 1.2 has it (part 1, appendix A)."""
    asked = frame.call.envelope if frame.call else None
    return asked is not None and any(wrong(asked, "soap-version"))


def who_is_meant(log: Log) -> str:
    """The identity that a request of the subject has to name: a charge point is the one under test, a central system calls the
    one that is at the address, of as many as there are."""
    return log.identity if log.subject == "charge-point" else log.conversation.station


def other_operation(frame: Frame) -> str:
    """What is wrong with a response that is not that of the operation that was called; empty if it is."""
    asked = frame.call.envelope if frame.type == "CALLRESULT" and frame.call else None
    said = frame.envelope.action if frame.envelope else ""
    return (
        f"the response of {said or 'nothing'}, and {asked.action} was called" if asked and asked.action not in ("", said) else ""
    )
