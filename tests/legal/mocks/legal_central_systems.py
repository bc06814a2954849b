"""Legal variants of the plain central system: each deviates from it in one way that OCPP 1.6 allows. Each is the party
``legal NAME`` of the role."""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Callable
from typing import Any

from evconform.harness.party import Site, party
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.scripts import iso
from mocks.plain_central_system import PlainCentralSystem

Change = Callable[[Any], None]
CENTRAL_SYSTEMS: dict[str, str] = {}
"""Name to the clause that allows it."""


def variant(clause: str) -> Callable[[Change], Change]:
    def declare(change: Change) -> Change:
        name = change.__name__
        assert name not in CENTRAL_SYSTEMS
        CENTRAL_SYSTEMS[name] = clause

        def make(site: Site) -> PlainCentralSystem:
            central_system = PlainCentralSystem(site)
            change(central_system)
            return central_system

        party(f"legal {name}", role="central-system")(make)
        return change

    return declare


def edits_answers(central_system: Any, edit: Callable[[str, Payload], Any]) -> None:
    """``edit`` gets the action and what is answered to it, and gives back what is answered instead."""
    for action, plain in list(central_system.endpoint.handlers.items()):

        def handle(asked: Payload, channel: Channel, action: str = action, plain: Any = plain) -> Answer:
            answer = plain(asked, channel)
            return edit(action, answer) if isinstance(answer, dict) else answer  # type: ignore[no-any-return]

        central_system.endpoint.handlers[action] = handle


def edits_requests(central_system: Any, edit: Callable[[str, Payload], Payload]) -> None:
    def rewrite(text: str, _: Channel) -> list[str]:
        message = json.loads(text)
        return [json.dumps([*message[:3], edit(message[2], message[3])])] if message[0] == 2 else [text]

    central_system.endpoint.rewrites.append(rewrite)


def with_info(answer: Payload, **members: Any) -> Payload:
    return answer | {"idTagInfo": answer["idTagInfo"] | members} if "idTagInfo" in answer else answer


@variant("5.3, 5.8, 5.10, 5.17: at any time")
def asks_at_once(central_system: Any) -> None:
    """Reads and changes the configuration of a charge point as soon as it is accepted."""

    async def asks(channel: Channel) -> None:
        await central_system.clock.wait(0.2)
        for action, payload in (
            ("GetConfiguration", {}),
            ("ChangeConfiguration", {"key": "WebSocketPingInterval", "value": "60"}),
            ("GetLocalListVersion", {}),
            ("TriggerMessage", {"requestedMessage": "StatusNotification"}),
        ):
            await central_system._call(channel, action, payload)

    def registered(channel: Channel, status: str) -> None:
        if status == "Accepted":
            central_system.site.tasks.spawn(asks(channel))

    central_system.on_registered = registered


@variant("OCPP-J 4.1.1: no time is given")
def slow(central_system: Any) -> None:
    """Takes a second for each answer."""
    for action, plain in list(central_system.endpoint.handlers.items()):

        async def later(asked: Payload, channel: Channel, plain: Any = plain) -> Answer:
            await central_system.clock.wait(1.0)
            answer = plain(asked, channel)
            return await answer if inspect.isawaitable(answer) else answer  # type: ignore[no-any-return]

        central_system.endpoint.handlers[action] = later


@variant("4.10, 6.50: idTagInfo may be there")
def tells_of_who_stopped(central_system: Any) -> None:
    """Answers StopTransaction with idTagInfo."""
    edits_answers(central_system, lambda action, a: {"idTagInfo": {"status": "Accepted"}} if action == "StopTransaction" else a)


@variant("7.27: expiryDate may be there")
def expires_next_year(central_system: Any) -> None:
    """Gives every idTag an expiry date."""
    edits_answers(central_system, lambda action, a: with_info(a, expiryDate="2099-01-01T00:00:00Z"))


@variant("6.46: an integer")
def large_transaction_ids(central_system: Any) -> None:
    """Begins to count transactions near the end of 31 bits."""

    def edit(action: str, answer: Payload) -> Payload:
        return answer | {"transactionId": answer["transactionId"] + 2**31 - 1000} if "transactionId" in answer else answer

    edits_answers(central_system, edit)


@variant("3.15: fractions are free")
def whole_seconds(central_system: Any) -> None:
    """Tells the time in whole seconds."""
    central_system.current_time = lambda: iso(central_system.clock.date())[:19] + "Z"


@variant("OCPP-J 4.1.4: any text of at most 36 characters")
def counts_messages(central_system: Any) -> None:
    """Has small numbers as message ids."""
    numbers = itertools.count(1)
    central_system.endpoint.new_message_id = lambda channel: str(next(numbers))


