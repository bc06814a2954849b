"""What breaks in the field, with an eMSP under test: fields of every kind, at their bounds and beyond."""

from typing import Any

from evconform.harness.law import testcase
from evconform.ocpi.expected import ok
from evconform.ocpi.model.fields import Mutation
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import made, spoiling, transport, written
from suites.ocpi221.transport import NOT_TAKEN

WRITES = "locations_receiver_put and locations_receiver_get"
PATCHES = f"{WRITES} and locations_receiver_patch"
TARIFFS = "tariffs_receiver_put and tariffs_receiver_get"


@testcase("OCPI221-EMSP-ROB-01", verifies=["OCPI221-ROB-08"], applies=WRITES)
async def test_one_connection(cpo: ScriptedCpo) -> None:
    """Several requests over one connection are answered, and so is a body in chunks."""
    await transport.keeps_a_connection(cpo, cpo.of("locations", made.name(cpo, "L1")))


@testcase("OCPI221-EMSP-ROB-02", verifies=["OCPI221-LOC-57"], applies=WRITES)
async def test_required_fields_of_a_location(cpo: ScriptedCpo) -> None:
    """A location without a field that is required, at whatever depth, is not stored."""
    await spoiling.is_refused(cpo, "locations", "missing", "OCPI221-LOC-57", picks=is_required)


def is_required(mutation: Mutation) -> bool:
    """Regular hours are not: they are needed where twentyfourseven is false, and may be left out by their cardinality."""
    return not mutation.pointer.endswith("/regular_hours")


@testcase("OCPI221-EMSP-ROB-03", verifies=["OCPI221-TAR-54"], applies=TARIFFS)
async def test_required_fields_of_a_tariff(cpo: ScriptedCpo) -> None:
    """A tariff without a field that is required is not stored."""
    await spoiling.is_refused(cpo, "tariffs", "missing", "OCPI221-TAR-54")


@testcase("OCPI221-EMSP-ROB-04", verifies=["OCPI221-ROB-01"], applies=WRITES)
async def test_null(cpo: ScriptedCpo) -> None:
    """null for a field that need not be there says that it is not there."""
    if cpo.policy("null-optional") == "omitted":
        await spoiling.is_taken(cpo, "locations", "null", "OCPI221-ROB-01")
    else:
        await spoiling.is_answered(cpo, "locations", "null", "OCPI221-ROB-01")


@testcase("OCPI221-EMSP-ROB-05", verifies=["OCPI221-LOC-30"], applies=WRITES)
async def test_unknown_fields(cpo: ScriptedCpo) -> None:
    """A field that the specification does not know does no harm, at whatever depth."""
    if cpo.policy("unknown-fields") == "ignored":
        await spoiling.is_taken(cpo, "locations", "unknown-field", "OCPI221-LOC-30")
    else:
        await spoiling.is_answered(cpo, "locations", "unknown-field", "OCPI221-LOC-30")


@testcase("OCPI221-EMSP-ROB-06", verifies=["OCPI221-ROB-02", "OCPI221-ROB-51"], applies=WRITES)
async def test_dates(cpo: ScriptedCpo) -> None:
    """A date is taken with and without Z and fractions, and refused with an offset or in another form."""
    for at in ("2024-11-29T12:00:00", "2024-11-29T12:00:00.5", "2024-11-29T12:00:01Z", "2024-11-29T12:00:01.123Z"):
        location = made.location(made.name(cpo, "D1"), cpo.party.owner, at)
        await cpo.puts("locations", location["id"], body=location, expects=ok(), proves="OCPI221-ROB-02")
    await cpo.gets("locations", location["id"], expects=ok(data={"id": location["id"]}), proves="OCPI221-ROB-02")
    offset = made.location(made.name(cpo, "D2"), cpo.party.owner, "2024-11-29T12:00:00+02:00")
    how: dict[str, Any] = {"expects": NOT_TAKEN, "proves": "OCPI221-ROB-51", "deviates": "a date with an offset"}
    await cpo.puts("locations", offset["id"], body=offset, **how)
    await spoiling.is_refused(cpo, "locations", "bad-date", "OCPI221-ROB-51")


