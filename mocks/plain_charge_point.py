"""A plain charge point: boots, reports its status, keeps its clock, heartbeats, and obeys a handful of commands.

What a fault may change stands as attributes of the class, each with the clause that it obeys.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from evconform.harness.party import Site, party
from evconform.ocpp import scripts
from evconform.ocpp.channel import Answer, Channel, Handler, NoAnswer, Payload
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.view import instant

BOOT_TIME = 2.0
"""Seconds from power-on to the first connection."""


@party("plain-charge-point", role="charge-point")
class PlainChargePoint:
    """One charge point with as many connectors as its PICS says."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.clock = site.clock
        self.connectors = range(int(site.pics["connectors"]) + 1)
        self.endpoint = ChargePointEndpoint(site.clock, site.tasks)
        self.endpoint.call_timeout = 8.0
        self.endpoint.answers_calls = lambda: self.registration != "Rejected"  # 4.2
        self.endpoint.after_answer = self._answered
        self.endpoint.on_lost = self._connection_lost
        handlers: dict[str, Handler] = {
            "GetConfiguration": self.get_configuration,
            "ChangeConfiguration": self.change_configuration,
            "ChangeAvailability": self.change_availability,
            "Reset": lambda p, c: {"status": "Accepted"},
            "TriggerMessage": self.trigger_message,
            "DataTransfer": lambda p, c: {"status": "UnknownVendorId"},
        }
        self.endpoint.handlers |= {action: handler for action, handler in handlers.items() if site.pics[action]}
        # what a fault may change
        self.boot_payload: Payload = {"chargePointVendor": "evconform", "chargePointModel": "plain", "firmwareVersion": "1"}
        self.boot_retry: Callable[[float], float] = lambda interval: interval if interval > 0 else 30.0  # 4.2
        self.heartbeats: Callable[[float], float] = lambda interval: interval  # 4.2, 4.6
        self.synchronizes = True  # 4.2, 4.6
        self.reads_time: Callable[[Any], datetime | None] = instant  # 3.15
        self.boots_on_reconnect = False  # J 5.4
        self.reconnect_after: Callable[[int], float] = lambda tries: min(5.0 * 2**tries, 60.0)  # J erratum 3.4
        self.reported_connectors = self.connectors  # 4.9
        self.before_boot: Callable[[], list[tuple[str, Payload]]] = lambda: []  # 4.2
        self.while_waiting: Callable[[str], list[tuple[str, Payload]]] = lambda status: []  # 4.2
        self.time_stamp: Callable[[datetime], str] = scripts.iso  # 3.15
        self.reboots = True  # 5.14
        self.handshake = Handshake(site.url, site.identity, site.password)
        self._life: asyncio.Task[None] | None = None
        self._power_off()

    # ── the bench ──

    async def start(self) -> str:
        self.handshake.url = self.site.url
        self._life = self.site.tasks.spawn(self._live())
        return ""

    async def stop(self) -> None:
        self._ends_life()
        await self.endpoint.disconnect()

    async def power_cycle(self) -> None:
        """Cuts the power and restores it at once."""
        self._ends_life()
        await self.endpoint.disconnect(abruptly=True)
        self._power_off()
        self._life = self.site.tasks.spawn(self._live(BOOT_TIME))

    async def cut_network(self) -> None:
        self._network.clear()
        await self.endpoint.disconnect(abruptly=True)

    async def restore_network(self) -> None:
        self._network.set()

    def _ends_life(self) -> None:
        if self._life:
            self._life.cancel()

    def _power_off(self) -> None:
        self.registration: str | None = None
        self.heartbeat_interval = 300.0
        self.clock_offset = timedelta(days=-365)  # no battery: the clock starts in the past
        self.availability = dict.fromkeys(self.connectors, "Available")
        self._lost = asyncio.Event()
        self._network = asyncio.Event()
        self._network.set()
        self._boot_not_before = 0.0
        self._boot_wanted = asyncio.Event()
        self._interval_changed = asyncio.Event()

    def _connection_lost(self) -> None:
        self._lost.set()

    def now(self) -> str:
        return self.time_stamp(self.clock.date() + self.clock_offset)

    # ── its life ──

    async def _live(self, delay: float = 0.0) -> None:
        await self.clock.wait(delay)
        while True:
            channel = await self._connect()
            try:
                for action, payload in self.before_boot() if self.registration is None else []:
                    await self._call(channel, action, payload)
                if self.registration != "Accepted" or self.boots_on_reconnect:
                    await self._register(channel)
                await self._heartbeat(channel)
            except NoAnswer:
                await self._lost.wait()

    async def _connect(self) -> Channel:
        """Dials until it is connected, with a back-off."""
        tries = 0
        while True:
            await self._network.wait()
            self._lost.clear()
            try:
                return await self.endpoint.connect(self.handshake)
            except NotConnected:
                await self.clock.wait(self.reconnect_after(tries))
                tries += 1

    async def _call(self, channel: Channel, action: str, payload: Payload) -> Payload | None:
        """A CALL, with None for a CALLERROR. Raises NoAnswer if the connection went."""
        try:
            return await channel.call(action, payload)
        except CallError:
            return None
        except NoAnswer:
            if not channel.connection.open:
                raise
            return None

    async def _register(self, channel: Channel) -> None:
        """Boots until it is accepted (4.2), then reports its status (4.9, erratum 3.22)."""
        await self._wait_for(self._boot_not_before - self.clock.now(), self._lost)
        while not self._lost.is_set():
            self._boot_wanted.clear()
            answer = await self._call(channel, "BootNotification", self.boot_payload)
            if answer:
                self.registration = answer["status"]
                self._take_time(answer)
                if self.registration == "Accepted":
                    self.heartbeat_interval = float(answer["interval"]) or self.heartbeat_interval
                    await self._report_all(channel, self.reported_connectors)
                    return
            interval = float(answer["interval"]) if answer else 0.0
            for action, payload in self.while_waiting(self.registration or ""):
                channel.send_call(action, payload)
            wait = self.boot_retry(interval)
            self._boot_not_before = self.clock.now() + wait
            await self._wait_for(wait, self._boot_wanted, self._lost)
        raise NoAnswer("the connection went")

    async def report(self, channel: Channel, connector: int) -> None:
        """StatusNotification (4.9)."""
        status = {"connectorId": connector, "errorCode": "NoError", "status": self.availability[connector]}
        stamped = {"timestamp": self.now()} if self.site.pics["status_timestamps"] else {}
        await self._call(channel, "StatusNotification", status | stamped)

    async def _heartbeat(self, channel: Channel) -> None:
        """Heartbeats until the connection goes (4.6)."""
        last = self.clock.now()
        while not self._lost.is_set():
            self._interval_changed.clear()
            wait = last + self.heartbeats(self.heartbeat_interval) - self.clock.now()
            await self._wait_for(wait, self._lost, self._interval_changed)
            last = self.clock.now()
            if not self._lost.is_set() and not self._interval_changed.is_set():
                answer = await self._call(channel, "Heartbeat", {})
                if answer:
                    self._take_time(answer)

    def _take_time(self, answer: Payload) -> None:
        moment = self.reads_time(answer["currentTime"])
        if self.synchronizes and moment:
            self.clock_offset = moment - self.clock.date()

    async def _wait_for(self, seconds: float, *events: asyncio.Event) -> None:
        """Lets time pass until one of the events comes."""
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            await asyncio.wait(waits, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    # ── what the central system asks ──

    def configuration(self) -> dict[str, tuple[bool, str]]:
        """Key to (readonly, value) (9.1)."""
        return {
            "HeartbeatInterval": (False, str(int(self.heartbeat_interval))),
            "NumberOfConnectors": (True, str(len(self.connectors) - 1)),
            "SupportedFeatureProfiles": (True, "Core,RemoteTrigger"),
            "GetConfigurationMaxKeys": (True, "50"),
        }

    def get_configuration(self, payload: Payload, _: Channel) -> Answer:
        known = self.configuration()
        asked = payload.get("key") or list(known)
        answer: Payload = {
            "configurationKey": [{"key": k, "readonly": known[k][0], "value": known[k][1]} for k in asked if k in known]
        }
        if unknown := [k for k in asked if k not in known]:
            answer["unknownKey"] = unknown
        return answer

    def change_configuration(self, payload: Payload, _: Channel) -> Answer:
        if payload["key"] not in self.configuration():
            return {"status": "NotSupported"}
        if payload["key"] != "HeartbeatInterval" or not payload["value"].isdecimal():
            return {"status": "Rejected"}
        self.heartbeat_interval = float(payload["value"])
        self._interval_changed.set()
        return {"status": "Accepted"}

    def change_availability(self, payload: Payload, channel: Channel) -> Answer:
        if payload["connectorId"] not in self.connectors:
            return {"status": "Rejected"}
        status = "Available" if payload["type"] == "Operative" else "Unavailable"
        touched = self.connectors if payload["connectorId"] == 0 else [payload["connectorId"]]
        self._to_report = [c for c in touched if self.availability[c] != status]
        self.availability |= dict.fromkeys(touched, status)
        return {"status": "Accepted"}

    def trigger_message(self, payload: Payload, _: Channel) -> Answer:
        """5.17; a BootNotification only while it is not accepted (erratum 3.35)."""
        wanted = payload["requestedMessage"]
        if wanted not in ("BootNotification", "Heartbeat", "StatusNotification"):
            return {"status": "NotImplemented"}
        refused = wanted == "BootNotification" and self.registration == "Accepted"
        unknown = payload.get("connectorId", 0) not in self.connectors
        return {"status": "Rejected" if refused or unknown else "Accepted"}

    def _answered(self, message: Message, answer: Answer, channel: Channel) -> None:
        """What follows an answer that said yes."""
        if not isinstance(answer, dict) or answer.get("status") != "Accepted":
            return
        match message.action:
            case "Reset" if self.reboots:
                self.site.tasks.spawn(self.power_cycle())
            case "TriggerMessage":
                self.site.tasks.spawn(self._if_connected(self.triggered(message.payload, channel)))
            case "ChangeAvailability":
                self.site.tasks.spawn(self._if_connected(self._report_all(channel, self._to_report)))

    async def _if_connected(self, saying: Coroutine[Any, Any, None]) -> None:
        """Says something that is not worth saying again on another connection."""
        with contextlib.suppress(NoAnswer):
            await saying

    async def triggered(self, payload: Payload, channel: Channel) -> None:
        """Sends what a TriggerMessage asked for."""
        match payload["requestedMessage"]:
            case "BootNotification":
                self._boot_wanted.set()
            case "Heartbeat":
                await self._call(channel, "Heartbeat", {})
            case "StatusNotification":
                await self._report_all(channel, [payload["connectorId"]] if "connectorId" in payload else self.connectors)

    async def _report_all(self, channel: Channel, connectors: Any) -> None:
        for connector in connectors:
            await self.report(channel, connector)
