"""OCPP 1.6, 5.13 and 5.1: ReserveNow and CancelReservation, seen from the central system."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.tester import call_result
from suites.ocpp16 import driven
from suites.ocpp16.driven import SESSION

RESERVED = ["OCPP16-5.13-31", "OCPP16-5.13-32"]
ANSWERED = f"ReserveNow and {SESSION}"
HOUR = 3600.0


async def reserves(
    charge_point: ScriptedChargePoint, operations: Control, connector: int = 1, lasts: float = HOUR, **more: Any
) -> int:
    """The operator reserves a connector for the idTag; the reservationId."""
    asked: dict[str, Any] = {"connectorId": connector, "idTag": charge_point.pixit.id_tag} | more
    await operations.sends(
        identity=charge_point.identity, action="ReserveNow", expiryDate=charge_point.ago(-lasts), reservationId=7, **asked
    )
    asked.pop("reservationId", None)
    call = await charge_point.hears("ReserveNow", expects=asked, proves="OCPP16-5.13-31")
    return int(call.get("reservationId", 0))


@testcase("OCPP16-CS-RES-01", verifies=[*RESERVED, "OCPP16-4.9-10", "OCPP16-4.8-34"], oca="TC_046_CSMS", applies=ANSWERED)
async def test_a_reserved_connector_is_used(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """The operator reserves a connector, whose driver comes: the transaction with the reservationId is accepted."""
    reservation = await reserves(charge_point, operations)
    await driven.tells_status(charge_point, "Reserved")
    await driven.identifies(charge_point, bench)
    await bench.plug_in(connector=1)
    await driven.starts(charge_point, reservationId=reservation)
    await driven.tells_status(charge_point, "Charging")


@testcase("OCPP16-CS-RES-02", verifies=[*RESERVED, "OCPP16-4.9-10"], oca="TC_047_CSMS", applies=ANSWERED)
async def test_a_reservation_expires(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """Nobody comes until the reservation ends: that the connector is Available again is answered."""
    lasts = 3 * charge_point.patience
    await reserves(charge_point, operations, lasts=lasts)
    await driven.tells_status(charge_point, "Reserved")
    await driven.tells_status(charge_point, "Available", within=lasts + charge_point.patience)


async def cannot(charge_point: ScriptedChargePoint, operations: Control) -> None:
    await reserves(charge_point, operations)
    await driven.asks_on(charge_point, operations)


@testcase("OCPP16-CS-RES-03", verifies=[*RESERVED, "OCPP16-5-31"], oca="TC_048_1_CSMS", applies=ANSWERED)
async def test_a_faulty_connector(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """A connector that is Faulted cannot be reserved, and its charge point is served on."""
    await bench.provoke_fault(connector=1)
    await driven.tells_status(charge_point, "Faulted")
    await cannot(charge_point, operations)


@testcase("OCPP16-CS-RES-04", verifies=[*RESERVED, "OCPP16-5-31"], oca="TC_048_2_CSMS", applies=ANSWERED)
async def test_an_occupied_connector(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """A connector that is Occupied cannot be reserved, and its charge point is served on."""
    await driven.plugs_in(charge_point, bench)
    await cannot(charge_point, operations)


@testcase(
    "OCPP16-CS-RES-05",
    verifies=[*RESERVED, "OCPP16-5-31", "OCPP16-5.2-31"],
    oca="TC_048_3_CSMS",
    applies=f"{ANSWERED} and ChangeAvailability",
)
async def test_an_unavailable_connector(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """A connector that the operator took out of service cannot be reserved, and its charge point is served on."""
    await driven.is_sent(charge_point, operations, "ChangeAvailability", "OCPP16-5.2-31", connectorId=1, type="Inoperative")
    await driven.tells_status(charge_point, "Unavailable")
    await cannot(charge_point, operations)


@testcase("OCPP16-CS-RES-06", verifies=[*RESERVED, "OCPP16-5-31"], oca="TC_048_4_CSMS", applies="ReserveNow and GetConfiguration")
async def test_a_reservation_is_rejected(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that rejects a reservation is served on."""
    await charge_point.registers()
    charge_point.answers("ReserveNow", status="Rejected")
    await reserves(charge_point, operations)
    await driven.goes_on(charge_point, operations)


