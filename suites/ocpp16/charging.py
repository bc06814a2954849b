"""The charging profiles that the operator of a central system under test sets (OCPP 1.6, 7.8)."""

from __future__ import annotations

from typing import Any

from evconform.ocpp.scripted_charge_point import ScriptedChargePoint

SCHEDULE: dict[str, Any] = {
    "duration": 300,
    "chargingRateUnit": "A",
    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}, {"startPeriod": 120, "limit": 8.0}],
}
BEGUN = 60.0
"""Seconds ago at which an absolute schedule begins, and its validity."""
VALID = 7200.0
"""Seconds from now until which it is valid."""

HELD: list[dict[str, Any]] = [
    {"chargingProfileId": 1, "chargingProfilePurpose": "ChargePointMaxProfile", "chargingProfileKind": "Absolute",
     "connectorId": 0},
    {"chargingProfileId": 2, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Absolute", "connectorId": 1},
    {"chargingProfileId": 3, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Absolute", "connectorId": 1},
    {"chargingProfileId": 4, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative", "connectorId": 1},
    {"chargingProfileId": 5, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Recurring",
     "recurrencyKind": "Daily", "connectorId": 1},
]  # fmt: skip
"""What a central system that keeps its profiles by itself has to hold; all with the schedule above, at stackLevel 0."""


IDS = {(each["chargingProfilePurpose"], each["chargingProfileKind"]): each["chargingProfileId"] for each in HELD}
"""Purpose and kind to the id of the profile that is held: who keeps profiles by itself is asked for one by it."""


def profile(charge_point: ScriptedChargePoint, purpose: str, kind: str = "Absolute", **more: Any) -> dict[str, Any]:
    """A charging profile of two periods."""
    starts = {"startSchedule": charge_point.ago(BEGUN)} if kind != "Relative" else {}
    valid = {"validFrom": charge_point.ago(BEGUN), "validTo": charge_point.ago(-VALID)} if kind == "Absolute" else {}
    whole = {
        "chargingProfileId": IDS[purpose, kind],
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": SCHEDULE | starts,
    }
    return whole | valid | more


def held() -> list[dict[str, Any]]:
    """The profiles, whole but for their dates."""
    return [each | {"stackLevel": 0, "chargingSchedule": SCHEDULE} for each in HELD]
