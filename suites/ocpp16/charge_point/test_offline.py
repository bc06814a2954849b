"""OCPP 1.6, 3.5, 3.7 and 4.9: a charge point that lost its connection, and has it again."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import CARD_SESSION, SESSION, WHOLE_SESSION, transaction_of

OFFLINE_SESSION = f"offline_authorization and {CARD_SESSION} and {WHOLE_SESSION}"
RELATED = ["StartTransaction", "StopTransaction", "MeterValues"]


async def may_start_offline(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The card is known locally as far as the charge point keeps such things, or need not be."""
    await central_system.sets("LocalAuthorizeOffline", True)
    await central_system.sets("AllowOfflineTxForUnknownId", True, if_there=True)
    if central_system.campaign.pics["authorization_cache"]:
        await sessions.knows_card(central_system, bench)
    await sessions.samples_nothing(central_system)


async def starts_offline(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A driver plugs in and presents a card while the network is away."""
    await bench.cut_network()
    await bench.plug_in(connector=1)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no(for_=60)


@testcase(
    "OCPP16-CP-OFF-01",
    verifies=["OCPP16-3.7-01", "OCPP16-3.7-02", "OCPP16-3.16.1-01"],
    oca="TC_036_CS",
    applies=f"MeterValues and {SESSION}",
    plain=True,
)
async def test_values_of_the_time_offline_are_delivered(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The values that were sampled while the network was away are delivered when it is back, before any new one."""
    await sessions.samples_nothing(central_system)
    await central_system.sets("MeterValueSampleInterval", 60)
    await sessions.charges(central_system, bench)
    soon = 60 + central_system.patience
    await central_system.hears_values("Sample.Periodic", within=soon, proves="OCPP16-3.16.1-01")
    await bench.cut_network()
    await central_system.hears_no(for_=200)
    until = central_system.time
    await sessions.comes_back(central_system, bench)
    for _ in range(3):
        await central_system.hears_values("Sample.Periodic", expects={"sampled_before": until}, proves="OCPP16-3.7-02")
    await central_system.hears_values("Sample.Periodic", within=60 + central_system.patience)


@testcase(
    "OCPP16-CP-OFF-02",
    verifies=["OCPP16-3.5.4-01", "OCPP16-4.9-07"],
    oca="TC_037_1_CS",
    applies=OFFLINE_SESSION,
    plain=True,
)
async def test_an_offline_start_is_told(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that was started offline is told when the connection is back, and so is that its connector charges."""
    await may_start_offline(central_system, bench)
    await starts_offline(central_system, bench)
    await sessions.comes_back(central_system, bench)
    id_tag = central_system.id_tag(central_system.card)
    await central_system.hears("StartTransaction", connectorId=1, idTag=id_tag, proves="OCPP16-3.5.4-01")
    await central_system.hears_status("Charging", proves="OCPP16-4.9-07")


@testcase(
    "OCPP16-CP-OFF-03",
    verifies=["OCPP16-3.5.4-01", "OCPP16-3.5.4-03"],
    oca="TC_037_2_CS",
    applies=OFFLINE_SESSION,
)
async def test_an_offline_start_that_is_refused_is_suspended(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that was started offline and is refused then goes on without energy, where that is set."""
    await may_start_offline(central_system, bench)
    await central_system.sets("StopTransactionOnInvalidId", False)
    await central_system.sets("MaxEnergyOnInvalidId", 0, if_there=True)
    central_system.answers("StartTransaction", idTagInfo={"status": "Invalid"})
    await starts_offline(central_system, bench)
    await sessions.comes_back(central_system, bench)
    await central_system.hears("StartTransaction", connectorId=1, proves="OCPP16-3.5.4-01")
    await central_system.hears_status("SuspendedEVSE", proves="OCPP16-3.5.4-03")
    await central_system.hears_no("StopTransaction", for_=central_system.patience, proves="OCPP16-3.5.4-03")


@testcase(
    "OCPP16-CP-OFF-04",
    verifies=["OCPP16-3.5.4-01", "OCPP16-3.5.4-02", "OCPP16-4.9-04"],
    oca="TC_037_3_CS",
    applies=OFFLINE_SESSION,
)
async def test_an_offline_start_that_is_refused_is_stopped(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that was started offline and is refused then is stopped as DeAuthorized, where that is set."""
    await may_start_offline(central_system, bench)
    await central_system.sets("StopTransactionOnInvalidId", True)
    central_system.answers("StartTransaction", idTagInfo={"status": "Invalid"})
    await starts_offline(central_system, bench)
    await sessions.comes_back(central_system, bench)
    start = await central_system.hears("StartTransaction", connectorId=1, proves="OCPP16-3.5.4-01")
    its: Payload = {"transactionId": transaction_of(start), "reason": "DeAuthorized"}
    await central_system.hears("StopTransaction", **its, proves="OCPP16-3.5.4-02")
    await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-04")


@testcase(
    "OCPP16-CP-OFF-05",
    verifies=["OCPP16-3.7-02", "OCPP16-4.9-07"],
    oca="TC_038_CS",
    applies=f"{CARD_SESSION} and StopTransaction and local_stop",
    plain=True,
)
async def test_an_offline_stop_is_told(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that was stopped with its card offline is told when the connection is back, as stopped locally."""
    await sessions.samples_nothing(central_system)
    start = await sessions.charges_with_card(central_system, bench)
    await bench.cut_network()
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no(for_=20)
    await sessions.comes_back(central_system, bench)
    await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-3.7-02")
    await central_system.hears_status(sessions.over(central_system), proves="OCPP16-4.9-07")


@testcase(
    "OCPP16-CP-OFF-06",
    verifies=["OCPP16-3.7-01", "OCPP16-3.7-02"],
    oca="TC_039_CS",
    applies=f"{OFFLINE_SESSION} and local_stop",
    plain=True,
)
async def test_an_offline_transaction_is_told(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that began and ended offline is told in its order when the connection is back."""
    await may_start_offline(central_system, bench)
    await starts_offline(central_system, bench)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no(for_=20)
    await sessions.comes_back(central_system, bench)
    first = {"action": "StartTransaction"}
    start = await central_system.hears_frame(type="CALL", action=RELATED, expects=first, proves="OCPP16-3.7-01")
    await central_system.hears("StopTransaction", transactionId=transaction_of(start), proves="OCPP16-3.7-02")


@testcase(
    "OCPP16-CP-OFF-07",
    verifies=["OCPP16-9.1.12-01"],
    applies=f"{OFFLINE_SESSION} and {sessions.CACHE_SESSION}",
    plain=True,
)
async def test_a_cached_card_starts_offline(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """Where LocalAuthorizeOffline is true, a card that the cache holds starts a transaction offline."""
    await sessions.knows_card(central_system, bench)
    await central_system.sets("AllowOfflineTxForUnknownId", False, if_there=True)
    await central_system.sets("LocalAuthorizeOffline", True)
    await starts_offline(central_system, bench)
    await sessions.comes_back(central_system, bench)
    await central_system.hears("StartTransaction", connectorId=1, proves="OCPP16-9.1.12-01")


@testcase(
    "OCPP16-CP-OFF-08",
    verifies=["OCPP16-4.9-07", "OCPP16-4.9-08", "OCPP16-4.9-09"],
    applies="StatusNotification",
    plain=True,
)
async def test_only_the_present_status_is_told(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A status that changed while the network was away is told when it is back, and what was in between is not."""
    await bench.cut_network()
    await bench.plug_in(connector=1)
    await central_system.hears_no(for_=5)
    await sessions.comes_back(central_system, bench)
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-07")
    await bench.cut_network()
    for action in (bench.unplug, bench.plug_in):
        await action(connector=1)
        await central_system.hears_no(for_=5)
    await bench.unplug(connector=1)
    await sessions.comes_back(central_system, bench)
    past = {"connectorId": 1, "status": "Preparing"}
    await central_system.hears_no("StatusNotification", for_=central_system.patience, payload=past, proves="OCPP16-4.9-08")
    await central_system.hears_status("Available", proves="OCPP16-4.9-07")


@testcase(
    "OCPP16-CP-OFF-09",
    verifies=["OCPP16-3.5.4-01", "OCPP16-4.10-02"],
    oca="TC_039_CS",
    applies=f"{OFFLINE_SESSION} and local_stop",
    plain=True,
)
async def test_an_offline_transaction_was_stopped_locally(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that began and ended with its card offline has the reason Local, or none."""
    await may_start_offline(central_system, bench)
    await starts_offline(central_system, bench)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no(for_=20)
    await sessions.comes_back(central_system, bench)
    await central_system.hears("StartTransaction", connectorId=1, proves="OCPP16-3.5.4-01")
    await central_system.hears("StopTransaction", expects={"reason": ["Local", None]}, proves="OCPP16-4.10-02")
