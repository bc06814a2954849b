"""The charge point's endpoint of OCPP-S: calls the central system, and serves it at an address of its own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import WireLog
from evconform.ocpp.channel import NoAnswer, Payload
from evconform.ocpp.charge_point import Handshake, NotConnected
from evconform.ocpp.json import CallError
from evconform.ocpp.soap.address import at, host_towards, is_everywhere
from evconform.ocpp.soap.channel import SoapChannel
from evconform.ocpp.soap.codec import Envelope
from evconform.ocpp.soap.endpoint import SoapEndpoint, basic

FREE_PORT = "http://127.0.0.1:0/"


class SoapChargePoint(SoapEndpoint):
    """Is connected as long as each of its requests is answered by SOAP; hands its channel to ``on_lost`` when one is not."""

    role = "charge-point"

    def __init__(self, clock: Clock, tasks: Tasks, wire: WireLog | None = None, version: str = "1.6") -> None:
        super().__init__(clock, tasks, wire, version)
        self.channel: SoapChannel | None = None
        self.subprotocol: str | None = None
        self.on_lost: Callable[[], None] | None = None
        self.probes: Callable[[], bool] = lambda: True
        """Whether a connection after a loss begins with a Heartbeat: it tells our address, and shows that the link is back."""
        self.probed: Callable[[Payload], None] = lambda answer: None
        """Told how that Heartbeat was answered."""
        self.finds_out = False
        """Whether its owner finds out, where a request had no answer, if the link is gone, and aborts it then."""
        self._latest: SoapChannel | None = None
        self._was_lost = False

    async def connect(self, handshake: Handshake) -> SoapChannel:
        """Serves, and is ready to call; after a loss only once a Heartbeat was answered. Raises NotConnected."""
        self.client.tls = handshake.tls
        self.authorization = None if handshake.password is None else basic(handshake.identity, handshake.password)
        try:
            await self._serves(handshake.service or FREE_PORT, handshake.service_tls)
        except OSError as error:
            raise NotConnected(f"{type(error).__name__}: {error}") from error
        channel = self._latest = SoapChannel(handshake.identity, self, handshake.url, self.version)
        if is_everywhere(self.address):
            host = await asyncio.get_running_loop().run_in_executor(None, host_towards, handshake.url)
            channel.ours = at(self.address, host)
        if self._was_lost and self.probes():
            await self._probe(channel, handshake.within)
        self.channel = channel
        return channel

    async def _serves(self, url: str, tls: ssl.SSLContext | None) -> None:
        """Where it did before, if that is free and the URL leaves it open."""
        if self.serving:
            return
        if self.address and urlsplit(url)._replace(netloc="") == urlsplit(self.address)._replace(netloc="") and free(url):
            try:
                await self.serves(self.address, tls)
            except OSError:
                await self.serves(url, tls)
        else:
            await self.serves(url, tls)

    async def _probe(self, channel: SoapChannel, within: float) -> None:
        try:
            self.probed(await channel.call("Heartbeat", {}, within))
        except CallError:
            return  # there is somebody who answers
        except NoAnswer as why:
            raise NotConnected(str(why)) from why

    @property
    def connected(self) -> bool:
        return self.channel is not None and self.channel.connection.open

    def refusal_of(self, envelope: Envelope) -> CallError | None:
        refusal = super().refusal_of(envelope)
        ours = self._latest.identity if self._latest else ""
        if refusal is None and envelope.headers.identity != ours:
            return CallError("IdentityMismatch", f"this is not {envelope.headers.identity!r}")
        return refusal

    def channel_of(self, envelope: Envelope) -> SoapChannel:
        assert self._latest, "it serves from its first connection on"
        return self._latest

    def unanswered(self, channel: SoapChannel, why: str, reachable: bool) -> None:
        if not self.finds_out:
            self.loses(channel)

    def loses(self, channel: SoapChannel) -> None:
        self._was_lost = True
        channel.lost()
        if self.channel is channel:
            self.channel = None
            if self.on_lost:
                self.on_lost()

    async def disconnect(self, abruptly: bool = False) -> None:
        """Ends its service and what is under way: nobody can reach it any more."""
        latest = self._latest
        if latest is not None and self.channel is not None:
            self.loses(latest)
        await self.leaves(abruptly, *([latest] if latest else []))


def free(url: str) -> bool:
    """Whether it leaves the port to the system."""
    return not urlsplit(url).port
