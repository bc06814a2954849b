"""The engine against a second one that is as simple as can be: it looks at every minute by itself. All seeded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evconform.ocpi.moments import stamp
from evconform.ocpi.pricing.cdr import price_periods, recompute, unsplit
from evconform.ocpi.pricing.price import price
from evconform.ocpi.pricing.session import Phase, Reading
from evconform.ocpi.pricing.tariff import DAYS, Tariff

ZONES = ("Europe/Amsterdam", "America/St_Johns", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu")
STARTS = (
    datetime(2026, 3, 28, 18, tzinfo=UTC),  # the night in which Europe loses an hour
    datetime(2026, 10, 24, 18, tzinfo=UTC),  # and the one in which it gains it again
    datetime(2026, 10, 3, 6, tzinfo=UTC),  # Lord Howe goes by half an hour
    datetime(2026, 4, 4, 6, tzinfo=UTC),
    datetime(2026, 11, 1, 1, tzinfo=UTC),  # St. John's
    datetime(2026, 12, 31, 14, tzinfo=UTC),
)
SEEDS = pytest.mark.parametrize("seed", range(60))


def clock(random: Random) -> str:
    return f"{random.choice([*range(24), 0, 1, 2, 3, 2]):02}:{random.choice([0, 15, 30, 45]):02}"


def random_restrictions(random: Random) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if random.random() < 0.5:
        chosen |= {"start_time": clock(random), "end_time": clock(random)}
    if random.random() < 0.2:
        chosen["day_of_week"] = random.sample(DAYS, random.randrange(1, 7))
    if random.random() < 0.2:
        chosen["min_kwh" if random.random() < 0.5 else "max_kwh"] = random.randrange(1, 60)
    if random.random() < 0.2:
        chosen["min_duration" if random.random() < 0.5 else "max_duration"] = 60 * random.randrange(1, 900)
    if random.random() < 0.2:
        chosen["min_power" if random.random() < 0.5 else "max_power"] = random.choice([3, 6, 9])
    return chosen


def random_tariff(random: Random, steps: tuple[int, ...] = (0, 1, 60, 300, 900)) -> dict[str, Any]:
    def component(dimension: str) -> dict[str, Any]:
        made = {"type": dimension, "price": random.randrange(0, 400) / 100, "step_size": random.choice(steps)}
        return made | ({"vat": random.choice([0, 5.2, 10, 20])} if random.random() < 0.8 else {})

    elements = []
    for _ in range(random.randrange(1, 6)):
        dimensions = random.sample(["FLAT", "ENERGY", "TIME", "PARKING_TIME"], random.randrange(1, 4))
        elements.append(
            {"price_components": [component(each) for each in dimensions], "restrictions": random_restrictions(random)}
        )
    return {"id": "T", "currency": "EUR", "elements": elements}


def random_session(random: Random) -> list[Reading]:
    """Whole minutes, at 6 kW steps of a tenth of a kWh a minute, so that every bound in kWh is met at the end of a minute."""
    at, kwh, found = random.choice(STARTS) + timedelta(minutes=random.randrange(600)), Fraction(0), []
    phases: list[Phase] = ["charging", *random.choices(["charging", "charging", "parking"], k=random.randrange(5))]
    for phase in phases:
        minutes, tenths = 10 * random.randrange(1, 40), 0 if phase == "parking" else random.choice([1, 1, 2])
        found.append(Reading(at, phase, kwh, 6 * tenths, None, "T"))
        at, kwh = at + timedelta(minutes=minutes), kwh + Fraction(minutes * tenths, 10)
    return [*found, Reading(at, "parking", kwh)]


def minutes_of(readings: list[Reading]) -> Iterator[tuple[datetime, Reading, Fraction, Fraction]]:
    """The middle of each minute, what holds in it, the energy before its middle, the energy in it."""
    for one, two in pairwise(readings):
        count = (two.at - one.at) // timedelta(minutes=1)
        each = (Fraction(two.kwh) - Fraction(one.kwh)) / count
        for n in range(count):
            yield one.at + timedelta(minutes=n, seconds=30), one, one.kwh + each * (2 * n + 1) / 2, each


def holds(asked: dict[str, Any], now: datetime, kwh: Fraction, seconds: float, power: float, zone: ZoneInfo) -> bool:
    local = now.astimezone(zone)
    shown, start, end = local.strftime("%H:%M"), asked.get("start_time", "00:00"), asked.get("end_time", "00:00")
    in_time = start <= shown < end if start < end else shown >= start or shown < end
    return (
        in_time
        and ("day_of_week" not in asked or local.strftime("%A").upper() in asked["day_of_week"])
        and asked.get("min_kwh", -1) <= kwh < asked.get("max_kwh", 10**6)
        and asked.get("min_duration", -1) <= seconds < asked.get("max_duration", 10**9)
        and asked.get("min_power", -1) <= power < asked.get("max_power", 10**6)
    )


def oracle(tariff: dict[str, Any], readings: list[Reading], zone: ZoneInfo) -> dict[tuple[int, str], Fraction]:
    """What was used (kWh, hours, once) by element and dimension, without steps."""
    used: dict[tuple[int, str], Fraction] = {}
    for now, reading, kwh, each in minutes_of(readings):
        time = "TIME" if reading.phase == "charging" else "PARKING_TIME"
        amounts = {"FLAT": None, "ENERGY": each, time: Fraction(1, 60)}
        for dimension, amount in amounts.items():
            for place, element in enumerate(tariff["elements"]):
                offered = [c["type"] for c in element["price_components"]]
                seconds = (now - readings[0].at).total_seconds()
                asked = element["restrictions"]
                if dimension in offered and holds(asked, now, kwh, seconds, float(reading.power or 0), zone):
                    used[place, dimension] = Fraction(1) if amount is None else used.get((place, dimension), Fraction(0)) + amount
                    break
    return used


@SEEDS
def test_what_was_used_of_each_component(seed: int) -> None:
    random = Random(seed)
    tariff, readings, zone = random_tariff(random), random_session(random), random.choice(ZONES)
    explained = price(readings, [Tariff.of(tariff)], zone)
    used = {(line.element, line.dimension): line.used for line in explained.lines}
    assert used == oracle(tariff, readings, ZoneInfo(zone))


@SEEDS
def test_splitting_a_period_anywhere_changes_nothing(seed: int) -> None:
    random = Random(seed)
    tariff, readings, zone = Tariff.of(random_tariff(random)), random_session(random), random.choice(ZONES)
    whole = price(readings, [tariff], zone)
    for _ in range(5):
        place = random.randrange(len(readings) - 1)
        one, two = readings[place], readings[place + 1]
        split = one.at + (two.at - one.at) * random.random()
        exactly = Fraction((split - one.at) // timedelta(microseconds=1), (two.at - one.at) // timedelta(microseconds=1))
        kwh = Fraction(one.kwh) + (Fraction(two.kwh) - Fraction(one.kwh)) * exactly
        readings.insert(place + 1, replace(one, at=split, kwh=kwh))
        assert price(readings, [tariff], zone) == whole


@SEEDS
def test_the_cdr_tells_enough_to_recompute_it(seed: int) -> None:
    """Volumes have four decimals and time stamps milliseconds, so a cent's hundredth may be lost, and no more."""
    random = Random(seed)
    wire, readings, zone = random_tariff(random), random_session(random), random.choice(ZONES)
    explained = price(readings, [Tariff.of(wire)], zone)
    periods, end = [period.as_wire() for period in explained.periods], readings[-1].at
    cdr = {"end_date_time": stamp(end), "charging_periods": periods, "tariffs": [wire]}
    again = recompute(cdr, zone)
    assert abs(again.total.excl - explained.total.excl) < Fraction(1, 1000)
    assert abs(again.total.paid - explained.total.paid) < Fraction(1, 1000)
    assert [line.dimension for line in again.lines] == [line.dimension for line in explained.lines]
    assert again.totals()["total_energy"] == explained.totals()["total_energy"]
    assert unsplit(cdr, zone) == []
    assert price_periods(periods, end, [Tariff.of(wire)], zone).total == again.total


