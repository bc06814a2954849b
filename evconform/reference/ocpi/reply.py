"""What an operation is asked, and what it says: before it is HTTP and after."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from evconform.ocpi import status
from evconform.ocpi.envelope import NOTHING, envelope
from evconform.ocpi.headers import Routing
from evconform.ocpi.moments import stamp
from evconform.reference.ocpi.records import Owner, Partner

Standing = Literal["invited", "joining", "registered"]
"""By which token a partner comes: A, a B that we are just registering with, or the one of a registration."""


@dataclass(frozen=True)
class Caller:
    """Who asks, and the token that it shows."""

    partner: Partner
    standing: Standing
    token: str


@dataclass
class Asked:
    """A request that is allowed. ``parts``: those of the URL below the module's, decoded. ``to``: the party of ours that it
    addresses; None if it names none."""

    method: str
    caller: Caller
    parts: tuple[str, ...]
    query: str
    body: Any
    routing: Routing = field(default_factory=Routing)
    to: Owner | None = None

    @property
    def partner(self) -> Partner:
        return self.caller.partner


@dataclass(frozen=True)
class Encoded:
    """Data that are JSON already."""

    json: bytes


@dataclass
class Reply:
    """An answer: ``data`` as objects or as ``Encoded``; an OCPI code, an HTTP status, and headers beyond the usual ones."""

    data: Any = NOTHING
    code: int = status.SUCCESS
    message: str | None = None
    http: int = HTTPStatus.OK
    headers: list[tuple[str, str]] = field(default_factory=list)

    def encode(self, at: datetime) -> bytes:
        """The envelope."""
        if isinstance(self.data, Encoded):
            return b'{"data":%b,"status_code":%d,"timestamp":"%b"}' % (self.data.json, self.code, stamp(at).encode())
        made = envelope(self.data, self.code, self.message, at=at)
        return json.dumps(made, separators=(",", ":")).encode()


Handler = Callable[[Asked], Awaitable[Reply]]


def listed(documents: list[bytes]) -> Encoded:
    """Encoded objects as a list."""
    return Encoded(b"[%b]" % b",".join(documents))


def invalid(says: str) -> Reply:
    """2001: valid JSON of an allowed sender that cannot be processed; never an HTTP error (status_codes)."""
    return Reply(code=status.INVALID_PARAMETERS, message=one_line(says))


def missing(says: str) -> Reply:
    """404 for a resource that does not exist (status_codes, GET)."""
    return Reply(code=2000, message=one_line(says), http=HTTPStatus.NOT_FOUND)


def not_allowed(says: str, allowed: set[str] | frozenset[str]) -> Reply:
    """405, which names what would be allowed (RFC 9110, 15.5.6)."""
    allow = [("Allow", ", ".join(sorted(allowed)))]
    return Reply(code=2000, message=one_line(says), http=HTTPStatus.METHOD_NOT_ALLOWED, headers=allow)


def one_line(text: str) -> str:
    """As a status_message: a string of 255 characters at most."""
    return " ".join(text.split())[:255]
