"""OCPI 2.2.1, transport_and_format and status_codes, with an eMSP under test."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpi.expected import client_error, ok, refused
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import made, transport, written

ANSWERS = [
    *("OCPI221-TRN-12", "OCPI221-TRN-13", "OCPI221-TRN-14", "OCPI221-TRN-15", "OCPI221-TRN-16", "OCPI221-TRN-18"),
    *("OCPI221-TRN-19", "OCPI221-TRN-23", "OCPI221-TRN-28", "OCPI221-TRN-30"),
]
REQUESTS = ["OCPI221-TRN-01", "OCPI221-TRN-02", "OCPI221-TRN-17", "OCPI221-TRN-20", "OCPI221-TRN-21"]
TAKES = "locations_receiver_put"
PULLS = "locations_sender_get"


@testcase("OCPI221-EMSP-TRN-01", verifies=[*ANSWERS, "OCPI221-TRN-25"], applies="locations_receiver_get", smoke=True)
async def test_what_is_answered(cpo: ScriptedCpo) -> None:
    """Whatever an eMSP is asked, its answer has the response format, the ids of the request and no surprise."""
    await transport.is_spoken_with(cpo, cpo.of("locations", made.name(cpo, "L1")))
    await cpo.gets("locations", transport.UNKNOWN, expects=transport.missing(cpo), proves="OCPI221-TRN-25")


@testcase("OCPI221-EMSP-TRN-02", verifies=["OCPI221-TRN-24"], applies=TAKES)
async def test_an_answer_goes_back(cpo: ScriptedCpo) -> None:
    """The answer to a routed request goes from its recipient to its sender."""
    await written.location(cpo)


@testcase("OCPI221-EMSP-TRN-03", verifies=["OCPI221-TRN-03"], applies=TAKES)
async def test_no_authorization(cpo: ScriptedCpo) -> None:
    """A request without an Authorization header gets 401, wherever it goes."""
    await transport.wants_authorization(cpo, cpo.of("locations", made.name(cpo, "L1")))


@testcase("OCPI221-EMSP-TRN-04", verifies=["OCPI221-TRN-04", "OCPI221-ROB-12"], applies=TAKES)
async def test_an_unknown_token(cpo: ScriptedCpo) -> None:
    """A token that the eMSP never gave gets 401, and is not repeated."""
    await transport.refuses_strangers(cpo, cpo.of("locations", made.name(cpo, "L1")))


@testcase("OCPI221-EMSP-TRN-05", verifies=["OCPI221-TRN-05"], applies=TAKES)
async def test_a_token_that_is_not_base64(cpo: ScriptedCpo) -> None:
    """A token that is not Base64 gets 401."""
    await transport.refuses_what_is_no_base64(cpo, cpo.of("locations", made.name(cpo, "L1")))


@testcase("OCPI221-EMSP-TRN-06", verifies=["OCPI221-TRN-06"], applies=TAKES)
async def test_another_scheme(cpo: ScriptedCpo) -> None:
    """The right token under another word than Token gets 401."""
    await transport.refuses_other_schemes(cpo, cpo.of("locations", made.name(cpo, "L1")))


@testcase("OCPI221-EMSP-TRN-07", verifies=["OCPI221-TRN-10"], applies=TAKES)
async def test_a_body_that_is_no_json(cpo: ScriptedCpo) -> None:
    """A body that is no JSON gets HTTP 400."""
    await transport.refuses_broken_json(cpo)
    how: dict[str, Any] = {"expects": refused(400), "proves": "OCPI221-TRN-10", "deviates": "a body that is no JSON"}
    await cpo.puts("locations", made.name(cpo, "L1"), body=b'{"id": "EVC-L1",', **how)


@testcase("OCPI221-EMSP-TRN-08", verifies=["OCPI221-TRN-11"], applies=TAKES)
async def test_json_that_is_no_object_of_ocpi(cpo: ScriptedCpo) -> None:
    """Valid JSON that makes no sense gets a status code, and no HTTP error."""
    await transport.judges_content_by_status_code(cpo)
    location = await written.location(cpo)
    bodies: tuple[Any, ...] = (written.without(location, "coordinates"), {}, [])
    for body in bodies:
        how: dict[str, Any] = {"expects": client_error(), "proves": "OCPI221-TRN-11", "deviates": "a body that is no Location"}
        await cpo.puts("locations", made.name(cpo, "L1"), body=body, **how)


@testcase("OCPI221-EMSP-TRN-09", verifies=["OCPI221-TRN-27"])
async def test_methods_that_are_not_there(cpo: ScriptedCpo) -> None:
    """What a module has no method for is refused, and nothing changes."""
    await transport.has_no_such_method(cpo)


@testcase("OCPI221-EMSP-TRN-10", verifies=REQUESTS, applies=f"initiates_registration and {PULLS}", base="unregistered")
async def test_what_is_asked(cpo: ScriptedCpo, operations: Control) -> None:
    """Whatever an eMSP asks, it shows its token, says what it sends, and gives it ids of its own."""
    await operations.registers(url=cpo.url, token=cpo.invites())
    await cpo.is_registered()
    await operations.pulls(module="locations")
    await cpo.hears("GET", "locations")


@testcase("OCPI221-EMSP-TRN-11", verifies=["OCPI221-TRN-22"], applies=f"(several_parties or hub_connected) and {PULLS}")
async def test_a_pull_is_routed(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP with several parties says from whom and to whom a pull goes."""
    await operations.pulls(module="locations")
    await cpo.hears("GET", "locations")


