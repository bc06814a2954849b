"""OCPP 1.6, 5.9 and 4.4: GetDiagnostics, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint

DIAGNOSTICS = "GetDiagnostics and DiagnosticsStatusNotification"
OF_JOB = ["OCPP16-5.9-31", "OCPP16-5.9-32", "OCPP16-4.4-31"]


async def asks_for_diagnostics(charge_point: ScriptedChargePoint, operations: Control) -> None:
    await charge_point.registers()
    charge_point.answers("GetDiagnostics", fileName="evconform.zip")
    location = charge_point.pixit.diagnostics_location
    await operations.sends(identity=charge_point.identity, action="GetDiagnostics", location=location)
    await charge_point.hears("GetDiagnostics", expects={"location": location}, proves="OCPP16-5.9-31")


async def tells(charge_point: ScriptedChargePoint, *statuses: str) -> None:
    for status in statuses:
        await charge_point.calls(
            "DiagnosticsStatusNotification", deviates="only told", status=status, expects={}, proves="OCPP16-4.4-31"
        )


@testcase("OCPP16-CS-DIAG-01", verifies=OF_JOB, oca="TC_045_1_CSMS", applies=DIAGNOSTICS)
async def test_diagnostics_are_uploaded(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator asks for diagnostics: Uploading and Uploaded are answered."""
    await asks_for_diagnostics(charge_point, operations)
    await tells(charge_point, "Uploading", "Uploaded")


@testcase("OCPP16-CS-DIAG-02", verifies=OF_JOB, oca="TC_045_2_CSMS", applies=DIAGNOSTICS)
async def test_the_upload_fails(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The diagnostics cannot be uploaded: Uploading and UploadFailed are answered."""
    await asks_for_diagnostics(charge_point, operations)
    await tells(charge_point, "Uploading", "UploadFailed")


@testcase("OCPP16-CS-DIAG-03", verifies=["OCPP16-4.4-31"], applies="DiagnosticsStatusNotification")
async def test_diagnostics_that_nobody_wants(charge_point: ScriptedChargePoint) -> None:
    """A DiagnosticsStatusNotification with Idle, and one of an upload that nobody asked for, are answered."""
    await charge_point.registers()
    await tells(charge_point, "Idle", "Uploaded")
