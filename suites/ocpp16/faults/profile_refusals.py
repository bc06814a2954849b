"""Faults of a charge point that refuses charging profiles otherwise than the errata of OCPP 1.6 say."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.json import CallError
from suites.ocpp16.faults.answers import REJECTED, answers, answers_if
from suites.ocpp16.faults.framing import edits_errors

OF_A_VALUE = ("PropertyConstraintViolation", "ProtocolError")
"""What a value that is none is called over JSON, and over SOAP."""


def _calls_it_internal(charge_point: Any) -> None:
    edits_errors(charge_point, lambda m: [*m[:2], "InternalError" if m[2] in OF_A_VALUE else m[2], *m[3:]])


@fault(kills="OCPP16-5.16-01")
def internal_error_for_a_profile(charge_point: Any) -> None:
    """Calls an enumeration in a charging profile that has no such value an internal error."""
    _calls_it_internal(charge_point)


@fault(kills="OCPP16-5.7-01")
def internal_error_for_a_unit(charge_point: Any) -> None:
    """Calls a unit of a composite schedule that there is not an internal error."""
    _calls_it_internal(charge_point)


@fault(kills="OCPP16-5.16-02")
def rejects_a_profile_of_no_connector(charge_point: Any) -> None:
    """Answers a charging profile of a connector that there is not with Rejected."""
    known = charge_point.connectors
    answers_if(charge_point, "SetChargingProfile", lambda asked: asked["connectorId"] not in (0, *known), REJECTED)


@fault(kills="OCPP16-5.16-03")
def rejects_profiles_without_smart_charging(charge_point: Any) -> None:
    """Answers a SetChargingProfile with Rejected, though it has no smart charging."""
    answers(charge_point, "SetChargingProfile", REJECTED)


@fault(kills="OCPP16-5.16-03")
def internal_error_for_smart_charging(charge_point: Any) -> None:
    """Calls it an internal error that it has no smart charging."""
    answers(charge_point, "SetChargingProfile", CallError("InternalError", "no idea"))