@testcase("OCPI221-EMSP-ROB-07", verifies=["OCPI221-ROB-03", "OCPI221-ROB-53"], applies=f"{WRITES} and {TARIFFS}")
async def test_numbers(cpo: ScriptedCpo) -> None:
    """A text in the place of a number is refused; a number may be an integer."""
    whole = made.tariff(made.name(cpo, "T2"), cpo.party.owner, cpo.now, elements=[made.element(made.component("ENERGY", 1))])
    await cpo.puts("tariffs", whole["id"], body=whole, expects=ok(), proves="OCPI221-ROB-03")
    await cpo.gets("tariffs", whole["id"], expects=ok(data={"id": whole["id"]}), proves="OCPI221-ROB-03")
    for module in ("locations", "tariffs"):
        await spoiling.is_refused(cpo, module, "wrong-type", "OCPI221-ROB-53", picks=is_text_for_number)


NUMBERS = ("/max_voltage", "/max_amperage", "/price", "/step_size", "/percentage", "/weekday")


def is_text_for_number(mutation: Mutation) -> bool:
    return mutation.pointer.endswith(NUMBERS) and isinstance(spoiling.at(mutation), str)


@testcase("OCPI221-EMSP-ROB-08", verifies=["OCPI221-ROB-04", "OCPI221-ROB-52"], applies=WRITES)
async def test_lengths(cpo: ScriptedCpo) -> None:
    """A text as long as it may be is taken, and one that is a character longer is refused."""
    await spoiling.is_taken(cpo, "locations", "longest", "OCPI221-ROB-04")
    await spoiling.is_refused(cpo, "locations", "too-long", "OCPI221-ROB-52")


@testcase("OCPI221-EMSP-ROB-09", verifies=["OCPI221-ROB-05"], applies=WRITES)
async def test_enumerations(cpo: ScriptedCpo) -> None:
    """A value that an enumeration does not have, and one in small letters, is refused."""
    await spoiling.is_refused(cpo, "locations", "unknown-enum", "OCPI221-ROB-05")


TEXTS = ("Šišenska cesta 7", "充電所", "Ελλάδα €", "🔌 évier", 'a "quote" \\ and /')


@testcase("OCPI221-EMSP-ROB-10", verifies=["OCPI221-ROB-06"], applies=WRITES)
async def test_unicode(cpo: ScriptedCpo) -> None:
    """A name comes back as it was put, whatever letters it is written in; control characters are refused."""
    for n, text in enumerate(TEXTS):
        location = made.location(made.name(cpo, f"U{n}"), cpo.party.owner, cpo.now, name=text)
        await cpo.puts("locations", location["id"], body=location, expects=ok())
        await cpo.gets("locations", location["id"], expects=ok(data={"name": text}), proves="OCPI221-ROB-06")
    location = made.location(made.name(cpo, "U9"), cpo.party.owner, cpo.now, name="tab\tand line\nfeed")
    how: dict[str, Any] = {"expects": NOT_TAKEN, "proves": "OCPI221-ROB-06", "deviates": "control characters in a name"}
    await cpo.puts("locations", location["id"], body=location, **how)


IDS = ("+1", " 2", "*3", "%2B4", ":5")


@testcase("OCPI221-EMSP-ROB-11", verifies=["OCPI221-ROB-07"], applies=WRITES)
async def test_ids_in_urls(cpo: ScriptedCpo) -> None:
    """An id with characters that are encoded in a URL is found."""
    for text in IDS:
        id = made.name(cpo, text)
        await cpo.puts("locations", id, body=made.location(id, cpo.party.owner, cpo.now), expects=ok())
        await cpo.gets("locations", id, expects=ok(data={"id": id}), proves="OCPI221-ROB-07")


@testcase("OCPI221-EMSP-ROB-12", verifies=["OCPI221-ROB-10"], applies=WRITES)
async def test_the_same_again(cpo: ScriptedCpo) -> None:
    """The same PUT twice is a success twice, and leaves one location."""
    location = await written.location(cpo)
    await cpo.puts("locations", location["id"], body=location, expects=ok(), proves="OCPI221-ROB-10")
    await written.is_unchanged(cpo, location, "OCPI221-ROB-10")


@testcase("OCPI221-EMSP-ROB-13", verifies=["OCPI221-ROB-11"], applies=PATCHES)
async def test_patches_that_overtake_each_other(cpo: ScriptedCpo) -> None:
    """Of two PATCHes the newer one stays, whichever comes last."""
    id = (await written.location(cpo))["id"]
    for seconds, name in ((-100, "the newer"), (-200, "the older")):
        await cpo.patches("locations", id, body={"name": name, "last_updated": written.later(cpo, seconds)})
    await cpo.gets("locations", id, expects=ok(data={"name": "the newer"}), proves="OCPI221-ROB-11")
