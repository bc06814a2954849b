"""PICS: what the vendor claims, in the form of a law; and the expressions over it that decide applicability."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from evconform.harness.form import Form, Section
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
class Pics:
    """A filled-in form. ``answers``: what an expression may name; ``sections``: the rest, as it was given; ``assumed``: the
    names of the answers that are ours."""

    answers: dict[str, Any]
    assumed: tuple[str, ...] = ()
    sections: dict[str, Any] = field(default_factory=dict)
    messages: dict[str, list[str]] = field(default_factory=dict)
    """Column to the messages that are ticked in it."""
    secrets: tuple[str, ...] = ()
    """Answers that the form calls secret."""
    filled_in: ClassVar[bool] = True
    """Somebody gave these answers, or they were assumed for a product at hand."""
    form: Form = field(default_factory=Form)
    """What it was held against."""

    @classmethod
    def fill(cls, form: Form, source: dict[str, Any], file: Path, column: str) -> Pics:
        """The answers of a PICS file, with ``column`` of the matrix in force. Raises UsageError: file, line, item, what
        was expected."""
        asked = Asked(form, source, file)
        sections = asked.sections()
        ticked = asked.matrix()
        given, ours = asked.supplementary()
        claimed = {*ticked.get(column, ()), *(name for name in form.unasked if given.get(name))}
        answers: dict[str, Any] = {message: message in claimed for message in form.messages}
        answers |= {name: all(answers[m] for m in messages) for name, messages in form.profiles.items()}
        answers["connectors"] = max(1, len(sections.get("connector", ())))
        answers |= form.supplementary | {k: v for k, v in given.items() if k in form.supplementary}
        answers |= {name: holds(sections, **derived) for name, derived in form.derived.items()}
        assumed = [name for name in (*form.supplementary, *form.unasked) if name not in given or name in ours]
        return cls(answers, tuple(assumed), sections, ticked, tuple(secrets_in(form, sections)), form)

    def __getitem__(self, name: str) -> Any:
        return self.answers[name]

    def claims(self, expression: str) -> bool:
        """Whether the expression holds; an empty one does."""
        return not expression or bool(_value(parse(expression), self.answers))

    def untrue(self, expression: str) -> list[str]:
        """What of the expression does not hold: the whole, or those of its parts joined by ``and``."""
        node = parse(expression)
        parts = node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else [node]
        return [ast.unparse(part) for part in parts if not _value(part, self.answers)]

    def missing_for(self, expression: str) -> str:
        """Why the expression does not hold, in the vendor's terms."""
        untrue = self.untrue(expression)
        unclaimed = sorted(each for each in untrue if each in self.answers)
        others = [each for each in untrue if each not in self.answers]
        says = [f"the PICS does not claim {', '.join(map(spaced, unclaimed))}"] if unclaimed else []
        return "; ".join([*says, *map(only_where, others)])


def only_where(condition: str) -> str:
    """A condition that the PICS makes untrue, as what it restricts a case to."""
    denied = condition.removeprefix("not ")
    if denied != condition and denied.isidentifier():
        return f"only for products without {spaced(denied)}, which the PICS claims"
    return f"only for products with {spaced(condition)}, which the PICS rules out"


def spaced(words: str) -> str:
    """Names of items as words."""
    return words.replace("_", " ")


def holds(sections: dict[str, Any], **derived: Any) -> bool:
    """Whether a section, or a row of it, gives ``field`` the answer ``is``."""
    given = sections.get(derived["section"], ())
    return any(row.get(derived["field"]) == derived["is"] for row in ([given] if isinstance(given, dict) else given))


def secrets_in(form: Form, sections: dict[str, Any]) -> Iterator[str]:
    """The answers of the fields that the form calls secret."""
    for name, given in sections.items():
        hidden = [item.name for item in form.sections[name].fields.values() if item.secret]
        rows = given if form.sections[name].many else [given]
        yield from (str(row[item]) for row in rows for item in hidden if row.get(item))


