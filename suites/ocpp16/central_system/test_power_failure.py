"""OCPP 1.6, 4.2 and 4.10: a charge point that boots in the middle of a session, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven
from suites.ocpp16.driven import SESSION


@testcase(
    "OCPP16-CS-POWER-01",
    verifies=["OCPP16-4.2-20", "OCPP16-4.9-10", "OCPP16-4.10-31"],
    oca="TC_032_1_CSMS",
    applies=SESSION,
)
async def test_a_power_failure_in_a_session(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """The power goes while a car charges: the boot is accepted, the statuses and the late StopTransaction are answered."""
    transaction = await driven.charges(charge_point, bench)
    await charge_point.hears_no("RemoteStopTransaction", for_=driven.LASTS)
    await bench.power_cycle()
    await driven.boots(charge_point)
    await driven.tells_status(charge_point, "Available", connector=0, within=driven.AGAIN)
    await driven.tells_status(charge_point, ["Preparing", "Finishing"], within=driven.AGAIN)
    await driven.has_stopped(charge_point, "PowerLoss", transactionId=transaction, within=driven.AGAIN)


@testcase("OCPP16-CS-POWER-02", verifies=["OCPP16-4.2-20", "OCPP16-4.8-34"], applies=SESSION)
async def test_a_session_after_a_power_failure(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """After a power failure in a session the next session is as any other."""
    await driven.charges(charge_point, bench)
    await charge_point.hears_no("RemoteStopTransaction", for_=driven.LASTS)
    await bench.power_cycle()
    await driven.boots(charge_point)
    await charge_point.is_answered("StopTransaction", within=driven.AGAIN, expects={})
    await bench.unplug(connector=1)
    await driven.tells_status(charge_point, "Available")
    await driven.charges(charge_point, bench)


@testcase("OCPP16-CS-POWER-03", verifies=["OCPP16-4.10-31", "OCPP16-4.2-20"], applies=SESSION, faces="facing-two-connector.toml")
async def test_a_power_failure_with_backup_power(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A charge point with backup power stops its transaction before it goes down: that is answered, and so is its boot."""
    transaction = await driven.charges(charge_point, bench)
    await charge_point.hears_no("RemoteStopTransaction", for_=driven.LASTS)
    await bench.power_cycle()
    await driven.has_stopped(charge_point, "PowerLoss", transactionId=transaction)
    await driven.boots(charge_point)
