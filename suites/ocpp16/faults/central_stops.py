"""Faults of a central system in what a StopTransaction does, whatever is answered to it."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.json import CallError, Message
from suites.ocpp16.faults.answers import answers_if, edits_answer

STRANGE = {"idTagInfo": {"status": "Invalid"}}


@fault(kills="OCPP16-4.10-33")
def answers_and_does_not_stop(central_system: Any) -> None:
    """Answers a StopTransaction after a loss of power, and lets the transaction go on."""
    answers_if(central_system, "StopTransaction", lambda asked: asked.get("reason") == "PowerLoss", {})


@fault(kills="OCPP16-4.10-33")
def lets_no_stranger_stop(central_system: Any) -> None:
    """Answers a StopTransaction with an idTag that it does not know with Invalid, and lets the transaction go on."""
    known = central_system.memory.tokens | {"": None}
    answers_if(central_system, "StopTransaction", lambda asked: asked.get("idTag", "").casefold() not in known, STRANGE)


@fault(kills="OCPP16-4.10-34")
def stops_what_it_refuses(central_system: Any) -> None:
    """Refuses a StopTransaction whose meter ran backwards, and has stopped the transaction by then."""

    def refuse(asked: Payload, answer: Any) -> Answer:
        return CallError("PropertyConstraintViolation", "meterStop") if asked["meterStop"] < 5 else answer

    edits_answer(central_system, "StopTransaction", refuse)


@fault(kills="OCPP16-4.10-34", only={"ocpp1.6-json": "what is not valid is refused before the party sees it over SOAP"})
def stops_what_is_malformed(central_system: Any) -> None:
    """Refuses a StopTransaction with an unknown reason, and has stopped the transaction by then."""
    endpoint = central_system.endpoint
    plain, stop = endpoint.refuses, endpoint.handlers["StopTransaction"]

    def refuses(message: Message, channel: Channel) -> CallError | None:
        refusal: CallError | None = plain(message, channel)
        if refusal and message.action == "StopTransaction" and message.payload.get("reason") == "Evconform":
            central_system.site.tasks.spawn(stop(message.payload, channel))
        return refusal

    endpoint.refuses = refuses
