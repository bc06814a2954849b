"""Legal: how a message is refused that is none, or that a charge point need not take (OCPP-J 4.2.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mocks.legal import variant

from evconform.ocpp.channel import Channel
from evconform.ocpp.json import CallError, Message, call_error
from evconform.ocpp.proper import refuse_undated
from evconform.ocpp.schemas import violations


def _refuses(cp: Any, judges: Callable[[Message, CallError | None], CallError | None]) -> None:
    cp.endpoint.refuses = lambda message, channel: judges(message, refuse_undated(message))


NAMED = ("SetChargingProfile", "GetCompositeSchedule")
"""Whose error code errata name (3.24, 3.38, 3.39)."""


@variant("4.2.3, table 7: which error code fits which defect is loose")
def has_one_error_code_for_all(cp: Any) -> None:
    """Calls every message that it refuses a GenericError, but for an unknown action, and where an erratum names the code."""

    def judges(message: Message, refusal: CallError | None) -> CallError | None:
        return (
            CallError("GenericError") if refusal and refusal.code != "NotImplemented" and message.action not in NAMED else refusal
        )

    _refuses(cp, judges)


@variant("4.1.2, 4.2.3: what to do with a message whose id cannot be read is not said")
def answers_what_it_cannot_read(cp: Any) -> None:
    """Sends a CALLERROR with an id of its own to whatever is no JSON array."""

    def answer(message: Message, channel: Channel) -> None:
        if message.type == "broken":
            channel.send(call_error("-1", CallError("GenericError", "no message")))

    cp.endpoint.on_unexpected = answer


@variant("6, 7: whether a text may be empty or beyond ASCII is not said")
def refuses_texts_that_say_nothing(cp: Any) -> None:
    """Refuses an empty text, a blank one, and one that is not printable ASCII, but for the value of a key."""

    def odd(value: Any) -> bool:
        if isinstance(value, dict | list):
            return any(map(odd, value.values() if isinstance(value, dict) else value))
        return isinstance(value, str) and not (value.strip() and value.isascii() and value.isprintable())

    def judges(message: Message, refusal: CallError | None) -> CallError | None:
        refused = message.action != "ChangeConfiguration" and odd(message.payload)
        return refusal or (CallError("PropertyConstraintViolation", "an odd text") if refused else None)

    _refuses(cp, judges)


@variant("5.16: Rejected")
def rejects_profiles_that_are_none(cp: Any) -> None:
    """Answers a SetChargingProfile that breaks its schema with Rejected, but for an enumeration (erratum 3.38)."""
    plain = cp.endpoint.handlers["SetChargingProfile"]

    def judges(message: Message, refusal: CallError | None) -> CallError | None:
        whole = message.action == "SetChargingProfile" and not message.problem and len(message.id) <= 36
        return None if whole and not unknown_values(message.payload) else refusal

    def unknown_values(asked: Any) -> bool:
        return any(each.keyword == "enum" for each in violations("SetChargingProfile", asked))

    def handle(asked: Any, channel: Channel) -> Any:
        return {"status": "Rejected"} if violations("SetChargingProfile", asked) else plain(asked, channel)

    _refuses(cp, judges)
    cp.endpoint.handlers["SetChargingProfile"] = handle
