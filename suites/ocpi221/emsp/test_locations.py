"""OCPI 2.2.1, mod_locations, with an eMSP under test: what is written is read back."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpi.expected import ok, one_of, refused, status
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import made, written
from suites.ocpi221.transport import NOT_TAKEN, UNKNOWN, not_a_method

WRITES = "locations_receiver_put and locations_receiver_get"
PATCHES = f"{WRITES} and locations_receiver_patch"
PULLS = f"{WRITES} and locations_sender_get"


@testcase("OCPI221-EMSP-LOC-01", verifies=["OCPI221-LOC-18", "OCPI221-LOC-56"], applies=WRITES)
async def test_a_location_is_kept(cpo: ScriptedCpo) -> None:
    """A location that was put is got back the same, whole and in its parts."""
    id, uid = written.ids(cpo)
    location = await written.location(cpo, **RICH)
    [evse] = location["evses"]
    [connector] = evse["connectors"]
    await cpo.gets("locations", id, expects=written.whole(location), proves="OCPI221-LOC-18")
    await cpo.gets("locations", id, uid, expects=written.whole(evse), proves="OCPI221-LOC-56")
    await cpo.gets("locations", id, uid, "1", expects=written.whole(connector), proves="OCPI221-LOC-56")


@testcase("OCPI221-EMSP-LOC-15", verifies=["OCPI221-LOC-18"], applies=WRITES)
async def test_parts_of_a_location_are_bare(cpo: ScriptedCpo) -> None:
    """A location whose parts have only what they need is taken, and got back the same."""
    bare = {
        "energy_mix": {"is_green_energy": True},
        "operator": {"name": "evconform"},
        "opening_times": {"twentyfourseven": True},
    }
    location = made.location(made.name(cpo, "L1"), cpo.party.owner, written.later(cpo, -600), **bare)
    how: dict[str, Any] = {"proves": "OCPI221-LOC-18"}
    await cpo.puts("locations", location["id"], body=location, expects=ok(), **how)
    await cpo.gets("locations", location["id"], expects=written.whole(location), **how)


@testcase("OCPI221-EMSP-LOC-16", verifies=["OCPI221-LOC-18"], applies=WRITES)
async def test_a_fraction_of_a_second_is_kept(cpo: ScriptedCpo) -> None:
    """A date with a fraction of a second is got back as the same moment."""
    half_a_second_later = written.later(cpo, -600).replace("Z", ".5Z")
    location = await written.location(cpo, last_updated=half_a_second_later)
    await cpo.gets("locations", location["id"], expects=written.whole(location), proves="OCPI221-LOC-18")


RICH: dict[str, Any] = {
    "directions": [{"language": "sl", "text": "Levo za črpalko"}, {"language": "en", "text": "To the left"}],
    "operator": {"name": "evconform", "website": "https://example.com/"},
    "facilities": ["HOTEL", "WIFI"],
    "parking_type": "PARKING_LOT",
    "charging_when_closed": False,
    "energy_mix": {
        "is_green_energy": False,
        "energy_sources": [{"source": "WATER", "percentage": 60.5}, {"source": "WIND", "percentage": 39.5}],
        "supplier_name": "evconform",
        "energy_product_name": "Water",
    },
}
"""Fields of every kind that a location need not have."""


@testcase("OCPI221-EMSP-LOC-02", verifies=["OCPI221-LOC-19", "OCPI221-LOC-22"], applies=WRITES)
async def test_a_part_is_put(cpo: ScriptedCpo) -> None:
    """An EVSE or a connector that is put comes into its location or replaces itself there; nothing else changes but the date."""
    id, uid = written.ids(cpo)
    location = await written.location(cpo, **RICH)
    at = written.later(cpo, -300)
    second = made.evse(f"{id}-2", at)
    await cpo.puts("locations", id, second["uid"], body=second, expects=ok())
    wanted = location | {"evses": [*location["evses"], second]}
    await cpo.gets("locations", id, expects=written.whole(written.undated(wanted)), proves="OCPI221-LOC-19")
    await cpo.gets("locations", id, expects=ok(not_before={"last_updated": at}), proves="OCPI221-LOC-22")
    at = written.later(cpo, -200)
    weaker = made.connector("1", at, max_amperage=16, max_electric_power=11000)
    await cpo.puts("locations", id, uid, "1", body=weaker, expects=ok())
    wanted = location | {"evses": [location["evses"][0] | {"connectors": [weaker]}, second]}
    await cpo.gets("locations", id, expects=written.whole(written.undated(wanted)), proves="OCPI221-LOC-19")
    for parent in ((id,), (id, uid)):
        await cpo.gets("locations", *parent, expects=ok(not_before={"last_updated": at}), proves="OCPI221-LOC-22")


@testcase("OCPI221-EMSP-LOC-03", verifies=["OCPI221-LOC-20"], applies=WRITES)
async def test_a_location_is_replaced(cpo: ScriptedCpo) -> None:
    """What a second PUT leaves out is gone."""
    id, _ = written.ids(cpo)
    location = await written.location(cpo, **RICH)
    shorter = written.without(location, "name", "postal_code", *RICH) | {"last_updated": written.later(cpo, -300)}
    shorter["evses"] = [written.without(each, "physical_reference", "capabilities") for each in location["evses"]]
    await cpo.puts("locations", id, body=shorter, expects=ok())
    gone = ["name", "postal_code", "directions", "facilities", "parking_type", "energy_mix"]  # operator has a default elsewhere
    gone += ["evses/0/physical_reference", "evses/0/capabilities"]
    await cpo.gets("locations", id, expects=ok(data={"id": id}, absent=gone), proves="OCPI221-LOC-20")


@testcase("OCPI221-EMSP-LOC-04", verifies=["OCPI221-LOC-21"], applies=PATCHES)
async def test_a_patch_changes_what_it_names(cpo: ScriptedCpo) -> None:
    """A PATCH of a location, an EVSE and a connector changes the fields in it, and leaves the others."""
    id, uid = written.ids(cpo)
    location = await written.location(cpo, **RICH)
    at = written.later(cpo, -300)
    await cpo.patches("locations", id, body={"name": "patched", "last_updated": at}, expects=ok())
    await cpo.patches("locations", id, uid, body={"status": "CHARGING", "last_updated": at}, expects=ok())
    terms = {"terms_and_conditions": "https://example.com/terms"}
    await cpo.patches("locations", id, uid, "1", body=terms | {"last_updated": at}, expects=ok())
    [evse] = location["evses"]
    [connector] = evse["connectors"]
    changed = location | {"name": "patched", "evses": [evse | {"status": "CHARGING", "connectors": [connector | terms]}]}
    await cpo.gets("locations", id, expects=written.whole(written.undated(changed)), proves="OCPI221-LOC-21")


@testcase("OCPI221-EMSP-LOC-05", verifies=["OCPI221-LOC-22"], applies=PATCHES)
async def test_a_patch_dates_the_parents(cpo: ScriptedCpo) -> None:
    """A PATCH of an EVSE or connector sets the date of what is around it."""
    id, uid = written.ids(cpo)
    await written.location(cpo)
    for ids, parents in (((uid,), ("last_updated",)), ((uid, "1"), ("last_updated", "evses/0/last_updated"))):
        await cpo.passes(2)
        at = written.later(cpo, 0)
        change = {"status": "CHARGING"} if len(ids) == 1 else {"max_amperage": 20}
        await cpo.patches("locations", id, *ids, body=change | {"last_updated": at}, expects=ok())
        expects = ok(not_before=dict.fromkeys(parents, at))
        await cpo.gets("locations", id, expects=expects, proves="OCPI221-LOC-22")


@testcase("OCPI221-EMSP-LOC-06", verifies=["OCPI221-LOC-23"], applies=PATCHES)
async def test_a_patch_without_a_date(cpo: ScriptedCpo) -> None:
    """A PATCH without last_updated is answered with 2001, and changes nothing."""
    id, uid = written.ids(cpo)
    location = await written.location(cpo)
    how: dict[str, Any] = {"proves": "OCPI221-LOC-23", "deviates": "a PATCH without last_updated"}
    await cpo.patches("locations", id, body={"name": "undated"}, expects=status(2001), **how)
    await cpo.patches("locations", id, uid, body={"status": "CHARGING"}, expects=status(2001), **how)
    await written.is_unchanged(cpo, location, "OCPI221-LOC-23")


@testcase("OCPI221-EMSP-LOC-07", verifies=["OCPI221-LOC-24"], applies=WRITES)
async def test_another_id_in_the_body(cpo: ScriptedCpo) -> None:
    """A location whose id is not that of the URL is answered with 2001, and kept under neither."""
    id, _ = written.ids(cpo)
    other = made.location(made.name(cpo, "L2"), cpo.party.owner, cpo.now)
    how: dict[str, Any] = {"proves": "OCPI221-LOC-24", "deviates": "an id that is not that of the URL"}
    await cpo.puts("locations", id, body=other, expects=status(2001), **how)
    for each in (id, other["id"]):
        await cpo.gets("locations", each, expects=NOT_TAKEN, proves="OCPI221-LOC-24")


@testcase("OCPI221-EMSP-LOC-08", verifies=["OCPI221-LOC-25"], applies=WRITES)
async def test_a_location_of_another_party(cpo: ScriptedCpo) -> None:
    """A location of a party that the CPO did not name in its credentials is refused."""
    id = (await written.location(cpo))["id"]  # one that is taken
    stranger = ("XZ", "EVX")
    location = made.location(id, stranger, cpo.now)
    how: dict[str, Any] = {"proves": "OCPI221-LOC-25", "owner": stranger, "expects": NOT_TAKEN}
    await cpo.puts("locations", id, body=location, deviates="a party that is none of ours", **how)
    await cpo.gets("locations", id, deviates="a party that is none of ours", **how)


@testcase("OCPI221-EMSP-LOC-09", verifies=["OCPI221-LOC-26"], applies=PATCHES)
async def test_a_patch_of_nothing(cpo: ScriptedCpo) -> None:
    """A PATCH of a location that is not there is refused, and makes none."""
    _, uid = written.ids(cpo)
    await written.location(cpo)
    how: dict[str, Any] = {"proves": "OCPI221-LOC-26", "expects": NOT_TAKEN}
    await cpo.patches("locations", UNKNOWN, body={"name": "a ghost", "last_updated": cpo.now}, **how)
    await cpo.patches("locations", UNKNOWN, uid, body={"status": "CHARGING", "last_updated": cpo.now}, **how)
    await cpo.gets("locations", UNKNOWN, **how)


@testcase("OCPI221-EMSP-LOC-10", verifies=["OCPI221-LOC-27"], applies=WRITES)
async def test_no_post_and_no_delete(cpo: ScriptedCpo) -> None:
    """A location is neither posted nor deleted."""
    id, uid = written.ids(cpo)
    location = await written.location(cpo)
    how: dict[str, Any] = {"proves": "OCPI221-LOC-27", "expects": not_a_method(cpo)}
    how["deviates"] = "a method that a Receiver of locations does not have"
    await cpo.posts("locations", id, body=location | {"name": "posted"}, **how)
    await cpo.deletes("locations", id, **how)
    await cpo.deletes("locations", id, uid, **how)
    await written.is_unchanged(cpo, location, "OCPI221-LOC-27")


@testcase("OCPI221-EMSP-LOC-11", verifies=["OCPI221-LOC-28", "OCPI221-LOC-59"], applies=WRITES)
async def test_ids_in_capitals_and_small_letters(cpo: ScriptedCpo) -> None:
    """An id is the same in capitals and small letters, and is given back as it was put."""
    id = (await written.location(cpo, "Mixed"))["id"]
    for spelt, owner in ((id.upper(), None), (id.lower(), tuple(each.lower() for each in cpo.party.owner))):
        await cpo.gets("locations", spelt, owner=owner, expects=ok(data={"id": id}), proves="OCPI221-LOC-28")
    as_put = ok(spelt={"id": id, "country_code": cpo.party.country_code})
    await cpo.gets("locations", id, expects=as_put, proves="OCPI221-LOC-59")
    again = made.location(id.upper(), cpo.party.owner, cpo.now, name="one and the same")
    await cpo.puts("locations", id.upper(), body=again, expects=ok())
    same = ok(data={"name": "one and the same"})
    await cpo.gets("locations", id, expects=same, proves="OCPI221-LOC-28")


@testcase("OCPI221-EMSP-LOC-12", verifies=["OCPI221-LOC-29"], applies=WRITES)
async def test_what_is_older(cpo: ScriptedCpo) -> None:
    """A location that is older than what is kept does not replace it."""
    id, _ = written.ids(cpo)
    location = await written.location(cpo)
    older = made.location(id, cpo.party.owner, written.later(cpo, -3600), name="an hour ago")
    await cpo.puts("locations", id, body=older)
    name = location["name"] if cpo.policy("stale-write") == "refused" else older["name"]
    await cpo.gets("locations", id, expects=ok(data={"name": name}), proves="OCPI221-LOC-29")


@testcase("OCPI221-EMSP-LOC-13", verifies=["OCPI221-LOC-58"], applies=PULLS)
async def test_what_is_pulled_is_kept(cpo: ScriptedCpo, operations: Control) -> None:
    """What a pull brings is kept as it came."""
    id, _ = written.ids(cpo)
    location = made.location(id, cpo.party.owner, cpo.now, **RICH)
    cpo.offers("locations", location)
    await written.is_pulled(cpo, operations, "locations")
    await cpo.gets("locations", id, expects=written.whole(location), proves="OCPI221-LOC-58")


@testcase("OCPI221-EMSP-LOC-14", verifies=["OCPI221-LOC-55"], applies=PULLS)
async def test_a_pull_is_the_new_truth(cpo: ScriptedCpo, operations: Control) -> None:
    """A location that is in no page of a full pull is no longer valid: its EVSE is not available any more, or it is not there."""
    id, _ = written.ids(cpo)
    location = await written.location(cpo)
    other = made.location(made.name(cpo, "L2"), cpo.party.owner, cpo.now)
    cpo.offers("locations", other)
    first = await written.is_pulled(cpo, operations, "locations")
    await cpo.gets("locations", other["id"], expects=ok())
    written.is_asked_for(first, location)
    gone = one_of(
        refused(404), ok(data={"evses/0/status": ["REMOVED", "UNKNOWN", "OUTOFORDER", "INOPERATIVE"]}), ok(absent=["evses"])
    )
    await cpo.gets("locations", id, expects=gone, proves="OCPI221-LOC-55")
