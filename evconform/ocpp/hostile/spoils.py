"""What is done to an envelope, beside what test cases do (``ocpp/soap/spoiling.py``): each takes the bytes of a proper one."""

from __future__ import annotations

import copy
from functools import reduce

from lxml import etree

from evconform.ocpp.soap.names import SOAP
from evconform.ocpp.soap.spoiling import FOREIGN, Spoil, after_declaration, edited
from evconform.ocpp.soap.xsd import Element


def chained(*spoils: Spoil) -> Spoil:
    """One after the other."""
    return lambda body: reduce(lambda said, spoil: spoil(said), spoils, body)


def _parent(node: Element) -> Element:
    parent = node.getparent()
    assert parent is not None, "it is no root"
    return parent


# ── the header ──


def nested(block: str) -> Spoil:
    """What the header block holds is in an element of its own."""

    def nest(header: Element, _: Element) -> None:
        for each in header.findall(f"{{*}}{block}"):
            inner = copy.deepcopy(each)
            each[:], each.text = [inner], None

    return edited(nest)


def with_foreign_block(times: int = 1, **attributes: str) -> Spoil:
    """Header blocks that nobody knows, with these attributes of SOAP."""

    def add(header: Element, _: Element) -> None:
        for _n in range(times):
            block = etree.SubElement(header, f"{{{FOREIGN}}}vendor")
            block.text = "evconform"
            block.attrib.update({f"{{{SOAP}}}{name}": value for name, value in attributes.items()})

    return edited(add)


def role(name: str) -> str:
    """The URI of a role that SOAP 1.2 names (part 1, 2.2)."""
    return f"{SOAP}/role/{name}"


@edited
def without_header(header: Element, _: Element) -> None:
    _parent(header).remove(header)


@edited
def header_last(header: Element, _: Element) -> None:
    _parent(header).append(header)


@edited
def header_twice(header: Element, _: Element) -> None:
    _parent(header).insert(0, copy.deepcopy(header))


# ── the body ──


def body_named(local: str) -> Spoil:
    """The body element has another local name."""

    def rename(_: Element, holds: Element) -> None:
        holds.tag = f"{{{etree.QName(holds).namespace}}}{local}"

    return edited(rename)


@edited
def in_no_namespace(_: Element, holds: Element) -> None:
    for each in holds.iter("*"):
        each.tag = etree.QName(each).localname


@edited
def without_body(_: Element, holds: Element) -> None:
    body = _parent(holds)
    _parent(body).remove(body)


@edited
def body_twice(_: Element, holds: Element) -> None:
    body = _parent(holds)
    _parent(body).append(copy.deepcopy(body))


@edited
def with_child(header: Element, _: Element) -> None:
    etree.SubElement(_parent(header), f"{{{FOREIGN}}}more").text = "1"


# ── the document ──


def behind_id(what: bytes) -> Spoil:
    """These bytes behind the message id."""
    return lambda body: body.replace(b"</wsa:MessageID>", what + b"</wsa:MessageID>")


def in_header(what: bytes) -> Spoil:
    """These bytes at the end of the header."""
    return lambda body: body.replace(b"</soap:Header>", what + b"</soap:Header>")


def with_file_entity(body: bytes) -> bytes:
    """An entity of a file of the receiver's."""
    doctype = b'<!DOCTYPE Envelope [<!ENTITY evconform SYSTEM "file:///evconform/nothing">]>'
    return behind_id(b"&evconform;")(after_declaration(body, doctype))
