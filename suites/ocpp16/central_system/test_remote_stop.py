"""OCPP 1.6, 5.12: RemoteStopTransaction, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven, spoken
from suites.ocpp16.driven import SESSION


@testcase(
    "OCPP16-CS-RSTOP-01",
    verifies=["OCPP16-5.12-31", "OCPP16-4.10-31"],
    oca="TC_012_CSMS",
    applies=f"{SESSION} and RemoteStopTransaction",
)
async def test_a_remote_stop(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator stops a transaction: it is named by the id that it was given, and its end is answered."""
    transaction = await driven.charges(charge_point, bench)
    await charge_point.hears_no("RemoteStopTransaction", for_=driven.LASTS)
    await driven.is_sent(charge_point, operations, "RemoteStopTransaction", "OCPP16-5.12-31", transactionId=transaction)
    await driven.has_stopped(charge_point, "Remote", transactionId=transaction)


@testcase(
    "OCPP16-CS-RSTOP-02",
    verifies=["OCPP16-5.12-31", "OCPP16-5-31"],
    oca="TC_028_CSMS",
    applies="RemoteStopTransaction and StartTransaction and StopTransaction and GetConfiguration",
)
async def test_a_remote_stop_is_rejected(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that rejects a RemoteStopTransaction is served on."""
    await charge_point.registers()
    started = await spoken.starts(charge_point)
    transaction = started.get("transactionId")
    charge_point.answers("RemoteStopTransaction", status="Rejected")
    await driven.is_sent(charge_point, operations, "RemoteStopTransaction", "OCPP16-5.12-31", transactionId=transaction)
    await driven.goes_on(charge_point, operations)
    await spoken.stops(charge_point, transaction)
