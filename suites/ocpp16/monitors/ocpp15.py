"""OCPP 1.5: what every message must be, whose it is, and how each request of a charge box is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.scripts import CHARGE_POINT_INITIATED
from evconform.ocpp.soap.codec import Envelope
from evconform.ocpp.soap.fault import SUBCODES
from evconform.ocpp.soap.names import IDENTITY
from evconform.ocpp.soap.problem import PROBLEMS
from evconform.ocpp.soap.table import service
from evconform.ocpp.view import Frame, Log

Offences = Iterator[tuple[Any, str]]

OF_HEADERS = ("must-understand", "header-missing", "header-twice", "header-value", "action", "fault")
"""Problems that say nothing of a body. Of WS-Addressing 1.5 says no more than that From may be there (8.3)."""
OF_BODIES = tuple(name for name in PROBLEMS if name not in OF_HEADERS)
INITIATED = tuple(name for name in CHARGE_POINT_INITIATED if name in service("1.5", "central-system").operations)
"""What a charge box sends, in the order of chapter 4."""


def spoken(log: Log, *types: str) -> Iterator[tuple[Frame, Envelope]]:
    """Messages of the subject, with their envelopes."""
    for frame in log.messages(*types, by=log.subject):
        if frame.envelope is None:
            log.moot(frame)
        else:
            yield frame, frame.envelope


def is_proper(frame: Frame) -> bool:
    """Whether nothing is wrong with a body; that a header is found in any letter case is a row of its own (8.1)."""
    spelt = IDENTITY in str(frame.text)
    return spelt and frame.envelope is not None and not any(each.name in OF_BODIES for each in frame.envelope.problems)


@monitor("OCPP15-8-01")
def every_message_is_one_of_1_5(log: Log) -> Offences:
    for frame, envelope in spoken(log):
        called = log.other if frame.type == "CALL" else log.subject
        for problem in (each for each in envelope.problems if each.name in OF_BODIES):
            yield frame, f"{problem.pointer}: {problem.says}".removeprefix(": ")
        if envelope.service and envelope.kind != "fault" and envelope.service is not service("1.5", called):
            yield frame, f"{envelope.service.namespace} is not the {called}'s service of 1.5"


def has_identity(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALL"):
        if envelope.headers.identity != log.identity:
            yield frame, f"{IDENTITY} is {envelope.headers.identity!r}, and the charge box is {log.identity!r}"


monitor("OCPP15-8.1-01", name="requests_say_who_sends_them")(has_identity)
monitor("OCPP15-8.1-31", name="requests_say_for_whom_they_are")(has_identity)


@monitor("OCPP15-8.2-01")
def faults_are_of_the_table(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALLERROR"):
        fault = envelope.fault
        if fault is None or fault.code not in SUBCODES.values():  # SOAP's own, such as VersionMismatch
            log.moot(frame)
        elif fault.subcode not in SUBCODES:
            yield frame, f"the subcode is {fault.subcode!r}"
        elif SUBCODES[fault.subcode] != fault.code:
            yield frame, f"{fault.subcode} stands under {fault.code}, not {SUBCODES[fault.subcode]}"


@monitor("OCPP15-4.2-03")
def nothing_but_boots_until_accepted(log: Log) -> Offences:
    for call in log.calls(by="charge-point"):
        if call.action != "BootNotification" and log.status_at(call) != "Accepted":
            yield call, f"{call.action} while the charge box is {log.status_at(call) or 'not registered'}"


def confirmed(action: str) -> Callable[[Log], Offences]:
    """A rule: a proper request of this action is answered with its confirmation."""

    def rule(log: Log) -> Offences:
        for call in log.calls(action, by="charge-point"):
            registered = action == "BootNotification" or log.status_at(call) == "Accepted"
            if call.answer is None or not is_proper(call) or not registered:
                log.moot(call)
            elif call.answer.type == "CALLERROR":
                yield (call, call.answer), f"{action} was answered with {call.answer}"

    return rule


for _n, _action in enumerate(INITIATED, 1):
    monitor(f"OCPP15-4.{_n}-31", name=f"confirmed_{_action}")(confirmed(_action))
