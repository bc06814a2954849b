"""What survives a power cycle."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Payload = dict[str, Any]


@dataclass
class Transaction:
    """One transaction. ``id``: what the central system called it; None until then, -1 if it never heard of it."""

    connector: int
    id_tag: str
    started: datetime
    meter_start: int
    parent_id_tag: str | None = None
    id: int | None = None
    refused: bool = False
    """The central system did not accept its idTag, and only the energy stopped (3.5.4)."""
    data: list[Payload] = field(default_factory=list)
    """The meter values for its StopTransaction."""


@dataclass
class Queued:
    """A transaction-related message that waits (3.7), with the number of times that it failed (3.7.1)."""

    action: str
    payload: Payload
    transaction: Transaction | None
    failures: int = 0


@dataclass
class Memory:
    """The non-volatile memory. The parts that keep a thing in it say what it is."""

    configuration: dict[str, str] = field(default_factory=dict)
    """Key to the value that it was set to; a key that was not stands at its factory value."""
    inoperative: set[int] = field(default_factory=set)
    """Connectors, 0 for the whole, that ChangeAvailability made Inoperative (5.2)."""
    finishing: set[int] = field(default_factory=set)
    """Connectors whose transaction is over, and whose cable has not been taken out."""
    cache: dict[str, Payload] = field(default_factory=dict)
    """The authorization cache (3.5.1): lower-case idTag to idTagInfo."""
    queue: list[Queued] = field(default_factory=list)
    running: dict[int, Transaction] = field(default_factory=dict)
    """Connector to its transaction."""
    registers: dict[int, float] = field(default_factory=dict)
    """Connector to its energy register in Wh."""
    went_dark: datetime | None = None
    """When the power went, by the clock of the charge point."""
    firmware: str = ""
    local_list: Any = None
    reservations: Any = None
    profiles: Any = None
