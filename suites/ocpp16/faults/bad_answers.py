"""Faults that hostile answers to a party's own CALLs show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.channel import Channel
from evconform.ocpp.json import CallError, Message, call_error, read
from evconform.ocpp.schemas import violations
from suites.ocpp16.faults.answers import answers

Does = Callable[[Message, Channel], None]


def on_bad_answers(party: Any, does: Does) -> None:
    """``does`` gets each CALLRESULT to a CALL of the party's own that breaks its schema."""
    asked: dict[Any, str] = {}

    def watch(direction: str, text: str, channel: Channel) -> None:
        message = read(text)
        if direction == ">" and message.type == "CALL":
            asked[message.id] = message.action
        elif direction == "<" and is_bad(message, asked):
            does(message, channel)

    party.endpoint.watches.append(watch)


def is_bad(message: Message, asked: dict[Any, str]) -> bool:
    action = asked.get(message.id) if message.type == "CALLRESULT" and isinstance(message.id, str) else None
    return action is not None and (
        not isinstance(message.payload, dict) or bool(violations(f"{action}Response", message.payload))
    )


@fault(kills="OCPP16J-4.1.4-05")
def answers_a_bad_answer(party: Any) -> None:
    """Sends a CALLERROR for a CALLRESULT that breaks its schema."""
    on_bad_answers(party, lambda message, channel: channel.send(call_error(message.id, CallError("FormationViolation"))))


@fault(kills="OCPP16J-4.1.2-05")
def hangs_up_on_an_answer_that_is_no_object(party: Any) -> None:
    """Closes the connection on a CALLRESULT whose payload is no object."""

    def hang_up(message: Message, channel: Channel) -> None:
        if not isinstance(message.payload, dict):
            channel.connection.close(1002)

    on_bad_answers(party, hang_up)


@fault(kills="OCPP16J-4.2.3-07", roles=["charge-point"])
def forgets_a_setting_on_a_bad_answer(charge_point: Any) -> None:
    """Has another ConnectionTimeOut after a CALLRESULT that breaks its schema."""
    on_bad_answers(charge_point, lambda message, channel: charge_point.configuration.put("ConnectionTimeOut", "31"))


@fault(kills="OCPP16J-4.2.3-07", roles=["central-system"])
def blocks_a_card_on_a_bad_answer(central_system: Any) -> None:
    """Blocks every card after a CALLRESULT that breaks its schema."""
    blocked = {"idTagInfo": {"status": "Blocked"}}
    on_bad_answers(central_system, lambda message, channel: answers(central_system, "Authorize", blocked))


def info_is_spoilt(message: Message) -> bool:
    info = message.payload.get("idTagInfo") if isinstance(message.payload, dict) else None
    return info is not None and not isinstance(info, dict)


@fault(kills="OCPP16J-4.2.3-07", roles=["charge-point"])
def charges_upon_a_bad_answer(charge_point: Any) -> None:
    """Takes an answer whose idTagInfo is no object for one that lets charge."""

    def starts(message: Message, channel: Channel) -> None:
        if info_is_spoilt(message) and charge_point.sessions.is_ready(1):
            charge_point.lives.spawn(charge_point.remote.remotely(1, charge_point.sessions.id_tag("77FD2AFA"), None))

    on_bad_answers(charge_point, starts)


@fault(kills="OCPP16J-4.2.3-07", roles=["charge-point"])
def loses_a_session_by_a_bad_answer(charge_point: Any) -> None:
    """Forgets that a transaction was to be stopped once an answer had an idTagInfo that is no object."""
    plain = charge_point.queue.add

    def adds(action: str, payload: Any, transaction: Any) -> None:
        if action != "StopTransaction" or not lost:
            plain(action, payload, transaction)

    lost: list[Message] = []
    charge_point.queue.add = adds
    on_bad_answers(charge_point, lambda message, channel: lost.append(message) if info_is_spoilt(message) else None)
