"""OCPP-S 1.6, chapters 2, 3.1 and 8: what every envelope must be, and its body by the schema of the WSDL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.law import monitor
from evconform.http.message import Response
from evconform.ocpp.view import Log
from suites.ocpp16.envelopes import in_soap_1_1, in_words, other_operation, spoken, wrong
from suites.ocpp16.monitors.payloads import CLAUSES

Offences = Iterator[tuple[Any, str]]

ENVELOPES = {
    "OCPP16S-2-02": ("envelope", "body"),
    "OCPP16S-2-03": ("doctype",),
    "OCPP16S-3-01": ("header-twice",),
    "OCPP16S-3-02": ("must-understand",),
    "OCPP16S-3.1-02": ("xml", "entity", "encoding"),
    "OCPP16S-8-03": ("unqualified",),
    "OCPP16S-8-04": ("element", "attribute"),
}
"""Row to the problems of a message that break it."""
CONTENTS = {
    "OCPP16S-8-05": ("missing",),
    "OCPP16S-8-06": ("type",),
    "OCPP16S-8-07": ("enumeration",),
    "OCPP16S-8-08": ("length",),
    "OCPP16S-8-09": ("digits",),
}
"""The same of what a body holds, but for the messages that have rows of their own in chapter 6."""
DECLARATION = re.compile(
    r"""<\?xml\s+version\s*=\s*(["'])1\.0\1\s+encoding\s*=\s*(["'])utf-8\2[^>]*\?>""", re.ASCII | re.IGNORECASE
)


def free_of(names: tuple[str, ...], leaves: tuple[str, ...] = ()) -> Callable[[Log], Offences]:
    """A rule: no message has such a problem; ``leaves``: schemas that another row is about."""

    def rule(log: Log) -> Offences:
        meant = (*names, "digits") if "type" in names and log.subject == "charge-point" else names
        for frame, envelope in spoken(log):
            if frame.schema in leaves:
                log.moot(frame)
                continue
            for problem in wrong(envelope, *meant):
                yield frame, in_words(problem)

    return rule


for _row, _names in ENVELOPES.items():
    monitor(_row, name=f"soap_{'_'.join(_names)}".replace("-", "_"))(free_of(_names))
for _row, _names in CONTENTS.items():
    monitor(_row, name=f"soap_{_names[0]}")(free_of(_names, tuple(CLAUSES)))


@monitor("OCPP16S-2-01", name="soap_soap_version")
def a_message_is_of_soap_1_2(log: Log) -> Offences:
    for frame, envelope in spoken(log):
        problem = next(wrong(envelope, "soap-version"), None)
        if problem and in_soap_1_1(frame):
            log.moot(frame)
        elif problem:
            yield frame, in_words(problem)


@monitor("OCPP16S-8-02", name="soap_operation")
def a_message_is_of_an_operation(log: Log) -> Offences:
    for frame, envelope in spoken(log):
        for problem in wrong(envelope, "operation"):
            yield frame, in_words(problem)
        if other := other_operation(frame):
            yield frame, other


@monitor("OCPP16S-3.1-01")
def xml_declaration(log: Log) -> Offences:
    for frame, _ in spoken(log):
        if not DECLARATION.match(str(frame.text).lstrip("\ufeff")):
            yield frame, f"it begins with {str(frame.text)[:60]!r}"


@monitor("OCPP16S-8-01", name="soap_namespace")
def a_message_is_of_the_service_that_is_called(log: Log) -> Offences:
    for frame, envelope in spoken(log):
        answers = isinstance(frame.http, Response) or envelope.kind in ("response", "fault")  # one may come in a request
        called = log.subject if answers else log.other
        foreign = next(wrong(envelope, "namespace"), None)
        if foreign:
            yield frame, in_words(foreign)
        elif envelope.service is None or frame.type == "CALLERROR":
            log.moot(frame)
        elif (envelope.version, envelope.service.role) != ("1.6", called):
            yield frame, f"{envelope.service.namespace}, and the {called} was called"
