"""OCPI 2.2.1, credentials, with an eMSP under test: registered with, and registering."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpi.expected import ok
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import handshake, written
from suites.ocpi221.transport import NOT_TAKEN

TOLD = [
    *("OCPI221-CRE-01", "OCPI221-CRE-02", "OCPI221-CRE-03", "OCPI221-CRE-13", "OCPI221-CRE-14", "OCPI221-CRE-15"),
    *("OCPI221-CRE-16", "OCPI221-CRE-51", "OCPI221-CRE-56", "OCPI221-CRE-57"),
]
SENT = [
    *("OCPI221-VER-10", "OCPI221-CRE-13", "OCPI221-CRE-14", "OCPI221-CRE-15", "OCPI221-CRE-53", "OCPI221-CRE-56"),
    *("OCPI221-TRN-01", "OCPI221-TRN-02", "OCPI221-TRN-17", "OCPI221-TRN-20", "OCPI221-TRN-21", "OCPI221-TRN-23"),
]
INITIATES = "initiates_registration"


@testcase("OCPI221-EMSP-CRE-01", verifies=TOLD, base="unregistered")
async def test_a_registration(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP that is registered with calls back, gives a new token, and knows its partner by it from then on."""
    token = await handshake.registers(cpo)
    await cpo.passes(handshake.SETTLED)
    await operations.pulls(module="locations")
    await cpo.hears("GET", "locations")
    await handshake.is_spent(cpo, token)


@testcase("OCPI221-EMSP-CRE-02", verifies=["OCPI221-TRN-07"], base="unregistered", applies="locations_receiver_put")
async def test_token_a_opens_no_module(cpo: ScriptedCpo) -> None:
    """Token A opens versions and credentials, and no other module."""
    await handshake.is_kept_out(cpo, "locations", written.ids(cpo)[0])


@testcase("OCPI221-EMSP-CRE-03", verifies=["OCPI221-CRE-04"])
async def test_a_second_registration(cpo: ScriptedCpo) -> None:
    """A POST of a partner that is registered gets 405."""
    await handshake.registers_twice(cpo)


@testcase("OCPI221-EMSP-CRE-04", verifies=["OCPI221-CRE-05"], base="unregistered")
async def test_a_renewal_before_the_registration(cpo: ScriptedCpo) -> None:
    """A PUT of a partner that is not registered gets 405."""
    await handshake.renews_unregistered(cpo)


@testcase("OCPI221-EMSP-CRE-05", verifies=["OCPI221-CRE-06"], base="unregistered")
async def test_an_end_before_the_registration(cpo: ScriptedCpo) -> None:
    """A DELETE of a partner that is not registered gets 405."""
    await handshake.leaves_unregistered(cpo)


@testcase(
    "OCPI221-EMSP-CRE-06",
    verifies=["OCPI221-CRE-07", "OCPI221-CRE-08", "OCPI221-CRE-16", "OCPI221-TRN-08"],
    applies="locations_receiver_put",
)
async def test_a_renewal(cpo: ScriptedCpo) -> None:
    """On a PUT an eMSP calls back again and gives another token; the one of before is dead."""
    await handshake.renews(cpo, cpo.of("locations", "EVC-L1"))


@testcase("OCPI221-EMSP-CRE-07", verifies=["OCPI221-CRE-54", "OCPI221-TRN-09"], applies="locations_receiver_put")
async def test_an_end(cpo: ScriptedCpo) -> None:
    """A DELETE ends the registration, and the token is dead."""
    await handshake.leaves(cpo, cpo.of("locations", "EVC-L1"))


@testcase("OCPI221-EMSP-CRE-08", verifies=["OCPI221-CRE-10"], base="unregistered")
async def test_a_partner_that_cannot_be_called_back(cpo: ScriptedCpo) -> None:
    """A partner whose versions cannot be fetched gets 3001, and is not registered."""
    await handshake.cannot_call_back(cpo)


