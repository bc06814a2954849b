"""The rules about single keys of the configuration, held against a PICS, over hand-made logs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ocpp.metered_log import HOLDS, MOOT, Lines, asks, boots, check, gets, inch
from tests.ocpp.transports import TRANSPORTS

ROTATION, NUMBER, PROFILES = "ConnectorPhaseRotation", "NumberOfConnectors", "SupportedFeatureProfiles"
UNLOCKS = "UnlockConnectorOnEVSideDisconnect"
CLAIMS = {"Core": True, "Reservation": True, "ReserveNow": True, "SetChargingProfile": True, "TriggerMessage": False}
NOT = ("FirmwareManagement", "LocalAuthListManagement", "SmartCharging", "RemoteTrigger")
MESSAGES = (
    *("GetDiagnostics", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "UpdateFirmware", "SendLocalList"),
    *("GetLocalListVersion", "ClearChargingProfile", "CancelReservation"),
)


def says(key: str, value: str) -> Lines:
    return gets(1, [key], (key, value, True))


CASES: dict[str, tuple[str, str, Lines]] = {
    "each connector": ("9.1.7-01", HOLDS, says(ROTATION, "0.RST, 1.RST,2.RTS")),
    "in another case": ("9.1.7-01", HOLDS, says(ROTATION, "1.notApplicable")),
    "without a number": ("9.1.7-01", HOLDS, says(ROTATION, "Unknown")),
    "not all": ("9.1.7-01", HOLDS, says(ROTATION, "1.RST")),
    "words of its own": ("9.1.7-01", "'1.ABC'", says(ROTATION, "1.ABC,2.RST")),
    "no words": ("9.1.7-01", "'1='", says(ROTATION, "1=,2.RST")),
    "a connector too many": ("9.1.7-01", "there is none", says(ROTATION, "1.RST,3.RST")),
    "a connector twice": ("9.1.7-01", "connector 1 twice", says(ROTATION, "1.RST,1.RTS")),
    "not set": ("9.1.7-01", MOOT, asks(1, "<", "GetConfiguration", {"configurationKey": [{"key": ROTATION, "readonly": False}]})),
    "as many": ("9.1.21-01", HOLDS, says(NUMBER, "2")),
    "more": ("9.1.21-01", "claims 2", says(NUMBER, "3")),
    "no number": ("9.1.21-01", "is 'two'", says(NUMBER, "two")),
    "the profiles": ("9.1.29-01", HOLDS, says(PROFILES, "Core,Reservation")),
    "the profiles, and one that is claimed in part": ("9.1.29-01", HOLDS, says(PROFILES, "core, Reservation,SmartCharging")),
    "the profiles, and one of the vendor": ("9.1.29-01", HOLDS, says(PROFILES, "Core,Reservation,Payment")),
    "no Core": ("9.1.29-01", "lacks Core", says(PROFILES, "Reservation")),
    "a profile less": ("9.1.29-01", "lacks Reservation", says(PROFILES, "Core")),
    "a profile more": ("9.1.29-01", "has RemoteTrigger", says(PROFILES, "Core,Reservation,RemoteTrigger")),
    "not unlocked": ("9.1.33-01", HOLDS, says(UNLOCKS, "False")),
    "unlocked": ("9.1.33-01", "is 'true'", says(UNLOCKS, "true")),
    "refused without data": ("5.6-02", HOLDS, asks(1, "<", "DataTransfer", {"status": "UnknownVendorId"}, vendorId="V")),
    "refused with data": (
        "5.6-02", "/data", asks(1, "<", "DataTransfer", {"status": "UnknownVendorId", "data": ""}, vendorId="V"),
    ),
    "data of a vendor": ("5.6-02", HOLDS, asks(1, "<", "DataTransfer", {"status": "Accepted", "data": "x"}, vendorId="V")),
}  # fmt: skip


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", CASES)
def test_settings(name: str, transport: str) -> None:
    row, expected, lines = CASES[name]
    answers: dict[str, Any] = {"connectors": 2, "fixed_cable": True} | dict.fromkeys((*NOT, *MESSAGES), False) | CLAIMS
    check("settings", (row, expected, [*boots(), *lines]), inch(**answers), transport=transport)
