"""Parties: the protocol roles that we play. A mock registers itself with ``@party``; a SUT file names it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from evconform.harness.clock import Clock, Tasks
from evconform.harness.pics import Pics
from evconform.harness.provision import Provision
from evconform.harness.verdict import UsageError
from evconform.harness.wire import WireLog


@dataclass
class Site:
    """Where a party stands: its clock, its product's PICS, and how it reaches the other side."""

    clock: Clock
    tasks: Tasks
    pics: Pics
    identity: str
    password: str | None = None
    url: str = ""
    """The other side's endpoint URL, for a party that dials."""
    tls: ssl.SSLContext | None = None
    """What to trust, for a party that dials with ``wss``."""
    token: str | None = None
    """Of a back office: the credentials token A that the SUT file gives."""
    settings: dict[str, str] = field(default_factory=dict)
    """What a virtual charge point that faces the SUT is set to when it comes: configuration key to value."""
    wire: WireLog | None = None
    """The tester's log, where the party faces the SUT; one that is the SUT itself has none, unless it is several parties."""
    provision: Provision = field(default_factory=Provision)
    """What a central system holds before the first case: the tester's stations and tokens."""
    speaks: str = "ocpp1.6-json"
    """The column that the party speaks, where its law has several."""
    service: str = "http://127.0.0.1:0/"
    """Where the service of a charge point listens, for a central system over SOAP."""


class Party(Protocol):
    """What a registered class gives an instance of; its bench actions or operations are further methods."""

    async def start(self) -> str:
        """Powers it on, or lets it listen; returns its endpoint URL if it has one."""

    async def stop(self) -> None:
        """Takes it off the wire."""


Make = Callable[[Site], Party]
PARTIES: dict[str, tuple[str, Make]] = {}


def party(name: str, *, role: str) -> Callable[[Any], Any]:
    """Registers a class (called with a Site) as the party ``name`` of ``role``."""

    def declare(make: Any) -> Any:
        PARTIES[name] = (role, make)
        return make

    return declare


def find_party(name: str, role: str) -> Make:
    """The registered party. Raises UsageError."""
    if name not in PARTIES:
        raise UsageError(f"control.party: {name!r} is not one of {', '.join(sorted(PARTIES))}")
    found, make = PARTIES[name]
    if found != role:
        raise UsageError(f"control.party: {name} is a {found}, and the SUT is a {role}")
    return make
