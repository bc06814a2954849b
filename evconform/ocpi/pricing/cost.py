"""An amount without and with VAT, and the bounds min_price and max_price (mod_tariffs, Tariff object)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evconform.ocpi.pricing.rounding import PLACES, rounded
from evconform.ocpi.pricing.tariff import Price, Tariff


@dataclass(frozen=True)
class Cost:
    """Exact; shown by the rounding rule. ``incl`` is None where no VAT is applicable, which is not the same as 0 per cent."""

    excl: Fraction
    incl: Fraction | None

    @property
    def excl_vat(self) -> Decimal:
        return rounded(self.excl)

    @property
    def incl_vat(self) -> Decimal | None:
        return None if self.incl is None else rounded(self.incl)

    def shown(self, places: int = PLACES) -> tuple[Decimal, Decimal | None]:
        """Rounded once, from the exact amounts."""
        return rounded(self.excl, places), None if self.incl is None else rounded(self.incl, places)

    @property
    def paid(self) -> Fraction:
        """What is to be paid: without VAT where none is applicable."""
        return self.excl if self.incl is None else self.incl

    def as_wire(self) -> dict[str, float]:
        """A Price object; a double holds four decimals of any amount."""
        price = {"excl_vat": float(self.excl_vat)}
        return price if self.incl is None else {**price, "incl_vat": float(rounded(self.incl))}


NOTHING = Cost(Fraction(0), None)


def total(costs: Iterable[Cost]) -> Cost:
    """What has no VAT counts in both sums; a sum in which nothing has VAT has none."""
    costs = list(costs)
    incl = sum((cost.paid for cost in costs), Fraction(0)) if any(cost.incl is not None for cost in costs) else None
    return Cost(sum((cost.excl for cost in costs), Fraction(0)), incl)


def bounded(cost: Cost, tariff: Tariff, session: bool) -> tuple[Cost, list[str]]:
    """The cost between the bounds, and a line for each that moved it. A reservation that became no session has no least price."""
    says: list[str] = []
    if session and tariff.min_price:
        cost = _moved(cost, tariff.min_price, max, "min_price", says)
    if tariff.max_price:
        cost = _moved(cost, tariff.max_price, min, "max_price", says)
    return cost, says


def _moved(cost: Cost, bound: Price, better: Callable[[Fraction, Fraction], Fraction], name: str, says: list[str]) -> Cost:
    """Both amounts, each by its own bound. Where the bound has none with VAT, VAT moves in proportion."""
    excl = better(cost.excl, Fraction(bound.excl_vat))
    incl = cost.incl
    if bound.incl_vat is not None:
        incl = better(cost.paid, Fraction(bound.incl_vat))
    elif incl is not None and excl != cost.excl:
        incl = incl * excl / cost.excl if cost.excl else excl
    if excl != cost.excl:
        says.append(f"{name}: {rounded(cost.excl)} excl. VAT becomes {rounded(excl)}")
    if incl is not None and incl != cost.paid:
        says.append(f"{name}: {rounded(cost.paid)} incl. VAT becomes {rounded(incl)}")
    return Cost(excl, incl)
