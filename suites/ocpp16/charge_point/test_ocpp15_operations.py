"""OCPP 1.5, 5.2 to 5.8, 5.12, 5.14 and 5.15: availability, configuration, cache, data, diagnostics, reset, firmware."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.tester import call_error, call_result, one_of
from suites.ocpp16 import fifteen, sessions
from suites.ocpp16.fifteen import ACCEPTED, NOWHERE, WHOLE_SESSION
from suites.ocpp16.sessions import transaction_of

EITHER = {"status": ["Accepted", "Rejected"]}
KEY = "MeterValueSampleInterval"
UPLOAD = "GetDiagnostics and DiagnosticsStatusNotification"
UPDATE = "UpdateFirmware and FirmwareStatusNotification"


@testcase(
    "OCPP15-CP-AVAIL-01",
    verifies=["OCPP15-5.2-01", "OCPP15-4.9-02"],
    applies="ChangeAvailability and StatusNotification",
    plain=True,
)
async def test_a_connector_goes_out_of_service(central_system: ScriptedCentralSystem) -> None:
    """A connector is made Unavailable and Available again; a change to what it is already is accepted too."""
    into: Payload = {"connectorId": 1, "type": "Operative"}
    out: Payload = {"connectorId": 1, "type": "Inoperative"}
    await central_system.calls("ChangeAvailability", **into, expects=ACCEPTED, proves="OCPP15-5.2-01")
    await central_system.calls("ChangeAvailability", **out, expects=ACCEPTED, proves="OCPP15-5.2-01")
    await central_system.hears_status("Unavailable", proves="OCPP15-4.9-02")
    for change in (out, into):
        await central_system.calls("ChangeAvailability", **change, expects=ACCEPTED, proves="OCPP15-5.2-01")


@testcase(
    "OCPP15-CP-AVAIL-02",
    verifies=["OCPP15-5.2-02"],
    applies=f"ChangeAvailability and StatusNotification and {WHOLE_SESSION}",
    plain=True,
)
async def test_a_change_waits_for_the_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A change during a transaction is scheduled, and told once the transaction is over."""
    start = await fifteen.charges(central_system, bench)
    out, scheduled = {"connectorId": 1, "type": "Inoperative"}, {"status": "Scheduled"}
    await central_system.calls("ChangeAvailability", **out, expects=scheduled, proves="OCPP15-5.2-02")
    its: Payload = {"transactionId": transaction_of(start)}
    stopping = await central_system.calls("RemoteStopTransaction", **its, expects=ACCEPTED)
    await central_system.hears("StopTransaction")
    await bench.unplug(connector=1)
    central_system.looks_after(stopping)  # it may have told it before the cable was out
    await central_system.hears_status("Unavailable", proves="OCPP15-5.2-02")


@testcase(
    "OCPP15-CP-CONF-01",
    verifies=["OCPP15-5.3-01"],
    applies="ChangeConfiguration and GetConfiguration and MeterValues",
    plain=True,
)
async def test_a_setting_is_changed(central_system: ScriptedCentralSystem) -> None:
    """A setting that was changed is read as what it was set to."""
    for value in ("70", "90"):
        await central_system.calls("ChangeConfiguration", key=KEY, value=value, expects=ACCEPTED, proves="OCPP15-5.3-01")
        held = call_result(values={KEY: value})
        await central_system.calls("GetConfiguration", key=[KEY], expects=held, proves="OCPP15-5.3-01")


