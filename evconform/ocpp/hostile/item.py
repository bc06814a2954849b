"""One hostile message, and one way to spoil a member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from evconform.ocpp.speaks import JSON

Kind = Literal["legal", "illegal", "lenient", "undated", "unclear", "unreadable", "answer"]
"""What a receiver owes it. ``lenient``: the schema refuses it, and products in the field take it. ``undated``: it holds a
date and time that is none (3.15), of which the schema's keywords say nothing. ``answer``: it answers a CALL of the receiver."""

ID = "@ID@"
"""Stands in a text for the message id, which the run gives."""
REMOVED = None
"""The raw value of a member that is left out."""


@dataclass(frozen=True)
class Mutation:
    """One way to spoil a member. ``raw``: its JSON text, which need not be JSON; ``group``: its column in the report."""

    name: str
    group: str
    kind: Kind
    raw: str | None


@dataclass(frozen=True)
class Item:
    """One message. ``field``: the member that is not as it was, in dots; in brackets what is no member."""

    id: str
    action: str
    field: str
    mutation: str
    group: str
    kind: Kind
    text: str
    """The message as it goes out, with ``ID`` in place of the message id."""
    speaks: str = JSON
    """The column that it is of."""
    headers: tuple[tuple[str, str], ...] = ()
    """Of HTTP, where it has not those of every SOAP message."""
    status: int = 200
    """Of HTTP, of an answer."""

    @property
    def answered(self) -> bool:
        """Whether it is a CALL with an id that an answer can have."""
        return self.kind not in ("unreadable", "answer")

    def facts(self) -> dict[str, Any]:
        """What the mark in the wire log says of it."""
        names = ("action", "field", "mutation", "group", "kind", *(["speaks"] if self.speaks != JSON else []))
        return {"item": self.id} | {name: getattr(self, name) for name in names}
