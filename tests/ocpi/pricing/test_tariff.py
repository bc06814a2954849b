"""Tariffs as they are read: every fixture, what is wrong with its place, and which tariff is chosen."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evconform.ocpi.pricing.tariff import Restrictions, Tariff, choose

TARIFFS = sorted((Path(__file__).parents[3] / "fixtures" / "tariffs").glob("*.json"))

EVERYTHING: dict[str, Any] = {
    "country_code": "SI",
    "party_id": "EVC",
    "id": "everything",
    "currency": "EUR",
    "type": "REGULAR",
    "min_price": {"excl_vat": 0.1, "incl_vat": 0.122},
    "max_price": {"excl_vat": 100},
    "elements": [
        {
            "price_components": [{"type": "ENERGY", "price": 0.1, "vat": 22.0, "step_size": 1}],
            "restrictions": {
                "start_time": "13:30",
                "end_time": "19:45",
                "start_date": "2015-12-24",
                "end_date": "2015-12-27",
                "min_kwh": 20,
                "max_kwh": 50.5,
                "min_current": 5,
                "max_current": 20,
                "min_power": 5,
                "max_power": 20,
                "min_duration": 60,
                "max_duration": 7200,
                "day_of_week": ["MONDAY", "SUNDAY"],
                "reservation": None,
            },
        }
    ],
    "start_date_time": "2015-06-29T20:39:09Z",
    "end_date_time": "2016-06-29T20:39:09Z",
    "last_updated": "2015-06-29T20:39:09Z",
}


def test_every_member_is_read() -> None:
    tariff = Tariff.of(EVERYTHING)
    assert tariff.elements[0].restrictions == Restrictions(
        time(13, 30),
        time(19, 45),
        date(2015, 12, 24),
        date(2015, 12, 27),
        *map(Decimal, ("20", "50.5", "5", "20", "5", "20")),
        60,
        7200,
        frozenset({"MONDAY", "SUNDAY"}),
    )
    assert tariff.elements[0].price_components[0].price == Decimal("0.1")
    assert tariff.min_price
    assert tariff.max_price
    assert (tariff.min_price.incl_vat, tariff.max_price.incl_vat) == (Decimal("0.122"), None)


@pytest.mark.parametrize("file", TARIFFS, ids=[file.stem for file in TARIFFS])
def test_the_fixtures_are_read_and_named_by_their_id(file: Path) -> None:
    assert Tariff.of(json.loads(file.read_text("utf-8"))).id == file.stem
    assert Tariff.of(json.loads(file.read_text("utf-8"), parse_float=Decimal)) == Tariff.of(json.loads(file.read_text("utf-8")))


@pytest.mark.parametrize(
    ("pointer", "value", "says"),
    [
        ("/id", None, "is missing"),
        ("/id", 5, "a string"),
        ("/currency", None, "is missing"),
        ("/type", "regular", "one of AD_HOC_PAYMENT"),
        ("/elements", [], "at least one"),
        ("/elements", {}, "a list"),
        ("/elements/0", 5, "an object"),
        ("/elements/0/price_components", [], "at least one"),
        ("/elements/0/price_components/0/type", "POWER", "one of ENERGY, FLAT"),
        ("/elements/0/price_components/0/price", None, "is missing"),
        ("/elements/0/price_components/0/price", "0.1", "a number"),
        ("/elements/0/price_components/0/price", True, "a number"),
        ("/elements/0/price_components/0/price", float("nan"), "a number of this world"),
        ("/elements/0/price_components/0/price", float("inf"), "a number of this world"),
        ("/elements/0/price_components/0/price", 1e300, "a number of this world"),
        ("/elements/0/price_components/0/price", Decimal("1E-5000"), "a number of this world"),
        ("/elements/0/price_components/0/price", 10**4000, "a number of this world"),
        ("/elements/0/price_components/0/step_size", None, "is missing"),
        ("/elements/0/price_components/0/step_size", 1.5, "a whole number"),
        ("/elements/0/price_components/0/step_size", -1, "not negative"),
        ("/elements/0/restrictions", [], "an object"),
        ("/elements/0/restrictions/start_time", "24:00", "a time of day"),
        ("/elements/0/restrictions/start_time", "9:00", "a time of day"),
        ("/elements/0/restrictions/end_time", "09:00:00", "a time of day"),
        ("/elements/0/restrictions/start_date", "2015-02-30", "a day of the calendar"),
        ("/elements/0/restrictions/start_date", "20150228", "a day of the calendar"),
        ("/elements/0/restrictions/end_date", "2015-W01-1", "a day of the calendar"),
        ("/elements/0/restrictions/day_of_week", ["monday"], "a list of MONDAY"),
        ("/elements/0/restrictions/day_of_week", [[]], "a list of MONDAY"),
        ("/elements/0/restrictions/day_of_week", "MONDAY", "a list"),
        ("/elements/0/restrictions/reservation", "RESERVED", "one of RESERVATION, RESERVATION_EXPIRES"),
        ("/min_price", 5, "an object"),
        ("/min_price/excl_vat", None, "is missing"),
        ("/start_date_time", "2015-06-29T20:39:09+00:00", "is not written like"),
    ],
)
def test_what_cannot_be_priced_by_is_named_with_its_place(pointer: str, value: Any, says: str) -> None:
    wire = copy.deepcopy(EVERYTHING)
    *parents, last = [int(part) if part.isdigit() else part for part in pointer[1:].split("/")]
    place: Any = wire
    for part in parents:
        place = place[part]
    place[last] = value
    with pytest.raises(ValueError, match=f"^{pointer}: .*{says}"):
        Tariff.of(wire)


def valid(name: str, type_: str | None = None, start: str | None = None, end: str | None = None) -> Tariff:
    members = {"id": name, "type": type_, "start_date_time": start, "end_date_time": end}
    return Tariff.of(EVERYTHING | members)


OLD = valid("old", end="2026-06-01T00:00:00Z")
NEW = valid("new", start="2026-06-01T00:00:00Z")
CHEAP = valid("cheap", "PROFILE_CHEAP")


@pytest.mark.parametrize(
    ("tariffs", "at", "type_", "chosen"),
    [
        ([OLD, NEW], datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC), "REGULAR", "old"),
        ([OLD, NEW], datetime(2026, 6, 1, tzinfo=UTC), "REGULAR", "new"),
        ([CHEAP, OLD], datetime(2026, 5, 1, tzinfo=UTC), "REGULAR", "old"),
        ([CHEAP, OLD], datetime(2026, 5, 1, tzinfo=UTC), "PROFILE_CHEAP", "cheap"),
        ([CHEAP], datetime(2026, 5, 1, tzinfo=UTC), "REGULAR", None),
        ([NEW], datetime(2026, 5, 1, tzinfo=UTC), "REGULAR", None),
    ],
)
def test_the_tariff_of_a_session(tariffs: list[Tariff], at: datetime, type_: str, chosen: str | None) -> None:
    found = choose(tariffs, at, type_)
    assert (found.id if found else None) == chosen
