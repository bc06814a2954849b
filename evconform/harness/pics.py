"""PICS: what the vendor claims, in the form of a law; and the expressions over it that decide applicability."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness.verdict import UsageError

COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}


@dataclass
class Form:
    """The items of a law's questionnaire. A feature profile is claimed only if all its messages are."""

    messages: tuple[str, ...] = ()
    profiles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    supplementary: dict[str, Any] = field(default_factory=dict)
    """Items that the form does not ask and the tests need: name to the answer that is assumed."""

    @classmethod
    def read(cls, source: dict[str, Any], file: Path) -> Form:
        profiles = {name: tuple(table["messages"]) for name, table in source.get("profile", {}).items()}
        messages = tuple(message for names in profiles.values() for message in names)
        supplementary = {name: table["assumed"] for name, table in source.get("supplementary", {}).items()}
        if clash := set(messages) & set(supplementary):
            raise UsageError(f"{file}: {sorted(clash)[0]} is both a message and a supplementary item")
        return cls(messages, profiles, supplementary)

    @property
    def names(self) -> set[str]:
        return {*self.messages, *self.profiles, *self.supplementary}


@dataclass
class Pics:
    """A filled-in form: every item with its answer; ``assumed`` names the answers that are ours."""

    answers: dict[str, Any]
    assumed: tuple[str, ...] = ()

    @classmethod
    def fill(cls, form: Form, source: dict[str, Any], file: Path) -> Pics:
        """The answers of a PICS file: ``messages`` (a list) and ``supplementary`` (a table). Raises UsageError."""
        claimed = source.get("messages")
        given = source.get("supplementary", {})
        if not isinstance(claimed, list):
            raise UsageError(f"{file}: messages: expected the list of the messages that the product supports")
        if unknown := [name for name in claimed if name not in form.messages]:
            raise UsageError(f"{file}: messages: {unknown[0]!r} is no message of the form")
        if not isinstance(given, dict):
            raise UsageError(f"{file}: supplementary: expected a table")
        for name, answer in given.items():
            if name not in form.supplementary:
                raise UsageError(f"{file}: supplementary: {name} is no item of the form")
            expected = type(form.supplementary[name])
            if type(answer) is not expected:
                raise UsageError(f"{file}: supplementary: {name}: expected {expected.__name__}, not {answer!r}")
        answers: dict[str, Any] = {message: message in claimed for message in form.messages}
        answers |= {name: all(answers[m] for m in messages) for name, messages in form.profiles.items()}
        answers |= form.supplementary | given
        return cls(answers, tuple(name for name in form.supplementary if name not in given))

    def __getitem__(self, name: str) -> Any:
        return self.answers[name]

    def claims(self, expression: str) -> bool:
        """Whether the expression holds; an empty one does."""
        return not expression or bool(_value(parse(expression), self.answers))

    def missing_for(self, expression: str) -> str:
        """Why the expression does not hold, in the vendor's terms."""
        without = [name for name in sorted(names_in(expression)) if not self.answers[name]]
        return f"the PICS does not claim {', '.join(without)}" if without else f"the PICS makes it untrue: {expression}"


def parse(expression: str) -> ast.expr:
    """The expression as a tree: names of items, ``and``, ``or``, ``not``, comparisons. Raises UsageError."""
    try:
        return ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise UsageError(f"PICS expression {expression!r}: {error.msg}") from error


def names_in(expression: str) -> set[str]:
    """The items that an expression names."""
    return {n.id for n in ast.walk(parse(expression)) if isinstance(n, ast.Name)} if expression else set()


def _value(node: ast.expr, answers: dict[str, Any]) -> Any:
    match node:
        case ast.Name(id=name):
            return answers[name]
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, answers)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(v, answers) for v in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_value(v, answers) for v in values)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARE:
            return COMPARE[type(op)](_value(left, answers), _value(right, answers))
    raise UsageError(f"PICS expression: {ast.unparse(node)!r} is not and, or, not, a comparison or an item")
