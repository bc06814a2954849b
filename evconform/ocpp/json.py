"""OCPP-J 1.6, chapter 4: the RPC framework. Reads any text into a Message and never raises; writes any frame."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from evconform.ocpp.limits import NESTED_AT_MOST

SUBPROTOCOL = "ocpp1.6"
"""OCPP-J 1.6, 3.1.2."""

CALL, CALLRESULT, CALLERROR = 2, 3, 4
TYPES = {CALL: "CALL", CALLRESULT: "CALLRESULT", CALLERROR: "CALLERROR"}
"""OCPP-J 1.6, 4.1.3."""
ARITY = {"CALL": 4, "CALLRESULT": 3, "CALLERROR": 5}
"""OCPP-J 1.6, 4.2.1 to 4.2.3."""

ERROR_CODES = (
    "NotImplemented",
    "NotSupported",
    "InternalError",
    "ProtocolError",
    "SecurityError",
    "FormationViolation",  # sic: J errata 5.2, not to be mended
    "PropertyConstraintViolation",
    "OccurenceConstraintViolation",  # sic: J errata 5.1, not to be mended
    "TypeConstraintViolation",
    "GenericError",
)
"""OCPP-J 1.6, 4.2.3, table 7."""

TOO_DEEP = "JSON nested too deep to be read"
MESSAGE_ID_AT_MOST = 36
"""OCPP-J 1.6, 4.1.4, table 3."""


@dataclass(slots=True)
class Message:
    """What a text message says. ``type``: CALL, CALLRESULT, CALLERROR, ``other`` (a JSON array with another message type
    number, or none) or ``broken`` (no JSON, no array). Members that are missing are None."""

    type: str
    raw: Any = None
    id: Any = None
    action: Any = None
    payload: Any = None
    code: Any = None
    description: Any = None
    details: Any = None
    problem: str = ""
    judged: bool = False
    """Another schema than JSON's has found it to be proper."""


@dataclass(eq=False)
class CallError(Exception):
    """A CALLERROR, to be returned or raised by a handler, or received for a CALL."""

    code: str
    description: str = ""


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _integer(digits: str) -> int | float:
    """An integer; infinite if it is longer than Python reads, for it is JSON all the same."""
    return int(digits) if len(digits) < 4000 else float(digits)


_decode = json.JSONDecoder(parse_constant=_refuse, parse_int=_integer).decode
_plain = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_ascii = json.JSONEncoder(separators=(",", ":")).encode


def _encode(message: list[Any]) -> str:
    """JSON that UTF-8 can carry: in ASCII if it holds a lone surrogate."""
    text = _plain(message)
    return _ascii(message) if any("\ud800" <= c <= "\udfff" for c in text) else text


def is_deeper(value: Any, levels: int) -> bool:
    """Whether arrays and objects are nested in more levels than that."""
    level = [value]
    while level and levels >= 0:
        holders = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [inner for holder in holders for inner in holder]
        levels -= bool(holders)
    return levels < 0


def read(text: str) -> Message:
    """The message that ``text`` is."""
    try:
        raw = _decode(text)
    except RecursionError:
        return Message("broken", problem=TOO_DEEP)
    except ValueError as error:
        return Message("broken", problem=f"no JSON: {error}")
    if text.count("[") + text.count("{") > NESTED_AT_MOST and is_deeper(raw, NESTED_AT_MOST):
        return Message("broken", problem=TOO_DEEP)
    if not isinstance(raw, list) or not raw:
        return Message("broken", raw, problem="no JSON array with a message type number")
    number = raw[0]
    kind = TYPES.get(number, "other") if isinstance(number, int) and not isinstance(number, bool) else "other"
    if kind == "other":
        return Message(kind, raw, problem=f"message type number {number!r}")
    message = Message(kind, raw, id=raw[1] if len(raw) > 1 else None)
    rest = raw[2:]
    if kind == "CALL":
        message.action, message.payload = (*rest[:2], None, None)[:2]
    elif kind == "CALLRESULT":
        message.payload = rest[0] if rest else None
    else:
        message.code, message.description, message.details = (*rest[:3], None, None, None)[:3]
    if len(raw) != ARITY[kind]:
        message.problem = f"a {kind} of {len(raw)} elements, not {ARITY[kind]}"
    return message


def call(message_id: str, action: str, payload: dict[str, Any]) -> str:
    return _encode([CALL, message_id, action, payload])


def call_result(message_id: Any, payload: dict[str, Any]) -> str:
    return _encode([CALLRESULT, message_id, payload])


def call_error(message_id: Any, error: CallError) -> str:
    return _encode([CALLERROR, message_id, error.code, error.description, {}])
