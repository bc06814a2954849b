"""Reservations (OCPP 1.6, 3.11, 5.1, 5.13, 7.40)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from evconform.harness.clock import LabLoop
from mocks.charge_point.reservation import Reservations

from .conftest import FakeChargePoint


@pytest.fixture
def reservations(cp: FakeChargePoint) -> Reservations:
    made: Reservations = cp.has(Reservations)
    return made


@pytest.fixture
def of_twin(twin: FakeChargePoint) -> Reservations:
    made: Reservations = twin.has(Reservations)
    return made


def reserve(cp: FakeChargePoint, number: int = 1, id_tag: str = "MINE", id: int = 5, seconds: float = 600, **more: Any) -> str:
    status: str = cp.status("ReserveNow", connectorId=number, idTag=id_tag, reservationId=id, expiryDate=cp.at(seconds), **more)
    return status


def cancel(cp: FakeChargePoint, id: int = 5) -> str:
    status: str = cp.status("CancelReservation", reservationId=id)
    return status


def break_down(cp: FakeChargePoint) -> None:
    cp.connectors[1].fault = "OtherError"


def plug_in(cp: FakeChargePoint) -> None:
    cp.connectors[1].plug()


def identify(cp: FakeChargePoint) -> None:
    cp.identified.add(1)


def charge(cp: FakeChargePoint) -> None:
    cp.starts()


def switch_off(cp: FakeChargePoint) -> None:
    cp.inoperative.update((0, 1))


# ── ReserveNow ──


def test_a_reserved_connector_is_for_its_id_tag_alone(cp: FakeChargePoint, reservations: Reservations) -> None:
    assert reserve(cp) == "Accepted"
    assert cp.told == [1]
    assert reservations.is_reserved(1)
    assert reservations.blocks(1, "OTHER", None)
    assert not reservations.blocks(1, "mine", None)


def test_a_transaction_uses_its_reservation_up(cp: FakeChargePoint, reservations: Reservations) -> None:
    reserve(cp)
    assert reservations.uses(1, "OTHER", None) is None
    assert reservations.uses(1, "Mine", None) == 5
    assert not reservations.is_reserved(1)
    assert reservations.uses(1, "MINE", None) is None


def test_a_parent_id_tag_is_compared_with_parents_alone(cp: FakeChargePoint, reservations: Reservations) -> None:
    reserve(cp, parentIdTag="GROUP")
    assert not reservations.blocks(1, "OTHER", "group")
    assert reservations.blocks(1, "OTHER", "STRANGERS")
    assert reservations.blocks(1, "GROUP", None)
    assert reservations.blocks(1, "OTHER", "MINE")
    assert reservations.uses(1, "OTHER", "GROUP") == 5


@pytest.mark.parametrize("number", [1, 0])
@pytest.mark.parametrize(
    ("happens", "status"),
    [
        (break_down, "Faulted"),
        (plug_in, "Occupied"),
        (identify, "Occupied"),
        (charge, "Occupied"),
        (reserve, "Occupied"),
        (switch_off, "Unavailable"),
    ],
)
def test_what_cannot_be_reserved_says_why(
    cp: FakeChargePoint, reservations: Reservations, number: int, happens: Any, status: str
) -> None:
    """TC_048_1_CS to TC_048_3_CS, TC_050_1_CS to TC_050_3_CS; 7.40."""
    happens(cp)
    assert reserve(cp, number, id=6) == status
    assert 6 not in reservations.memory


def test_a_connector_that_there_is_not_and_the_past_are_rejected(cp: FakeChargePoint, reservations: Reservations) -> None:
    assert [reserve(cp, 2), reserve(cp, -1), reserve(cp, seconds=-1)] == ["Rejected"] * 3
    assert cp.status("ReserveNow", connectorId=1, idTag="A", reservationId=1, expiryDate="soon") == "TypeConstraintViolation"
    assert reservations.memory == {}


def test_the_same_reservation_id_replaces(twin: FakeChargePoint, of_twin: Reservations) -> None:
    assert [reserve(twin), reserve(twin, id_tag="NEW"), reserve(twin, 2, "NEWER")] == ["Accepted"] * 3
    assert [of_twin.is_reserved(n) for n in (1, 2)] == [False, True]
    assert not of_twin.blocks(2, "NEWER", None)
    assert twin.told[-2:] == [1, 2]
    twin.connectors[1].plug()
    assert reserve(twin, 1) == "Occupied"
    assert of_twin.blocks(2, "OTHER", None)  # what cannot be replaced stays


# ── connector 0 ──


def test_connector_0_needs_the_configuration_key(cp: FakeChargePoint, reservations: Reservations) -> None:
    cp.settings["ReserveConnectorZeroSupported"] = "false"
    assert reserve(cp, 0) == "Rejected"


def test_a_reservation_of_any_holds_the_last_free_connector_back(twin: FakeChargePoint, of_twin: Reservations) -> None:
    """5.13: no specific connector, but at any time one."""
    assert reserve(twin, 0) == "Accepted"
    assert [of_twin.is_reserved(n) for n in (0, 1, 2)] == [False, False, False]
    assert not of_twin.blocks(1, "OTHER", None)
    twin.starts(1)
    assert of_twin.is_reserved(2)
    assert of_twin.blocks(2, "OTHER", None)
    assert not of_twin.blocks(2, "MINE", None)
    assert reserve(twin, 2, "OTHER", 6) == "Occupied"
    assert of_twin.uses(2, "MINE", None) == 5
    assert of_twin.memory == {}


def test_there_are_as_many_reservations_of_any_as_free_connectors(twin: FakeChargePoint, of_twin: Reservations) -> None:
    assert [reserve(twin, 0, "A", 1), reserve(twin, 0, "B", 2), reserve(twin, 0, "C", 3)] == ["Accepted", "Accepted", "Occupied"]
    assert of_twin.blocks(1, "C", None)
    assert not of_twin.blocks(1, "A", None)


def test_a_reservation_of_the_connector_goes_before_one_of_any(twin: FakeChargePoint, of_twin: Reservations) -> None:
    assert [reserve(twin, 0, id=1), reserve(twin, 2, id=2)] == ["Accepted", "Accepted"]
    assert of_twin.uses(2, "MINE", None) == 2
    assert of_twin.uses(1, "MINE", None) == 1


def test_a_reservation_of_any_does_not_open_somebody_elses_connector(twin: FakeChargePoint, of_twin: Reservations) -> None:
    assert [reserve(twin, 0, "MINE", 1), reserve(twin, 2, "OTHER", 2)] == ["Accepted", "Accepted"]
    assert of_twin.blocks(2, "MINE", None)
    assert of_twin.uses(2, "MINE", None) is None


def test_a_used_reservation_of_any_sets_the_other_connectors_free(twin: FakeChargePoint, of_twin: Reservations) -> None:
    reserve(twin, 0)
    twin.starts(1)
    twin.told.clear()
    assert of_twin.uses(1, "MINE", None) == 5
    assert twin.told == [2]


def test_the_whole_is_faulted_if_no_connector_is_otherwise(twin: FakeChargePoint, of_twin: Reservations) -> None:
    twin.inoperative.add(2)
    twin.connectors[1].fault = "OtherError"
    assert reserve(twin, 0) == "Faulted"
    twin.connectors[1].fault = ""
    twin.connectors[1].plug()
    assert reserve(twin, 0) == "Occupied"


# ── its end ──


def test_a_cancelled_reservation_is_gone(cp: FakeChargePoint, reservations: Reservations) -> None:
    reserve(cp)
    assert cancel(cp, 6) == "Rejected"
    assert reservations.is_reserved(1)
    cp.told.clear()
    assert cancel(cp) == "Accepted"
    assert cp.told == [1]
    assert not reservations.blocks(1, "OTHER", None)
    assert cancel(cp) == "Rejected"


def test_a_reservation_expires_and_the_connector_is_told(cp: FakeChargePoint, reservations: Reservations) -> None:
    reserve(cp, seconds=600)
    cp.after(599)
    cp.told.clear()
    assert reservations.is_reserved(1)
    cp.after(1.001)
    assert not reservations.is_reserved(1)
    assert cp.told == [1]
    assert reservations.memory == {}
    assert cancel(cp) == "Rejected"


def test_a_reservation_is_over_even_before_the_watch_has_seen_it(cp: FakeChargePoint, reservations: Reservations) -> None:
    reserve(cp)
    cp.offset = timedelta(days=1)  # the clock was set
    assert not reservations.is_reserved(1)
    assert cancel(cp) == "Rejected"


def test_each_reservation_expires_at_its_own_time(twin: FakeChargePoint, of_twin: Reservations) -> None:
    reserve(twin, 1, "A", 1, 600)
    reserve(twin, 2, "B", 2, 60)
    twin.after(61)
    assert list(of_twin.memory) == [1]
    twin.after(540)
    assert of_twin.memory == {}


@pytest.mark.parametrize("lost", [1, 0])
def test_a_reservation_ends_with_its_connector(twin: FakeChargePoint, of_twin: Reservations, lost: int) -> None:
    reserve(twin, 1, "A", 1)
    reserve(twin, 2, "B", 2)
    of_twin.connector_lost(lost)
    assert list(of_twin.memory) == ([2] if lost else [])


def test_a_reservation_of_any_ends_with_the_last_connector(twin: FakeChargePoint, of_twin: Reservations) -> None:
    reserve(twin, 0, "A", 1)
    of_twin.connector_lost(1)
    assert list(of_twin.memory) == [1]
    twin.connectors[1].fault = "OtherError"
    of_twin.connector_lost(2)
    assert of_twin.memory == {}


def test_a_reservation_survives_a_power_cycle_and_then_expires(cp: FakeChargePoint, reservations: Reservations) -> None:
    reserve(cp, seconds=600)
    cp.goes_dark()
    cp.after(60)
    again: Reservations = cp.has(Reservations)
    cp.offset = timedelta(days=-1)  # a day ago: the clock was not set yet
    cp.within(again.wakes)
    cp.after(600)
    assert again.is_reserved(1)
    cp.offset = timedelta()
    cp.told.clear()
    cp.within(again.wakes)
    cp.after(0.001)
    assert cp.told == [1]
    assert not again.is_reserved(1)


def test_what_the_pics_does_not_claim_is_not_there(loop: LabLoop) -> None:
    cp = FakeChargePoint(loop, claims=("ReserveNow",))
    assert cp.has(Reservations).keys() == {"ReserveConnectorZeroSupported": (True, "true")}
    assert list(cp.handlers) == ["ReserveNow"]
    without = FakeChargePoint(loop, claims=())
    assert without.has(Reservations).keys() == {}
    assert without.handlers == {}
