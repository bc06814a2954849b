"""Several endpoints of one central system under one face, so that charge points of different transports are one fleet.

Each station has one channel: that of the endpoint by which it registered last, or else by which it came last.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import WireLog
from evconform.ocpp.central_system import Admit, CentralSystemEndpoint, Knock
from evconform.ocpp.channel import Answer, Channel, ChannelOwner, Handler, Rewrite, Watch
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.proper import refuse
from evconform.ocpp.soap.central_system import SoapCentralSystem
from evconform.ocpp.soap.channel import SoapChannel
from evconform.ocpp.soap.table import VERSIONS
from evconform.ocpp.speaks import JSON, version_of


class Endpoint(Protocol):
    """What a central system needs of an endpoint, of whatever transport."""

    handlers: dict[str, Handler]
    rewrites: list[Rewrite]
    watches: list[Watch]
    refuses: Callable[[Message, Channel], CallError | None] | None
    after_answer: Callable[[Message, Answer, Channel], None] | None
    admit: Admit
    on_channel: Callable[[Channel], None] | None
    on_lost: Callable[[str], None] | None

    @property
    def channels(self) -> Mapping[str, Channel]: ...
    async def listen(self, url: str, tls: ssl.SSLContext | None = None) -> str: ...
    async def stop(self) -> None: ...


class Endpoints(ChannelOwner):
    """``schemes``: scheme of a URL to the endpoint that listens there."""

    def __init__(self, tasks: Tasks, **schemes: Endpoint) -> None:
        super().__init__(tasks)
        self.schemes = schemes
        self.channels: dict[str, Channel] = {}
        self.admit: Admit = lambda _: None
        self.on_channel: Callable[[Channel], None] | None = None
        self.on_lost: Callable[[str], None] | None = None
        self.registered: dict[str, object] = {}
        """Identity to the endpoint by which it registered last."""
        self.members = list(dict.fromkeys(schemes.values()))
        for each in self.members:
            self._joins(each)

    def _joins(self, member: Endpoint) -> None:
        """One table and one mind for all."""
        member.handlers, member.rewrites, member.watches = self.handlers, self.rewrites, self.watches
        member.refuses = self._refuses
        member.after_answer = self._after_answer
        member.admit = self._admits
        member.on_channel = self._came
        member.on_lost = self._went

    async def listen(self, url: str, tls: ssl.SSLContext | None = None) -> str:
        """The endpoint of its scheme listens at ``url``. Returns the URL in force. Raises OSError."""
        return await self.schemes[urlsplit(url).scheme].listen(url, tls)

    async def stop(self) -> None:
        for each in self.members:
            await each.stop()

    def _refuses(self, message: Message, channel: Channel) -> CallError | None:
        return self.refuses(message, channel) if self.refuses else refuse(message)

    def _admits(self, knock: Knock) -> HTTPStatus | None:
        return self.admit(knock)

    # ── which channel is a station's ──

    def knows(self, identity: str, speaks: str, address: str) -> None:
        """From before: by what a station registered last, and where it is if that is SOAP. It has not been heard of yet."""
        soap = self.schemes["http"]
        self.registered[identity] = soap if address else self.schemes["ws"]
        if address and isinstance(soap, SoapCentralSystem):
            self.channels[identity] = soap.channels[identity] = SoapChannel(identity, soap, address, version_of(speaks))

    def _came(self, channel: Channel) -> None:
        """A channel of another endpoint than that by which the station registered does not count while it has one of that."""
        current = self.channels.get(channel.identity)
        by = self.registered.get(channel.identity, channel.owner)
        if current is None or by is channel.owner or current.owner is not by:
            self.channels[channel.identity] = channel
        if self.on_channel:
            self.on_channel(channel)

    def _after_answer(self, message: Message, answer: Answer, channel: Channel) -> None:
        if message.action == "BootNotification" and isinstance(answer, dict):
            self.registers(channel)
        if self.after_answer:
            self.after_answer(message, answer, channel)

    def registers(self, channel: Channel) -> None:
        """From now on this is the station's; what it had by another endpoint ends."""
        self.registered[channel.identity] = channel.owner
        self.channels[channel.identity] = channel
        for each in self.members:
            old = each.channels.get(channel.identity)
            if old is not None and old.owner is not channel.owner:
                ends(old)

    def _went(self, identity: str) -> None:
        """A channel of the station is gone; another endpoint may have one left."""
        left = [each.channels[identity] for each in self.members if identity in each.channels]
        if not left:
            self.channels.pop(identity, None)
            if self.on_lost:
                self.on_lost(identity)
        elif self.channels.get(identity) not in left:
            self.channels[identity] = left[0]


def ends(channel: Channel) -> None:
    """The station is elsewhere now."""
    if channel.address:
        channel.connection.abort()
    else:
        channel.connection.close(1000, "the charge point registered by another transport")


def by_soap(endpoint: Endpoint) -> list[SoapCentralSystem]:
    """Those of OCPP-S that an endpoint is, or is made of."""
    members: Sequence[object] = endpoint.members if isinstance(endpoint, Endpoints) else (endpoint,)
    return [each for each in members if isinstance(each, SoapCentralSystem)]


def endpoint_of(speaks: str, clock: Clock, tasks: Tasks, wire: WireLog | None = None) -> tuple[Endpoint, str]:
    """The endpoint of one column, and a URL of this machine where it can listen."""
    if speaks == JSON:
        return CentralSystemEndpoint(clock, tasks, wire), "ws://127.0.0.1:0/ocpp"
    return SoapCentralSystem(clock, tasks, wire, version_of(speaks)), "http://127.0.0.1:0/ocpp"


def every_transport(clock: Clock, tasks: Tasks) -> Endpoints:
    """OCPP-J at ws and wss, OCPP-S at http and https, of either version."""
    json, soap = CentralSystemEndpoint(clock, tasks), SoapCentralSystem(clock, tasks)
    soap.versions = VERSIONS
    return Endpoints(tasks, ws=json, wss=json, http=soap, https=soap)
