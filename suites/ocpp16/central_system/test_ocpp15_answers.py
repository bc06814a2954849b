"""OCPP 1.5, 4.1 to 4.10 and 8.2, seen from the central system: what a charge box tells, and how it is answered."""

from typing import Any

from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.tester import call_error, call_result
from suites.ocpp16 import fifteen, spoken
from suites.ocpp16.driven import ACCEPTED, NOT_ACCEPTED

TOLD = "only told"
TRANSACTION = "StartTransaction and StopTransaction"


async def tells(charge_point: ScriptedChargePoint, action: str, proves: str, **payload: Any) -> None:
    """A request that is answered with its confirmation."""
    await charge_point.calls(action, deviates=TOLD, expects={}, proves=proves, **payload)


@testcase("OCPP15-CS-BOOT-01", verifies=["OCPP15-4.2-31", "OCPP15-8-01"], smoke=True)
async def test_a_boot_is_answered(charge_point: ScriptedChargePoint) -> None:
    """A BootNotification is answered with whether the charge box is accepted, the time and an interval."""
    await charge_point.connects()
    await charge_point.boots(status=["Accepted", "Rejected"], proves="OCPP15-4.2-31")


@testcase("OCPP15-CS-BOOT-02", verifies=["OCPP15-4.2-31"], applies="registration_status")
async def test_a_boot_is_rejected(charge_point: ScriptedChargePoint, operations: Any) -> None:
    """A charge box that its operator does not want is answered with Rejected, and with Accepted once it is wanted."""
    for status in ("Rejected", "Accepted"):
        await operations.registers(identity=charge_point.identity, status=status)
        await charge_point.connects()
        await charge_point.boots(deviates="sooner than its interval", status=status, proves="OCPP15-4.2-31")


@testcase("OCPP15-CS-HB-01", verifies=["OCPP15-4.6-31"], applies="Heartbeat")
async def test_a_heartbeat_is_answered(charge_point: ScriptedChargePoint) -> None:
    """A Heartbeat is answered with the time."""
    await charge_point.registers()
    await tells(charge_point, "Heartbeat", "OCPP15-4.6-31")


@testcase("OCPP15-CS-STATUS-01", verifies=["OCPP15-4.9-31"], applies="StatusNotification")
async def test_every_status_is_answered(charge_point: ScriptedChargePoint) -> None:
    """Each status and each error code of 1.5 is answered, also what a Mode 3 error makes of a connector."""
    await charge_point.registers()
    for status in ("Occupied", "Available", "Reserved", "Unavailable"):
        its = {"connectorId": 1, "status": status, "errorCode": "NoError"}
        await tells(charge_point, "StatusNotification", "OCPP15-4.9-31", **its)
    for error in ("Mode3Error", "ReaderFailure", "OtherError"):
        its = {"connectorId": 1, "status": "Faulted", "errorCode": error}
        await tells(charge_point, "StatusNotification", "OCPP15-4.9-31", **its)


@testcase("OCPP15-CS-AUTH-01", verifies=["OCPP15-4.1-31", "OCPP15-4.1-32"], applies="Authorize")
async def test_cards_are_told_apart(charge_point: ScriptedChargePoint) -> None:
    """An Authorize of an idTag that may charge is answered with Accepted, of one that nobody knows with another status."""
    await charge_point.registers()
    pixit = charge_point.pixit
    for id_tag, expects in ((pixit.id_tag, ACCEPTED), (pixit.unknown_id_tag, NOT_ACCEPTED)):
        await charge_point.calls("Authorize", deviates=TOLD, idTag=id_tag, expects=expects, proves="OCPP15-4.1-32")


@testcase(
    "OCPP15-CS-TX-01",
    verifies=["OCPP15-4.8-31", "OCPP15-4.8-32", "OCPP15-4.7-31", "OCPP15-4.10-31"],
    applies=f"MeterValues and {TRANSACTION}",
)
async def test_a_transaction_is_answered(charge_point: ScriptedChargePoint) -> None:
    """A transaction begins, tells its values and ends: it is accepted, gets a transactionId, and each request is answered."""
    await charge_point.registers()
    started = await spoken.starts(charge_point, expects=ACCEPTED, proves="OCPP15-4.8-32")
    transaction = started.get("transactionId")
    values = fifteen.values(charge_point.now())
    await spoken.meters(charge_point, transaction, meterValue=values, expects={}, proves="OCPP15-4.7-31")
    await spoken.stops(charge_point, transaction, transactionData=values, expects={}, proves="OCPP15-4.10-31")


