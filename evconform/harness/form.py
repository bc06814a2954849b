"""The form of a law's questionnaire: sections with fields, the matrix of messages and versions, supplementary items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness.verdict import UsageError

TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "texts": (list,),
}
"""The type that a form gives a field to the types of its answer in TOML."""


@dataclass(frozen=True)
class Field:
    """One question of a section."""

    name: str
    type: str
    asks: str
    required: bool = False
    choices: tuple[str, ...] = ()
    secret: bool = False

    def misfit(self, answer: Any) -> str:
        """What was expected, if the answer does not fit; empty if it does."""
        fits = isinstance(answer, TYPES[self.type]) and isinstance(answer, bool) == (self.type == "boolean")
        if self.type == "texts" and fits:
            fits = all(isinstance(each, str) for each in answer)
        answers = answer if isinstance(answer, list) else [answer]
        if fits and self.choices and not set(answers) <= set(self.choices):
            fits = False
        if fits:
            return ""
        return f"one of {', '.join(self.choices)}" if self.choices else NAMES[self.type]


NAMES = {
    "text": "a text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "texts": "a list of texts in quotes",
}


@dataclass(frozen=True)
class Section:
    """A part of the form; with ``many`` a table of rows."""

    name: str
    title: str
    fields: dict[str, Field]
    many: bool = False


@dataclass
class Form:
    """The items of a questionnaire. A feature profile is claimed only if all its messages are."""

    title: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    """What a SUT speaks, to the column of the matrix that claims it."""
    blank: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Column to the messages that this version does not have."""
    unasked: tuple[str, ...] = ()
    """Messages of the standard that the form does not ask for: supplementary."""
    profiles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    supplementary: dict[str, Any] = field(default_factory=dict)
    """Items that the form does not ask and the tests need: name to the answer that is assumed."""
    asks: dict[str, str] = field(default_factory=dict)
    """Supplementary item to its question."""
    derived: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Name to the answer in a section that makes it true: ``section``, ``field``, ``is``."""

    @classmethod
    def read(cls, source: dict[str, Any], file: Path) -> Form:
        head = source.get("form", {})
        for name, table in source.get("profile", {}).items():
            if not isinstance(table.get("messages"), list):
                raise UsageError(f"{file}: profile.{name}.messages: expected a list of messages")
        for name, table in source.get("supplementary", {}).items():
            if "assumed" not in table:
                raise UsageError(f"{file}: supplementary.{name}.assumed: expected the answer that is assumed")
        form = cls(
            head.get("title", ""),
            dict(head.get("columns", {"": ""})),
            {column: tuple(names) for column, names in head.get("blank", {}).items()},
            tuple(head.get("unasked", ())),
            {name: tuple(table["messages"]) for name, table in source.get("profile", {}).items()},
            {name: section(name, table) for name, table in source.get("section", {}).items()},
            {name: table["assumed"] for name, table in source.get("supplementary", {}).items()},
            {name: table.get("asks", "") for name, table in source.get("supplementary", {}).items()},
            dict(source.get("derived", {})),
        )
        if clash := set(form.messages) & set(form.supplementary):
            raise UsageError(f"{file}: {sorted(clash)[0]} is both a message and a supplementary item")
        return form

    @property
    def messages(self) -> tuple[str, ...]:
        return tuple(message for names in self.profiles.values() for message in names)

    @property
    def names(self) -> set[str]:
        """What an expression may name."""
        return {*self.messages, *self.profiles, *self.supplementary, *self.derived, "connectors"}


def section(name: str, table: dict[str, Any]) -> Section:
    """A section of the form file."""
    fields = {
        key: Field(
            key,
            each["type"],
            each["asks"],
            each.get("required", False),
            tuple(each.get("choices", ())),
            each.get("secret", False),
        )
        for key, each in table.get("field", {}).items()
    }
    return Section(name, table["title"], fields, table.get("many", False))


def blank(form: Form) -> str:
    """The empty form as a commented TOML file, to be filled in."""
    return "\n".join(_blank(form)) + "\n"


EXAMPLES = {"text": '""', "integer": "1", "number": "22.0", "boolean": "true", "texts": '[""]'}


def _blank(form: Form) -> Iterator[str]:
    yield f"# {form.title}"
    yield "# Take the # from each line that you answer. What is required says so; the rest may stay as it is."
    for each in form.sections.values():
        yield f"\n# ── {each.title} ──"
        yield f"# [[{each.name}]]   # once for each row" if each.many else f"# [{each.name}]"
        for item in each.fields.values():
            choices = f" One of: {', '.join(item.choices)}." if item.choices else ""
            yield f"# {item.name} = {EXAMPLES[item.type]}   # {item.asks}{choices}{' (required)' if item.required else ''}"
    yield "\n# ── Messages supported, for each version: list what the product supports ──"
    yield "[messages]"
    for column in dict.fromkeys(form.columns.values()):
        yield f'# "{column}" = ['
        asked = (m for m in form.messages if m not in (*form.unasked, *form.blank.get(column, ())))
        yield from (f'#     "{message}",' for message in asked)
        yield "# ]"
    yield "\n# ── Supplementary: what the form does not ask. What is left out is assumed, and the report says so ──"
    yield "[supplementary]"
    for name, assumed in form.supplementary.items():
        answer = str(assumed).lower() if isinstance(assumed, bool) else repr(assumed).replace("'", '"')
        yield f"# {name} = {answer}   # {form.asks[name]}"
    for name in form.unasked:
        yield f"# {name} = false   # Is {name} supported? The form does not ask."
