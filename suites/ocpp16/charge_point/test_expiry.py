"""OCPP 1.6, 3.5: an idTag that is not accepted any more, as its expiryDate has passed."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions
from suites.ocpp16.sessions import CACHE_SESSION


@testcase("OCPP16-CP-EXPIRY-01", verifies=["OCPP16-3.5.1-04"], applies=CACHE_SESSION)
async def test_an_expired_card_starts_nothing_unasked(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that was accepted until a date starts no transaction after it, unless the central system accepts it again."""
    await sessions.knew_card(central_system, bench)
    central_system.answers("Authorize", idTagInfo={"status": "Expired"})
    await sessions.plugs_in(central_system, bench)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-3.5.1-04")


@testcase("OCPP16-CP-EXPIRY-02", verifies=["OCPP16-3.5.4-05"], applies=f"offline_authorization and {CACHE_SESSION}")
async def test_an_expired_card_starts_nothing_offline(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that was accepted until a date starts no transaction offline after it."""
    await sessions.knew_card(central_system, bench)
    await central_system.sets("AllowOfflineTxForUnknownId", False, if_there=True)
    await central_system.sets("LocalAuthorizeOffline", True)
    await bench.cut_network()
    await bench.plug_in(connector=1)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears_no(for_=60)
    await sessions.comes_back(central_system, bench)
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-3.5.4-05")
