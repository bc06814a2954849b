"""OCPI 2.2.1, mod_locations, with a CPO under test: what it offers, and what it pushes."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpi.expected import ok, one_of
from evconform.ocpi.scripted_emsp import ScriptedEmsp
from suites.ocpi221 import made, offered
from suites.ocpi221.shapes import model

SHAPES = [
    *("OCPI221-LOC-01", "OCPI221-LOC-02", "OCPI221-LOC-03", "OCPI221-LOC-04", "OCPI221-LOC-05", "OCPI221-LOC-06"),
    *("OCPI221-LOC-07", "OCPI221-LOC-08", "OCPI221-LOC-14", "OCPI221-LOC-15", "OCPI221-LOC-17"),
]
HELD = "locations_sender_get and holds_locations"
PUSHED = "locations_receiver_put and holds_locations"


@testcase("OCPI221-CPO-LOC-01", verifies=SHAPES, applies=HELD)
async def test_what_locations_are_like(emsp: ScriptedEmsp, operations: Control) -> None:
    """Every location in a list is whole, and fits together."""
    await offered.locations(emsp, operations, 2)
    await emsp.pulls("locations")


@testcase("OCPI221-CPO-LOC-02", verifies=["OCPI221-LOC-10", "OCPI221-LOC-01"], applies=HELD)
async def test_three_depths(emsp: ScriptedEmsp, operations: Control) -> None:
    """A location, an EVSE and a connector are got each by itself."""
    [location] = await offered.locations(emsp, operations, 1)
    [evse] = location["evses"]
    ids = (location["id"], evse["uid"], evse["connectors"][0]["id"])
    proves = "OCPI221-LOC-10"
    await emsp.gets("locations", ids[0], expects=ok(data={"id": ids[0]}), proves=proves)
    await emsp.gets("locations", *ids[:2], expects=ok(data={"uid": ids[1]}), proves=proves)
    await emsp.gets("locations", *ids, expects=ok(data={"id": ids[2], "standard": "IEC_62196_T2"}), proves=proves)


@testcase("OCPI221-CPO-LOC-03", verifies=["OCPI221-LOC-12", "OCPI221-LOC-53"], applies=HELD)
async def test_a_location_that_is_not_published(emsp: ScriptedEmsp, operations: Control) -> None:
    """A location that some tokens only may see says which, and each of them is named whole."""
    await operations.publishes(location=made.hidden_location(made.name(emsp, "H1"), emsp.owner))
    await emsp.pulls("locations")


@testcase("OCPI221-CPO-LOC-04", verifies=["OCPI221-LOC-08", "OCPI221-LOC-09"], applies=HELD)
async def test_a_change_is_found_by_its_date(emsp: ScriptedEmsp, operations: Control) -> None:
    """A location whose EVSE changed is among those that were updated since."""
    [location, _] = await offered.locations(emsp, operations, 2)
    await emsp.passes(3 * offered.CHANGED)
    since = emsp.now
    await emsp.passes(3 * offered.CHANGED)
    await operations.reports(evse=location["evses"][0]["uid"], status="CHARGING")
    await emsp.passes(emsp.push_patience)
    await offered.is_listed(emsp, location["id"], {"date_from": since}, ok(lists=[location["id"]]), "OCPI221-LOC-09")


@testcase("OCPI221-CPO-LOC-05", verifies=["OCPI221-LOC-11"], applies=HELD)
async def test_an_evse_that_is_taken_away(emsp: ScriptedEmsp, operations: Control) -> None:
    """An EVSE that is taken away for good stays where it was, with the status REMOVED."""
    id = made.name(emsp, "R1")
    uids = [f"{id}-1", f"{id}-2"]
    await operations.publishes(location=made.location(id, emsp.owner, evses=[made.evse(each) for each in uids]))
    await operations.removes(evse=uids[1])
    await emsp.passes(emsp.push_patience)
    removed = ok(data={"uid": uids[1], "status": "REMOVED"})
    await emsp.gets("locations", id, uids[1], expects=removed, proves="OCPI221-LOC-11")
    wholes = (ok(data={f"evses/{n}/uid": uids[1], f"evses/{n}/status": "REMOVED"}) for n in range(2))
    await emsp.gets("locations", id, expects=one_of(*wholes), proves="OCPI221-LOC-11")


@testcase("OCPI221-CPO-LOC-06", verifies=["OCPI221-LOC-13"], applies=f"{HELD} and tariffs_sender_get and holds_tariffs")
async def test_the_tariffs_of_a_connector(emsp: ScriptedEmsp, operations: Control) -> None:
    """Every tariff that a connector names is one that the CPO gives."""
    await offered.priced_location(emsp, operations)
    await emsp.pulls("tariffs")
    await emsp.pulls("locations")


@testcase("OCPI221-CPO-LOC-07", verifies=["OCPI221-LOC-16"], applies=f"{HELD} and ocpp_1_chargers and not shared_evses")
async def test_a_connector_is_an_evse(emsp: ScriptedEmsp, operations: Control) -> None:
    """A CPO whose chargers speak OCPP 1.x has one connector in each EVSE."""
    await offered.locations(emsp, operations, 1)
    await emsp.pulls("locations")


@testcase("OCPI221-CPO-LOC-08", verifies=["OCPI221-LOC-54", "OCPI221-LOC-52", "OCPI221-LOC-01"], applies=PUSHED)
async def test_a_new_location_is_pushed(emsp: ScriptedEmsp, operations: Control) -> None:
    """A new location is put, whole, under the CPO's country code, party id and its own id."""
    location = made.location(made.name(emsp, "N1"), emsp.owner)
    await operations.publishes(location=location)
    data = {"id": location["id"], "name": location["name"]}
    await emsp.hears("PUT", "locations", location["id"], data=data, proves="OCPI221-LOC-54")


