"""Legal variants of the plain central system as real back offices showed them: docs/foreign-central-systems.md."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from mocks.legal_central_systems import variant, with_info

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.schemas import violations


@variant("4.2: it may ask while it registers; OCPP-J 4.1.1: each direction has its own open CALL")
def asks_before_it_accepts(central_system: Any) -> None:
    """Reads the configuration of a charge point, unless it was rejected, before it answers its BootNotification."""
    plain = central_system.endpoint.handlers["BootNotification"]

    async def boots(asked: Payload, channel: Channel) -> Answer:
        before = central_system.answered.get(channel.identity)
        answer = plain(asked, channel)
        if answer["status"] == "Accepted" and before != "Rejected":
            central_system.site.tasks.spawn(central_system._call(channel, "GetConfiguration", {"key": []}))
            await central_system.clock.wait(0.1)
        return answer  # type: ignore[no-any-return]

    central_system.endpoint.handlers["BootNotification"] = boots


@variant("OCPP-J 3.2: how a stranger is refused is not said")
def sends_strangers_to_a_page(central_system: Any) -> None:
    """Redirects whoever has an identity that it could not know to the page where people log in."""
    plain = central_system.endpoint.admit

    def admits(knock: Any) -> HTTPStatus | None:
        status = plain(knock)
        strange = status is HTTPStatus.NOT_FOUND and not re.fullmatch(r"[A-Za-z0-9-]+", knock.identity)
        return HTTPStatus.FOUND if strange else status

    central_system.endpoint.admit = admits


@variant("4.8, 7.2: why an idTag is not accepted is its own affair")
def gets_to_know_whom_it_refuses(central_system: Any) -> None:
    """Calls an idTag Invalid that it does not know, and Blocked from its first StartTransaction on."""
    met: set[str] = set()
    for action in ("Authorize", "StartTransaction"):
        plain = central_system.endpoint.handlers[action]

        def refuses(asked: Payload, channel: Channel, action: str = action, plain: Any = plain) -> Answer:
            answer = plain(asked, channel)
            if not isinstance(answer, dict) or answer["idTagInfo"]["status"] != "Invalid":
                return answer  # type: ignore[no-any-return]
            known = asked["idTag"] in met
            met.update([asked["idTag"]] if action == "StartTransaction" else [])
            return with_info(answer, status="Blocked") if known else answer

        central_system.endpoint.handlers[action] = refuses


@variant("4.8, 4.10, 7.2: one transaction for each idTag; what a StopTransaction says is its own affair")
def holds_on_to_a_meter_that_runs_backwards(central_system: Any) -> None:
    """Answers ConcurrentTx while an idTag has a transaction, which a StopTransaction below its start does not end."""
    open_: dict[int, Payload] = {}
    handlers = central_system.endpoint.handlers
    starts, stops = handlers["StartTransaction"], handlers["StopTransaction"]

    def started(asked: Payload, channel: Channel) -> Answer:
        answer = starts(asked, channel)
        if not isinstance(answer, dict) or answer["idTagInfo"]["status"] != "Accepted":
            return answer  # type: ignore[no-any-return]
        id = answer["transactionId"]
        busy = any(each["idTag"] == asked["idTag"] for other, each in open_.items() if other != id)
        open_[id] = asked
        return with_info(answer, status="ConcurrentTx") if busy else answer

    def stopped(asked: Payload, channel: Channel) -> Answer:
        begun = open_.get(asked["transactionId"])
        if begun and asked["meterStop"] >= begun["meterStart"]:
            del open_[asked["transactionId"]]
        return stops(asked, channel)  # type: ignore[no-any-return]

    handlers["StartTransaction"], handlers["StopTransaction"] = started, stopped


@variant("OCPP-J 4.2.3, 6.50: a no for the idTag, where the idTag is what is wrong")
def calls_an_odd_id_tag_invalid(central_system: Any) -> None:
    """Ends the transaction of a StopTransaction whose idTag is none, and calls the idTag Invalid."""
    plain, stops = central_system.endpoint.refuses, central_system.endpoint.handlers["StopTransaction"]

    def is_odd(payload: Any) -> bool:
        found = violations("StopTransaction", payload) if isinstance(payload, dict) else []
        return bool(found) and not violations("StopTransaction", payload | {"idTag": "X"}) and "idTag" in payload

    def judges(message: Message, channel: Channel) -> CallError | None:
        odd = message.action == "StopTransaction" and is_odd(message.payload)
        return None if odd else plain(message, channel)  # type: ignore[no-any-return]

    def stopped(asked: Payload, channel: Channel) -> Answer:
        return {"idTagInfo": {"status": "Invalid"}} if is_odd(asked) else stops(asked, channel)

    central_system.endpoint.refuses = judges
    central_system.endpoint.handlers["StopTransaction"] = stopped
