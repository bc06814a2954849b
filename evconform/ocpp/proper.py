"""What a proper CALL is (OCPP-J 1.6, 4.2.1 and 4.2.3): one rule, for the endpoints and for the judge."""

from __future__ import annotations

from evconform.ocpp import json as ocppj
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.schemas import ACTIONS, SECURITY_ACTIONS, dates, is_date_time, violations

KNOWN = frozenset((*ACTIONS, *SECURITY_ACTIONS))
"""The operations that a product of OCPP 1.6 may know."""


def refuse(message: Message) -> CallError | None:
    """Why a CALL is not a proper message (OCPP-J 4.2.3); None if it is."""
    if message.judged:
        return None
    if message.problem:
        return CallError("FormationViolation", message.problem)
    if len(message.id) > ocppj.MESSAGE_ID_AT_MOST:
        return CallError("FormationViolation", "the message id is longer than 36 characters")
    if not isinstance(message.action, str) or message.action not in KNOWN:
        return CallError("NotImplemented", "the action is not known")
    if message.payload is not None and not isinstance(message.payload, dict):
        return CallError("FormationViolation", "the payload is not an object")
    found = violations(message.action, message.payload or {})
    return found[0].as_error() if found else None


def is_answer(message: Message, action: str) -> bool:
    """Whether a CALLRESULT is what the schema of its action says (4.2.2), or a CALLERROR has a code (4.2.3)."""
    if message.type == "CALLERROR":
        return not message.problem and isinstance(message.code, str)
    return not message.problem and isinstance(message.payload, dict) and not violations(f"{action}Response", message.payload)


def refuse_undated(message: Message) -> CallError | None:
    """The same, and every date and time in it is one (OCPP 1.6, 3.15), of which the schemas' keywords say nothing."""
    refusal = refuse(message)
    if refusal is None:
        for pointer, text in dates(message.action, message.payload or {}):
            if not is_date_time(text):
                return CallError("PropertyConstraintViolation", f"{pointer}: no date and time")
    return refusal
