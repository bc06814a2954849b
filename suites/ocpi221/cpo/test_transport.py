"""OCPI 2.2.1, transport_and_format and status_codes, with a CPO under test."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpi.envelope import NOTHING
from evconform.ocpi.expected import ok
from evconform.ocpi.scripted_emsp import ScriptedEmsp
from suites.ocpi221 import handshake, offered, transport

ANSWERS = [
    *("OCPI221-TRN-12", "OCPI221-TRN-13", "OCPI221-TRN-14", "OCPI221-TRN-15", "OCPI221-TRN-16", "OCPI221-TRN-18"),
    *("OCPI221-TRN-19", "OCPI221-TRN-23", "OCPI221-TRN-28", "OCPI221-TRN-30"),
]
REQUESTS = ["OCPI221-TRN-01", "OCPI221-TRN-02", "OCPI221-TRN-17", "OCPI221-TRN-20", "OCPI221-TRN-21"]
LISTS = "locations_sender_get"


@testcase("OCPI221-CPO-TRN-01", verifies=[*ANSWERS, "OCPI221-TRN-25"], applies=LISTS, smoke=True)
async def test_what_is_answered(emsp: ScriptedEmsp) -> None:
    """Whatever a CPO is asked, its answer has the response format, the ids of the request and no surprise."""
    await transport.is_spoken_with(emsp, emsp.of("locations"))
    await emsp.gets("locations", transport.UNKNOWN, expects=transport.missing(emsp), proves="OCPI221-TRN-25")


@testcase("OCPI221-CPO-TRN-02", verifies=["OCPI221-TRN-24"], applies=LISTS)
async def test_an_answer_goes_back(emsp: ScriptedEmsp) -> None:
    """The answer to a routed request goes from its recipient to its sender."""
    await emsp.gets("locations", expects=ok())


@testcase("OCPI221-CPO-TRN-03", verifies=["OCPI221-TRN-03"], applies=LISTS)
async def test_no_authorization(emsp: ScriptedEmsp) -> None:
    """A request without an Authorization header gets 401, wherever it goes."""
    await transport.wants_authorization(emsp, emsp.of("locations"))


@testcase("OCPI221-CPO-TRN-04", verifies=["OCPI221-TRN-04", "OCPI221-ROB-12"], applies=LISTS)
async def test_an_unknown_token(emsp: ScriptedEmsp) -> None:
    """A token that the CPO never gave gets 401, and is not repeated."""
    await transport.refuses_strangers(emsp, emsp.of("locations"))


@testcase("OCPI221-CPO-TRN-05", verifies=["OCPI221-TRN-05"], applies=LISTS)
async def test_a_token_that_is_not_base64(emsp: ScriptedEmsp) -> None:
    """A token that is not Base64 gets 401."""
    await transport.refuses_what_is_no_base64(emsp, emsp.of("locations"))


@testcase("OCPI221-CPO-TRN-06", verifies=["OCPI221-TRN-06"], applies=LISTS)
async def test_another_scheme(emsp: ScriptedEmsp) -> None:
    """The right token under another word than Token gets 401."""
    await transport.refuses_other_schemes(emsp, emsp.of("locations"))


@testcase("OCPI221-CPO-TRN-07", verifies=["OCPI221-TRN-10"])
async def test_a_body_that_is_no_json(emsp: ScriptedEmsp) -> None:
    """A body that is no JSON gets HTTP 400."""
    await transport.refuses_broken_json(emsp)


@testcase("OCPI221-CPO-TRN-08", verifies=["OCPI221-TRN-11"])
async def test_json_that_is_no_object_of_ocpi(emsp: ScriptedEmsp) -> None:
    """Valid JSON that makes no sense gets a status code, and no HTTP error."""
    await transport.judges_content_by_status_code(emsp)


@testcase("OCPI221-CPO-TRN-09", verifies=["OCPI221-TRN-27"], applies=LISTS)
async def test_methods_that_are_not_there(emsp: ScriptedEmsp, operations: Control) -> None:
    """What a module has no method for is refused, and nothing changes."""
    await transport.has_no_such_method(emsp)
    [location] = await offered.locations(emsp, operations, 1)
    how: dict[str, Any] = {
        "expects": transport.not_a_method(emsp),
        "proves": "OCPI221-TRN-27",
        "deviates": "a method that a Sender of locations does not have",
    }
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        body = NOTHING if method == "DELETE" else {"name": "changed"}
        await emsp.asks(method, emsp.of("locations", location["id"]), body=body, **how)
    await emsp.gets("locations", location["id"], expects=ok(data={"name": location["name"]}), proves="OCPI221-TRN-27")


@testcase(
    "OCPI221-CPO-TRN-10", verifies=REQUESTS, applies="initiates_registration and locations_receiver_put", base="unregistered"
)
async def test_what_is_asked(emsp: ScriptedEmsp, operations: Control) -> None:
    """Whatever a CPO asks, it shows its token, says what it sends, and gives it ids of its own."""
    await operations.registers(url=emsp.url, token=emsp.invites())
    await emsp.is_registered()
    await offered.locations(emsp, operations, 2)
    await emsp.hears("PUT", "locations")


@testcase(
    "OCPI221-CPO-TRN-11", verifies=["OCPI221-TRN-22"], applies="(several_parties or hub_connected) and locations_receiver_put"
)
async def test_a_push_is_routed(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO with several parties says from whom and to whom a push goes."""
    await offered.locations(emsp, operations, 1)
    await emsp.hears("PUT", "locations")


