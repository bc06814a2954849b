"""The eMSP's pulls (OCPI 2.2.1, transport_and_format: pull, pagination): to the end, full or from a date, and what is broken."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from evconform.reference.moments import stamp
from tests.reference.emsp.bench import Cpo, Lab, evse, location, tariff
from tests.reference.ocpi.bench import cpo as party
from tests.reference.ocpi.bench import emsp


async def held(cpo: Cpo, *ids: str, module: str = "locations") -> list[str]:
    """Which of these the eMSP holds."""
    return [id for id in ids if await cpo.gets(module, id)]


def test_a_registration_is_followed_by_a_pull_of_all(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo(registers=False)
        cpo.page = 2
        cpo.lists = {"locations": [location(f"L{n}", f"2026-01-05T10:0{n}:00Z") for n in range(5)], "tariffs": [tariff()]}
        _, token = await lab.emsp.platform.partners.invite()
        await cpo.platform.joining.registers(lab.emsp.platform.versions_url, token)
        assert cpo.asked == [], "our answer goes first"
        await cpo.puts("locations", "pushed", body=location("pushed"))
        await lab.settles()
        assert cpo.asked == [("locations", ""), ("locations", "from=2"), ("locations", "from=4"), ("tariffs", "")]
        for each in cpo.lists["locations"]:
            assert await cpo.gets("locations", each["id"]) == each
        assert await cpo.gets("tariffs", "T1") == tariff()
        assert await cpo.gets("locations", "pushed"), "it came after the registration, so it is true"

    lab.run(story())


def test_we_register_and_pull(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo(registers=False)
        cpo.lists["locations"] = [location()]
        _, token = await cpo.platform.partners.invite()
        await lab.emsp.platform.joining.registers(cpo.platform.versions_url, token)
        await lab.settles()
        assert await cpo.gets("locations", "L1") == location()

    lab.run(story())


def test_a_full_pull_is_the_new_truth(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        newer = location("newer", "2026-01-05T11:00:00Z")
        for id in ("gone", "newer", "same"):
            await cpo.puts("locations", id, body=location(id) if id != "newer" else newer)
        await cpo.puts("tariffs", "gone", body=tariff("gone"))
        cpo.lists["locations"] = [location("new"), location("newer"), location("same")]
        outcome = await lab.emsp.pulls(lab.partner, "locations")
        assert (outcome.taken, outcome.kept, outcome.dropped, outcome.broken) == (1, 2, 1, 0)
        assert await held(cpo, "gone", "new", "newer", "same") == ["new", "newer", "same"]
        assert await cpo.gets("locations", "newer") == newer
        assert await held(cpo, "gone", module="tariffs") == ["gone"], "of its own module only"

    lab.run(story())


def test_what_is_pushed_during_a_full_pull_stays(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        cpo.lists["locations"] = [location("A"), location("B")]
        cpo.page = 1
        serves = cpo.serves

        async def pushes(asked: Any, module: str) -> Any:
            if asked.query:
                await cpo.puts("locations", "C", body=location("C"))
            return await serves(asked, module)

        cpo.serves = pushes  # type: ignore[method-assign]
        assert (await lab.emsp.pulls(lab.partner, "locations")).dropped == 0
        assert await held(cpo, "A", "B", "C") == ["A", "B", "C"]

    lab.run(story())


def test_a_delta_asks_from_the_newest_change_on(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        cpo.lists["locations"] = [location("A"), location("B", "2026-01-05T10:30:00.5Z")]
        await lab.settles()
        cpo.asked.clear()
        cpo.lists["locations"].append(location("C", "2026-01-05T11:00:00Z"))
        outcome = await lab.emsp.pulls(lab.partner, "locations", full=False)
        assert (outcome.full, outcome.taken, outcome.kept) == (False, 1, 1)
        assert cpo.asked == [("locations", "date_from=2026-01-05T10:30:00.500Z")]
        await lab.emsp.pulls(lab.partner, "locations", full=False)
        assert cpo.asked[1] == ("locations", "date_from=2026-01-05T11:00:00Z")
        cpo.lists["locations"] = []
        assert (await lab.emsp.pulls(lab.partner, "locations", full=False)).dropped == 0
        assert await held(cpo, "A", "B", "C") == ["A", "B", "C"]
        assert (await lab.emsp.pulls(lab.partner, "tariffs", full=False)).full, "a tariff may be gone"

    lab.run(story())


def test_a_partner_whose_clock_is_ahead_hides_nothing(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        cpo.lists["locations"] = [location("A", "2036-01-05T10:00:00Z")]
        await lab.settles()
        [row] = [each for each in await lab.emsp.store.read(pulled()) if each["module"] == "locations"]
        assert row["since"] <= stamp(lab.clock.date())

    lab.run(story())


def pulled() -> Any:
    from sqlalchemy import select

    from evconform.reference.emsp.schema import PULLED

    return select(PULLED)


BROKEN: list[tuple[Any, str]] = [
    (None, "Location: expected"),
    ({"id": 7}, "Location"),
    ({**location("X"), "coordinates": None}, "coordinates"),
    (location("X", country_code="AT"), "AT/EVC is no CPO"),
    (location("X", evses=[evse("A"), evse("a")]), "two have the uid"),
    (location("X", at="2026-02-30T00:00:00Z"), "last_updated"),
]


@pytest.mark.parametrize(("broken", "says"), BROKEN, ids=[says[:12] for _, says in BROKEN])
def test_broken_objects_do_not_stop_good_ones(lab: Lab, broken: Any, says: str) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        cpo.serves = serving([location("A"), broken, location("B")])  # type: ignore[method-assign]
        outcome = await lab.emsp.pulls(lab.partner, "locations")
        assert (outcome.taken, outcome.broken) == (2, 1)
        assert says in outcome.says[0]
        assert await held(cpo, "A", "B", "X") == ["A", "B"]
        assert "1 objects were left out" in lab.emsp.platform.partners.troubles[lab.partner.id].says

    lab.run(story())


def serving(objects: list[Any]) -> Any:
    from evconform.reference.ocpi.reply import Reply

    async def serves(*_: Any) -> Reply:
        return Reply(objects)

    return serves


def test_what_is_broken_now_is_not_gone(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        await cpo.puts("locations", "L1", body=location())
        cpo.serves = serving([location() | {"coordinates": 7}])  # type: ignore[method-assign]
        assert (await lab.emsp.pulls(lab.partner, "locations")).dropped == 0
        assert await cpo.gets("locations", "L1") == location()

    lab.run(story())


def test_each_cpo_of_a_platform_is_asked(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo(party("EVC"), party("EVX"), emsp("ALS", "AT"))
        routed: list[Any] = []
        serves = cpo.serves

        async def listens(asked: Any, module: str) -> Any:
            routed.append((module, asked.routing.to, asked.routing.sender))
            return await serves(asked, module)

        cpo.serves = listens  # type: ignore[method-assign]
        cpo.lists["locations"] = [location(), location(party_id="EVX"), location(party_id="ALS", country_code="AT")]
        await lab.settles()
        us = ("NL", "DRV")
        assert routed[:2] == [("locations", ("SI", "EVC"), us), ("locations", ("SI", "EVX"), us)]
        assert await cpo.gets("locations", "L1", owner=("SI", "EVX")) == location(party_id="EVX")
        assert await cpo.gets("locations", "L1", owner=("AT", "ALS")) is None, "that is none of its CPOs"

    lab.run(story())


def test_partners_and_own_parties_are_strictly_apart(lab: Lab) -> None:
    async def story() -> None:
        await lab.emsp.platform.has(emsp("TWO", "BE"))
        one, other = await lab.cpo(party("EVC")), await lab.cpo(party("XYZ", "AT"))
        await lab.settles()
        theirs = location(country_code="AT", party_id="XYZ")
        drv, two = ("NL", "DRV"), ("BE", "TWO")
        assert await one.puts("locations", "L1", body=location(), to=two) == (201, 1000)
        assert await one.puts("locations", "L1", body=theirs, owner=("AT", "XYZ")) == (404, 2000)
        assert await other.puts("locations", "L1", body=theirs, owner=("AT", "XYZ")) == (201, 1000)
        assert await one.gets("locations", "L1", owner=("AT", "XYZ")) is None
        assert await one.gets("locations", "L1", to=drv) is None
        assert await one.gets("locations", "L1", to=two) == location()
        assert (await one.says("GET", "locations", "L1", to=("FR", "NIL")))[:2] == (200, 2001)
        await lab.emsp.platform.partners.leaves(one_at(lab, "EVC"))
        lab.emsp.platform.on_left(one_at(lab, "EVC"))
        await lab.settles()
        assert [row["country_code"] for row in await lab.emsp.store.read(everything())] == ["AT"]

    lab.run(story())


def one_at(lab: Lab, party_id: str) -> Any:
    return next(each for each in lab.emsp.platform.partners.all.values() if party_id in each.roles)


def everything() -> Any:
    from sqlalchemy import select

    from evconform.reference.emsp.schema import HELD

    return select(HELD)


def test_many_partners_with_the_same_ids_at_once(lab: Lab) -> None:
    """Each reads back what it told, and nobody what another did."""
    owners = [("SI", f"P{n:02}") for n in range(20)]

    async def story() -> None:
        cpos = [await lab.cpo(party(id)) for _, id in owners]
        for cpo, (_, id) in zip(cpos, owners, strict=True):
            cpo.lists = {
                "locations": [location(party_id=id, name=id)],
                "tariffs": [tariff(party_id=id, min_price={"excl_vat": 1})],
            }
        await lab.settles()
        pushed = [tariff("private", party_id=id, currency="CHF") for _, id in owners]
        puts = (
            cpo.puts("tariffs", "private", body=body, owner=owner) for cpo, body, owner in zip(cpos, pushed, owners, strict=True)
        )
        assert set(await asyncio.gather(*puts)) == {(201, 1000)}
        for cpo, owner in zip(cpos, owners, strict=True):
            assert (await cpo.gets("locations", "L1", owner=owner))["name"] == owner[1]
            assert await cpo.gets("tariffs", "private", owner=owners[owners.index(owner) - 1]) is None
        assert len({each.their_token for cpo in cpos for each in cpo.platform.partners.registered}) == 20
        assert len(await lab.emsp.store.read(everything())) == 60
        await lab.emsp.pulls(lab.partner, "tariffs")
        assert len(await lab.emsp.store.read(everything())) == 59, "what one takes back is gone for that one alone"

    lab.run(story())
