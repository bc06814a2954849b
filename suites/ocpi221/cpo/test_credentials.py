"""OCPI 2.2.1, credentials, with a CPO under test: registered with, and registering."""

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpi.scripted_emsp import ScriptedEmsp
from suites.ocpi221 import handshake, offered

TOLD = [
    *("OCPI221-CRE-01", "OCPI221-CRE-02", "OCPI221-CRE-03", "OCPI221-CRE-13", "OCPI221-CRE-14", "OCPI221-CRE-15"),
    *("OCPI221-CRE-16", "OCPI221-CRE-56", "OCPI221-CRE-57"),
]
SENT = [
    *("OCPI221-VER-10", "OCPI221-CRE-13", "OCPI221-CRE-14", "OCPI221-CRE-15", "OCPI221-CRE-53", "OCPI221-CRE-56"),
    *("OCPI221-TRN-01", "OCPI221-TRN-02", "OCPI221-TRN-17", "OCPI221-TRN-20", "OCPI221-TRN-21", "OCPI221-TRN-23"),
]
INITIATES = "initiates_registration"


@testcase("OCPI221-CPO-CRE-01", verifies=TOLD, base="unregistered")
async def test_a_registration(emsp: ScriptedEmsp) -> None:
    """A CPO that is registered with calls back, gives a new token, and knows its partner by it from then on."""
    token = await handshake.registers(emsp)
    await handshake.is_spent(emsp, token)


@testcase("OCPI221-CPO-CRE-02", verifies=["OCPI221-TRN-07"], base="unregistered", applies="locations_sender_get")
async def test_token_a_opens_no_module(emsp: ScriptedEmsp) -> None:
    """Token A opens versions and credentials, and no other module."""
    await handshake.is_kept_out(emsp, "locations")


@testcase("OCPI221-CPO-CRE-03", verifies=["OCPI221-CRE-04"])
async def test_a_second_registration(emsp: ScriptedEmsp) -> None:
    """A POST of a partner that is registered gets 405."""
    await handshake.registers_twice(emsp)


@testcase("OCPI221-CPO-CRE-04", verifies=["OCPI221-CRE-05"], base="unregistered")
async def test_a_renewal_before_the_registration(emsp: ScriptedEmsp) -> None:
    """A PUT of a partner that is not registered gets 405."""
    await handshake.renews_unregistered(emsp)


@testcase("OCPI221-CPO-CRE-05", verifies=["OCPI221-CRE-06"], base="unregistered")
async def test_an_end_before_the_registration(emsp: ScriptedEmsp) -> None:
    """A DELETE of a partner that is not registered gets 405."""
    await handshake.leaves_unregistered(emsp)


@testcase(
    "OCPI221-CPO-CRE-06",
    verifies=["OCPI221-CRE-07", "OCPI221-CRE-08", "OCPI221-CRE-16", "OCPI221-TRN-08"],
    applies="locations_sender_get",
)
async def test_a_renewal(emsp: ScriptedEmsp) -> None:
    """On a PUT a CPO calls back again and gives another token; the one of before is dead."""
    await handshake.renews(emsp, emsp.of("locations"))


@testcase("OCPI221-CPO-CRE-07", verifies=["OCPI221-CRE-54", "OCPI221-TRN-09"], applies="locations_sender_get")
async def test_an_end(emsp: ScriptedEmsp) -> None:
    """A DELETE ends the registration, and the token is dead."""
    await handshake.leaves(emsp, emsp.of("locations"))


@testcase("OCPI221-CPO-CRE-08", verifies=["OCPI221-CRE-10"], base="unregistered")
async def test_a_partner_that_cannot_be_called_back(emsp: ScriptedEmsp) -> None:
    """A partner whose versions cannot be fetched gets 3001, and is not registered."""
    await handshake.cannot_call_back(emsp)


@testcase("OCPI221-CPO-CRE-09", verifies=["OCPI221-CRE-11"], base="unregistered")
async def test_a_partner_without_a_mutual_version(emsp: ScriptedEmsp) -> None:
    """A partner without a version that a CPO speaks gets 3002."""
    await handshake.has_no_mutual_version(emsp)


