"""OCPI 2.2.1, transport_and_format, pagination, with an eMSP under test as the client."""

from typing import Any

from evconform.harness.control import Control
from evconform.harness.law import testcase
from evconform.ocpi.expected import ok
from evconform.ocpi.scripted_cpo import ScriptedCpo
from suites.ocpi221 import made, written

PULLS = "locations_sender_get and locations_receiver_get"


def many(cpo: ScriptedCpo, count: int) -> list[dict[str, Any]]:
    """So many locations that we offer."""
    objects = [made.location(made.name(cpo, f"L{n + 1}"), cpo.party.owner, cpo.now) for n in range(count)]
    cpo.offers("locations", *objects)
    return objects


@testcase("OCPI221-EMSP-PAG-01", verifies=["OCPI221-PAG-17"], applies=PULLS)
async def test_all_pages_are_got(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP follows the Links, which are none that it could have made up, until there is none."""
    objects = many(cpo, 5)
    cpo.limits("locations", 2)
    cpo.marks_links("locations")
    await operations.pulls(module="locations")
    first = await cpo.hears("GET", "locations")
    for _ in range(2):
        await cpo.hears("GET", "locations", query={"page": True}, proves="OCPI221-PAG-17")
    cpo.looks_after(first)
    for each in objects:
        await cpo.gets("locations", each["id"], expects=ok(data={"id": each["id"]}), proves="OCPI221-PAG-17")


async def is_pulled_in_pages(cpo: ScriptedCpo, operations: Control, pages: int) -> None:
    """So many pages are asked for, each in its time, and what is on them is taken in."""
    await operations.pulls(module="locations")
    for n in range(pages):
        await cpo.hears("GET", "locations", proves="OCPI221-PAG-18" if n else None)
    await cpo.passes(max(written.SETTLED, cpo.push_patience))


@testcase("OCPI221-EMSP-PAG-02", verifies=["OCPI221-PAG-18"], applies=PULLS)
async def test_a_server_that_gives_less(cpo: ScriptedCpo, operations: Control) -> None:
    """An eMSP gets all that there is from a server that gives fewer objects than it asked for, and fewer still later."""
    cpo.limits("locations", 2)
    objects = many(cpo, 3)
    await is_pulled_in_pages(cpo, operations, 2)
    cpo.answers("locations", "GET", deviates="X-Limit is lowered")
    cpo.limits("locations", 1)
    objects = many(cpo, 5)
    await is_pulled_in_pages(cpo, operations, 5)
    for each in objects:
        await cpo.gets("locations", each["id"], expects=ok(data={"id": each["id"]}), proves="OCPI221-PAG-18")
