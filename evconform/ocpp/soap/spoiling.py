"""Envelopes that are wrong in one place, made of proper ones: each function takes the bytes of one, and gives those of
another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from evconform.http.message import Request
from evconform.ocpp.soap.names import SOAP, SOAP_1_1, WSA
from evconform.ocpp.soap.xsd import Element

Spoil = Callable[[bytes], bytes]
DECLARATION = b"<?xml version='1.0' encoding='utf-8'?>\n"
LAUGHS = 10
"""Entities of an entity bomb, each of ten times the one before."""
FOREIGN = "urn:evconform:foreign"


def edited(edit: Callable[[Element, Element], Any]) -> Spoil:
    """What ``edit`` does to the header and to the one element of the body."""

    def spoil(body: bytes) -> bytes:
        root = etree.fromstring(body)
        header, holds = root[0], root[1][0]
        edit(header, holds)
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    return spoil


def swaps(old: str, new: str) -> Spoil:
    """Another text, wherever it stands."""
    return lambda body: body.replace(old.encode(), new.encode())


# ── the body ──


def _reorders(_: Element, holds: Element) -> None:
    holds[:] = list(reversed(holds))


def _renames(namespace: str) -> Callable[[Element, Element], None]:
    def rename(_: Element, holds: Element) -> None:
        for each in holds.iter("*"):
            each.tag = f"{{{namespace}}}{etree.QName(each).localname}"

    return rename


def _disqualifies(_: Element, holds: Element) -> None:
    for each in holds.iterdescendants("*"):
        each.tag = etree.QName(each).localname


def _adds(_: Element, holds: Element) -> None:
    etree.SubElement(holds, f"{{{etree.QName(holds).namespace}}}evconform").text = "1"


def _drops_first(_: Element, holds: Element) -> None:
    del holds[0]


def _doubles(_: Element, holds: Element) -> None:
    parent = holds.getparent()
    assert parent is not None
    etree.SubElement(parent, holds.tag)


def _empties(_: Element, holds: Element) -> None:
    parent = holds.getparent()
    assert parent is not None
    parent.remove(holds)


reordered = edited(_reorders)
unqualified = edited(_disqualifies)
foreign = edited(_renames(FOREIGN))
with_one_too_many = edited(_adds)
without_its_first = edited(_drops_first)
twice = edited(_doubles)
empty = edited(_empties)


def in_namespace(namespace: str) -> Spoil:
    """The body in another namespace."""
    return edited(_renames(namespace))


def says(member: str, text: str) -> Spoil:
    """The first element of this name, at any depth, says something else."""

    def say(_: Element, holds: Element) -> None:
        if (found := holds.find(f".//{{*}}{member}")) is not None:
            found.text = text

    return edited(say)


def lacks(member: str) -> Spoil:
    """There is no element of this name."""

    def lack(_: Element, holds: Element) -> None:
        for each in holds.findall(f".//{{*}}{member}"):
            parent = each.getparent()
            assert parent is not None
            parent.remove(each)

    return edited(lack)


# ── the header ──


def without(block: str) -> Spoil:
    """There is no header block of this name."""

    def leave_out(header: Element, _: Element) -> None:
        for each in header.findall(f"{{*}}{block}"):
            header.remove(each)

    return edited(leave_out)


def with_block(block: str, text: str) -> Spoil:
    """The header block of this name, or the address in it, says something else; one more of WS-Addressing if there is none."""

    def change(header: Element, _: Element) -> None:
        found = header.find(f"{{*}}{block}")
        if found is None:
            found = etree.SubElement(header, f"{{{WSA}}}{block}")
        address = found.find(f"{{{WSA}}}Address")
        (found if address is None else address).text = text

    return edited(change)


def with_block_twice(block: str) -> Spoil:
    def double(header: Element, _: Element) -> None:
        found = header.find(f"{{*}}{block}")
        if found is not None:
            etree.SubElement(header, found.tag).text = found.text

    return edited(double)


def named(block: str, name: str) -> Spoil:
    """The header block has another local name."""

    def rename(header: Element, _: Element) -> None:
        for each in header.findall(f"{{*}}{block}"):
            each.tag = f"{{{etree.QName(each).namespace}}}{name}"

    return edited(rename)


def demanding(block: str) -> Spoil:
    """There is a header block of nobody's that has to be understood."""

    def demand(header: Element, _: Element) -> None:
        etree.SubElement(header, f"{{{FOREIGN}}}{block}").set(f"{{{SOAP}}}mustUnderstand", "true")

    return edited(demand)


# ── the document ──


def truncated(body: bytes) -> bytes:
    return body[: -len("</soap:Body></soap:Envelope>")]


def after_declaration(body: bytes, what: bytes) -> bytes:
    end = body.index(b"?>") + 2
    return body[:end] + b"\n" + what + body[end:]


def with_doctype(body: bytes) -> bytes:
    return after_declaration(body, b"<!DOCTYPE Envelope>")


def with_entity_bomb(body: bytes) -> bytes:
    """Ten to the tenth laughs, if anybody opens them."""
    entities = ['<!ENTITY a0 "ha">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, LAUGHS + 1))]
    bombed = after_declaration(body, f"<!DOCTYPE Envelope [{''.join(entities)}]>".encode())
    return bombed.replace(b"</wsa:MessageID>", f"&a{LAUGHS};</wsa:MessageID>".encode())


def without_declaration(body: bytes) -> bytes:
    return body[body.index(b"?>") + 2 :].lstrip()


def of_length(length: int) -> Spoil:
    """A comment makes it so many bytes long."""
    return lambda body: after_declaration(body, b"<!--" + b" " * max(0, length - len(body) - 8) + b"-->")


def as_soap_1_1(body: bytes) -> Request:
    """The same in SOAP 1.1, with its media type."""
    return Request("POST", "", [("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '""')], as_envelope_1_1(body))


def as_envelope_1_1(body: bytes) -> bytes:
    return body.replace(SOAP.encode(), SOAP_1_1.encode())
