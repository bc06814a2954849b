"""What a class has against a value, in the model's words: from the errors of the reference engine to atoms.

An atom is named twice: from the object down (``Location.evses.coordinates.latitude:regex``), and as the row of the property table
that it comes from (``GeoLocation.latitude:regex``). The word after the colon:

missing · null · type · length · ascii, printable, date-time, url (of a type) · regex · range · decimals · value (of an
enumeration) · empty (a list of +) · or the name of a rule that binds several fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from jsonschema import ValidationError

from evconform.ocpi.model.notation import Class, Field, Rule

if TYPE_CHECKING:
    from evconform.ocpi.model.model import Model

KINDS = {
    "required": "missing",
    "maxLength": "length",
    "minimum": "range",
    "maximum": "range",
    "enum": "value",
    "minItems": "empty",
}
"""The word of a keyword, where it is another; a pattern has that of its type."""


@dataclass(frozen=True)
class Error:
    """One thing that is wrong: where it is, which atom, which row of the tables, what was expected, and a sentence."""

    pointer: str
    atom: str
    row: str
    expected: str
    says: str

    @property
    def kind(self) -> str:
        return self.atom.rsplit(":", 1)[-1]


def errors_of(model: Model, name: str, refused: Sequence[ValidationError]) -> list[Error]:
    """The errors in the order of their places, each atom once at a place."""
    found = {(e.pointer, e.atom): e for error in refused for e in _read(model, name, error)}
    typed = {e.pointer for e in found.values() if e.kind in ("type", "null")}
    kept = [e for e in found.values() if e.pointer not in typed or e.kind in ("type", "null")]
    return sorted(kept, key=lambda e: (e.pointer, e.atom))


def _read(model: Model, name: str, error: ValidationError) -> Iterator[Error]:
    if name not in model.classes:  # an enumeration by itself
        whole = Field(name, name, None, "1")
        wanted, kind = _expected(model, whole, error), _kind(model, whole, error)
        yield Error("", f"{name}:{kind}", f"{name}:{kind}", wanted, f"{name}: expected {wanted}, got {_got(error)}")
        return
    path, keywords = list(error.absolute_path), list(error.absolute_schema_path)
    if "allOf" in keywords:  # a rule; nothing else is written with allOf
        depth, number = keywords.index("allOf"), keywords[keywords.index("allOf") + 1]
        path = path[: sum(step in ("properties", "items") for step in keywords[:depth])]
        inner = _class_at(model, name, path)
        yield _of_rule(path, name, inner, inner.rules[int(number)])
    elif error.validator == "required":
        inner = _class_at(model, name, path)
        for missing in cast("list[str]", error.validator_value):
            if missing not in cast("dict[str, Any]", error.instance):
                yield _error([*path, missing], name, inner, inner.fields[missing], "missing", "nothing")
    else:
        of, field = _at(model, name, path)
        yield _error(path, name, of, field, _kind(model, field, error), _got(error), _expected(model, field, error))


def _at(model: Model, name: str, path: Sequence[str | int]) -> tuple[Class, Field | None]:
    """The class and the field that a path leads to; of a path to a list's item its field too."""
    of, field = model.classes[name], None
    for step in path:
        if isinstance(step, int):
            continue
        of = model.classes[field.type] if field else of
        field = of.fields[step]
    return of, field


def _class_at(model: Model, name: str, path: Sequence[str | int]) -> Class:
    """The class of the object that a path leads to."""
    of, field = _at(model, name, path)
    return model.classes[field.type] if field else of


def _kind(model: Model, field: Field | None, error: ValidationError) -> str:
    keyword = str(error.validator)
    if error.instance is None:
        return "null"
    if keyword == "pattern" and field and not field.narrow.regex:
        return (model.types.get(field.type) or model.types["string"]).kind
    return {"pattern": "regex", **KINDS}.get(keyword, keyword)


def _expected(model: Model, field: Field | None, error: ValidationError) -> str:
    bound = cast(Any, error.validator_value)
    words = {
        "pattern": (field and field.narrow.regex) or str(field),
        "maxLength": f"at most {bound} characters",
        "minimum": f"at least {bound}",
        "maximum": f"at most {bound}",
        "decimals": f"at most {bound} decimals",
        "minItems": "at least one item",
        "enum": ", ".join(["one of", *(value for value in bound if value)]).replace(",", "", 1)
        if isinstance(bound, list)
        else "",
    }
    if (keyword := str(error.validator)) in words:
        return words[keyword]
    path = list(error.absolute_path)
    listed = field and field.many and not isinstance(path[-1], int)
    return f"a list of {field}" if listed else str(field or "object")


def _error(
    path: Sequence[str | int], name: str, of: Class, field: Field | None, kind: str, got: str, expected: str | None = None
) -> Error:
    names = ".".join([name, *(step for step in path if isinstance(step, str))])
    row = f"{of.name}.{field.name}" if field else of.name
    wanted = expected or str(field)
    return Error(pointer(path), f"{names}:{kind}", f"{row}:{kind}", wanted, f"{row}: expected {wanted}, got {got}")


def _of_rule(path: Sequence[str | int], name: str, of: Class, rule: Rule) -> Error:
    names = ".".join([name, *(step for step in path if isinstance(step, str))])
    wanted = _demand(rule)
    return Error(pointer(path), f"{names}:{rule.name}", f"{of.name}:{rule.name}", wanted, f"{of.name}: expected {wanted}")


def _demand(rule: Rule) -> str:
    demand = {
        f"{' and '.join(rule.set)} to be set": rule.set,
        f"{' and '.join(rule.unset)} not to be set": rule.unset,
        f"one of {', '.join(rule.one_of)} to be set": rule.one_of,
        " and ".join(f"at most {length} characters in {name}" for name, length in (rule.longest or {}).items()): rule.longest,
    }
    words = next(words for words, there in demand.items() if there)
    if rule.when_set:
        return f"{words} where {rule.when_set} is"
    if rule.when is not None:
        return f"{words} where {_values(rule.when)}"
    return f"{words} unless {_values(rule.unless)}" if rule.unless is not None else words


def _values(values: Any) -> str:
    return " and ".join(f"{name} is {str(value).lower() if isinstance(value, bool) else value}" for name, value in values.items())


def _got(error: ValidationError) -> str:
    if error.validator == "maxLength":
        return f"{len(cast(str, error.instance))}"
    return _shown(error.instance)


def _shown(value: Any) -> str:
    words = json.dumps(value, ensure_ascii=False, default=repr)
    return words if len(words) <= 80 else f"{words[:60]} …"


def pointer(path: Sequence[str | int]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
