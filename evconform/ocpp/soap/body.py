"""The payload of the JSON model as the element of a body, and back."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from lxml import etree

from evconform.ocpp.schemas import pointer
from evconform.ocpp.soap.model import Complex, Member, Service, element
from evconform.ocpp.soap.xsd import Element

Payload = dict[str, Any]
Path = tuple[str | int, ...]

BLANK = " \t\r\n"
"""White space of XML, which every type but a text loses."""
INTEGER = re.compile(r"[+-]?\d{1,4000}", re.ASCII)
DECIMAL = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})", re.ASCII)
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class NotInSoap(ValueError):
    """A payload that no element can carry; the text begins with a JSON pointer."""


def to_element(service: Service, action: str, kind: str, payload: Payload) -> Element:
    """The body element of a message. A value of another type than the model's is written as its text. Raises NotInSoap."""
    name = f"{{{service.namespace}}}{element(action, kind)}"
    root = etree.Element(name, nsmap={None: service.namespace})
    _fill(root, service, service.complex[service.elements[element(action, kind)]], payload, ())
    return root


def _fill(node: Element, service: Service, holds: Complex, payload: Any, path: Path) -> None:
    if not isinstance(payload, dict):
        raise NotInSoap(f"{pointer(path)}: {payload!r} is no object")
    if unknown := payload.keys() - {member.json for member in holds.members}:
        raise NotInSoap(f"{pointer((*path, min(unknown)))}: {holds.name} has no such member")
    for i, member in enumerate(holds.members):
        if member.json not in payload:
            continue
        value, here = payload[member.json], (*path, member.json)
        if holds.in_attributes:
            _write(node, "" if i == 0 else member.name, value, here)
        elif member.many:
            if not isinstance(value, list):
                raise NotInSoap(f"{pointer(here)}: {value!r} is no array")
            for n, item in enumerate(value):
                _add(node, service, member, item, (*here, n))
        else:
            _add(node, service, member, value, here)


def _add(node: Element, service: Service, member: Member, value: Any, path: Path) -> None:
    child = etree.SubElement(node, f"{{{service.namespace}}}{member.name}")
    if member.type in service.complex:
        _fill(child, service, service.complex[member.type], value, path)
    else:
        _write(child, "", value, path)


def _write(node: Element, attribute: str, value: Any, path: Path) -> None:
    text = _text(value, path)
    try:
        if attribute:
            node.set(attribute, text)
        else:
            node.text = text
    except ValueError as error:
        raise NotInSoap(f"{pointer(path)}: {error}") from error


def _text(value: Any, path: Path) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value - value != 0:
            raise NotInSoap(f"{pointer(path)}: {value} is no decimal")
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, str | int):
        return str(value)
    raise NotInSoap(f"{pointer(path)}: {value!r} is no value of an element")


def from_element(service: Service, root: Element) -> Payload:
    """The payload, as far as the element has one: children are known by their local names, in any order; the first counts where
    one may stand, and a text that is none of its type stays a text."""
    return _read(service, service.complex[service.elements[etree.QName(root).localname]], root)


def _read(service: Service, holds: Complex, node: Element) -> Payload:
    if holds.in_attributes:
        first, *others = holds.members
        found: Payload = {first.json: whole(node)}
        return found | {each.json: _value(each.type, node.get(each.name, "")) for each in others if each.name in node.attrib}
    payload: Payload = {member.json: [] for member in holds.members if member.holds_none}
    for child in node.iterchildren("{*}*"):
        member = holds.member(etree.QName(child).localname)
        if member is None or (member.json in payload and not member.many):
            continue
        inner = service.complex.get(member.type)
        value = _read(service, inner, child) if inner else _value(member.type, whole(child))
        if member.many:
            payload.setdefault(member.json, []).append(value)
        else:
            payload[member.json] = value
    return payload


def whole(node: Element) -> str:
    """All the text of an element, comments left out."""
    return (node.text or "") + "".join(child.tail or "" for child in node)


def _value(kind: str, text: str) -> Any:
    bare = text.strip(BLANK)
    if kind == "xs:int":
        return int(bare) if INTEGER.fullmatch(bare) else text
    if kind == "DecimalOne":
        return (float(bare) if "." in bare else int(bare)) if DECIMAL.fullmatch(bare) else text
    if kind == "xs:boolean":
        return BOOLEANS.get(bare, text)
    return bare if kind in ("xs:dateTime", "xs:anyURI") else text


def type_of(service: Service, node: Element, root: Element) -> Complex | None:
    """The type of an element within the body element ``root``; None if the model has none for it."""
    holds = service.complex.get(service.elements.get(etree.QName(root).localname, ""))
    way = [node, *node.iterancestors()]
    for each in reversed(way[: way.index(root)] if root in way else []):
        member = holds.member(etree.QName(each).localname) if holds else None
        holds = service.complex.get(member.type) if member else None
    return holds


def path_of(service: Service, node: Element, root: Element) -> str:
    """The JSON pointer of an element within the body element ``root``; of what the model does not know, by its local name."""
    steps: list[str | int] = []
    holds: Complex | None = service.complex.get(service.elements.get(etree.QName(root).localname, ""))
    way = [node, *node.iterancestors()]
    for each in reversed(way[: way.index(root)] if root in way else []):
        name = etree.QName(each).localname
        member = holds.member(name) if holds else None
        steps.append(member.json if member else name)
        if member and member.many:
            steps.append(sum(1 for _ in each.itersiblings(f"{{*}}{name}", preceding=True)))
        holds = service.complex.get(member.type) if member else None
    return pointer(steps)
