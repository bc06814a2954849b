"""The model of one version of OCPI.

``load("2.2.1")`` reads ocpi221.toml, ``load("2.2.1", text="2026")`` lays the changes of a later text over it.

Another version is another file beside these, and no code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from evconform.ocpi.model import notation
from evconform.ocpi.model.engines import Engines
from evconform.ocpi.model.errors import Error, errors_of
from evconform.ocpi.model.notation import Class, Enum, Field, Interface, Primitive
from evconform.ocpi.model.schema import schema

Null = Literal["omitted", "refused"]
"""What null stands for in an optional field: the field left out (terminology: Cardinality), or nothing that may be sent."""

__all__ = ["Class", "Enum", "Field", "Model", "Null", "load"]


@dataclass(frozen=True, eq=False)
class Model:
    """Classes, enumerations (``enums``: the tables of values; ``names``: lists of names in other tables), primitive types,
    ``samples``: values of the generated objects by field, and interfaces (``locations SENDER``, ``credentials``)."""

    version: str
    text: str
    classes: Mapping[str, Class]
    enums: Mapping[str, Enum]
    names: Mapping[str, Enum]
    types: Mapping[str, Primitive]
    samples: Mapping[str, Any]
    interfaces: Mapping[str, Interface]
    _engines: dict[tuple[str, bool, str], Engines] = field(default_factory=dict, repr=False)

    def enum(self, name: str) -> Enum | None:
        return self.enums.get(name) or self.names.get(name)

    def schema(self, name: str, *, partial: bool = False, null: Null = "omitted") -> dict[str, Any]:
        """The JSON Schema (2020-12) of a class or an enumeration; ``partial``: of what a PATCH may hold. Raises KeyError."""
        return schema(self, name, partial, null)

    def is_valid(self, name: str, value: Any, *, partial: bool = False, null: Null = "omitted") -> bool:
        """Whether the class has nothing against a value; by jsonschema-rs."""
        return self._of(name, partial, null).is_valid(value)

    def errors(self, name: str, value: Any, *, partial: bool = False, null: Null = "omitted") -> list[Error]:
        """What the class has against a value, each with its place, its atom and words; empty if nothing."""
        engines = self._of(name, partial, null)
        return [] if engines.is_valid(value) else errors_of(self, name, engines.refused(value))

    def unknown(self, name: str, value: Any) -> list[str]:
        """The JSON pointers of the members that a class does not know, at any depth."""
        return list(_unknown(self, name, value, ""))

    def _of(self, name: str, partial: bool, null: Null) -> Engines:
        key = (name, partial, null)
        if key not in self._engines:
            self._engines[key] = Engines(self.schema(name, partial=partial, null=null))
        return self._engines[key]


def _unknown(model: Model, name: str, value: Any, at: str) -> Any:
    fields = model.classes[name].fields
    for key, member in value.items() if isinstance(value, dict) else ():
        here = f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}"
        if key not in fields:
            yield here
        elif (inner := fields[key].type) in model.classes:
            items = enumerate(member) if isinstance(member, list) and fields[key].many else ((None, member),)
            for i, item in items:
                yield from _unknown(model, inner, item, here if i is None else f"{here}/{i}")


@cache
def load(version: str, text: str = "") -> Model:
    """The model of a version, with the changes of a later text laid over it. Raises FileNotFoundError."""
    base = f"ocpi{version.replace('.', '')}"
    table = _read(f"{base}.toml")
    if text and text != table["text"]:
        table = _over(table, _read(f"{base}-{text}.toml"))
    return model_of(table)


def model_of(table: Mapping[str, Any]) -> Model:
    """The model that a file describes."""
    return Model(
        table["version"],
        table["text"],
        {name: notation.class_of(name, each) for name, each in table["classes"].items()},
        {name: notation.enum_of(name, each) for name, each in table["enums"].items()},
        {name: notation.enum_of(name, each) for name, each in table.get("names", {}).items()},
        {name: notation.primitive_of(name, each) for name, each in table["types"].items()},
        table.get("samples", {}),
        {name: notation.interface_of(name, each) for name, each in table.get("interfaces", {}).items()},
    )


def _read(file: str) -> dict[str, Any]:
    return tomllib.loads(files("evconform.ocpi.model").joinpath(file).read_text("utf-8"))


def _over(table: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A table with the changes in it, member by member; lists are replaced."""
    inner = {key: _over(table[key], value) for key, value in changes.items() if isinstance(value, dict) and key in table}
    return {**table, **changes, **inner}