@SEEDS
def test_more_energy_never_costs_less(seed: int) -> None:
    """With a step of 1 Wh: a greater one may make the last kWh of a dear element free when a cheap one follows."""
    random = Random(seed)
    tariff, zone = Tariff.of(random_tariff(random, steps=(0, 1))), random.choice(ZONES)
    readings, last = random_session(random), Fraction(0)
    for factor in sorted(Fraction(random.randrange(0, 3000), 1000) for _ in range(8)):
        fed = [replace(reading, kwh=Fraction(reading.kwh) * factor) for reading in readings]
        cost = price(fed, [tariff], zone).sub_total("ENERGY").excl
        assert cost >= last
        last = cost


@SEEDS
def test_equal_periods_have_no_order(seed: int) -> None:
    """Where nothing is restricted, what was charged when is all the same."""
    random = Random(seed)
    wire = random_tariff(random)
    tariff = Tariff.of(wire | {"elements": [element | {"restrictions": {}} for element in wire["elements"]]})
    lengths = [(random.randrange(1, 100), random.randrange(0, 9)) for _ in range(5)]
    seen = set()
    for _ in range(4):
        random.shuffle(lengths)
        at, kwh, readings = STARTS[0], 0, [Reading(STARTS[0], "charging", 0, tariff="T")]
        for minutes, fed in lengths:
            at, kwh = at + timedelta(minutes=minutes), kwh + fed
            readings.append(Reading(at, "charging", kwh, tariff="T"))
        seen.add(price(readings, [tariff], "UTC").total)
    assert len(seen) == 1


@SEEDS
def test_the_total_is_between_its_bounds(seed: int) -> None:
    random = Random(seed)
    least, most = sorted(random.randrange(0, 6000) / 100 for _ in range(2))
    bounds = {"min_price": {"excl_vat": least, "incl_vat": least * 1.1}, "max_price": {"excl_vat": most, "incl_vat": most * 1.3}}
    tariff = Tariff.of(random_tariff(random) | bounds)
    explained = price(random_session(random), [tariff], random.choice(ZONES))
    assert tariff.min_price
    assert tariff.max_price
    assert tariff.min_price.excl_vat <= explained.total.excl <= tariff.max_price.excl_vat
    assert tariff.min_price.incl_vat is not None
    assert tariff.max_price.incl_vat is not None
    assert tariff.min_price.incl_vat <= explained.total.paid <= tariff.max_price.incl_vat
    assert (explained.bounds == ()) == (
        explained.before.excl == explained.total.excl and explained.before.paid == explained.total.paid
    )


@SEEDS
def test_lines_and_periods_add_up(seed: int) -> None:
    random = Random(seed)
    readings = random_session(random)
    explained = price(readings, [Tariff.of(random_tariff(random))], random.choice(ZONES))
    volumes = [volume for period in explained.periods for volume in period.volumes]
    totals = explained.totals()
    assert sum(line.cost.excl for line in explained.lines) == explained.before.excl
    assert float(sum(volume for name, volume in volumes if name == "ENERGY")) == totals["total_energy"]
    assert float(sum(volume for name, volume in volumes if name == "PARKING_TIME")) == totals.get("total_parking_time", 0)
    assert explained.hours("charging", "parking") == Fraction((readings[-1].at - readings[0].at) // timedelta(seconds=1), 3600)
