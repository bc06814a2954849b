"""Faults of OCPP-J framing; a party of either role can have them. Most edit one message, so that all else stays right."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from websockets.frames import Frame, Opcode

from evconform.harness.law import fault
from evconform.ocpp.channel import Channel, Payload, refuse
from evconform.ocpp.json import CallError, Message, call_error
from evconform.ocpp.websocket import Connection
from suites.ocpp16.faults.answers import ACCEPTED, answers

VICTIMS = ("Heartbeat", "GetConfiguration")
"""The CALLs that a fault edits: one that a charge point sends, and one that a central system sends."""
Edit = Callable[[list[Any]], Any]


def edits_calls(party: Any, edit: Edit, actions: tuple[str, ...] = VICTIMS) -> None:
    """``edit`` gets each outgoing CALL of these actions as a list, and gives back what goes out instead."""
    _edits(party, edit, lambda m: m[0] == 2 and m[2] in actions)


def edits_payload(party: Any, action: str, edit: Callable[[Payload], Payload]) -> None:
    """``edit`` gets the payload of each outgoing CALL of this action, and gives back what goes out instead."""
    edits_calls(party, lambda m: [*m[:3], edit(m[3])], (action,))


def without(payload: Payload, member: str) -> Payload:
    return {name: value for name, value in payload.items() if name != member}


def edits_results(party: Any, edit: Edit) -> None:
    _edits(party, edit, lambda m: m[0] == 3)


def edits_errors(party: Any, edit: Edit) -> None:
    _edits(party, edit, lambda m: m[0] == 4)


def _edits(party: Any, edit: Edit, picks: Callable[[list[Any]], bool]) -> None:
    def rewrite(text: str, _: Channel) -> list[str]:
        message = json.loads(text)
        if not picks(message):
            return [text]
        edited = edit(message)
        return [edited] if isinstance(edited, str) else [json.dumps(edited)]

    party.endpoint.rewrites.append(rewrite)


@fault(kills="OCPP16J-4.1.1-01")
def two_calls_at_once(party: Any) -> None:
    """Sends a second CALL before the first is answered."""

    def rewrite(text: str, _: Channel) -> list[str]:
        message = json.loads(text)
        if message[0] != 2 or message[2] not in ("StatusNotification", "GetConfiguration"):
            return [text]
        return [text, json.dumps([2, str(uuid.uuid4()), *message[2:]])]

    party.endpoint.rewrites.append(rewrite)


@fault(kills="OCPP16J-4.1.2-01")
def trailing_comma(party: Any) -> None:
    """Writes JSON with a comma before the last bracket."""
    edits_calls(party, lambda m: json.dumps(m)[:-1] + ",]")


@fault(kills="OCPP16J-4.1.2-02")
def lone_surrogate(party: Any) -> None:
    """Sends bytes that are no UTF-8."""
    edits_calls(party, lambda m: json.dumps(m) + "\ud800")


@fault(kills="OCPP16J-4.1.2-03")
def binary_messages(party: Any) -> None:
    """Sends a CALL in a binary frame."""

    def rewrite(text: str, channel: Channel) -> list[str]:
        message = json.loads(text)
        if message[0] == 2 and message[2] in VICTIMS:
            channel.connection.send_binary(text.encode())
            return []
        return [text]

    party.endpoint.rewrites.append(rewrite)


@fault(kills="OCPP16J-4.1.2-04")
def hangs_up_on_broken_json(party: Any) -> None:
    """Closes the connection when it reads what is no JSON."""
    _hangs_up_on(party, "broken")


@fault(kills="OCPP16J-4.1.3-03")
def hangs_up_on_an_unknown_type(party: Any) -> None:
    """Closes the connection on a message with a message type number that there is not."""
    _hangs_up_on(party, "other")


def _hangs_up_on(party: Any, *types: str) -> None:
    def hang_up(message: Message, channel: Channel) -> None:
        if message.type in types:
            channel.connection.close(1002)

    party.endpoint.on_unexpected = hang_up


@fault(kills="OCPP16J-4.1.3-01")
def message_type_seven(party: Any) -> None:
    """Calls with the message type number 7."""
    edits_calls(party, lambda m: [7, *m[1:]])


@fault(kills="OCPP16J-4.1.3-02")
def answers_unknown_types(party: Any) -> None:
    """Answers a message whose type number it does not know."""

    def answer(message: Message, channel: Channel) -> None:
        if message.type == "other":
            channel.send(call_error(message.raw[1], CallError("GenericError", "message type")))

    party.endpoint.on_unexpected = answer


@fault(kills="OCPP16J-4.1.4-01")
def numeric_ids(party: Any) -> None:
    """Uses a number as message id."""
    edits_calls(party, lambda m: [2, 4711, *m[2:]])


@fault(kills="OCPP16J-4.1.4-02")
def long_ids(party: Any) -> None:
    """Uses a message id of 37 characters."""
    edits_calls(party, lambda m: [2, m[1][:36] + "x", *m[2:]])


@fault(kills="OCPP16J-4.1.4-03")
def one_id_for_all(party: Any) -> None:
    """Uses the same message id for every CALL of a connection."""
    party.endpoint.new_message_id = lambda channel: f"{id(channel)}"


@fault(kills="OCPP16J-4.1.4-04")
def ids_count_from_one(party: Any) -> None:
    """Counts its message ids from 1 on every connection."""
    counts: dict[Channel, int] = {}

    def count(channel: Channel) -> str:
        counts[channel] = counts.get(channel, 0) + 1
        return str(counts[channel])

    party.endpoint.new_message_id = count


@fault(kills="OCPP16J-4.1.4-05", also=["OCPP16J-4.2-01"])
def answers_under_another_id(party: Any) -> None:
    """Cuts the message id of its answers to 30 characters."""
    edits_results(party, lambda m: [3, m[1][:30], m[2]])


@fault(kills="OCPP16J-4.1.4-06")
def hangs_up_on_stray_answers(party: Any) -> None:
    """Closes the connection on an answer for which there is no CALL."""
    _hangs_up_on(party, "CALLRESULT", "CALLERROR")


@fault(kills="OCPP16J-4.1.4-07")
def answers_twice(party: Any) -> None:
    """Sends every CALLRESULT twice."""

    def rewrite(text: str, _: Channel) -> list[str]:
        return [text, text] if json.loads(text)[0] == 3 else [text]

    party.endpoint.rewrites.append(rewrite)


@fault(kills="OCPP16J-4.2-01")
def does_not_answer(party: Any) -> None:
    """Leaves CALLs unanswered."""
    for action in VICTIMS:
        if action in party.endpoint.handlers:
            answers(party, action, None)


@fault(kills="OCPP16J-4.1.1-02", also=["OCPP16J-4.2-01"])
def deaf_while_calling(party: Any) -> None:
    """Does not answer while a CALL of its own is open."""
    open_channels: list[Channel] = []
    endpoint = party.endpoint

    def listens() -> bool:
        channels = list(endpoint.channels.values()) if hasattr(endpoint, "channels") else [endpoint.channel]
        open_channels[:] = [channel for channel in channels if channel and channel.calling]
        return not open_channels and party_listens()

    party_listens = endpoint.answers_calls
    endpoint.answers_calls = listens


@fault(kills="OCPP16J-4.2.1-01")
def five_elements(party: Any) -> None:
    """Writes a CALL of five elements."""
    edits_calls(party, lambda m: [*m, {}])


@fault(kills="OCPP16J-4.2.1-02")
def slash_before_action(party: Any) -> None:
    """Writes the action with a slash, as SOAP does."""
    edits_calls(party, lambda m: [2, m[1], "/" + m[2], m[3]])


@fault(kills="OCPP16J-4.2.1-03")
def array_as_payload(party: Any) -> None:
    """Writes an array for the payload."""
    edits_calls(party, lambda m: [*m[:3], []])


@fault(kills="OCPP16J-4.2.1-04")
def null_payload(party: Any) -> None:
    """Writes null for an empty payload."""
    edits_calls(party, lambda m: [*m[:3], None])


@fault(kills="OCPP16J-4.2.2-01")
def call_result_with_action(party: Any) -> None:
    """Writes a CALLRESULT of four elements."""
    edits_results(party, lambda m: [*m, "Done"])


@fault(kills="OCPP16J-4.2.3-01")
def call_error_without_details(party: Any) -> None:
    """Writes null for the details of a CALLERROR."""
    edits_errors(party, lambda m: [*m[:4], None])


@fault(kills="OCPP16J-4.2.3-02")
def error_codes_of_2_0_1(party: Any) -> None:
    """Spells an error code as OCPP 2.0.1 does."""
    edits_errors(party, lambda m: [*m[:2], "FormatViolation", *m[3:]])


@fault(kills="OCPP16J-4.2.3-03")
def accepts_improper_calls(party: Any) -> None:
    """Answers a CALL that lacks a required member as if it were proper."""
    _refuses(party, "OccurenceConstraintViolation", None)
    answers(party, "ChangeConfiguration", ACCEPTED)
    if "StatusNotification" in party.endpoint.handlers:
        answers(party, "StatusNotification", {})


def _refuses(party: Any, code: str, instead: CallError | None) -> None:
    """What is refused with this code gets another CALLERROR, or is not refused."""

    def refuses(message: Message, channel: Channel) -> CallError | None:
        refusal = refuse(message)
        return instead if refusal and refusal.code == code else refusal

    party.endpoint.refuses = refuses


@fault(kills="OCPP16J-4.2.3-04")
def generic_error_for_unknown_action(party: Any) -> None:
    """Answers an unknown action with the CALLERROR GenericError."""
    _refuses(party, "NotImplemented", CallError("GenericError"))


@fault(kills="OCPP16J-4.2.4-01")
def extra_member(party: Any) -> None:
    """Adds a member that the schema does not know."""

    def rewrite(text: str, _: Channel) -> list[str]:
        message = json.loads(text)
        if message[0] == 2 and message[2] == "GetConfiguration":
            message[3]["vendor"] = "evconform"
        elif message[0] == 3 and "configurationKey" in message[2]:
            message[2]["vendor"] = "evconform"
        return [json.dumps(message)]

    party.endpoint.rewrites.append(rewrite)


@fault(kills="OCPP16J-2-01", also=["OCPP16J-4.2-01"])
def drops_fragments(party: Any) -> None:
    """Does not put fragments together."""

    def fragment(frame: Frame) -> bool:
        return frame.opcode is Opcode.CONT or not frame.fin

    def on_connection(connection: Connection) -> None:
        connection.ignores = fragment

    party.endpoint.on_connection = on_connection


@fault(kills="OCPP16J-2-02")
def no_pongs(party: Any) -> None:
    """Does not answer pings."""

    def on_connection(connection: Connection) -> None:
        send = connection.ws.send_frame

        def without_pong(frame: Frame) -> None:
            if frame.opcode is not Opcode.PONG:
                send(frame)

        connection.ws.send_frame = without_pong  # type: ignore[method-assign]

    party.endpoint.on_connection = on_connection