@testcase("OCPP16-CS-RES-07", verifies=RESERVED, oca="TC_049_CSMS", applies="ReserveNow")
async def test_a_whole_charge_point_is_reserved(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator reserves no connector in particular, which is connector 0."""
    await charge_point.registers()
    charge_point.answers("ReserveNow", status="Accepted")
    await reserves(charge_point, operations, connector=0)


@testcase(
    "OCPP16-CS-RES-08", verifies=[*RESERVED, "OCPP16-5.1-31"], oca="TC_051_CSMS", applies="ReserveNow and CancelReservation"
)
async def test_a_reservation_is_cancelled(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The operator cancels a reservation, by its reservationId."""
    await charge_point.registers()
    charge_point.answers("ReserveNow", status="Accepted")
    reservation = await reserves(charge_point, operations)
    charge_point.answers("CancelReservation", status="Accepted")
    await driven.is_sent(charge_point, operations, "CancelReservation", "OCPP16-5.1-31", reservationId=reservation)


@testcase(
    "OCPP16-CS-RES-09",
    verifies=["OCPP16-5.1-31", "OCPP16-5-31"],
    oca="TC_052_CSMS",
    applies="ReserveNow and CancelReservation and GetConfiguration",
)
async def test_a_cancellation_is_rejected(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that does not know the reservation that is cancelled is served on."""
    await charge_point.registers()
    charge_point.answers("ReserveNow", status="Accepted")
    reservation = await reserves(charge_point, operations)
    await driven.is_sent(charge_point, operations, "CancelReservation", "OCPP16-5.1-31", reservationId=reservation)
    await driven.goes_on(charge_point, operations)


@testcase(
    "OCPP16-CS-RES-10",
    verifies=[*RESERVED, "OCPP16-3.10-31", "OCPP16-4.8-34", "OCPP16-4.10-31"],
    oca="TC_053_CSMS",
    applies=f"{ANSWERED} and parent_id_tags",
)
async def test_another_card_of_the_group_uses_it(charge_point: ScriptedChargePoint, bench: Control, operations: Control) -> None:
    """A connector is reserved for a group: another card of it comes with the same parentIdTag, and charges."""
    pixit = charge_point.pixit
    reservation = await reserves(charge_point, operations, parentIdTag=pixit.parent_id_tag)
    await driven.tells_status(charge_point, "Reserved")
    await bench.present_card(uid=charge_point.uid_of(pixit.group_id_tag), connector=1)
    group = call_result(at={"idTagInfo/status": "Accepted", "idTagInfo/parentIdTag": pixit.parent_id_tag})
    await charge_point.is_answered("Authorize", idTag=pixit.group_id_tag, expects=group, proves="OCPP16-3.10-31")
    await bench.plug_in(connector=1)
    transaction = await driven.starts(charge_point, pixit.group_id_tag, reservationId=reservation)
    await charge_point.hears_no("RemoteStopTransaction", for_=driven.LASTS)
    await bench.present_card(uid=charge_point.uid_of(pixit.group_id_tag), connector=1)
    await driven.has_stopped(charge_point, None, transactionId=transaction)


@testcase("OCPP16-CS-RES-11", verifies=["OCPP16-5.13-33"], applies="ReserveNow")
async def test_two_reservations(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """Two connectors are reserved for two idTags: they have different reservationIds."""
    await charge_point.registers()
    charge_point.answers("ReserveNow", status="Accepted")
    await reserves(charge_point, operations)
    id_tag = charge_point.pixit.other_id_tag
    await operations.sends(
        identity=charge_point.identity,
        action="ReserveNow",
        connectorId=2,
        idTag=id_tag,
        expiryDate=charge_point.ago(-HOUR),
        reservationId=8,
    )
    await charge_point.hears("ReserveNow", idTag=id_tag)