class Asked:
    """One PICS file held against its form."""

    def __init__(self, form: Form, source: dict[str, Any], file: Path) -> None:
        self.form = form
        self.source = source
        self.file = file
        for name in source:
            if name not in (*form.sections, "messages", "supplementary"):
                self.refuse(name, "", f"one of {', '.join((*form.sections, 'messages', 'supplementary'))}")

    def refuse(self, table: str, item: str, expected: str, row: int = 0) -> None:
        """Raises UsageError with the line where the item stands, or its table."""
        lines = self.file.read_text("utf-8").splitlines() if self.file.is_file() else []
        place = f"{table}.{item}" if item else table
        raise UsageError(f"{self.file}:{line_of(lines, table, item, row)}: {place}: expected {expected}")

    def matrix(self) -> dict[str, list[str]]:
        """Column to ticked messages."""
        table = self.source.get("messages")
        columns = list(dict.fromkeys(self.form.columns.values()))
        if not isinstance(table, dict):
            self.refuse("messages", "", f"a table with the columns {', '.join(columns)}")
        assert isinstance(table, dict)
        for column, names in table.items():
            if column not in columns:
                self.refuse("messages", column, f"one of the columns {', '.join(columns)}")
            if not isinstance(names, list):
                self.refuse("messages", column, "a list of messages")
            for name in names:
                if name not in self.form.messages:
                    self.refuse("messages", column, f"messages of the form, not {name!r}")
                if name in self.form.blank.get(column, ()):
                    self.refuse("messages", column, f"no {name}: this version has no such message")
        return {column: list(names) for column, names in table.items()}

    def sections(self) -> dict[str, Any]:
        """The sections as they were given, each answer checked; rows for a section with many."""
        found: dict[str, Any] = {}
        for name, section in self.form.sections.items():
            given = self.source.get(name)
            if given is None:
                if any(item.required for item in section.fields.values()) and not section.many:
                    self.refuse(name, "", f"the table [{name}]: {section.title}")
                continue
            if not isinstance(given, list if section.many else dict):
                self.refuse(name, "", f"[[{name}]], once for each row" if section.many else f"a table [{name}]")
            for row, answers in enumerate(given if section.many else [given]):
                self.row(section, answers, row)
            found[name] = given
        return found

    def row(self, section: Section, answers: dict[str, Any], row: int) -> None:
        for name, answer in answers.items():
            item = section.fields.get(name)
            if item is None:
                self.refuse(section.name, name, f"one of {', '.join(section.fields)}", row)
            elif expected := item.misfit(answer):
                self.refuse(section.name, name, f"{expected}, not {answer!r}", row)
        for item in section.fields.values():
            if item.required and item.name not in answers:
                self.refuse(section.name, "", f"{item.name}: {item.asks}", row)

    def supplementary(self) -> tuple[dict[str, Any], set[str]]:
        """The answers, and the names of those that are not the vendor's: ``{ answer = …, assumed = true }``."""
        source = self.source.get("supplementary", {})
        if not isinstance(source, dict):
            self.refuse("supplementary", "", "a table")
        given, ours = {}, set()
        for name, said in source.items():
            if isinstance(said, dict) and (said.keys() != {"answer", "assumed"} or said["assumed"] is not True):
                self.refuse("supplementary", name, "an answer, or { answer = …, assumed = true }")
            given[name] = answer = said["answer"] if isinstance(said, dict) else said
            ours |= {name} if isinstance(said, dict) else set()
            known = self.form.supplementary | dict.fromkeys(self.form.unasked, False)
            if name not in known:
                self.refuse("supplementary", name, f"one of {', '.join(known)}")
            if type(answer) is not type(known[name]):
                self.refuse("supplementary", name, f"{type(known[name]).__name__}, not {answer!r}")
        return given, ours


def line_of(lines: list[str], table: str, item: str, row: int = 0) -> int:
    """The line, from 1, of an item of the ``row``-th such table; of the table if the item is not there; else 1."""
    headers = [n for n, line in enumerate(lines) if re.match(rf"\s*\[+\s*{re.escape(table)}\s*\]+", line)]
    if len(headers) <= row:
        return next((n + 1 for n, line in enumerate(lines) if re.match(rf'\s*"?{re.escape(table)}"?\s*[=.]', line)), 1)
    start = headers[row]
    for n in range(start + 1, len(lines)):
        if re.match(r"\s*\[", lines[n]):
            break
        if item and re.match(rf'\s*"?{re.escape(item)}"?\s*=', lines[n]):
            return n + 1
    return start + 1


@lru_cache(maxsize=1024)
def parse(expression: str) -> ast.expr:
    """The expression as a tree: names of items, ``and``, ``or``, ``not``, comparisons. Raises UsageError."""
    try:
        return ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"PICS expression {expression!r}: {' '.join(str(error).split())}") from error


def problems_of(expression: str, form: Form) -> list[str]:
    """What is wrong with an expression over the items of a form."""
    try:
        unknown = sorted(names_in(expression) - form.names)
        if unknown:
            return [f"{name} is no item of the PICS form" for name in unknown]
        Pics(dict.fromkeys(form.names, False) | form.supplementary | {"connectors": 1}).claims(expression)
    except UsageError as error:
        return [str(error)]
    return []


def names_in(expression: str) -> set[str]:
    """The items that an expression names."""
    return {n.id for n in ast.walk(parse(expression)) if isinstance(n, ast.Name)} if expression else set()


def _value(node: ast.expr, answers: dict[str, Any]) -> Any:
    match node:
        case ast.Name(id=name) if name in answers:
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
            with contextlib.suppress(TypeError):  # a text is neither less nor more than a number
                return COMPARE[type(op)](_value(left, answers), _value(right, answers))
    raise UsageError(f"PICS expression: {ast.unparse(node)!r} is not and, or, not, a comparison or an item")
