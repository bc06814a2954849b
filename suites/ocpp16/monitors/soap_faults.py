"""OCPP-S 1.6, chapter 4: what a fault is made of; SOAP 1.2 part 2, 7: with which media type and status it and all else travel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.http.message import media_type
from evconform.ocpp.soap.fault import CODES, SUBCODES
from evconform.ocpp.soap.names import MEDIA_TYPE
from evconform.ocpp.soap.table import by_namespace
from evconform.ocpp.view import Log
from suites.ocpp16.envelopes import in_soap_1_1, spoken, wrong_at

Offences = Iterator[tuple[Any, str]]

OF_SENDER = (400, 401, 403)
"""Where HTTP wants credentials, or wants none, it says so itself (RFC 9110, 15.5)."""
PARTS = {"OCPP16S-4-11": "Code", "OCPP16S-4-12": "Reason"}
"""Row to the part of a fault that it is about."""


def part_is_right(part: str) -> Callable[[Log], Offences]:
    """A rule: this part of every fault is as it must be."""

    def rule(log: Log) -> Offences:
        return wrong_at(log, part, "fault", "CALLERROR")

    return rule


for _row, _part in PARTS.items():
    monitor(_row, name=f"soap_fault_{_part}")(part_is_right(_part))


def bare(namespace: str) -> str:
    """The text prints those of OCPP without the slash at their end, its erratum with one at their begin."""
    return namespace.replace("urn:/", "urn://").replace("urn:///", "urn://").rstrip("/")


@monitor("OCPP16S-4-13")
def subcodes_are_in_ocpps_namespace(log: Log) -> Offences:
    known = {bare(namespace) for namespace in by_namespace()}
    for frame, envelope in spoken(log, "CALLERROR"):
        fault = envelope.fault
        if fault is None or fault.subcode not in SUBCODES:
            log.moot(frame)
        elif bare(fault.namespace) not in known:
            yield frame, f"{fault.subcode} is of the namespace {fault.namespace!r}"


@monitor("OCPP16S-4-14")
def subcodes_stand_under_their_code(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALLERROR"):
        fault = envelope.fault
        if fault is None or fault.subcode not in SUBCODES or fault.code not in CODES:
            log.moot(frame)
        elif fault.code != SUBCODES[fault.subcode]:
            yield frame, f"{fault.subcode} stands under {fault.code}, not under {SUBCODES[fault.subcode]}"


@monitor("OCPP16S-2-04")
def the_media_type_is_that_of_soap(log: Log) -> Offences:
    for frame, _ in spoken(log):
        said = media_type(frame.header("Content-Type"))
        if in_soap_1_1(frame):
            log.moot(frame)
        elif said != MEDIA_TYPE:
            yield frame, f"the Content-Type is {frame.header('Content-Type')!r}"


@monitor("OCPP16S-2-05")
def the_status_tells_a_fault(log: Log) -> Offences:
    for frame, _ in spoken(log, "CALLRESULT", "CALLERROR"):
        status = frame.status or 0
        if (status >= 400) is not (frame.type == "CALLERROR") or (frame.type == "CALLRESULT" and status != 200):
            yield frame, f"{'a fault' if frame.type == 'CALLERROR' else 'a response'} with the HTTP status {status}"


@monitor("OCPP16S-2-06")
def the_status_is_that_of_the_code(log: Log) -> Offences:
    for frame, envelope in spoken(log, "CALLERROR"):
        wanted = OF_SENDER if envelope.fault and envelope.fault.code == "Sender" else (500,)
        if (frame.status or 0) < 400:
            log.moot(frame)  # that is worse, and has its own row
        elif frame.status not in wanted and envelope.fault:
            yield frame, f"a fault of the {envelope.fault.code} with the HTTP status {frame.status}; expected {wanted[0]}"
