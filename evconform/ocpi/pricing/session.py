"""What happened, as the engine prices it: spans of one state each, from time-stamped readings of a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal, get_args

from evconform.ocpi.pricing.wall_clock import instant

Phase = Literal["reserved", "charging", "parking"]
Exact = int | Decimal | Fraction
HOUR = 3600
LONGEST = 366 * 24 * HOUR
"""Seconds of the longest session that is priced: each of its days is looked at, and one that began in 1970 has many."""


@dataclass(frozen=True)
class Reading:
    """What holds from a moment until the next reading; the last one ends the session, and its ``phase`` says nothing.

    ``kwh`` is the energy of the session so far, taken to grow evenly in between; ``power`` (kW) and ``current`` (A, the sum
    over the phases) are the momentary values; ``tariff`` is the id of the tariff that is agreed, None where none is.
    """

    at: datetime
    phase: Phase
    kwh: Exact
    power: Exact | None = None
    current: Exact | None = None
    tariff: str | None = None


@dataclass(frozen=True)
class Reach:
    """Between what a momentary value moved: of a reading one value, of a charging period its MIN and MAX."""

    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, value: Exact) -> Reach:
        return cls(Fraction(value), Fraction(value))


@dataclass(frozen=True)
class Span:
    """One state from ``start`` to ``end`` (seconds since 1970). ``seconds`` is what is priced of it: the volume of a charging
    period where that differs. Power or current is None where it was not measured."""

    start: Fraction
    end: Fraction
    seconds: Fraction
    kwh: Fraction
    phase: Phase
    tariff: str | None
    power: Reach | None = None
    current: Reach | None = None

    @property
    def power_reach(self) -> Reach | None:
        """The measured power; else none flows unless the EV is charging, and then it is what makes this energy in this time."""
        if self.power is None and self.phase == "charging" and self.seconds:
            return Reach.of(self.kwh * HOUR / self.seconds)
        return self.power or self._at_rest

    @property
    def current_reach(self) -> Reach | None:
        """The measured current; else none flows unless the EV is charging, and then nobody knows."""
        return self.current or self._at_rest

    @property
    def _at_rest(self) -> Reach | None:
        return None if self.phase == "charging" else Reach.of(0)


def spans(readings: Sequence[Reading]) -> list[Span]:
    """A single reading is a session that has just begun. Raises ValueError for what cannot have happened."""
    if not readings:
        raise ValueError("a session has at least one reading")
    if any(reading.phase not in get_args(Phase) for reading in readings):
        raise ValueError(f"a reading's phase is one of {', '.join(get_args(Phase))}")
    if any(later.at < earlier.at for earlier, later in pairwise(readings)):
        raise ValueError("the readings are not in the order of time")
    return happened([_between(*pair) for pair in pairwise([*readings, readings[-1]])])


def happened(all_spans: list[Span]) -> list[Span]:
    """Without those in which neither time nor energy passed; of a session that has only such ones the first, for its FLAT."""
    if all_spans[-1].end - all_spans[0].start > LONGEST:
        raise ValueError("a session of more than a year is not priced")
    return [span for span in all_spans if span.seconds or span.kwh] or all_spans[:1]


def _between(one: Reading, two: Reading) -> Span:
    start, end = instant(one.at), instant(two.at)
    kwh = Fraction(two.kwh) - Fraction(one.kwh)
    return Span(
        start,
        end,
        end - start,
        kwh,
        one.phase,
        one.tariff,
        measured(one.power),
        measured(one.current),
    )


def measured(value: Exact | None) -> Reach | None:
    return None if value is None else Reach.of(value)
