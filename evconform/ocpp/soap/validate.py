"""What the XSD of a service refuses in a body element, as problems with JSON pointers."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from evconform.ocpp.soap.body import BLANK, path_of, type_of
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
STEP = re.compile(r"(?P<name>[^\[\]]+)(\[(?P<nth>\d+)\])?")
MISSING = "Missing child element"


def problems_of(service: Service, root: Element) -> list[Problem]:
    """Empty if the element is valid. Of a sequence the validator tells the first element that is wrong, and goes on behind it."""
    xsd = compiled(service)
    if xsd.validate(root) or (_bare_dates(service, root) and xsd.validate(root)):
        return []
    found: list[Problem] = []
    for entry in islice(xsd.error_log, PROBLEMS_AT_MOST):
        node = _node(root, entry.path or "")
        where = "" if node is None else path_of(service, node, root)
        name = NAMES.get(entry.type_name, "type")
        if name == "element" and MISSING in entry.message:
            name = "missing"
        if name == "element" and node is not None and not etree.QName(node).namespace:
            name = "unqualified"
        if name == "element" and node is not None and _lacks(service, node, root, entry.message):
            name = "missing"
        found.append(Problem(name, _words(entry.message, service), where))
    return found


def _lacks(service: Service, node: Element, root: Element, message: str) -> bool:
    """Whether an element that the schema knows stands where it did not expect it, only because one that must be before it is
    nowhere."""
    parent = node.getparent()
    holds = None if parent is None else type_of(service, parent, root)
    if parent is None or holds is None or holds.member(etree.QName(node).localname) is None:
        return False
    there = {etree.QName(each).localname for each in parent.iterchildren("*")}
    expected = {member.name for member in holds.members if member.required and f"}}{member.name} " in message}
    return bool(expected) and not expected & there


def _bare_dates(service: Service, root: Element) -> bool:
    """Whether a date had a blank before it, and has none now: the type has none (XML Schema part 2, 4.3.6), libxml2 minds it."""
    dates = {each.name for holds in service.complex.values() for each in holds.members if each.type == "xs:dateTime"}
    found = [each for each in root.iter("*") if etree.QName(each).localname in dates and (each.text or "")[:1] in tuple(BLANK)]
    for each in found:
        each.text = (each.text or "").lstrip(BLANK)
    return bool(found)


def _node(root: Element, path: str) -> Element | None:
    """The element that libxml2 names: its steps are counted among those of one prefix and name, or among all (``*``)."""
    node: Element | None = root
    for step in path.strip("/").split("/")[1:]:
        match = STEP.fullmatch(step)
        if node is None or match is None:
            return None
        named = (each for each in node.iterchildren("*") if match["name"] in ("*", _said(each)))
        node = next(islice(named, int(match["nth"] or 1) - 1, None), None)
    return node


def _said(node: Element) -> str:
    """Its name as it was written."""
    local = etree.QName(node).localname
    return f"{node.prefix}:{local}" if node.prefix else local


def _words(message: str, service: Service) -> str:
    """Without the namespace, which is always the same."""
    return message.replace(f"{{{service.namespace}}}", "")
