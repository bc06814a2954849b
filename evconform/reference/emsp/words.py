"""A tariff in a driver's words (OCPI 2.2.1, mod_tariffs): its prices and when they hold, not what a session costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from evconform.ocpi.moments import moment

Value = dict[str, Any]
UNITS = {"ENERGY": "per kWh", "TIME": "per hour of charging", "PARKING_TIME": "per hour of parking", "FLAT": "once"}
STEPS = {"ENERGY": "Wh", "TIME": "s", "PARKING_TIME": "s"}
TYPES = {"AD_HOC_PAYMENT": "ad hoc", "PROFILE_CHEAP": "cheap", "PROFILE_FAST": "fast", "PROFILE_GREEN": "green"}
RESERVATIONS = {"RESERVATION": "for a reservation", "RESERVATION_EXPIRES": "if a reservation expires"}
BOUNDS = (
    ("min_kwh", "from {} kWh on"),
    ("max_kwh", "up to {} kWh"),
    ("min_power", "from {} kW on"),
    ("max_power", "below {} kW"),
    ("min_current", "from {} A on"),
    ("max_current", "below {} A"),
    ("start_date", "from {} on"),
    ("end_date", "before {}"),
)
"""A restriction with one value, and how it reads."""
DURATIONS = (("min_duration", "after {} min"), ("max_duration", "in the first {} min"))
MINUTE = 60


def words(tariff: Value) -> str:
    """One line."""
    currency = tariff["currency"]
    elements = "; ".join(element(each, currency) for each in tariff["elements"])
    if all(each["price"] == 0 for part in tariff["elements"] for each in part["price_components"]):
        elements = "free of charge"
    kind = f"{TYPES[tariff['type']]}: " if tariff.get("type") in TYPES else ""
    return kind + ", ".join([elements, *limits(tariff, currency)])


def element(value: Value, currency: str) -> str:
    """Its prices, and when they hold."""
    prices = " and ".join(component(each, currency) for each in value["price_components"])
    when = ", ".join(restrictions(value.get("restrictions") or {}))
    return f"{prices} ({when})" if when else prices


def component(value: Value, currency: str) -> str:
    kind, step, vat = str(value["type"]), value.get("step_size", 1), value.get("vat")
    more = [f"+ {number(vat)} % VAT"] if vat else []
    more += [f"in steps of {step} {STEPS[kind]}"] if kind in STEPS and step > 1 else []
    return " ".join([amount(value["price"]), currency, UNITS.get(kind, kind), *more])


def restrictions(value: Value) -> Iterator[str]:
    """Each that is given; all of them must hold."""
    start, end = value.get("start_time"), value.get("end_time")
    if start or end:
        yield f"{start or '00:00'} to {end or '24:00'}"
    if days := value.get("day_of_week"):
        yield ", ".join(day[:3].capitalize() for day in days)
    yield from (text.format(number(value[name])) for name, text in BOUNDS if value.get(name) is not None)
    yield from (text.format(number(value[name] / MINUTE)) for name, text in DURATIONS if value.get(name) is not None)
    if value.get("reservation") in RESERVATIONS:
        yield RESERVATIONS[value["reservation"]]


def limits(tariff: Value, currency: str) -> Iterator[str]:
    """What a session costs in any case, and at most."""
    for name, text in (("min_price", "at least"), ("max_price", "at most")):
        if price := tariff.get(name):
            yield f"{text} {amount(price['excl_vat'])} {currency}"


def holds(tariff: Value, now: datetime) -> bool:
    """Whether the tariff is in force at that moment; from its start, until before its end."""
    start, end = tariff.get("start_date_time"), tariff.get("end_date_time")
    return (not start or moment(start) <= now) and (not end or now < moment(end))


def number(value: Any) -> str:
    """Without zeros that say nothing."""
    return f"{Decimal(str(value)).normalize():f}" if isinstance(value, int | float) else str(value)


def amount(value: float) -> str:
    """With two decimals at least."""
    whole, _, rest = number(value).partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"
