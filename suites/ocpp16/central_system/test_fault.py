"""OCPP 1.6, 4.9: a charge point that is faulty, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven


@testcase("OCPP16-CS-FAULT-01", verifies=["OCPP16-4.9-10", "OCPP16-4.1-32"], oca="TC_024_CSMS", applies="Authorize")
async def test_the_lock_of_a_connector_fails(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """The cable cannot be locked: the StatusNotification with ConnectorLockFailure is answered."""
    await driven.identifies(charge_point, bench)
    await bench.plug_in_halfway(connector=1)
    await driven.tells_status(charge_point, "Faulted", errorCode="ConnectorLockFailure")


@testcase("OCPP16-CS-FAULT-02", verifies=["OCPP16-4.9-10"])
async def test_a_connector_is_faulty(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A fault of a connector is answered, and so is its end."""
    await bench.provoke_fault(connector=1)
    await driven.tells_status(charge_point, "Faulted")
    await bench.clear_fault(connector=1)
    await driven.tells_status(charge_point, "Available")
