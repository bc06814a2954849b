"""Prices charging periods, and so recomputes a CDR from nothing but what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

from evconform.ocpi.pricing.bill import explain
from evconform.ocpi.pricing.charging_periods import TIME_DIMENSIONS
from evconform.ocpi.pricing.explanation import Explanation
from evconform.ocpi.pricing.fields import Fields
from evconform.ocpi.pricing.pieces import Piece, pieces
from evconform.ocpi.pricing.session import HOUR, Phase, Reach, Span, happened
from evconform.ocpi.pricing.tariff import Tariff
from evconform.ocpi.pricing.wall_clock import instant, moment_of, zone_of

SAME = Fraction(36, 10)
"""Seconds, which are 0.001 h: a volume that is off the time stamps by less is their duration, rounded by who wrote it."""
AT_A_START = Fraction(1)
"""Seconds: a component that becomes active so near a period's start began with it."""


def recompute(cdr: Any, time_zone: str, *, expired: bool | None = None) -> Explanation:
    """What the CDR's own periods cost by its own tariffs. Raises ValueError with the place of what cannot be read.

    ``expired``: whether its reservation ran out. Left out, a CDR of nothing but reservation is taken for one that did; that it
    was cancelled instead cannot be seen.
    """
    return explain(_pieces(cdr, time_zone, expired))


def unsplit(cdr: Any, time_zone: str) -> list[datetime]:
    """The moments within a charging period at which another Price Component became active: one more should begin there."""
    starts = [instant(start) for start, _, _ in _periods(Fields(cdr))]
    found = []
    for earlier, later in pairwise(_pieces(cdr, time_zone, None)):
        fresh = {(d, a.element) for d, a in later.active.items()} - {(d, a.element) for d, a in earlier.active.items()}
        if fresh and later.tariff == earlier.tariff and min(abs(later.start - start) for start in starts) > AT_A_START:
            found.append(moment_of(later.start))
    return found


def _pieces(cdr: Any, time_zone: str, expired: bool | None) -> Iterator[Piece]:
    fields = Fields(cdr)
    all_spans = happened([span for period in _periods(fields) for span in _spans(*period)])
    if expired is None:
        expired = all(span.phase == "reserved" for span in all_spans)
    tariffs = [Tariff.read(each) for each in fields.objects("tariffs")]
    return pieces(all_spans, tariffs, zone_of(time_zone), expired)


def price_periods(
    periods: Sequence[Any], end: datetime, tariffs: Iterable[Tariff], time_zone: str, *, expired: bool = False
) -> Explanation:
    """The same for the ChargingPeriod objects of a Session, which ended, or goes on, at ``end``."""
    fields = Fields({"charging_periods": list(periods)})
    all_spans = happened([span for period in _until(fields, end) for span in _spans(*period)])
    return explain(pieces(all_spans, tariffs, zone_of(time_zone), expired))


def _periods(fields: Fields) -> list[tuple[datetime, datetime, Fields]]:
    return _until(fields, fields.needed("end_date_time", fields.moment("end_date_time")))


def _until(fields: Fields, end: datetime) -> list[tuple[datetime, datetime, Fields]]:
    """Start, end and object of each period; one ends where the next starts."""
    periods = fields.objects("charging_periods")
    if not periods:
        fields.wrong("charging_periods", "at least one")
    starts = [period.needed("start_date_time", period.moment("start_date_time")) for period in periods]
    for (one, two), period in zip(pairwise([*starts, end]), periods, strict=True):
        if two < one:
            period.wrong("start_date_time", "a moment that is not after the end of the period")
    return list(zip(starts, [*starts[1:], end], periods, strict=True))


def _spans(start: datetime, end: datetime, period: Fields) -> Iterator[Span]:
    """A period with several times (charged, then parked) is cut by them, in the order in which they happen; energy is charged."""
    volumes = _volumes(period)
    begin, length = instant(start), instant(end) - instant(start)
    times = _times(volumes, length)
    whole = sum(times.values()) or Fraction(1)
    at, fed = Fraction(0), max(times, key=lambda phase: phase == "charging")
    for phase, seconds in times.items():
        until = at + seconds / whole if len(times) > 1 else Fraction(1)
        kwh = volumes.get("ENERGY", Fraction(0)) if phase == fed else Fraction(0)
        power, current = _reach(volumes, "POWER"), _reach(volumes, "CURRENT")
        yield Span(begin + at * length, begin + until * length, seconds, kwh, phase, period.text("tariff_id"), power, current)
        at = until


def _volumes(period: Fields) -> dict[str, Fraction]:
    dimensions = period.objects("dimensions")
    names = [each.needed("type", each.text("type")) for each in dimensions]
    return {name: Fraction(each.needed("volume", each.number("volume"))) for name, each in zip(names, dimensions, strict=True)}


def _times(volumes: dict[str, Fraction], length: Fraction) -> dict[Phase, Fraction]:
    """Seconds a phase. A period that names no time was charging all the time."""
    times = {phase: volumes[name] * HOUR for phase, name in TIME_DIMENSIONS.items() if name in volumes}
    times = {phase: seconds for phase, seconds in times.items() if seconds} or dict(list(times.items())[:1])
    if not times:
        return {"charging": length}
    phase, seconds = next(iter(times.items()))
    return {phase: length} if len(times) == 1 and abs(seconds - length) < SAME else times


def _reach(volumes: dict[str, Fraction], of: str) -> Reach | None:
    """Of MIN, MAX and the average of a Session those that are given; one alone stands for all."""
    low, high, mean = (volumes.get(name) for name in (f"MIN_{of}", f"MAX_{of}", of))
    known = [value for value in (low, mean, high) if value is not None]
    return Reach(known[0], known[-1]) if known else None
