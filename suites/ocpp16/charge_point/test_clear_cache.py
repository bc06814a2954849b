"""OCPP 1.6, 5.4: ClearCache."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions


@testcase(
    "OCPP16-CP-CLEAR-01",
    verifies=["OCPP16-5.4-01", "OCPP16-5.4-02"],
    oca="TC_061_1_CS",
    applies=f"ClearCache and {sessions.CACHE_SESSION}",
)
async def test_a_cleared_card_is_asked_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """After ClearCache a card that was cached is asked of the central system again."""
    await sessions.knows_card(central_system, bench)
    await central_system.calls("ClearCache", expects={"status": "Accepted"}, proves="OCPP16-5.4-01")
    central_system.answers("Authorize", idTagInfo={"status": "Invalid"})  # nobody waits for a cable then
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize", idTag=central_system.id_tag(central_system.card), proves="OCPP16-5.4-02")


@testcase(
    "OCPP16-CP-CLEAR-02",
    verifies=["OCPP16-5.4-01", "OCPP16-5.4-02"],
    oca="TC_061_2_CS",
    applies=f"ClearCache and remote_authorization and {sessions.CACHE_SESSION}",
)
async def test_a_cleared_id_is_asked_again_remotely(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """After ClearCache a remote start with an idTag that was cached is asked of the central system again."""
    await sessions.knows_card(central_system, bench)
    await central_system.sets("AuthorizeRemoteTxRequests", True)
    await central_system.calls("ClearCache", expects={"status": "Accepted"}, proves="OCPP16-5.4-01")
    central_system.answers("Authorize", idTagInfo={"status": "Invalid"})  # nobody waits for a cable then
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag, expects={"status": "Accepted"})
    await central_system.hears("Authorize", idTag=id_tag, proves="OCPP16-5.4-02")


@testcase("OCPP16-CP-CLEAR-03", verifies=["OCPP16-5.4-03"], applies="ClearCache and not authorization_cache", plain=True)
async def test_without_a_cache_there_is_none_to_clear(central_system: ScriptedCentralSystem) -> None:
    """A charge point without an authorization cache rejects ClearCache."""
    await central_system.calls("ClearCache", expects={"status": "Rejected"}, proves="OCPP16-5.4-03")
