"""From bytes to a tree, and nothing else: no DOCTYPE, no entity, no file, no network, no more than the limits."""

from __future__ import annotations

import codecs
import re

from lxml import etree

from evconform.ocpp.limits import ELEMENTS_AT_MOST, ENVELOPE_AT_MOST, ITEMS_AT_MOST
from evconform.ocpp.soap.problem import Refused
from evconform.ocpp.soap.xsd import Element

TOO_MANY = f"count(//*) > {ELEMENTS_AT_MOST} or boolean(//*[count(*) > {ITEMS_AT_MOST + 9}])"
"""The elements beside the items of a list are not counted."""
ENCODINGS = ("utf-8", "utf-16", "ascii", "iso8859-1", "iso8859-15", "cp1252")
"""What every XML processor reads (XML 1.0, 4.3.3), what UTF-8 contains, and what small devices write: that it is to be UTF-8 is
a *should* (OCPP-S 1.6, 3.1)."""
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DECLARED = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
DOCTYPE = re.compile(r"(?>\s+|<!--.*?-->|<\?.*?\?>)*+<!DOCTYPE", re.DOTALL)
"""A document type declaration in the prolog, where alone it may stand."""


def parse(body: bytes) -> Element:
    """The root element. Raises Refused: too-long, encoding, doctype, entity, xml."""
    if len(body) > ENVELOPE_AT_MOST:
        raise Refused("too-long", f"{len(body)} bytes, of at most {ENVELOPE_AT_MOST}")
    text = _text(body)
    if DOCTYPE.match(text):
        raise Refused("doctype", "a document type declaration, which SOAP 1.2 forbids (part 1, 5)")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        entity = error.code in (etree.ErrorTypes.ERR_UNDECLARED_ENTITY, etree.ErrorTypes.WAR_UNDECLARED_ENTITY)
        raise Refused("entity" if entity else "xml", f"no XML: {error.msg}") from error
    if root.xpath(TOO_MANY):
        raise Refused("too-long", f"more than {ELEMENTS_AT_MOST} elements, or more than {ITEMS_AT_MOST} in one")
    return root


def _text(body: bytes) -> str:
    """The text, without its XML declaration: what that says of the encoding is known by now."""
    encoding = next((encoding for mark, encoding in MARKS if body.startswith(mark)), "")
    declared = DECLARED.match(body)
    if not encoding:
        encoding = declared[1].decode("ascii") if declared else "utf-8"
        try:
            encoding = codecs.lookup(encoding).name
        except LookupError as error:
            raise Refused("encoding", f"the encoding {encoding!r}, which nobody knows") from error
        if encoding not in ENCODINGS:
            raise Refused("encoding", f"the encoding {encoding!r}, neither Unicode nor Latin")
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("encoding", f"no {encoding}: {error.reason} at byte {error.start}") from error
    if "\x00" in text:
        raise Refused("xml", "no XML: a null character")
    return DECLARATION.sub("", text, count=1) if DECLARATION.match(text) else text
