"""OCPP 1.6, 3.7: what a charge point queued while it was offline, seen from the central system; OCPP-J 5.3: reconnecting."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from suites.ocpp16 import driven, spoken
from suites.ocpp16.driven import ACCEPTED, NOT_ACCEPTED, SESSION

OFFLINE = 12.0
"""Seconds without a network."""


async def starts_offline(charge_point: ScriptedChargePoint, bench: Control, id_tag: str) -> None:
    """A transaction starts while there is no network."""
    await bench.cut_network()
    await bench.plug_in(connector=1)
    await bench.present_card(uid=charge_point.uid_of(id_tag), connector=1)
    await charge_point.passes(OFFLINE)


@testcase(
    "OCPP16-CS-OFFLINE-01",
    verifies=["OCPP16-4.8-34", "OCPP16-4.9-10"],
    oca="TC_037_1_CSMS",
    applies=SESSION,
)
async def test_a_transaction_started_offline(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A transaction that started offline with an idTag that may charge is accepted late."""
    await starts_offline(charge_point, bench, charge_point.pixit.id_tag)
    await bench.restore_network()
    await driven.starts(charge_point, within=driven.AGAIN)
    await driven.tells_status(charge_point, "Charging", within=driven.AGAIN)


@testcase(
    "OCPP16-CS-OFFLINE-02",
    verifies=["OCPP16-4.8-32", "OCPP16-4.10-31"],
    oca="TC_037_3_CSMS",
    applies=SESSION,
)
async def test_a_bad_transaction_started_offline(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A transaction that started offline with an idTag that is not known is refused late, and its end is answered."""
    id_tag = charge_point.pixit.unknown_id_tag
    await starts_offline(charge_point, bench, id_tag)
    await bench.restore_network()
    await charge_point.is_answered(
        "StartTransaction", within=driven.AGAIN, idTag=id_tag, expects=NOT_ACCEPTED, proves="OCPP16-4.8-32"
    )
    await driven.has_stopped(charge_point, "DeAuthorized")


@testcase(
    "OCPP16-CS-OFFLINE-03",
    verifies=["OCPP16-4.8-34", "OCPP16-4.10-31"],
    oca="TC_039_CSMS",
    applies=SESSION,
)
async def test_a_whole_transaction_offline(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A transaction that began and ended offline is told late: the start is accepted, the end is answered."""
    id_tag = charge_point.pixit.id_tag
    await starts_offline(charge_point, bench, id_tag)
    await bench.present_card(uid=charge_point.uid_of(id_tag), connector=1)
    await charge_point.passes(driven.LASTS)
    await bench.restore_network()
    await driven.starts(charge_point, within=driven.AGAIN)
    await driven.has_stopped(charge_point, ["Local"])


@testcase("OCPP16-CS-OFFLINE-04", verifies=["OCPP16-4.10-31", "OCPP16-4.7-31"], applies=f"{SESSION} and MeterValues")
async def test_a_transaction_stopped_offline(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """A transaction that ends offline: MeterValues and StopTransaction that come late are answered."""
    transaction = await driven.charges(charge_point, bench)
    await bench.cut_network()
    await charge_point.passes(OFFLINE)
    await bench.present_card(uid=charge_point.uid_of(charge_point.pixit.id_tag), connector=1)
    await charge_point.passes(driven.LASTS)
    await bench.restore_network()
    await charge_point.is_answered(
        "MeterValues", within=driven.AGAIN, transactionId=transaction, expects={}, proves="OCPP16-4.7-31"
    )
    await driven.has_stopped(charge_point, None, transactionId=transaction)


@testcase("OCPP16-CS-OFFLINE-05", verifies=["OCPP16-3.7-31"], applies="StartTransaction and StopTransaction")
async def test_a_start_of_long_ago(charge_point: ScriptedChargePoint) -> None:
    """A StartTransaction of a day ago is processed as any other."""
    await charge_point.registers()
    started = await spoken.starts(charge_point, timestamp=charge_point.ago(86400), expects=ACCEPTED, proves="OCPP16-3.7-31")
    await spoken.stops(charge_point, started.get("transactionId"))


@testcase(
    "OCPP16-CS-OFFLINE-06",
    verifies=["OCPP16J-5.3-31"],
    applies="GetConfiguration",
    only={"ocpp1.6-json": "SOAP has no connection that could live on"},
)
async def test_the_old_socket_still_lives(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """A charge point that connects again while its old connection lives is answered, and what is for it comes the new way."""
    await charge_point.registers()
    charge_point.leaves_its_connection_open()
    await charge_point.connects(proves="OCPP16J-5.3-31")
    await charge_point.asks(proves="OCPP16J-5.3-31", deviates="sooner than our interval")
    await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=["HeartbeatInterval"])
    await charge_point.hears_frame(type="CALL", action="GetConfiguration", conn=charge_point.connection, proves="OCPP16J-5.3-31")
