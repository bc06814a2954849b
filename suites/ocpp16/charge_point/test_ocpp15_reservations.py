"""OCPP 1.5, 5.1, 5.8, 5.11 and 5.13: reservations and the local authorisation list."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import fifteen
from suites.ocpp16.fifteen import ACCEPTED, CARD_SESSION, entries, reservation

OCCUPIED = {"status": "Occupied"}
REJECTED = {"status": "Rejected"}


async def reserves(central_system: ScriptedCentralSystem, number: int = 1, *, proves: str | None = None) -> None:
    """Connector 1 is reserved for the card."""
    its = reservation(central_system, number, central_system.id_tag(central_system.card))
    await central_system.calls("ReserveNow", **its, expects=ACCEPTED, proves=proves)


@testcase("OCPP15-CP-RES-01", verifies=["OCPP15-5.11-01", "OCPP15-4.8-02"], applies=f"ReserveNow and {CARD_SESSION}", plain=True)
async def test_a_reservation_is_used(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A connector is reserved; its driver comes, and the StartTransaction has the reservationId."""
    await reserves(central_system, 7, proves="OCPP15-5.11-01")
    await bench.present_card(uid=central_system.card, connector=1)
    await bench.plug_in(connector=1)
    its: Payload = {"reservationId": 7}
    await central_system.hears("StartTransaction", expects=its, proves="OCPP15-4.8-02")


@testcase("OCPP15-CP-RES-02", verifies=["OCPP15-5.11-02"], applies="ReserveNow", plain=True)
async def test_a_connector_is_reserved_once(central_system: ScriptedCentralSystem) -> None:
    """A connector that is reserved cannot be reserved by another reservation."""
    await reserves(central_system, 7)
    other = reservation(central_system, 8, central_system.id_tag(central_system.other_card))
    await central_system.calls("ReserveNow", **other, expects=OCCUPIED, proves="OCPP15-5.11-02")


@testcase("OCPP15-CP-RES-03", verifies=["OCPP15-5.11-03"], applies="ReserveNow and ChangeAvailability", plain=True)
async def test_an_unavailable_connector_is_not_reserved(central_system: ScriptedCentralSystem) -> None:
    """A connector that is Unavailable cannot be reserved."""
    await central_system.calls("ChangeAvailability", connectorId=1, type="Inoperative", expects=ACCEPTED)
    its = reservation(central_system, 7, central_system.id_tag(central_system.card))
    await central_system.calls("ReserveNow", **its, expects={"status": "Unavailable"}, proves="OCPP15-5.11-03")


@testcase("OCPP15-CP-RES-04", verifies=["OCPP15-5.11-04"], applies=f"ReserveNow and {CARD_SESSION}", plain=True)
async def test_nobody_else_charges(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """At a reserved connector another card, which is accepted, starts no transaction."""
    await reserves(central_system)
    await bench.present_card(uid=central_system.other_card, connector=1)
    await bench.plug_in(connector=1)
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP15-5.11-04")
    await bench.unplug(connector=1)


@testcase("OCPP15-CP-RES-05", verifies=["OCPP15-5.1-01"], applies="ReserveNow and CancelReservation", plain=True)
async def test_a_reservation_is_cancelled(central_system: ScriptedCentralSystem) -> None:
    """A reservation is cancelled, and the connector can be reserved for somebody else."""
    await reserves(central_system, 7)
    await central_system.calls("CancelReservation", reservationId=7, expects=ACCEPTED, proves="OCPP15-5.1-01")
    other = reservation(central_system, 8, central_system.id_tag(central_system.other_card))
    await central_system.calls("ReserveNow", **other, expects=ACCEPTED, proves="OCPP15-5.1-01")


@testcase("OCPP15-CP-RES-06", verifies=["OCPP15-5.1-02"], applies="CancelReservation")
async def test_there_is_nothing_to_cancel(central_system: ScriptedCentralSystem) -> None:
    """A reservation that there is not is not cancelled."""
    await central_system.calls(
        "CancelReservation",
        reservationId=fifteen.UNKNOWN,
        deviates="there is no such reservation",
        expects=REJECTED,
        proves="OCPP15-5.1-02",
    )


@testcase(
    "OCPP15-CP-LIST-01", verifies=["OCPP15-5.13-01", "OCPP15-5.8-01"], applies="SendLocalList and GetLocalListVersion", plain=True
)
async def test_a_list_is_taken(central_system: ScriptedCentralSystem) -> None:
    """A full list is accepted, a newer differential one too, and the version is that of the last one."""
    tags = [central_system.id_tag(uid) for uid in (central_system.card, central_system.other_card)]
    for version, kind, tag in ((5, "Full", tags[0]), (6, "Differential", tags[1])):
        its: Payload = {"listVersion": version, "updateType": kind, "localAuthorizationList": entries(tag)}
        await central_system.calls("SendLocalList", **its, expects=ACCEPTED, proves="OCPP15-5.13-01")
        await central_system.calls("GetLocalListVersion", expects={"listVersion": version}, proves="OCPP15-5.8-01")


@testcase("OCPP15-CP-LIST-02", verifies=["OCPP15-5.13-02", "OCPP15-5.8-01"], applies="SendLocalList and GetLocalListVersion")
async def test_a_list_is_out_of_date(central_system: ScriptedCentralSystem) -> None:
    """A differential list that is no newer than the list is refused, and the version stays."""
    its: Payload = {"listVersion": 5, "updateType": "Full", "localAuthorizationList": entries("EC000001")}
    await central_system.calls("SendLocalList", **its, expects=ACCEPTED)
    old: Payload = {"listVersion": 5, "updateType": "Differential", "localAuthorizationList": entries("EC000003")}
    mismatch = {"status": "VersionMismatch"}
    await central_system.calls("SendLocalList", **old, deviates="an old version", expects=mismatch, proves="OCPP15-5.13-02")
    await central_system.calls("GetLocalListVersion", expects={"listVersion": 5}, proves="OCPP15-5.8-01")
