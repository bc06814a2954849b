"""A platform of OCPI 2.2.1: what both reference back offices are, whatever modules they serve.

``handles`` puts a handler into the table; versions, details and credentials are there already. What is current (parties,
partners) is in memory, documents are in the store.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from evconform.harness.clock import Clock, Tasks
from evconform.ocpi import model
from evconform.ocpi.authorization import Encoding
from evconform.ocpi.headers import Routing
from evconform.reference.guard import Guard
from evconform.reference.ocpi import schema
from evconform.reference.ocpi.calls import Calls
from evconform.reference.ocpi.documents import Documents
from evconform.reference.ocpi.door import Door
from evconform.reference.ocpi.joining import Joining
from evconform.reference.ocpi.partners import Partners
from evconform.reference.ocpi.records import Owner, OwnParty, Partner
from evconform.reference.ocpi.registration import Registration
from evconform.reference.ocpi.reply import Asked, Handler, Reply
from evconform.reference.store import Store

MODEL = model.load("2.2.1")
Sees = Callable[[bytes], bytes]


@dataclass
class OcpiSettings:
    """How a platform is run."""

    allowed: frozenset[str] = frozenset()
    """The addresses that partners may call us back to beside public ones: loopback, link-local, private."""
    page_at_most: int = 100
    """Objects of a page: X-Limit."""
    patience: float = 20.0
    """Seconds until a call of ours is answered as a whole."""
    encoding: Encoding = "base64"
    """Of tokens, for partners of whom nothing else is said."""
    needs: tuple[tuple[str, str], ...] = ()
    """Modules and interfaces that a partner must have (3003)."""
    trust: ssl.SSLContext | None = None
    """Whose certificates are taken where we call; None: those of the system's authorities."""


class Platform:
    """Parties, partners, the table of handlers, and the parts that serve them. What a fault may change stands as attributes."""

    version = "2.2.1"

    def __init__(self, clock: Clock, tasks: Tasks, store: Store, settings: OcpiSettings | None = None) -> None:
        self.clock = clock
        self.tasks = tasks
        self.store = store
        self.settings = settings or OcpiSettings()
        self.url = ""
        """Where partners find us: versions, details and modules lie below it."""
        self.parties: list[OwnParty] = []
        self.handlers: dict[tuple[str, str, int], dict[str, Handler]] = {}
        self.watchers: list[Callable[[str, Partner], None]] = []
        """Told ``registered`` and ``left``, with the partner."""
        self.seen: dict[str, Callable[[Partner], Sees | None]] = {}
        """Module to how a partner sees its documents, where that differs."""
        self.guard = Guard(clock, self.settings.allowed)
        self.partners = Partners(self)
        self.documents = Documents(self)
        self.calls = Calls(self)
        self.registration = Registration(self)
        self.joining = Joining(self)
        self.app = Door(self)
        self.handles("versions", "", "GET", 0, self.versions)
        self.handles("details", "", "GET", 0, self.details)
        for method in ("GET", "POST", "PUT", "DELETE"):
            self.handles("credentials", "", method, 0, self.registration.answers)

    # ── life ──

    async def load(self) -> None:
        """Reads what is current, for who has the store's turn."""
        self.parties = [OwnParty(**row) for row in await self.store.read_within(select(schema.PARTIES))]
        await self.partners.load()
        await self.documents.load()

    async def has(self, *parties: OwnParty) -> None:
        """These parties are ours, beside those that were. Raises NotStored."""
        for party in parties:
            self.store.put(party)
        await self.store.durable()
        known = {(each.owner, each.role): each for each in (*self.parties, *parties)}
        self.parties = list(known.values())

    async def close(self) -> None:
        await self.calls.close()

    def on_registered(self, partner: Partner) -> None:
        for watcher in self.watchers:
            watcher("registered", partner)

    def on_left(self, partner: Partner) -> None:
        for watcher in self.watchers:
            watcher("left", partner)

    # ── the table ──

    def handles(self, module: str, interface: str, method: str, depth: int, handler: Handler) -> None:
        """``handler`` answers ``method`` at ``depth`` parts below the module's URL."""
        self.handlers.setdefault((module, interface, depth), {})[method] = handler

    def handlers_at(self, module: str, interface: str, depth: int) -> dict[str, Handler]:
        return self.handlers.get((module, interface, depth), {})

    @property
    def interfaces(self) -> set[tuple[str, str]]:
        """The functional modules that are served."""
        return {(module, interface) for module, interface, _ in self.handlers if interface}

    def sees(self, module: str, partner: Partner) -> Sees | None:
        return self.seen[module](partner) if module in self.seen else None

    # ── versions ──

    @property
    def versions_url(self) -> str:
        return f"{self.url}/versions"

    @property
    def version_url(self) -> str:
        return f"{self.url}/{self.version}"

    def endpoint(self, module: str, interface: str) -> str:
        """The URL that we announce."""
        return f"{self.version_url}/{interface.lower()}/{module}" if interface else f"{self.version_url}/{module}"

    async def versions(self, _: Asked) -> Reply:
        """OCPI 2.2.1, version_information_endpoint."""
        return Reply([{"version": self.version, "url": self.version_url}])

    async def details(self, _: Asked) -> Reply:
        """All that is served, each once; the role of credentials has no meaning, and SENDER is advised."""
        listed = [("credentials", "SENDER", self.endpoint("credentials", ""))]
        listed += [(module, role, self.endpoint(module, role)) for module, role in sorted(self.interfaces)]
        endpoints = [{"identifier": module, "role": role, "url": url} for module, role, url in listed]
        return Reply({"version": self.version, "endpoints": endpoints})

    # ── routing ──

    def misrouted(self, asked: Asked) -> str:
        """Why a message is not for us or not from whom it says; empty if it is (transport_and_format: message routing)."""
        if asked.to is not None and asked.to not in {party.owner for party in self.parties}:
            return f"{'/'.join(asked.to)} is no party of this platform"
        sender = asked.routing.sender
        if sender is not None and not asked.partner.is_hub and sender not in asked.partner.parties:
            return f"{'/'.join(sender)} is no party of the platform that asks"
        return ""

    def routing(self, ours: Owner, partner: Partner) -> Routing:
        """From a party of ours to the first of the partner's that it deals with, which stands for all of its platform."""
        role = next((party.role for party in self.parties if party.owner == ours), "")
        country, party = partner.facing(role) or (None, None)
        return Routing(party, country, ours[1], ours[0])

    # ── the model ──

    def wrong(self, name: str, value: Any, partial: bool = False) -> str:
        """What the model has against an object of that class, in one line; empty if nothing."""
        if MODEL.is_valid(name, value, partial=partial):
            return ""
        return "; ".join(f"{each.pointer or '/'}: {each.says}" for each in MODEL.errors(name, value, partial=partial)[:3])
