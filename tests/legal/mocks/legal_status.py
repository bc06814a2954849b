"""Legal: how the status of a connector is told (4.9)."""

from __future__ import annotations

from typing import Any

from mocks.legal import FIXED, TWO, edits_payload, variant

from evconform.ocpp.channel import Channel
from mocks.charge_point.status import Status


def _reports(cp: Any, says: Any) -> None:
    """``says(report, channel, number, status, stamp)`` reports instead."""
    report = cp.status.report

    async def reports(channel: Channel, number: int, status: Status, stamp: str = "") -> None:
        await says(report, channel, number, status, stamp)

    cp.status.report = reports


def _waits_before_charging(cp: Any, status: str, seconds: float) -> None:
    """A transaction begins with this status; so long no energy flows."""
    start, of_transaction = cp.transactions.start, cp.status.of_transaction
    waiting: set[int] = set()

    def starts(number: int, *more: Any) -> None:
        waiting.add(number)
        if status == "SuspendedEV":
            cp.connectors[number].ev.wants = False
        start(number, *more)
        cp.lives.spawn(goes_on(number))

    async def goes_on(number: int) -> None:
        await cp.clock.wait(seconds)
        cp.meters[number].integrate()
        waiting.discard(number)
        if status == "SuspendedEV":
            cp.connectors[number].ev.wants = True
        cp.status.look(number)

    cp.transactions.start = starts
    cp.status.of_transaction = lambda number: status if number in waiting else of_transaction(number)


@variant("4.9, B4 and D3")
def ev_takes_its_time(cp: Any) -> None:
    """A transaction begins as SuspendedEV, and charges three seconds later."""
    _waits_before_charging(cp, "SuspendedEV", 3.0)


@variant("4.9, B4 and D3", on=FIXED)
def ev_takes_its_time_on_dc(cp: Any) -> None:
    """The same with direct current: eight seconds of cable check."""
    _waits_before_charging(cp, "SuspendedEV", 8.0)


@variant("4.9, B5 and E3")
def evse_takes_its_time(cp: Any) -> None:
    """A transaction begins as SuspendedEVSE, and charges three seconds later."""
    _waits_before_charging(cp, "SuspendedEVSE", 3.0)


@variant("4.8, 4.9: in which order they come is not said")
def charging_comes_before_the_start(cp: Any) -> None:
    """Tells StartTransaction two seconds after it began to charge."""
    deliver = cp.queue._deliver

    async def delivers(channel: Channel, message: Any) -> None:
        if message.action == "StartTransaction" and not message.failures:
            await cp.clock.wait(2.0)
        await deliver(channel, message)

    cp.queue._deliver = delivers


@variant("4.8, 4.9: in which order they come is not said")
def tells_every_status_late(cp: Any) -> None:
    """Tells every status two seconds after it changed, with the time at which it did."""

    async def later(report: Any, channel: Channel, number: int, status: Status, stamp: str) -> None:
        await cp.clock.wait(2.0 if number else 0.0)
        await report(channel, number, status, stamp)

    _reports(cp, later)


@variant("4.9, table of fields: timestamp is optional", claims={"status_timestamps": False})
def dates_no_status(cp: Any) -> None:
    """Its StatusNotifications have no timestamp."""


@variant("4.9: nothing forbids it", on=TWO)
def tells_every_status_twice(cp: Any) -> None:
    """Tells every status twice."""

    async def twice(report: Any, *what: Any) -> None:
        await report(*what)
        await report(*what)

    _reports(cp, twice)


@variant("4.9: nothing forbids it")
def tells_connector_0_again(cp: Any) -> None:
    """Tells the status of connector 0 after every other."""

    async def both(report: Any, channel: Channel, number: int, status: Status, stamp: str) -> None:
        await report(channel, number, status, stamp)
        if number:
            await report(channel, 0, cp.status.of(0), stamp)

    _reports(cp, both)


@variant(
    "4.9: nothing forbids it",
    inconclusive=dict.fromkeys(
        ("OCPP16-CP-HB-01", "OCPP16-CP-BOOT-08"), "where other messages come in between, a Heartbeat may be skipped (4.6)"
    ),
)
def tells_every_status_every_20_seconds(cp: Any) -> None:
    """Tells every status again and again."""
    accepted = cp.registration._accepted

    async def accepts(channel: Channel, answer: Any) -> None:
        await accepted(channel, answer)
        cp.lives.spawn(again())

    async def again() -> None:
        while True:
            await cp.clock.wait(20.0)
            for number in cp.status.numbers:
                status = cp.status.told.get(number)
                if cp.online and status and status == cp.status.of(number):
                    said = {"connectorId": number, "errorCode": status.error_code, "status": status.status}
                    await cp.tell("StatusNotification", said | {"timestamp": cp.stamp()})

    cp.registration._accepted = accepts


@variant("4.9: a warning comes with any status")
def warns(cp: Any) -> None:
    """Warns of its temperature and its modem after each status, and takes the warning back."""

    async def warning(report: Any, channel: Channel, number: int, status: Status, stamp: str) -> None:
        await report(channel, number, status, stamp)
        if status.error_code == "NoError":
            for error in ("HighTemperature", "WeakSignal", "NoError"):
                await report(channel, number, status._replace(error_code=error), "")

    _reports(cp, warning)


@variant("6.47: optional members")
def says_all_it_can(cp: Any) -> None:
    """Every StatusNotification has all members."""
    more = {"vendorId": "com.example", "vendorErrorCode": "0x00"}
    edits_payload(cp, lambda p: {"info": "all is well"} | p | more, "StatusNotification")


@variant("6.47: optional members may be empty", on=TWO)
def says_nothing_at_length(cp: Any) -> None:
    """Every StatusNotification has all members, those that say nothing empty."""
    more = {"vendorId": "", "vendorErrorCode": ""}
    edits_payload(cp, lambda p: {"info": ""} | p | more, "StatusNotification")
