"""What profiles allow and how they combine (OCPP 1.6, 3.13, 5.16.4, 7.8 to 7.14), without a charge point."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mocks.charge_point.composite_schedule import (
    EVER,
    MAX,
    TX,
    TX_DEFAULT,
    Profile,
    Rate,
    Supply,
    composite,
    for_connector,
    in_unit,
    least,
    moment,
    of_purpose,
    of_transaction,
)

ZERO = datetime(2026, 1, 5, 12, tzinfo=UTC).timestamp()
THREE = Supply(3, 22_000.0)
HOUR, DAY = 3600.0, 86_400.0
BEGAN = -1000.0
"""When the transaction began, from ZERO."""


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(ZERO + seconds, UTC).isoformat()


def make(
    *periods: tuple[int, float],
    kind: str = "Absolute",
    purpose: str = TX_DEFAULT,
    level: int = 0,
    connector: int = 1,
    unit: str = "W",
    start: float | None = 0.0,
    validity: tuple[float | None, float | None] = (None, None),
    **more: Any,
) -> Profile:
    """A profile whose times count from ZERO."""
    schedule = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": s, "limit": v} for s, v in periods],
    }
    if "duration" in more:
        schedule["duration"] = more.pop("duration")
    if start is not None:
        schedule["startSchedule"] = stamp(start)
    dates = {n: stamp(v) for n, v in zip(("validFrom", "validTo"), validity, strict=True) if v is not None}
    kinds = {"chargingProfileKind": kind, "chargingProfilePurpose": purpose, "stackLevel": level}
    return Profile.read(connector, {"chargingProfileId": 1, "chargingSchedule": schedule} | kinds | dates | more, ZERO)


def limits(profile: Profile, *seconds: float) -> list[float | None]:
    found = [profile.period(ZERO + s, ZERO + BEGAN) for s in seconds]
    return [period.limit if period else None for period in found]


def edges(profile: Profile, after: float, until: float) -> list[float]:
    return sorted({edge - ZERO for edge in profile.edges(ZERO + BEGAN, ZERO + after, ZERO + until)})


# ── one profile ──


def test_an_absolute_schedule_counts_from_its_start() -> None:
    profile = make((0, 10), (60, 20), start=30, duration=100)
    assert limits(profile, 29, 30, 89, 90, 129, 130) == [None, 10, 10, 20, 20, None]
    assert edges(profile, 0, 1000) == [30, 90, 130]


def test_the_last_period_holds_until_the_duration_is_over_or_for_ever() -> None:
    assert limits(make((0, 10), (60, 20)), 61, 1e9) == [20, 20]
    assert limits(make((0, 10), (60, 20), duration=50), 49, 50, 61) == [10, None, None]


@pytest.mark.parametrize("kind", ["Absolute", "Relative"])
def test_without_a_start_it_counts_from_the_start_of_the_transaction(kind: str) -> None:
    profile = make((0, 10), (60, 20), kind=kind, start=None)
    assert limits(profile, BEGAN - 1, BEGAN, BEGAN + 60) == [None, 10, 20]


def test_a_relative_schedule_takes_no_notice_of_a_start() -> None:
    assert limits(make((0, 10), (60, 20), kind="Relative", start=500), BEGAN, BEGAN + 60) == [10, 20]


def test_a_limit_of_the_whole_without_a_start_counts_from_its_arrival() -> None:
    assert limits(make((0, 10), (60, 20), purpose=MAX, start=None), -1, 0, 60) == [None, 10, 20]


@pytest.mark.parametrize(("recurrence", "cycle"), [("Daily", DAY), ("Weekly", 7 * DAY)])
def test_a_recurring_schedule_starts_again(recurrence: str, cycle: float) -> None:
    profile = make((0, 10), (3600, 20), kind="Recurring", recurrencyKind=recurrence, duration=7200)
    for n in (0, 1, 52):
        assert limits(profile, n * cycle, n * cycle + HOUR, n * cycle + 2 * HOUR) == [10, 20, None]
    assert limits(profile, -1, -cycle) == [None, None]
    assert edges(profile, HOUR, cycle + HOUR + 1) == [2 * HOUR, cycle, cycle + HOUR]


def test_what_is_longer_than_the_recurrence_is_not_executed() -> None:
    """Erratum 3.44."""
    profile = make((0, 10), (90_000, 20), kind="Recurring", recurrencyKind="Daily", duration=200_000)
    assert limits(profile, 0, 90_000, 2 * DAY - 1) == [10, 10, 10]


def test_it_holds_only_while_it_is_valid() -> None:
    profile = make((0, 10), start=-100, validity=(50, 80))
    assert limits(profile, 49, 50, 79, 80) == [None, 10, 10, None]
    assert {50, 80} <= set(edges(profile, 0, 1000))


@pytest.mark.parametrize(
    ("profile", "after", "following"),
    [
        (make((0, 10), (60, 20), duration=100), 0, 60),
        (make((0, 10), (60, 20), duration=100), 60, 100),
        (make((0, 10), (60, 20), duration=100), 100, None),
        (make((0, 10)), -5, 0),
        (make((0, 10)), 0, None),
        (make((0, 10), validity=(None, 1e8)), 0, 1e8),
        (make((0, 10), (60, 20), kind="Recurring", recurrencyKind="Daily"), 60, DAY),
        (make((0, 10), kind="Recurring", recurrencyKind="Weekly", start=1e8), 0, 1e8),
    ],
)
def test_the_next_edge(profile: Profile, after: float, following: float | None) -> None:
    found = profile.next_edge(ZERO + BEGAN, ZERO + after)
    assert (found is None) == (following is None)
    assert found is None or found - ZERO == following


# ── units ──


@pytest.mark.parametrize(
    ("unit", "phases", "supply", "watts"),
    [
        ("A", {}, THREE, 10 * 230 * 3),
        ("A", {"numberPhases": 1}, THREE, 10 * 230),
        ("A", {"numberPhases": 3}, Supply(1, 7_400.0), 10 * 230),  # erratum 3.34
        ("A", {}, Supply(1, 50_000.0, 400.0), 10 * 400),  # DC
        ("W", {}, THREE, 10),
        ("W", {"numberPhases": 3}, Supply(1, 7_400.0), 10),
    ],
)
def test_amperes_are_for_each_phase_and_watts_in_total(unit: str, phases: dict[str, int], supply: Supply, watts: float) -> None:
    schedule = {"chargingRateUnit": unit, "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10} | phases]}
    kinds = {"chargingProfileKind": "Relative", "chargingProfilePurpose": TX_DEFAULT, "stackLevel": 0}
    profile = Profile.read(1, {"chargingProfileId": 1, "chargingSchedule": schedule} | kinds, ZERO)
    assert profile.rate(profile.periods[0], supply).watts == watts


@pytest.mark.parametrize("phases", [1, 2, 3])
def test_a_limit_in_a_comes_back_as_it_was(phases: int) -> None:
    tenths = [n / 10 for n in range(641)]
    assert [in_unit(Rate(limit * 230 * phases, phases), "A", 230.0) for limit in tenths] == tenths


def test_a_sum_of_limits_loses_no_tenth() -> None:
    assert in_unit(Rate(0.7 * 690 + 1.4 * 690, 3), "A", 230.0) == 2.1


def test_a_converted_limit_is_rounded_down() -> None:
    assert in_unit(Rate(22_000.0, 3), "A", 230.0) == 31.8


# ── stacks and purposes ──


def at(profiles: list[Profile], seconds: float, purpose: str | None = None) -> float | None:
    now, began = ZERO + seconds, ZERO + BEGAN
    found = of_purpose(profiles, purpose, now, began, THREE) if purpose else of_transaction(profiles, now, began, THREE)
    return found.watts if found else None


def test_the_highest_level_prevails_and_then_the_next_lower() -> None:
    stack = [make((0, 1), duration=300), make((0, 9), level=2, start=100, duration=100), make((0, 5), level=1, duration=150)]
    assert [at(stack, s, TX_DEFAULT) for s in (0, 100, 199, 200, 300)] == [5, 9, 9, 1, None]


def test_a_profile_that_is_not_valid_yet_leaves_the_next_lower() -> None:
    stack = [make((0, 1)), make((0, 9), level=1, validity=(50, 80))]
    assert [at(stack, s, TX_DEFAULT) for s in (49, 50, 80)] == [1, 9, 1]


def test_a_valid_tx_profile_overrules_the_default_even_when_its_schedule_is_over() -> None:
    profiles = [make((0, 1)), make((0, 9), purpose=TX, duration=100, validity=(50, 200))]
    assert [at(profiles, s) for s in (49, 50, 100, 199, 200)] == [1, 9, None, None, 1]


def test_a_connectors_own_default_replaces_that_of_connector_0() -> None:
    """3.13.1, of the same stack level (3.13.2)."""
    whole, higher, own = make((0, 1), connector=0), make((0, 2), connector=0, level=1), make((0, 3))
    limit = make((0, 4), connector=0, purpose=MAX)
    assert for_connector([whole, higher, own, limit], 1) == [higher, own, limit]
    assert for_connector([whole, higher, own, limit], 2) == [whole, higher, limit]


def test_the_minimum_is_in_total_and_on_each_phase() -> None:
    assert least(230.0) is None
    assert least(230.0, None, Rate(5.0, 3)) == Rate(5.0, 3)
    assert least(230.0, Rate(6900.0, 3, 10.0), Rate(3680.0, 1, 16.0)) == Rate(2300.0, 1, 10.0)
    assert least(230.0, Rate(6000.0, 3), Rate(7000.0, 1)) == Rate(6000.0, 1)


# ── the composite schedule ──


def test_a_composite_schedule_has_a_period_for_each_change() -> None:
    values = {0: 6.0, 10: 6.0, 20: 8.0, 30: 5.0}

    def rate_at(moment: float) -> Rate:
        return Rate(values[max(s for s in values if s <= moment - ZERO)], 3)

    found = composite(rate_at, [ZERO + s for s in (10, 19.4, 20, 30, 40)], ZERO, 30, "W", 230.0)
    assert found == {
        "duration": 30,
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}, {"startPeriod": 20, "limit": 8.0}],
    }


def test_a_composite_schedule_of_no_time_tells_what_holds_now() -> None:
    found = composite(lambda _: Rate(2300.0, 1), [], ZERO, 0, "A", 230.0)
    assert found["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10.0, "numberPhases": 1}]


def test_dates_are_read_with_and_without_an_offset() -> None:
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert [moment(t) for t in ("2026-01-05T12:00:00", "2026-01-05T13:00:00+01:00", "noon", None)] == [noon, noon, None, None]
    assert make((0, 1)).valid_to == EVER
