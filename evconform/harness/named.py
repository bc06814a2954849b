"""What a file of the law or of a user names in Python: a content file, or an object in a module."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from evconform.harness.verdict import UsageError


def import_file(file: Path, root: Path) -> str:
    """Imports a content file by its name below ``root``, and returns the name. Raises UsageError with the file if that
    fails, or if another root has a file of this name already."""
    name = ".".join(file.relative_to(root).with_suffix("").parts)
    try:
        module = importlib.import_module(name)
    except Exception as error:  # a user's module may raise anything
        raise UsageError(f"{file}: {one_line(error)}") from error
    if module.__file__ is None or Path(module.__file__).resolve() != file.resolve():
        raise UsageError(f"{file}: there is another {name} already; name this file otherwise")
    return name


def import_string(place: str) -> Any:
    """The object at ``module:name``. Raises UsageError."""
    module, _, name = place.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:  # a user's module may raise anything
        raise UsageError(f"{place}: {one_line(error)}") from error


def one_line(error: BaseException) -> str:
    """An exception on one line: its type, and what it says."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
