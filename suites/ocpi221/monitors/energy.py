"""OCPI 2.2.1, mod_locations: where the energy of a location or tariff comes from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.view import Log
from suites.ocpi221.monitors.locations import children, objects

WHOLE = 100


@monitor("OCPI221-LOC-60")
def energy_sources_add_up(log: Log) -> Iterator[tuple[Any, str]]:
    for held in objects(log, "EnergyMix"):
        shares = [share(each.get("percentage")) for each in children(held.value, "energy_sources")]
        known = [each for each in shares if each is not None]
        if not shares or len(known) < len(shares):
            log.moot(held.frame)  # what is no number is another rule's matter
        elif abs(sum(known, Decimal(0)) - WHOLE) > rounding(known):
            yield held.frame, f"{held.frame}: {held.pointer}/energy_sources add up to {sum(known)} percent"


def share(value: Any) -> Decimal | None:
    """A percentage as it was written; None for what is no number."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    number = Decimal(str(value)) if plain else Decimal("NaN")
    return number if number.is_finite() else None


def rounding(shares: list[Decimal]) -> Decimal:
    """How far shares may be off that were rounded each by itself: half of the last digit of each."""
    return sum((Decimal(5).scaleb(int(each.as_tuple().exponent) - 1) for each in shares), Decimal(0))
