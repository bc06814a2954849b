"""Which rules an object breaks, told without any schema: the oracle of the generated objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evconform.ocpi.model.notation import Class, Rule


def broken(of: Class, value: Mapping[str, Any], partial: bool = False) -> Iterator[Rule]:
    """The rules that the members of an object break; of a partial object, what its members contradict."""
    for rule in of.rules:
        if (rule.unset or not partial) and _applies(rule, value) and not _kept(rule, value):
            yield rule


def is_set(value: Mapping[str, Any], name: str) -> bool:
    """Null, an empty list and no member at all are the same (terminology: Cardinality)."""
    return value.get(name) is not None and value[name] != []


def _applies(rule: Rule, value: Mapping[str, Any]) -> bool:
    if rule.when_set:
        return is_set(value, rule.when_set)
    if rule.unless is not None:
        return not _holds(rule.unless, value)
    return rule.when is None or _holds(rule.when, value)


def _holds(members: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    return all(value.get(name) is wanted for name, wanted in members.items())


def _kept(rule: Rule, value: Mapping[str, Any]) -> bool:
    return (
        all(is_set(value, name) for name in rule.set)
        and not any(is_set(value, name) for name in rule.unset)
        and (not rule.one_of or any(is_set(value, name) for name in rule.one_of))
        and all(len(text) <= most for name, most in (rule.longest or {}).items() if isinstance(text := value.get(name), str))
    )
