"""OCPP 1.6, 5.19 and 4.5: UpdateFirmware, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint

SOON = 30.0
"""Seconds until the retrieveDate that the operator names: some back offices take none that is past when they read it."""
FIRMWARE = "UpdateFirmware and FirmwareStatusNotification"
UPDATE = ["OCPP16-5.19-31", "OCPP16-5.19-32", "OCPP16-4.5-31"]


async def updates(charge_point: ScriptedChargePoint, operations: Control) -> None:
    await charge_point.registers()
    location = charge_point.pixit.firmware_location
    await operations.sends(
        identity=charge_point.identity, action="UpdateFirmware", location=location, retrieveDate=charge_point.ago(-SOON)
    )
    await charge_point.hears("UpdateFirmware", expects={"location": location}, proves="OCPP16-5.19-31")


async def tells(charge_point: ScriptedChargePoint, *statuses: str) -> None:
    for status in statuses:
        await charge_point.calls(
            "FirmwareStatusNotification", deviates="only told", status=status, expects={}, proves="OCPP16-4.5-31"
        )


@testcase(
    "OCPP16-CS-FIRMWARE-01",
    verifies=[*UPDATE, "OCPP16-4.2-20", "OCPP16-4.9-10"],
    oca="TC_044_1_CSMS",
    applies=FIRMWARE,
)
async def test_firmware_is_installed(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator updates the firmware: each step, the boot and the statuses are answered."""
    await updates(charge_point, operations)
    await tells(charge_point, "Downloading", "Downloaded", "Installing")
    await charge_point.disconnects()
    await charge_point.connects()
    await charge_point.boots(status="Accepted", proves="OCPP16-4.2-20")
    await charge_point.reports_status(proves="OCPP16-4.9-10")
    await tells(charge_point, "Installed")


@testcase("OCPP16-CS-FIRMWARE-02", verifies=UPDATE, oca="TC_044_2_CSMS", applies=FIRMWARE)
async def test_the_download_fails(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The firmware cannot be had: Downloading and DownloadFailed are answered."""
    await updates(charge_point, operations)
    await tells(charge_point, "Downloading", "DownloadFailed")


@testcase("OCPP16-CS-FIRMWARE-03", verifies=UPDATE, oca="TC_044_3_CSMS", applies=FIRMWARE)
async def test_the_installation_fails(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The firmware does not fit: each step until InstallationFailed is answered."""
    await updates(charge_point, operations)
    await tells(charge_point, "Downloading", "Downloaded", "Installing", "InstallationFailed")


@testcase("OCPP16-CS-FIRMWARE-04", verifies=["OCPP16-4.5-31"], applies="FirmwareStatusNotification")
async def test_firmware_that_nobody_updates(charge_point: ScriptedChargePoint) -> None:
    """A FirmwareStatusNotification of an update that nobody asked for, and one with Idle, are answered."""
    await charge_point.registers()
    await tells(charge_point, "Idle", "Downloaded")
