"""Where the content lives: the checkout if we run from one, else the wheel; then the user's own folders.

The roots go on ``sys.path``, so that the namespace packages ``suites`` and ``mocks`` merge and everyone imports them by name.
"""

from __future__ import annotations

import sys
from pathlib import Path

import evconform
from evconform.harness.user_file import is_file
from evconform.harness.verdict import UsageError, on_a_line

PACKAGE = Path(evconform.__file__).parent
CONTENT = ("suites", "mocks", "fixtures", "reports")


def shipped() -> Path:
    """The folder that holds the shipped ``suites mocks fixtures reports``."""
    checkout = PACKAGE.parent
    return checkout if (checkout / "pyproject.toml").is_file() else PACKAGE / "_content"


def roots(own: list[Path]) -> list[Path]:
    """The shipped root and the parents of the user's folders, all on ``sys.path``. Raises UsageError."""
    found = [shipped()]
    for folder in own:
        if not folder.is_dir():
            raise UsageError(f"{folder}: no such folder")
        if folder.name not in CONTENT:
            raise UsageError(f"{folder}: a folder of your own content is called one of {', '.join(CONTENT)}")
        found.append(folder.resolve().parent)
    for root in found:
        if str(root) not in sys.path:
            sys.path.append(str(root))
    return found


def find(name: str, kind: str, named_in: Path, own: list[Path]) -> Path:
    """A file that a user named: beside the file that names it, then among ``fixtures/<kind>`` of every root.
    Raises UsageError."""
    places = [named_in.parent, *(root / "fixtures" / kind for root in roots(own))]
    for place in places:
        if is_file(place / name) and place / name != named_in:
            return place / name
    raise UsageError(f"{on_a_line(name)}: not found in {named_in.parent}, nor among the shipped {kind}")
