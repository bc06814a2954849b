"""Walks a valid object beside its class and spoils one member at a time: the generated field checks.

Each mutation says whether the object that comes of it is still legal, and if not, against which row of the tables it is. That is
told by the tables alone (and ``rules.py``); a test holds both engines to it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evconform.ocpi.model.errors import pointer
from evconform.ocpi.model.model import Model, Null
from evconform.ocpi.model.notation import Class, Field
from evconform.ocpi.model.rules import broken
from evconform.ocpi.model.spoil import Try, tries, wrong_types

Path = tuple[str | int, ...]
GONE = object()
"""Stands for a member that is taken out."""


@dataclass(frozen=True)
class Mutation:
    """The whole object with one member spoilt: where, what for (``kind``, ``variant``), whether it is legal, and if not, against
    which row (``GeoLocation.latitude:regex``)."""

    pointer: str
    kind: str
    variant: str
    value: dict[str, Any]
    legal: bool
    row: str = ""
    field: str = ""

    def __str__(self) -> str:
        return f"{self.pointer or '/'} {self.kind}{f' {self.variant}' if self.variant else ''}"


@dataclass(frozen=True)
class Walk:
    """What stays the same on the way through one object."""

    model: Model
    root: Mapping[str, Any]
    null: Null


def mutations(
    model: Model, name: str, valid: Mapping[str, Any], *, partial: bool = False, null: Null = "omitted"
) -> Iterator[Mutation]:
    """Everything that is tried with the members of a valid object; the first item of a list stands for all.

    ``partial``: the object is the body of a PATCH. Kinds: missing, null, wrong-type, too-long, longest, unknown-enum, enum-value,
    not-ascii, control-character, bad-date, bad-url, bad-pattern, out-of-range, decimals, other-form, empty-list, single-item,
    null-item, unknown-field (legal: 2.2.1 says nothing of it).
    """
    of = model.classes[name]
    needed = of.patch if partial else tuple(f.name for f in of.fields.values() if f.required)
    yield from _object(Walk(model, valid, null), of, (), needed, partial)


def quick(mutated: Iterable[Mutation]) -> Iterator[Mutation]:
    """Of each kind the first at a row of the tables: every row is still met, by a third of them."""
    met: set[tuple[str, str, bool]] = set()
    for mutation in mutated:
        key = (mutation.field, mutation.kind, mutation.legal)
        if key not in met:
            met.add(key)
            yield mutation


def _object(walk: Walk, of: Class, path: Path, needed: tuple[str, ...], partial: bool) -> Iterator[Mutation]:
    here = _at(walk.root, path)
    for field in of.fields.values():
        if field.name not in here:
            continue
        for tried in _of_member(walk.model, field, here[field.name], field.name in needed, walk.null):
            yield _mutation(walk, of, field, (*path, field.name), tried, partial)
        yield from _below(walk, of, field, (*path, field.name), partial)
    yield _mutation(walk, of, None, (*path, "evconform_unknown"), Try("unknown-field", 1), partial)


def _of_member(model: Model, field: Field, value: Any, needed: bool, null: Null) -> Iterator[Try]:
    yield Try("missing", GONE, "missing" if needed else "")
    if field.type == "any":
        yield Try("null", None)
        return
    yield Try("null", None, "null" if field.required or null == "refused" else "")
    if not field.many:
        yield from tries(model, field)
        return
    yield from wrong_types("array")
    yield Try("empty-list", [], "empty" if field.card == "+" else "")
    if value and not isinstance(value[0], list):
        yield Try("single-item", value[0], "type")


def _below(walk: Walk, of: Class, field: Field, path: Path, partial: bool) -> Iterator[Mutation]:
    """What is tried with an item of a list, and with the members of an object."""
    value = _at(walk.root, path)
    if field.many:
        if not value:
            return
        path, partial = (*path, 0), False
        yield _mutation(walk, of, field, path, Try("null-item", None, "null"), partial)
        for tried in tries(walk.model, field):
            yield _mutation(walk, of, field, path, tried, partial)
    if (inner := walk.model.classes.get(field.type)) and isinstance(_at(walk.root, path), dict):
        needed = () if partial else tuple(f.name for f in inner.fields.values() if f.required)
        yield from _object(walk, inner, path, needed, partial)


def _mutation(walk: Walk, of: Class, field: Field | None, path: Path, tried: Try, partial: bool) -> Mutation:
    spoilt = copy.deepcopy(dict(walk.root))
    parent = _at(spoilt, path[:-1])
    if tried.value is GONE:
        del parent[path[-1]]
    else:
        parent[path[-1]] = copy.deepcopy(tried.value)
    column = f"{of.name}.{field.name}" if field else of.name
    row = f"{column}:{tried.against}" if tried.against else ""
    if not row and isinstance(parent, dict):
        row = next((f"{of.name}:{rule.name}" for rule in broken(of, parent, partial)), "")
    return Mutation(pointer(path), tried.kind, tried.variant, spoilt, not row, row, column)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value
