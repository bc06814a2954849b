"""The Tariff object (mod_tariffs) as the engine reads it: numbers as Decimal, without texts and energy mix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from evconform.ocpi.pricing.fields import Fields

DIMENSIONS = ("FLAT", "ENERGY", "TIME", "PARKING_TIME")
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
TYPES = ("AD_HOC_PAYMENT", "PROFILE_CHEAP", "PROFILE_FAST", "PROFILE_GREEN", "REGULAR")
RESERVATIONS = ("RESERVATION", "RESERVATION_EXPIRES")


@dataclass(frozen=True)
class Price:
    excl_vat: Decimal
    incl_vat: Decimal | None

    @classmethod
    def read(cls, fields: Fields) -> Price:
        return cls(fields.needed("excl_vat", fields.number("excl_vat")), fields.number("incl_vat"))


@dataclass(frozen=True)
class PriceComponent:
    """``price`` for one kWh, one hour, or once; ``step_size`` in Wh or seconds; ``vat`` in per cent, None where none applies."""

    type: str
    price: Decimal
    step_size: int
    vat: Decimal | None

    @classmethod
    def read(cls, fields: Fields) -> PriceComponent:
        step_size = fields.needed("step_size", fields.whole("step_size"))
        if step_size < 0:
            fields.wrong("step_size", "a number that is not negative")
        return cls(
            fields.needed("type", fields.one_of("type", DIMENSIONS)),
            fields.needed("price", fields.number("price")),
            step_size,
            fields.number("vat"),
        )


@dataclass(frozen=True)
class Restrictions:
    """All that are given must hold at once. Lower bounds are in, upper bounds are out."""

    start_time: time | None = None
    end_time: time | None = None
    start_date: date | None = None
    end_date: date | None = None
    min_kwh: Decimal | None = None
    max_kwh: Decimal | None = None
    min_current: Decimal | None = None
    max_current: Decimal | None = None
    min_power: Decimal | None = None
    max_power: Decimal | None = None
    min_duration: int | None = None
    max_duration: int | None = None
    day_of_week: frozenset[str] = frozenset()
    reservation: str | None = None

    @classmethod
    def read(cls, fields: Fields) -> Restrictions:
        days = fields.items("day_of_week")
        if not all(isinstance(day, str) and day in DAYS for day in days):
            fields.wrong("day_of_week", f"a list of {', '.join(DAYS)}")
        return cls(
            start_time=fields.time_of_day("start_time"),
            end_time=fields.time_of_day("end_time"),
            start_date=fields.day("start_date"),
            end_date=fields.day("end_date"),
            min_kwh=fields.number("min_kwh"),
            max_kwh=fields.number("max_kwh"),
            min_current=fields.number("min_current"),
            max_current=fields.number("max_current"),
            min_power=fields.number("min_power"),
            max_power=fields.number("max_power"),
            min_duration=fields.whole("min_duration"),
            max_duration=fields.whole("max_duration"),
            day_of_week=frozenset(days),
            reservation=fields.one_of("reservation", RESERVATIONS),
        )


@dataclass(frozen=True)
class Element:
    price_components: tuple[PriceComponent, ...]
    restrictions: Restrictions

    @classmethod
    def read(cls, fields: Fields) -> Element:
        components = tuple(PriceComponent.read(each) for each in fields.objects("price_components"))
        if not components:
            fields.wrong("price_components", "at least one")
        given = fields.object("restrictions")
        return cls(components, Restrictions.read(given) if given else Restrictions())

    def component(self, dimension: str) -> PriceComponent | None:
        return next((each for each in self.price_components if each.type == dimension), None)


@dataclass(frozen=True)
class Tariff:
    id: str
    currency: str
    elements: tuple[Element, ...]
    type: str | None = None
    min_price: Price | None = None
    max_price: Price | None = None
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None

    @classmethod
    def of(cls, wire: Any) -> Tariff:
        """From the object on the wire. Raises ValueError with the place of what cannot be priced by."""
        return cls.read(Fields(wire))

    @classmethod
    def read(cls, fields: Fields) -> Tariff:
        elements = tuple(Element.read(each) for each in fields.objects("elements"))
        if not elements:
            fields.wrong("elements", "at least one")
        least, most = fields.object("min_price"), fields.object("max_price")
        return cls(
            fields.needed("id", fields.text("id")),
            fields.needed("currency", fields.text("currency")),
            elements,
            fields.one_of("type", TYPES),
            Price.read(least) if least else None,
            Price.read(most) if most else None,
            fields.moment("start_date_time"),
            fields.moment("end_date_time"),
        )

    def valid(self, at: datetime) -> bool:
        """The start counts in, the end does not: it is where the tariff that replaces this one begins."""
        began = self.start_date_time is None or self.start_date_time <= at
        return began and (self.end_date_time is None or at < self.end_date_time)


def choose(tariffs: Iterable[Tariff], at: datetime, type_: str = "REGULAR") -> Tariff | None:
    """The first that is valid then for this kind of session; one without a type is for every kind."""
    return next((tariff for tariff in tariffs if tariff.valid(at) and tariff.type in (type_, None)), None)
