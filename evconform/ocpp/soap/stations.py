"""Whose a message is: that of the charge point that its header names, or at whose address it was sent to, or whose connection
it came on. SOAP has no connection that would tell it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from evconform.http.message import Request
from evconform.ocpp.frame import Frame

JSON = "ocpp1.6-json"
SPEAKS = {"1.6": "ocpp1.6-soap", "1.5": "ocpp1.5-soap"}
"""OCPP's version to what a SUT file calls it over SOAP."""
NAMED = re.compile(r"chargeBoxIdentity[^<>]*>\s*([^<>]*?)\s*<", re.IGNORECASE)
"""The identity in an envelope that cannot be read."""
PORTS = {"http": 80, "https": 443}
NOBODY = "?"


def key_of(identity: str, speaks: str) -> str:
    """What stands for a charge point in a log in which it may speak OCPP-J as well."""
    return identity if speaks == JSON else f"{speaks} {identity}"


def named_by(key: str) -> tuple[str, str]:
    """Identity and what it speaks; a key without the latter is an identity by itself."""
    speaks, _, identity = key.partition(" ")
    return (identity, speaks) if speaks in SPEAKS.values() else (key, JSON)


def address(url: str) -> str:
    """A URL as far as it says which service is meant; empty if it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme.lower()]
    except (ValueError, KeyError):
        return ""
    return f"{parts.hostname or ''}:{port}{parts.path.rstrip('/')}"


def target_of(request: Request, scheme: str) -> str:
    """The address that a request is sent to."""
    whole = request.target if "://" in request.target else f"{scheme}://{request.header('Host') or ''}{request.target}"
    return address(whole)


class Stations:
    """The charge points of a log. ``identity``: that of the SUT, or that it knows: of who says none."""

    def __init__(self, identity: str) -> None:
        self._identity = identity or NOBODY
        self.column = ""
        """What the SUT is to speak now; empty where nobody says it."""
        self._known: dict[str, set[str]] = {}
        """Key to the addresses at which it said that it is called."""
        self._on: dict[str, str] = {}
        """Connection to the key that was last heard on it."""

    def on(self, conn: str) -> str | None:
        return self._on.get(conn)

    def forgets(self, conn: str) -> None:
        self._on.pop(conn, None)

    def of(self, request: Frame, conn: str, secure: bool) -> str | None:
        """Whose a request is; None if that is nobody's yet: it is no OCPP, and nobody was heard on its connection."""
        key = self._called(request, conn, secure) if request.role == "central-system" else self._calling(request, conn)
        if key is not None and request.kind == "text":
            self._on[conn] = key
            known = self._known.setdefault(key, set())
            sender = address((request.envelope and request.envelope.headers.sender) or "")
            if request.role == "charge-point" and sender:
                known.clear()
                known.add(sender)
        return key

    def _calling(self, request: Frame, conn: str) -> str | None:
        said = self._said(request)
        if said:
            return self._to_speak(said, request)
        return self._on.get(conn) or self._supposed(request)

    def _to_speak(self, said: str, request: Frame) -> str:
        """A message of another version than is to be spoken now is a wrong one of that, but for what is left from before the
        charge point booted on it."""
        identity, speaks = named_by(said)
        meant = key_of(identity, self.column)
        due = self.column in SPEAKS.values() and speaks != self.column
        return meant if due and (meant in self._known or request.action == "BootNotification") else said

    def _called(self, request: Frame, conn: str, secure: bool) -> str | None:
        """A central system means who is at the address that it calls, whatever name it says."""
        said = self._said(request)
        assert isinstance(request.http, Request | None)
        place = target_of(request.http, "https" if secure else "http") if request.http else ""
        there = [key for key, addresses in self._known.items() if place in addresses]
        if there:
            return said if said in there else there[-1]
        if said in self._known:
            return said
        return self._on.get(conn) or said or self._supposed(request)

    def _said(self, request: Frame) -> str | None:
        """Who the message says it is about."""
        if request.envelope is None:
            return None
        identity = request.envelope.headers.identity
        if identity is None and (found := NAMED.search(str(request.text))):
            identity = found[1]
        if not identity:
            return None
        speaks = SPEAKS.get(request.envelope.version)
        known = (key for key in self._known if named_by(key)[0] == identity)
        return key_of(identity, speaks) if speaks else next(known, key_of(identity, SPEAKS["1.6"]))

    def _supposed(self, request: Frame) -> str | None:
        """Who is meant where nobody is named: the one that there is, or else the SUT."""
        if request.envelope is None:
            return None
        if len(self._known) == 1:
            return next(iter(self._known))
        return key_of(self._identity, SPEAKS.get(request.envelope.version, SPEAKS["1.6"]))
