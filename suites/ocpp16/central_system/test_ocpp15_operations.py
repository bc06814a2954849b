"""OCPP 1.5, 5.1 to 5.15, seen from the central system: what its operator asks for reaches the charge box, and what that refuses
does it no harm."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven, fifteen, spoken
from suites.ocpp16.fifteen import entries

GOES_ON = "OCPP15-5-31"
REFUSED = {"status": "Rejected"}


async def is_sent(
    charge_point: ScriptedChargePoint, operations: Control, action: str, row: str, answer: dict[str, Any], **payload: Any
) -> None:
    """The operator asks for a message; it comes, with what he said, and gets this answer."""
    charge_point.answers(action, **answer)
    await driven.is_sent(charge_point, operations, action, row, **payload)


async def goes_on(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The charge box is answered, and sent what is for it."""
    await charge_point.asks(proves=GOES_ON, deviates="sooner than our interval")
    await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=["MeterValueSampleInterval"])
    await charge_point.hears("GetConfiguration", proves=GOES_ON)


@testcase(
    "OCPP15-CS-AVAIL-01", verifies=["OCPP15-5.2-31", GOES_ON, "OCPP15-8.1-31"], applies="ChangeAvailability and GetConfiguration"
)
async def test_availability(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A connector is taken out of service, and the next change is refused: both are sent, to the charge box that is meant."""
    await charge_point.registers()
    its = {"connectorId": 1, "type": "Inoperative"}
    await is_sent(charge_point, operations, "ChangeAvailability", "OCPP15-5.2-31", {"status": "Accepted"}, **its)
    await is_sent(charge_point, operations, "ChangeAvailability", "OCPP15-5.2-31", REFUSED, **its)
    await goes_on(charge_point, operations)


@testcase("OCPP15-CS-CONF-01", verifies=["OCPP15-5.3-31", GOES_ON], applies="ChangeConfiguration and GetConfiguration")
async def test_a_setting_is_changed(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A setting is changed, and a change is not supported."""
    await charge_point.registers()
    its = {"key": "MeterValueSampleInterval", "value": "60"}
    for status in ("Accepted", "NotSupported"):
        await is_sent(charge_point, operations, "ChangeConfiguration", "OCPP15-5.3-31", {"status": status}, **its)
    await goes_on(charge_point, operations)


@testcase("OCPP15-CS-CONF-02", verifies=["OCPP15-5.6-31"], applies="GetConfiguration")
async def test_settings_are_read(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """Some settings are asked for, then all of them."""
    await charge_point.registers()
    await is_sent(charge_point, operations, "GetConfiguration", "OCPP15-5.6-31", {}, key=["MeterValueSampleInterval"])
    await is_sent(charge_point, operations, "GetConfiguration", "OCPP15-5.6-31", {})


@testcase("OCPP15-CS-CACHE-01", verifies=["OCPP15-5.4-31", GOES_ON], applies="ClearCache and GetConfiguration")
async def test_a_cache_is_cleared(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A cache is cleared, and another is not."""
    await charge_point.registers()
    for status in ("Accepted", "Rejected"):
        await is_sent(charge_point, operations, "ClearCache", "OCPP15-5.4-31", {"status": status})
    await goes_on(charge_point, operations)


@testcase("OCPP15-CS-DATA-02", verifies=["OCPP15-5.5-31", GOES_ON], applies="DataTransfer and GetConfiguration")
async def test_data_for_a_charge_box(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """Data is sent to a charge box that takes it, and to one that does not know the vendor."""
    await charge_point.registers()
    for status in ("Accepted", "UnknownVendorId"):
        await is_sent(charge_point, operations, "DataTransfer", "OCPP15-5.5-31", {"status": status}, vendorId=fifteen.NOBODY)
    await goes_on(charge_point, operations)


@testcase("OCPP15-CS-DIAG-02", verifies=["OCPP15-5.7-31", GOES_ON], applies="GetDiagnostics and GetConfiguration")
async def test_diagnostics_are_asked_for(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """Diagnostics are asked for, and there are none."""
    await charge_point.registers()
    location = fifteen.by_ftp(charge_point.pixit.diagnostics_location)
    for answer in ({"fileName": "evconform.zip"}, {}):
        await is_sent(charge_point, operations, "GetDiagnostics", "OCPP15-5.7-31", answer, location=location)
    await goes_on(charge_point, operations)


@testcase("OCPP15-CS-FIRMWARE-02", verifies=["OCPP15-5.15-31", GOES_ON], applies="UpdateFirmware and GetConfiguration")
async def test_firmware_is_updated(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """Firmware is to be had at a location; a charge box that answers with a fault is served on."""
    await charge_point.registers()
    its = {"location": fifteen.by_ftp(charge_point.pixit.firmware_location), "retrieveDate": charge_point.ago(-30.0)}
    await operations.sends(identity=charge_point.identity, action="UpdateFirmware", **its)
    await charge_point.hears("UpdateFirmware", expects={"location": its["location"]}, proves="OCPP15-5.15-31")
    charge_point.refuses("UpdateFirmware", "NotSupported")
    await operations.sends(identity=charge_point.identity, action="UpdateFirmware", **its)
    await charge_point.hears("UpdateFirmware")
    await goes_on(charge_point, operations)


@testcase(
    "OCPP15-CS-LIST-01",
    verifies=["OCPP15-5.8-31", "OCPP15-5.13-31", GOES_ON],
    applies="SendLocalList and GetLocalListVersion and GetConfiguration",
)
async def test_a_local_list(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The version of the list is asked for, a list is sent, and another fails."""
    await charge_point.registers()
    await is_sent(charge_point, operations, "GetLocalListVersion", "OCPP15-5.8-31", {"listVersion": 0})
    for version, status in ((1, "Accepted"), (2, "HashError")):
        charge_point.answers("SendLocalList", status=status)
        its: dict[str, Any] = {"listVersion": version, "updateType": "Full"}
        tags = entries(charge_point.pixit.id_tag)
        await operations.sends(identity=charge_point.identity, action="SendLocalList", localAuthorizationList=tags, **its)
        listed = {"at": {"updateType": "Full"}, "lists": {"localAuthorizationList/idTag": [charge_point.pixit.id_tag]}}
        await charge_point.hears_frame(type="CALL", action="SendLocalList", expects=listed, proves="OCPP15-5.13-31")
    await goes_on(charge_point, operations)


@testcase("OCPP15-CS-RSTART-01", verifies=["OCPP15-5.9-31", GOES_ON], applies="RemoteStartTransaction and GetConfiguration")
async def test_a_remote_start(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A transaction is started remotely, and another start is refused."""
    await charge_point.registers()
    its = {"idTag": charge_point.pixit.id_tag, "connectorId": 1}
    for status in ("Accepted", "Rejected"):
        await is_sent(charge_point, operations, "RemoteStartTransaction", "OCPP15-5.9-31", {"status": status}, **its)
    await goes_on(charge_point, operations)


@testcase(
    "OCPP15-CS-RSTOP-01",
    verifies=["OCPP15-5.10-31", GOES_ON],
    applies="RemoteStopTransaction and StartTransaction and GetConfiguration",
)
async def test_a_remote_stop(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A transaction is stopped remotely, which the charge box refuses at first."""
    await charge_point.registers()
    started = await spoken.starts(charge_point, expects={})
    its = {"transactionId": started.get("transactionId")}
    for status in ("Rejected", "Accepted"):
        await is_sent(charge_point, operations, "RemoteStopTransaction", "OCPP15-5.10-31", {"status": status}, **its)
    await spoken.stops(charge_point, its["transactionId"], expects={})
    await goes_on(charge_point, operations)


@testcase(
    "OCPP15-CS-RES-01",
    verifies=["OCPP15-5.11-31", "OCPP15-5.1-31", GOES_ON],
    applies="ReserveNow and CancelReservation and GetConfiguration",
)
async def test_a_reservation(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A connector is reserved; it cannot be, then can; the reservation is cancelled, which is refused at first."""
    await charge_point.registers()
    asked = {"connectorId": 1, "idTag": charge_point.pixit.id_tag}
    for status in ("Occupied", "Accepted"):
        charge_point.answers("ReserveNow", status=status)
        more = {"expiryDate": charge_point.ago(-3600.0), "reservationId": 7}
        await operations.sends(identity=charge_point.identity, action="ReserveNow", **asked, **more)
        call = await charge_point.hears("ReserveNow", expects=asked, proves="OCPP15-5.11-31")
    its = {"reservationId": call.get("reservationId")}
    for status in ("Rejected", "Accepted"):
        await is_sent(charge_point, operations, "CancelReservation", "OCPP15-5.1-31", {"status": status}, **its)
    await goes_on(charge_point, operations)


@testcase("OCPP15-CS-RESET-01", verifies=["OCPP15-5.12-31", GOES_ON], applies="Reset and GetConfiguration")
async def test_a_reset(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge box is to be reset hard and softly, and refuses both."""
    await charge_point.registers()
    for kind in ("Hard", "Soft"):
        await is_sent(charge_point, operations, "Reset", "OCPP15-5.12-31", REFUSED, type=kind)
    await goes_on(charge_point, operations)


@testcase("OCPP15-CS-UNLOCK-01", verifies=["OCPP15-5.14-31", GOES_ON], applies="UnlockConnector and GetConfiguration")
async def test_unlocking(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A connector is unlocked, and another cannot be."""
    await charge_point.registers()
    for status in ("Accepted", "Rejected"):
        await is_sent(charge_point, operations, "UnlockConnector", "OCPP15-5.14-31", {"status": status}, connectorId=1)
    await goes_on(charge_point, operations)