@testcase("OCPI221-CPO-TRN-12", verifies=["OCPI221-TRN-31"], applies="locations_receiver_patch and holds_locations")
async def test_a_failed_push_is_not_queued(emsp: ScriptedEmsp, operations: Control) -> None:
    """A PATCH that failed is not sent again once the eMSP is back."""
    [location] = await offered.pushed_locations(emsp, operations, 1)
    offered.is_held_as(emsp, "CHARGING")  # so that who looks has nothing to mend
    emsp.answers("locations", "PATCH", http=500, status_code=3000, deviates="an outage of ours")
    await operations.reports(evse=location["evses"][0]["uid"], status="CHARGING")
    failed = await emsp.hears("PATCH", "locations", data={"status": "CHARGING"})
    emsp.answers_as_usual("locations", "PATCH")
    emsp.looks_after(failed)
    again: dict[str, Any] = {"parts": list(failed.parts), "equals": failed.data}
    await emsp.hears_no("PATCH", "locations", for_=2 * emsp.push_patience, proves="OCPI221-TRN-31", **again)


@testcase("OCPI221-CPO-TRN-13", verifies=["OCPI221-TRN-51"], applies="locations_receiver_patch and holds_locations")
async def test_after_a_patch_that_failed(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO whose PATCH failed looks at the object, and puts it where it is not there."""
    [location] = await offered.pushed_locations(emsp, operations, 1)
    uid = location["evses"][0]["uid"]
    emsp.answers("locations", "PATCH", status_code=2001, times=1, deviates="a PATCH that we do not take")
    await operations.reports(evse=uid, status="CHARGING")
    await emsp.hears("PATCH", "locations")
    await emsp.hears("GET", "locations", proves="OCPI221-TRN-51")
    await emsp.passes(emsp.push_patience)
    offered.is_forgotten(emsp)
    await operations.reports(evse=uid, status="AVAILABLE")
    await emsp.hears("PATCH", "locations")
    await emsp.hears("GET", "locations", proves="OCPI221-TRN-51")
    await emsp.hears("PUT", "locations", proves="OCPI221-TRN-51")


@testcase("OCPI221-CPO-TRN-14", verifies=["OCPI221-TRN-34"], applies=f"{LISTS} and tariffs_sender_get and holds_locations")
async def test_nothing_is_not_available(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO that knows what its locations and tariffs are like says so."""
    await offered.locations(emsp, operations, 1)
    await emsp.pulls("locations")
    await emsp.pulls("tariffs")


@testcase(
    "OCPI221-CPO-TRN-15",
    verifies=["OCPI221-TRN-54"],
    applies="broadcasts and several_partners and locations_receiver_patch and locations_receiver_get and holds_locations",
)
async def test_a_get_is_not_broadcast(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO that pushes to a hub for all, and looks for what is missing there, leaves it to the hub whom it asks."""
    hub = await emsp.another("HUB")
    await handshake.registers_as_hub(hub)
    [location] = await offered.pushed_locations(hub, operations, 1)
    offered.is_forgotten(hub)
    await operations.reports(evse=location["evses"][0]["uid"], status="CHARGING")
    await hub.hears("PATCH", "locations")
    await hub.hears("GET", "locations")
