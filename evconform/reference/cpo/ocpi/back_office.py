"""The OCPI side of the reference CPO: a platform on its store, fed by its stations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.reference.cpo.ocpi.locations import Locations
from evconform.reference.cpo.ocpi.push import Push
from evconform.reference.cpo.ocpi.tariffs import Tariffs
from evconform.reference.ocpi.platform import OcpiSettings, Platform
from evconform.reference.ocpi.records import Owner

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo


class BackOffice:
    """Made beside a Cpo before that is opened; ``load`` once it is. What a fault may change stands as attributes."""

    def __init__(self, cpo: Cpo, settings: OcpiSettings | None = None) -> None:
        self.cpo = cpo
        self.platform = Platform(cpo.clock, cpo.tasks, cpo.store, settings)
        self.push = Push(self.platform)
        self.tariffs = Tariffs(self)
        self.locations = Locations(self)
        self.online: Callable[[str], bool] = cpo.presence.online
        self.platform.seen["locations"] = self.tariffs.sees
        self.push.sees = lambda partner, document: (self.tariffs.sees(partner) or (lambda same: same))(document)
        self._remembers = cpo.store.failed
        cpo.store.failed = self.remember
        cpo.store.recovered.append(self.follows)
        self._listens()

    async def load(self) -> None:
        """Reads what is current, for who has the store's turn; then the statuses follow, for stations may be gone meanwhile."""
        await self._reads()
        self.follows()

    async def _reads(self) -> None:
        await self.platform.load()
        await self.tariffs.load()
        await self.locations.load()

    async def remember(self) -> None:
        """A commit failed: all is read again."""
        if self._remembers:
            await self._remembers()
        await self._reads()

    def follows(self) -> None:
        """What the stations told meanwhile."""
        self.cpo.tasks.spawn(self.locations.follows_all())

    async def close(self) -> None:
        await self.platform.close()

    def owner(self, value: dict[str, Any]) -> Owner:
        """Whose an object is. Raises ValueError: no CPO of this platform's."""
        owner = (str(value.get("country_code", "")).upper(), str(value.get("party_id", "")).upper())
        if owner not in {party.owner for party in self.platform.parties if party.role == "CPO"}:
            raise ValueError(f"country_code and party_id: {'/'.join(owner)[:40]} is no CPO of this platform")
        return owner

    def _listens(self) -> None:
        """Hears what the stations tell, and whether they are there."""
        endpoint, told = self.cpo.endpoint, self.cpo.endpoint.handlers["StatusNotification"]

        def status_notification(payload: Payload, channel: Channel) -> Any:
            answer = told(payload, channel)
            if isinstance(answer, Awaitable):
                return followed(answer, channel.identity)
            self.locations.station_changed(channel.identity)
            return answer

        async def followed(answer: Awaitable[Answer], identity: str) -> Answer:
            try:
                return await answer
            finally:
                self.locations.station_changed(identity)

        endpoint.handlers["StatusNotification"] = status_notification
        came, went = endpoint.on_channel, endpoint.on_lost

        def on_channel(channel: Channel) -> None:
            if came:
                came(channel)
            self.locations.station_changed(channel.identity)

        def on_lost(identity: str) -> None:
            if went:
                went(identity)
            self.locations.station_changed(identity)

        endpoint.on_channel, endpoint.on_lost = on_channel, on_lost
        self.cpo.presence.changed.append(self.locations.station_changed)
