"""The charging periods that a CDR must have: one more whenever another Price Component becomes active (mod_cdrs, CDR object)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from evconform.ocpi.moments import stamp
from evconform.ocpi.pricing.pieces import Piece
from evconform.ocpi.pricing.rounding import rounded
from evconform.ocpi.pricing.session import HOUR, Phase, Reach
from evconform.ocpi.pricing.wall_clock import moment_of

TIME_DIMENSIONS: dict[Phase, str] = {"reserved": "RESERVATION_TIME", "charging": "TIME", "parking": "PARKING_TIME"}


@dataclass(frozen=True)
class Period:
    """``volumes`` is what its dimensions say, in the order of the wire."""

    start: datetime
    phase: Phase
    tariff: str | None
    seconds: Fraction
    kwh: Fraction
    volumes: tuple[tuple[str, Decimal], ...]

    def as_wire(self) -> dict[str, Any]:
        """A ChargingPeriod object."""
        period = {
            "start_date_time": stamp(self.start),
            "dimensions": [{"type": dimension, "volume": float(volume)} for dimension, volume in self.volumes],
        }
        return period if self.tariff is None else {**period, "tariff_id": self.tariff}


def charging_periods(pieces: Iterable[Piece]) -> tuple[Period, ...]:
    """Pieces in a row with the same phase, tariff and active components are one period.

    A volume is the difference of two rounded sums since the beginning, so the volumes of a session add up to its rounded total.
    """
    sums: dict[str, Fraction] = {}

    def volume(dimension: str, amount: Fraction) -> tuple[str, Decimal]:
        before = sums.get(dimension, Fraction(0))
        sums[dimension] = before + amount
        return dimension, rounded(before + amount) - rounded(before)

    def period(group: list[Piece]) -> Period:
        first, seconds, kwh = group[0], _sum(p.seconds for p in group), _sum(p.kwh for p in group)
        volumes = [volume(TIME_DIMENSIONS[first.span.phase], seconds / HOUR)]
        if kwh or first.span.phase == "charging":
            volumes.append(volume("ENERGY", kwh))
        volumes += [*_reached("CURRENT", [p.span.current for p in group]), *_reached("POWER", [p.span.power for p in group])]
        tariff = first.tariff.id if first.tariff else None
        return Period(moment_of(first.start), first.span.phase, tariff, seconds, kwh, tuple(volumes))

    return tuple(period(list(group)) for _, group in groupby(pieces, key=_same))


def _same(piece: Piece) -> tuple[object, ...]:
    return piece.span.phase, piece.span.tariff, tuple(sorted((dim, each.element) for dim, each in piece.active.items()))


def _sum(amounts: Iterable[Fraction]) -> Fraction:
    return sum(amounts, Fraction(0))


def _reached(of: str, reaches: list[Reach | None]) -> list[tuple[str, Decimal]]:
    """The least and the greatest momentary value, where it was measured all the time."""
    known = [reach for reach in reaches if reach is not None]
    if len(known) < len(reaches):
        return []
    return [
        (f"MIN_{of}", rounded(min(reach.low for reach in known))),
        (f"MAX_{of}", rounded(max(reach.high for reach in known))),
    ]
