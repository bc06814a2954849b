"""The reference eMSP: a platform on a store of its own, with the parts of an eMSP."""

from __future__ import annotations

from dataclasses import dataclass, field

from evconform.harness.clock import Clock, Tasks
from evconform.ocpi.headers import Routing
from evconform.reference.emsp import migrate
from evconform.reference.emsp.cache import Cache
from evconform.reference.emsp.driver import Driver
from evconform.reference.emsp.pulling import Outcome, Pulling
from evconform.reference.emsp.receiver import Receiver
from evconform.reference.emsp.resync import Resync
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.platform import OcpiSettings, Platform
from evconform.reference.ocpi.records import Owner, Partner
from evconform.reference.store import IN_MEMORY, Store


@dataclass
class EmspSettings:
    """How this eMSP is run."""

    ocpi: OcpiSettings = field(default_factory=OcpiSettings)
    database: str = IN_MEMORY
    poll_every: float = 0.0
    """Seconds between two looks at what every partner has; 0: none is taken."""


class Emsp:
    """What a fault may change stands as attributes, here and in the parts."""

    def __init__(self, clock: Clock, tasks: Tasks, settings: EmspSettings | None = None) -> None:
        self.clock = clock
        self.tasks = tasks
        self.settings = settings or EmspSettings()
        self.store = Store(self.settings.database, clock, tasks, *migrate.METADATAS)
        self.store.failed = self.remember
        self.platform = Platform(clock, tasks, self.store, self.settings.ocpi)
        self.cache = Cache(self.store)
        self.pulling = Pulling(self)
        self.resync = Resync(self)
        self.receiver = Receiver(self)
        self.driver = Driver(self)
        self.platform.watchers.append(self.resync.watches)

    async def open(self) -> None:
        """Opens the store and reads what is current. Raises SQLAlchemyError, OSError, UsageError."""
        in_memory = self.store.database == IN_MEMORY
        await self.store.open(migrate.make_new if in_memory else migrate.bring_up_to_date)
        if not in_memory:
            await self.load()

    async def load(self) -> None:
        """For who has the store's turn; nobody else may have begun."""
        await self.platform.load()
        await self.cache.load()

    async def remember(self) -> None:
        """A commit failed: all is read again, and what was pushed meanwhile is pulled."""
        await self.load()
        self.catches_up(self.resync.first_after)

    def catches_up(self, after: float) -> None:
        """After an outage of ours every partner is asked for what we missed."""
        for partner in self.platform.partners.registered:
            self.resync.catches_up(partner, after=after)

    def begins(self) -> None:
        """Once it can be reached; from then on now and then."""
        self.catches_up(self.resync.begins_after)
        if self.settings.poll_every:
            self.resync.polls(self.settings.poll_every)

    async def close(self) -> None:
        await self.resync.close()
        await self.platform.close()
        await self.store.close()

    # ── parties ──

    @property
    def owners(self) -> list[Owner]:
        """Our parties that are eMSPs."""
        return [party.owner for party in self.platform.parties if party.role == "EMSP"]

    def addressed(self, to: Owner | None) -> Owner:
        """The party of ours that a message is for; the first, if it names none (transport_and_format: message routing)."""
        return to if to is not None else next(iter(self.owners), ("", ""))

    def is_registered(self, partner: Partner) -> bool:
        known = self.platform.partners.all.get(partner.id)
        return known is not None and known.state == "registered"

    def registered(self, partner: Partner) -> Partner:
        """The partner as it is now. Raises Failed: it has left."""
        if not self.is_registered(partner):
            raise Failed("improper", "the partner is not registered any longer")
        return self.platform.partners.all[partner.id]

    def routing(self, ours: Owner, theirs: Owner) -> Routing:
        """From a party of ours to one of the partner's."""
        return Routing(theirs[1], theirs[0], ours[1], ours[0])

    # ── what its operator asks ──

    async def pulls(self, partner: Partner, module: str, full: bool = True) -> Outcome:
        """Brings a module up to date from a partner, now. Raises Failed: if that may pass, it is tried again; NotStored."""
        try:
            return await self.pulling.pulls(partner, module, full)
        except Failed as failed:
            self.resync.failed(partner, module, failed)
            raise
