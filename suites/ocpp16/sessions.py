"""A driver's session with a charge point under test: the scenarios that several cases share. They prove nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from evconform.harness.control import Control
from evconform.harness.verdict import NotReached
from evconform.ocpp.channel import Payload
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.scripts import iso
from evconform.ocpp.view import Frame

SESSION = "RemoteStartTransaction and StartTransaction and StatusNotification and ChangeConfiguration and GetConfiguration"
"""What ``charges`` needs of the PICS."""
WHOLE_SESSION = f"{SESSION} and RemoteStopTransaction and StopTransaction"
"""What ``charges`` and ``stops`` need."""
CARD_SESSION = "Authorize and StartTransaction and StatusNotification and ChangeConfiguration and GetConfiguration"
"""What it takes to start a transaction with a card."""
CACHE_SESSION = f"authorization_cache and Authorize and {WHOLE_SESSION}"
"""What ``knows_card`` needs."""

LASTS = 10.0
"""Seconds of charging before a transaction is stopped."""
GIVES_UP = 20
"""Seconds of ConnectionTimeOut where no cable will come."""
EXPIRES = 300.0
"""Seconds after which an idTag is no longer accepted: longer than a session."""
SUSPENDED = ["SuspendedEV", "SuspendedEVSE"]


async def charges(central_system: ScriptedCentralSystem, bench: Control, connector: int = 1) -> Frame:
    """A cable is plugged in and a transaction started remotely; its StartTransaction, once the connector is Charging."""
    await starts_remotely(central_system, bench, connector)
    start = await central_system.hears("StartTransaction", connectorId=connector)
    await central_system.hears_status("Charging", connector)
    return start


async def stops(central_system: ScriptedCentralSystem, start: Frame) -> Frame:
    """The transaction is stopped remotely; its StopTransaction."""
    await asks_to_stop(central_system, start)
    return await central_system.hears("StopTransaction", transactionId=transaction_of(start))


async def asks_to_stop(central_system: ScriptedCentralSystem, start: Frame) -> None:
    """The transaction has lasted for some time, and a RemoteStopTransaction is accepted."""
    await central_system.hears_no("StopTransaction", for_=LASTS)
    await central_system.calls("RemoteStopTransaction", transactionId=transaction_of(start), expects={"status": "Accepted"})


async def leaves(central_system: ScriptedCentralSystem, bench: Control, connector: int = 1) -> None:
    """The cable is taken out, and the connector is free again; with a fixed cable it may have been before (4.9, C1)."""
    await bench.unplug(connector=connector)
    if central_system.campaign.pics["fixed_cable"]:
        await central_system.hears_no("StartTransaction", for_=central_system.patience)
    else:
        await central_system.hears_status("Available", connector)


async def plugs_in(central_system: ScriptedCentralSystem, bench: Control, connector: int = 1) -> Frame:
    """A cable is plugged in, and the connector waits for a driver who may charge; what tells so."""
    await bench.plug_in(connector=connector)
    return await central_system.hears_status("Preparing", connector)


async def knows_card(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The idTag of the card was accepted, and nobody charges: a cache holds it, and may be asked first.

    A remote start that is authorized and that no cable follows asks for nobody's hand; where there is none, a session does it.
    """
    await keeps_cards(central_system)
    if not await is_authorized_remotely(central_system):
        await charges_once(central_system, bench)
    await central_system.sets("LocalPreAuthorize", True)


async def keeps_cards(central_system: ScriptedCentralSystem) -> None:
    await central_system.sets("AuthorizationCacheEnabled", True, if_there=True)


