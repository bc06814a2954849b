"""The header of an envelope: WS-Addressing 1.0 and the identity of the charge point (OCPP-S 1.6, 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from lxml import etree

from evconform.ocpp.soap.body import whole
from evconform.ocpp.soap.model import Service
from evconform.ocpp.soap.names import ANONYMOUS, IDENTITY, SOAP, WSA, WSA_OLDER
from evconform.ocpp.soap.problem import Problem
from evconform.ocpp.soap.xsd import Element


@dataclass(frozen=True)
class Headers:
    """What the header blocks hold; None for one that is not there. ``sender`` and ``reply_to`` are the addresses in From and
    ReplyTo, ``identity`` the charge point's."""

    action: str | None = None
    message_id: str | None = None
    relates_to: str | None = None
    sender: str | None = None
    reply_to: str | None = None
    to: str | None = None
    identity: str | None = None


BLOCKS = {
    "identity": IDENTITY,
    "action": "Action",
    "message_id": "MessageID",
    "relates_to": "RelatesTo",
    "sender": "From",
    "reply_to": "ReplyTo",
    "to": "To",
}
"""Field to the local name of its block, in the order of writing."""
NAMESPACES = "urn://Ocpp/"
"""How those of OCPP begin: with a body that is nobody's, any of them will do for the identity."""
REFERENCES = ("sender", "reply_to")
"""Endpoint references: the text is in an Address."""
REQUIRED = {
    "request": ("action", "message_id", "sender", "reply_to", "to", "identity"),
    "response": ("action", "relates_to"),
    "fault": (),
}
"""OCPP-S 1.6, 3. Whether a response needs MessageID and To is not enforced: see spec-gaps."""
REQUIRED_15 = {"request": ("identity",), "response": (), "fault": ()}
"""OCPP 1.5, 8.1 and 8.3: From may be there, and that there is WS-Addressing else is said by the WSDL alone."""
Odd = Mapping[str, str]
"""Field to why the block that it was read from is none, in words."""
TRUE = ("true", "1")
REPLY = f"{WSA}/reply"
"""The relation of an answer to its request, and the one that is meant where none is named."""
OURS = ("", f"{SOAP}/role/next", f"{SOAP}/role/ultimateReceiver")
"""The roles in which whoever gets a message acts; a block for another is not its affair (SOAP 1.2 part 1, 2.2)."""
assert set(BLOCKS) == {each.name for each in fields(Headers)}


def of_request(identity: str, message_id: str, sender: str, to: str) -> Headers:
    """All that a request needs but the action; ``sender`` is the address where the sender's own service is."""
    return Headers(message_id=message_id, sender=sender, reply_to=ANONYMOUS, to=to, identity=identity)


def of_answer(request: Headers, message_id: str) -> Headers:
    """All that the answer to a request needs but the action."""
    return Headers(message_id=message_id, relates_to=request.message_id, to=request.reply_to or ANONYMOUS)


def header_element(headers: Headers, service: Service) -> Element:
    """The Header of an envelope; what is None is left out."""
    header = etree.Element(f"{{{SOAP}}}Header")
    for field, local in BLOCKS.items():
        text = getattr(headers, field)
        if text is None:
            continue
        block = etree.SubElement(header, f"{{{service.namespace if field == 'identity' else WSA}}}{local}")
        if field == "identity":
            block.set(f"{{{SOAP}}}mustUnderstand", "true")
        (etree.SubElement(block, f"{{{WSA}}}Address") if field in REFERENCES else block).text = text
    return header


def read_headers(header: Element | None, service: Service | None) -> tuple[Headers, list[Problem], Odd]:
    """The first block of each name, and what is wrong with the header as such. Where there is none, a block of an older
    WS-Addressing, or an identity of another service, is read too: it is odd, and tells who speaks all the same."""
    found: dict[str, str] = {}
    strange: dict[str, tuple[str, str]] = {}
    bare: dict[str, str] = {}
    problems: list[Problem] = []
    for block in header.iterchildren("{*}*") if header is not None else ():
        name, field = etree.QName(block), _field(block)
        namespace = name.namespace or ""
        if field == "relates_to" and block.get("RelationshipType", REPLY).strip() != REPLY:
            continue  # it may relate to as many others as it likes (WS-Addressing 1.0, 3.2)
        if field and namespace == (service.namespace if field == "identity" and service else WSA):
            if field in found:
                problems.append(Problem("header-twice", f"a second {name.localname}", name.localname))
                continue
            found[field] = _text(block, field)
            if found[field] and field in REFERENCES and block.find(f"{{{WSA}}}Address") is None:
                bare[field] = "no Address in it"
        elif field and (namespace.startswith(NAMESPACES) if field == "identity" else namespace in WSA_OLDER):
            strange.setdefault(field, (_text(block, field), f"of the namespace {namespace!r}"))
        else:
            problems += _not_understood(block)
    read = {field: text for field, (text, _) in strange.items()} | found
    odd = {field: says for field, (_, says) in strange.items() if field not in found} | bare
    return Headers(**read), problems, odd


def _field(block: Element) -> str | None:
    local = etree.QName(block).localname
    if local.lower() == IDENTITY.lower():
        return "identity"
    return next((field for field, name in BLOCKS.items() if name == local), None)


def _text(block: Element, field: str) -> str:
    node = block.find("{*}Address") if field in REFERENCES else None
    return whole(block if node is None else node).strip()


def _not_understood(block: Element) -> Iterator[Problem]:
    """WS-Addressing's other blocks are understood; they bind nobody here."""
    name = etree.QName(block)
    role = block.get(f"{{{SOAP}}}role", "").strip()
    if name.namespace != WSA and role in OURS and block.get(f"{{{SOAP}}}mustUnderstand", "").strip() in TRUE:
        yield Problem("must-understand", f"the header {{{name.namespace or ''}}}{name.localname}", name.localname)


def missing(headers: Headers, kind: str, odd: Odd, version: str = "") -> Iterator[Problem]:
    """What a request, a response or a fault of this version of OCPP needs and has not, or has with a wrong value."""
    for field in (REQUIRED_15 if version == "1.5" else REQUIRED)[kind]:
        text = getattr(headers, field)
        if field in odd:
            yield Problem("header-missing", odd[field], BLOCKS[field])
        elif not text:
            yield Problem("header-missing", "not there" if text is None else "empty", BLOCKS[field])
    if kind == "request" and headers.relates_to is not None:
        yield Problem("header-value", "a request relates to nothing", BLOCKS["relates_to"])
    if headers.reply_to and headers.reply_to != ANONYMOUS:
        yield Problem("header-value", f"{headers.reply_to!r}, not the anonymous address", BLOCKS["reply_to"])
