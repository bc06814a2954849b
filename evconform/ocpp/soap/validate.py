"""What the XSD of a service refuses in a body element, as problems with JSON pointers."""

from __future__ import annotations

from itertools import islice

from lxml import etree

from evconform.ocpp.soap.body import path_of
from evconform.ocpp.soap.model import Service
from evconform.ocpp.soap.problem import Problem
from evconform.ocpp.soap.xsd import Element, compiled

NAMES = {
    "SCHEMAV_ELEMENT_CONTENT": "element",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "element",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "type",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "attribute",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "attribute",
    "SCHEMAV_CVC_TYPE_3_1_1": "attribute",
    "SCHEMAV_CVC_TYPE_3_1_2": "element",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "length",
    "SCHEMAV_CVC_ENUMERATION_VALID": "enumeration",
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": "digits",
}
"""libxml2's name of an error to ours; any other is a ``type``."""
PROBLEMS_AT_MOST = 100
"""That are told."""
MISSING = "Missing child element"


def problems_of(service: Service, root: Element) -> list[Problem]:
    """Empty if the element is valid. One problem a place: what a facet refused is not told again as a type."""
    xsd = compiled(service)
    if xsd.validate(root):
        return []
    spaces = {prefix: uri for node in root.iter("*") for prefix, uri in node.nsmap.items() if prefix}
    found: dict[str, Problem] = {}
    for entry in islice(xsd.error_log, PROBLEMS_AT_MOST):
        node = _node(root, entry.path or "", spaces)
        where = "" if node is None else path_of(service, node, root)
        name = NAMES.get(entry.type_name, "type")
        if name == "element" and MISSING in entry.message:
            name = "missing"
        if name == "element" and node is not None and not etree.QName(node).namespace:
            name = "unqualified"
        found.setdefault(where, Problem(name, _words(entry.message, service), where))
    return list(found.values())


def _node(root: Element, path: str, spaces: dict[str, str]) -> Element | None:
    """The element that libxml2 names, for which the body element is the document's; none if its prefixes are bound twice."""
    try:
        found = etree.ElementTree(root).xpath(path, namespaces=spaces) if path else []
    except etree.XPathError:
        return None
    node = found[0] if isinstance(found, list) and found else None
    return node if isinstance(node, Element) else None


def _words(message: str, service: Service) -> str:
    """Without the namespace, which is always the same."""
    return message.replace(f"{{{service.namespace}}}", "")
