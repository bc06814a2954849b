"""Sessions with a charge point that speaks OCPP 1.5: what 1.5 lets a case rely on. It need not tell Occupied (4.9), so a
session is known by its transaction. They prove nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from evconform.harness.control import Control
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.scripts import iso
from evconform.ocpp.soap.central_system import SoapCentralSystem
from evconform.ocpp.view import Frame

ACCEPTED: Payload = {"status": "Accepted"}
SESSION = "RemoteStartTransaction and StartTransaction and Authorize"
"""What ``charges`` needs of the PICS."""
WHOLE_SESSION = f"{SESSION} and RemoteStopTransaction and StopTransaction"
CARD_SESSION = "Authorize and StartTransaction"
"""What ``charges_with_card`` needs."""
NOWHERE = "ftp://127.0.0.1:9/"
"""A location where nobody serves (8.4, 8.5: FTP or FTPS)."""
NOBODY = "org.evconform"
UNKNOWN = 4711
"""A reservation, a transaction that there is not."""
TRANSFER = 300.0
"""Seconds that a transfer may take until it is given up."""
IDENTITY = re.compile(rb"(<[^<>/]*chargeBoxIdentity[^<>]*>)[^<]*(</)")


async def charges(central_system: ScriptedCentralSystem, bench: Control, connector: int = 1) -> Frame:
    """A cable is plugged in and a transaction started remotely; its StartTransaction."""
    await bench.plug_in(connector=connector)
    its: Payload = {"connectorId": connector, "idTag": central_system.id_tag(central_system.card)}
    await central_system.calls("RemoteStartTransaction", **its, expects=ACCEPTED)
    return await central_system.hears("StartTransaction", connectorId=connector)


async def charges_with_card(central_system: ScriptedCentralSystem, bench: Control) -> Frame:
    """A driver plugs a cable in and presents a card; the StartTransaction."""
    await bench.plug_in(connector=1)
    await bench.present_card(uid=central_system.card, connector=1)
    return await central_system.hears("StartTransaction", connectorId=1)


def later(central_system: ScriptedCentralSystem, seconds: float) -> str:
    """A time to come, as a time stamp."""
    return iso(datetime.fromtimestamp(central_system.time + seconds, UTC))


def reservation(central_system: ScriptedCentralSystem, number: int, id_tag: str, connector: int = 1) -> Payload:
    """A ReserveNow.req for the next hour."""
    until = later(central_system, 3600.0)
    return {"connectorId": connector, "expiryDate": until, "idTag": id_tag, "reservationId": number}


def entries(*id_tags: str) -> list[dict[str, Any]]:
    return [{"idTag": id_tag, "idTagInfo": {"status": "Accepted"}} for id_tag in id_tags]


def by_ftp(location: str) -> str:
    """A location that an operator may name in 1.5 (8.4, 8.5)."""
    return location if location.startswith(("ftp://", "ftps://")) else NOWHERE


@contextmanager
def for_another(central_system: ScriptedCentralSystem) -> Iterator[None]:
    """What we send within is meant for a charge box that is not there."""

    def readdressed(body: bytes) -> bytes:
        return IDENTITY.sub(rb"\1EVCONFORM-NOBODY\2", body)

    endpoint = cast(SoapCentralSystem, central_system.endpoint)
    endpoint.envelopes.append(readdressed)
    try:
        yield
    finally:
        endpoint.envelopes.remove(readdressed)


MALFORMED: dict[str, dict[str, Payload]] = {
    "charge-point": {
        "CancelReservation": {},
        "ChangeAvailability": {"connectorId": 1, "type": "Broken"},
        "ChangeConfiguration": {"key": "MeterValueSampleInterval"},
        "DataTransfer": {"messageId": "Greeting"},
        "GetDiagnostics": {"retries": 1},
        "RemoteStartTransaction": {"connectorId": 1},
        "RemoteStopTransaction": {"transactionId": "some"},
        "ReserveNow": {"connectorId": 1, "idTag": "EC000001", "reservationId": 7},
        "Reset": {"type": "Warm"},
        "SendLocalList": {"listVersion": 1, "updateType": "Some"},
        "UnlockConnector": {"connectorId": "one"},
        "UpdateFirmware": {"location": f"{NOWHERE}none"},
    },
    "central-system": {
        "Authorize": {},
        "BootNotification": {"chargePointVendor": "evconform"},
        "DataTransfer": {"messageId": "Greeting"},
        "DiagnosticsStatusNotification": {"status": "Lost"},
        "FirmwareStatusNotification": {},
        "MeterValues": {"connectorId": "one"},
        "StartTransaction": {"connectorId": 1, "idTag": "EC000001", "meterStart": 0},
        "StatusNotification": {"connectorId": 1, "status": "Busy", "errorCode": "NoError"},
        "StopTransaction": {"transactionId": "some", "meterStop": 0, "timestamp": "2024-01-01T00:00:00Z"},
    },
}
"""Role to each message that it takes and that has members, with one that is missing, or of another type, or no value of its
list."""


def values(at: str) -> list[dict[str, Any]]:
    """A register and a voltage, in the units of 1.5."""
    power = {"value": "3.6", "measurand": "Power.Active.Import", "unit": "kW", "context": "Sample.Periodic"}
    return [
        {"timestamp": at, "sampledValue": [{"value": "500"}, power, {"value": "230", "measurand": "Voltage", "unit": "Volt"}]}
    ]
