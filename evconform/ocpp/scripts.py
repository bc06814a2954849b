"""What a scripted party answers unless a case says otherwise: the plainest legal answer to each action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Now = Callable[[], datetime]
PASSED: dict[str, Any] = {"idTagInfo": {"status": "Accepted"}}


def iso(moment: datetime) -> str:
    """A date and time as OCPP 1.6 writes it (3.15), in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def of_central_system(action: str, now: Now) -> dict[str, Any]:
    """The central system's answer to a charge point's CALL."""
    table: dict[str, dict[str, Any]] = {
        "BootNotification": {"status": "Accepted", "currentTime": iso(now()), "interval": 300},
        "Heartbeat": {"currentTime": iso(now())},
        "Authorize": PASSED,
        "StartTransaction": {"transactionId": 1} | PASSED,
        "StopTransaction": {},
        "DataTransfer": {"status": "UnknownVendorId"},
        "SignCertificate": {"status": "Rejected"},
    }
    return table.get(action, {})


CHARGE_POINT_INITIATED = (
    *"Authorize BootNotification DataTransfer DiagnosticsStatusNotification FirmwareStatusNotification Heartbeat".split(),
    *"MeterValues StartTransaction StatusNotification StopTransaction LogStatusNotification".split(),
    *"SecurityEventNotification SignCertificate SignedFirmwareStatusNotification".split(),
)

SECURITY_OF_CENTRAL_SYSTEM = tuple(
    "CertificateSigned DeleteCertificate ExtendedTriggerMessage GetInstalledCertificateIds GetLog InstallCertificate "
    "SignedUpdateFirmware".split()
)

OF_CHARGE_POINT: dict[str, dict[str, Any]] = {
    "CancelReservation": {"status": "Rejected"},
    "ChangeAvailability": {"status": "Rejected"},
    "ChangeConfiguration": {"status": "NotSupported"},
    "ClearCache": {"status": "Rejected"},
    "ClearChargingProfile": {"status": "Unknown"},
    "DataTransfer": {"status": "UnknownVendorId"},
    "GetCompositeSchedule": {"status": "Rejected"},
    "GetConfiguration": {"configurationKey": []},
    "GetDiagnostics": {},
    "GetLocalListVersion": {"listVersion": -1},
    "RemoteStartTransaction": {"status": "Rejected"},
    "RemoteStopTransaction": {"status": "Rejected"},
    "ReserveNow": {"status": "Rejected"},
    "Reset": {"status": "Rejected"},
    "SendLocalList": {"status": "NotSupported"},
    "SetChargingProfile": {"status": "Rejected"},
    "TriggerMessage": {"status": "NotImplemented"},
    "UnlockConnector": {"status": "NotSupported"},
    "UpdateFirmware": {},
}
"""The charge point's answer to a central system's CALL."""

INITIATED = {
    "charge-point": frozenset(CHARGE_POINT_INITIATED),
    "central-system": frozenset((*OF_CHARGE_POINT, *SECURITY_OF_CENTRAL_SYSTEM)),
}
"""Role to the operations that it initiates (OCPP 1.6, chapters 4 and 5)."""
