"""OCPP 1.6, 4.8 to 4.10: a transaction, its messages, and the status of its connector."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import CARD_SESSION, SESSION, WHOLE_SESSION, transaction_of


@testcase(
    "OCPP16-CP-TX-01",
    verifies=["OCPP16-4.1-03", "OCPP16-4.8-01", "OCPP16-4.9-03", "OCPP16-4.9-04"],
    oca="TC_003_CS",
    applies=CARD_SESSION,
    plain=True,
)
async def test_a_session_that_begins_with_the_cable(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A cable, then a card: Preparing, Authorize, StartTransaction, Charging."""
    await sessions.asks_always(central_system)
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    await bench.present_card(uid=central_system.card, connector=1)
    asked = await central_system.hears("Authorize", proves="OCPP16-4.1-03")
    await central_system.hears("StartTransaction", connectorId=1, idTag=asked.get("idTag"), proves="OCPP16-4.8-01")
    await central_system.hears_status("Charging", proves="OCPP16-4.9-04")


@testcase(
    "OCPP16-CP-TX-02",
    verifies=["OCPP16-4.1-03", "OCPP16-4.8-01", "OCPP16-4.9-03", "OCPP16-4.9-04"],
    oca="TC_004_1_CS TC_004_2_CS",
    applies=CARD_SESSION,
    plain=True,
)
async def test_a_session_that_begins_with_the_card(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card, then a cable: Authorize and Preparing, then StartTransaction and Charging."""
    await sessions.asks_always(central_system)
    await central_system.sets("MeterValueSampleInterval", 60)
    await bench.present_card(uid=central_system.card, connector=1)
    asked = await central_system.hears("Authorize", proves="OCPP16-4.1-03")
    if central_system.campaign.pics["connectors"] == 1:  # a card at the one reader of several does not say which it means
        await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    await bench.plug_in(connector=1)
    await central_system.hears("StartTransaction", connectorId=1, idTag=asked.get("idTag"), proves="OCPP16-4.8-01")
    await central_system.hears_status("Charging", proves="OCPP16-4.9-04")


@testcase(
    "OCPP16-CP-TX-03",
    verifies=["OCPP16-4.1-03", "OCPP16-9.1.6-01", "OCPP16-9.1.6-02"],
    oca="TC_004_2_CS",
    applies=CARD_SESSION,
    plain=True,
)
async def test_a_card_without_a_cable_times_out(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that no cable follows is forgotten after ConnectionTimeOut, and starts nothing then."""
    await sessions.asks_always(central_system)
    await central_system.sets("ConnectionTimeOut", 20)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize", proves="OCPP16-4.1-03")
    central_system.looks_after(await central_system.hears_status("Preparing"))
    await central_system.hears_status("Available", within=20 + central_system.patience, proves="OCPP16-9.1.6-01")
    await bench.plug_in(connector=1)
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-9.1.6-02")


@testcase(
    "OCPP16-CP-TX-04",
    verifies=["OCPP16-3.10-03", "OCPP16-4.1-02", "OCPP16-4.10-01", "OCPP16-4.9-04"],
    oca="TC_068_CS",
    applies=f"{CARD_SESSION} and StopTransaction and local_stop",
    plain=True,
)
async def test_the_card_that_started_stops(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Another card does not stop a transaction; the one that started it does, without an Authorize."""
    await sessions.asks_always(central_system)
    start = await sessions.charges_with_card(central_system, bench)
    await bench.present_card(uid=central_system.other_card, connector=1)
    await central_system.hears_no("StopTransaction", for_=central_system.patience, proves="OCPP16-3.10-03")
    await bench.present_card(uid=central_system.card, connector=1)
    same: Payload = {"transactionId": transaction_of(start), "idTag": start.get("idTag")}
    await central_system.hears("StopTransaction", **same, proves="OCPP16-4.10-01")
    await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-04")
    await central_system.hears_no("Authorize", for_=central_system.patience, proves="OCPP16-4.1-02")


@testcase(
    "OCPP16-CP-TX-05",
    verifies=["OCPP16-3.10-01", "OCPP16-4.1-03", "OCPP16-4.9-04"],
    oca="TC_069_CS",
    applies=f"{CARD_SESSION} and StopTransaction and local_stop",
)
async def test_a_card_of_the_same_group_stops(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Another card with the same parentIdTag is asked for, stops the transaction, and stands in the StopTransaction."""
    group = {"status": "Accepted", "parentIdTag": "FAMILY"}
    central_system.answers("Authorize", idTagInfo=group)
    central_system.answers("StartTransaction", idTagInfo=group)
    await sessions.asks_always(central_system)
    start = await sessions.charges_with_card(central_system, bench)
    await bench.present_card(uid=central_system.other_card, connector=1)
    other = central_system.id_tag(central_system.other_card)
    await central_system.hears("Authorize", idTag=other, proves="OCPP16-4.1-03")
    same: Payload = {"transactionId": transaction_of(start), "idTag": other}
    await central_system.hears("StopTransaction", **same, proves="OCPP16-3.10-01")
    await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-TX-06", verifies=["OCPP16-4.9-03", "OCPP16-4.9-04"], applies=SESSION, plain=True)
async def test_an_ev_that_pauses_is_told(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """An EV that stops taking energy and takes it again: SuspendedEV, then Charging."""
    await sessions.charges(central_system, bench)
    await bench.suspend_ev(connector=1)
    await central_system.hears_status("SuspendedEV", proves="OCPP16-4.9-04")
    await bench.resume_ev(connector=1)
    await central_system.hears_status("Charging", proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-TX-07", verifies=["OCPP16-4.8-03"], applies=f"Authorize and {SESSION}", plain=True)
async def test_a_connector_has_one_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that is presented at a connector with a transaction starts no second one."""
    await sessions.charges(central_system, bench)
    await bench.present_card(uid=central_system.other_card, connector=1)
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-4.8-03")


@testcase(
    "OCPP16-CP-TX-08",
    verifies=["OCPP16-4.10-05", "OCPP16-4.10-06", "OCPP16-4.10-07", "OCPP16-4.9-03", "OCPP16-4.9-04", "OCPP16-4.10-01"],
    applies=WHOLE_SESSION,
    plain=True,
)
async def test_one_session_after_the_other(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Of each of two sessions the beginning and the end are told, and the connector is free after it."""
    for _ in range(2):
        start = await sessions.charges(central_system, bench)
        await central_system.hears_no("StopTransaction", for_=60)
        await sessions.asks_to_stop(central_system, start)
        await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-4.10-01")
        told = await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-04")
        await bench.unplug(connector=1)
        if not told.says(status="Available"):
            await central_system.hears_status("Available", proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-TX-13", verifies=["OCPP16-3.16-01"], applies=WHOLE_SESSION, plain=True)
async def test_the_register_goes_on(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The second of two transactions begins where the register stood as the first one ended, or above."""
    for _ in range(2):
        start = await sessions.charges(central_system, bench)
        await central_system.hears_no("StopTransaction", for_=120)
        await sessions.stops(central_system, start)
        await sessions.leaves(central_system, bench)


@testcase(
    "OCPP16-CP-TX-09",
    verifies=["OCPP16-3.8-01", "OCPP16-4.8-01", "OCPP16-4.10-01", "OCPP16-4.10-07"],
    applies=f"{WHOLE_SESSION} and Authorize and connectors > 1",
    plain=True,
)
async def test_two_connectors_charge_at_once(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Each of two connectors has its own transaction, and each ends with its own."""
    first = await sessions.charges(central_system, bench, connector=1)
    await sessions.plugs_in(central_system, bench, connector=2)
    await bench.present_card(uid=central_system.other_card, connector=2)
    other = central_system.id_tag(central_system.other_card)
    its: Payload = {"connectorId": 2, "idTag": other}
    second = await central_system.hears("StartTransaction", **its, proves="OCPP16-4.8-01")
    await central_system.hears_status("Charging", connector=2)
    for start in (first, second):
        await sessions.asks_to_stop(central_system, start)
        await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-4.10-01")


@testcase(
    "OCPP16-CP-TX-10",
    verifies=["OCPP16-3.5.4-02", "OCPP16-4.9-04"],
    applies=WHOLE_SESSION,
)
async def test_a_start_that_is_refused_is_stopped(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction whose StartTransaction is answered with Invalid is stopped as DeAuthorized, where that is set."""
    await central_system.sets("StopTransactionOnInvalidId", True)
    central_system.answers("StartTransaction", idTagInfo={"status": "Invalid"})
    await sessions.starts_remotely(central_system, bench)
    start = await central_system.hears("StartTransaction", connectorId=1)
    its: Payload = {"transactionId": transaction_of(start)}
    await central_system.hears("StopTransaction", **its, reason="DeAuthorized", proves="OCPP16-3.5.4-02")
    await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-04")


@testcase("OCPP16-CP-TX-11", verifies=["OCPP16-3.5.4-03", "OCPP16-4.9-05"], applies=WHOLE_SESSION)
async def test_a_start_that_is_refused_is_suspended(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction whose StartTransaction is answered with Invalid goes on without energy, where that is set; that the EV
    suspends too does not show."""
    await central_system.sets("StopTransactionOnInvalidId", False)
    await central_system.sets("MaxEnergyOnInvalidId", 0, if_there=True)
    central_system.answers("StartTransaction", idTagInfo={"status": "Invalid"})
    await sessions.starts_remotely(central_system, bench)
    await central_system.hears("StartTransaction", connectorId=1)
    await central_system.hears_status("SuspendedEVSE", proves="OCPP16-3.5.4-03")
    await central_system.hears_no("StopTransaction", for_=central_system.patience, proves="OCPP16-3.5.4-03")
    await bench.suspend_ev(connector=1)
    both = {"connectorId": 1, "status": "SuspendedEV"}
    await central_system.hears_no("StatusNotification", for_=central_system.patience, payload=both, proves="OCPP16-4.9-05")


@testcase("OCPP16-CP-TX-12", verifies=["OCPP16-4.9-17"], applies=CARD_SESSION, plain=True)
async def test_a_cable_without_a_card_keeps_its_connector(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A connector with a cable that no card follows is not Available again after ConnectionTimeOut."""
    await central_system.sets("ConnectionTimeOut", 20)
    central_system.looks_after(await sessions.plugs_in(central_system, bench))
    free = {"connectorId": 1, "status": "Available"}
    after = 20 + central_system.patience
    await central_system.hears_no("StatusNotification", for_=after, payload=free, proves="OCPP16-4.9-17")
