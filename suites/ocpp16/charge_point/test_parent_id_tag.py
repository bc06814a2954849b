"""OCPP 1.6, 3.10: who may stop a transaction, by the parentIdTag; those of the same group do in TX-05."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import CARD_SESSION

STOPS_WITH_CARDS = f"{CARD_SESSION} and StopTransaction and local_stop"


async def charges_as(central_system: ScriptedCentralSystem, bench: Control, parent: str) -> None:
    """A transaction of an idTag with this parentIdTag, that nothing but the central system knows."""
    for action in ("Authorize", "StartTransaction"):
        central_system.answers(action, idTagInfo={"status": "Accepted", "parentIdTag": parent})
    await sessions.asks_always(central_system)
    await sessions.charges_with_card(central_system, bench)


@testcase("OCPP16-CP-GROUP-01", verifies=["OCPP16-3.10-03"], applies=STOPS_WITH_CARDS)
async def test_a_card_of_another_group_does_not_stop(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that is accepted with another parentIdTag does not stop a transaction."""
    await charges_as(central_system, bench, "FAMILY")
    central_system.answers("Authorize", idTagInfo={"status": "Accepted", "parentIdTag": "NEIGHBOURS"})
    await bench.present_card(uid=central_system.other_card, connector=1)
    await central_system.hears_no("StopTransaction", for_=central_system.patience, proves="OCPP16-3.10-03")


@testcase("OCPP16-CP-GROUP-02", verifies=["OCPP16-3.10-02"], applies=STOPS_WITH_CARDS)
async def test_a_card_that_reads_like_a_group_does_not_stop(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card whose idTag happens to be the parentIdTag of a transaction, and that is refused, does not stop it."""
    await charges_as(central_system, bench, central_system.id_tag(central_system.other_card))
    central_system.answers("Authorize", idTagInfo={"status": "Invalid"})
    await bench.present_card(uid=central_system.other_card, connector=1)
    await central_system.hears_no("StopTransaction", for_=central_system.patience, proves="OCPP16-3.10-02")
