"""How a station is reached: what it speaks, and where its own service is if that is SOAP (wsa:From; OCPP-S 1.6, 3.7).

The address is kept before the message that brought it is answered, so a restart needs no new boot. Who may name which
address is SSRF's question, so it is looked at before each call: ``Settings.callbacks``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evconform.ocpp.channel import Channel
from evconform.ocpp.endpoints import Endpoints, by_soap
from evconform.reference.cpo.records import Station
from evconform.reference.guard import Forbidden, Guard

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo


class Callbacks:
    """What is kept of how stations are reached."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        self.guard = Guard(cpo.clock, cpo.settings.callbacks)
        for soap in by_soap(cpo.endpoint):
            soap.client.finds = self._finds
            soap.client.tls = cpo.settings.trust

    async def _finds(self, host: str, port: int) -> str:
        """The address to dial, which was looked at: a second look-up might tell another. Raises OSError."""
        try:
            return (await self.guard.target(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")).address
        except Forbidden as why:
            raise OSError(str(why)) from why

    def restores(self) -> None:
        """After a restart: who is at an address is reached there, without a new boot."""
        endpoint = self.cpo.endpoint
        for station in self.cpo.memory.stations.values():
            if station.speaks and isinstance(endpoint, Endpoints):
                endpoint.knows(station.identity, station.speaks, station.address)

    def registers(self, station: Station, channel: Channel) -> None:
        """It registered by this channel; who puts the station puts that too."""
        station.speaks, station.address = channel.speaks, channel.address

    def has_moved(self, channel: Channel) -> bool:
        """Whether the station is at another address than we keep (errata: a Heartbeat brings it too)."""
        station = self.cpo.memory.stations.get(channel.identity)
        return station is not None and station.speaks == channel.speaks and station.address != channel.address

    def moves(self, channel: Channel) -> None:
        station = self.cpo.memory.stations[channel.identity]
        station.address = channel.address
        self.cpo.store.put(station)

    def speaks(self, identity: str) -> str:
        """What a station registered by; empty if it never did."""
        station = self.cpo.memory.stations.get(identity)
        return station.speaks if station else ""

    async def why_not(self, identity: str) -> str:
        """Why its address is not called; empty if it is, or if there is none to be called."""
        channel = self.cpo.endpoint.channels.get(identity)
        if channel is None or not channel.address:
            return ""
        try:
            await self.guard.target(channel.address)
        except (Forbidden, OSError) as why:
            return f"{channel.address[:200]} is not called: {why}"
        return ""
