"""The Receivers of locations and tariffs (OCPI 2.2.1, mod_locations, mod_tariffs): written, and read back."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest

from tests.reference.emsp.bench import Cpo, Lab, connector, evse, location, tariff

T1, T2, T3 = (f"2026-01-05T11:0{n}:00Z" for n in range(3))
BEFORE = "2026-01-05T09:00:00Z"


def test_what_is_put_is_kept_and_replaced(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        rich = location(postal_code="1000", facilities=["WIFI"], x_custom={"kept": True})
        assert await cpo.puts("locations", "L1", body=rich) == (201, 1000)
        assert await cpo.gets("locations", "L1") == rich
        assert await cpo.gets("locations", "L1", "L1-E1") == rich["evses"][0]
        assert await cpo.gets("locations", "L1", "L1-E1", "1") == rich["evses"][0]["connectors"][0]
        assert await cpo.puts("locations", "L1", body=location(at=T1)) == (200, 1000)
        assert await cpo.gets("locations", "L1") == location(at=T1)
        assert await cpo.puts("locations", "L1", body=location(at=T1)) == (200, 1000)
        for path in (("L2",), ("L1", "E9"), ("L1", "L1-E1", "9")):
            assert await cpo.gets("locations", *path) is None
        assert await cpo.puts("tariffs", "T1", body=tariff(min_price={"excl_vat": 1.0})) == (201, 1000)
        assert await cpo.puts("tariffs", "T1", body=tariff()) == (200, 1000)
        assert await cpo.gets("tariffs", "T1") == tariff()
        assert (await cpo.says("DELETE", "tariffs", "t1"))[:2] == (200, 1000)
        assert (await cpo.says("DELETE", "tariffs", "t1"))[0] == 404
        assert await cpo.gets("tariffs", "T1") is None

    lab.run(story())


def test_a_part_is_put_and_dates_what_is_around_it(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await cpo.puts("locations", "L1", body=location())
        assert await cpo.puts("locations", "L1", "E2", body=evse("E2", T1)) == (201, 1000)
        assert await cpo.puts("locations", "L1", "E2", body=evse("E2", T1, status="CHARGING")) == (200, 1000)
        expected = location(evses=[evse("L1-E1"), evse("E2", T1, status="CHARGING")]) | {"last_updated": T1}
        assert await cpo.gets("locations", "L1") == expected
        assert await cpo.puts("locations", "L1", "L1-E1", "2", body=connector("2", T2)) == (201, 1000)
        assert await cpo.puts("locations", "L1", "L1-E1", "1", body=connector("1", T1, max_amperage=16)) == (200, 1000)
        kept = await cpo.gets("locations", "L1")
        assert kept["last_updated"] == kept["evses"][0]["last_updated"] == T2, "never back"
        assert kept["evses"][0]["connectors"] == [connector("1", T1, max_amperage=16), connector("2", T2)]
        assert kept["evses"][1] == expected["evses"][1]
        for path in (("L9", "E1"), ("L9", "E1", "1"), ("L1", "E9", "1")):
            body = evse("E1", T1) if len(path) == 2 else connector("1", T1)
            assert await cpo.puts("locations", *path, body=body) == (404, 2003)
        assert await cpo.gets("locations", "L9") is None

    lab.run(story())


def test_a_patch_changes_what_it_names(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        first = location(facilities=["WIFI"])
        await cpo.puts("locations", "L1", body=first)
        assert await cpo.patches("locations", "L1", body={"name": "New", "postal_code": None, "last_updated": T1}) == (200, 1000)
        change = {"uid": "l1-e1", "status": "CHARGING", "last_updated": T2}
        assert await cpo.patches("locations", "L1", "L1-e1", body=change) == (200, 1000)
        body = {"tariff_ids": ["T1"], "last_updated": T3}
        assert await cpo.patches("locations", "L1", "L1-E1", "1", body=body) == (200, 1000)
        expected = copy.deepcopy(first) | {"name": "New", "last_updated": T3}
        expected["evses"][0] |= {"status": "CHARGING", "last_updated": T3}
        expected["evses"][0]["connectors"][0] |= body
        assert await cpo.gets("locations", "L1") == expected
        for path in (("L9",), ("L9", "E"), ("L1", "E9"), ("L1", "L1-E1", "9")):
            assert await cpo.patches("locations", *path, body={"last_updated": T3}) == (404, 2003)
        assert await cpo.gets("locations", "L9") is None

    lab.run(story())


REFUSED: list[tuple[str, tuple[str, ...], Any]] = [
    ("PATCH", ("L1",), {"name": "undated"}),
    ("PATCH", ("L1", "L1-E1"), {"status": "CHARGING", "last_updated": None}),
    ("PATCH", ("L1", "L1-E1"), {"status": "charging", "last_updated": T1}),
    ("PATCH", ("L1", "L1-E1"), {"uid": "other", "last_updated": T1}),
    ("PATCH", ("L1",), {"id": "other", "last_updated": T1}),
    ("PATCH", ("L1",), {"party_id": "XXX", "last_updated": T1}),
    ("PATCH", ("L1",), {"publish_allowed_to": [{"uid": "A", "type": "RFID"}], "last_updated": T1}),
    ("PATCH", ("L1",), {"evses": [evse("A"), evse("a")], "last_updated": T1}),
    ("PATCH", ("L1",), {"name": "older", "last_updated": BEFORE}),
    ("PATCH", ("L1",), []),
    ("PUT", ("L1",), location("L2", T1)),
    ("PUT", ("L1",), location(at=T1, country_code="AT")),
    ("PUT", ("L1",), location(at=BEFORE)),
    ("PUT", ("L1",), location(at="2026-01-05T13:00:00+02:00")),
    ("PUT", ("L1",), location(at="0000-01-01T00:00:00Z")),
    ("PUT", ("L1",), location(at=T1, evses=[evse("A"), evse("a")])),
    ("PUT", ("L1",), location(at=T1, evses=[evse("A", connectors=[connector("1"), connector("1")])])),
    ("PUT", ("L1",), location(at=T1, name="N" * 256)),
    ("PUT", ("L1",), location(at=T1, name="a\nb")),
    ("PUT", ("L1",), location(at=T1, publish="true")),
    ("PUT", ("L1",), {}),
    ("PUT", ("L1",), None),
    ("PUT", ("L1", "L1-E1"), evse("other", T1)),
    ("PUT", ("L1", "L1-E1"), evse("L1-E1", BEFORE)),
    ("PUT", ("L1", "L1-E1"), evse("L1-E1", T1, connectors=[])),
    ("PUT", ("L1", "L1-E1", "1"), connector("2", T1)),
    ("PUT", ("L1", "L1-E1", "1"), connector("1", BEFORE)),
    ("PUT", ("L1", "L1-E1", "1"), connector("1", T1) | {"max_voltage": "400"}),
]


@pytest.mark.parametrize(("method", "path", "body"), REFUSED, ids=[f"{m}-{len(p)}-{n}" for n, (m, p, _) in enumerate(REFUSED)])
def test_what_is_refused_changes_nothing(lab: Lab, method: str, path: tuple[str, ...], body: Any) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await cpo.puts("locations", "L1", body=location())
        text = "null" if body is None else None
        http, code = await says_null(cpo) if text else (await cpo.says(method, "locations", *path, body=body))[:2]
        assert (http, code) == (200, 2001)
        assert await cpo.gets("locations", "L1") == location()
        assert await cpo.gets("locations", "L2") is None

    lab.run(story())


async def says_null(cpo: Cpo) -> tuple[int, int]:
    """A PUT whose body is JSON's null."""
    endpoint = cpo.partner.endpoint("locations", "RECEIVER")
    http, envelope, _ = await cpo.lab.asks("PUT", f"{endpoint}/SI/EVC/L1", cpo.partner.their_token, content=b"null")
    return http, envelope["status_code"]


