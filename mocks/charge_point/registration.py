"""The life of a charge point on the wire: connects, boots (4.2), heartbeats (4.6), and connects again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from evconform.ocpp.channel import Channel, NoAnswer, Payload
from evconform.ocpp.charge_point import Handshake, NotConnected
from evconform.ocpp.json import CallError
from evconform.ocpp.limits import YEARS
from evconform.ocpp.view import instant

if TYPE_CHECKING:
    from mocks.inch import Inch

BOOT_TIME = 2.0
"""Seconds from power-on to the first connection."""
LONGEST_INTERVAL = 10**9 - 1
"""Seconds; whatever a central system says."""
LASTED = 1.0
"""Seconds after which a connection has not come to nothing."""


class Registration:
    """``status``: what the last BootNotification was answered with. The callables are what a fault may change."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.boot_payload: Payload = cp.boot_payload()
        self.boot_retry: Callable[[float], float] = lambda interval: interval if interval > 0 else 30.0  # 4.2
        self.heartbeats: Callable[[float], float] = lambda interval: interval  # 4.2, 4.6
        self.synchronizes = True  # 4.2, 4.6
        self.reads_time: Callable[[Any], datetime | None] = instant  # 3.15
        self.boots_on_reconnect = False  # J 5.4
        self.reconnect_after: Callable[[int], float] = lambda tries: min(5.0 * 2**tries, 60.0)  # J erratum 3.4
        self.before_boot: Callable[[], list[tuple[str, Payload]]] = lambda: []  # 4.2
        self.while_waiting: Callable[[str], list[tuple[str, Payload]]] = lambda status: []  # 4.2
        self.handshake = Handshake(cp.site.url, cp.site.identity, cp.site.password, tls=cp.site.tls)
        cp.configuration.changed["HeartbeatInterval"] = self._interval_set
        cp.endpoint.on_lost = self._connection_lost
        cp.endpoint.answers_calls = lambda: self.status != "Rejected"  # 4.2
        self.forget()

    def _interval_set(self) -> None:
        self._interval_changed.set()

    def _connection_lost(self) -> None:
        self._lost.set()

    def forget(self) -> None:
        """The power went. There is no battery: the clock starts in the past."""
        self.status: str | None = None
        self.clock_offset = timedelta(days=-365)
        self.wanted = asyncio.Event()
        self.accepted = asyncio.Event()
        self._lost = asyncio.Event()
        self._boot_not_before = 0.0
        self.tries = 0
        """Attempts in a row that came to nothing."""
        self._interval_changed = asyncio.Event()

    async def live(self, delay: float = 0.0) -> None:
        await self.cp.clock.wait(delay)
        while True:
            channel = await self._connect()
            connected = self.cp.clock.now()
            try:
                for action, payload in self.before_boot() if self.status is None else []:
                    await self.call(channel, action, payload)
                if self.status != "Accepted" or self.boots_on_reconnect or self.cp.link.moved:
                    await self._register(channel)
                await self._speak(channel)
            except NoAnswer:
                await self._lost.wait()
            if self.cp.clock.now() - connected >= LASTED:
                self.tries = 0

    async def _connect(self) -> Channel:
        """Dials until it is connected, with a back-off; one after a connection that came to nothing, too."""
        while True:
            if self.tries:
                await self.cp.clock.wait(self.reconnect_after(self.tries - 1))
            self.tries += 1
            await self.cp.network.wait()
            self._lost.clear()
            try:
                channel = await self.cp.endpoint.connect(self.handshake)
            except NotConnected:
                continue
            if self.cp.network.is_set():
                return channel
            await asyncio.shield(self.cp.endpoint.disconnect(abruptly=True))  # it was cut while it dialled

    async def call(self, channel: Channel, action: str, payload: Payload) -> Payload | None:
        """A CALL, with None for a CALLERROR. Raises NoAnswer if the connection went."""
        try:
            return await channel.call(action, payload)
        except CallError:
            return None
        except NoAnswer:
            if not await self.cp.link.stands(channel, action):
                raise
            return None

    async def _register(self, channel: Channel) -> None:
        """Boots until it is accepted (4.2), then reports its status (4.9, erratum 3.22)."""
        await self.cp.waits(self._boot_not_before - self.cp.clock.now(), self._lost)
        while not self._lost.is_set():
            self.wanted.clear()
            answer = await self.call(channel, "BootNotification", self.boot_payload)
            if answer:
                self.tries = 0
                self.status = answer.get("status")
                self.cp.diagnostics.note(f"registration {self.status}")
                self.take_time(answer)
                if self.status == "Accepted":
                    self.cp.link.moved = False
                    await self._accepted(channel, answer)
                    return
            interval = interval_of(answer) if answer else 0.0
            for action, payload in self.while_waiting(self.status or ""):
                channel.send_call(action, payload)
            wait = self.boot_retry(interval)
            self._boot_not_before = self.cp.clock.now() + wait
            await self.cp.waits(wait, self.wanted, self._lost)
        raise NoAnswer("the connection went")

    async def _accepted(self, channel: Channel, answer: Payload) -> None:
        if interval := interval_of(answer):
            self.cp.configuration.put("HeartbeatInterval", f"{interval:.0f}")
        await self.cp.status.report_all(channel)

    async def _speak(self, channel: Channel) -> None:
        """Online: the queue, the statuses and the heartbeat, until the connection goes."""
        self.accepted.set()
        speakers = (self.cp.status, self.cp.queue, self.cp.pings)
        parts = [self.cp.site.tasks.spawn(self._until_lost(part, channel)) for part in speakers]
        try:
            await self._heartbeat(channel)
        finally:
            for part in parts:
                part.cancel()

    async def _until_lost(self, part: Any, channel: Channel) -> None:
        try:
            await part.online(channel)
        except NoAnswer:
            return  # the connection is gone, and says so itself

    async def _heartbeat(self, channel: Channel) -> None:
        """Heartbeats until the connection goes (4.6)."""
        last = self.cp.clock.now()
        while not self._lost.is_set():
            self._interval_changed.clear()
            interval = float(self.cp.configuration.number("HeartbeatInterval"))
            await self.cp.waits(last + self.heartbeats(interval) - self.cp.clock.now(), self._lost, self._interval_changed)
            last = self.cp.clock.now()
            if not self._lost.is_set() and not self._interval_changed.is_set():
                answer = await self.call(channel, "Heartbeat", {})
                if answer:
                    self.take_time(answer)

    def take_time(self, answer: Payload) -> None:
        moment = self.reads_time(answer.get("currentTime"))
        if self.synchronizes and moment and moment.year in YEARS:
            offset = moment - self.cp.clock.date()
            by, self.clock_offset = offset - self.clock_offset, offset
            if abs(by) > timedelta(seconds=1):
                self.cp.clock_was_set(by)


def interval_of(answer: Payload) -> float:
    """Seconds that a BootNotification was answered with; 0 leaves it to us (4.2), and so does what is no number."""
    given = answer.get("interval")
    return float(min(max(given, 0), LONGEST_INTERVAL)) if isinstance(given, int | float) else 0.0
