"""What can be done to one member, by what its schema says of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from evconform.ocpp.hostile import numbers, texts
from evconform.ocpp.hostile.item import REMOVED, Kind, Mutation

Node = dict[str, Any]
DEEP = "[" * 200 + "]" * 200

WRONG: dict[str, str] = {
    "string": '"evconform"',
    "integer": "7",
    "fraction": "7.5",
    "true": "true",
    "false": "false",
    "array": "[]",
    "object": "{}",
    "deep": DEEP,
}
"""A sample of each JSON type, by name."""
RIGHT: dict[str, tuple[str, ...]] = {
    "string": ("string",),
    "integer": ("integer",),
    "number": ("integer", "fraction"),
    "boolean": ("true", "false"),
    "array": ("array", "deep"),
    "object": ("object",),
}
"""JSON Schema's type to the samples that have it."""


def mutations(node: Node, base: Any, *, required: bool, every_value: bool, large: bool) -> Iterator[Mutation]:
    """Everything that is done to a member with this schema and this legal value."""
    if required:
        yield Mutation("missing", "missing", "illegal", REMOVED)
    yield Mutation("null", "null", "illegal" if required else "lenient", "null")
    yield from wrong_types(node, base)
    if "enum" in node:
        yield from texts.of_enumeration(node["enum"], base, every_value)
    elif node.get("format") == "date-time":
        yield from texts.of_date(base)
    else:
        yield from OF_TYPE[node["type"]](node, base, large)


def wrong_types(node: Node, base: Any) -> Iterator[Mutation]:
    raw = json.dumps(base)
    kind = node["type"]
    for name, sample in WRONG.items():
        if name not in RIGHT[kind]:
            yield Mutation(f"type-{name}", "wrong-type", "illegal", sample)
    yield Mutation("type-object-of-it", "wrong-type", "illegal", f'{{"value":{raw}}}')
    if kind != "array":
        yield Mutation("type-array-of-it", "wrong-type", "illegal", f"[{raw}]")
    if kind != "string":
        yield Mutation("type-text-of-it", "wrong-type", "illegal", json.dumps(raw))


def of_string(node: Node, base: str, large: bool) -> Iterator[Mutation]:
    return texts.of_string(node.get("maxLength"), base)


def of_integer(node: Node, base: int, large: bool) -> Iterator[Mutation]:
    return numbers.of_integer(base, large)


def of_number(node: Node, base: float, large: bool) -> Iterator[Mutation]:
    return numbers.of_number(base)


def of_array(node: Node, base: list[Any], large: bool) -> Iterator[Mutation]:
    item = json.dumps(base[0])
    empty: Kind = "illegal" if node.get("minItems") else "unclear"
    yield Mutation("empty", "number-of", empty, "[]")
    yield Mutation("item-twice", "number-of", "unclear", f"[{item},{item}]")
    yield Mutation("item-1000-times", "number-of", "unclear", f"[{','.join([item] * 1000)}]")
    yield Mutation("item-null", "structure", "illegal", "[null]")
    yield Mutation("item-null-after", "structure", "illegal", f"[{item},null]")
    yield Mutation("item-in-array", "structure", "illegal", f"[[{item}]]")
    yield Mutation("item-true", "structure", "illegal", "[true]")
    yield Mutation("deep", "structure", "illegal", DEEP)


def of_object(node: Node, base: Node, large: bool) -> Iterator[Mutation]:
    yield Mutation("empty", "structure", "illegal" if node.get("required") else "unclear", "{}")
    yield Mutation("only-unknown", "structure", "illegal" if node.get("required") else "lenient", '{"evconform":1}')


OF_TYPE: dict[str, Callable[[Node, Any, bool], Iterator[Mutation]]] = {
    "string": of_string,
    "integer": of_integer,
    "number": of_number,
    "boolean": lambda node, base, large: iter(()),
    "array": of_array,
    "object": of_object,
}