STATUSES = ("CHARGING", "AVAILABLE", "OUTOFORDER")


async def is_told(emsp: ScriptedEmsp, id: str, uid: str, status: str) -> None:
    """The EVSE is pushed with that status: by itself, or with its location. What tells of no status of it may come besides."""
    owner = list(emsp.owner)

    def told(status: Any) -> list[dict[str, Any]]:
        alone, whole = {"status": status}, {"evses/0/uid": uid, "evses/0/status": status}
        return [{"parts": [*owner, id, uid], "data": alone}, {"parts": [*owner, id], "data": whole}]

    what: dict[str, Any] = {"kind": "request", "method": ["PATCH", "PUT"], "one_of": told(list(model().enums["Status"].values))}
    how: dict[str, Any] = {"within": emsp.push_patience, "proves": "OCPI221-LOC-31"}
    await emsp.hears_frame(expects={"one_of": told(status)}, **how, **what)
    await emsp.passes(offered.CHANGED)  # what is read may come from elsewhere than what is pushed


EVERY_STATUS = ("RESERVED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "UNKNOWN", "AVAILABLE")
"""What an EVSE that is there can be."""


@testcase(
    "OCPI221-CPO-LOC-09",
    verifies=["OCPI221-LOC-31", "OCPI221-LOC-51", "OCPI221-LOC-52", "OCPI221-TRN-52"],
    applies=f"(locations_receiver_patch or locations_receiver_put) and {HELD}",
)
async def test_a_status_is_pushed(emsp: ScriptedEmsp, operations: Control) -> None:
    """A new status of an EVSE is pushed in time, says when, holds nothing else, and is what a GET then gives."""
    [location] = await offered.pushed_locations(emsp, operations, 1)
    uid = location["evses"][0]["uid"]
    for status in STATUSES:
        await emsp.passes(offered.CHANGED)
        await operations.reports(evse=uid, status=status)
        await is_told(emsp, location["id"], uid, status)
        await emsp.gets("locations", location["id"], uid, expects=ok(data={"status": status}), proves="OCPI221-LOC-31")


@testcase("OCPI221-CPO-LOC-10", verifies=["OCPI221-LOC-32"], applies=HELD)
async def test_every_status(emsp: ScriptedEmsp, operations: Control) -> None:
    """Whatever the real EVSE is, its status says so."""
    [location] = await offered.locations(emsp, operations, 1)
    uid = location["evses"][0]["uid"]
    for status in EVERY_STATUS:
        await operations.reports(evse=uid, status=status)
        await emsp.passes(emsp.push_patience)
        expects = ok(data={"status": status})
        await emsp.gets("locations", location["id"], uid, expects=expects, proves="OCPI221-LOC-32")


@testcase("OCPI221-CPO-LOC-11", verifies=["OCPI221-LOC-60", "OCPI221-LOC-61", "OCPI221-TRN-53"], applies=HELD)
async def test_what_a_location_tells_besides(emsp: ScriptedEmsp, operations: Control) -> None:
    """Directions are plain text, exceptional closings are beside the openings, and the sources of energy add up."""
    await operations.publishes(location=made.detailed_location(made.name(emsp, "D1"), emsp.owner))
    await emsp.passes(offered.CHANGED)
    await emsp.pulls("locations")


@testcase("OCPI221-CPO-LOC-12", verifies=["OCPI221-LOC-63"], applies=f"{HELD} and tariffs_sender_get and holds_tariffs")
async def test_tariffs_of_one_type(emsp: ScriptedEmsp, operations: Control) -> None:
    """Of the tariffs that a connector names, only one of each type is active at a time."""
    await offered.location_with_successive_tariffs(emsp, operations)
    await emsp.pulls("tariffs")
    await emsp.pulls("locations")


@testcase("OCPI221-CPO-LOC-13", verifies=["OCPI221-LOC-62"], applies=f"{HELD} and ocpp_1_chargers and shared_evses")
async def test_connectors_that_share_an_evse(emsp: ScriptedEmsp, operations: Control) -> None:
    """Where OCPP 1.x chargers have several connectors in an EVSE, it says that a command has to name one."""
    id = made.name(emsp, "L1")
    await operations.publishes(location=made.location(id, emsp.owner, evses=[made.shared_evse(f"{id}-1")]))
    await emsp.passes(offered.CHANGED)
    await emsp.pulls("locations")
