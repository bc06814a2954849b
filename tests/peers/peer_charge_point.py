"""A charge point as a developer would write it with the ``ocpp`` package. Arguments: endpoint URL, identity.

It says when it is up, reads ``cut`` and ``restore`` (its network) from standard input, says when it is done, and ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import websockets
from ocpp.routing import after, on
from ocpp.v16 import ChargePoint as Base
from ocpp.v16 import call, call_result
from ocpp.v16.datatypes import KeyValue
from ocpp.v16.enums import (
    Action,
    AvailabilityType,
    ConfigurationStatus,
    MessageTrigger,
    RegistrationStatus,
    ResetStatus,
    TriggerMessageStatus,
)

CONNECTORS = (0, 1)
OWN_RETRY = 3
"""Seconds between boots where the central system leaves the interval to us."""


class ChargePoint(Base):
    interval = 300
    ahead = timedelta(0)
    registered = False

    def take(self, answer: Any) -> None:
        """Sets the clock."""
        given = datetime.fromisoformat(answer.current_time)
        self.ahead = given - datetime.now(UTC)

    async def live(self) -> None:
        await self.register()
        while True:
            await asyncio.sleep(self.interval)
            with contextlib.suppress(TimeoutError):
                await self.heartbeat()

    async def register(self) -> None:
        while True:
            answer = await self.call(call.BootNotification(charge_point_vendor="Peer", charge_point_model="ocpp"))
            if answer is not None:
                self.take(answer)
                if answer.status == RegistrationStatus.accepted:
                    self.interval = answer.interval or self.interval
                    break
            await asyncio.sleep((answer and answer.interval) or OWN_RETRY)
        for connector in CONNECTORS:
            await self.status(connector)

    async def heartbeat(self) -> None:
        answer = await self.call(call.Heartbeat())
        if answer is not None:
            self.take(answer)

    async def status(self, connector: int) -> None:
        stamp = (datetime.now(UTC) + self.ahead).isoformat()
        await self.call(
            call.StatusNotification(connector_id=connector, error_code="NoError", status="Available", timestamp=stamp)
        )

    @on(Action.get_configuration)
    def get_configuration(self, key: list[str] | None = None) -> call_result.GetConfiguration:
        known = {"HeartbeatInterval": str(self.interval), "NumberOfConnectors": str(len(CONNECTORS) - 1)}
        asked = key or list(known)
        found = [KeyValue(key=name, readonly=False, value=known[name]) for name in asked if name in known]
        return call_result.GetConfiguration(configuration_key=found, unknown_key=[name for name in asked if name not in known])

    @on(Action.change_configuration)
    def change_configuration(self, key: str, value: str) -> call_result.ChangeConfiguration:
        if key != "HeartbeatInterval":
            return call_result.ChangeConfiguration(status=ConfigurationStatus.not_supported)
        self.interval = int(value)
        return call_result.ChangeConfiguration(status=ConfigurationStatus.accepted)

    @on(Action.change_availability)
    def change_availability(self, connector_id: int, type: AvailabilityType) -> call_result.ChangeAvailability:
        return call_result.ChangeAvailability(status="Rejected")

    @on(Action.reset)
    def reset(self, type: str) -> call_result.Reset:
        return call_result.Reset(status=ResetStatus.accepted)

    @after(Action.reset)
    async def reboot(self, type: str) -> None:
        await self._connection.close()

    @on(Action.trigger_message)
    def trigger_message(self, requested_message: str, connector_id: int | None = None) -> call_result.TriggerMessage:
        known = (MessageTrigger.boot_notification, MessageTrigger.heartbeat, MessageTrigger.status_notification)
        status = TriggerMessageStatus.accepted if requested_message in known else TriggerMessageStatus.not_implemented
        return call_result.TriggerMessage(status=status)

    @after(Action.trigger_message)
    async def triggered(self, requested_message: str, connector_id: int | None = None) -> None:
        if requested_message == MessageTrigger.boot_notification:
            await self.register()
        elif requested_message == MessageTrigger.heartbeat:
            await self.heartbeat()
        elif requested_message == MessageTrigger.status_notification:
            for connector in CONNECTORS if connector_id is None else [connector_id]:
                await self.status(connector)


class Station:
    """Keeps the charge point connected while there is a network."""

    def __init__(self, url: str, identity: str) -> None:
        self.url, self.identity = url, identity
        self.network = asyncio.Event()
        self.network.set()
        self.websocket: websockets.ClientConnection | None = None

    async def live(self) -> None:
        while True:
            await self.network.wait()
            with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
                async with websockets.connect(f"{self.url}/{self.identity}", subprotocols=["ocpp1.6"]) as self.websocket:
                    charge_point = ChargePoint(self.identity, self.websocket)
                    life = asyncio.create_task(charge_point.live())
                    try:
                        await charge_point.start()
                    finally:
                        life.cancel()
            await asyncio.sleep(1)

    def cut(self) -> None:
        self.network.clear()
        if self.websocket:
            self.websocket.transport.abort()

    def restore(self) -> None:
        self.network.set()


async def main(url: str, identity: str) -> None:
    station = Station(url, identity)
    life = asyncio.create_task(station.live())
    print("up", flush=True)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    async for line in commands:
        {"cut": station.cut, "restore": station.restore}[line.decode().strip()]()
        print("done", flush=True)
    life.cancel()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main(*sys.argv[1:]))
