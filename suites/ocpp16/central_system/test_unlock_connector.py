"""OCPP 1.6, 5.18: UnlockConnector, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven
from suites.ocpp16.driven import SESSION

ASKED = ["OCPP16-5.18-31", "OCPP16-6.53-31"]
COPES = [*ASKED, "OCPP16-5-31"]
IDLE = "UnlockConnector and GetConfiguration"


async def unlocks(charge_point: ScriptedChargePoint, operations: Control) -> None:
    await driven.is_sent(charge_point, operations, "UnlockConnector", "OCPP16-5.18-31", connectorId=1)


async def copes_with(charge_point: ScriptedChargePoint, operations: Control, status: str) -> None:
    await charge_point.registers()
    charge_point.answers("UnlockConnector", status=status)
    await unlocks(charge_point, operations)
    await driven.goes_on(charge_point, operations)


@testcase("OCPP16-CS-UNLOCK-01", verifies=COPES, oca="TC_017_1_CSMS", applies=IDLE)
async def test_an_idle_connector_is_unlocked(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator unlocks an idle connector, which says Unlocked."""
    await copes_with(charge_point, operations, "Unlocked")


@testcase("OCPP16-CS-UNLOCK-02", verifies=COPES, oca="TC_017_2_CSMS TC_031_CSMS", applies=IDLE)
async def test_a_connector_without_a_lock(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A connector that has no lock, or does not exist, says NotSupported, and the charge point is served on."""
    await copes_with(charge_point, operations, "NotSupported")


@testcase("OCPP16-CS-UNLOCK-03", verifies=COPES, oca="TC_030_CSMS", applies=IDLE)
async def test_a_lock_that_fails(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A lock that does not open says UnlockFailed, and the charge point is served on."""
    await copes_with(charge_point, operations, "UnlockFailed")


@testcase(
    "OCPP16-CS-UNLOCK-04",
    verifies=[*ASKED, "OCPP16-4.10-31", "OCPP16-4.9-10"],
    oca="TC_018_1_CSMS",
    applies=f"{SESSION} and UnlockConnector",
)
async def test_a_connector_with_a_transaction(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator unlocks a connector that charges: StopTransaction and the statuses are answered."""
    transaction = await driven.charges(charge_point, bench)
    await charge_point.hears_no("RemoteStopTransaction", for_=driven.LASTS)
    await unlocks(charge_point, operations)
    await driven.has_stopped(charge_point, "UnlockCommand", transactionId=transaction)
    await driven.tells_status(charge_point, "Finishing")
    await driven.leaves(charge_point, bench)
