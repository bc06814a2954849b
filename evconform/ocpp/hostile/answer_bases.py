"""The proper answers that hostile ones are derived from, with every member that its schema has. What is read of a spoilt one all
the same says what the proper one says that follows it, so it does no harm: nobody may charge by it who may not anyway."""

from __future__ import annotations

from evconform.ocpp.hostile.bases import FUTURE, NO_ID, PAST, TAG, Payload

INTERVAL = 5
"""Seconds between the BootNotifications of a charge point that is kept waiting."""


def _info(status: str) -> Payload:
    return {"idTagInfo": {"status": status, "expiryDate": FUTURE, "parentIdTag": TAG}}


TO_ANSWER: dict[str, dict[str, Payload]] = {
    "charge-point": {
        "Heartbeat": {"currentTime": PAST},
        "StatusNotification": {},
        "MeterValues": {},
        "DiagnosticsStatusNotification": {},
        "FirmwareStatusNotification": {},
        "BootNotification": {"status": "Pending", "currentTime": PAST, "interval": INTERVAL},
        "Authorize": _info("Invalid"),
        "StartTransaction": {"transactionId": NO_ID} | _info("Accepted"),
        "StopTransaction": _info("Accepted"),
        "DataTransfer": {"status": "UnknownVendorId", "data": "hello"},
    },
    "central-system": {
        "GetConfiguration": {
            "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}],
            "unknownKey": ["EvconformNoSuchKey"],
        },
        "ClearCache": {"status": "Rejected"},
    },
}
"""Role of the SUT to the CALLs that it can be made to send, and their proper answers."""
