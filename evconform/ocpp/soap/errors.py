"""From OCPP-J's error codes to SOAP's faults and back, for parties that know only CallError."""

from __future__ import annotations

from evconform.ocpp.json import CallError
from evconform.ocpp.soap.fault import CODES, SUBCODES, Fault, fault_for
from evconform.ocpp.soap.problem import Problem

OF_JSON = {
    "NotImplemented": "NotSupported",
    "GenericError": "InternalError",
    "FormationViolation": "ProtocolError",
    "PropertyConstraintViolation": "ProtocolError",
    "OccurenceConstraintViolation": "ProtocolError",
    "TypeConstraintViolation": "ProtocolError",
}
"""What OCPP-J alone has (4.2.3, table 7), and the subcode that says the same (OCPP-S 1.6, 4)."""
STATUS = {"Sender": 400}
"""Code of a fault to the HTTP status of its response, 500 for all others (SOAP 1.2 part 2, 7.5.2.2)."""


def as_subcode(error: CallError) -> CallError:
    """The same error, in SOAP's words."""
    return CallError(OF_JSON.get(error.code, error.code), error.description)


def of_problem(problem: Problem) -> CallError:
    """What answers a problem of a request; without a subcode the code stands for it."""
    return error_of(fault_for(problem))


def error_of(fault: Fault) -> CallError:
    return CallError(fault.subcode or fault.code, fault.reason)


def fault_of(error: CallError) -> Fault:
    """The fault that says it. A subcode that the table does not have stands under Receiver."""
    if error.code in CODES and error.code not in SUBCODES:
        return Fault(error.code, "", error.description)
    return Fault(SUBCODES.get(error.code, "Receiver"), error.code, error.description)


def status_of(fault: Fault) -> int:
    return STATUS.get(fault.code, 500)
