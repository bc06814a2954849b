"""Faults of who sends OCPP-S: what is sent again, what is not, where it goes, and what comes of a fault."""

from __future__ import annotations

from typing import Any

from evconform.harness.law import fault
from evconform.ocpp import json as ocppj
from evconform.ocpp.channel import Channel, Payload
from evconform.ocpp.soap.fault import SUBCODES
from suites.ocpp16.faults.answers import answers
from suites.ocpp16.faults.framing import edits_errors
from suites.ocpp16.faults.soap_envelopes import soap_of

SENT_AGAIN = ("StatusNotification", "Authorize", "GetConfiguration")


@fault(kills="OCPP16S-3.2-01")
def leaves_requests_unanswered(party: Any) -> None:
    """Leaves requests unanswered."""
    for action in ("Heartbeat", "GetConfiguration"):
        if action in party.endpoint.handlers:
            answers(party, action, None)


@fault(kills="OCPP16S-4-07")
def sends_what_failed_at_once(party: Any) -> None:
    """Sends a message that failed again, at once."""
    asked: dict[Any, tuple[str, Payload]] = {}

    def watch(way: str, text: str, channel: Channel) -> None:
        message = ocppj.read(text)
        if way == ">" and message.type == "CALL":
            asked[message.id] = (str(message.action), message.payload or {})
        elif way == "<" and message.type == "CALLERROR":
            action, payload = asked.pop(message.id, ("", {}))
            if action in SENT_AGAIN:
                again, _ = channel.send_call(action, payload)
                asked.pop(again, None)  # once

    party.endpoint.watches.append(watch)


@fault(kills="OCPP16S-4-10", also=["OCPP16S-3.2-01"])
def chokes_on_a_subcode(party: Any) -> None:
    """Answers nothing any more once it got a fault with a subcode that the table does not have."""
    endpoint = soap_of(party)

    def watch(way: str, text: str, channel: Channel) -> None:
        message = ocppj.read(text)
        if way == "<" and message.type == "CALLERROR" and message.code not in SUBCODES:
            endpoint.answers_calls = lambda: False

    party.endpoint.watches.append(watch)


@fault(kills="OCPP16S-5-01")
def keeps_the_first_address(central_system: Any) -> None:
    """Calls a charge point where it was when it first came."""
    endpoint: Any = soap_of(central_system)
    plain = endpoint.reaches

    def reaches(identity: str, address: str, version: str = "") -> Any:
        known = endpoint.channels.get(identity)
        return plain(identity, known.address if known else address, version)

    endpoint.reaches = reaches


@fault(kills="OCPP16S-5-01")
def calls_another_name(central_system: Any) -> None:
    """Calls a charge point by another name of its host than it told."""
    endpoint: Any = soap_of(central_system)
    plain = endpoint.reaches
    endpoint.reaches = lambda identity, at, version="": plain(identity, at.replace("127.0.0.1", "localhost"), version)


@fault(kills="OCPP16S-3.2-01", roles=["central-system"])
def leaves_a_boot_unanswered(central_system: Any) -> None:
    """Leaves a BootNotification unanswered."""
    answers(central_system, "BootNotification", None)


@fault(kills="OCPP16S-4-06")
def another_subcode_before_boot(central_system: Any) -> None:
    """Calls a request of a charge point that is not accepted an internal error."""
    edits_errors(central_system, lambda m: [*m[:2], "InternalError" if m[2] == "SecurityError" else m[2], *m[3:]])


@fault(kills="OCPP16S-3.3-06")
def serves_whoever_comes(central_system: Any) -> None:
    """Serves a charge point that it does not know."""
    endpoint = central_system.endpoint
    endpoint.admit = lambda knock: None
    answers(central_system, "Heartbeat", {"currentTime": "2026-01-01T00:00:00Z"})


@fault(kills="OCPP16S-4-08")
def gives_up_what_met_an_http_error(charge_point: Any) -> None:
    """Discards a transaction-related message that got an HTTP error."""
    charge_point.queue.gives_up = lambda failures: True


@fault(kills="OCPP16S-4-09")
def does_not_probe(charge_point: Any) -> None:
    """Takes it that the connection works when a message came to nothing."""

    async def stands(channel: Channel, action: str) -> bool:
        return True

    charge_point.link.stands = stands


@fault(kills="OCPP16S-7.1-01")
def stays_away(charge_point: Any) -> None:
    """Does not come back when there is a network again."""

    async def nothing() -> None:
        """The network is back, and it does not notice."""

    charge_point.restore_network = nothing


@fault(kills="OCPP16S-7.1-02")
def moves_in_silence(charge_point: Any) -> None:
    """Does not boot when it has another address."""
    plain = charge_point.link.moves

    async def moves() -> None:
        await plain()
        charge_point.link.moved = False

    charge_point.link.moves = moves
