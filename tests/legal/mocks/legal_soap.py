"""Legal over SOAP: how a charge point writes its envelopes, how it uses HTTP, and what it does when nobody answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

from lxml import etree
from mocks.legal import TWO, Change, variant
from mocks.legal_envelopes import CARRIERS, ENVELOPES

from evconform.ocpp.soap.names import SOAP, WSA

LINK = ("OCPP16S-", "OCPP16-CP-BOOT", "OCPP16-CP-HB", "OCPP16-CP-OFF", "OCPP16-CP-QUEUE", "OCPP16-CP-RESET", "OCPP16-CP-POWER")
"""How the ids of the cases begin that a change of the link could upset."""
WRITING = (*LINK[:2], "OCPP16-CP-FRAME", "OCPP16-CP-CONF", "OCPP16-CP-METER", "OCPP16-CP-TX-", "OCPP16-CP-TRIG")
"""And a change of what is written."""


def soap(clause: str, *cases: str, **how: Any) -> Callable[[Change], Change]:
    """A variant that speaks SOAP."""
    return variant(clause, speaks="ocpp1.6-soap", cases=cases, **how)


def _writes(cp: Any, edit: Callable[[bytes], bytes]) -> None:
    cp.endpoint.envelopes.append(edit)


def _changes(cp: Any, change: Callable[[Any], None]) -> None:
    """Changes the tree of each envelope on its way out."""

    def edit(body: bytes) -> bytes:
        root = etree.fromstring(body)
        change(root)
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    _writes(cp, edit)


# ── envelopes ──


@soap("Namespaces in XML 1.0: a prefix is anybody's choice", *WRITING)
def has_prefixes_of_its_own(cp: Any) -> None:
    """Calls SOAP ``env``, WS-Addressing ``a``, and OCPP ``ns0``."""

    def edit(body: bytes) -> bytes:
        for old, new in ((b"soap", b"env"), (b"wsa", b"a"), (b"ocpp", b"ns0")):
            body = re.sub(rb"(<|</|\s|xmlns:|>)%b(:|=)" % old, rb"\1%b\2" % new, body)
        return body

    _writes(cp, edit)


@soap("XML 1.0, 2.5 and 2.10: comments, and white space between elements", *WRITING)
def writes_lines_and_comments(cp: Any) -> None:
    """Each element stands in a line of its own, with a comment before the body."""

    def change(root: Any) -> None:
        etree.indent(root)
        root.find(f"{{{SOAP}}}Body").addprevious(etree.Comment(" the body "))

    _changes(cp, change)


@soap("SOAP 1.2 part 1, 5.2: header blocks are in no order", *WRITING)
def turns_its_headers(cp: Any) -> None:
    """The header blocks stand in another order."""

    def change(root: Any) -> None:
        header = root.find(f"{{{SOAP}}}Header")
        header[:] = reversed(header)

    _changes(cp, change)


@soap("WS-Addressing 1.0, 2.1: what an endpoint reference may hold", *WRITING)
def refers_at_length(cp: Any) -> None:
    """From has reference parameters and metadata."""

    def change(root: Any) -> None:
        for sender in root.iter(f"{{{WSA}}}From"):
            parameters = etree.SubElement(sender, f"{{{WSA}}}ReferenceParameters")
            etree.SubElement(parameters, "{urn:etrel}station").text = "1"
            etree.SubElement(sender, f"{{{WSA}}}Metadata")

    _changes(cp, change)


@soap("SOAP 1.2 part 1, 5.2: a header that nobody has to understand", *WRITING)
def adds_a_header(cp: Any) -> None:
    """A header of its own, that need not be understood."""
    _changes(cp, lambda root: etree.SubElement(root.find(f"{{{SOAP}}}Header"), "{urn:etrel}build").set("n", "112"))


@soap("XML Schema part 2, 3.3.17 and 3.2.2: the same value in other characters", *WRITING)
def writes_values_otherwise(cp: Any) -> None:
    """Integers with zeros and a sign, and booleans as numbers."""

    def edit(body: bytes) -> bytes:
        body = re.sub(rb"(<ocpp:(?:connectorId|meterStart|meterStop|listVersion)>)(\d+)<", rb"\g<1> +0\2 <", body)
        return body.replace(b"readonly>true<", b"readonly>1<").replace(b"readonly>false<", b"readonly>0<")

    _writes(cp, edit)


@soap("the rules of WS-Addressing 1.0 bind the requests", "OCPP16S-", "OCPP16-CP-CONF")
def answers_without_headers_that_nobody_needs(cp: Any) -> None:
    """Its answers have no MessageID and no To."""

    def change(root: Any) -> None:
        header = root.find(f"{{{SOAP}}}Header")
        if header.find(f"{{{WSA}}}RelatesTo") is not None:
            for name in ("MessageID", "To"):
                header.remove(header.find(f"{{{WSA}}}{name}"))

    _changes(cp, change)


@soap("SOAP 1.2 part 1, 5.4: what a fault may hold", "OCPP16S-", "OCPP16-CP-FRAME", "OCPP16-CP-CLAIM")
def explains_its_faults(cp: Any) -> None:
    """Its faults have a second language, and a detail."""

    def change(root: Any) -> None:
        for fault in root.iter(f"{{{SOAP}}}Fault"):
            text = etree.SubElement(fault.find(f"{{{SOAP}}}Reason"), f"{{{SOAP}}}Text")
            text.set("{http://www.w3.org/XML/1998/namespace}lang", "sl")
            text.text = "napaka"
            etree.SubElement(etree.SubElement(fault, f"{{{SOAP}}}Detail"), "{urn:etrel}line").text = "112"

    _changes(cp, change)


# ── HTTP ──


def _compresses(cp: Any, coding: str) -> None:
    cp.endpoint.compresses = coding


for _coding in ("gzip", "deflate"):
    _compressed = partial(_compresses, coding=_coding)
    _compressed.__name__ = f"compresses_with_{_coding}"  # type: ignore[attr-defined]
    _compressed.__doc__ = f"Compresses every request with {_coding}."
    soap("OCPP-S 3: compression may be used", *WRITING)(_compressed)


@soap("RFC 9112, 9.6: a connection for each message", *LINK, on=TWO)
def closes_each_connection(cp: Any) -> None:
    """Asks for the end of each connection."""

    def close(message: Any) -> None:
        message.headers.append(("Connection", "close"))

    cp.endpoint.edit_request = cp.endpoint.edit_response = close


@soap("SOAP 1.2 part 2, 7.1.4: the parameters of the media type are optional", *WRITING)
def says_only_the_media_type(cp: Any) -> None:
    """Its Content-Type has no parameter, and a header of SOAP 1.1 says the action."""

    def edit(request: Any) -> None:
        request.headers = [each for each in request.headers if each[0] != "Content-Type"]
        request.headers += [("Content-Type", "application/soap+xml"), ("SOAPAction", '""'), ("User-Agent", "etrel/1")]

    cp.endpoint.edit_request = edit


@soap("OCPP-S 2: the address of a charge point is its own affair", *LINK)
def serves_at_a_path(cp: Any) -> None:
    """Its service has a path and a query."""
    cp.site.service = "http://127.0.0.1:0/services/OCPP-1.6/CP"


# ── the link ──


@soap(
    "OCPP-S errata: a BootNotification if its address may have changed",
    *LINK,
    inconclusive={"OCPP16-CP-OFF-08.soap": "the statuses that follow a boot are no news of the time offline"},
)
def boots_whenever_it_is_back(cp: Any) -> None:
    """It does not know whether its address is still the same, so it boots whenever the network was away."""
    cut = cp.cut_network

    async def cuts() -> None:
        await cut()
        cp.link.moved = True

    cp.cut_network = cuts


@soap("OCPP-S does not say how many requests may be open", *LINK)
def asks_without_waiting(cp: Any) -> None:
    """Its requests do not wait for the answers to those before."""
    connect = cp.endpoint.connect

    async def connects(handshake: Any) -> Any:
        channel = await connect(handshake)
        channel._turn = nullcontext()
        return channel

    cp.endpoint.connect = connects


# ── what either side may do ──


def _carries(cp: Any, edit: Callable[[Any], None]) -> None:
    cp.endpoint.edit_request = cp.endpoint.edit_response = edit


for _table, _does in ((ENVELOPES, _writes), (CARRIERS, _carries)):
    for _name, (_clause, _edit) in _table.items():
        _shared = partial(_does, edit=_edit)
        _shared.__name__, _shared.__doc__ = _name, _edit.__doc__  # type: ignore[attr-defined]
        soap(_clause, *WRITING)(_shared)
