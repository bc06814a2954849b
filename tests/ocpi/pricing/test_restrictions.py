"""Each restriction at its bounds, and the choice of elements: mod_tariffs, TariffRestrictions class and Tariff object."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evconform.ocpi.pricing.explanation import Explanation
from evconform.ocpi.pricing.price import price
from evconform.ocpi.pricing.session import Phase, Reading
from evconform.ocpi.pricing.tariff import Tariff

ZONE = "Europe/Ljubljana"
MONDAY = datetime(2026, 6, 1, tzinfo=ZoneInfo(ZONE))


def component(dimension: str = "TIME", at: float = 1.0, step_size: int = 0, **members: Any) -> dict[str, Any]:
    return {"type": dimension, "price": at, "step_size": step_size, **members}


def tariff(*elements: dict[str, Any], **members: Any) -> Tariff:
    return Tariff.of({"id": "T", "currency": "EUR", "elements": list(elements), **members})


def element(*components: dict[str, Any], **restrictions: Any) -> dict[str, Any]:
    return {"price_components": list(components or [component()]), "restrictions": restrictions}


def session(*steps: tuple[Any, ...], at: datetime = MONDAY) -> list[Reading]:
    """Steps of phase, hours, kWh in them, power, current."""
    kwh, found = Decimal(0), []
    for phase, hours, energy, *momentary in steps:
        found.append(Reading(at, phase, kwh, *momentary, tariff="T"))
        at, kwh = at + timedelta(hours=hours), kwh + Decimal(str(energy))
    return [*found, Reading(at, "parking", kwh)]


def hours_under(restrictions: dict[str, Any], *steps: tuple[Any, ...], at: datetime = MONDAY) -> float:
    """For how many hours an element of 1.00 an hour is active."""
    return float(price(session(*steps, at=at), [tariff(element(**restrictions))], ZONE).total.excl)


DAY = ("charging", 24, 24)


@pytest.mark.parametrize(
    ("restrictions", "hours"),
    [
        ({}, 24),
        ({"start_time": "13:30"}, 10.5),
        ({"end_time": "19:45"}, 19.75),
        ({"start_time": "13:30", "end_time": "19:45"}, 6.25),
        ({"start_time": "22:00", "end_time": "06:00"}, 8),
        ({"start_time": "22:00", "end_time": "00:00"}, 2),
        ({"start_time": "00:00", "end_time": "17:00"}, 17),
        ({"start_time": "00:00", "end_time": "00:00"}, 24),
        ({"start_time": "06:00", "end_time": "06:00"}, 24),
        ({"end_time": "00:00"}, 24),
        ({"start_date": "2026-06-01"}, 24),
        ({"start_date": "2026-06-02"}, 0),
        ({"end_date": "2026-06-01"}, 0),
        ({"end_date": "2026-06-02"}, 24),
        ({"day_of_week": ["MONDAY"]}, 24),
        ({"day_of_week": ["SUNDAY", "TUESDAY"]}, 0),
        ({"day_of_week": ["MONDAY"], "start_time": "22:00", "end_time": "06:00"}, 8),
        ({"min_kwh": 20}, 4),
        ({"max_kwh": 20}, 20),
        ({"min_kwh": 6, "max_kwh": 7.5}, 1.5),
        ({"min_duration": 7200}, 22),
        ({"max_duration": 1800}, 0.5),
        ({"min_duration": 1800, "max_duration": 3600, "max_kwh": 0.75}, 0.25),
        ({"min_power": 1}, 24),
        ({"max_power": 1}, 0),
        ({"min_power": 1.001}, 0),
        ({"max_power": 1.001}, 24),
        ({"min_current": 5}, 0),
        ({"max_current": 5}, 0),
        ({"reservation": "RESERVATION"}, 0),
        ({"reservation": "RESERVATION_EXPIRES"}, 0),
    ],
)
def test_a_day_at_1_kw(restrictions: dict[str, Any], hours: float) -> None:
    """A Monday from midnight to midnight by the wall. The current was not measured, so nothing that asks for it matches."""
    assert hours_under(restrictions, DAY) == hours


@pytest.mark.parametrize(
    ("restrictions", "hours"),
    [
        ({"min_current": 16}, 3),
        ({"max_current": 16}, 1),
        ({"min_current": 16, "max_current": 32}, 2),
        ({"min_power": 11}, 3),
        ({"max_power": 11}, 1),
        ({"min_power": 11, "max_power": 22}, 2),
        ({"min_power": 11, "max_power": 22, "min_duration": 5400}, 1.5),
    ],
)
def test_momentary_values_count_while_they_last(restrictions: dict[str, Any], hours: float) -> None:
    """The lower bound is in, the upper one is out; what was active ceases to be when the value leaves."""
    steps = [("charging", 1, 5, 5, 8), ("charging", 2, 22, 11, 16), ("charging", 1, 22, 22, 32)]
    assert hours_under(restrictions, *steps) == hours


def test_parked_nothing_flows() -> None:
    priced = tariff(element(component("PARKING_TIME", 5), max_power=1, max_current=1), element(component("PARKING_TIME", 7)))
    assert price(session(("charging", 1, 5), ("parking", 2, 0)), [priced], ZONE).total.excl == 10


@pytest.mark.parametrize("at", [0, 23])
def test_days_of_the_week_change_at_local_midnight(at: int) -> None:
    evening = MONDAY + timedelta(hours=at)
    assert hours_under({"day_of_week": ["MONDAY"]}, ("charging", 30, 3), at=evening) == 24 - at


def test_each_dimension_has_its_own_first_element() -> None:
    priced = tariff(
        element(component("ENERGY", 0.5), start_time="12:00", end_time="13:00"),
        element(component("TIME", 2), component("ENERGY", 0.25)),
        element(component("TIME", 100), component("ENERGY", 100), component("FLAT", 3)),
    )
    lines = price(session(("charging", 2, 20), at=MONDAY.replace(hour=11)), [priced], ZONE).lines
    assert [(line.dimension, line.element, float(line.billed), float(line.cost.excl)) for line in lines] == [
        ("FLAT", 2, 1, 3),
        ("ENERGY", 1, 10, 2.5),
        ("TIME", 1, 2, 4),
        ("ENERGY", 0, 10, 5),
    ]


def test_no_matching_element_costs_nothing() -> None:
    explained = price(session(("charging", 2, 20)), [tariff(element(start_time="12:00"))], ZONE)
    assert (explained.lines, explained.total.excl, explained.total.incl) == ((), 0, None)


def test_a_flat_of_each_element_counts_once_a_session() -> None:
    priced = tariff(element(component("FLAT", 2), start_time="12:00", end_time="13:00"), element(component("FLAT", 1)))
    steps: list[tuple[Phase, float, float]] = [("charging", 3, 3), ("parking", 30, 0)]
    lines = price(session(*steps, at=MONDAY.replace(hour=11)), [priced], ZONE).lines
    assert [(line.element, line.billed) for line in lines] == [(1, 1), (0, 1)]


def test_a_session_that_has_just_begun_costs_its_flat() -> None:
    priced = tariff(element(component("FLAT", 2.5), component("TIME", 2)))
    explained = price([Reading(MONDAY, "charging", 0, tariff="T")], [priced], ZONE)
    assert explained.total.as_wire() == {"excl_vat": 2.5}
    assert [period.volumes for period in explained.periods] == [(("TIME", 0), ("ENERGY", 0))]


RESERVED = ("reserved", 1, 0)
EXPIRES = {"reservation": "RESERVATION_EXPIRES"}
RESERVES = {"reservation": "RESERVATION"}


@pytest.mark.parametrize(
    ("elements", "used", "expired"),
    [
        ([element(component(at=3), **RESERVES), element(component(at=9), **EXPIRES)], 3, 9),
        ([element(component(at=3), **RESERVES), element(component("FLAT", 9), **EXPIRES)], 3, 12),
        ([element(component(at=3), component("FLAT", 1), **RESERVES), element(component("FLAT", 9), **EXPIRES)], 4, 12),
        ([element(component(at=3)), element(component("ENERGY", 5))], 0, 0),
        ([element(component("PARKING_TIME", 3), component("ENERGY", 5), **RESERVES)], 0, 0),
        ([element(component(at=3), max_duration=1800, **RESERVES)], 1.5, 1.5),
    ],
)
def test_a_reservation(elements: list[dict[str, Any]], used: float, expired: float) -> None:
    priced = [tariff(*elements)]
    assert price(session(RESERVED), priced, ZONE).total.excl == used
    assert price(session(RESERVED), priced, ZONE, expired=True).total.excl == expired


def test_the_duration_of_a_session_begins_after_its_reservation() -> None:
    priced = tariff(element(max_duration=3600))
    explained: Explanation = price(session(RESERVED, ("charging", 2, 5)), [priced], ZONE)
    assert explained.total.excl == 1