@testcase("OCPP15-CP-CONF-02", verifies=["OCPP15-5.3-02"], applies="ChangeConfiguration", plain=True)
async def test_an_unknown_setting_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A setting that there is not is not supported."""
    refused = {"status": "NotSupported"}
    its: Payload = {"key": "EvconformUnknownKey", "value": "1"}
    await central_system.calls("ChangeConfiguration", **its, expects=refused, proves="OCPP15-5.3-02")


@testcase(
    "OCPP15-CP-CONF-03", verifies=["OCPP15-5.6-01", "OCPP15-5.6-02"], applies="GetConfiguration and MeterValues", plain=True
)
async def test_settings_are_read(central_system: ScriptedCentralSystem) -> None:
    """All settings are read where no key is named; a key that there is not comes back as unknown."""
    await central_system.calls("GetConfiguration", expects=call_result(keys=[KEY]), proves="OCPP15-5.6-01")
    unknown = call_result(unknown_keys=["EvconformUnknownKey"])
    asked = [KEY, "EvconformUnknownKey"]
    await central_system.calls("GetConfiguration", key=asked, expects=unknown, proves="OCPP15-5.6-02")


@testcase("OCPP15-CP-CACHE-01", verifies=["OCPP15-5.4-01"], applies="ClearCache", plain=True)
async def test_a_cache_is_cleared(central_system: ScriptedCentralSystem) -> None:
    """A ClearCache is answered with Accepted, or with Rejected where there is nothing to clear."""
    await central_system.calls("ClearCache", expects=EITHER, proves="OCPP15-5.4-01")


@testcase("OCPP15-CP-DATA-01", verifies=["OCPP15-5.5-01"], applies="DataTransfer", plain=True)
async def test_an_unknown_vendor_is_refused(central_system: ScriptedCentralSystem) -> None:
    """A DataTransfer of a vendor that nobody knows is answered with UnknownVendorId, and without data."""
    refused = call_result(at={"status": "UnknownVendorId", "data": None})
    its: Payload = {"vendorId": fifteen.NOBODY, "messageId": "Greeting", "data": "hello"}
    await central_system.calls("DataTransfer", **its, expects=refused, proves="OCPP15-5.5-01")


@testcase("OCPP15-CP-DIAG-01", verifies=["OCPP15-5.7-01", "OCPP15-4.4-01"], applies=UPLOAD, plain=True)
async def test_an_upload_that_fails_is_told(central_system: ScriptedCentralSystem) -> None:
    """Diagnostics get a file name; that they cannot be uploaded where nobody serves is told."""
    asked: Payload = {"location": NOWHERE, "retries": 0}
    named = call_result(has=["fileName"])
    await central_system.calls("GetDiagnostics", **asked, expects=named, proves="OCPP15-5.7-01")
    ended = ["Uploaded", "UploadFailed"]
    await central_system.hears("DiagnosticsStatusNotification", status=ended, within=fifteen.TRANSFER, proves="OCPP15-4.4-01")


@testcase("OCPP15-CP-DIAG-02", verifies=["OCPP15-5.7-02"], applies="GetDiagnostics", plain=True)
async def test_no_diagnostics(central_system: ScriptedCentralSystem) -> None:
    """Of a time that is to come there are no diagnostics, and the answer names no file."""
    begin, end = fifteen.later(central_system, 86_400.0), fifteen.later(central_system, 90_000.0)
    asked: Payload = {"location": NOWHERE, "startTime": begin, "stopTime": end}
    await central_system.calls("GetDiagnostics", **asked, expects=call_result(at={"fileName": None}), proves="OCPP15-5.7-02")


@testcase("OCPP15-CP-FIRMWARE-01", verifies=["OCPP15-5.15-01", "OCPP15-4.5-01"], applies=UPDATE, plain=True)
async def test_a_download_that_fails_is_told(central_system: ScriptedCentralSystem) -> None:
    """Firmware that cannot be had is asked for, and that it failed is told."""
    asked: Payload = {"location": f"{NOWHERE}none", "retrieveDate": central_system.now, "retries": 0}
    await central_system.calls("UpdateFirmware", **asked, expects={}, proves="OCPP15-5.15-01")
    await central_system.hears("FirmwareStatusNotification", within=fifteen.TRANSFER, proves="OCPP15-4.5-01")


@testcase("OCPP15-CP-RESET-01", verifies=["OCPP15-5.12-01"], applies="Reset", plain=True)
async def test_a_hard_reset(central_system: ScriptedCentralSystem) -> None:
    """A charge box that accepts a hard reset boots."""
    reset = await central_system.calls("Reset", type="Hard", expects=EITHER, proves="OCPP15-5.12-01")
    if reset.says(status="Accepted"):
        await central_system.hears("BootNotification", within=central_system.boot_patience, proves="OCPP15-5.12-01")


@testcase("OCPP15-CP-RESET-02", verifies=["OCPP15-5.12-02"], applies=f"Reset and {WHOLE_SESSION}", plain=True)
async def test_a_soft_reset_ends_a_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A soft reset that is accepted ends the transaction in progress with a StopTransaction."""
    start = await fifteen.charges(central_system, bench)
    await central_system.hears_no("StopTransaction", for_=sessions.LASTS)
    await central_system.calls("Reset", type="Soft", expects=ACCEPTED)
    its: Payload = {"transactionId": transaction_of(start)}
    await central_system.hears("StopTransaction", **its, within=central_system.boot_patience, proves="OCPP15-5.12-02")


@testcase(
    "OCPP15-CP-UNLOCK-01",
    verifies=["OCPP15-5.14-01"],
    applies=f"UnlockConnector and not fixed_cable and {WHOLE_SESSION}",
    plain=True,
)
async def test_unlocking_ends_a_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A connector is unlocked: the transaction there is stopped first."""
    start = await fifteen.charges(central_system, bench)
    await central_system.hears_no("StopTransaction", for_=sessions.LASTS)
    await central_system.calls("UnlockConnector", connectorId=1, expects=ACCEPTED, proves="OCPP15-5.14-01")
    its: Payload = {"transactionId": transaction_of(start)}
    await central_system.hears("StopTransaction", expects=its, proves="OCPP15-5.14-01")


@testcase("OCPP15-CP-UNLOCK-02", verifies=["OCPP15-5.14-02"], applies="UnlockConnector")
async def test_a_connector_that_there_is_not(central_system: ScriptedCentralSystem) -> None:
    """A connector that there is not cannot be unlocked."""
    await central_system.calls(
        "UnlockConnector",
        connectorId=central_system.connectors[-1] + 1,
        deviates="there is no such connector",
        expects=one_of({"status": "Rejected"}, call_error()),
        proves="OCPP15-5.14-02",
    )