@testcase("OCPI221-EMSP-CRE-09", verifies=["OCPI221-CRE-11"], base="unregistered")
async def test_a_partner_without_a_mutual_version(cpo: ScriptedCpo) -> None:
    """A partner without a version that an eMSP speaks gets 3002."""
    await handshake.has_no_mutual_version(cpo)


@testcase("OCPI221-EMSP-CRE-10", verifies=["OCPI221-CRE-12"], base="unregistered", applies="expects_modules")
async def test_a_partner_without_modules(cpo: ScriptedCpo) -> None:
    """A partner that lacks what an eMSP expects gets 3003."""
    await handshake.lacks_endpoints(cpo)


@testcase("OCPI221-EMSP-CRE-11", verifies=["OCPI221-CRE-20"], base="unregistered", applies="guards_callbacks")
async def test_a_partner_that_leads_astray(cpo: ScriptedCpo) -> None:
    """A versions URL that leads to an eMSP itself, into its network or to no web server is refused."""
    await handshake.leads_astray(cpo)


@testcase("OCPI221-EMSP-CRE-12", verifies=["OCPI221-CRE-19"], applies="locations_sender_get")
async def test_nothing_more_after_an_end(cpo: ScriptedCpo, operations: Control) -> None:
    """After a DELETE of its partner an eMSP calls it no more, whatever happens."""
    await cpo.leaves()
    await operations.pulls(module="locations")
    await cpo.hears_no(for_=2 * cpo.push_patience, proves="OCPI221-CRE-19")


@testcase("OCPI221-EMSP-CRE-13", verifies=SENT, base="unregistered", applies=INITIATES)
async def test_it_registers(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP that registers takes the highest mutual version, uses the URLs as they are announced, and gives a new token."""
    await handshake.is_registered(cpo, operations)


@testcase("OCPI221-EMSP-CRE-14", verifies=["OCPI221-CRE-52"], base="unregistered", applies=INITIATES)
async def test_it_finds_no_version(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP that finds no mutual version sends no credentials."""
    await handshake.finds_no_version(cpo, operations)


@testcase("OCPI221-EMSP-CRE-15", verifies=["OCPI221-CRE-52"], base="unregistered", applies=INITIATES)
async def test_it_finds_no_credentials_endpoint(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP that finds no credentials endpoint sends no credentials."""
    await handshake.finds_no_credentials(cpo, operations)


@testcase("OCPI221-EMSP-CRE-16", verifies=["OCPI221-CRE-51", "OCPI221-CRE-53"], applies=f"{INITIATES} and locations_sender_get")
async def test_it_renews(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP that renews its registration gives a token that it never gave, and uses the one that it gets."""
    await handshake.renews_itself(cpo, operations)
    await operations.pulls(module="locations")
    await cpo.hears("GET", "locations")


@testcase("OCPI221-EMSP-CRE-17", verifies=["OCPI221-CRE-55"], applies=f"{INITIATES} and locations_sender_get")
async def test_it_leaves(cpo: ScriptedCpo, operations: Control) -> None:
    """After its own DELETE an eMSP calls its partner no more."""
    await handshake.leaves_itself(cpo, operations)
    await operations.pulls(module="locations")
    await cpo.hears_no(for_=2 * cpo.push_patience, proves="OCPI221-CRE-55")


@testcase("OCPI221-EMSP-CRE-18", verifies=["OCPI221-CRE-17"], applies="several_partners")
async def test_two_partners(cpo: ScriptedCpo) -> None:
    """An eMSP gives two partners two tokens, and knows them apart."""
    await handshake.knows_them_apart(cpo)


@testcase("OCPI221-EMSP-CRE-19", verifies=["OCPI221-LOC-25"], applies="several_partners and locations_receiver_put")
async def test_what_two_partners_put(cpo: ScriptedCpo) -> None:
    """What one partner put, another one does not get."""
    location = await written.location(cpo)
    await cpo.gets("locations", location["id"], expects=ok())
    other = await handshake.knows_them_apart(cpo)
    how: dict[str, Any] = {"expects": NOT_TAKEN, "proves": "OCPI221-LOC-25", "deviates": "a party that is none of ours"}
    await other.gets("locations", location["id"], owner=cpo.party.owner, **how)
