"""Faults of a charge point in StatusNotification (4.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Channel, Payload
from evconform.ocpp.view import instant
from suites.ocpp16.faults.availability import forgets_inoperative
from suites.ocpp16.faults.framing import edits_payload, without

ALSO: dict[str, list[str]] = {
    "Available": ["OCPP16-9.1.6-01"],
    "Preparing": [],
    "Charging": [],
    "SuspendedEV": ["OCPP16-4.9-12"],
    "Finishing": [],
    "Faulted": [],
}
"""Status to what else breaks where it is never told."""
Report = tuple[int, Any]
"""The number of a connector and the status that is told of it."""


def _edits(charge_point: Any, edit: Callable[[Payload], Payload]) -> None:
    edits_payload(charge_point, "StatusNotification", edit)


def edits_reports(charge_point: Any, edit: Callable[[int, Any], Iterable[Report]]) -> None:
    """``edit`` gets a connector and the status that is about to be told of it, and gives back what is told instead."""
    report = charge_point.status.report

    async def reports(channel: Channel, number: int, told: Any, *stamp: str) -> None:
        for each in edit(number, told):
            await report(channel, *each, *stamp)

    charge_point.status.report = reports


def tells_once(charge_point: Any, status: str) -> None:
    """Tells this status of each connector the first time only."""
    told_before: set[int] = set()

    def once(number: int, told: Any) -> Iterator[Report]:
        if told.status != status or number not in told_before:
            yield number, told
        if told.status == status:  # its report has come through
            told_before.add(number)

    edits_reports(charge_point, once)


def keeps_quiet_about(status: str) -> Callable[[Any], None]:
    """A fault: changes to this status are not told, but for the report after boot."""

    def quiet(charge_point: Any) -> None:
        def unless(number: int, told: Any) -> list[Report]:
            return [] if told.status == status and charge_point.registration.accepted.is_set() else [(number, told)]

        edits_reports(charge_point, unless)

    quiet.__name__ = f"keeps_quiet_about_{status}"
    quiet.__doc__ = f"Does not tell that a connector became {status}."
    return quiet


for _status, _also in ALSO.items():
    fault(kills="OCPP16-4.9-04", also=_also)(keeps_quiet_about(_status))


@fault(kills="OCPP16-3.5.4-03")
def suspends_in_silence(charge_point: Any) -> None:
    """Does not tell that it suspends a transaction that was refused."""
    keeps_quiet_about("SuspendedEVSE")(charge_point)


@fault(kills="OCPP16-4.9-04")
def tells_charging_once(charge_point: Any) -> None:
    """Tells Charging the first time only."""
    tells_once(charge_point, "Charging")


@fault(kills="OCPP16-4.9-04", also=["OCPP16-4.9-03"])
def prepares_when_it_is_finishing(charge_point: Any) -> None:
    """Says Preparing where it is Finishing."""
    _edits(charge_point, lambda p: p | {"status": "Preparing"} if p["status"] == "Finishing" else p)


def _says_first(charge_point: Any, before: str, status: str) -> None:
    """Tells ``status`` of a connector whenever it is about to tell ``before``."""

    def twice(number: int, told: Any) -> list[Report]:
        first = [(number, told._replace(status=status))] if told.status == before and number else []
        return [*first, (number, told)]

    edits_reports(charge_point, twice)


@fault(kills="OCPP16-4.9-03")
def is_reserved_before_it_charges(charge_point: Any) -> None:
    """Goes from Preparing to Reserved, and from there to Charging."""
    _says_first(charge_point, "Charging", "Reserved")


@fault(kills="OCPP16-4.9-03")
def is_reserved_before_it_is_free(charge_point: Any) -> None:
    """Is Reserved before it is Available again."""
    _says_first(charge_point, "Available", "Reserved")


@fault(kills="OCPP16-4.9-03")
def prepares_before_it_is_faulted(charge_point: Any) -> None:
    """Is Reserved, Finishing and then Faulted."""
    _says_first(charge_point, "Faulted", "Finishing")


@fault(kills="OCPP16-4.9-05")
def the_ev_comes_first(charge_point: Any) -> None:
    """Says SuspendedEV where both the EV and the EVSE suspend."""
    plain = charge_point.status.of_transaction

    def of_transaction(number: int) -> str:
        return plain(number) if charge_point.connectors[number].ev.wants else "SuspendedEV"

    charge_point.status.of_transaction = of_transaction


@fault(kills="OCPP16-4.9-06")
def communication_error_while_charging(charge_point: Any) -> None:
    """Says EVCommunicationError while it charges."""
    _edits(charge_point, lambda p: p | {"errorCode": "EVCommunicationError"} if p["status"] == "Charging" else p)


@fault(kills="OCPP16-4.9-07")
def does_not_catch_up(charge_point: Any) -> None:
    """Does not tell what changed while it was offline."""
    online = charge_point.status.online

    async def speaks(channel: Channel) -> None:
        charge_point.status.told.update(charge_point.status.seen)
        await online(channel)

    charge_point.status.online = speaks


@fault(kills="OCPP16-4.9-08")
def tells_its_history(charge_point: Any) -> None:
    """Tells every change of the time offline."""
    look, online = charge_point.status.look, charge_point.status.online
    history: list[Any] = []

    def looks(number: int) -> None:
        before = charge_point.status.seen.get(number)
        look(number)
        now = charge_point.status.seen.get(number)
        if now != before and not charge_point.online:
            history.append((number, now, charge_point.stamp()))

    async def speaks(channel: Channel) -> None:
        for number, status, stamp in history:
            await charge_point.status.report(channel, number, status, stamp)
        history.clear()
        await online(channel)

    charge_point.status.look, charge_point.status.online = looks, speaks


@fault(kills="OCPP16-4.9-09")
def dates_go_back(charge_point: Any) -> None:
    """Dates Preparing before the status that it told before."""

    def earlier(payload: dict[str, Any]) -> dict[str, Any]:
        moment = instant(payload["timestamp"])
        assert moment
        early = charge_point.time_stamp(moment - timedelta(seconds=50))
        return payload | ({"timestamp": early} if payload["status"] == "Preparing" else {})

    _edits(charge_point, earlier)


@fault(kills="OCPP16-4.9-11")
def forgets_that_it_is_unavailable(charge_point: Any) -> None:
    """Is Available again after a reboot."""
    forgets_inoperative(charge_point, [0, *charge_point.connectors])


@fault(kills="OCPP16-4.9-12")
def charges_without_an_ev(charge_point: Any) -> None:
    """Goes on saying Charging when the EV side is disconnected."""
    plain = charge_point.status.of_transaction

    def of_transaction(number: int) -> str:
        return plain(number) if charge_point.connectors[number].ev_plugged else "Charging"

    charge_point.status.of_transaction = of_transaction


@fault(kills="OCPP16-4.9-13")
def warns_when_the_ev_is_gone(charge_point: Any) -> None:
    """Tells the end of a transaction whose EV was unplugged with an error code."""
    _edits(
        charge_point,
        lambda p: p | {"errorCode": "OtherError"} if p["status"] in ("Finishing", "Available") and p["connectorId"] else p,
    )


@fault(kills="OCPP16-4.9-14")
def does_not_say_why(charge_point: Any) -> None:
    """Leaves the info out."""
    _edits(charge_point, lambda p: without(p, "info"))


@fault(kills="OCPP16-4.9-15")
def faulted_without_an_error(charge_point: Any) -> None:
    """Is Faulted with the error code NoError."""
    _edits(charge_point, lambda p: p | {"errorCode": "NoError"} if p["status"] == "Faulted" else p)


@fault(kills="OCPP16-4.9-16")
def charges_though_faulted(charge_point: Any) -> None:
    """Starts a transaction on a connector that is Faulted."""

    def is_ready(number: int) -> bool:
        return not charge_point.transactions.running(number)

    def begin(number: int) -> None:
        who = charge_point.sessions._identified.pop(number)
        if not charge_point.connectors[number].lock():
            charge_point.sessions.breaks(number, "ConnectorLockFailure")
        charge_point.transactions.start(number, who.id_tag, who.parent_id_tag)

    charge_point.sessions.is_ready, charge_point.sessions.begin = is_ready, begin


@fault(kills="OCPP16-3.8-01")
def counts_connectors_from_0(charge_point: Any) -> None:
    """Calls its last connector by a number that it does not have."""
    last = max(charge_point.connectors)

    def one_more(number: int, told: Any) -> list[Report]:
        return [(number, told), *([(last + 1, told)] if number == last else [])]

    edits_reports(charge_point, one_more)


@fault(kills="OCPP16-4.9-04")
def calls_a_lock_failure_something_else(charge_point: Any) -> None:
    """Is Faulted with OtherError when a cable cannot be locked."""
    _edits(charge_point, lambda p: p | {"errorCode": "OtherError"} if p["errorCode"] == "ConnectorLockFailure" else p)


@fault(kills="OCPP16-4.9-17")
def is_free_with_a_cable_in_it(charge_point: Any) -> None:
    """Is Available again after ConnectionTimeOut, though a cable is plugged in."""
    plug_in, of = charge_point.sessions.plug_in, charge_point.status.of
    late: set[int] = set()

    async def times_out(number: int) -> None:
        await charge_point.clock.wait(charge_point.configuration.number("ConnectionTimeOut"))
        late.add(number)
        charge_point.status.look(number)

    def plugs_in(number: int, fully: bool = True) -> None:
        plug_in(number, fully)
        charge_point.lives.spawn(times_out(number))

    charge_point.sessions.plug_in = plugs_in
    charge_point.status.of = lambda number: of(number)._replace(status="Available") if number in late else of(number)
