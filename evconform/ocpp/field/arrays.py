"""OCPP-J messages in lines of text: where one begins, whether it is whole, and how it goes on in the lines behind."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

BEGIN = re.compile(r'\[\s*(?:[234]\s*,\s*(?:"|-?\d)|$)')
"""How a message begins: its type, and the begin of its id."""
IN_ONE_LINE = re.compile(r'\[\s*[234]\s*,\s*(?:"|-?\d)')
ESCAPED = re.compile(r'\[\s*[234]\s*,\s*\\+"')
LINES_AT_MOST = 2000
LONGEST = 16 * 1024 * 1024
"""Characters of a message in several lines."""

_decode = json.JSONDecoder(strict=False).raw_decode


@dataclass(slots=True)
class Wrapped:
    """A message whose text goes on in the lines behind."""

    parts: list[str]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = sum(map(len, self.parts))

    def add(self, line: str) -> str | None:
        """Takes one more line; the whole message if it is complete now."""
        self.parts.append(line)
        self.size += len(line)
        if "]" not in line:
            return None
        for glue in ("\n", ""):  # broken between tokens, or at the width of a terminal
            text = glue.join(self.parts)
            if (whole := message_in(text, strict=glue == "\n")) is not None:
                return whole
        return None

    @property
    def too_long(self) -> bool:
        return len(self.parts) > LINES_AT_MOST or self.size > LONGEST


def message_in(text: str, strict: bool = True) -> str | None:
    """The message that the text begins with, as it stands there; None if it is not whole."""
    try:
        found, end = (_STRICT if strict else _decode)(text)
    except (ValueError, RecursionError):
        return None
    return text[:end] if isinstance(found, list) and len(found) > 1 else None


_STRICT = json.JSONDecoder().raw_decode


def unescaped(text: str) -> str | None:
    """The message in a text whose quotes are escaped, as in a JSON string or in Go's ``%q``; None if there is none."""
    found = ESCAPED.search(text)
    if found is None:
        return None
    try:
        said, _ = json.JSONDecoder(strict=False).raw_decode('"' + text[found.start() :])
    except ValueError:  # the string that it stands in is not closed
        return None
    return message_in(said) or unescaped(said)
