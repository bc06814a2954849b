"""A CDR recomputed from what it says, and the periods that it lacks: mod_cdrs, CDR object and ChargingPeriod class."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from evconform.ocpi.pricing.cdr import price_periods, recompute, unsplit
from evconform.ocpi.pricing.tariff import Tariff

UTC_ZONE = "UTC"


def tariff(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"id": "T", "currency": "EUR", "elements": list(elements)}


def element(dimension: str, at: float, step_size: int = 1, **restrictions: Any) -> dict[str, Any]:
    return {"price_components": [{"type": dimension, "price": at, "step_size": step_size}], "restrictions": restrictions}


def period(start: str, tariff_id: str | None = "T", **volumes: float) -> dict[str, Any]:
    dimensions = [{"type": name, "volume": volume} for name, volume in volumes.items()]
    return {"start_date_time": f"2026-06-01T{start}Z", "dimensions": dimensions, "tariff_id": tariff_id}


def cdr(end: str, tariffs: list[dict[str, Any]], *periods: dict[str, Any]) -> dict[str, Any]:
    return {"end_date_time": f"2026-06-01T{end}Z", "tariffs": tariffs, "charging_periods": list(periods)}


BOTH = tariff(element("TIME", 1, 0), element("PARKING_TIME", 10, 0), element("ENERGY", 100, 0))


@pytest.mark.parametrize(
    ("volumes", "cost"),
    [
        ({"TIME": 1.0}, 1),
        ({"TIME": 0.9997}, 1),  # the duration, badly rounded
        ({"TIME": 0.95}, 0.95),  # what the CDR says is what is priced
        ({"PARKING_TIME": 1.0}, 10),
        ({"TIME": 0.25, "PARKING_TIME": 0.75}, 7.75),
        ({"TIME": 0.0, "PARKING_TIME": 1.0}, 10),
        ({"ENERGY": 0.5}, 51),
        ({"TIME": 1.0, "PARKING_TIME": 0, "ENERGY": 0.5}, 51),
        ({"RESERVATION_TIME": 1.0}, 0),
        ({"TIME": 0.25, "PARKING_TIME": 0.75, "ENERGY": 1}, 107.75),
    ],
)
def test_the_volumes_of_a_period(volumes: dict[str, float], cost: float) -> None:
    assert float(recompute(cdr("11:00:00", [BOTH], period("10:00:00", **volumes)), UTC_ZONE).total.excl) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("volumes", "cost"),
    [
        ({"MIN_POWER": 22, "MAX_POWER": 40}, 3),
        ({"MIN_POWER": 22}, 3),
        ({"MAX_POWER": 21.9}, 1),
        ({"POWER": 22}, 3),
        ({"MIN_POWER": 5, "MAX_POWER": 40}, 0),  # neither all below nor all above
        ({}, 1),  # 10 kWh in an hour are 10 kW
    ],
)
def test_power_is_what_the_period_says_or_what_its_energy_makes(volumes: dict[str, float], cost: float) -> None:
    priced = tariff(element("TIME", 1, max_power=22), element("TIME", 3, min_power=22))
    whole = cdr("11:00:00", [priced], period("10:00:00", TIME=1, ENERGY=10, **volumes))
    assert recompute(whole, UTC_ZONE).total.excl == cost


def test_current_is_known_where_the_period_says_it() -> None:
    """The session example of the text tells MAX_CURRENT below a bound and MIN_CURRENT above it."""
    priced = tariff(element("TIME", 1, max_current=32), element("TIME", 3, min_current=32))
    whole = cdr(
        "12:00:00",
        [priced],
        period("10:00:00", TIME=1, MAX_CURRENT=30),
        period("11:00:00", TIME=1, MIN_CURRENT=34),
    )
    assert recompute(whole, UTC_ZONE).total.excl == 4
    assert recompute(cdr("11:00:00", [priced], period("10:00:00", TIME=1)), UTC_ZONE).total.excl == 0


def test_no_tariff_no_cost() -> None:
    whole = cdr("11:00:00", [BOTH], period("10:00:00", None, TIME=0.5), period("10:30:00", TIME=0.5))
    assert recompute(whole, UTC_ZONE).total.excl == 0.5


@pytest.mark.parametrize(
    ("restrictions", "missing"),
    [
        ({"start_time": "10:30"}, ["10:30:00"]),
        ({"start_time": "10:30", "end_time": "10:45"}, ["10:30:00", "10:45:00"]),
        ({"max_duration": 900}, ["10:15:00"]),
        ({"min_kwh": 5}, ["10:30:00"]),
        ({"start_time": "11:00"}, []),
        ({"min_kwh": 10.0001}, []),
    ],
)
def test_a_component_that_became_active_within_a_period(restrictions: dict[str, Any], missing: list[str]) -> None:
    whole = cdr(
        "11:00:00", [tariff(element("TIME", 1, **restrictions), element("TIME", 2))], period("10:00:00", TIME=1, ENERGY=10)
    )
    assert [f"{at:%H:%M:%S}" for at in unsplit(whole, UTC_ZONE)] == missing


def test_parking_that_has_a_price_needs_a_period_of_its_own() -> None:
    mixed = period("10:00:00", TIME=0.25, PARKING_TIME=0.75)
    assert [f"{at:%H:%M}" for at in unsplit(cdr("11:00:00", [BOTH], mixed), UTC_ZONE)] == ["10:15"]
    assert unsplit(cdr("11:00:00", [tariff(element("ENERGY", 1))], mixed), UTC_ZONE) == []


def test_a_period_that_begins_where_it_must_lacks_none() -> None:
    priced = tariff(element("TIME", 1, end_time="10:30"), element("TIME", 2))
    periods = period("10:00:00", TIME=0.5), period("10:29:59.500", TIME=0.5)
    assert unsplit(cdr("11:00:00", [priced], *periods), UTC_ZONE) == []


@pytest.mark.parametrize(("expired", "cost"), [(None, 9), (True, 9), (False, 3)])
def test_a_cdr_of_a_reservation_alone(expired: bool | None, cost: float) -> None:
    priced = tariff(element("TIME", 9, reservation="RESERVATION_EXPIRES"), element("TIME", 3, reservation="RESERVATION"))
    whole = cdr("11:00:00", [priced], period("10:00:00", RESERVATION_TIME=1))
    assert recompute(whole, UTC_ZONE, expired=expired).total.excl == cost


def test_a_used_reservation_is_none_that_expired() -> None:
    priced = tariff(element("TIME", 9, reservation="RESERVATION_EXPIRES"), element("TIME", 3, reservation="RESERVATION"))
    whole = cdr("12:00:00", [priced], period("10:00:00", RESERVATION_TIME=1), period("11:00:00", TIME=1))
    assert recompute(whole, UTC_ZONE).total.excl == 3


def test_periods_of_a_session() -> None:
    end = datetime(2026, 6, 1, 11, tzinfo=UTC)
    explained = price_periods([period("10:00:00", TIME=1, ENERGY=2, STATE_OF_CHARGE=50)], end, [Tariff.of(BOTH)], UTC_ZONE)
    assert explained.total.excl == 201


def test_a_period_of_no_length_still_has_its_energy() -> None:
    whole = cdr("10:00:00", [tariff(element("ENERGY", 1, 0, max_kwh=4), element("ENERGY", 2, 0))], period("10:00:00", ENERGY=10))
    assert recompute(whole, UTC_ZONE).total.excl == 16


@pytest.mark.parametrize(
    ("whole", "says"),
    [
        ([], "/: an object is expected"),
        ({}, "/end_date_time: is missing"),
        ({"end_date_time": "1970-1-1T00:00:00Z"}, "/end_date_time: '1970-1-1T00:00:00Z' is not written like"),
        (cdr("11:00:00", [BOTH]), "/charging_periods: at least one is expected"),
        (
            cdr("09:00:00", [BOTH], period("10:00:00", TIME=1)),
            "/charging_periods/0/start_date_time: a moment that is not after the end",
        ),
        (cdr("11:00:00", [], period("10:00:00", TIME=1)), "tariff 'T' is not among those given"),
        (cdr("11:00:00", [{}], period("10:00:00", TIME=1)), "/tariffs/0/elements: at least one is expected"),
        (cdr("11:00:00", [BOTH], {"start_date_time": None}), "/charging_periods/0/start_date_time: is missing"),
        (cdr("11:00:00", [BOTH], period("10:00:00", TIME="1")), "/charging_periods/0/dimensions/0/volume: a number is expected"),  # type: ignore[arg-type]
        (cdr("11:00:00", [BOTH], 5), "/charging_periods/0: an object is expected"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(whole: Any, says: str) -> None:
    with pytest.raises(ValueError, match=f"^{says}"):
        recompute(whole, UTC_ZONE)
