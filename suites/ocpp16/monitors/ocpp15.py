"""OCPP 1.5: what every message must be, whose it is, and how each request of a charge box is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.scripts import CHARGE_POINT_INITIATED
from evconform.ocpp.soap.codec import Envelope
from evconform.ocpp.soap.fault import SUBCODES
from evconform.ocpp.soap.names import IDENTITY
from evconform.ocpp.soap.problem import PROBLEMS
from evconform.ocpp.soap.table import service
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.envelopes import in_soap_1_1, other_operation, who_is_meant

Offences = Iterator[tuple[Any, str]]

OF_HEADERS = ("must-understand", "header-missing", "header-twice", "header-value", "action", "fault")
"""Problems that say nothing of a body. Of WS-Addressing 1.5 says no more than that From may be there (8.3)."""
OF_BODIES = tuple(name for name in PROBLEMS if name not in (*OF_HEADERS, "too-long"))
"""The rest; that a message is too long for us is no rule of 1.5."""
KEEPS_OUT = ("SecurityError", "IdentityMismatch")
"""How a central system answers a boot of whom it does not know (8.2)."""
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
    return spelt and frame.envelope is not None and not any(each.name not in OF_HEADERS for each in frame.envelope.problems)


@monitor("OCPP15-8-01")
def every_message_is_one_of_1_5(log: Log) -> Offences:
    for frame, envelope in spoken(log):
        called = log.other if frame.type == "CALL" else log.subject
        if in_soap_1_1(frame):
            log.moot(frame)
            continue
        for problem in (each for each in envelope.problems if each.name in OF_BODIES):
            yield frame, f"{problem.pointer}: {problem.says}".removeprefix(": ")
        if other := other_operation(frame):
            yield frame, other
        if envelope.service and envelope.kind != "fault" and envelope.service is not service("1.5", called):
            yield frame, f"{envelope.service.namespace} is not the {called}'s service of 1.5"


def has_identity(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALL"):
        if envelope.headers.identity != (meant := who_is_meant(log)):
            yield frame, f"{IDENTITY} is {envelope.headers.identity!r}, and the charge box is {meant!r}"


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


@monitor("OCPP15-4.2-03", accumulates=dict)
def nothing_but_boots_until_accepted(log: Log, memory: dict[str, bool]) -> Offences:
    boots = log.conversation.called("BootNotification")
    first = boots[0].n if boots else inf
    stays = memory.get("accepted", False) and not log.conversation.powered_on
    for call in log.calls(by="charge-point"):
        status = log.status_at(call)
        if call.action == "BootNotification" or status == "Accepted":
            continue
        if status is None and stays:
            log.moot(call)  # it was accepted, and boots anew: nobody says that it was off, or refused since
        elif call.n < first and log.conversation.powered_on and log.pics["backup_power"]:
            log.moot(call)  # last words, which may come on a connection of their own
        else:
            yield call, f"{call.action} while the charge box is {status or 'not registered'}"
    if answered := [boot.answer for boot in boots if boot.answer]:
        memory["accepted"] = answered[-1].says(status="Accepted")


def confirmed(action: str) -> Callable[[Log], Offences]:
    """A rule: a proper request of this action is answered with its confirmation."""

    def rule(log: Log) -> Offences:
        for call in log.calls(action, by="charge-point"):
            registered = action == "BootNotification" or log.status_at(call) == "Accepted"
            kept_out = action == "BootNotification" and call.answer is not None and call.answer.code in KEEPS_OUT
            if call.answer is None or not is_proper(call) or not registered or kept_out:
                log.moot(call)
            elif call.answer.type == "CALLERROR":
                yield (call, call.answer), f"{action} was answered with {call.answer}"

    return rule


for _n, _action in enumerate(INITIATED, 1):
    monitor(f"OCPP15-4.{_n}-31", name=f"confirmed_{_action}")(confirmed(_action))
