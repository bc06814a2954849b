"""OCPP 1.6, 5.14: Reset, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven

AFTER = ["OCPP16-5.14-31", "OCPP16-4.2-20", "OCPP16-4.9-10"]


async def resets(charge_point: ScriptedChargePoint, operations: Control, kind: str) -> None:
    await driven.is_sent(charge_point, operations, "Reset", "OCPP16-5.14-31", type=kind)
    await driven.boots(charge_point)
    await driven.tells_status(charge_point, "Available", connector=0, within=driven.AGAIN)
    await driven.tells_status(charge_point, "Available", within=driven.AGAIN)


@testcase("OCPP16-CS-RESET-01", verifies=AFTER, oca="TC_013_CSMS", applies="Reset")
async def test_a_hard_reset(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator resets a charge point hard: its boot is accepted, its statuses are answered."""
    await resets(charge_point, operations, "Hard")


@testcase("OCPP16-CS-RESET-02", verifies=AFTER, oca="TC_014_CSMS", applies="Reset")
async def test_a_soft_reset(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator resets a charge point softly: its boot is accepted, its statuses are answered."""
    await resets(charge_point, operations, "Soft")


@testcase("OCPP16-CS-RESET-03", verifies=["OCPP16-5.14-31", "OCPP16-5-31"], applies="Reset and GetConfiguration")
async def test_a_reset_is_rejected(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that rejects a Reset is served on."""
    await charge_point.registers()
    await driven.is_sent(charge_point, operations, "Reset", "OCPP16-5.14-31", type="Soft")
    await driven.goes_on(charge_point, operations)
