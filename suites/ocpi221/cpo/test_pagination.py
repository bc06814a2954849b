"""OCPI 2.2.1, transport_and_format, pagination, with a CPO under test."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.harness.verdict import NotReached
from evconform.ocpi.expected import ok, status
from evconform.ocpi.headers import LIMIT
from evconform.ocpi.moments import moment, stamp
from evconform.ocpi.scripted_emsp import ScriptedEmsp
from suites.ocpi221 import made, offered
from suites.ocpi221.offered import recent

PAGES = [
    *("OCPI221-PAG-01", "OCPI221-PAG-02", "OCPI221-PAG-04", "OCPI221-PAG-05", "OCPI221-PAG-06", "OCPI221-PAG-07"),
    "OCPI221-PAG-12",
]
HELD = "locations_sender_get and holds_locations"
FEW = {"limit": 2}
TOO_MANY = 1_000_000


@testcase("OCPI221-CPO-PAG-01", verifies=PAGES, applies=HELD)
async def test_a_list_in_pages(emsp: ScriptedEmsp, operations: Control) -> None:
    """Five locations come in pages of two: each once, with a Link to the next, and the headers that say how many there are."""
    await offered.are_listed(emsp, "locations", await offered.locations(emsp, operations, 5))
    await emsp.pulls("locations", query=FEW | recent(emsp), proves="OCPI221-PAG-05")
    await emsp.gets("locations", query=recent(emsp), expects=ok())
    until_tomorrow = {"date_to": emsp.ago(-86400)}
    await emsp.pulls("locations", query=FEW | recent(emsp) | until_tomorrow, proves="OCPI221-PAG-05")


@testcase("OCPI221-CPO-PAG-02", verifies=PAGES, applies="tariffs_sender_get and holds_tariffs")
async def test_tariffs_in_pages(emsp: ScriptedEmsp, operations: Control) -> None:
    """Five tariffs come in pages of two."""
    tariffs = [made.tariff(made.name(emsp, f"T{n}"), emsp.owner) for n in range(5)]
    await offered.are_listed(emsp, "tariffs", await offered.tariffs(emsp, operations, *tariffs))
    await emsp.pulls("tariffs", query=FEW | recent(emsp), proves="OCPI221-PAG-05")
    await emsp.gets("tariffs", query=recent(emsp), expects=ok())


@testcase("OCPI221-CPO-PAG-03", verifies=["OCPI221-PAG-03"], applies=HELD)
async def test_a_limit_that_is_too_high(emsp: ScriptedEmsp, operations: Control) -> None:
    """A limit is kept; one of millions is cut to X-Limit, which is the same for twice as many."""
    await offered.are_listed(emsp, "locations", await offered.locations(emsp, operations, 2))
    how: dict[str, Any] = {"proves": "OCPI221-PAG-03"}
    query = recent(emsp)
    await emsp.gets("locations", query=query | {"limit": 1}, expects=ok(at_most=1), **how)
    page = await emsp.gets("locations", query=query | {"limit": TOO_MANY}, expects=ok(header={LIMIT: True}), **how)
    most = page.header(LIMIT)
    await emsp.gets("locations", query=query | {"limit": 2 * TOO_MANY}, expects=ok(header={LIMIT: most}), **how)


async def second_of_three(emsp: ScriptedEmsp, operations: Control) -> tuple[str, str]:
    """The id and last_updated of the second of three locations that were published in this order. Raises NotReached."""
    objects = await offered.locations(emsp, operations, 3)
    wanted = objects[1]["id"]
    frame = await emsp.gets("locations", wanted, expects=ok())
    updated = frame.get("last_updated")
    try:
        moment(updated)
    except ValueError as error:
        raise NotReached(f"{wanted} has no last_updated to ask by: {error}") from error
    return wanted, str(updated)


@testcase("OCPI221-CPO-PAG-04", verifies=["OCPI221-PAG-08", "OCPI221-PAG-09", "OCPI221-PAG-10"], applies=HELD)
async def test_the_bounds_of_a_window(emsp: ScriptedEmsp, operations: Control) -> None:
    """What was last updated at date_from is in the window, what was at date_to is not, and nothing else is."""
    id, updated = await second_of_three(emsp, operations)
    since, until = {"date_from": updated}, recent(emsp) | {"date_to": updated}
    await offered.is_listed(emsp, id, since, ok(lists=[id]), "OCPI221-PAG-08")
    await offered.is_listed(emsp, id, until, ok(lists_none=[id]), "OCPI221-PAG-09")


@testcase("OCPI221-CPO-PAG-05", verifies=["OCPI221-PAG-11"], applies=HELD)
async def test_moments_however_they_are_written(emsp: ScriptedEmsp, operations: Control) -> None:
    """A window counts by moments: with and without Z, with and without fractions."""
    id, updated = await second_of_three(emsp, operations)
    for text in spellings(updated):
        until = recent(emsp) | {"date_to": text}
        await offered.is_listed(emsp, id, {"date_from": text}, ok(lists=[id]), "OCPI221-PAG-11")
        await offered.is_listed(emsp, id, until, ok(lists_none=[id]), "OCPI221-PAG-11")


def spellings(text: str) -> list[str]:
    """The same moment as types, DateTime allows to write it, and at most 25 characters long."""
    plain = stamp(moment(text)).removesuffix("Z")
    fraction = plain if "." in plain else f"{plain}.000"
    return [plain, f"{plain}Z", fraction, f"{fraction}Z"]


@testcase("OCPI221-CPO-PAG-06", verifies=["OCPI221-PAG-13"], applies=HELD)
async def test_behind_the_end(emsp: ScriptedEmsp, operations: Control) -> None:
    """An offset behind the last location gives an empty list."""
    await offered.are_listed(emsp, "locations", await offered.locations(emsp, operations, 2))
    await emsp.gets("locations", query={"offset": 1_000_000}, expects=ok(count=0), proves="OCPI221-PAG-13")


WRONG = (
    {"limit": -1},
    {"limit": "many"},
    {"offset": -1},
    {"offset": "first"},
    {"date_from": "yesterday"},
    {"date_to": "2026-13-01"},
)


@testcase("OCPI221-CPO-PAG-07", verifies=["OCPI221-PAG-14"], applies="locations_sender_get")
async def test_parameters_that_are_none(emsp: ScriptedEmsp) -> None:
    """A limit, an offset or a date that is none is answered with 2001."""
    for query in WRONG:
        how: dict[str, Any] = {"proves": "OCPI221-PAG-14", "deviates": "a parameter of pagination that is none"}
        await emsp.gets("locations", query=query, expects=status(2001), **how)


@testcase("OCPI221-CPO-PAG-08", verifies=["OCPI221-PAG-15"], applies=HELD)
async def test_the_order_stays(emsp: ScriptedEmsp, operations: Control) -> None:
    """A location that is added between two pages moves nothing on the pages after."""
    query = FEW | recent(emsp)
    whole = await offered.are_listed(emsp, "locations", await offered.locations(emsp, operations, 4), query)
    await operations.publishes(location=made.location(made.name(emsp, "A0"), emsp.owner))
    await emsp.passes(offered.CHANGED)
    offset = 0
    for page in whole.pages[:2]:
        ids = [each["id"] for each in page.data]
        at = query | {"offset": offset}
        await emsp.gets("locations", query=at, expects=ok(objects=ids), proves="OCPI221-PAG-15")
        offset += len(ids)


MANY = 20


@testcase("OCPI221-CPO-PAG-09", verifies=["OCPI221-ROB-09"], applies=HELD)
async def test_a_long_list(emsp: ScriptedEmsp, operations: Control) -> None:
    """A list of a good many pages is given to its end."""
    await offered.are_listed(emsp, "locations", await offered.locations(emsp, operations, MANY, apart=0))
    await emsp.pulls("locations", query={"limit": 1} | recent(emsp), proves="OCPI221-ROB-09")