@pytest.mark.parametrize(
    "path", [("locations", "L1"), ("locations", "L1", "L1-E1"), ("locations", "L1", "L1-E1", "1"), ("tariffs", "T1")]
)
def test_methods_that_there_are_not(lab: Lab, path: tuple[str, ...]) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await cpo.puts("locations", "L1", body=location())
        await cpo.puts("tariffs", "T1", body=tariff())
        others = ("POST", "DELETE") if path[0] == "locations" else ("POST", "PATCH")
        for method in others:
            assert (await cpo.says(method, *path, body={"last_updated": T1}))[:2] == (405, 2000)
        assert await cpo.gets("locations", "L1") == location()
        assert await cpo.gets("tariffs", "T1") == tariff()

    lab.run(story())


def test_ids_have_no_case_and_keep_their_owners_spelling(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await cpo.puts("locations", "Evc-Mixed", body=location("Evc-Mixed"))
        for id, owner in (("EVC-MIXED", ("si", "evc")), ("evc-mixed", ("SI", "Evc"))):
            assert (await cpo.gets("locations", id, owner=owner))["id"] == "Evc-Mixed"
        assert await cpo.puts("locations", "EVC-MIXED", body=location("EVC-MIXED", T1, name="again")) == (200, 1000)
        assert (await cpo.gets("locations", "evc-mixed"))["name"] == "again"
        await cpo.patches("locations", "evc-mixed", body={"id": "evc-mixed", "country_code": "si", "last_updated": T2})
        kept = await cpo.gets("locations", "evc-mixed")
        assert (kept["id"], kept["country_code"], kept["last_updated"]) == ("EVC-MIXED", "SI", T2)
        assert (await lab.emsp.store.read(count()))[0]["n"] == 1

    lab.run(story())


def count() -> Any:
    from sqlalchemy import func, select

    from evconform.reference.emsp.schema import HELD

    return select(func.count().label("n")).select_from(HELD)


@pytest.mark.parametrize("id", ["A*B", "A+B", "A B", "A/B", "A%2FB", "A?b=c", "A#b", "~"])
def test_ids_of_any_characters(lab: Lab, id: str) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        assert await cpo.puts("locations", id, body=location(id)) == (201, 1000)
        assert await cpo.gets("locations", id) == location(id)

    lab.run(story())


@pytest.mark.parametrize("at", ["2026-01-05T11:00:00", "2026-01-05T11:00:00.5Z", "2026-01-05T11:00:00.123"])
def test_dates_and_texts_come_back_as_they_were(lab: Lab, at: str) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        value = location(at=at, name="Črpalka 漢字 🚗", address="A" * 255)
        assert await cpo.puts("locations", "L1", body=value | {"directions": None, "parking_type": None}) == (201, 1000)
        assert await cpo.gets("locations", "L1") == value

    lab.run(story())


def test_the_newest_of_many_patches_at_once_stays(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await cpo.puts("locations", "L1", body=location())
        times = [f"2026-01-05T11:00:{n:02}Z" for n in (7, 3, 9, 1, 8, 2, 5, 0, 4, 6)]
        bodies = [{"status": "CHARGING" if at.endswith("9Z") else "BLOCKED", "last_updated": at} for at in times]
        codes = await asyncio.gather(*(cpo.patches("locations", "L1", "L1-E1", body=body) for body in bodies))
        assert (200, 1000) in codes
        kept = await cpo.gets("locations", "L1")
        assert kept["evses"][0]["status"] == "CHARGING"
        assert kept["last_updated"] == kept["evses"][0]["last_updated"] == "2026-01-05T11:00:09Z"

    lab.run(story())


def test_a_store_that_is_gone_is_told_and_resynced(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is acknowledged that is not kept; what was pushed meanwhile is pulled."""

    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        cpo.lists["locations"] = [location("L1", lab.now())]
        commit = lab.emsp.store._commit

        async def fails(_: Any) -> None:
            monkeypatch.setattr(lab.emsp.store, "_commit", commit)
            raise OSError("no space left")

        monkeypatch.setattr(lab.emsp.store, "_commit", fails)
        assert await cpo.puts("locations", "L1", body=cpo.lists["locations"][0]) == (200, 3000)
        assert await cpo.gets("locations", "L1") is None
        await lab.settles(10)
        assert await cpo.gets("locations", "L1") == cpo.lists["locations"][0]

    lab.run(story())
