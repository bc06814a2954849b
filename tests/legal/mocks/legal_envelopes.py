"""Legal for whoever speaks SOAP, on either side: how an envelope may be written, and how HTTP may carry it. ``ENVELOPES`` and
``CARRIERS`` are name to clause and change: of the bytes of an envelope, or of the HTTP message about to go out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Any

from lxml import etree

from evconform.ocpp.soap.names import MEDIA_TYPE, SOAP, WSA

Edit = Callable[[bytes], bytes]
XSI = "http://www.w3.org/2001/XMLSchema-instance"
UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
NONE = f"{SOAP}/role/none"
ENVELOPES: dict[str, tuple[str, Edit]] = {}
CARRIERS: dict[str, tuple[str, Callable[[Any], None]]] = {}


def envelope(clause: str) -> Callable[[Edit], Edit]:
    def declare(edit: Edit) -> Edit:
        ENVELOPES[edit.__name__] = clause, edit
        return edit

    return declare


def tree(clause: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """The same for a change of the tree."""

    def declare(change: Callable[[Any], None]) -> Callable[[Any], None]:
        def edit(body: bytes) -> bytes:
            root = etree.fromstring(body)
            change(root)
            return etree.tostring(root, xml_declaration=True, encoding="utf-8")

        edit.__doc__ = change.__doc__
        ENVELOPES[change.__name__] = clause, edit
        return change

    return declare


def carrier(clause: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    def declare(edit: Callable[[Any], None]) -> Callable[[Any], None]:
        CARRIERS[edit.__name__] = clause, edit
        return edit

    return declare


# ── the document ──


@envelope("XML 1.0, 4.3.3 and F.1: UTF-8 may begin with a byte order mark")
def begins_with_a_mark(body: bytes) -> bytes:
    """A byte order mark before the XML declaration."""
    return codecs.BOM_UTF8 + body


@envelope("XML 1.0, 2.8 and 2.11: quotes, and the ends of lines, are anybody's choice")
def declares_in_other_quotes(body: bytes) -> bytes:
    """A declaration in double quotes, with standalone, and lines that end as those of Windows do."""
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>\r\n' + body[body.index(b"?>") + 2 :].lstrip() + b"\r\n"


@envelope("XML 1.0, 3.1 and 2.10: white space within tags, and where elements are")
def spaces_its_tags(body: bytes) -> bytes:
    """White space within tags, at the end of the document, and a comment there."""
    return re.sub(rb"(</[\w:]+)>", rb"\1 >", body) + b"\n<!-- the end -->\n"


@envelope("XML 1.0, 4.1 and 2.7: a character by its number, and CDATA")
def refers_to_characters(body: bytes) -> bytes:
    """A character of each MessageID by its number, the Action in CDATA."""
    body = re.sub(rb"(:MessageID>)u", rb"\1&#x75;", body)
    return re.sub(rb"(:Action[^>]*>)([^<]*)<", rb"\1<![CDATA[\2]]><", body)


# ── namespaces ──


@envelope("Namespaces in XML 1.0, 6.2: the default namespace")
def qualifies_by_default(body: bytes) -> bytes:
    """Every element of OCPP is of the default namespace of the body, and SOAP's are of the envelope's."""
    root = etree.fromstring(body)
    namespace = etree.QName(root.find(f"{{{SOAP}}}Body")[0]).namespace
    text = re.sub(rb"<(/?)soap:", rb"<\1", etree.tostring(root)).replace(
        b"<Envelope ", b'<Envelope xmlns="%b" ' % SOAP.encode(), 1
    )
    if namespace == SOAP:
        return b'<?xml version="1.0" encoding="utf-8"?>' + text
    head, begin, rest = text.partition(b"<Body>")
    rest = re.sub(rb"<(/?)ocpp:", rb"<\1", rest)
    rest = rest if re.match(rb"<\w+ xmlns=", rest) else re.sub(rb"<(\w+)", rb'<\1 xmlns="%b"' % namespace.encode(), rest, count=1)
    return b'<?xml version="1.0" encoding="utf-8"?>' + head + begin + rest


@tree("Namespaces in XML 1.0, 6.1: a prefix is declared where it is needed")
def declares_in_place(root: Any) -> None:
    """Each header block declares a prefix of its own, and namespaces are declared that nobody uses."""
    header = root.find(f"{{{SOAP}}}Header")
    for n, block in enumerate(list(header)):
        name = etree.QName(block)
        again = etree.Element(block.tag, {**block.attrib}, nsmap={f"n{n}": name.namespace, "unused": "urn:unused"})
        again.text, again[:] = block.text, list(block)
        header.replace(block, again)


# ── what SOAP and XML Schema let stand ──


@tree("XML Schema part 1, 2.6: what stands in any instance")
def says_its_types(root: Any) -> None:
    """The body says where its schema is, and its own type."""
    body = root.find(f"{{{SOAP}}}Body")
    body.set(f"{{{XSI}}}schemaLocation", "urn://Ocpp/ ocpp.xsd")
    name = etree.QName(body[0])
    if name.namespace != SOAP:
        said = etree.SubElement(body, body[0].tag, nsmap={"o": name.namespace, "xsi": XSI})
        said.set(f"{{{XSI}}}type", f"o:{name.localname[0].upper()}{name.localname[1:]}")
        said[:] = list(body[0])
        body.remove(body[0])


@tree("SOAP 1.2 part 1, 5.1 to 5.3: attributes of other namespaces")
def marks_its_parts(root: Any) -> None:
    """The envelope, the body and each header block have an Id."""
    for n, part in enumerate([root, *root, *root.find(f"{{{SOAP}}}Header")]):
        part.set(f"{{{UTILITY}}}Id", f"id-{n}")


@tree("SOAP 1.2 part 1, 2.2, 5.2.2 and 5.2.3: whom a header block is for, and whether it has to be understood")
def addresses_its_blocks(root: Any) -> None:
    """Each block is for the ultimate receiver and need not be understood, or says 1 for true; one is for nobody, who has to
    understand it."""
    header = root.find(f"{{{SOAP}}}Header")
    for n, block in enumerate(header):
        block.set(f"{{{SOAP}}}role", f"{SOAP}/role/ultimateReceiver")
        block.set(f"{{{SOAP}}}mustUnderstand", ("0", "1", "false", "true")[n % 4])
        block.set(f"{{{SOAP}}}relay", "false")
    nobodys = etree.SubElement(header, "{urn:legal}note")
    nobodys.set(f"{{{SOAP}}}role", NONE)
    nobodys.set(f"{{{SOAP}}}mustUnderstand", "true")


@tree("XML 1.0, 3.1: attributes are in no order; WS-Addressing 1.0, 2.1: white space about an address")
def turns_its_attributes(root: Any) -> None:
    """The attributes of each element stand in the other order, and addresses in lines of their own."""
    for each in root.iter("*"):
        attributes = list(each.attrib.items())
        each.attrib.clear()
        for name, value in reversed(attributes):
            each.set(name, value)
    for address in root.iter(f"{{{WSA}}}Address", f"{{{WSA}}}To", f"{{{WSA}}}Action"):
        address.text = f"\n  {address.text}\n  "


# ── HTTP ──


def _says(message: Any, media_type: str) -> None:
    message.headers = [(name, media_type if name.lower() == "content-type" else value) for name, value in message.headers]


def _action(message: Any) -> str:
    found = re.search(r'action="([^"]*)"', message.header("Content-Type") or "")
    return found[1] if found else ""


@carrier("RFC 9110, 5.1: names of fields have no case")
def writes_names_in_lower_case(message: Any) -> None:
    """Field names in lower case."""
    message.headers = [(name.lower(), value) for name, value in message.headers]


@carrier("RFC 9110, 8.3.1: a media type has no case, its parameters no order, and need no quotes")
def turns_its_media_type(message: Any) -> None:
    """The action before the charset, the charset in quotes, and all that may be in capitals."""
    if (message.header("Content-Type") or "").startswith(MEDIA_TYPE):
        _says(message, f'Application/SOAP+XML ; action="{_action(message)}";Charset="UTF-8"')


@carrier("RFC 3902: action and charset are optional")
def says_no_action(message: Any) -> None:
    """The charset alone."""
    if (message.header("Content-Type") or "").startswith(MEDIA_TYPE):
        _says(message, "application/soap+xml;charset=utf-8")


@carrier("RFC 9112, 7.1: a body in chunks")
def sends_in_chunks(message: Any) -> None:
    """No length, but chunks."""
    message.headers.append(("Transfer-Encoding", "chunked"))


@carrier("RFC 9112, 9.6: a connection for each message")
def leaves_each_connection(message: Any) -> None:
    """Asks for the end of each connection."""
    message.headers.append(("Connection", "close"))


@carrier("RFC 9112, C.2.2: what keeps a connection of HTTP/1.0")
def keeps_its_connections(message: Any) -> None:
    """Says that the connection is kept, and for how long."""
    message.headers += [("Connection", "Keep-Alive"), ("Keep-Alive", "timeout=5, max=100")]


@carrier("RFC 9110, 5.3 and 7.6: fields that nobody asked for")
def adds_fields(message: Any) -> None:
    """Fields of a proxy, of a cache, of a session, and of SOAP 1.1."""
    message.headers += [("Via", "1.1 gateway"), ("Cache-Control", "no-store"), ("SOAPAction", '""'), ("X-Request-Id", "7")]
    message.headers += [("Set-Cookie", "a=b; HttpOnly")] if hasattr(message, "status") else [("Cookie", "a=b")]


@carrier("RFC 9110, 10.1.1: who has a body may ask first")
def asks_first(message: Any) -> None:
    """Says that it expects 100."""
    if not hasattr(message, "status"):
        message.headers.append(("Expect", "100-continue"))
