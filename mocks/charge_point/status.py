"""StatusNotification (4.9): the status of every connector, told when it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from evconform.ocpp.channel import Channel, Payload

if TYPE_CHECKING:
    from mocks.inch import Inch

EV_SIDE = "EV side disconnected"


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
            (self.cp.availability.is_inoperative(number), "Unavailable"),
            (number in self.cp.memory.finishing, "Finishing"),
            (connector.occupied or self.cp.sessions.is_identified(number), "Preparing"),
            (self.cp.reservations.is_reserved(number), "Reserved"),
        )
        return Status(next((status for applies, status in rules if applies), "Available"), info=info)

    def of_transaction(self, number: int) -> str:
        """The EVSE's suspension goes before the EV's (4.9)."""
        connector = self.cp.connectors[number]
        if connector.offered <= 0:
            return "SuspendedEVSE"
        return "Charging" if connector.pilot == "C" else "SuspendedEV"

    # ── telling it ──

    def look(self, number: int) -> None:
        """Looks at a connector again: what changed is told, in order. What came and went offline is not (4.9)."""
        now = self.of(number)
        if now == self.seen.get(number) or number not in self.numbers:
            return
        self.seen[number] = now
        if self.cp.online and number in self.told:
            self._waiting.append((number, now, self.cp.stamp()))
            self._more.set()

    async def report_all(self, channel: Channel) -> None:
        """4.9, erratum 3.22: once accepted, every connector."""
        for number in self.numbers:
            self.seen[number] = self.told[number] = self.of(number)
            await self.report(channel, number, self.seen[number], self.cp.stamp())

    async def report(self, channel: Channel, number: int, status: Status, stamp: str = "") -> None:
        payload: Payload = {"connectorId": number, "errorCode": status.error_code, "status": status.status}
        if status.info:
            payload["info"] = status.info
        if self.cp.pics["status_timestamps"]:
            payload["timestamp"] = stamp or self.cp.stamp()
        await self.cp.registration.call(channel, "StatusNotification", payload)

    async def online(self, channel: Channel) -> None:
        """Tells what changed while it was offline, then what changes. Raises NoAnswer when the connection is gone."""
        changed = [(n, now) for n, now in self.seen.items() if now != self.told.get(n)]
        self._waiting = [(n, now, self.cp.stamp()) for n, now in changed]
        while True:
            while not self._waiting:
                self._more.clear()
                await self._more.wait()
            number, status, stamp = self._waiting.pop(0)
            self.told[number] = status
            await self.report(channel, number, status, stamp)
