"""The reference CPO's central system: endpoint, store and parts together."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from evconform.harness.clock import Clock, Tasks
from evconform.ocpp.channel import Answer, Channel, Handler, Payload
from evconform.ocpp.endpoints import Endpoint, every_transport
from evconform.ocpp.json import CallError
from evconform.reference.cpo import migrate, registration
from evconform.reference.cpo.admission import refuses
from evconform.reference.cpo.callbacks import Callbacks
from evconform.reference.cpo.commands import Commands
from evconform.reference.cpo.lists import Lists
from evconform.reference.cpo.memory import Memory
from evconform.reference.cpo.metering import Metering
from evconform.reference.cpo.presence import Presence
from evconform.reference.cpo.profiles import Profiles
from evconform.reference.cpo.registration import Registration
from evconform.reference.cpo.reservations import Reservations
from evconform.reference.cpo.stations import Stations
from evconform.reference.cpo.tokens import Tokens
from evconform.reference.cpo.transactions import Transactions
from evconform.reference.cpo.wire import LiveWire
from evconform.reference.store import IN_MEMORY, NotStored, Store

STRANGERS = ("refused", "Pending", "Rejected", "Accepted")
"""What may become of who nobody told us of."""


@dataclass
class Settings:
    """How this CPO is run. Seconds."""

    strangers: str = "refused"
    """Who nobody told us of: refused at the door, or let in and answered so."""
    interval: int = 300
    """Between heartbeats (4.2)."""
    retry_interval: int = 60
    """Until the next BootNotification of who is pending or rejected (4.2)."""
    concurrent: Literal["token", "group"] = "token"
    """Whose transactions at a time are counted (7.2)."""
    database: str = IN_MEMORY
    callbacks: frozenset[str] = frozenset(("private",))
    """Kinds of address (``guard.ALLOWABLE``) where a station may have its service, beside public ones (OCPP-S 1.6, 3.7)."""
    trust: ssl.SSLContext | None = None
    """Whose certificates a station may show at its service; None: those that the system trusts."""
    vendors: dict[str, dict[str, Payload]] = field(default_factory=dict)
    """DataTransfer routes: vendorId in lower case to messageId to what is answered."""


class Cpo:
    """A central system that manages charging stations. What a fault may change stands as attributes."""

    def __init__(self, clock: Clock, tasks: Tasks, settings: Settings | None = None, endpoint: Endpoint | None = None) -> None:
        self.clock = clock
        self.tasks = tasks
        self.settings = settings or Settings()
        self.memory = Memory()
        self.store = Store(self.settings.database, clock, tasks, *migrate.METADATAS)
        self.store.failed = self.remember
        self.endpoint = endpoint or every_transport(clock, tasks)
        self.wire = LiveWire(self.endpoint, clock)
        self.endpoint.refuses = lambda message, _: refuses(message)
        # what a fault may change
        self.unaccepted_may_call = False  # J erratum 3.10
        self.current_time: Callable[[], str] = lambda: registration.now(self)  # 4.6
        self.on_registered: Callable[[Channel, str], None] = lambda channel, status: None
        self.registration = Registration(self)
        self.may_send: Callable[[str, str, Payload], bool] = self.registration.may_send  # 4.2, erratum 3.40
        self.tokens = Tokens(self)
        self.stations = Stations(self)
        self.stations.vendors |= self.settings.vendors
        self.metering = Metering(self)
        self.reservations = Reservations(self)
        self.profiles = Profiles(self)
        self.lists = Lists(self)
        self.transactions = Transactions(self)
        self.commands = Commands(self)
        self.callbacks = Callbacks(self)
        self.presence = Presence(self)
        self.endpoint.admit = self.registration.admits
        self.endpoint.on_channel = self.registration.connected
        self.endpoint.on_lost = self.presence.lost

    async def open(self) -> None:
        """Opens the store and reads what is current. Raises SQLAlchemyError, OSError."""
        in_memory = self.store.database == IN_MEMORY
        await self.store.open(migrate.make_new if in_memory else migrate.bring_up_to_date)
        if not in_memory:
            await self.remember()
            self.callbacks.restores()
            await self.commands.forget_open()

    async def remember(self) -> None:
        """Reads what is current from the store, all at once for whoever looks."""
        memory = Memory()
        await memory.load(self.store)
        self.memory = memory

    async def close(self) -> None:
        """Hangs up, writes what is put, and closes the store."""
        self.presence.close()
        await self.endpoint.stop()
        await self.store.close()

    def handles(self, action: str, handler: Handler) -> None:
        """``handler`` answers ``action``, once the charge point is accepted (J 5.6, erratum 3.10)."""

        def handle(payload: Payload, channel: Channel) -> Answer | Awaitable[Answer]:
            if action != "BootNotification" and not self.accepted(channel.identity):
                return CallError("SecurityError", "BootNotification first")
            self.presence.hears(channel)
            answer = self._moved(handler, payload, channel) if self.callbacks.has_moved(channel) else handler(payload, channel)
            return unless_not_stored(answer) if isinstance(answer, Awaitable) else answer

        self.endpoint.handlers[action] = handle

    async def _moved(self, handler: Handler, payload: Payload, channel: Channel) -> Answer:
        """The same from a new address, which is on disk first."""
        self.callbacks.moves(channel)
        await self.store.durable()
        answer = handler(payload, channel)
        return await answer if isinstance(answer, Awaitable) else answer

    def accepted(self, identity: str) -> bool:
        station = self.memory.stations.get(identity)
        return station is not None and (station.answered == "Accepted" or self.unaccepted_may_call)


async def unless_not_stored(answer: Awaitable[Answer]) -> Answer:
    """What a handler answers once all is on disk: before that nothing is acknowledged."""
    try:
        return await answer
    except NotStored:
        return CallError("InternalError", "it could not be stored")
