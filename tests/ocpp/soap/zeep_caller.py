"""A zeep client of a service that runs: its WSDL from the service itself, what the WSDL does not say by a plugin."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import zeep
from lxml import etree
from zeep.helpers import serialize_object
from zeep.plugins import Plugin
from zeep.transports import Transport

from evconform.ocpp.soap.model import Service

WSA = "http://www.w3.org/2005/08/addressing"
ANONYMOUS = f"{WSA}/anonymous"
ANSWERED_WITHIN = 30
"""Seconds."""
PYTHON = {"xs:dateTime": datetime.fromisoformat, "DecimalOne": lambda value: Decimal(str(value))}
"""Types whose values zeep does not leave as they are."""


class Addressing(Plugin):  # type: ignore[misc]
    """From, ReplyTo and the identity of the charge point; zeep makes Action, MessageID and To by itself, of the WSDL.
    ``relates``: MessageID of each request with the RelatesTo of its answer."""

    def __init__(self, identity: str, sender: str, namespace: str) -> None:
        self.identity, self.sender, self.namespace = identity, sender, namespace
        self.relates: list[tuple[str | None, str | None]] = []
        self._asked: str | None = None

    def egress(self, envelope: Any, http_headers: Any, operation: Any, options: Any) -> tuple[Any, Any]:
        header = envelope.find("{*}Header")
        identity = etree.SubElement(header, f"{{{self.namespace}}}chargeBoxIdentity")
        identity.text = self.identity
        for name, address in (("From", self.sender), ("ReplyTo", ANONYMOUS)):
            block = etree.SubElement(header, f"{{{WSA}}}{name}")
            etree.SubElement(block, f"{{{WSA}}}Address").text = address
        self._asked = header.findtext(f"{{{WSA}}}MessageID")
        return envelope, http_headers

    def ingress(self, envelope: Any, http_headers: Any, operation: Any) -> tuple[Any, Any]:
        self.relates.append((self._asked, envelope.findtext(f"{{*}}Header/{{{WSA}}}RelatesTo")))
        return envelope, http_headers


class Caller:
    """Calls the operations of a service at ``url``, as the station or for it."""

    def __init__(self, of: Service, url: str, identity: str, sender: str) -> None:
        self.of = of
        self.addressing = Addressing(identity, sender, of.namespace)
        self.transport = Transport(timeout=ANSWERED_WITHIN, operation_timeout=ANSWERED_WITHIN)
        self.client = zeep.Client(f"{url}?wsdl={of.version}", transport=self.transport, plugins=[self.addressing])

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The answer, without what is not in it; names are those of the wire. Raises zeep.exceptions.Fault."""
        said = self.client.service[action](**named(self.of, f"{action}Request", payload))
        asked, related = self.addressing.relates[-1]
        assert asked == related
        members = self.of.complex[f"{action}Response"].members
        read = serialize_object(said, dict)
        return bare({members[0].name: read} if len(members) == 1 else read or {})  # zeep unwraps what has one member

    def close(self) -> None:
        self.transport.session.close()


def as_read(of: Service, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """What zeep makes of a payload: the names of the wire, dates and decimals in Python's types."""
    found = named(of, kind, payload)
    for member in of.complex[kind].members:
        name = member.name
        if name in found and member.type in of.complex:
            inner = [as_read(of, member.type, each) for each in (payload[member.json] if member.many else [payload[member.json]])]
            found[name] = inner if member.many else inner[0]
        elif name in found and member.type in PYTHON:
            found[name] = PYTHON[member.type](found[name])
    return bare(found)


def named(of: Service, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """A payload in the names of the wire, as zeep wants it."""
    found: dict[str, Any] = {}
    for i, member in enumerate(of.complex[kind].members):
        if member.json in payload:
            value = payload[member.json]
            inner = (lambda v, t=member.type: named(of, t, v)) if member.type in of.complex else (lambda v: v)
            name = "_value_1" if of.complex[kind].in_attributes and i == 0 else member.name
            found[name] = [inner(v) for v in value] if member.many else inner(value)
    return found


def bare(value: Any) -> Any:
    """Without members that are not there."""
    if isinstance(value, dict):
        return {name: bare(inner) for name, inner in value.items() if inner not in (None, [])}
    return [bare(each) for each in value] if isinstance(value, list) else value
