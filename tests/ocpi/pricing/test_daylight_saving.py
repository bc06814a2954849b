"""Restrictions go by the wall clock of the location, on days of 23 and 25 hours too; a duration is a duration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evconform.ocpi.pricing.price import price
from evconform.ocpi.pricing.session import Reading
from evconform.ocpi.pricing.tariff import Tariff
from evconform.ocpi.pricing.wall_clock import instant, turns, zone_of

SPRING, AUTUMN = "2026-03-29", "2026-10-25"


def hours(restrictions: dict[str, Any], day: str, zone: str = "Europe/Amsterdam") -> float:
    """How long an element is active in a session from midnight to midnight of the wall clock."""
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    end = (start + timedelta(days=1)).astimezone(UTC)
    element = {"price_components": [{"type": "TIME", "price": 1, "step_size": 1}], "restrictions": restrictions}
    tariff = Tariff.of({"id": "T", "currency": "EUR", "elements": [element]})
    return float(price([Reading(start, "charging", 0, tariff="T"), Reading(end, "charging", 24)], [tariff], zone).total.excl)


@pytest.mark.parametrize(
    ("restrictions", "spring", "autumn"),
    [
        ({}, 23, 25),
        ({"day_of_week": ["SUNDAY"]}, 23, 25),
        ({"start_time": "02:00", "end_time": "03:00"}, 0, 2),
        ({"start_time": "02:00", "end_time": "02:30"}, 0, 1),
        ({"start_time": "02:30", "end_time": "03:30"}, 0.5, 1.5),
        ({"start_time": "01:30", "end_time": "02:30"}, 0.5, 1.5),
        ({"start_time": "23:00", "end_time": "06:00"}, 6, 8),
        ({"start_time": "06:00", "end_time": "23:00"}, 17, 17),
        ({"start_time": "02:15", "end_time": "02:45"}, 0, 1),
        ({"max_duration": 4 * 3600}, 4, 4),
        ({"min_duration": 4 * 3600}, 19, 21),
        ({"start_time": "02:30", "end_time": "03:30", "max_duration": 3 * 3600}, 0.5, 0.5),
    ],
)
def test_the_two_days(restrictions: dict[str, Any], spring: float, autumn: float) -> None:
    assert hours(restrictions, SPRING) == spring
    assert hours(restrictions, AUTUMN) == autumn
    assert hours(restrictions, SPRING, "Europe/Ljubljana") == spring


def test_lord_howe_changes_by_half_an_hour() -> None:
    assert hours({"start_time": "01:30", "end_time": "02:00"}, "2026-04-05", "Australia/Lord_Howe") == 1
    assert hours({"start_time": "02:00", "end_time": "02:30"}, "2026-10-04", "Australia/Lord_Howe") == 0
    assert hours({}, "2026-10-04", "Australia/Lord_Howe") == 23.5


def test_a_zone_whose_midnight_is_not_there() -> None:
    """Beirut goes from 00:00 to 01:00: the day begins with the jump."""
    assert hours({"day_of_week": ["SUNDAY"]}, SPRING, "Asia/Beirut") == 23


def test_the_jump_is_found_to_the_second() -> None:
    start = instant(datetime(2026, 10, 24, 12, tzinfo=UTC))
    found = set(turns(start, start + 86_400, [datetime.min.time()], zone_of("Europe/Amsterdam")))
    assert int(datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp()) in found


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "CET+1", "../etc/passwd", "Europe", "x" * 5000])
def test_a_zone_that_is_not_known(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone of IANA's list"):
        zone_of(name)


@pytest.mark.parametrize("at", [datetime(2026, 1, 1), datetime(1969, 12, 31, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_a_moment_that_no_session_can_be_at(at: datetime) -> None:
    with pytest.raises(ValueError, match="no moment in UTC of the years 1970 to 2199"):
        instant(at)
