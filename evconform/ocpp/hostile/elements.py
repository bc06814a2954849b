"""Spoils one element of a body at a time: the mutations of OCPP-J's members as elements carry them, and what only XML has.

What a receiver owes each is said by the XSD of the service: see ``judged``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from evconform.ocpp.hostile.bases import EVERY_VALUE, LARGE, LEGAL_TOO, MEANT
from evconform.ocpp.hostile.fields import Path, at, dotted, members, objects, snake
from evconform.ocpp.hostile.item import ID, Kind, Mutation
from evconform.ocpp.hostile.values import Node, mutations
from evconform.ocpp.hostile.xml import NIL, PREFIX, element, escaped, value_of, written
from evconform.ocpp.schemas import schema
from evconform.ocpp.soap.codec import decode, encode
from evconform.ocpp.soap.headers import of_request
from evconform.ocpp.soap.model import Member, Service
from evconform.ocpp.soap.spoiling import FOREIGN
from evconform.ocpp.soap.xsd import Element

BODY = "(body)"
IDENTITY, FROM, TO = "@IDENTITY@", "@FROM@", "@TO@"
"""Stand in a text for what only the run knows, as ``ID`` does."""
SAMPLES = {ID: "urn:uuid:0", IDENTITY: "evconform", FROM: "http://127.0.0.1:1/", TO: "http://127.0.0.1:2/"}
NAMESPACE = "@NAMESPACE@"
HOLE = "evconformHole"

Spoilt = Iterator[tuple[str, Mutation, str]]
"""Field, mutation, and text of the envelope."""


class Envelopes:
    """The envelopes of an action, made of a legal one. ``base``: its payload."""

    def __init__(self, service: Service, action: str, base: Node) -> None:
        self.service = service
        self.action = action
        self.base = base
        headers = of_request(IDENTITY, ID, FROM, TO)
        self.proper = encode(base, action, headers, service)

    def text(self, root: Element, raw: str = "") -> str:
        """The text of an envelope, with ``raw`` where the hole is."""
        whole = etree.tostring(root, xml_declaration=True, encoding="utf-8").decode()
        return whole.replace(f"<{PREFIX}:{HOLE}/>", raw.replace(NAMESPACE, self.service.namespace))

    def of(self, payload: Node) -> str:
        return encode(payload, self.action, of_request(IDENTITY, ID, FROM, TO), self.service).decode()

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
        holds = self.service.complex[f"{self.action}Request"]
        for step in path:
            if isinstance(step, str):
                member = next(each for each in holds.members if each.json == step)
                holds = self.service.complex.get(member.type, holds)
        return member


def is_valid(text: str) -> bool:
    """Whether nothing is wrong with an envelope, by SOAP 1.2, WS-Addressing and the XSD of its service."""
    for name, sample in SAMPLES.items():
        text = text.replace(name, sample)
    return not decode(text.encode("utf-8", "surrogateescape")).problems


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


def judged(mutation: Mutation, text: str) -> Mutation | None:
    """The mutation as it is in SOAP."""
    valid = is_valid(text)
    kind = OWED[mutation.kind, valid]
    if mutation.kind == "unclear" and not valid:
        kind = NO_MATTER.get(mutation.group, kind)
    return Mutation(mutation.name, GROUP.get(mutation.group, mutation.group), kind, mutation.raw) if kind else None


def of_body(made: Envelopes, role: str) -> Spoilt:
    """All that is done to the body of an action."""
    for field, mutation, text in _of_body(made, role):
        said = judged(mutation, text)
        if said:
            yield field, said, text


def _of_body(made: Envelopes, role: str) -> Spoilt:
    action, base = made.action, made.base
    yield BODY, Mutation("as-it-is", "base", "legal", None), made.of(base)
    for name, payload in LEGAL_TOO.get(action, {}).items():
        yield BODY, Mutation(name, "errata", "legal", None), made.of(payload)
    top = made.service.complex[f"{action}Request"].members
    least = {each.json: base[each.json] for each in top if each.required and each.json in base}
    if least and role == "central-system":
        yield BODY, Mutation("only-required", "valid", "legal", None), made.of(least)
    for path, node, _ in members(schema(action), base):
        yield from ((dotted(path), mutation, text) for mutation, text in _of_member(made, role, path, node))
    for path in objects(schema(action), base):
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
    for name, (group, kind, write) in ELEMENTS.items():
        if isinstance(path[-1], str):
            yield (
                Mutation(name, group, kind or ("illegal" if required else "lenient"), None),
                made.text(hole, write(member.name, value)),
            )
    if not isinstance(value, dict | list):
        for name, (group, kind, write) in NOTATIONS.items():
            yield Mutation(name, group, kind or "illegal", None), made.text(hole, write(member.name, value))


def of_raw(name: str, mutation: Mutation) -> str | None:
    """What a mutation of JSON text makes of an element; None if it is about the notation of JSON."""
    if mutation.raw is None:
        return ""
    try:
        return written(name, value_of(mutation.raw))
    except (ValueError, RecursionError):
        return None


Write = Callable[[str, Any], str]
Ways = dict[str, tuple[str, Kind | None, Write]]

ELEMENTS: Ways = {
    "name-upper-case": ("member-name", None, lambda name, value: written(name.upper(), value)),
    "name-snake-case": ("member-name", None, lambda name, value: written(snake(name), value)),
    "unqualified": ("namespace", "lenient", lambda name, value: _with_start(written(name, value), f"{PREFIX}:{name}", name)),
    "foreign-namespace": (
        "namespace",
        "lenient",
        lambda name, value: _with_start(written(name, value), f"{PREFIX}:{name}", f"x:{name}", f' xmlns:x="{FOREIGN}"'),
    ),
    "prefix-unbound": (
        "no-xml",
        "illegal",
        lambda name, value: _with_start(written(name, value), f"{PREFIX}:{name}", f"nobody:{name}"),
    ),
    "end-of-another": ("no-xml", "illegal", lambda name, value: f"<{PREFIX}:{name}>1</{PREFIX}:evconform>"),
    "twice": ("number-of", "lenient", lambda name, value: written(name, value) * 2),
    "unknown-before": ("unknown-member", "lenient", lambda name, value: element("evconform", "1") + written(name, value)),
}
"""What is done to an element, by name: group, kind (None: that of a member that is not there), and XML text. What the XSD allows
is left out (two of a list are no mistake)."""


def _with_start(whole: str, old: str, new: str, attributes: str = "") -> str:
    """The outermost element under another name."""
    head, tail = whole[1 + len(old) :], f"</{old}>"
    return f"<{new}{attributes}{head[: -len(tail)]}</{new}>"


NOTATIONS: Ways = {
    "cdata": ("notation", "legal", lambda name, value: element(name, f"<![CDATA[{_plain(value)}]]>")),
    "references": ("notation", "legal", lambda name, value: element(name, "".join(f"&#{ord(c)};" for c in _plain(value)))),
    "comment-within": ("notation", "legal", lambda name, value: element(name, f"<!-- evconform -->{escaped(_plain(value))}")),
    "prefix-of-its-own": (
        "notation",
        "legal",
        lambda name, value: f'<x:{name} xmlns:x="{NAMESPACE}">{escaped(_plain(value))}</x:{name}>',
    ),
    "instruction-within": ("notation", "unclear", lambda name, value: element(name, f"<?evconform?>{escaped(_plain(value))}")),
    "unknown-attribute": (
        "unknown-member",
        "lenient",
        lambda name, value: element(name, escaped(_plain(value)), ' evconform="1"'),
    ),
    "entity-unknown": ("no-xml", "illegal", lambda name, value: element(name, "&evconform;")),
    "ampersand": ("no-xml", "illegal", lambda name, value: element(name, "a & b")),
    "bare-angle": ("no-xml", "illegal", lambda name, value: element(name, "a < b")),
}
"""Ways to write a value: those of XML 1.0 and its namespaces that a receiver must read, and some that are none."""


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


OF_OBJECTS: Ways = {
    "unknown-member": ("unknown-member", "lenient", lambda name, value: element("evconform", "1")),
    "unknown-object": ("unknown-member", "lenient", lambda name, value: written("customData", {"vendorId": "x"})),
    "unknown-foreign": ("unknown-member", "lenient", lambda name, value: f'<x:more xmlns:x="{FOREIGN}">1</x:more>'),
    "text-between": ("structure", "lenient", lambda name, value: "evconform"),
}
"""What is put behind the last element of an object."""


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


ORDERS: dict[str, Callable[[list[Element]], list[Element]]] = {
    "backwards": lambda nodes: nodes[::-1],
    "first-behind": lambda nodes: [*nodes[1:], nodes[0]],
    "last-before": lambda nodes: [nodes[-1], *nodes[:-1]],
}
"""The elements of an object in another order than that of the schema."""


def _at(made: Envelopes, node: Element, path: Path) -> Element:
    for place, step in enumerate(path):
        if isinstance(step, str):
            found = node.findall(f"{{*}}{made.member(path[: place + 1]).name}")
            item = path[place + 1] if place + 1 < len(path) else 0
            node = found[item if isinstance(item, int) else 0]
    return node


__all__ = ["BODY", "FROM", "IDENTITY", "NIL", "SAMPLES", "TO", "Envelopes", "Spoilt", "of_body"]
