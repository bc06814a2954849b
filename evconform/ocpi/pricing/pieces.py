"""Spans cut where another Price Component may become active, so that in each piece the same ones are active all the time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from evconform.ocpi.pricing.restrictions import Active, Situation, active, bounds_of, times_of
from evconform.ocpi.pricing.session import Span
from evconform.ocpi.pricing.tariff import Tariff
from evconform.ocpi.pricing.wall_clock import turns, wall


@dataclass(frozen=True)
class Piece:
    """A part of a span, with the components that are active in it by dimension."""

    span: Span
    start: Fraction
    end: Fraction
    seconds: Fraction
    kwh: Fraction
    tariff: Tariff | None
    active: Mapping[str, Active]


def pieces(all_spans: Iterable[Span], tariffs: Iterable[Tariff], zone: ZoneInfo, expired: bool) -> Iterator[Piece]:
    """In the order of time. Raises ValueError for a span under a tariff that is not there."""
    by_id = {tariff.id.upper(): tariff for tariff in tariffs}
    kwh = Fraction(0)
    began: dict[bool, Fraction] = {}
    for span in all_spans:
        if span.tariff is not None and span.tariff.upper() not in by_id:
            raise ValueError(f"tariff {span.tariff!r} is not among those given")
        tariff = by_id[span.tariff.upper()] if span.tariff is not None else None
        since = began.setdefault(span.phase == "reserved", span.start)
        for part in pairwise(_cuts(span, tariff, kwh, since, zone)):
            yield _piece(span, tariff, part, (kwh, since), zone, expired)
        kwh += span.kwh


def _cuts(span: Span, tariff: Tariff | None, kwh: Fraction, since: Fraction, zone: ZoneInfo) -> list[Fraction]:
    """As shares of the span, from 0 to 1: time and energy grow evenly within it, and either may stand still."""
    shares = {Fraction(0), Fraction(1)}
    length = span.end - span.start
    if tariff is not None and length:
        lasting = {since + seconds for seconds in bounds_of(tariff, "min_duration", "max_duration")}
        shares |= {(at - span.start) / length for at in lasting | set(turns(span.start, span.end, times_of(tariff), zone))}
    if tariff is not None and span.kwh:
        shares |= {(bound - kwh) / span.kwh for bound in bounds_of(tariff, "min_kwh", "max_kwh")}
    return sorted(share for share in shares if 0 <= share <= 1)


def _piece(
    span: Span,
    tariff: Tariff | None,
    part: tuple[Fraction, Fraction],
    before: tuple[Fraction, Fraction],
    zone: ZoneInfo,
    expired: bool,
) -> Piece:
    """What holds in the middle of it holds in all of it."""
    one, two = part
    kwh, since = before
    length, middle = span.end - span.start, (one + two) / 2
    now = span.start + middle * length
    situation = Situation(wall(now, zone), kwh + middle * span.kwh, now - since, span.power_reach, span.current_reach)
    found = active(tariff, span.phase, expired, situation) if tariff else {}
    share = two - one
    return Piece(
        span, span.start + one * length, span.start + two * length, share * span.seconds, share * span.kwh, tariff, found
    )
