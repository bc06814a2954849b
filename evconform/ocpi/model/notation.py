"""What a model file says of one field, class, enumeration or primitive type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOTATION = re.compile(r"(?P<type>\w+)(\((?P<length>\d+)\))? (?P<card>[1?*+])")
"""``CiString(36) *``: the type, its length and the cardinality, as the tables of the standard write them."""


@dataclass(frozen=True)
class Primitive:
    """A type that is no class: its JSON type, and the texts that it lets through."""

    name: str
    json: str
    sample: Any
    length: int | None = None
    kind: str = "regex"
    regex: str | None = None
    good: tuple[Any, ...] = ()
    bad: tuple[Any, ...] = ()
    too_long: tuple[str, ...] = ()
    pad: str = ""


@dataclass(frozen=True)
class Narrow:
    """What the description of one field adds to its type: a regular expression, a range, a number of decimals."""

    regex: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None
    good: tuple[Any, ...] = ()
    bad: tuple[Any, ...] = ()
    sample: Any = None


@dataclass(frozen=True)
class Field:
    """One row of a property table."""

    name: str
    type: str
    length: int | None
    card: str
    narrow: Narrow = Narrow()

    @property
    def required(self) -> bool:
        return self.card in "1+"

    @property
    def many(self) -> bool:
        return self.card in "*+"

    def __str__(self) -> str:
        return self.type + (f"({self.length})" if self.length else "")


@dataclass(frozen=True)
class Rule:
    """Binds several fields of a class: a condition (``when``, ``unless``, ``when_set``) and a demand. Its name is an atom."""

    name: str
    when: Mapping[str, Any] | None = None
    unless: Mapping[str, Any] | None = None
    when_set: str | None = None
    set: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    longest: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Class:
    """One property table, with the chapter and the heading that it stands under; ``patch`` must be in every PATCH."""

    name: str
    chapter: str
    heading: str
    fields: Mapping[str, Field]
    rules: tuple[Rule, ...] = ()
    patch: tuple[str, ...] = ()


@dataclass(frozen=True)
class Enum:
    """One table of values; an ``open`` one may be given others."""

    name: str
    chapter: str
    heading: str
    values: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True)
class Interface:
    """What one role serves of a module: the methods that are defined, those that the tables say n/a to, and by method the
    parameters of a request, in the URL or after it (cardinality 1 or ?)."""

    name: str
    chapter: str
    defined: tuple[str, ...]
    undefined: tuple[str, ...]
    parameters: Mapping[str, Mapping[str, Field]]


def field(name: str, notation: str, narrow: Mapping[str, Any] | None = None) -> Field:
    """Reads ``string(45) ?``. Raises ValueError."""
    if not (read := NOTATION.fullmatch(notation)):
        raise ValueError(f"{name}: {notation!r} is no type with a cardinality")
    length = int(read["length"]) if read["length"] else None
    return Field(name, read["type"], length, read["card"], Narrow(**_tuples(narrow or {})))


def class_of(name: str, table: Mapping[str, Any]) -> Class:
    narrow = table.get("narrow", {})
    fields = {key: field(key, notation, narrow.get(key)) for key, notation in table["fields"].items()}
    rules = tuple(Rule(**_tuples(rule)) for rule in table.get("rules", ()))
    return Class(name, table["chapter"], table["heading"], fields, rules, tuple(table.get("patch", ())))


def interface_of(name: str, table: Mapping[str, Any]) -> Interface:
    parameters = {
        method: {key: field(key, said.replace(" yes", " 1").replace(" no", " ?")) for key, said in rows.items()}
        for method, rows in table.get("parameters", {}).items()
    }
    return Interface(name, table["chapter"], tuple(table["defined"]), tuple(table["undefined"]), parameters)


def enum_of(name: str, table: Mapping[str, Any]) -> Enum:
    return Enum(name, **_tuples(table))


def primitive_of(name: str, table: Mapping[str, Any]) -> Primitive:
    return Primitive(name, **_tuples(table))


def _tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
