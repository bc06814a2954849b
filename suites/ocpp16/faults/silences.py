"""Faults of a charge point that does all that it should, and does not tell one thing of it: one kind of StartTransaction,
StopTransaction or StatusNotification. So nothing but the missing message is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from suites.ocpp16.faults.queue import queues_no
from suites.ocpp16.faults.status import Report, edits_reports, keeps_quiet_about, tells_once

STOPS: dict[str, tuple[str, list[str]]] = {
    "EVDisconnected": ("OCPP16-4.10-04", []),
    "Remote": ("OCPP16-5.12-02", ["OCPP16-4.10-01"]),
    "UnlockCommand": ("OCPP16-5.18-03", []),
    "DeAuthorized": ("OCPP16-3.5.4-02", []),
}
"""Reason to what a StopTransaction for it shows, and what else does not show where there is none."""


def tells_no_stop_for(reason: str) -> Callable[[Any], None]:
    """A fault: a transaction that ends for this reason ends, and its StopTransaction is not sent."""

    def hides(charge_point: Any) -> None:
        queues_no(charge_point, "StopTransaction", lambda payload, transaction: payload["reason"] == reason)

    hides.__name__ = f"tells_no_stop_for_{reason}"
    hides.__doc__ = f"Tells no StopTransaction with the reason {reason}."
    return hides


for _reason, (_kills, _also) in STOPS.items():
    fault(kills=_kills, also=_also)(tells_no_stop_for(_reason))


@fault(kills="OCPP16-3.10-01")
def stops_for_its_group_in_secret(charge_point: Any) -> None:
    """Stops for another card of the same group, and tells no StopTransaction."""
    queues_no(
        charge_point, "StopTransaction", lambda payload, transaction: payload.get("idTag") not in (None, transaction.id_tag)
    )


@fault(kills="OCPP16-5.11-02")
def starts_remotely_in_secret(charge_point: Any) -> None:
    """Obeys a RemoteStartTransaction, and tells no StartTransaction."""
    remotely = charge_point.remote.remotely
    asked: set[str] = set()

    async def notes(number: int, id_tag: str, *more: Any) -> None:
        asked.add(id_tag)
        await remotely(number, id_tag, *more)

    charge_point.remote.remotely = notes
    queues_no(charge_point, "StartTransaction", lambda payload, transaction: payload["idTag"] in asked)


def _hides_starts_of_known_cards(charge_point: Any) -> None:
    known = charge_point.authorization.known
    queues_no(charge_point, "StartTransaction", lambda payload, transaction: known(payload["idTag"]) is not None)


@fault(kills="OCPP16-4.8-01")
def starts_in_secret_with_cards_that_it_knows(charge_point: Any) -> None:
    """Tells no StartTransaction of an idTag that is in its cache."""
    _hides_starts_of_known_cards(charge_point)


@fault(kills="OCPP16-5.11-02")
def starts_remotely_in_secret_with_cards_that_it_knows(charge_point: Any) -> None:
    """Tells no StartTransaction of a remote start whose idTag is in its cache."""
    _hides_starts_of_known_cards(charge_point)


@fault(kills="OCPP16-4.9-13")
def keeps_quiet_when_the_ev_is_gone(charge_point: Any) -> None:
    """Does not tell that a connector became Finishing as its EV was unplugged."""
    keeps_quiet_about("Finishing")(charge_point)


@fault(kills="OCPP16-5.2-04")
def goes_out_of_service_in_silence(charge_point: Any) -> None:
    """Does not tell that a connector became Unavailable."""
    keeps_quiet_about("Unavailable")(charge_point)


@fault(kills="OCPP16-5.2-04")
def goes_into_service_in_silence(charge_point: Any) -> None:
    """Does not tell that a connector is Available again."""
    keeps_quiet_about("Available")(charge_point)


@fault(kills="OCPP16-9.1.6-01")
def gives_up_in_silence(charge_point: Any) -> None:
    """Does not tell that a connector is Available again when no cable came."""
    keeps_quiet_about("Available")(charge_point)


@fault(kills="OCPP16-4.9-04")
def tells_preparing_once(charge_point: Any) -> None:
    """Tells Preparing the first time only."""
    tells_once(charge_point, "Preparing")


@fault(kills="OCPP16-4.9-01", also=["OCPP16-4.9-11"])
def reports_only_connector_0(charge_point: Any) -> None:
    """Reports the status of connector 0 after boot, but not that of its connectors."""

    def of_connector_0(number: int, told: Any) -> list[Report]:
        return [(number, told)] if number == 0 or charge_point.registration.accepted.is_set() else []

    edits_reports(charge_point, of_connector_0)
