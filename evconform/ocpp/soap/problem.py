"""What can be wrong with a SOAP message: each problem has a name, and each name the fault that answers it."""

from __future__ import annotations

from dataclasses import dataclass

from evconform.ocpp.schemas import shorten

PROTOCOL = ("Sender", "ProtocolError")
PROBLEMS: dict[str, tuple[str, str]] = {
    "too-long": PROTOCOL,
    "encoding": PROTOCOL,
    "doctype": PROTOCOL,
    "entity": PROTOCOL,
    "xml": PROTOCOL,
    "envelope": PROTOCOL,
    "soap-version": ("VersionMismatch", ""),
    "must-understand": ("MustUnderstand", ""),
    "body": PROTOCOL,
    "namespace": PROTOCOL,
    "operation": ("Receiver", "NotSupported"),
    "unqualified": PROTOCOL,
    "element": PROTOCOL,
    "missing": PROTOCOL,
    "attribute": PROTOCOL,
    "type": PROTOCOL,
    "enumeration": PROTOCOL,
    "length": PROTOCOL,
    "digits": PROTOCOL,
    "header-missing": PROTOCOL,
    "header-twice": PROTOCOL,
    "header-value": PROTOCOL,
    "action": PROTOCOL,
    "fault": PROTOCOL,
}
"""Name of a problem to code and subcode of the fault (SOAP 1.2 part 1, 5.4.6; OCPP-S 1.6, 4).

``element``: one that the schema does not know there, so a wrong order too; ``missing``: one that it wants; ``digits``: more
fraction digits than one; ``action``: a wsa:Action that is not that of the body."""

OF_THE_HEADER = ("must-understand", "header-missing", "header-twice", "header-value", "action")
"""What is wrong beside the body."""


@dataclass(frozen=True)
class Problem:
    """A name of PROBLEMS, where it is (a JSON pointer into the payload; the name of a header), and words."""

    name: str
    says: str
    pointer: str = ""

    def __post_init__(self) -> None:
        assert self.name in PROBLEMS, self.name
        object.__setattr__(self, "says", shorten(self.says))


class Refused(Exception):
    """There is no envelope to be read; ``problem`` says why."""

    def __init__(self, name: str, says: str) -> None:
        super().__init__(says)
        self.problem = Problem(name, says)
