"""OCPP 1.6, 5.2: ChangeAvailability, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven


@testcase(
    "OCPP16-CS-AVAIL-01",
    verifies=["OCPP16-5.2-31", "OCPP16-6.7-31", "OCPP16-4.9-10"],
    applies="ChangeAvailability",
)
async def test_a_connector_is_taken_out_of_service(
    charge_point: ScriptedChargePoint, bench: Control, operations: Control
) -> None:
    """The operator takes a connector out of service and puts it back: the statuses are answered."""
    for kind, status in (("Inoperative", "Unavailable"), ("Operative", "Available")):
        await driven.is_sent(charge_point, operations, "ChangeAvailability", "OCPP16-5.2-31", connectorId=1, type=kind)
        await driven.tells_status(charge_point, status)


@testcase("OCPP16-CS-AVAIL-02", verifies=["OCPP16-5.2-31", "OCPP16-5-31"], applies="ChangeAvailability and GetConfiguration")
async def test_a_change_that_is_scheduled(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that says Scheduled, or Rejected, is served on."""
    await charge_point.registers()
    for status in ("Scheduled", "Rejected"):
        charge_point.answers("ChangeAvailability", status=status)
        await driven.is_sent(charge_point, operations, "ChangeAvailability", "OCPP16-5.2-31", connectorId=0, type="Inoperative")
    await driven.goes_on(charge_point, operations)
