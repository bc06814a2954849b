"""The values of OCPP-J as text of XML: what a mutation makes of a member, where an element carries it."""

from __future__ import annotations

import json
import re
from typing import Any

NIL = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
"""What stands for null."""
PREFIX = "ocpp"
"""That of the service, in the envelopes that we write."""
MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not have (2.2), not even as a reference."""


def value_of(raw: str) -> Any:
    """What a JSON text says, numbers as they are written. Raises ValueError: it is no JSON."""
    return json.loads(raw, parse_int=str, parse_float=str, parse_constant=str)


def escaped(text: str) -> str:
    """A text as the content of an element; a character that XML does not have stands as the reference that it may not be."""
    found = "".join(MARKUP.get(character, character) for character in text)
    return NO_XML.sub(lambda match: f"&#{ord(match[0])};", found)


def element(name: str, holds: str, attributes: str = "", prefix: str = PREFIX) -> str:
    """``holds``: XML text."""
    whole = f"{prefix}:{name}" if prefix else name
    return f"<{whole}{attributes}>{holds}</{whole}>"


def written(name: str, value: Any) -> str:
    """The elements that carry a value: a list is one after the other, an object holds its members, null is nil."""
    if value is None:
        return element(name, "", NIL)
    if isinstance(value, dict):
        return element(name, "".join(written(member, each) for member, each in value.items()))
    if isinstance(value, list):
        return "".join(element(name, written(name, each)) if isinstance(each, list) else written(name, each) for each in value)
    if isinstance(value, bool):
        return element(name, "true" if value else "false")
    return element(name, escaped(str(value)))