@variant("4.2: any interval")
def wants_many_heartbeats(central_system: Any) -> None:
    """Has an interval of 15 s."""
    edits_answers(central_system, lambda action, a: a | {"interval": 15} if "interval" in a else a)


@variant("4.2: any interval")
def wants_few_heartbeats(central_system: Any) -> None:
    """Has an interval of a day."""
    edits_answers(central_system, lambda action, a: a | {"interval": 86400} if "interval" in a else a)


@variant("5.8: empty or missing")
def asks_for_an_empty_list(central_system: Any) -> None:
    """Has an empty list of keys where all are wanted."""
    edits_requests(central_system, lambda action, p: p or {"key": []} if action == "GetConfiguration" else p)


@variant("5.13: it chooses the reservationId")
def numbers_reservations_itself(central_system: Any) -> None:
    """Chooses the reservationId itself, also of what is cancelled."""

    def edit(action: str, payload: Payload) -> Payload:
        return payload | {"reservationId": payload["reservationId"] + 4711} if action == "ReserveNow" else payload

    edits_requests(central_system, edit)


@variant("7.15: an idTag is a CiString")
def lowers_every_id_tag(central_system: Any) -> None:
    """Every idTag and parentIdTag is in lower case, in what it answers, asks for, and lists."""
    central_system.endpoint.rewrites.append(lambda text, _: [json.dumps(lowered(json.loads(text)))])


def lowered(said: Any) -> Any:
    if isinstance(said, list):
        return [lowered(each) for each in said]
    if not isinstance(said, dict):
        return said
    return {k: v.lower() if k in ("idTag", "parentIdTag") else lowered(v) for k, v in said.items()}


@variant("5.15: it chooses the version")
def numbers_lists_itself(central_system: Any) -> None:
    """Chooses the version of a list itself, and tells when an idTag expires."""

    def edit(action: str, payload: Payload) -> Payload:
        if action != "SendLocalList":
            return payload
        info = {"expiryDate": "2099-01-01T00:00:00Z"}
        entries = [each | {"idTagInfo": each["idTagInfo"] | info} for each in payload["localAuthorizationList"]]
        return payload | {"listVersion": payload["listVersion"] * 10, "localAuthorizationList": entries}

    edits_requests(central_system, edit)


@variant("5.15, 7.1: a full list is the list; what is in it is not said")
def lists_all_that_it_holds(central_system: Any) -> None:
    """Has every idTag that it holds in a full list, also those that may not charge (seen with SteVe)."""

    def edit(action: str, payload: Payload) -> Payload:
        if action != "SendLocalList" or payload["updateType"] != "Full":
            return payload
        wanted = payload["localAuthorizationList"]
        held = [{"idTag": id_tag, "idTagInfo": {"status": "Blocked"}} for id_tag in ("EC0000B1", "EC0000B2")]
        there = {entry["idTag"] for entry in wanted}
        return payload | {"localAuthorizationList": [*(h for h in held if h["idTag"] not in there), *reversed(wanted)]}

    edits_requests(central_system, edit)


@variant("5.16.1: at the start of a transaction")
def limits_every_transaction(central_system: Any) -> None:
    """Sets a TxProfile as soon as a transaction has started."""
    plain = central_system.endpoint.handlers["StartTransaction"]

    async def limits(channel: Channel, connector: int, transaction: int) -> None:
        await central_system.clock.wait(0.1)
        period = {"startPeriod": 0, "limit": 16.0, "numberPhases": 3}
        profile = {
            **{"chargingProfileId": 900 + transaction, "transactionId": transaction, "stackLevel": 0},
            **{"chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative"},
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]},
        }
        await central_system._call(channel, "SetChargingProfile", {"connectorId": connector, "csChargingProfiles": profile})

    def started(asked: Payload, channel: Channel) -> Answer:
        answer = plain(asked, channel)
        if isinstance(answer, dict) and answer["idTagInfo"]["status"] == "Accepted" and asked["connectorId"] == 1:
            central_system.site.tasks.spawn(limits(channel, asked["connectorId"], answer["transactionId"]))
        return answer  # type: ignore[no-any-return]

    central_system.endpoint.handlers["StartTransaction"] = started


@variant("RFC 6455, 5.5.2: either side may")
def pings_its_charge_points(central_system: Any) -> None:
    """Pings each charge point every 20 s."""

    async def goes_on(connection: Any) -> None:
        while connection.open:
            connection.ping(b"are you there")
            await central_system.clock.wait(20.0)

    central_system.endpoint.on_connection = lambda connection: central_system.site.tasks.spawn(goes_on(connection))
