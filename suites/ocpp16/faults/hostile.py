"""Faults that hostile messages and connections show."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from evconform.harness.law import fault
from evconform.ocpp.central_system import Knock
from evconform.ocpp.channel import Channel, refuse
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.schemas import violations
from evconform.ocpp.websocket import Connection
from suites.ocpp16.faults.answers import ACCEPTED, answers

BLOCKED: dict[str, Any] = {"idTagInfo": {"status": "Blocked"}}


def refuses_otherwise(party: Any, judges: Callable[[Message, CallError | None], CallError | None]) -> None:
    """``judges`` gets a CALL and why the party would refuse it, and gives back why it does."""
    plain = party.endpoint.refuses or (lambda message, channel: refuse(message))

    def refuses(message: Message, channel: Channel) -> CallError | None:
        return judges(message, plain(message, channel))

    party.endpoint.refuses = refuses


def takes(party: Any, answer: dict[str, Any], action: str, member: str) -> None:
    """CALLs of this action are not refused for what this member is, but answered, and nothing is done."""
    answers(party, action, answer)

    def judges(message: Message, refusal: CallError | None) -> CallError | None:
        spoilt = refusal and message.action == action and refusal.description.startswith(f"/{member}:")
        return None if spoilt else refusal

    refuses_otherwise(party, judges)


@fault(kills="OCPP16J-4.2.3-05", roles=["charge-point"])
def charge_point_takes_any_type(charge_point: Any) -> None:
    """Answers a ChangeAvailability with a connectorId of a wrong type as if it were proper."""
    takes(charge_point, ACCEPTED, "ChangeAvailability", "connectorId")


@fault(kills="OCPP16J-4.2.3-05", roles=["central-system"])
def central_system_takes_any_type(central_system: Any) -> None:
    """Answers a StatusNotification with a connectorId of a wrong type as if it were proper."""
    takes(central_system, {}, "StatusNotification", "connectorId")


def falls_short(party: Any, action: str, member: str, length: int) -> None:
    """Refuses CALLs of this action whose member is as long as it may be."""

    def judges(message: Message, refusal: CallError | None) -> CallError | None:
        payload = message.payload if isinstance(message.payload, dict) else {}
        full = message.action == action and len(str(payload.get(member, ""))) == length
        return refusal or (CallError("PropertyConstraintViolation", "too long") if full else None)

    refuses_otherwise(party, judges)


@fault(kills="OCPP16J-4.2.3-06", roles=["charge-point"])
def charge_point_is_one_character_short(charge_point: Any) -> None:
    """Refuses a key of 50 characters."""
    falls_short(charge_point, "ChangeConfiguration", "key", 50)


@fault(kills="OCPP16J-4.2.3-06", roles=["central-system"])
def central_system_is_one_character_short(central_system: Any) -> None:
    """Refuses an idTag of 20 characters."""
    falls_short(central_system, "Authorize", "idTag", 20)


@fault(kills="OCPP16J-4.2.3-06", roles=["charge-point"])
def charge_point_is_short_in_one_member(charge_point: Any) -> None:
    """Refuses a messageId of 50 characters, while a vendorId may have its 255."""
    falls_short(charge_point, "DataTransfer", "messageId", 50)


@fault(kills="OCPP16J-4.2.3-06", roles=["central-system"])
def central_system_is_short_in_one_member(central_system: Any) -> None:
    """Refuses a vendorErrorCode of 50 characters, while an info may have its 50."""
    falls_short(central_system, "StatusNotification", "vendorErrorCode", 50)


@fault(kills="OCPP16J-4.2.3-07", also=["OCPP16-5.3-01"], roles=["charge-point"])
def sets_a_key_though_refused(charge_point: Any) -> None:
    """Sets the HeartbeatInterval by a ChangeConfiguration that it refuses."""

    def judges(message: Message, refusal: CallError | None) -> CallError | None:
        if refusal and message.action == "ChangeConfiguration":
            charge_point.configuration.put("HeartbeatInterval", "301")
        return refusal

    refuses_otherwise(charge_point, judges)


@fault(kills="OCPP16J-4.2.3-07", also=["OCPP16J-4.2.3-05", "OCPP16J-4.1.2-05"], roles=["charge-point"])
def resets_though_refused(charge_point: Any) -> None:
    """Boots after a Reset that it refuses."""

    def judges(message: Message, refusal: CallError | None) -> CallError | None:
        if refusal and message.action == "Reset" and message.payload == {}:
            charge_point.afterwards(charge_point.remote.resets("Soft"))
        return refusal

    refuses_otherwise(charge_point, judges)


@fault(kills="OCPP16J-4.2.3-07", roles=["central-system"])
def blocks_a_card_though_refused(central_system: Any) -> None:
    """Blocks every card once it has refused a StartTransaction."""

    def judges(message: Message, refusal: CallError | None) -> CallError | None:
        if refusal and message.action == "StartTransaction":
            answers(central_system, "Authorize", BLOCKED)
        return refusal

    refuses_otherwise(central_system, judges)


@fault(kills="OCPP16J-4.2.3-07", roles=["central-system"])
def starts_though_refused(central_system: Any) -> None:
    """Refuses a StartTransaction whose connectorId is of a wrong type, and starts it at connector 1 all the same."""
    endpoint = central_system.endpoint
    plain, start = endpoint.refuses, endpoint.handlers["StartTransaction"]

    def refuses(message: Message, channel: Channel) -> CallError | None:
        refusal: CallError | None = plain(message, channel)
        if refusal and message.action == "StartTransaction" and refusal.description.startswith("/connectorId:"):
            started = start(message.payload | {"connectorId": 1}, channel)
            if inspect.isawaitable(started):
                central_system.site.tasks.spawn(started)
        return refusal

    endpoint.refuses = refuses


@fault(kills="OCPP16J-4.2.3-08")
def passes_over_unknown_members(party: Any) -> None:
    """Does not mind members that it does not know."""

    def judges(message: Message, refusal: CallError | None) -> CallError | None:
        if refusal is None or message.action not in ("GetConfiguration", "Heartbeat"):
            return refusal
        found = violations(message.action, message.payload)
        harmless = found and all(each.keyword == "additionalProperties" for each in found)
        return None if harmless else refusal

    refuses_otherwise(party, judges)


@fault(kills="OCPP16J-4.2.3-09")
def charge_point_believes_any_date(charge_point: Any) -> None:
    """Takes an UpdateFirmware with a retrieveDate that is no date."""
    takes(charge_point, {}, "UpdateFirmware", "retrieveDate")


@fault(kills="OCPP16J-4.2.3-10")
def central_system_believes_any_date(central_system: Any) -> None:
    """Takes a StatusNotification with a timestamp that is no date."""
    takes(central_system, {}, "StatusNotification", "timestamp")


@fault(kills="OCPP16J-4.1.2-05")
def hangs_up_on_a_number(party: Any) -> None:
    """Closes the connection on the message 42."""

    def hang_up(message: Message, channel: Channel) -> None:
        if message.raw == 42:
            channel.connection.close(1002)

    party.endpoint.on_unexpected = hang_up


@fault(kills="OCPP16J-4.1.1-03", also=["OCPP16J-4.2-01"])
def drowns_in_a_flood(party: Any) -> None:
    """Closes the connection when more than 50 CALLs come at once."""
    at_once: list[Message] = []

    def refuses(message: Message, channel: Channel) -> CallError | None:
        if not at_once:
            asyncio.get_running_loop().call_soon(at_once.clear)
        at_once.append(message)
        if len(at_once) > 50:
            channel.connection.close(1008)
        return refuse(message)

    party.endpoint.refuses = refuses


def admits_otherwise(central_system: Any, judges: Callable[[Knock, HTTPStatus | None], HTTPStatus | None]) -> None:
    plain = central_system.endpoint.admit
    central_system.endpoint.admit = lambda knock: judges(knock, plain(knock))


@fault(kills="OCPP16J-3.2-05")
def lets_anybody_in(central_system: Any) -> None:
    """Lets in identities that it does not know."""
    admits_otherwise(central_system, lambda knock, status: None if status is HTTPStatus.NOT_FOUND else status)


@fault(kills="OCPP16J-3.2-06")
def a_stranger_ends_all_connections(central_system: Any) -> None:
    """Closes every connection when an identity knocks that it does not know."""

    def judges(knock: Knock, status: HTTPStatus | None) -> HTTPStatus | None:
        for channel in list(central_system.endpoint.channels.values()) if status else ():
            channel.connection.close(1011)
        return status

    admits_otherwise(central_system, judges)


@fault(kills="OCPP16J-3.2-07", also=["OCPP16J-4.2-01"])
def serves_only_the_first_connection(central_system: Any) -> None:
    """Is deaf to a second connection of a charge point."""
    endpoint, first = central_system.endpoint, []
    heard = endpoint.heard

    def hears(connection: Connection, text: str) -> None:
        first.append(connection)
        if connection is first[0]:
            heard(connection, text)

    endpoint.heard = hears
