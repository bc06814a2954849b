"""OCPP 1.5, 3.2, 4.1, 4.7, 4.8, 4.10, 5.9 and 5.10: cards, transactions and their values."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import fifteen, sessions
from suites.ocpp16.fifteen import ACCEPTED, CARD_SESSION, SESSION, WHOLE_SESSION
from suites.ocpp16.sessions import transaction_of

SAMPLED = f"MeterValues and ChangeConfiguration and {SESSION}"


@testcase("OCPP15-CP-AUTH-01", verifies=["OCPP15-4.1-01", "OCPP15-4.8-01"], applies=CARD_SESSION, plain=True)
async def test_a_card_is_asked_and_charges(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that is accepted starts a transaction, after an Authorize where the charge box does not know it."""
    id_tag = central_system.id_tag(central_system.card)
    await bench.plug_in(connector=1)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize", idTag=id_tag, proves="OCPP15-4.1-01")
    await central_system.hears("StartTransaction", connectorId=1, idTag=id_tag, proves="OCPP15-4.8-01")


@testcase("OCPP15-CP-AUTH-02", verifies=["OCPP15-4.1-01", "OCPP15-4.1-02"], applies=CARD_SESSION)
async def test_a_refused_card_charges_nothing(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that is blocked, has expired or is not known starts no transaction."""
    await bench.plug_in(connector=1)
    for status in ("Blocked", "Expired", "Invalid"):
        central_system.answers("Authorize", idTagInfo={"status": status})
        await bench.present_card(uid=central_system.card, connector=1)
        await central_system.hears("Authorize", proves="OCPP15-4.1-01")
        await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP15-4.1-02")


@testcase(
    "OCPP15-CP-TX-01", verifies=["OCPP15-4.10-01"], applies=f"local_stop and StopTransaction and {CARD_SESSION}", plain=True
)
async def test_a_card_ends_its_transaction(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The card that started a transaction ends it, and its StopTransaction has the transactionId."""
    start = await fifteen.charges_with_card(central_system, bench)
    await central_system.hears_no("StopTransaction", for_=sessions.LASTS)
    await bench.present_card(uid=central_system.card, connector=1)
    its: Payload = {"transactionId": transaction_of(start)}
    await central_system.hears("StopTransaction", expects=its, proves="OCPP15-4.10-01")
    await bench.unplug(connector=1)


@testcase("OCPP15-CP-TX-02", verifies=["OCPP15-4.10-01"], applies=f"local_stop and StopTransaction and {CARD_SESSION}")
async def test_a_refused_start_has_an_end(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction whose idTag the central system refuses when it is told of it is stopped by a StopTransaction, at once or when
    the driver leaves."""
    central_system.answers("StartTransaction", idTagInfo={"status": "Blocked"})
    start = await fifteen.charges_with_card(central_system, bench)
    await bench.unplug(connector=1)
    its: Payload = {"transactionId": transaction_of(start)}
    await central_system.hears("StopTransaction", expects=its, proves="OCPP15-4.10-01")


@testcase("OCPP15-CP-TX-03", verifies=["OCPP15-3.2-01"], applies=f"local_stop and StopTransaction and {CARD_SESSION}", plain=True)
async def test_an_offline_stop_is_told(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A transaction that ended while the network was away is stopped by a StopTransaction once it is back."""
    start = await fifteen.charges_with_card(central_system, bench)
    await central_system.hears_no("StopTransaction", for_=sessions.LASTS)
    await bench.cut_network()
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no(for_=20)
    await bench.restore_network()
    within = central_system.campaign.sut.pixit.reconnect_within
    its: Payload = {"transactionId": transaction_of(start)}
    await central_system.hears("StopTransaction", **its, within=within, proves="OCPP15-3.2-01")
    await bench.unplug(connector=1)


@testcase("OCPP15-CP-RSTART-01", verifies=["OCPP15-5.9-01"], applies=SESSION, plain=True)
async def test_a_remote_start(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start that is accepted starts a transaction at its connector with its idTag."""
    id_tag = central_system.id_tag(central_system.card)
    await bench.plug_in(connector=1)
    its: Payload = {"connectorId": 1, "idTag": id_tag}
    await central_system.calls("RemoteStartTransaction", **its, expects=ACCEPTED, proves="OCPP15-5.9-01")
    await central_system.hears("StartTransaction", **its, proves="OCPP15-5.9-01")


@testcase("OCPP15-CP-RSTART-02", verifies=["OCPP15-5.9-02"], applies=f"ChangeAvailability and {SESSION}", plain=True)
async def test_a_remote_start_is_refused(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start at a connector that is out of service is rejected, and starts nothing."""
    out: Payload = {"connectorId": 1, "type": "Inoperative"}
    await central_system.calls("ChangeAvailability", **out, expects=ACCEPTED)
    await bench.plug_in(connector=1)
    its: Payload = {"connectorId": 1, "idTag": central_system.id_tag(central_system.card)}
    refused = {"status": "Rejected"}
    await central_system.calls("RemoteStartTransaction", **its, expects=refused, proves="OCPP15-5.9-02")
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP15-5.9-02")


@testcase("OCPP15-CP-RSTOP-01", verifies=["OCPP15-5.10-01"], applies=WHOLE_SESSION, plain=True)
async def test_a_remote_stop(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote stop that is accepted stops its transaction."""
    start = await fifteen.charges(central_system, bench)
    await central_system.hears_no("StopTransaction", for_=sessions.LASTS)
    its: Payload = {"transactionId": transaction_of(start)}
    await central_system.calls("RemoteStopTransaction", **its, expects=ACCEPTED, proves="OCPP15-5.10-01")
    await central_system.hears("StopTransaction", proves="OCPP15-5.10-01")


@testcase("OCPP15-CP-RSTOP-02", verifies=["OCPP15-5.10-02"], applies="RemoteStopTransaction")
async def test_a_remote_stop_of_nothing(central_system: ScriptedCentralSystem) -> None:
    """A remote stop of a transaction that there is not is rejected."""
    await central_system.calls(
        "RemoteStopTransaction",
        transactionId=fifteen.UNKNOWN,
        deviates="there is no such transaction",
        expects={"status": "Rejected"},
        proves="OCPP15-5.10-02",
    )


@testcase("OCPP15-CP-METER-01", verifies=["OCPP15-4.7-01"], applies=SAMPLED, plain=True)
async def test_values_are_sampled(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """While a transaction runs its values are sent at the interval that is set, with its transactionId."""
    await central_system.sets("MeterValueSampleInterval", 20)
    start = await fifteen.charges(central_system, bench)
    within, its = 20 + 2 * central_system.patience, {"connectorId": 1, "transactionId": transaction_of(start)}
    for _ in range(2):
        await central_system.hears("MeterValues", expects=its, within=within, proves="OCPP15-4.7-01")


@testcase("OCPP15-CP-METER-02", verifies=["OCPP15-4.7-01"], applies=SAMPLED)
async def test_a_fault_ends_no_values(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """MeterValues that are answered with a fault are followed by the next ones."""
    await central_system.sets("MeterValueSampleInterval", 20)
    await fifteen.charges(central_system, bench)
    within = 20 + 2 * central_system.patience
    central_system.fails("MeterValues", times=1)
    failed = await central_system.hears("MeterValues", within=within)
    central_system.looks_after(failed)
    await central_system.hears("MeterValues", within=3600.0, proves="OCPP15-4.7-01")
