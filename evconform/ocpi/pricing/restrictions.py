"""Which Tariff Elements match a situation, and where within a span that may change (mod_tariffs, TariffRestrictions class)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction

from evconform.ocpi.pricing.session import Phase, Reach
from evconform.ocpi.pricing.tariff import DAYS, PriceComponent, Restrictions, Tariff

PRICED: dict[Phase, tuple[str, ...]] = {
    "reserved": ("FLAT", "TIME"),
    "charging": ("FLAT", "ENERGY", "TIME"),
    "parking": ("FLAT", "ENERGY", "PARKING_TIME"),
}
"""The dimensions that may have a price in each phase; TIME is the time of the reservation in the first."""
_MIDNIGHT = time(0)
Bound = Decimal | int | None


@dataclass(frozen=True)
class Situation:
    """What restrictions ask for: wall clock, energy and seconds since the session (or reservation) began, momentary values."""

    wall: datetime
    kwh: Fraction
    seconds: Fraction
    power: Reach | None
    current: Reach | None


@dataclass(frozen=True)
class Active:
    """A Price Component, and the place of its element in the tariff."""

    element: int
    component: PriceComponent


def active(tariff: Tariff, phase: Phase, expired: bool, situation: Situation) -> dict[str, Active]:
    """For each dimension the component of the first element that has one and matches."""
    places = [n for n in _candidates(tariff, phase, expired) if matches(tariff.elements[n].restrictions, situation)]
    found: dict[str, Active] = {}
    for dimension in PRICED[phase]:
        offered = ((place, tariff.elements[place].component(dimension)) for place in places)
        if first := next((Active(place, component) for place, component in offered if component), None):
            found[dimension] = first
    return found


def _candidates(tariff: Tariff, phase: Phase, expired: bool) -> list[int]:
    """Elements for a reservation count before the session only; what an expired one costs goes before what any costs."""
    kinds: tuple[str | None, ...] = (None,)
    if phase == "reserved":
        kinds = ("RESERVATION_EXPIRES", "RESERVATION") if expired else ("RESERVATION",)
    return [n for kind in kinds for n, element in enumerate(tariff.elements) if element.restrictions.reservation == kind]


def matches(asked: Restrictions, situation: Situation) -> bool:
    day = situation.wall.date()
    return (
        _time_of_day(asked.start_time, asked.end_time, situation.wall.time())
        and (asked.start_date is None or asked.start_date <= day)
        and (asked.end_date is None or day < asked.end_date)
        and (not asked.day_of_week or DAYS[day.weekday()] in asked.day_of_week)
        and _within(asked.min_kwh, Reach(situation.kwh, situation.kwh), asked.max_kwh)
        and _within(asked.min_duration, Reach(situation.seconds, situation.seconds), asked.max_duration)
        and _within(asked.min_current, situation.current, asked.max_current)
        and _within(asked.min_power, situation.power, asked.max_power)
    )


def _time_of_day(start: time | None, end: time | None, now: time) -> bool:
    """An end before the start is on the next day, so 00:00 is midnight; equal ones, which nobody defines, are the whole day."""
    start, end = start or _MIDNIGHT, end or _MIDNIGHT
    return start <= now < end if start < end else start <= now or now < end


def _within(least: Bound, value: Reach | None, limit: Bound) -> bool:
    """An element that asks for what nobody measured does not match."""
    if least is None and limit is None:
        return True
    return value is not None and (least is None or least <= value.low) and (limit is None or value.high < limit)


def times_of(tariff: Tariff) -> set[time]:
    """The times of day at which an element may begin or cease to match."""
    all_asked = [element.restrictions for element in tariff.elements]
    times = {at for asked in all_asked for at in (asked.start_time, asked.end_time) if at is not None}
    by_day = any(asked.start_date or asked.end_date or asked.day_of_week for asked in all_asked)
    return times | {_MIDNIGHT} if times or by_day else times


def bounds_of(tariff: Tariff, *names: str) -> set[Fraction]:
    """The values of these restrictions, for instance ``min_kwh`` and ``max_kwh``, over all elements."""
    values: list[Bound] = [getattr(element.restrictions, name) for element in tariff.elements for name in names]
    return {Fraction(value) for value in values if value is not None}
