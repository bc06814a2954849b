"""Faults of a charge point in ChangeAvailability (5.2)."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from suites.ocpp16.faults.answers import ACCEPTED, REJECTED, edits_answer


@fault(kills="OCPP16-5.2-01")
def rejects_a_change_of_availability(charge_point: Any) -> None:
    """Rejects every ChangeAvailability that it could obey, and accepts those that it could not."""
    edits_answer(charge_point, "ChangeAvailability", lambda asked, answer: ACCEPTED if answer == REJECTED else REJECTED)


@fault(kills="OCPP16-5.2-02")
def accepts_at_once(charge_point: Any) -> None:
    """Says Accepted where the change must wait for the transaction."""
    charge_point.availability.answer = lambda waits: "Accepted"


@fault(kills="OCPP16-5.2-03")
def rejects_what_is_there(charge_point: Any) -> None:
    """Rejects a change to the availability that is there already."""
    plain = charge_point.availability.change_availability

    def changes(payload: Any, channel: Any) -> Any:
        there = charge_point.availability.is_inoperative(payload["connectorId"]) == (payload["type"] == "Inoperative")
        answer = plain(payload, channel)
        return REJECTED if there else answer

    charge_point.endpoint.handlers["ChangeAvailability"] = changes


@fault(kills="OCPP16-5.2-04")
def changes_in_silence(charge_point: Any) -> None:
    """Does not tell that its availability changed."""

    plain = charge_point.availability.answer

    def answer(waits: Any) -> Any:  # at once, for what it reports after the boot may still be under way
        for number in charge_point.status.numbers:
            charge_point.status.seen[number] = charge_point.status.told[number] = charge_point.status.of(number)
        return plain(waits)

    charge_point.availability.answer = answer


@fault(kills="OCPP16-5.2-05")
def changes_only_connector_0(charge_point: Any) -> None:
    """Changes the charge point but not its connectors when connector 0 is changed."""
    charge_point.availability.touched = lambda number: [number]


@fault(kills="OCPP16-5.2-06")
def forgets_what_was_scheduled(charge_point: Any) -> None:
    """Does not become Unavailable when the transaction is over."""
    charge_point.availability.settle = lambda number: None


@fault(kills="OCPP16-5.2-01")
def rejects_to_go_into_service(charge_point: Any) -> None:
    """Rejects a change to Operative, and makes it."""
    edits_answer(charge_point, "ChangeAvailability", lambda asked, answer: REJECTED if asked["type"] == "Operative" else answer)


@fault(kills="OCPP16-5.2-05")
def changes_all_but_connector_0(charge_point: Any) -> None:
    """Changes its connectors but not the charge point when connector 0 is changed."""
    charge_point.availability.touched = lambda number: list(charge_point.connectors) if number == 0 else [number]


def forgets_inoperative(charge_point: Any, numbers: list[int]) -> None:
    """After a reboot these are Operative again."""
    wakes = charge_point.availability.wakes

    def forgets() -> None:
        charge_point.memory.inoperative.difference_update(numbers)
        wakes()

    charge_point.availability.wakes = forgets


@fault(kills="OCPP16-4.9-11")
def forgets_that_it_is_out_of_service(charge_point: Any) -> None:
    """Is Available again as a whole after a reboot, though its connectors are not."""
    forgets_inoperative(charge_point, [0])


@fault(kills="OCPP16-4.9-11")
def forgets_that_its_connectors_are_unavailable(charge_point: Any) -> None:
    """Its connectors are Available again after a reboot, though the charge point as a whole is not."""
    forgets_inoperative(charge_point, list(charge_point.connectors))


@fault(kills="OCPP16-5.2-07")
def charges_out_of_service(charge_point: Any) -> None:
    """Starts transactions on a connector that is Unavailable."""
    charge_point.sessions.is_ready = lambda number: not charge_point.transactions.running(number)
