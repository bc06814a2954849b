"""ChangeAvailability (5.2): at once, or when the transaction is over; it persists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, Payload

if TYPE_CHECKING:
    from mocks.inch import Inch


class Availability:
    """``_in_force``: the connectors that are Inoperative now; the memory holds those that are meant to be."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self._in_force: set[int] = set()
        self._out_of_service = False
        cp.handles("ChangeAvailability", self.change_availability)

    def wakes(self) -> None:
        """The power is back: Unavailable persists (4.9)."""
        self._in_force = set(self.cp.memory.inoperative)
        self._out_of_service = False

    def is_inoperative(self, number: int) -> bool:
        return self._out_of_service or number in self._in_force

    def is_busy(self, number: int) -> bool:
        """A connector that cannot become Unavailable yet: a transaction runs, or one is being prepared (4.9 has no move
        from Preparing to Unavailable)."""
        return number > 0 and (
            self.cp.transactions.running(number) is not None or self.cp.status.of(number).status == "Preparing"
        )

    def change_availability(self, payload: Payload, _: Channel) -> Answer:
        number, operative = payload["connectorId"], payload["type"] == "Operative"
        if number != 0 and number not in self.cp.connectors:
            return {"status": "Rejected"}
        touched = self.touched(number)
        waits = [n for n in touched if not operative and self.is_busy(n) and not self.is_inoperative(n)]
        if operative:
            self.cp.memory.inoperative.difference_update(touched)
            self._in_force.difference_update(touched)
        else:
            self.cp.memory.inoperative.update(touched)
            self._take_effect(n for n in touched if n not in waits)
        self.cp.afterwards(self.look(touched))
        return {"status": self.answer(waits)}

    def touched(self, number: int) -> list[int]:
        """Connector 0 is the charge point and all its connectors."""
        return [0, *self.cp.connectors] if number == 0 else [number]

    def answer(self, waits: list[int]) -> str:
        return "Scheduled" if waits else "Accepted"

    async def look(self, touched: list[int]) -> None:
        for number in touched:
            if number and self.is_inoperative(number):
                self.cp.reservations.connector_lost(number)
            self.cp.status.look(number)

    def settle(self, number: int) -> None:
        """A connector is free: what was scheduled happens."""
        busy = self.cp.transactions.running(number) or self.cp.sessions.is_identified(number)
        if number in self.cp.memory.inoperative and not busy:
            self._take_effect([number])

    def _take_effect(self, numbers: Iterable[int]) -> None:
        """What was Finishing is no longer (4.9 has no way back to it)."""
        taken = set(numbers)
        self._in_force |= taken
        self.cp.memory.finishing -= taken

    def out_of_service(self, out: bool) -> None:
        """While firmware is installed (4.9 leaves Unavailable for that); whoever has not plugged in yet is sent away."""
        self._out_of_service = out
        if out:
            self.cp.memory.finishing.clear()
            self.cp.sessions.forget()
        for number in (0, *self.cp.connectors):
            self.cp.status.look(number)
