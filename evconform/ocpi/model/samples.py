"""Valid objects made from the model: the least that a class allows, and all that it has."""

from __future__ import annotations

import copy
from typing import Any

from evconform.ocpi.model.model import Model, load
from evconform.ocpi.model.notation import Class, Field


def minimal(name: str, model: Model | None = None, /, **over: Any) -> dict[str, Any]:
    """The required members of a class, and what its rules demand; ``over`` replaces or adds members."""
    model = model or load("2.2.1")
    of = model.classes[name]
    demanded = {rule.one_of[-1] for rule in of.rules if rule.one_of}
    fields = [field for field in of.fields.values() if field.required or field.name in demanded]
    return {field.name: _member(model, of, field, full=False) for field in fields} | over


def full(name: str, model: Model | None = None, /, **over: Any) -> dict[str, Any]:
    """Every member that a class may have, lists with one item; ``over`` replaces or adds members."""
    model = model or load("2.2.1")
    of = model.classes[name]
    members = {field.name: _member(model, of, field, full=True) for field in of.fields.values()}
    for rule in of.rules:
        if rule.unset and rule.when:  # where a value forbids others, the opposite one stands
            members |= {key: not value for key, value in rule.when.items()}
        elif rule.unset:  # where a member does, the first of a choice stands
            members = {key: value for key, value in members.items() if key not in rule.unset}
    return members | over


def _member(model: Model, of: Class, field: Field, full: bool) -> Any:
    value = _value(model, of, field, full)
    return [value] if field.many else value


def _value(model: Model, of: Class, field: Field, everything: bool) -> Any:
    if field.type in model.classes:
        return (full if everything else minimal)(field.type, model)
    return copy.deepcopy(scalar(model, of, field))


def scalar(model: Model, of: Class, field: Field) -> Any:
    """A value of a field that is no object; of a list, of one item."""
    if field.narrow.sample is not None:
        return field.narrow.sample
    for key in (f"{of.name}.{field.name}", field.name):
        if key in model.samples:
            return model.samples[key]
    if enum := model.enum(field.type):
        return enum.values[0]
    sample = model.types[field.type].sample
    return sample[: field.length] if isinstance(sample, str) else sample
