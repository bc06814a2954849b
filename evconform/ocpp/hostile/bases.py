"""A legal payload of each action, with every member that its schema has: what a receiver in its base state may take with as
little effect as there is. What is refused for a reason of its own (a connector, a transaction that there is not) stays so
whatever a mutation makes of another member."""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]

PAST = "2026-01-01T10:00:00Z"
FUTURE = "2099-01-01T10:00:00Z"
NOWHERE = "evconform://nowhere/"
"""A location whose protocol nobody speaks."""
NO_CONNECTOR = 99
NO_ID = 987654
TAG = "EVCONFORM-HOSTILE"

PROFILE: Payload = {
    "chargingProfileId": NO_ID,
    "transactionId": NO_ID,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "validFrom": PAST,
    "validTo": FUTURE,
    "chargingSchedule": {
        "duration": 3600,
        "startSchedule": PAST,
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0, "numberPhases": 3}],
        "minChargingRate": 6.0,
    },
}
"""Of a transaction that does not run: nothing to install (5.16)."""

METER_VALUE: Payload = {
    "timestamp": PAST,
    "sampledValue": [
        {
            "value": "230.1",
            "context": "Sample.Periodic",
            "format": "Raw",
            "measurand": "Voltage",
            "phase": "L1-N",
            "location": "Outlet",
            "unit": "V",
        }
    ],
}

TO_CHARGE_POINT: dict[str, Payload] = {
    "GetConfiguration": {"key": ["HeartbeatInterval"]},
    "ChangeConfiguration": {"key": "HeartbeatInterval", "value": "300"},  # what it is after our BootNotification.conf
    "GetLocalListVersion": {},
    "GetCompositeSchedule": {"connectorId": 1, "duration": 60, "chargingRateUnit": "A"},
    "TriggerMessage": {"requestedMessage": "StatusNotification", "connectorId": 1},
    "ClearCache": {},
    "DataTransfer": {"vendorId": "org.evconform", "messageId": "hostile", "data": "hello"},
    "CancelReservation": {"reservationId": NO_ID},
    "ClearChargingProfile": {
        "id": NO_ID,
        "connectorId": NO_CONNECTOR,
        "chargingProfilePurpose": "TxProfile",
        "stackLevel": NO_ID,
    },
    "RemoteStopTransaction": {"transactionId": NO_ID},
    "UnlockConnector": {"connectorId": NO_CONNECTOR},
    "ChangeAvailability": {"connectorId": 1, "type": "Operative"},
    "SendLocalList": {
        "listVersion": -1,  # which no list has (erratum 3.52)
        "localAuthorizationList": [
            {"idTag": TAG, "idTagInfo": {"expiryDate": FUTURE, "parentIdTag": TAG, "status": "Blocked"}},
        ],
        "updateType": "Differential",
    },
    "ReserveNow": {
        "connectorId": NO_CONNECTOR,
        "expiryDate": FUTURE,
        "idTag": TAG,
        "parentIdTag": TAG,
        "reservationId": NO_ID,
    },
    "SetChargingProfile": {"connectorId": 1, "csChargingProfiles": PROFILE},
    "RemoteStartTransaction": {"connectorId": NO_CONNECTOR, "idTag": TAG, "chargingProfile": PROFILE},
    "GetDiagnostics": {"location": NOWHERE, "retries": 0, "retryInterval": 1, "startTime": PAST, "stopTime": PAST},
    "UpdateFirmware": {"location": NOWHERE, "retries": 0, "retrieveDate": PAST, "retryInterval": 1},
    "Reset": {"type": "Soft"},
}

TO_CENTRAL_SYSTEM: dict[str, Payload] = {
    "Heartbeat": {},
    "Authorize": {"idTag": TAG},
    "DataTransfer": {"vendorId": "org.evconform", "messageId": "hostile", "data": "hello"},
    "DiagnosticsStatusNotification": {"status": "Idle"},
    "FirmwareStatusNotification": {"status": "Idle"},
    "StatusNotification": {
        "connectorId": 1,
        "errorCode": "NoError",
        "info": "hostile",
        "status": "Available",
        "timestamp": PAST,
        "vendorId": "org.evconform",
        "vendorErrorCode": "0",
    },
    "MeterValues": {"connectorId": 1, "transactionId": NO_ID, "meterValue": [METER_VALUE]},
    "StartTransaction": {"connectorId": 1, "idTag": TAG, "meterStart": 0, "reservationId": NO_ID, "timestamp": PAST},
    "StopTransaction": {
        "idTag": TAG,
        "meterStop": 1,
        "timestamp": PAST,
        "transactionId": NO_ID,
        "reason": "Local",
        "transactionData": [METER_VALUE],
    },
    "BootNotification": {
        "chargePointVendor": "evconform",
        "chargePointModel": "scripted",
        "chargePointSerialNumber": "1",
        "chargeBoxSerialNumber": "1",
        "firmwareVersion": "1",
        "iccid": "8900000000000000000",
        "imsi": "001010000000000",
        "meterType": "none",
        "meterSerialNumber": "1",
    },
}

TEMPERATURE = {"measurand": "Temperature", "location": "Body", "value": "25"}


def _measured(**sampled_value: str) -> Payload:
    return {"connectorId": 1, "meterValue": [{"timestamp": PAST, "sampledValue": [TEMPERATURE | sampled_value]}]}


LEGAL_TOO: dict[str, dict[str, Payload]] = {
    "MeterValues": {"Celsius": _measured(unit="Celsius"), "Celcius": _measured(unit="Celcius")},  # the first schemas' spelling
    "StopTransaction": {"transaction-minus-1": TO_CENTRAL_SYSTEM["StopTransaction"] | {"transactionId": -1}},  # never delivered
}
"""What the errata say that a receiver has to bear: mutation to payload."""

BASES = {"charge-point": TO_CHARGE_POINT, "central-system": TO_CENTRAL_SYSTEM}
"""Role of the SUT to what it is sent, in the order in which it is: what ends a registration comes last."""

OBEYED = frozenset({"Reset"})
"""What does harm when it is taken: of these nothing is sent that a receiver may obey."""

MEANT: dict[tuple[str, str | int], tuple[str, ...]] = {
    ("ReserveNow", "connectorId"): ("zero", "minus-zero"),
    ("RemoteStartTransaction", "connectorId"): ("zero", "minus-zero"),
}
"""What is not done to a member, since it may be taken for any connector, and obeyed."""

EVERY_VALUE = {
    "MeterValues": ("context", "format", "measurand", "location"),
    "StopTransaction": ("context", "format", "measurand", "location", "reason"),
    "StatusNotification": ("errorCode", "status"),
    "DiagnosticsStatusNotification": ("status",),
    "FirmwareStatusNotification": ("status",),
}
"""The enumerations of which each value is legal where it stands, and harmless. A unit or a phase must fit its measurand."""

LARGE = ("meterStart", "meterStop", "transactionId", "reservationId")
"""The integers that a central system takes up to 2147483647: nothing bounds them."""
