"""OCPP 1.6, 4.10 and 4.9: the EV side is disconnected, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven
from suites.ocpp16.driven import OF_SESSION, SESSION


@testcase("OCPP16-CS-EVSIDE-01", verifies=[*OF_SESSION, "OCPP16-4.10-31"], oca="TC_005_1_CSMS", applies=SESSION)
async def test_the_cable_is_taken_out_at_the_ev(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """The cable is taken out at the EV while it charges: status and StopTransaction are answered, until all is free."""
    transaction = await driven.charges(charge_point, bench)
    await charge_point.hears_no("RemoteStopTransaction", for_=driven.LASTS)
    await bench.suspend_ev(connector=1)
    await driven.tells_status(charge_point, "SuspendedEV")
    await bench.unplug_at_ev(connector=1)
    await driven.has_stopped(charge_point, "EVDisconnected", transactionId=transaction)
    await driven.tells_status(charge_point, "Finishing")
    await driven.leaves(charge_point, bench)
