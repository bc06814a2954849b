"""StatusNotification (4.9): the status of every connector, told when it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from evconform.ocpp.channel import Channel, NoAnswer, Payload
from evconform.ocpp.soap.fifteen import OLDER

if TYPE_CHECKING:
    from mocks.inch import Inch

EV_SIDE = "EV side disconnected"
DETOURS = {
    "Reserved": ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Unavailable"),
    "Unavailable": ("Preparing",),
}
"""Status to those from which 4.9 has no move to it: they become Available first."""


class Status(NamedTuple):
    """What a StatusNotification tells of a connector."""

    status: str
    error_code: str = "NoError"
    info: str = ""


class StatusPart:
    """``seen``: how each connector was when it was last looked at; ``told``: what was last sent of it."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.numbers: Iterable[int] = (0, *cp.connectors)  # 4.9; a fault may leave one out
        self.forget()

    def forget(self) -> None:
        """The power went: nothing has been told yet."""
        self.seen: dict[int, Status] = {}
        self.told: dict[int, Status] = {}
        self.ev_left: set[int] = set()
        """Connectors whose cable was taken out on the side of the EV during a transaction."""
        self._waiting: list[tuple[int, Status, str]] = []
        self._more = asyncio.Event()

    # ── what it is ──

    def of(self, number: int) -> Status:
        """The present status of a connector: the first of the rules that applies."""
        if number == 0:
            return Status("Unavailable" if self.cp.availability.is_inoperative(0) else "Available")
        connector = self.cp.connectors[number]
        if connector.fault:
            return Status("Faulted", connector.fault)
        info = EV_SIDE if number in self.ev_left else ""
        if self.cp.transactions.running(number):
            return Status(self.of_transaction(number), info=info)
        rules = (
            (self.cp.availability.is_inoperative(number) and not self._stays_preparing(number), "Unavailable"),
            (number in self.cp.memory.finishing, "Finishing"),
            (connector.occupied or self.cp.sessions.is_identified(number), "Preparing"),
            (self.cp.reservations.is_reserved(number), "Reserved"),
        )
        return Status(next((status for applies, status in rules if applies), "Available"), info=info)

    def _stays_preparing(self, number: int) -> bool:
        """4.9 has no move from Preparing to Unavailable: not while something is plugged in."""
        seen = self.seen.get(number)
        return seen is not None and seen.status == "Preparing" and self.cp.connectors[number].occupied

    def of_transaction(self, number: int) -> str:
        """The EVSE's suspension goes before the EV's (4.9)."""
        connector = self.cp.connectors[number]
        if connector.offered <= 0:
            return "SuspendedEVSE"
        return "Charging" if connector.pilot == "C" else "SuspendedEV"

    # ── telling it ──

    def look(self, number: int) -> None:
        """Looks at a connector again: what changed is told, in order. What came and went offline is not (4.9)."""
        now, before = self.of(number), self.seen.get(number)
        if now == before or number not in self.numbers or not self.cp.powered:
            return
        detour = before and before.status in DETOURS.get(now.status, ())
        for status in (Status("Available"), now) if detour else (now,):
            self._becomes(number, status)

    def _becomes(self, number: int, status: Status) -> None:
        before, self.seen[number] = self.seen.get(number), status
        self.cp.diagnostics.note(f"connector {number} is {status.status} {status.error_code}")
        if self.cp.online and number in self.told and not (before and self._are_one(before, status)):
            self._waiting.append((number, status, self.cp.stamp()))
            self._more.set()

    def _are_one(self, one: Status, other: Status) -> bool:
        """Whether the version that it speaks has the same words for both: what is Occupied stays so (1.5)."""
        words = OLDER["ChargePointStatus"] if self.cp.site.speaks == "ocpp1.5-soap" else {}
        return one._replace(status=words.get(one.status, one.status)) == other._replace(
            status=words.get(other.status, other.status)
        )

    async def report_all(self, channel: Channel) -> None:
        """4.9, erratum 3.22: once accepted, every connector."""
        for number in self.numbers:
            self.seen[number] = self.of(number)
            await self._tell(channel, number, self.seen[number], self.cp.stamp())

    async def _tell(self, channel: Channel, number: int, status: Status, stamp: str) -> None:
        """Raises NoAnswer; what the central system may not have heard is told again then."""
        self.told[number] = status
        try:
            await self.report(channel, number, status, stamp)
        except NoAnswer:
            self.told.pop(number, None)
            raise

    async def report(self, channel: Channel, number: int, status: Status, stamp: str = "") -> None:
        payload: Payload = {"connectorId": number, "errorCode": status.error_code, "status": status.status}
        if status.info:
            payload["info"] = status.info
        if self.cp.pics["status_timestamps"]:
            payload["timestamp"] = stamp or self.cp.stamp()
        await self.cp.registration.call(channel, "StatusNotification", payload)

    async def report_again(self, channel: Channel, number: int) -> None:
        """It was triggered (5.17): after what waits to be told; before the registration nothing does. Raises NoAnswer."""
        if self.cp.registration.accepted.is_set():
            self._waiting.append((number, self.of(number), self.cp.stamp()))
            self._more.set()
        else:
            await self.report(channel, number, self.of(number))

    async def online(self, channel: Channel) -> None:
        """Tells what changed while it was offline, then what changes. Raises NoAnswer when the connection is gone."""
        for number in self.numbers:
            now = self.seen[number] = self.of(number)
            if now != self._will_be_told(number):
                self._waiting.append((number, now, self.cp.stamp()))
        try:
            while True:
                while not self._waiting:
                    self._more.clear()
                    await self._more.wait()
                await self._tell(channel, *self._waiting.pop(0))
        finally:
            self._waiting.clear()

    def _will_be_told(self, number: int) -> Status | None:
        """What the central system knows of a connector once all that waits is told."""
        return next((status for n, status, _ in reversed(self._waiting) if n == number), self.told.get(number))
