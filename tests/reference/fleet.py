"""Light charge points that charge without end: what was answered stands in their ledger, what was not is sent again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from evconform.harness.clock import Clock, Tasks
from evconform.ocpp.channel import NoAnswer, Payload
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected
from evconform.ocpp.json import CallError
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.reference.moments import stamp

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)
METER_VALUES = 10
WH = 137
"""Energy between two meter values."""
AGAIN_AFTER = 0.2
"""Seconds until the next attempt to connect."""


@dataclass
class Ledger:
    """What was acknowledged. ``sent`` counts what was sent, and ``again`` what of it was sent before."""

    starts: dict[tuple[str, str], int] = field(default_factory=dict)
    meters: set[tuple[str, int, str]] = field(default_factory=set)
    stops: dict[int, int] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)
    list_changes: int = 0
    sent: int = 0
    again: int = 0
    acknowledged: int = 0
    _awaited: int = 0
    _reached: asyncio.Event = field(default_factory=asyncio.Event)

    def counts(self) -> None:
        """One more was acknowledged."""
        self.acknowledged += 1
        if self.acknowledged >= self._awaited:
            self._reached.set()

    async def more(self, count: int) -> None:
        """Returns once so many more were acknowledged."""
        self._awaited = self.acknowledged + count
        self._reached.clear()
        await self._reached.wait()


class LightChargePoint:
    """One session after the other, each message until it is answered with a CALLRESULT (OCPP 1.6, 3.7)."""

    def __init__(self, url: str, identity: str, clock: Clock, tasks: Tasks, ledger: Ledger) -> None:
        self.handshake = Handshake(url, identity)
        self.identity, self.clock, self.ledger = identity, clock, ledger
        self.endpoint: ChargePointEndpoint | SoapChargePoint
        self.endpoint = (SoapChargePoint if url.startswith("http") else ChargePointEndpoint)(clock, tasks)
        self.endpoint.handlers["SendLocalList"] = lambda payload, _: {"status": "Accepted"}
        self.meter = 0
        self.seconds = 0

    def at(self) -> str:
        """A time of its own, a minute further each time."""
        self.seconds += 60
        return stamp(BEGAN + timedelta(seconds=self.seconds))

    async def tells(self, action: str, **payload: Any) -> Payload:
        again = False
        while True:
            self.ledger.sent += 1
            self.ledger.again += again
            try:
                channel = self.endpoint.channel or await self.endpoint.connect(self.handshake)
                return await channel.call(action, payload)
            except (NotConnected, NoAnswer, CallError):
                again = True
                await self.clock.wait(AGAIN_AFTER)

    async def charges(self, stopped: asyncio.Event) -> None:
        """Sessions until ``stopped``; the last one is finished."""
        while not stopped.is_set():
            await self.tells("BootNotification", chargePointVendor="evconform", chargePointModel="light")
            await self.tells("Authorize", idTag=self.identity)
            at = self.at()
            start = {"connectorId": 1, "idTag": self.identity, "meterStart": self.meter, "timestamp": at}
            number = (await self.tells("StartTransaction", **start))["transactionId"]
            self.ledger.starts[self.identity, at] = number
            self.ledger.counts()
            for _ in range(METER_VALUES):
                self.meter += WH
                at = self.at()
                value = [{"timestamp": at, "sampledValue": [{"value": str(self.meter), "unit": "Wh"}]}]
                await self.tells("MeterValues", connectorId=1, transactionId=number, meterValue=value)
                self.ledger.meters.add((self.identity, number, at))
                self.ledger.counts()
            stop = {"meterStop": self.meter, "timestamp": self.at(), "transactionId": number, "idTag": self.identity}
            await self.tells("StopTransaction", **stop)
            self.ledger.stops[number] = self.meter
            self.ledger.counts()
        await self.endpoint.disconnect()
