"""Smart charging (OCPP 1.6, 3.13, 5.5, 5.7, 5.16), and what OCA's cases expect of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from evconform.harness.clock import LabLoop
from mocks.charge_point.composite_schedule import MAX, TX, TX_DEFAULT
from mocks.charge_point.connector import Connector
from mocks.charge_point.smart_charging import SmartCharging

from .conftest import FakeChargePoint

Periods = list[tuple[int, float]]
A = 230.0 * 3
"""W of one A on three phases."""


@pytest.fixture
def charging(cp: FakeChargePoint) -> SmartCharging:
    made: SmartCharging = cp.has(SmartCharging)
    return made


@pytest.fixture
def of_twin(twin: FakeChargePoint) -> SmartCharging:
    made: SmartCharging = twin.has(SmartCharging)
    return made


def profile(cp: FakeChargePoint, periods: Periods, purpose: str = TX_DEFAULT, **more: Any) -> dict[str, Any]:
    """An absolute profile from now on; ``duration``, ``unit`` and ``start`` belong to its schedule."""
    schedule: dict[str, Any] = {
        "chargingRateUnit": more.pop("unit", "A"),
        "chargingSchedulePeriod": [{"startPeriod": s, "limit": v} for s, v in periods],
        "startSchedule": more.pop("start", cp.at(0)),
    }
    if "duration" in more:
        schedule["duration"] = more.pop("duration")
    plain = {"chargingProfileId": 1, "stackLevel": 0, "chargingProfileKind": "Absolute", "chargingProfilePurpose": purpose}
    return plain | {"chargingSchedule": schedule} | more


def sets(cp: FakeChargePoint, number: int, periods: Periods, purpose: str = TX_DEFAULT, **more: Any) -> str:
    wanted = profile(cp, periods, purpose, **more)
    status: str = cp.status("SetChargingProfile", connectorId=number, csChargingProfiles=wanted)
    return status


def clears(cp: FakeChargePoint, **which: Any) -> str:
    status: str = cp.status("ClearChargingProfile", **which)
    return status


def composite(cp: FakeChargePoint, duration: int, number: int = 1, unit: str = "A") -> Periods:
    answer = cp.asks("GetCompositeSchedule", connectorId=number, duration=duration, chargingRateUnit=unit)
    assert (answer["status"], answer["connectorId"], answer["scheduleStart"]) == ("Accepted", number, cp.at(0))
    schedule = answer["chargingSchedule"]
    assert (schedule["duration"], schedule["chargingRateUnit"]) == (duration, unit)
    return [(p["startPeriod"], p["limit"]) for p in schedule["chargingSchedulePeriod"]]


# ── OCA's cases ──


@pytest.mark.parametrize(("unit", "limit"), [("A", 6.0), ("W", 6000.0)])
def test_a_default_profile_shows(cp: FakeChargePoint, charging: SmartCharging, unit: str, limit: float) -> None:
    """TC_056_CS; with a transaction TC_082_CS."""
    assert sets(cp, 1, [(0, limit)], unit=unit, duration=300) == "Accepted"
    assert composite(cp, 300, unit=unit) == [(0, limit)]
    assert cp.offers == [1]


def test_a_default_profile_bears_on_the_transaction_that_runs(cp: FakeChargePoint, charging: SmartCharging) -> None:
    """TC_082_CS, erratum 3.8."""
    cp.starts()
    cp.after(20)
    assert charging.limit(1, cp.now()) is None
    assert sets(cp, 1, [(0, 6.0)]) == "Accepted"
    assert composite(cp, 300) == [(0, 6.0)]
    assert charging.limit(1, cp.now()) == 6 * A
    assert clears(cp, id=1) == "Accepted"
    assert charging.limit(1, cp.now()) is None


@pytest.mark.parametrize(("unit", "times"), [("A", 1.0), ("W", 1000.0)])
@pytest.mark.parametrize("x", [0, 7])
def test_three_purposes_make_one_schedule(cp: FakeChargePoint, charging: SmartCharging, unit: str, times: float, x: int) -> None:
    """TC_066_CS, ``x`` seconds after the profiles were set."""
    cp.starts()

    def scaled(*periods: tuple[int, float]) -> Periods:
        return [(start, limit * times) for start, limit in periods]

    default = scaled((0, 6), (60, 10), (120, 8), (180, 15), (260, 8))
    mine = scaled((0, 8), (50, 11), (140, 16), (200, 6), (240, 12))
    assert sets(cp, 0, scaled((0, 10)), MAX, unit=unit, chargingProfileId=1) == "Accepted"
    assert sets(cp, 1, default, unit=unit, chargingProfileId=2, duration=300) == "Accepted"
    assert sets(cp, 1, mine, TX, unit=unit, chargingProfileId=3, duration=260, transactionId=7) == "Accepted"
    cp.after(x)
    assert composite(cp, 400, unit=unit) == scaled((0, 8), (50 - x, 10), (200 - x, 6), (240 - x, 10))


def test_profiles_are_cleared_by_id_by_purpose_and_level_and_all(cp: FakeChargePoint, charging: SmartCharging) -> None:
    """TC_067_CS."""
    cp.starts()
    cp.after(3)
    sets(cp, 0, [(0, 11), (200, 12)], MAX, chargingProfileId=1)
    sets(cp, 1, [(0, 7), (100, 9)], TX_DEFAULT, chargingProfileId=2, stackLevel=1)
    sets(cp, 1, [(0, 5)], TX, chargingProfileId=3)
    assert composite(cp, 350) == [(0, 5)]
    assert clears(cp, id=3) == "Accepted"
    assert composite(cp, 350) == [(0, 7), (100, 9)]
    assert clears(cp, chargingProfilePurpose=TX_DEFAULT, stackLevel=0) == "Unknown"
    assert clears(cp, connectorId=1, chargingProfilePurpose=TX_DEFAULT, stackLevel=1) == "Accepted"
    assert composite(cp, 350) == [(0, 11), (200, 12)]
    assert clears(cp) == "Accepted"
    assert composite(cp, 350) == [(0, 31.8)]  # its own limit, 22 kW
    assert clears(cp) == "Unknown"


def test_a_stack_falls_back_to_the_lower_level(cp: FakeChargePoint, charging: SmartCharging) -> None:
    """TC_072_CS."""
    assert sets(cp, 1, [(0, 5), (60, 6), (120, 8), (200, 10)], chargingProfileId=1) == "Accepted"
    assert sets(cp, 1, [(0, 7), (100, 9)], chargingProfileId=2, stackLevel=1, duration=150) == "Accepted"
    assert composite(cp, 350) == [(0, 7), (100, 9), (150, 8), (200, 10)]
    cp.after(30)
    assert composite(cp, 350) == [(0, 7), (70, 9), (120, 8), (170, 10)]


def test_a_profile_of_the_transaction(cp: FakeChargePoint, charging: SmartCharging) -> None:
    """TC_057_CS, TC_058_1_CS, TC_058_2_CS."""
    assert sets(cp, 1, [(0, 6)], TX, transactionId=7) == "Rejected"
    assert sets(cp, 1, [(0, 6)], TX) == "Rejected"
    cp.starts(id=7)
    assert sets(cp, 1, [(0, 6)], TX, transactionId=8) == "Rejected"
    assert composite(cp, 300) == [(0, 31.8)]
    assert sets(cp, 1, [(0, 6)], TX, transactionId=7) == "Accepted"
    assert composite(cp, 300) == [(0, 6)]


def test_a_profile_of_a_remote_start(cp: FakeChargePoint, charging: SmartCharging) -> None:
    """TC_059_CS, TC_060_CS; 5.16.2: its stack level is replaced, another one stacked."""
    good = profile(cp, [(0, 6)], TX)
    assert charging.accepts_for_remote_start(good)
    assert not charging.accepts_for_remote_start(good | {"transactionId": 7})
    assert not charging.accepts_for_remote_start(good | {"chargingProfilePurpose": TX_DEFAULT})
    assert not charging.accepts_for_remote_start(profile(cp, [(1, 6)], TX))
    cp.starts(id=None)
    charging.install_tx_profile(1, None, good)
    assert charging.limit(1, cp.now()) == 6 * A
    cp.starts(id=7)
    assert sets(cp, 1, [(0, 9)], TX, transactionId=7, chargingProfileId=2, duration=60, stackLevel=1) == "Accepted"
    assert composite(cp, 100) == [(0, 9), (60, 6)]
    assert sets(cp, 1, [(0, 8)], TX, transactionId=7, chargingProfileId=3) == "Accepted"
    assert composite(cp, 100) == [(0, 9), (60, 8)]


# ── what is rejected ──


@pytest.mark.parametrize(
    ("number", "periods", "purpose", "more"),
    [
        (1, [(0, 6)], MAX, {}),
        (0, [(0, 6)], TX, {}),
        (1, [(1, 6)], TX_DEFAULT, {}),
        (1, [(0, 6), (20, 7), (10, 8)], TX_DEFAULT, {}),
        (1, [(0, 6), (0, 7)], TX_DEFAULT, {}),
        (1, [], TX_DEFAULT, {}),
        (1, [(n, 6) for n in range(25)], TX_DEFAULT, {}),
        (1, [(0, -1)], TX_DEFAULT, {}),
        (1, [(0, 6)], TX_DEFAULT, {"duration": 0}),
        (1, [(0, 6)], TX_DEFAULT, {"stackLevel": 9}),
        (1, [(0, 6)], TX_DEFAULT, {"stackLevel": -1}),
        (1, [(0, 6)], TX_DEFAULT, {"transactionId": 7}),
        (1, [(0, 6)], TX_DEFAULT, {"chargingProfileKind": "Recurring"}),
        (0, [(0, 6)], MAX, {"chargingProfileKind": "Relative"}),
        (1, [(0, 6)], TX_DEFAULT, {"start": "noon"}),
        (1, [(0, 6)], TX_DEFAULT, {"validFrom": "2026-01-02T00:00:00Z", "validTo": "2026-01-01T00:00:00Z"}),
    ],
)
def test_what_cannot_be_followed_is_rejected(
    cp: FakeChargePoint, charging: SmartCharging, number: int, periods: Periods, purpose: str, more: Any
) -> None:
    cp.starts()
    assert sets(cp, number, periods, purpose, **more) == "Rejected"
    assert charging.profiles == []
    assert cp.offers == []


@pytest.mark.parametrize(("phases", "status"), [(0, "Rejected"), (1, "Accepted"), (3, "Accepted"), (4, "Rejected")])
def test_there_are_one_to_three_phases(cp: FakeChargePoint, charging: SmartCharging, phases: int, status: str) -> None:
    wanted = profile(cp, [(0, 6)])
    wanted["chargingSchedule"]["chargingSchedulePeriod"][0]["numberPhases"] = phases
    assert cp.status("SetChargingProfile", connectorId=1, csChargingProfiles=wanted) == status


@pytest.mark.parametrize("number", [2, -1])
def test_a_connector_that_there_is_not(cp: FakeChargePoint, charging: SmartCharging, number: int) -> None:
    """Erratum 3.39; 5.7."""
    assert sets(cp, number, [(0, 6)]) == "PropertyConstraintViolation"
    assert cp.status("GetCompositeSchedule", connectorId=number, duration=60) == "Rejected"


@pytest.mark.parametrize("duration", [-1, 32 * 86_400])
def test_a_schedule_that_it_does_not_report(cp: FakeChargePoint, charging: SmartCharging, duration: int) -> None:
    assert cp.asks("GetCompositeSchedule", connectorId=1, duration=duration) == {"status": "Rejected"}


def test_a_unit_that_is_not_supported(cp: FakeChargePoint, charging: SmartCharging) -> None:
    charging.units = ("W",)
    assert sets(cp, 1, [(0, 6)], unit="A") == "Rejected"
    assert sets(cp, 1, [(0, 6)], unit="W") == "Accepted"
    assert charging.keys()["ChargingScheduleAllowedChargingRateUnit"] == (True, "Power")


def test_no_more_profiles_than_MaxChargingProfilesInstalled(cp: FakeChargePoint, charging: SmartCharging) -> None:
    charging.max_installed = 2
    levels = [sets(cp, 1, [(0, 6)], chargingProfileId=n, stackLevel=n) for n in range(3)]
    assert levels == ["Accepted", "Accepted", "Rejected"]
    assert sets(cp, 1, [(0, 7)], chargingProfileId=5, stackLevel=1) == "Accepted"


# ── what is kept ──


def test_the_same_id_or_the_same_place_is_replaced(twin: FakeChargePoint, of_twin: SmartCharging) -> None:
    """5.16.3, 3.13.2."""
    sets(twin, 1, [(0, 6)], chargingProfileId=1)
    sets(twin, 1, [(0, 7)], chargingProfileId=2)
    assert [p.id for p in of_twin.profiles] == [2]
    sets(twin, 1, [(0, 8)], chargingProfileId=3, stackLevel=1)
    sets(twin, 2, [(0, 9)], chargingProfileId=4)
    sets(twin, 0, [(0, 9)], chargingProfileId=5)
    assert [p.id for p in of_twin.profiles] == [2, 3, 4, 5]
    twin.offers.clear()
    sets(twin, 2, [(0, 9)], chargingProfileId=2, stackLevel=3)
    assert [(p.id, p.connector) for p in of_twin.profiles] == [(3, 1), (4, 2), (5, 0), (2, 2)]
    assert twin.offers == [1, 2]


def test_an_id_leaves_the_other_criteria_aside(cp: FakeChargePoint, charging: SmartCharging) -> None:
    """Erratum 3.26."""
    sets(cp, 1, [(0, 6)], chargingProfileId=1)
    assert clears(cp, id=2, connectorId=1) == "Unknown"
    assert clears(cp, connectorId=0) == "Unknown"
    assert clears(cp, id=1, connectorId=0, stackLevel=5) == "Accepted"


def test_a_profile_of_the_transaction_ends_with_it(cp: FakeChargePoint, charging: SmartCharging) -> None:
    cp.starts()
    sets(cp, 1, [(0, 6)], TX, chargingProfileId=1)
    sets(cp, 1, [(0, 7)], TX_DEFAULT, chargingProfileId=2)
    cp.memory.running.clear()
    charging.transaction_ended(1)
    assert [p.id for p in charging.profiles] == [2]
    assert composite(cp, 60) == [(0, 7)]


def test_profiles_survive_a_power_cycle(cp: FakeChargePoint, charging: SmartCharging) -> None:
    """Erratum 3.37."""
    sets(cp, 1, [(0, 6)], duration=600)
    cp.goes_dark()
    cp.after(60)
    cp.has(SmartCharging)
    assert composite(cp, 600) == [(0, 6), (540, 31.8)]


# ── limits ──


def test_the_limit_changes_when_the_schedule_does(cp: FakeChargePoint, charging: SmartCharging) -> None:
    cp.starts()
    began = cp.now()
    assert charging.next_change(1, began) is None
    sets(cp, 1, [(0, 6), (60, 10)], TX, duration=100)
    seen, now = [], began
    while (change := charging.next_change(1, now)) is not None:
        now = change
        seen.append(((now - began).total_seconds(), charging.limit(1, now)))
    assert seen == [(60, 10 * A), (100, None)]


def test_a_relative_default_counts_from_the_start_of_the_transaction(cp: FakeChargePoint, charging: SmartCharging) -> None:
    sets(cp, 0, [(0, 6), (60, 10)], chargingProfileKind="Relative")
    cp.after(500)
    assert composite(cp, 100) == [(0, 6), (60, 10)]
    cp.starts()
    cp.after(20)
    assert composite(cp, 100) == [(0, 6), (40, 10)]
    assert composite(cp, 100, number=0) == [(0, 6), (40, 10)]
    assert charging.next_change(1, cp.now()) == cp.now() + timedelta(seconds=40)


def test_a_daily_profile(cp: FakeChargePoint, charging: SmartCharging) -> None:
    """3.13.7, in a composite schedule from noon on."""
    periods: Periods = [(0, 11_000.0), (28_800, 6_000.0), (72_000, 11_000.0)]
    daily = {"chargingProfileKind": "Recurring", "recurrencyKind": "Daily"}
    assert sets(cp, 1, periods, unit="W", start="2013-01-01T00:00Z", duration=86_400, **daily) == "Accepted"
    hours = [(seconds / 3600, limit) for seconds, limit in composite(cp, 86_400, unit="W")]
    assert hours == [(0, 6000), (8, 11_000), (20, 6000)]


def test_the_connectors_share_the_limit_of_the_whole(twin: FakeChargePoint, of_twin: SmartCharging) -> None:
    """3.13.3."""
    sets(twin, 0, [(0, 20)], MAX)
    twin.starts(1)
    assert of_twin.limit(1, twin.now()) == 20 * A
    twin.starts(2)
    twin.offers.clear()
    of_twin.share_changed(2)
    assert twin.offers == [1]
    assert [of_twin.limit(n, twin.now()) for n in (1, 2)] == [10 * A, 10 * A]
    del twin.memory.running[1]
    of_twin.transaction_ended(1)
    assert twin.offers == [1, 2]
    assert of_twin.limit(2, twin.now()) == 20 * A


def test_the_whole_takes_what_its_connectors_may_within_its_own_limit(twin: FakeChargePoint, of_twin: SmartCharging) -> None:
    """5.7."""
    assert composite(twin, 60, number=0, unit="W") == [(0, 44_000)]
    sets(twin, 0, [(0, 10)], chargingProfileId=1)
    assert composite(twin, 60, number=0) == [(0, 20)]
    sets(twin, 2, [(0, 6)], chargingProfileId=2)
    assert composite(twin, 60, number=0) == [(0, 16)]
    sets(twin, 0, [(0, 12)], MAX, chargingProfileId=3, duration=30)
    assert composite(twin, 60, number=0) == [(0, 12), (30, 16)]


def test_a_limit_in_watts_is_told_in_amperes_and_back(cp: FakeChargePoint, charging: SmartCharging) -> None:
    sets(cp, 1, [(0, 6900.0)], unit="W")
    assert composite(cp, 60, unit="A") == [(0, 10)]
    sets(cp, 1, [(0, 10.0)], unit="A")
    assert composite(cp, 60, unit="W") == [(0, 6900)]


def test_without_a_unit_ac_tells_amperes_and_dc_watts(loop: LabLoop) -> None:
    for phases, unit, limit in ((1, "A", 32.1), (0, "W", 7400.0)):
        cp = FakeChargePoint(loop, connectors={1: Connector(1, phases, 7_400.0)})
        cp.has(SmartCharging)
        for number in (0, 1):
            schedule = cp.asks("GetCompositeSchedule", connectorId=number, duration=60)["chargingSchedule"]
            periods = [{"startPeriod": 0, "limit": limit, "numberPhases": 1}]
            assert schedule == {"duration": 60, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}


def test_what_the_pics_does_not_claim_is_not_there(loop: LabLoop) -> None:
    cp = FakeChargePoint(loop, claims=("SetChargingProfile", "ClearChargingProfile"))
    assert sorted(cp.has(SmartCharging).keys()) == [
        "ChargeProfileMaxStackLevel",
        "ChargingScheduleAllowedChargingRateUnit",
        "ChargingScheduleMaxPeriods",
        "MaxChargingProfilesInstalled",
    ]
    assert sorted(cp.handlers) == ["ClearChargingProfile", "SetChargingProfile"]
    without = FakeChargePoint(loop, claims=())
    assert without.has(SmartCharging).keys() == {}
    assert without.handlers == {}
