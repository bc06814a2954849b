"""The central system's endpoint of OCPP-S: serves charge points, and calls each where it last said that it is."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from http import HTTPStatus

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import WireLog
from evconform.http.message import Request, Response
from evconform.http.server import Said
from evconform.ocpp.central_system import Admit
from evconform.ocpp.channel import Channel
from evconform.ocpp.json import CallError
from evconform.ocpp.soap.address import is_address
from evconform.ocpp.soap.channel import SoapChannel
from evconform.ocpp.soap.codec import Envelope
from evconform.ocpp.soap.endpoint import CHALLENGE, SoapEndpoint, as_knock
from evconform.ocpp.soap.exchange import Exchange
from evconform.ocpp.visitors import Visitors, shown

WHY = {
    HTTPStatus.NOT_FOUND: "this charge box identity is not known here",
    HTTPStatus.UNAUTHORIZED: "this charge point has a password, which it shows by HTTP Basic",
}
STATIONS_AT_MOST = 10_000
"""Channels; whoever invents identities costs us no more than this. Each that is given up for another is told in the wire log."""


class SoapCentralSystem(SoapEndpoint):
    """Serves at ``http(s)://host:port/path``. A station has a channel from its first request on that says where it is (wsa:From),
    until it is not there any more."""

    role = "central-system"

    def __init__(self, clock: Clock, tasks: Tasks, wire: WireLog | None = None, version: str = "1.6") -> None:
        super().__init__(clock, tasks, wire, version)
        self.channels: dict[str, SoapChannel] = {}
        self.admit: Admit = lambda _: None
        self.on_channel: Callable[[Channel], None] | None = None
        """Told of a station that is new, and of one whose address is."""
        self.on_lost: Callable[[str], None] | None = None
        """Told of an identity that was not at its address when it was called."""
        self.on_refused: Callable[[Request], object] = lambda request: None
        """Told of a request that was not let in, before it is answered."""
        self.url = ""
        self.visitors = Visitors()

    async def listen(self, url: str, tls: ssl.SSLContext | None = None) -> str:
        """Listens at ``url``; port 0 lets the system choose. Returns the URL in force. Raises OSError."""
        self.url = await self.serves(url, tls)
        return self.url

    def reaches(self, identity: str, address: str, version: str = "") -> SoapChannel:
        """The channel of a station that is at this address, as it says or as we know from before."""
        channel = self.channels.pop(identity, None)
        moved = channel is None or channel.address != address
        if channel is None:
            if len(self.channels) >= STATIONS_AT_MOST:
                self._makes_room(self.channels[next(iter(self.channels))])
            channel = SoapChannel(identity, self, address, version or self.version)
        self.channels[identity] = channel  # the last to be heard stands last
        channel.address, channel.version = address, version or channel.version
        if moved and self.on_channel:
            self.on_channel(channel)
        return channel

    def _makes_room(self, channel: SoapChannel) -> None:
        """Gives up the station that was not heard for longest, and says so."""
        self.visitors.comes_to(f"a station was given up, for more than {STATIONS_AT_MOST} came")
        if self.wire:
            says = (
                f"gives up {shown(channel.identity)}, which was not heard for longest: more than {STATIONS_AT_MOST} stations came"
            )
            self.wire.mark("script", says=says)
        self.loses(channel)

    def admits(self, envelope: Envelope, request: Request) -> HTTPStatus | None:
        identity = envelope.headers.identity
        status = self.admit(as_knock(identity, request)) if identity else None
        if status is not None:
            self.visitors.comes_to(f"a request of {shown(identity or '')} was refused with HTTP {status}")
            self.on_refused(request)
        return status

    async def turns_away(self, status: HTTPStatus, exchange: Exchange) -> Response | Said | None:
        """Who is not known, or does not show its password, gets a fault (OCPP-S 1.6, 4); any other status goes out alone."""
        if status not in (HTTPStatus.NOT_FOUND, HTTPStatus.UNAUTHORIZED):
            return await super().turns_away(status, exchange)
        if status == HTTPStatus.UNAUTHORIZED:
            exchange.status, exchange.headers = status, [*CHALLENGE]
        said = exchange.envelope
        stranger = SoapChannel(said.headers.identity or "", self, "", said.version if said.version in self.versions else "")
        stranger.asked(exchange, CallError("SecurityError", WHY[status]))
        return await exchange.over

    def channel_of(self, envelope: Envelope) -> SoapChannel:
        identity, address = envelope.headers.identity, envelope.headers.sender
        version = envelope.version if envelope.version in self.versions else self.version
        if identity and address and is_address(address):
            return self.reaches(identity, address, version)
        if identity in self.channels:
            return self.channels[identity]
        self.visitors.comes_to("a request did not say who sent it, or where that is")
        return SoapChannel(identity or "", self, "", version)

    def unanswered(self, channel: SoapChannel, why: str, reachable: bool) -> None:
        if not reachable:
            self.loses(channel)

    def loses(self, channel: SoapChannel) -> None:
        if self.channels.get(channel.identity) is not channel:
            return
        del self.channels[channel.identity]
        channel.lost()
        if self.on_lost:
            self.on_lost(channel.identity)

    @property
    def strangers(self) -> str:
        """Who else was at our port, in words; empty if nobody."""
        return self.visitors.words(())

    async def stop(self) -> None:
        """Listens no more, and gives up whatever is under way."""
        channels = [*self.channels.values()]
        self.channels.clear()
        await self.leaves(False, *channels)