async def charges_once(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """A session that is over, its cable taken out."""
    await stops(central_system, await charges(central_system, bench))
    await leaves(central_system, bench)


async def is_authorized_remotely(central_system: ScriptedCentralSystem) -> bool:
    """The idTag of the card is accepted in an Authorize, and its remote start is over as no cable follows (9.1.3, 9.1.6).
    False if the charge point authorizes no remote starts, or accepts none without a cable."""
    key: Payload = {"key": "AuthorizeRemoteTxRequests", "value": "true"}
    if not central_system.campaign.pics["remote_authorization"] or not await accepts(
        central_system, "ChangeConfiguration", **key
    ):
        return False
    was = await central_system.reads("ConnectionTimeOut")
    await asks_always(central_system)
    await central_system.sets("ConnectionTimeOut", GIVES_UP)
    id_tag = central_system.id_tag(central_system.card)
    accepted = await accepts(central_system, "RemoteStartTransaction", connectorId=1, idTag=id_tag)
    if accepted:
        await central_system.hears("Authorize", idTag=id_tag)
        await central_system.hears_no("StartTransaction", for_=GIVES_UP + central_system.patience)
    await central_system.sets("ConnectionTimeOut", was)  # a driver may take longer
    await central_system.sets("AuthorizeRemoteTxRequests", False)
    return accepted


async def accepts(central_system: ScriptedCentralSystem, action: str, **payload: Any) -> bool:
    """Whether a CALL is answered with Accepted; any answer is as good as another."""
    answer = await central_system.calls(action, **payload, expects={})
    return answer.says(status="Accepted")


async def knew_card(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The idTag of the card was accepted until an expiryDate, and that has passed by any clock."""
    until = iso(datetime.fromtimestamp(central_system.time + EXPIRES, UTC))
    for action in ("Authorize", "StartTransaction"):
        central_system.answers(action, idTagInfo={"status": "Accepted", "expiryDate": until})
    await knows_card(central_system, bench)
    await central_system.hears_no("Authorize", for_=EXPIRES + central_system.campaign.sut.pixit.clock_tolerance)


async def stop_on_disconnect(central_system: ScriptedCentralSystem, stops: bool) -> None:
    """Sets StopTransactionOnEVSideDisconnect, where it is not what the charge point always does."""
    if central_system.campaign.pics["ev_side_disconnect"] == "configurable":
        await central_system.sets("StopTransactionOnEVSideDisconnect", stops)


async def comes_back(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The network is back, and the charge point with it."""
    await bench.restore_network()
    await central_system.hears_it_back()


async def charges_with_card(central_system: ScriptedCentralSystem, bench: Control, connector: int = 1) -> Frame:
    """A driver plugs a cable in and presents a card; the StartTransaction, once the connector is Charging."""
    await plugs_in(central_system, bench, connector)
    await bench.present_card(uid=central_system.card, connector=connector)
    start = await central_system.hears("StartTransaction", connectorId=connector)
    await central_system.hears_status("Charging", connector)
    return start


async def starts_remotely(central_system: ScriptedCentralSystem, bench: Control, connector: int = 1) -> None:
    """A cable is plugged in, and a RemoteStartTransaction accepted."""
    await plugs_in(central_system, bench, connector)
    id_tag = central_system.id_tag(central_system.card)
    await central_system.calls("RemoteStartTransaction", connectorId=connector, idTag=id_tag, expects={"status": "Accepted"})


async def asks_always(central_system: ScriptedCentralSystem) -> None:
    """Nothing that is known locally is enough to start."""
    await central_system.sets("LocalPreAuthorize", False)


async def samples_nothing(central_system: ScriptedCentralSystem) -> None:
    """No MeterValues come between the messages that a case looks for."""
    await central_system.sets("MeterValueSampleInterval", 0)
    await central_system.sets("ClockAlignedDataInterval", 0)


def transaction_of(start: Frame) -> int:
    """The transactionId that our answer to a StartTransaction gave. Raises NotReached if it was no proper one, and got none."""
    given = start.answer.get("transactionId") if start.answer else -1
    if given is None:
        raise NotReached("the StartTransaction was not accepted: it got no transactionId")
    return int(given)


def over(central_system: ScriptedCentralSystem) -> list[str]:
    """The statuses of a connector whose transaction is over while its cable is in: with a fixed cable nothing need be left
    to do (4.9, C1)."""
    return ["Finishing", "Available"] if central_system.campaign.pics["fixed_cable"] else ["Finishing"]


async def hears_each_status(central_system: ScriptedCentralSystem, statuses: dict[int, str | list[str]], proves: str) -> None:
    """Waits for a status of each of these connectors, in whatever order, with patience after each of them."""
    missing = dict(statuses)
    while missing:
        wanted = [{"payload": {"connectorId": number, "status": status}} for number, status in missing.items()]
        frame = await central_system.hears_frame(type="CALL", action="StatusNotification", one_of=wanted, proves=proves)
        del missing[frame.get("connectorId")]
