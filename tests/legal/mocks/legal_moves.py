"""Legal: which statuses a connector has, and when they change (4.9, 5.2)."""

from __future__ import annotations

from typing import Any

from mocks.legal import FIXED, INCH, TWO, variant

from evconform.ocpp.channel import Channel
from mocks.charge_point.configuration import Key, whole
from mocks.charge_point.status import Status


@variant("4.9, H1-H5: Unavailable until it has booted", on=TWO)
def is_unavailable_while_it_boots(cp: Any) -> None:
    """After a reboot it first tells Unavailable of every free connector, and a second later what is."""
    wakes, of = cp._wakes, cp.status.of
    booting = [False]
    hidden = ("Available", "Preparing", "Reserved")

    def wake(delay: float) -> None:
        wakes(delay)
        booting[0] = bool(delay)
        cp.lives.spawn(gets_ready())

    async def gets_ready() -> None:
        await cp.accepted()
        await cp.clock.wait(1.0)
        booting[0] = False
        for number in cp.status.numbers:
            cp.status.look(number)

    cp._wakes = wake
    cp.status.of = lambda number: Status("Unavailable") if booting[0] and of(number).status in hidden else of(number)


@variant("4.9, erratum 3.22: the order is not said", on=TWO)
def counts_down_after_boot(cp: Any) -> None:
    """Reports its connectors after boot in the other order."""
    cp.status.numbers = tuple(reversed(tuple(cp.status.numbers)))


@variant("4.9, erratum 3.20: what was before the boot is over")
def prepares_after_a_boot(cp: Any) -> None:
    """Says Preparing of a cable that it finds when it boots."""
    wakes = cp._wakes

    def forgets(delay: float) -> None:
        cp.memory.finishing.clear()
        wakes(delay)

    cp._wakes = forgets
    stop = cp.transactions.stop

    def stops(number: int, reason: str, *more: Any, **how: Any) -> None:
        stop(number, reason, *more, **how)
        if reason == "PowerLoss" and how.get("at"):
            cp.memory.finishing.discard(number)

    cp.transactions.stop = stops


@variant("4.9: a fault of a connector may be one of the charge point")
def is_faulted_as_a_whole(cp: Any) -> None:
    """Is Faulted itself when its connector is."""
    of, look = cp.status.of, cp.status.look

    def whole_of(number: int) -> Status:
        fault = next((c.fault for c in cp.connectors.values() if c.fault), "")
        return Status("Faulted", fault) if number == 0 and fault else of(number)

    def looks(number: int) -> None:
        look(number)
        look(0)

    cp.status.of, cp.status.look = whole_of, looks


def _tells_only_what_lasts(cp: Any, seconds: float) -> None:
    look = cp.status.look

    async def later(number: int) -> None:
        was = cp.status.of(number)
        await cp.clock.wait(seconds)
        if cp.status.of(number) == was:
            look(number)

    def looks(number: int) -> None:
        if cp.status.of(number) != cp.status.seen.get(number):
            cp.lives.spawn(later(number))

    cp.status.look = looks


@variant("9.1.20: MinimumStatusDuration", on=TWO)
def tells_only_what_lasts(cp: Any) -> None:
    """Has MinimumStatusDuration, set to two seconds."""
    cp.configuration.keys["MinimumStatusDuration"] = Key("2", whole)
    _tells_only_what_lasts(cp, 2.0)


@variant("4.9: a manufacturer may have a minimal duration of its own", on=INCH)
def tells_only_what_lasts_for_a_second(cp: Any) -> None:
    """Tells a status once it has lasted for a second."""
    _tells_only_what_lasts(cp, 1.0)


@variant("4.9, B6: authorization times out while the cable is in")
def finishes_a_cable_that_nobody_follows(cp: Any) -> None:
    """A cable that nobody follows within ConnectionTimeOut is Finishing."""
    plug_in, identified = cp.sessions.plug_in, cp.sessions.identified

    async def times_out(number: int) -> None:
        await cp.clock.wait(cp.configuration.number("ConnectionTimeOut"))
        if cp.status.of(number).status == "Preparing" and cp.connectors[number].plugged:
            cp.memory.finishing.add(number)
            cp.status.look(number)

    def plugs_in(number: int, fully: bool = True) -> None:
        plug_in(number, fully)
        cp.lives.spawn(times_out(number))

    def is_identified(number: int, who: Any) -> None:
        cp.memory.finishing.discard(number)
        cp.status.look(number)
        identified(number, who)

    cp.sessions.plug_in, cp.sessions.identified = plugs_in, is_identified


@variant("OCPP-J 5.4 and 4.9: nothing forbids it", on=TWO)
def reports_all_after_it_was_offline(cp: Any) -> None:
    """Tells the present status of all its connectors when it is connected again."""
    online = cp.status.online

    async def speaks(channel: Channel) -> None:
        cp.status._waiting += [(number, cp.status.of(number), cp.stamp()) for number in cp.status.numbers]
        await online(channel)

    cp.status.online = speaks


@variant("4.9, C6 and F8: a scheduled change waits for the driver")
def stays_finishing_before_it_is_unavailable(cp: Any) -> None:
    """Is Finishing after a transaction, and Unavailable when the cable is out."""
    settle = cp.availability.settle
    cp.availability.settle = lambda number: None if number in cp.memory.finishing else settle(number)


@variant("4.9, C1 and E1: a fixed cable leaves nothing to do", on=FIXED)
def is_free_at_once(cp: Any) -> None:
    """Is Available as soon as the transaction is over."""
    stop = cp.transactions.stop

    def stops(number: int, *more: Any, **how: Any) -> None:
        look = cp.status.look
        cp.status.look = lambda number: None
        stop(number, *more, **how)
        cp.status.look = look
        cp.memory.finishing.discard(number)
        ended.add(number)
        cp.status.look(number)

    ended: set[int] = set()
    of, plug_in, unplug = cp.status.of, cp.sessions.plug_in, cp.sessions.unplug_at_ev

    def is_(number: int) -> Status:
        status = of(number)
        return status._replace(status="Available") if number in ended and status.status == "Preparing" else status

    def plugs_in(number: int, *more: Any, **how: Any) -> None:
        ended.discard(number)
        plug_in(number, *more, **how)

    def unplugs(number: int) -> None:
        unplug(number)
        ended.discard(number)

    cp.transactions.stop, cp.status.of = stops, is_
    cp.sessions.plug_in, cp.sessions.unplug_at_ev = plugs_in, unplugs


@variant("5.2 gives no time")
def changes_availability_late(cp: Any) -> None:
    """Accepts a change of availability, and shows it three seconds later."""
    look = cp.availability.look

    async def looks(touched: list[int]) -> None:
        await cp.clock.wait(3.0)
        await look(touched)

    cp.availability.look = looks


@variant("5.2: Available is told of its connectors first", on=TWO)
def tells_its_connectors_first(cp: Any) -> None:
    """Tells a change of connector 0 after those of the others."""
    touched = cp.availability.touched
    cp.availability.touched = lambda number: list(reversed(touched(number)))


@variant("4.9: a status ends as it should before the transaction does")
def stops_softly(cp: Any) -> None:
    """Lowers the current to nothing (SuspendedEVSE) two seconds before a remote stop."""
    stop = cp.remote.stop

    async def stops(number: int, reason: str) -> None:
        transaction = cp.transactions.running(number)
        if transaction:
            transaction.refused = True
            cp.offer_may_have_changed(number)
        await cp.clock.wait(2.0)
        await stop(number, reason)

    cp.remote.stop = stops
