"""The atoms of a version: each row of its tables that can be checked by itself, and which of them something on the wire shows.

An atom's id is its row: ``Location.address`` (a property), ``Status=CHARGING`` (a value), ``locations SENDER GET`` (a method; one
that is not defined is checked by its refusal), ``locations SENDER GET date_from`` (a parameter). ``atoms(model)`` lists all of
them, so a test may be parametrized by them; ``met`` and ``asked`` name those that an object and a request show; ``counts`` sets
what was checked against what there is, by class, enumeration or interface. A property that an object holds, or must hold, is
checked once the object is validated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from evconform.ocpi.model.model import Model
from evconform.ocpi.model.notation import Interface

PROPERTY, VALUE, METHOD, PARAMETER = "property", "value", "method", "parameter"


@dataclass(frozen=True)
class Atom:
    """One row. ``of``: its class, enumeration or interface; ``required``: of cardinality 1 or +, or a method that is defined."""

    id: str
    kind: str
    of: str
    chapter: str
    required: bool = True


def atoms(model: Model) -> Iterator[Atom]:
    """All of them, in the order of the text's chapters."""
    for of in model.classes.values():
        for field in of.fields.values():
            yield Atom(f"{of.name}.{field.name}", PROPERTY, of.name, of.chapter, field.required)
    for enum in model.enums.values():
        for value in enum.values:
            yield Atom(f"{enum.name}={value}", VALUE, enum.name, enum.chapter)
    for interface in model.interfaces.values():
        yield from _of_interface(interface)


def _of_interface(interface: Interface) -> Iterator[Atom]:
    name, chapter = interface.name, interface.chapter
    for method in (*interface.defined, *interface.undefined):
        yield Atom(f"{name} {method}", METHOD, name, chapter, method in interface.defined)
    for method, parameters in interface.parameters.items():
        for parameter in parameters.values():
            yield Atom(f"{name} {method} {parameter.name}", PARAMETER, name, chapter, parameter.required)


def met(model: Model, name: str, value: Any, *, partial: bool = False) -> Iterator[str]:
    """The ids of the properties and values that an object of a class shows, at any depth; some more than once. A required
    property that is not there is shown too, but in a partial object."""
    of = model.classes.get(name)
    if of is None:
        enum = model.enums.get(name)
        if enum and isinstance(value, str) and value in enum.values:
            yield f"{name}={value}"
        return
    for field in of.fields.values() if isinstance(value, dict) else ():
        if field.name in value or (field.required and not partial):
            yield f"{name}.{field.name}"
        member = value.get(field.name)
        for item in member if field.many and isinstance(member, list) else (member,):
            yield from met(model, field.type, item, partial=partial and not field.many)


def asked(model: Model, interface: str, method: str, parameters: Collection[str] = ()) -> Iterator[str]:
    """The ids of the method and the parameters that a request shows."""
    of = model.interfaces.get(interface)
    if of and method in (*of.defined, *of.undefined):
        yield f"{interface} {method}"
        yield from (f"{interface} {method} {name}" for name in of.parameters.get(method, ()) if name in parameters)


def counts(model: Model, checked: Collection[str]) -> dict[str, tuple[int, int]]:
    """Atoms checked, and atoms in all, by class, enumeration and interface."""
    known, every = set(checked), list(atoms(model))
    seen = Counter(atom.of for atom in every if atom.id in known)
    return {of: (seen[of], there) for of, there in Counter(atom.of for atom in every).items()}
