"""From the model to JSON Schema 2020-12. Each keyword stands for one kind of atom, so that an engine's error names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from evconform.ocpi.model.notation import Class, Field, Narrow, Primitive, Rule

if TYPE_CHECKING:
    from evconform.ocpi.model.model import Model

Node = dict[str, Any]
NOTHING: list[Any] = [None, []]
"""What a field holds that is there and not set (terminology: Cardinality)."""


def schema(model: Model, name: str, partial: bool, null: str) -> Node:
    """The schema of a class with all that it refers to, or of an enumeration. ``decimals`` is a keyword of ours."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"OCPI {model.version} ({model.text}) {name}{', partial' if partial else ''}",
    }
    if name not in model.classes:
        return head | _value(model, Field(name, name, None, "1"), partial=False)
    definitions: Node = {}
    _define(model, name, partial, null, definitions)
    return head | {"type": "object", "$ref": _reference(name, partial), "$defs": definitions}


def _reference(name: str, partial: bool) -> str:
    return f"#/$defs/{name}{'.partial' if partial else ''}"


def _define(model: Model, name: str, partial: bool, null: str, definitions: Node, top: bool = True) -> None:
    """Puts a class and what it refers to into ``definitions``. Within a partial object a single object may be partial too, for
    what merges into what the text does not say; an item of a list is always whole."""
    key = _reference(name, partial).rsplit("/", 1)[-1]
    if key in definitions:
        return
    of = model.classes[name]
    node: Node = {"properties": {f.name: _field(model, f, partial, null) for f in of.fields.values()}}
    definitions[key] = node
    if required := _required(of, partial, top):
        node["required"] = required
    if rules := list(_rules(of, partial)):
        node["allOf"] = rules
    for field in of.fields.values():
        if field.type in model.classes:
            _define(model, field.type, partial and not field.many, null, definitions, top=False)


def _required(of: Class, partial: bool, top: bool) -> list[str]:
    if partial:
        return list(of.patch) if top else []
    return [field.name for field in of.fields.values() if field.required]


def _field(model: Model, field: Field, partial: bool, null: str) -> Node:
    node = _value(model, field, partial and not field.many)
    if field.many:
        node = {"type": "array", "items": node} | ({"minItems": 1} if field.card == "+" else {})
    return node if field.required or null == "refused" else _nullable(node)


def _nullable(node: Node) -> Node:
    more: Node = {"type": [node["type"], "null"]} if "type" in node else {}
    return node | more | ({"enum": [*node["enum"], None]} if "enum" in node else {})


def _value(model: Model, field: Field, partial: bool) -> Node:
    if field.type in model.classes:
        return {"type": "object", "$ref": _reference(field.type, partial)}
    if enum := model.enum(field.type):
        return _primitive(model.types["string"], field) if enum.open else {"type": "string", "enum": list(enum.values)}
    return _primitive(model.types[field.type], field)


def _primitive(of: Primitive, field: Field) -> Node:
    if of.json == "any":
        return {}
    node: Node = {"type": of.json}
    if of.json == "integer" and field.length:
        node |= {"maximum": 10**field.length - 1}
    elif length := field.length or of.length:
        node |= {"maxLength": length}
    if of.regex:
        node |= {"pattern": whole(of.regex)}
    return node | _narrow(field.narrow)


def _narrow(narrow: Narrow) -> Node:
    said = {
        "pattern": narrow.regex and whole(narrow.regex),
        "minimum": narrow.minimum,
        "maximum": narrow.maximum,
        "decimals": narrow.decimals,
    }
    return {keyword: value for keyword, value in said.items() if value is not None}


def whole(regex: str) -> str:
    return f"^(?:{regex})$"


def _rules(of: Class, partial: bool) -> Iterable[Node]:
    """A rule a place, so that its number in ``allOf`` names it. Of a partial object only a contradiction within it is known."""
    for rule in of.rules:
        if partial and not rule.unset:
            yield {}
        elif rule.when is not None or rule.when_set:
            yield {"if": _condition(rule), "then": _demand(rule)}
        elif rule.unless is not None:
            yield {"if": _holds(rule.unless), "else": _demand(rule)}
        else:
            yield _demand(rule)


def _condition(rule: Rule) -> Node:
    return _set([rule.when_set]) if rule.when_set else _holds(rule.when or {})


def _holds(values: Any) -> Node:
    return {"required": list(values), "properties": {name: {"const": value} for name, value in values.items()}}


def _demand(rule: Rule) -> Node:
    if rule.one_of:
        return {"anyOf": [_set([name]) for name in rule.one_of]}
    if rule.unset:
        return {"properties": {name: {"enum": NOTHING} for name in rule.unset}}
    if rule.longest:
        return {"properties": {name: {"maxLength": length} for name, length in rule.longest.items()}}
    return _set(rule.set)


def _set(names: Iterable[str]) -> Node:
    return {"required": list(names), "properties": {name: {"not": {"enum": NOTHING}} for name in names}}
