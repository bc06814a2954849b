"""What a CALL must be to reach a part: proper (OCPP-J 4.2.3), from an accepted charge point, and of a kind that can be kept."""

from __future__ import annotations

from collections.abc import Iterator

from evconform.ocpp.channel import Payload
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.proper import refuse
from evconform.ocpp.schemas import dates
from evconform.reference.moments import moment

PROPERTY = "PropertyConstraintViolation"
NUMBERS = {"connectorId": 0, "transactionId": None, "meterStart": None, "meterStop": None, "reservationId": None}
"""The integers that charging stations send, and the least that one may be (7.18 to 7.28)."""
FROM_ONE = {"StartTransaction"}
"""Where a connectorId is above 0 (6.45)."""
LARGEST = 2**63 - 1
NAMES = ("idTag", "vendorId")


def refuses(message: Message) -> CallError | None:
    """Why a CALL cannot be processed; None if it can. What it says about charging is no reason: that is believed."""
    refusal = refuse(message)
    if refusal or not message.payload:
        return refusal
    wrong = next(improper(message.action, message.payload), "")
    return CallError(PROPERTY, wrong[:255]) if wrong else None


def improper(action: str, payload: Payload) -> Iterator[str]:
    """What the schemas let pass and the specification does not: dates (3.15), connector numbers, characters (7.x CiString)."""
    for place, text in dates(action, payload):
        try:
            moment(text)
        except ValueError as error:
            yield f"{place}: {error}"
    for name, least in NUMBERS.items():
        number = payload.get(name)
        if number is None:
            continue
        bottom = -LARGEST if least is None else least + (name == "connectorId" and action in FROM_ONE)
        if not bottom <= number <= LARGEST:
            yield f"/{name}: {number!s:.20} is out of range"
    for name in NAMES:
        if any(c < " " or "\ud800" <= c <= "\udfff" for c in payload.get(name, "")):
            yield f"/{name}: has a character that is not printable"
