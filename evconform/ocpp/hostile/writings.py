"""What only XML has: ways to write an element that OCPP-J has no words for. Each table is mutation to its group, to what a
receiver owes it (None: what it owes a member that is not there) and to the XML text. What the XSD allows is left out later: two
of a list are no mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.ocpp.hostile.fields import snake
from evconform.ocpp.hostile.item import Kind
from evconform.ocpp.hostile.xml import PREFIX, element, escaped, written
from evconform.ocpp.soap.spoiling import FOREIGN
from evconform.ocpp.soap.xsd import Element

NAMESPACE = "@NAMESPACE@"
"""Stands for that of the service."""
Write = Callable[[str, Any], str]
"""Gets the name of an element and the value that it carries."""
Ways = dict[str, tuple[str, Kind | None, Write]]


def renamed(name: str, value: Any, new: str, attributes: str = "") -> str:
    """The element under another name, with a prefix or without."""
    old = f"{PREFIX}:{name}"
    whole = written(name, value)
    return f"<{new}{attributes}{whole[1 + len(old) : -len(f'</{old}>')]}</{new}>"


def plain(value: Any) -> str:
    """A value as text, whatever it is."""
    if isinstance(value, dict | list):
        return "1"
    return str(value).lower() if isinstance(value, bool) else str(value)


ELEMENTS: Ways = {
    "name-upper-case": ("member-name", None, lambda name, value: written(name.upper(), value)),
    "name-snake-case": ("member-name", None, lambda name, value: written(snake(name), value)),
    "unqualified": ("namespace", "lenient", lambda name, value: renamed(name, value, name)),
    "foreign-namespace": ("namespace", "lenient", lambda name, value: renamed(name, value, f"x:{name}", f' xmlns:x="{FOREIGN}"')),
    "twice": ("number-of", "lenient", lambda name, value: written(name, value) * 2),
    "unknown-before": ("unknown-member", "lenient", lambda name, value: element("evconform", "1") + written(name, value)),
}
"""Of every element."""

NOTATIONS: Ways = {
    "cdata": ("notation", "legal", lambda name, value: element(name, f"<![CDATA[{plain(value)}]]>")),
    "references": ("notation", "legal", lambda name, value: element(name, "".join(f"&#{ord(c)};" for c in plain(value)))),
    "comment-within": ("notation", "legal", lambda name, value: element(name, f"<!-- evconform -->{escaped(plain(value))}")),
    "unknown-attribute": (
        "unknown-member",
        "lenient",
        lambda name, value: element(name, escaped(plain(value)), ' evconform="1"'),
    ),
}
"""Of every element that holds a text: how XML 1.0 lets that be written."""

ONCE: Ways = {
    "prefix-of-its-own": ("notation", "legal", lambda name, value: renamed(name, value, f"x:{name}", f' xmlns:x="{NAMESPACE}"')),
    "instruction-within": ("notation", "unclear", lambda name, value: element(name, f"<?evconform?>{escaped(plain(value))}")),
    "prefix-unbound": ("no-xml", "illegal", lambda name, value: renamed(name, value, f"nobody:{name}")),
    "end-of-another": ("no-xml", "illegal", lambda name, value: f"<{PREFIX}:{name}>1</{PREFIX}:evconform>"),
    "entity-unknown": ("no-xml", "illegal", lambda name, value: element(name, "&evconform;")),
    "ampersand": ("no-xml", "illegal", lambda name, value: element(name, "a & b")),
    "bare-angle": ("no-xml", "illegal", lambda name, value: element(name, "a < b")),
}
"""Of the first element of a message: who parses it has them of no other, either."""

OF_OBJECTS: Ways = {
    "unknown-member": ("unknown-member", "lenient", lambda name, value: element("evconform", "1")),
    "unknown-object": ("unknown-member", "lenient", lambda name, value: written("customData", {"vendorId": "x"})),
    "unknown-foreign": ("unknown-member", "lenient", lambda name, value: f'<x:more xmlns:x="{FOREIGN}">1</x:more>'),
    "text-between": ("structure", "lenient", lambda name, value: "evconform"),
}
"""What is put behind the last element of an object."""

ORDERS: dict[str, Callable[[list[Element]], list[Element]]] = {
    "backwards": lambda nodes: nodes[::-1],
    "first-behind": lambda nodes: [*nodes[1:], nodes[0]],
    "last-before": lambda nodes: [nodes[-1], *nodes[:-1]],
}
"""The elements of an object in another order than that of the schema."""