@testcase("OCPI221-CPO-CRE-10", verifies=["OCPI221-CRE-12"], base="unregistered", applies="expects_modules")
async def test_a_partner_without_modules(emsp: ScriptedEmsp) -> None:
    """A partner that lacks what a CPO expects gets 3003."""
    await handshake.lacks_endpoints(emsp)


@testcase("OCPI221-CPO-CRE-11", verifies=["OCPI221-CRE-20"], base="unregistered", applies="guards_callbacks")
async def test_a_partner_that_leads_astray(emsp: ScriptedEmsp) -> None:
    """A versions URL that leads to a CPO itself, into its network or to no web server is refused."""
    await handshake.leads_astray(emsp)


@testcase("OCPI221-CPO-CRE-12", verifies=["OCPI221-CRE-19"], applies="locations_receiver_put and holds_locations")
async def test_nothing_more_after_an_end(emsp: ScriptedEmsp, operations: Control) -> None:
    """After a DELETE of its partner a CPO calls it no more, whatever happens."""
    owner = emsp.owner
    await emsp.leaves()
    await offered.locations(emsp, operations, 1, owner)
    await emsp.hears_no(for_=2 * emsp.push_patience, proves="OCPI221-CRE-19")


@testcase("OCPI221-CPO-CRE-13", verifies=SENT, base="unregistered", applies=INITIATES)
async def test_it_registers(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO that registers takes the highest mutual version, uses the URLs as they are announced, and gives a new token."""
    await handshake.is_registered(emsp, operations)


@testcase("OCPI221-CPO-CRE-14", verifies=["OCPI221-CRE-52"], base="unregistered", applies=INITIATES)
async def test_it_finds_no_version(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO that finds no mutual version sends no credentials."""
    await handshake.finds_no_version(emsp, operations)


@testcase("OCPI221-CPO-CRE-15", verifies=["OCPI221-CRE-52"], base="unregistered", applies=INITIATES)
async def test_it_finds_no_credentials_endpoint(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO that finds no credentials endpoint sends no credentials."""
    await handshake.finds_no_credentials(emsp, operations)


@testcase(
    "OCPI221-CPO-CRE-16",
    verifies=["OCPI221-CRE-51", "OCPI221-CRE-53"],
    applies=f"{INITIATES} and locations_receiver_put and holds_locations",
)
async def test_it_renews(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO that renews its registration gives a token that it never gave, and uses the one that it gets."""
    await handshake.renews_itself(emsp, operations)
    await offered.locations(emsp, operations, 1)
    await emsp.hears("PUT", "locations")


@testcase(
    "OCPI221-CPO-CRE-17", verifies=["OCPI221-CRE-55"], applies=f"{INITIATES} and locations_receiver_put and holds_locations"
)
async def test_it_leaves(emsp: ScriptedEmsp, operations: Control) -> None:
    """After its own DELETE a CPO calls its partner no more."""
    owner = emsp.owner
    await handshake.leaves_itself(emsp, operations)
    await offered.locations(emsp, operations, 1, owner)
    await emsp.hears_no(for_=2 * emsp.push_patience, proves="OCPI221-CRE-55")


@testcase("OCPI221-CPO-CRE-18", verifies=["OCPI221-CRE-17"], applies="several_partners")
async def test_two_partners(emsp: ScriptedEmsp) -> None:
    """A CPO gives two partners two tokens, and knows them apart."""
    await handshake.knows_them_apart(emsp)


@testcase(
    "OCPI221-CPO-CRE-19",
    verifies=["OCPI221-CRE-51"],
    base="unregistered",
    applies="locations_receiver_put and holds_locations",
)
async def test_the_token_that_it_was_given(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO that was registered with pushes with the token that it was given."""
    await handshake.registers(emsp)
    await emsp.passes(handshake.SETTLED)
    await offered.locations(emsp, operations, 1)
    await emsp.hears("PUT", "locations")
