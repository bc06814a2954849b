"""What the clock on the location's wall shows, and when it shows a time of day: IANA time zones with their daylight saving.

Instants are seconds since 1970-01-01 UTC, exact. Zones change at whole seconds and restrictions at whole minutes, so the wall
clock is only ever asked for whole seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(1970, 2200)
_DAY = 86_400


def zone_of(name: str) -> ZoneInfo:
    """The zone of ``Location.time_zone``. Raises ValueError for one that is not in IANA's list."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone of IANA's list, like Europe/Amsterdam") from None


def instant(at: datetime) -> Fraction:
    """Raises ValueError for a moment that no session can be at."""
    if at.tzinfo is None or at.year not in _YEARS:
        raise ValueError(f"{at.isoformat()} is no moment in UTC of the years {_YEARS[0]} to {_YEARS[-1]}")
    return Fraction((at - _EPOCH) // timedelta(microseconds=1), 10**6)


def moment_of(at: Fraction) -> datetime:
    """The moment in UTC, to the nearest microsecond."""
    return _EPOCH + timedelta(microseconds=round(at * 10**6))


def wall(at: Fraction, zone: ZoneInfo) -> datetime:
    """Date and time of day that the wall shows in the second of this instant."""
    return (_EPOCH + timedelta(seconds=floor(at))).astimezone(zone).replace(tzinfo=None)


def turns(start: Fraction, end: Fraction, times: Iterable[time], zone: ZoneInfo) -> Iterator[int]:
    """The instants between at which the wall shows one of the times of day, or jumps; others may be among them."""
    times = tuple(times)
    if not times:
        return
    day, last = wall(start, zone).date() - timedelta(days=1), wall(end, zone).date() + timedelta(days=1)
    while day <= last:
        midnight = int(datetime.combine(day, time(0), UTC).timestamp())
        yield from _jumps(midnight, midnight + _DAY, zone)
        for shown in times:
            yield from {int(datetime.combine(day, shown, zone).replace(fold=fold).timestamp()) for fold in (0, 1)}
        day += timedelta(days=1)


def _jumps(early: int, late: int, zone: ZoneInfo) -> Iterator[int]:
    """The second of this day of UTC from which another offset holds, found by halving."""

    def offset(at: int) -> timedelta | None:
        return (_EPOCH + timedelta(seconds=at)).astimezone(zone).utcoffset()

    before = offset(early)
    if offset(late) == before:
        return
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (middle, late) if offset(middle) == before else (early, middle)
    yield late
