"""The shape of the files of a law: which member is of which type. What is missing or unknown is told where it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evconform.harness.user_file import expected, read_toml
from evconform.harness.verdict import UsageError


class Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)


class Head(Shape):
    title: str = ""
    view: str = ""
    document: str = ""
    opposite: dict[str, str] = {}
    played: dict[str, str] = {}
    reference: dict[str, list[str]] = {}
    messages: dict[str, list[str]] = {}
    columns: dict[str, str] = {}
    columns_of: dict[str, list[str]] = {}


class RequirementRow(Shape):
    id: str
    clause: str
    subject: str | list[str]
    level: str
    says: str
    not_observable: str = ""
    applies: str = ""
    speaks: list[str] = []
    why: str = ""


class ChapterRow(Shape):
    clause: str = ""
    title: str = ""
    role: str = ""
    sentences: int = 0
    as_rows: int = 0
    other_role: int = 0
    no_check: list[str] = []
    open: list[str] = []
    note: str = ""
    document: str = ""


class Requirements(Shape):
    """``requirements.toml``."""

    law: Head = Head()
    requirement: list[RequirementRow] = []
    chapter: list[ChapterRow] = []


class SetRow(Shape):
    id: str = ""
    title: str = ""
    role: str = ""
    requirements: list[str] = []


class Sets(Shape):
    """``sets.toml``."""

    set: list[SetRow] = []


class OfficialRow(Shape):
    id: str = ""
    title: str = ""
    edition: str = ""
    editions: list[str] = []
    role: str = ""
    formerly: str = ""
    applies: str = ""
    note: str = ""


class Official(Shape):
    """``oca.toml``."""

    case: list[OfficialRow] = []


class GapRow(Shape):
    where: str
    unclear: str
    does: str
    requirements: list[str] = []


class Gaps(Shape):
    """``gaps.toml``."""

    gap: list[GapRow] = []


class FormHead(Shape):
    title: str = ""
    columns: dict[str, str] = {}
    blank: dict[str, list[str]] = {}
    unasked: list[str] = []


class Profile(Shape):
    messages: list[str]


class FieldRow(Shape):
    type: Literal["text", "integer", "number", "boolean", "texts"]
    asks: str
    required: bool = False
    choices: list[str] = []
    secret: bool = False


class SectionTable(Shape):
    title: str
    many: bool = False
    field: dict[str, FieldRow] = {}


class Item(Shape):
    assumed: bool | int | float | str | list[Any]
    asks: str = ""


class Derived(Shape):
    section: str
    field: str


class FormFile(Shape):
    """``pics.toml``."""

    form: FormHead = FormHead()
    profile: dict[str, Profile] = {}
    section: dict[str, SectionTable] = {}
    supplementary: dict[str, Item] = {}
    derived: dict[str, Derived] = {}


SHAPES: dict[str, type[Shape]] = {
    "requirements.toml": Requirements,
    "sets.toml": Sets,
    "oca.toml": Official,
    "gaps.toml": Gaps,
    "pics.toml": FormFile,
}


def read_law_file(file: Path) -> dict[str, Any]:
    """The table of a file of a law, in its shape. Raises UsageError."""
    source = read_toml(file)
    try:
        SHAPES[file.name].model_validate(source)
    except ValidationError as error:
        raise UsageError(f"{file}: {expected(error)}") from error
    return source
