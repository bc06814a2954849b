"""OCPP 1.6, chapter 6, by the JSON schemas, or over SOAP by its own; 3.14 and 3.15: dates and times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.schemas import DATE_TIME, violations
from evconform.ocpp.view import SCHEMAS, Log
from suites.ocpp16.envelopes import in_words, wrong

Offences = Iterator[tuple[Any, str]]

CLAUSES = {
    "BootNotification": "OCPP16-6.3-01",
    "BootNotificationResponse": "OCPP16-6.4-01",
    "Heartbeat": "OCPP16-6.29-01",
    "HeartbeatResponse": "OCPP16-6.30-01",
    "StatusNotification": "OCPP16-6.47-01",
    "StatusNotificationResponse": "OCPP16-6.48-01",
}
"""Schema to the row that a violation breaks; every other schema stands under the general row."""
GENERAL = "OCPP16J-4.2.4-01"
IN_XML = ("missing", "type", "enumeration", "length", "digits")
"""What the schema of SOAP refuses in the members and their values; order and namespace have rows of their own."""


def obeys(*schemas: str) -> Callable[[Log], Offences]:
    """A rule: payloads of these schemas have no violation."""

    def rule(log: Log) -> Offences:
        for frame, name in log.payloads(*schemas, by=log.subject):
            for problem in wrong(frame.envelope, *IN_XML) if frame.envelope else ():
                yield frame, f"{name} {in_words(problem)}"
            for violation in violations(name, frame.payload or {}) if frame.envelope is None else ():
                yield frame, f"{name} {violation.pointer or '/'}: {violation.says}"

    return rule


for _schema, _requirement in CLAUSES.items():
    monitor(_requirement, name=f"payload_of_{_schema}")(obeys(_schema))
monitor(GENERAL, name="payload")(obeys(*(name for name in SCHEMAS if name not in CLAUSES)))


@monitor("OCPP16-3.15-01")
def dates_are_iso_8601(log: Log) -> Offences:
    for frame, where, text in log.dated(log.subject):
        if not DATE_TIME.fullmatch(text):
            yield frame, f"{where} is {text!r}"


@monitor("OCPP16-3.14-01")
def dates_are_utc(log: Log) -> Offences:
    for frame, where, text in log.dated(log.subject):
        if DATE_TIME.fullmatch(text) and not text.endswith(("Z", "z", "+00:00", "+0000", "+00")):
            yield frame, f"{where} is {text!r}"
