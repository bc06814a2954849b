"""What a WSDL says of its types and operations, each in one line; and its digests, by which the official files are compared.

``python tests/ocpp/soap/types_of.py FILE.wsdl …`` prints the digests: official.json was made with it. The official files are
under a licence that allows no adaptation, and are not here."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP12 = "{http://schemas.xmlsoap.org/wsdl/soap12/}"
ACTION = "{http://www.w3.org/2006/05/addressing/wsdl}Action"
OCCURS = {("1", "1"): "", ("0", "1"): "?", ("0", "unbounded"): "*", ("1", "unbounded"): "+"}


def lines(wsdl: bytes) -> dict[str, str]:
    """Name to what it is: of each type, element and operation, and of the service."""
    root = etree.fromstring(wsdl)
    found = dict(_types(next(root.iter(f"{XS}schema"))))
    for operation in root.iterfind(f"{WSDL}portType/{WSDL}operation"):
        sides = [(each.tag, _local(each.get("message", "")), each.get(ACTION)) for each in operation.iterchildren("*")]
        found[f"operation {operation.get('name')}"] = str(sides)
    for operation in root.iterfind(f"{WSDL}binding/{WSDL}operation"):
        said = [sorted(each.attrib.items()) for each in operation.iter(f"{SOAP12}operation", f"{SOAP12}body", f"{SOAP12}header")]
        found[f"binding {operation.get('name')}"] = str(said)
    for message in root.iterfind(f"{WSDL}message"):
        found[f"message {message.get('name')}"] = str([sorted(part.attrib.items()) for part in message.iterchildren("*")])
    names = [[each.get("name") for each in root.iter(f"{WSDL}{tag}")] for tag in ("service", "port", "portType", "binding")]
    address = [each.get("location") for each in root.iter(f"{SOAP12}address")]
    transport = [each.get("transport") for each in root.iter(f"{SOAP12}binding")]
    return found | {"service": f"{root.get('targetNamespace')} {names} {transport}", "address": str(address)}


def _types(schema: etree._Element) -> Iterator[tuple[str, str]]:
    yield "schema", f"{schema.get('targetNamespace')} {schema.get('elementFormDefault')}"
    for each in schema.iterchildren("*"):
        name = each.get("name", "")
        if each.tag == f"{XS}simpleType":
            yield f"type {name}", _restriction(each)
        elif each.tag == f"{XS}complexType":
            yield f"type {name}", ", ".join(map(_element, each.iterfind(f"{XS}sequence/{XS}element")))
        else:
            yield f"element {name}", _element(each)


def _restriction(each: etree._Element) -> str:
    restriction = each.find(f"{XS}restriction")
    facets = sorted(f"{etree.QName(facet).localname} {facet.get('value')}" for facet in restriction.iterchildren("*"))
    return f"{_reference(restriction, 'base')}: {', '.join(facets)}"


def _element(each: etree._Element) -> str:
    occurs = OCCURS[each.get("minOccurs", "1"), each.get("maxOccurs", "1")]
    extension = each.find(f"{XS}complexType/{XS}simpleContent/{XS}extension")
    if extension is None:
        return f"{each.get('name')}{occurs} {_reference(each, 'type')}"
    attributes = [f"{a.get('name')} {_reference(a, 'type')} {a.get('use')}" for a in extension.iterchildren("*")]
    return f"{each.get('name')}{occurs} {_reference(extension, 'base')} with {sorted(attributes)}"


def _reference(each: etree._Element, attribute: str) -> str:
    prefix, _, local = each.get(attribute, "").rpartition(":")
    return f"xs:{local}" if each.nsmap.get(prefix) == XS.strip("{}") else local


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def digests(wsdl: bytes) -> dict[str, str]:
    return {name: hashlib.sha256(line.encode()).hexdigest()[:16] for name, line in sorted(lines(wsdl).items())}


if __name__ == "__main__":
    print(json.dumps({Path(file).name: digests(Path(file).read_bytes()) for file in sys.argv[1:]}, indent=1))