@testcase("OCPP15-CS-TX-02", verifies=["OCPP15-4.8-32", "OCPP15-4.10-31"], applies=TRANSACTION)
async def test_a_start_is_never_refused(charge_point: ScriptedChargePoint) -> None:
    """A transaction of an idTag that nobody knows gets a transactionId, and a status that is not Accepted; its end is taken."""
    await charge_point.registers()
    started = await spoken.starts(charge_point, charge_point.pixit.unknown_id_tag, expects=NOT_ACCEPTED, proves="OCPP15-4.8-32")
    await spoken.stops(charge_point, started.get("transactionId"), expects={}, proves="OCPP15-4.10-31")


@testcase("OCPP15-CS-TX-03", verifies=["OCPP15-4.7-31", "OCPP15-4.10-31"], applies=f"MeterValues and {TRANSACTION}")
async def test_an_end_of_what_never_began(charge_point: ScriptedChargePoint) -> None:
    """Values and an end of a transaction that the central system does not know are answered all the same."""
    await charge_point.registers()
    values = fifteen.values(charge_point.now())
    await spoken.meters(charge_point, fifteen.UNKNOWN, meterValue=values, expects={}, proves="OCPP15-4.7-31")
    await spoken.stops(charge_point, fifteen.UNKNOWN, expects={}, proves="OCPP15-4.10-31")


@testcase("OCPP15-CS-DATA-01", verifies=["OCPP15-4.3-31", "OCPP15-4.3-32"], applies="DataTransfer")
async def test_an_unknown_vendor(charge_point: ScriptedChargePoint) -> None:
    """A DataTransfer of a vendor that nobody knows is answered with UnknownVendorId, and without data."""
    await charge_point.registers()
    refused = call_result(at={"status": "UnknownVendorId", "data": None})
    its: dict[str, Any] = {"vendorId": fifteen.NOBODY, "messageId": "a", "data": "b"}
    await charge_point.calls("DataTransfer", deviates=TOLD, expects=refused, proves="OCPP15-4.3-32", **its)


@testcase("OCPP15-CS-DIAG-01", verifies=["OCPP15-4.4-31"], applies="DiagnosticsStatusNotification")
async def test_an_upload_is_told(charge_point: ScriptedChargePoint) -> None:
    """That an upload succeeded, and that one failed, is answered."""
    await charge_point.registers()
    for status in ("Uploaded", "UploadFailed"):
        await tells(charge_point, "DiagnosticsStatusNotification", "OCPP15-4.4-31", status=status)


@testcase("OCPP15-CS-FIRMWARE-01", verifies=["OCPP15-4.5-31"], applies="FirmwareStatusNotification")
async def test_an_update_is_told(charge_point: ScriptedChargePoint) -> None:
    """Each status of an update that 1.5 has is answered."""
    await charge_point.registers()
    for status in ("Downloaded", "DownloadFailed", "InstallationFailed", "Installed"):
        await tells(charge_point, "FirmwareStatusNotification", "OCPP15-4.5-31", status=status)


@testcase("OCPP15-CS-FAULT-01", verifies=["OCPP15-8.2-02", "OCPP15-8.2-01"])
async def test_what_is_malformed_is_refused(charge_point: ScriptedChargePoint) -> None:
    """Each request that lacks a member, or has a value that is none, is answered with a fault, and the next one is answered."""
    await charge_point.registers()
    for action, payload in fifteen.MALFORMED["central-system"].items():
        if charge_point.campaign.pics[action]:
            why = "not as the schema says"
            await charge_point.calls(action, deviates=why, expects=call_error(), proves="OCPP15-8.2-02", **payload)
    await charge_point.asks(deviates=TOLD)
