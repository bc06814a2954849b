"""What a session costs and why: lines, sums, bounds, and the charging periods that its CDR must have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from evconform.ocpi.pricing.charging_periods import Period
from evconform.ocpi.pricing.cost import NOTHING, Cost, total
from evconform.ocpi.pricing.rounding import rounded
from evconform.ocpi.pricing.session import HOUR
from evconform.ocpi.pricing.tariff import PriceComponent

UNITS = {"ENERGY": "kWh", "TIME": "h", "PARKING_TIME": "h"}


@dataclass(frozen=True)
class Line:
    """One Price Component: what was used of its dimension while it was active, and what is billed (kWh, hours, or once)."""

    tariff: str
    element: int
    component: PriceComponent
    reserved: bool
    start: datetime
    used: Fraction
    billed: Fraction

    @property
    def dimension(self) -> str:
        return self.component.type

    @property
    def quantity(self) -> Decimal:
        return rounded(self.billed)

    @property
    def cost(self) -> Cost:
        excl, vat = Fraction(self.component.price) * self.billed, self.component.vat
        return Cost(excl, None if vat is None else excl * (1 + Fraction(vat) / 100))

    def text(self) -> str:
        """One line: where the price stands, how much of what, what it comes to."""
        unit, component = UNITS.get(self.dimension), self.component
        amount = f" {rounded(self.used)} {unit}" if unit else ""
        if self.used != self.billed:
            amount += f", by step_size {component.step_size} {self.quantity} {unit},"
        price = f" at {_plain(component.price)}" if unit else ""
        kind = f"{self.dimension} of the reservation" if self.reserved else self.dimension
        vat = "" if component.vat is None else f" ({_plain(component.vat)} %)"
        return f"tariff {self.tariff}, elements/{self.element}: {kind}{amount}{price} = {_shown(self.cost)}{vat}"


@dataclass(frozen=True)
class Explanation:
    """``before`` is the sum of the lines, ``total`` what min_price and max_price make of it; ``bounds`` says where they did."""

    lines: tuple[Line, ...]
    periods: tuple[Period, ...]
    before: Cost
    total: Cost
    bounds: tuple[str, ...]

    def sub_total(self, *dimensions: str, reserved: bool = False) -> Cost:
        """The lines of these dimensions, of the session or of its reservation."""
        return total(line.cost for line in self.lines if line.dimension in dimensions and line.reserved == reserved)

    @property
    def kwh(self) -> Fraction:
        return sum((period.kwh for period in self.periods), Fraction(0))

    def hours(self, *phases: str) -> Fraction:
        return sum((period.seconds for period in self.periods if period.phase in phases), Fraction(0)) / HOUR

    def totals(self) -> dict[str, float | dict[str, float]]:
        """The members of a CDR that hold sums. Those that are optional stand there where there is something to sum."""
        parts = {
            "total_fixed_cost": self.sub_total("FLAT"),
            "total_energy_cost": self.sub_total("ENERGY"),
            "total_time_cost": self.sub_total("TIME"),
            "total_parking_cost": self.sub_total("PARKING_TIME"),
            "total_reservation_cost": self.sub_total("FLAT", "TIME", reserved=True),
        }
        sums: dict[str, float | dict[str, float]] = {
            "total_cost": self.total.as_wire(),
            "total_energy": float(rounded(self.kwh)),
            "total_time": float(rounded(self.hours("charging", "parking"))),
        }
        if parking := self.hours("parking"):
            sums["total_parking_time"] = float(rounded(parking))
        return sums | {name: cost.as_wire() for name, cost in parts.items() if cost != NOTHING}

    def text(self) -> Iterator[str]:
        """For people: the lines, what the bounds did, the total."""
        yield from (line.text() for line in self.lines)
        yield from self.bounds
        yield f"total: {_shown(self.total)}"


def _shown(cost: Cost) -> str:
    return f"{cost.excl_vat}, no VAT" if cost.incl is None else f"{cost.excl_vat}, with VAT {cost.incl_vat}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
