"""Legal over SOAP: how a central system writes its envelopes, and how it uses HTTP. Each is the party ``legal NAME`` of the
role, but for those that a charge point shares (``legal_envelopes.py``), which are ``legal soap NAME``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lxml import etree
from mocks.legal_envelopes import CARRIERS, ENVELOPES

from evconform.harness.party import Site, party
from evconform.ocpp.soap.names import SOAP, WSA
from mocks.plain_central_system import PlainCentralSystem

Change = Callable[[Any], None]
SOAP_CENTRAL_SYSTEMS: dict[str, str] = {}
"""Name to the clause that allows it."""


def declares(name: str, clause: str, change: Change) -> None:
    assert name not in SOAP_CENTRAL_SYSTEMS
    SOAP_CENTRAL_SYSTEMS[name] = clause

    def make(site: Site) -> PlainCentralSystem:
        central_system = PlainCentralSystem(site)
        change(central_system.endpoint)
        return central_system

    party(f"legal soap {name}", role="central-system")(make)


def variant(clause: str) -> Callable[[Change], Change]:
    def declare(change: Change) -> Change:
        declares(change.__name__, clause, change)
        return change

    return declare


def _writes(endpoint: Any, edit: Any) -> None:
    endpoint.envelopes.append(edit)


def _carries(endpoint: Any, edit: Any) -> None:
    endpoint.edit_request = endpoint.edit_response = edit


for _name, (_clause, _edit) in ENVELOPES.items():
    declares(_name, _clause, partial(_writes, edit=_edit))
for _name, (_clause, _change) in CARRIERS.items():
    declares(_name, _clause, partial(_carries, edit=_change))


# ── what only a central system does ──


@variant("the rules of WS-Addressing 1.0 bind the requests")
def answers_without_headers_that_nobody_needs(endpoint: Any) -> None:
    """Its answers have no MessageID and no To."""

    def edit(body: bytes) -> bytes:
        root = etree.fromstring(body)
        header = root.find(f"{{{SOAP}}}Header")
        if header.find(f"{{{WSA}}}RelatesTo") is not None:
            for name in ("MessageID", "To"):
                header.remove(header.find(f"{{{WSA}}}{name}"))
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    _writes(endpoint, edit)


@variant("WS-Addressing 1.0, 3.2: the relation of an answer is that of a reply, said or not")
def says_how_it_relates(endpoint: Any) -> None:
    """RelatesTo says its RelationshipType."""

    def edit(body: bytes) -> bytes:
        root = etree.fromstring(body)
        for relation in root.iter(f"{{{WSA}}}RelatesTo"):
            relation.set("RelationshipType", f"{WSA}/reply")
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    _writes(endpoint, edit)


@variant("OCPP-S 6.1: compression may be used")
def compresses_all_that_it_says(endpoint: Any) -> None:
    """Its requests are in deflate, its answers in gzip."""
    endpoint.compresses, endpoint.compresses_answers = "deflate", "gzip"


@variant("OCPP-S 6.1: a response need not be compressed")
def asks_for_no_coding(endpoint: Any) -> None:
    """Its requests say nothing of what codings it takes."""

    def edit(request: Any) -> None:
        request.headers = [each for each in request.headers if each[0] != "Accept-Encoding"]

    endpoint.edit_request = edit


@variant("WS-Addressing 1.0, 2.1: an identifier is any absolute IRI")
def numbers_its_messages(endpoint: Any) -> None:
    """Its MessageIDs are URIs that count."""
    numbers = iter(range(1, 100_000))
    endpoint.new_message_id = lambda _: f"http://central.example/messages?n={next(numbers)}"


@variant("OCPP-S 3.7: any address at which it listens")
def tells_another_of_its_addresses(endpoint: Any) -> None:
    """What is in From has a query, and is not where its requests come from."""

    def edit(body: bytes) -> bytes:
        root = etree.fromstring(body)
        for address in root.iterfind(f".//{{{WSA}}}From/{{{WSA}}}Address"):
            address.text += "?from=central"
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    _writes(endpoint, edit)
