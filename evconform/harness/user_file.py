"""A file that a user gave: read whole, or refused with one line that says which file, where in it, and what was expected."""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evconform.harness.verdict import UsageError, on_a_line

FILE_AT_MOST = 4 * 2**20
"""Bytes of a file that a person writes; the largest of ours has a tenth of that. What is longer was named by mistake."""

MARKS = {codecs.BOM_UTF8: "UTF-8", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
"""How a file of an editor that means well begins."""


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def read_text(file: Path) -> str:
    """The text of a UTF-8 file. Raises UsageError."""
    try:
        with file.open("rb") as opened:
            data = opened.read(FILE_AT_MOST + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > FILE_AT_MOST:
        raise UsageError(f"{file}: expected at most {FILE_AT_MOST // 2**20} MB, which is more than a person writes")
    for mark, name in (
        (codecs.BOM_UTF8, "UTF-8 with"),
        (codecs.BOM_UTF16_LE, "UTF-16 with"),
        (codecs.BOM_UTF16_BE, "UTF-16 with"),
    ):
        if data.startswith(mark):
            raise UsageError(f"{file}: line 1: expected UTF-8 without a byte order mark, not {name} one")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}: line {line}: expected UTF-8, not the byte 0x{data[error.start]:02x}") from error


def read_toml(file: Path) -> dict[str, Any]:
    """The table of a TOML file. Raises UsageError."""
    try:
        return tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: expected TOML: {on_a_line(str(error))}") from error
    except RecursionError as error:
        raise UsageError(f"{file}: expected TOML that is not nested so deep") from error
    except ValueError as error:  # a number that Python does not read
        raise UsageError(f"{file}: expected TOML: {str(error).partition(';')[0]}") from error


WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "model_type": "expected a table",
    "dict_type": "expected a table",
    "list_type": "expected a list",
    "too_short": "expected one at least",
}
"""Kind of error of pydantic to our words."""


def expected(error: ValidationError) -> str:
    """The place of the first thing that is wrong, rows counted from 1, and what was expected there."""
    first = error.errors()[0]
    place = ".".join(str(step + 1 if isinstance(step, int) else step) for step in first["loc"])
    says = WORDS.get(first["type"], first["msg"].removeprefix("Value error, "))
    return on_a_line(f"{place or 'file'}: {says}")
