"""Two engines for one schema: jsonschema-rs tells fast whether a value is valid, jsonschema what is wrong with it.

A test holds them equal. What the fast one cannot read (half of a surrogate pair, too large a number) the other judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend


def has_decimals(number: Any, most: int) -> bool:
    """Whether a number needs no more than so many decimals as it is written; ours, for ``multipleOf`` divides floats."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return True
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= most


@cache
def _ecma(pattern: str) -> re.Pattern[str]:
    """JSON Schema's ``$`` is the end of the text; Python's matches before a last line break too."""
    return re.compile(pattern.removesuffix("$") + r"\Z")


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    halves = isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value)
    if validator.is_type(value, "string") and (halves or not _ecma(pattern).search(value)):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _decimals(validator: Any, most: int, value: Any, schema: Any) -> Iterator[ValidationError]:
    if not has_decimals(value, most):
        yield ValidationError(f"{value!r} has more than {most} decimals")


class Decimals:
    """The same keyword for jsonschema-rs."""

    def __init__(self, parent: dict[str, Any], value: int, path: list[str | int]) -> None:
        self.most = value

    def validate(self, instance: Any) -> None:
        if not has_decimals(instance, self.most):
            raise ValueError(f"more than {self.most} decimals")


def _is_number(checker: Any, value: Any) -> bool:
    """JSON has neither NaN nor Infinity; Python's reader lets both through."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and not (isinstance(value, float) and not isfinite(value))
    )


Reference = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"pattern": _pattern, "decimals": _decimals},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number),
)


class Engines:
    """One schema in both engines; the fast one is compiled when it is first asked."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self._fast: jsonschema_rs.Validator | None = None
        self._slow = Reference(schema)

    def is_valid(self, value: Any) -> bool:
        if self._fast is None:
            self._fast = jsonschema_rs.Draft202012Validator(self.schema, keywords={"decimals": Decimals})
        try:
            return self._fast.is_valid(value)
        except ValueError:
            return not self.refused(value)

    def refused(self, value: Any) -> list[ValidationError]:
        try:
            return list(self._slow.iter_errors(value))
        except RecursionError:  # its messages spell the value out
            return list(self._slow.iter_errors(shallow(value)))


DEEPEST = 16
"""No class has members below as many levels."""


def shallow(value: Any, levels: int = DEEPEST) -> Any:
    """A value with nothing in what lies below all levels of the model."""
    if isinstance(value, dict):
        return {key: shallow(member, levels - 1) for key, member in value.items()} if levels else {}
    if isinstance(value, list):
        return [shallow(item, levels - 1) for item in value] if levels else []
    return value
