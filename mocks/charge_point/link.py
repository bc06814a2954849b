"""Whether the central system can be reached. A WebSocket says so by itself; over SOAP each message is a connection of its own,
and a Heartbeat finds out (errata of OCPP-S)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from evconform.ocpp.channel import Channel, NoAnswer, Payload
from evconform.ocpp.json import CallError
from evconform.ocpp.soap.charge_point import SoapChargePoint

if TYPE_CHECKING:
    from mocks.inch import Inch

PROBE = "Heartbeat"


class Link:
    """``moved``: its address may be another one than the central system knows, so it boots again."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.moved = False
        self._probing = asyncio.Lock()
        if isinstance(cp.endpoint, SoapChargePoint):
            cp.endpoint.finds_out = True
            cp.endpoint.probes = self.says_hello
            cp.endpoint.probed = self.is_greeted

    async def stands(self, channel: Channel, action: str) -> bool:
        """A message came to nothing: whether that was the message, and not the link. A link that does not stand is lost."""
        if not self.cp.soap or not channel.connection.open:
            return channel.connection.open
        if self.cp.registration.status != "Accepted":
            return True  # nothing but a BootNotification may be sent (4.2), and that comes again by itself
        if action != PROBE and await self.probe(channel):
            return True
        channel.connection.abort()
        return False

    async def probe(self, channel: Channel) -> bool:
        """Whether a Heartbeat is answered, if only by a fault. It names the address at which the charge point is now."""
        async with self._probing:
            if not channel.connection.open:
                return False
            try:
                self.is_greeted(await channel.call(PROBE, {}))
            except CallError:
                return True
            except NoAnswer:
                return False
            return True

    def says_hello(self) -> bool:
        """Whether a Heartbeat comes first when it is back; who has to boot finds out by that."""
        return self.cp.registration.status == "Accepted" and not self.moved

    def is_greeted(self, answer: Payload) -> None:
        """A Heartbeat that found out was answered: the link stands, and what comes to nothing from now on is the first."""
        self.cp.registration.tries = 0
        self.cp.registration.take_time(answer)

    async def moves(self) -> None:
        """The network gives it another address, and what it had open is gone."""
        endpoint, there = self.cp.endpoint, self.cp.network.is_set()
        await self.cp.cut_network()
        if isinstance(endpoint, SoapChargePoint):
            self.moved = True
            self.cp.registration.handshake.service = elsewhere(endpoint.address)
            endpoint.address = ""
        if there:
            await self.cp.restore_network()


def elsewhere(service: str) -> str:
    """Another address of the same host: a free port."""
    parts = urlsplit(service)
    return parts._replace(netloc=f"{parts.hostname}:0").geturl()
