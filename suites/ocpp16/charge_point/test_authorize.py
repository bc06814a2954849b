"""OCPP 1.6, 4.1: Authorize; 3.9: the idTag of a card."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions


@testcase(
    "OCPP16-CP-AUTH-01",
    verifies=["OCPP16-4.1-01", "OCPP16-4.1-03", "OCPP16-4.9-04"],
    oca="TC_023_4_CS",
    applies=sessions.CARD_SESSION,
)
async def test_a_card_that_is_refused_starts_nothing(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point asks for a card that is presented, and starts no transaction when it is refused."""
    await sessions.asks_always(central_system)
    central_system.answers("Authorize", idTagInfo={"status": "Invalid"})
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize", proves="OCPP16-4.1-03")
    await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-4.1-01")


@testcase("OCPP16-CP-AUTH-02", verifies=["OCPP16-4.1-01"], applies=sessions.CARD_SESSION)
async def test_every_refusal_is_one(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that is Blocked, Expired or Invalid starts no transaction."""
    await sessions.asks_always(central_system)
    await sessions.plugs_in(central_system, bench)
    for status in ("Blocked", "Expired", "Invalid"):
        central_system.answers("Authorize", idTagInfo={"status": status})
        await bench.present_card(uid=central_system.card, connector=1)
        await central_system.hears("Authorize")
        await central_system.hears_no("StartTransaction", for_=central_system.patience, proves="OCPP16-4.1-01")


@testcase("OCPP16-CP-AUTH-03", verifies=["OCPP16-PICS-04"], applies=sessions.CARD_SESSION)
async def test_a_card_is_told_as_the_pics_says(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The idTag of an Authorize is the UID of the card in the byte order, and with the delimiter, that the PICS claims."""
    await sessions.asks_always(central_system)
    for uid in (central_system.card, central_system.other_card):
        central_system.answers("Authorize", idTagInfo={"status": "Invalid"})
        await bench.present_card(uid=uid, connector=1)
        its = central_system.id_tag(uid)
        await central_system.hears("Authorize", expects={"idTag": its}, proves="OCPP16-PICS-04")


@testcase("OCPP16-CP-AUTH-04", verifies=["OCPP16-4.1-03"], applies=sessions.CARD_SESSION)
async def test_a_failed_authorize_may_be_tried_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A charge point whose Authorize got a CALLERROR asks again when the card is presented again."""
    await sessions.asks_always(central_system)
    await sessions.plugs_in(central_system, bench)
    central_system.fails("Authorize", times=1)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize")
    await central_system.hears_no("StartTransaction", for_=central_system.patience)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize", proves="OCPP16-4.1-03")
    await central_system.hears("StartTransaction", connectorId=1)


@testcase(
    "OCPP16-CP-CACHE-01",
    verifies=["OCPP16-9.1.13-01", "OCPP16-4.8-01", "OCPP16-4.9-04"],
    oca="TC_007_1_CS",
    applies=sessions.CACHE_SESSION,
    plain=True,
)
async def test_a_cached_card_starts_without_authorize(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that the cache holds as accepted starts a transaction, and is not asked for."""
    await sessions.knows_card(central_system, bench)
    await bench.plug_in(connector=1)
    await central_system.hears_status("Preparing", proves="OCPP16-4.9-04")
    await bench.present_card(uid=central_system.card, connector=1)
    id_tag = central_system.id_tag(central_system.card)
    await central_system.hears("StartTransaction", connectorId=1, idTag=id_tag, proves="OCPP16-4.8-01")
    await central_system.hears_status("Charging", proves="OCPP16-4.9-04")
    await central_system.hears_no("Authorize", for_=central_system.patience, proves="OCPP16-9.1.13-01")


@testcase(
    "OCPP16-CP-CACHE-02",
    verifies=["OCPP16-9.1.13-01", "OCPP16-5.11-01", "OCPP16-5.11-02", "OCPP16-4.9-04"],
    oca="TC_007_2_CS",
    applies=f"{sessions.CACHE_SESSION} and remote_authorization",
    plain=True,
)
async def test_a_cached_id_is_started_remotely_without_authorize(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A remote start with an idTag that the cache holds as accepted leads to no Authorize, though remote starts need one."""
    await sessions.knows_card(central_system, bench)
    await central_system.sets("AuthorizeRemoteTxRequests", True)
    await sessions.plugs_in(central_system, bench)
    id_tag = central_system.id_tag(central_system.card)
    accepted = {"status": "Accepted"}
    await central_system.calls("RemoteStartTransaction", connectorId=1, idTag=id_tag, expects=accepted, proves="OCPP16-5.11-01")
    await central_system.hears("StartTransaction", connectorId=1, idTag=id_tag, proves="OCPP16-5.11-02")
    await central_system.hears_status("Charging", proves="OCPP16-4.9-04")
    await central_system.hears_no("Authorize", for_=central_system.patience, proves="OCPP16-9.1.13-01")


@testcase("OCPP16-CP-CACHE-03", verifies=["OCPP16-3.5.1-01"], applies=f"{sessions.CACHE_SESSION}", plain=True)
async def test_the_cache_learns_from_a_start(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """An idTag that only a StartTransaction.conf accepted is known locally from then on."""
    await central_system.sets("AuthorizeRemoteTxRequests", False)
    await sessions.keeps_cards(central_system)
    await central_system.sets("LocalPreAuthorize", True)
    await sessions.charges_once(central_system, bench)
    await sessions.plugs_in(central_system, bench)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("StartTransaction", connectorId=1, proves="OCPP16-3.5.1-01")
    await central_system.hears_no("Authorize", for_=central_system.patience, proves="OCPP16-3.5.1-01")


@testcase("OCPP16-CP-CACHE-04", verifies=["OCPP16-3.5.1-02"], applies=sessions.CACHE_SESSION, plain=True)
async def test_the_cache_persists(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that the cache holds as accepted starts a transaction without an Authorize after a power cycle too."""
    await sessions.knows_card(central_system, bench)
    await bench.power_cycle()
    await central_system.hears("BootNotification", within=central_system.boot_patience)
    await central_system.hears_status("Available")
    await sessions.plugs_in(central_system, bench)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("StartTransaction", connectorId=1)
    await central_system.hears_no("Authorize", for_=central_system.patience, proves="OCPP16-3.5.1-02")


@testcase("OCPP16-CP-CACHE-05", verifies=["OCPP16-3.5.1-03"], applies=f"authorization_cache and {sessions.CARD_SESSION}")
async def test_a_card_that_is_cached_as_refused_is_asked_again(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A card that the cache holds as not valid is asked of the central system again, and may charge if that accepts it now."""
    await central_system.sets("AuthorizationCacheEnabled", True, if_there=True)
    await central_system.sets("LocalPreAuthorize", True)
    central_system.answers("Authorize", idTagInfo={"status": "Invalid"})
    await sessions.plugs_in(central_system, bench)
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize")
    await central_system.hears_no("StartTransaction", for_=central_system.patience)  # it has read the answer by then
    central_system.answers("Authorize", idTagInfo={"status": "Accepted"})
    await bench.present_card(uid=central_system.card, connector=1)
    await central_system.hears("Authorize", proves="OCPP16-3.5.1-03")
    await central_system.hears("StartTransaction", connectorId=1)


def in_hexadecimal(central_system: ScriptedCentralSystem, uid: str) -> list[str]:
    """What the UID of a card may look like: from either end, in either case, with the delimiter of the PICS or without."""
    octets = [uid[n : n + 2] for n in range(0, len(uid), 2)]
    delimiters = ("", central_system.campaign.pics.sections.get("rfid", {}).get("delimiter", ""))
    plain = [delimiter.join(each) for delimiter in delimiters for each in (octets, octets[::-1])]
    return [form for each in plain for form in (each.upper(), each.lower())]


@testcase("OCPP16-CP-AUTH-05", verifies=["OCPP16-3.9-02"], applies=sessions.CARD_SESSION)
async def test_a_card_is_told_in_hexadecimal(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The idTag of an Authorize is the UID of the card in hexadecimal digits, whatever its byte order."""
    await sessions.asks_always(central_system)
    central_system.answers("Authorize", idTagInfo={"status": "Invalid"})
    await bench.present_card(uid=central_system.card, connector=1)
    forms = in_hexadecimal(central_system, central_system.card)
    await central_system.hears("Authorize", expects={"idTag": forms}, proves="OCPP16-3.9-02")
