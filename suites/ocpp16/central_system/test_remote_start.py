"""OCPP 1.6, 5.11: RemoteStartTransaction, seen from the central system."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven
from suites.ocpp16.driven import ACCEPTED, SESSION

REMOTE = f"{SESSION} and RemoteStartTransaction"
ASKED = ["OCPP16-5.11-31", "OCPP16-6.33-31"]


async def is_started_remotely(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator starts a transaction, and the central system authorizes its own idTag when it is asked."""
    id_tag = charge_point.pixit.id_tag
    await driven.is_sent(charge_point, operations, "RemoteStartTransaction", "OCPP16-5.11-31", idTag=id_tag, connectorId=1)
    await charge_point.is_answered("Authorize", idTag=id_tag, expects=ACCEPTED, proves="OCPP16-4.1-32")


@testcase("OCPP16-CS-RSTART-01", verifies=[*ASKED, *driven.OF_SESSION], oca="TC_010_CSMS", applies=REMOTE)
async def test_a_remote_start_after_the_cable(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The cable is in, the operator starts: the idTag is accepted, and so is the transaction."""
    await driven.plugs_in(charge_point, bench)
    await is_started_remotely(charge_point, operations)
    await driven.starts(charge_point)
    await driven.tells_status(charge_point, "Charging")


@testcase("OCPP16-CS-RSTART-02", verifies=[*ASKED, *driven.OF_SESSION], oca="TC_011_1_CSMS", applies=REMOTE)
async def test_a_remote_start_before_the_cable(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator starts, then the cable comes: the idTag is accepted, and so is the transaction."""
    await is_started_remotely(charge_point, operations)
    await driven.tells_status(charge_point, "Preparing")
    await bench.plug_in(connector=1)
    await driven.starts(charge_point)
    await driven.tells_status(charge_point, "Charging")


@testcase(
    "OCPP16-CS-RSTART-03",
    verifies=[*ASKED, "OCPP16-4.1-32", "OCPP16-4.9-10"],
    oca="TC_011_2_CSMS",
    applies=REMOTE,
)
async def test_a_remote_start_that_no_cable_follows(
    charge_point: ScriptedChargePoint, bench: Control, operations: Control
) -> None:
    """The operator starts, and no cable comes: that the connector is Available again is answered."""
    await is_started_remotely(charge_point, operations)
    await driven.tells_status(charge_point, "Preparing")
    await driven.tells_status(charge_point, "Available", within=10 + charge_point.patience)


@testcase(
    "OCPP16-CS-RSTART-04",
    verifies=[*ASKED, "OCPP16-5-31"],
    oca="TC_026_CSMS",
    applies="RemoteStartTransaction and GetConfiguration",
)
async def test_a_remote_start_is_rejected(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that rejects a RemoteStartTransaction is served on."""
    await charge_point.registers()
    charge_point.answers("RemoteStartTransaction", status="Rejected")
    id_tag = charge_point.pixit.id_tag
    await driven.is_sent(charge_point, operations, "RemoteStartTransaction", "OCPP16-5.11-31", idTag=id_tag, connectorId=1)
    await driven.goes_on(charge_point, operations)