@testcase("OCPI221-EMSP-TRN-12", verifies=["OCPI221-TRN-26"], applies=TAKES)
async def test_created_and_replaced(cpo: ScriptedCpo) -> None:
    """A PUT that creates a location gets HTTP 201, one that replaces it HTTP 200."""
    either = [200, 201] if cpo.policy("created") == "either" else None
    location = made.location(made.name(cpo, "L1"), cpo.party.owner, cpo.now)
    await cpo.puts("locations", made.name(cpo, "L1"), body=location, expects=ok(http=either or 201), proves="OCPI221-TRN-26")
    await cpo.puts("locations", made.name(cpo, "L1"), body=location, expects=ok(http=either or 200), proves="OCPI221-TRN-26")


@testcase("OCPI221-EMSP-TRN-13", verifies=["OCPI221-TRN-32"], applies=f"{PULLS} and resyncs")
async def test_it_gets_in_sync_again(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP that could not reach its partner pulls by itself once it can again."""
    cpo.answers("locations", "GET", http=503, status_code=3000, deviates="an outage of ours")
    await operations.pulls(module="locations")
    failed = await cpo.hears("GET", "locations")
    cpo.answers_as_usual("locations", "GET")
    cpo.looks_after(failed)
    await cpo.hears("GET", "locations", within=10 * cpo.push_patience, proves="OCPI221-TRN-32")


@testcase("OCPI221-EMSP-TRN-14", verifies=["OCPI221-TRN-33"], applies=f"{PULLS} and locations_receiver_get")
async def test_a_list_with_something_broken_in_it(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP takes the proper locations of a list in which others are broken."""
    good = [made.location(made.name(cpo, f"L{n}"), cpo.party.owner, cpo.now) for n in (1, 2)]
    broken = [written.without(made.location(made.name(cpo, "B1"), cpo.party.owner, cpo.now), "coordinates"), {"id": 7}, None]
    cpo.offers("locations", *good)
    cpo.answers(
        "locations", "GET", data=lambda plain: [broken[0], plain[0], *broken[1:], plain[1]], deviates="a list with broken objects"
    )
    await written.is_pulled(cpo, operations, "locations")
    for each in good:
        await cpo.gets("locations", each["id"], expects=ok(data={"name": each["name"]}), proves="OCPI221-TRN-33")
