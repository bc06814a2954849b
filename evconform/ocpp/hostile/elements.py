"""Spoils one element of a body at a time: the mutations of OCPP-J's members as elements carry them, and what only XML has.

What a receiver owes each is said by the XSD of the service: see ``judged``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from lxml import etree

from evconform.ocpp.hostile.bases import EVERY_VALUE, LARGE, LEGAL_TOO, MEANT
from evconform.ocpp.hostile.fields import Path, at, dotted, members, objects
from evconform.ocpp.hostile.item import ID, Kind, Mutation
from evconform.ocpp.hostile.values import Node, mutations
from evconform.ocpp.hostile.writings import ELEMENTS, NAMESPACE, NOTATIONS, OF_OBJECTS, ONCE, ORDERS
from evconform.ocpp.hostile.xml import PREFIX, value_of, written
from evconform.ocpp.schemas import schema
from evconform.ocpp.soap.codec import encode
from evconform.ocpp.soap.headers import Headers, of_request
from evconform.ocpp.soap.model import Member, Service
from evconform.ocpp.soap.names import ANONYMOUS
from evconform.ocpp.soap.parse import parse
from evconform.ocpp.soap.problem import Refused
from evconform.ocpp.soap.validate import problems_of
from evconform.ocpp.soap.xsd import Element

BODY = "(body)"
IDENTITY, FROM, TO = "@IDENTITY@", "@FROM@", "@TO@"
"""Stand in a text for what only the run knows, as ``ID`` does."""
SAMPLES = {ID: "urn:uuid:0", IDENTITY: "evconform", FROM: "http://127.0.0.1:1/", TO: "http://127.0.0.1:2/"}
HOLE = "evconformHole"
HEADERS = {
    "request": of_request(IDENTITY, ID, FROM, TO),
    "response": Headers(message_id="urn:evconform:answer", relates_to=ID, to=ANONYMOUS),
}
"""By the kind of message."""

Spoilt = Iterator[tuple[str, Mutation, str]]
"""Field, mutation, and text of the envelope."""


class Envelopes:
    """The envelopes of an action, made of a legal one. ``base``: its payload; ``kind``: request or response."""

    def __init__(self, service: Service, action: str, base: Node, kind: str = "request") -> None:
        self.service = service
        self.action = action
        self.base = base
        self.kind = kind
        self.holds = service.complex[action + kind.title()]
        self.schema = schema(action if kind == "request" else f"{action}Response")
        self.proper = self.of(base).encode()

    def text(self, root: Element, raw: str = "") -> str:
        """The text of an envelope, with ``raw`` where the hole is."""
        whole = etree.tostring(root, xml_declaration=True, encoding="utf-8").decode()
        return whole.replace(f"<{PREFIX}:{HOLE}/>", raw.replace(NAMESPACE, self.service.namespace))

    def of(self, payload: Node) -> str:
        return encode(payload, self.action, HEADERS[self.kind], self.service, self.kind).decode()

    def parsed(self) -> tuple[Element, Element]:
        """A copy of the proper one, and its body element."""
        root = etree.fromstring(self.proper)
        return root, root[1][0]

    def with_hole(self, path: Path) -> Element:
        """The envelope without the element at this path (of a list, without any of its elements), and a hole there."""
        root, node = self.parsed()
        for place, step in enumerate(path):
            if isinstance(step, str):
                found = node.findall(f"{{*}}{self.member(path[: place + 1]).name}")
                last = place == len(path) - 1
                node = found[0] if last or isinstance(path[place + 1], str) else found[int(path[place + 1])]
        parent = node.getparent()
        assert parent is not None
        for more in found[1:] if isinstance(path[-1], str) else ():
            parent.remove(more)
        parent.replace(node, etree.Element(f"{{{self.service.namespace}}}{HOLE}"))
        return root

    def member(self, path: Path) -> Member:
        """The member of the model at this path; an item of a list is that of the list."""
        holds = self.holds
        for step in path:
            if isinstance(step, str):
                member = next(each for each in holds.members if each.json == step)
                holds = self.service.complex.get(member.type, holds)
        return member


def is_valid(service: Service, text: str) -> bool:
    """Whether the body of an envelope is XML, and as the XSD of the service has it."""
    try:
        root = parse(text.encode("utf-8", "surrogateescape"))
    except Refused:
        return False
    return not problems_of(service, root[1][0])


OWED: dict[tuple[Kind, bool], Kind | None] = {
    ("legal", True): "legal",
    ("legal", False): None,
    ("illegal", True): None,
    ("illegal", False): "illegal",
    ("lenient", True): None,
    ("lenient", False): "lenient",
    ("undated", True): None,
    ("undated", False): "lenient",
    ("unreadable", True): None,
    ("unreadable", False): "illegal",  # NaN is no JSON, and a text like any other in XML
    ("unclear", True): "unclear",
    ("unclear", False): "illegal",
}
"""What a mutation is in OCPP-J, and whether the XSD allows what comes of it, to what a receiver owes it in SOAP; None: it
says nothing there. A number without range, an odd text: the XSD decides."""
GROUP = {"no-json": "wrong-type"}
"""Groups that XML has not."""
NO_MATTER: dict[str, Kind] = {"date": "lenient"}
"""The same by group, where the XSD refuses what OCPP-J leaves open: ISO 8601 has more forms than xs:dateTime (3.15)."""


def judged(service: Service, mutation: Mutation, text: str) -> Mutation | None:
    """The mutation as it is in SOAP."""
    valid = is_valid(service, text)
    kind = OWED[mutation.kind, valid]
    if mutation.kind == "unclear" and not valid:
        kind = NO_MATTER.get(mutation.group, kind)
    return Mutation(mutation.name, GROUP.get(mutation.group, mutation.group), kind, mutation.raw) if kind else None


def of_body(made: Envelopes, role: str) -> Spoilt:
    """All that is done to the body of an action."""
    for field, mutation, text in _of_body(made, role):
        said = judged(made.service, mutation, text)
        if said:
            yield field, said, text


def _of_body(made: Envelopes, role: str) -> Spoilt:
    action, base = made.action, made.base
    yield BODY, Mutation("as-it-is", "base", "legal", None), made.of(base)
    for name, payload in LEGAL_TOO.get(action, {}).items() if made.kind == "request" else ():
        yield BODY, Mutation(name, "errata", "legal", None), made.of(payload)
    least = {each.json: base[each.json] for each in made.holds.members if each.required and each.json in base}
    if least and role == "central-system":
        yield BODY, Mutation("only-required", "valid", "legal", None), made.of(least)
    for path, node, _ in members(made.schema, base):
        yield from ((dotted(path), mutation, text) for mutation, text in _of_member(made, role, path, node))
    for path in objects(made.schema, base):
        yield from ((BODY if not path else dotted(path), mutation, text) for mutation, text in _of_object(made, path))


def _of_member(made: Envelopes, role: str, path: Path, node: Node) -> Iterator[tuple[Mutation, str]]:
    member, value = made.member(path), at(made.base, path)
    hole = made.with_hole(path)
    every = role == "central-system" and path[-1] in EVERY_VALUE.get(made.action, ())
    large = role == "central-system" and path[-1] in LARGE
    required = member.required and isinstance(path[-1], str)
    for each in mutations(node, value, required=required, every_value=every, large=large):
        if each.name not in MEANT.get((made.action, path[-1]), ()) and (raw := of_raw(member.name, each)) is not None:
            yield each, made.text(hole, raw)
    first = len(path) == 1 and path[0] == next(iter(made.base))
    ways = ELEMENTS if isinstance(path[-1], str) else {}
    ways = ways | (NOTATIONS if not isinstance(value, dict | list) else {}) | (ONCE if first else {})
    for name, (group, kind, write) in ways.items():
        owed: Kind = kind or ("illegal" if required else "lenient")
        yield Mutation(name, group, owed, None), made.text(hole, write(member.name, value))


def of_raw(name: str, mutation: Mutation) -> str | None:
    """What a mutation of JSON text makes of an element; None if it is about the notation of JSON."""
    if mutation.raw is None:
        return ""
    try:
        return written(name, value_of(mutation.raw))
    except (ValueError, RecursionError):
        return None


def _of_object(made: Envelopes, path: Path) -> Iterator[tuple[Mutation, str]]:
    for name, (group, kind, write) in OF_OBJECTS.items():
        root, node = made.parsed()
        node = _at(made, node, path)
        etree.SubElement(node, f"{{{made.service.namespace}}}{HOLE}")
        yield Mutation(name, group, kind or "lenient", None), made.text(root, write("", None))
    for name, order in ORDERS.items():
        root, node = made.parsed()
        node = _at(made, node, path)
        if len(node) > 1:
            node[:] = order([copy.deepcopy(each) for each in node])
            yield Mutation(name, "order", "lenient", None), made.text(root)
    root, node = made.parsed()
    _at(made, node, path).attrib.update({"evconform": "1"})
    yield Mutation("unknown-attribute", "unknown-member", "lenient", None), made.text(root)


def _at(made: Envelopes, node: Element, path: Path) -> Element:
    for place, step in enumerate(path):
        if isinstance(step, str):
            found = node.findall(f"{{*}}{made.member(path[: place + 1]).name}")
            item = path[place + 1] if place + 1 < len(path) else 0
            node = found[item if isinstance(item, int) else 0]
    return node


__all__ = ["BODY", "FROM", "IDENTITY", "SAMPLES", "TO", "Envelopes", "Spoilt", "of_body"]
