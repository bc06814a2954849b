"""Every message that a central system initiates, for charge points that do not claim it (PICS; OCPP-J 4.2.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evconform.harness.pics import Pics
from evconform.ocpp.channel import Payload
from suites.ocpp16.measurands import UNITS


def requests(now: str) -> dict[str, Payload]:
    """A minimal proper payload of each, ordered so that one that is obeyed all the same does the least harm."""
    return {
        "GetLocalListVersion": {},
        "GetConfiguration": {},
        "GetCompositeSchedule": {"connectorId": 1, "duration": 60},
        "TriggerMessage": {"requestedMessage": "Heartbeat"},
        "ClearCache": {},
        "DataTransfer": {"vendorId": "org.evconform"},
        "ChangeConfiguration": {"key": "HeartbeatInterval", "value": "300"},
        "CancelReservation": {"reservationId": 4711},
        "ClearChargingProfile": {"id": 4711},
        "RemoteStopTransaction": {"transactionId": 4711},
        "UnlockConnector": {"connectorId": 1},
        "ChangeAvailability": {"connectorId": 1, "type": "Operative"},
        "SendLocalList": {"listVersion": 1, "updateType": "Full"},
        "ReserveNow": {"connectorId": 1, "expiryDate": now, "idTag": "evconform", "reservationId": 4711},
        "SetChargingProfile": {"connectorId": 1, "csChargingProfiles": PROFILE},
        "RemoteStartTransaction": {"idTag": "evconform"},
        "GetDiagnostics": {"location": "ftp://127.0.0.1/"},
        "UpdateFirmware": {"location": "ftp://127.0.0.1/none", "retrieveDate": now},
        "Reset": {"type": "Soft"},
    }


PROFILE: Payload = {
    "chargingProfileId": 4711,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}]},
}

REFUSALS: dict[str, Payload] = {
    "CancelReservation": {"status": "Rejected"},
    "ChangeAvailability": {"status": "Rejected"},
    "ChangeConfiguration": {"status": ["NotSupported", "Rejected"]},
    "ClearCache": {"status": "Rejected"},
    "ClearChargingProfile": {"status": "Unknown"},
    "DataTransfer": {"status": ["UnknownVendorId", "UnknownMessageId", "Rejected"]},
    "GetCompositeSchedule": {"status": "Rejected"},
    "GetLocalListVersion": {"listVersion": -1},
    "RemoteStartTransaction": {"status": "Rejected"},
    "RemoteStopTransaction": {"status": "Rejected"},
    "ReserveNow": {"status": "Rejected"},
    "Reset": {"status": "Rejected"},
    "SendLocalList": {"status": "NotSupported"},
    "SetChargingProfile": {"status": ["NotSupported", "Rejected"]},
    "TriggerMessage": {"status": ["NotImplemented", "Rejected"]},
    "UnlockConnector": {"status": "NotSupported"},
}
"""What a message itself has to say that it is not supported; the others leave only a CALLERROR."""


def refusals(action: str) -> list[Payload]:
    return [REFUSALS[action]] if action in REFUSALS else []


IMPROPER: dict[str, Payload] = {
    "ChangeAvailability": {"connectorId": 1, "type": "Perhaps"},
    "ChangeConfiguration": {"key": "HeartbeatInterval"},
    "DataTransfer": {"data": "hello"},
    "GetConfiguration": {"key": "HeartbeatInterval"},
    "RemoteStartTransaction": {"connectorId": 1},
    "RemoteStopTransaction": {"transactionId": "one"},
    "Reset": {"type": "Gentle"},
    "UnlockConnector": {"connectorId": "one"},
}
"""Each Core message that has members, with a payload that its schema refuses."""
NO_ENVELOPE = ("GetConfiguration",)
"""Those whose payload is not even improper in XML, but cannot be written there: a text in the place of a list."""

EVERY_MESSAGE = " and ".join(requests(""))
"""The PICS of a charge point that claims them all."""


def claimed_measurands(pics: Pics, by_phase: bool = False) -> list[str]:
    """The measurands that the PICS claims of an EVSE or connector, or for each phase of it."""
    fits = (m for m, row in claims(pics) if row["level"] != "charge point" and row.get("phases", False) >= by_phase)
    return list(dict.fromkeys(fits))


def claims(pics: Pics) -> Iterator[tuple[str, dict[str, Any]]]:
    """The measurements that are claimed, by the measurand that is meant: "Power factor" is Power.Factor."""
    for row in pics.sections.get("measurement", ()):
        if measurand := MEANT.get(letters(row["name"])):
            yield measurand, row


def letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


MEANT = {letters(name): name for name in UNITS}
