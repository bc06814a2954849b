"""JSON as OCPI carries it: reads any body and never raises; writes what UTF-8 can carry."""

from __future__ import annotations

import json
from typing import Any

NO_JSON: Any = type("NoJson", (), {"__repr__": lambda _: "no JSON", "__bool__": lambda _: False})()
"""What a body is that is no JSON, or is not there."""
NESTED_AT_MOST = 200
"""Levels of arrays and objects. OCPI has a dozen; a rule that compares what was read must not run out of stack."""
TOO_DEEP = "JSON nested too deep to be read"


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _integer(digits: str) -> int | float:
    """An integer; infinite if it is longer than Python reads, for it is JSON all the same."""
    return int(digits) if len(digits) < 4000 else float(digits)


_decode = json.JSONDecoder(parse_constant=_refuse).decode
_decode_long_numbers = json.JSONDecoder(parse_constant=_refuse, parse_int=_integer).decode


def _read(text: str) -> Any:
    try:
        return _decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # an integer that is longer than Python reads, unless it is the word of a number that is none
        return _decode_long_numbers(text)


def read(body: str | bytes, again: bool = False) -> tuple[Any, str]:
    """The value, and an empty text; or NO_JSON, and why it is none. ``again``: it was read before, and its depth is known."""
    if not body:
        return NO_JSON, "no body"
    try:
        text = body if isinstance(body, str) else body.decode()
        value = _read(text)
    except RecursionError:
        return NO_JSON, TOO_DEEP
    except ValueError as error:
        return NO_JSON, f"no JSON: {error}"[:200]
    if not again and text.count("[") + text.count("{") > NESTED_AT_MOST and is_deeper(value, NESTED_AT_MOST):
        return NO_JSON, TOO_DEEP
    return value, ""


def is_deeper(value: Any, levels: int) -> bool:
    """Whether arrays and objects are nested in more levels than that."""
    level = [value]
    while level and levels >= 0:
        holders = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [inner for holder in holders for inner in holder if isinstance(inner, dict | list)]
        levels -= bool(holders)
    return levels < 0


def write(value: Any) -> bytes:
    """Compact JSON; in ASCII if it holds a lone surrogate."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), default=str).encode()


def spelt(value: Any) -> str:
    """A value as JSON spells it, on one line, for words."""
    return json.dumps(value, ensure_ascii=False, default=str)


def at(value: Any, path: str) -> Any:
    """What stands at a path of members and positions, ``evses/0/status``; NO_JSON if there is nothing. A part may escape ``/``
    and ``~`` as a JSON pointer does (RFC 6901)."""
    for part in path.strip("/").split("/") if path.strip("/") else ():
        step = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return NO_JSON
    return value
