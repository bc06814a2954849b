"""A driver's session with a charge point under test: the scenarios that several cases share. They prove nothing."""

from __future__ import annotations

from evconform.harness.control import Control
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
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
    """The cable is taken out, and the connector is free again."""
    await bench.unplug(connector=connector)
    await central_system.hears_status("Available", connector)


async def plugs_in(central_system: ScriptedCentralSystem, bench: Control, connector: int = 1) -> None:
    """A cable is plugged in, and the connector waits for a driver who may charge."""
    await bench.plug_in(connector=connector)
    await central_system.hears_status("Preparing", connector)


async def knows_card(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The idTag of the card was accepted in a session that is over: a cache holds it, and may be asked first."""
    await central_system.sets("AuthorizationCacheEnabled", True, if_there=True)
    await central_system.sets("LocalPreAuthorize", True)
    await stops(central_system, await charges(central_system, bench))
    await leaves(central_system, bench)


async def stop_on_disconnect(central_system: ScriptedCentralSystem, stops: bool) -> None:
    """Sets StopTransactionOnEVSideDisconnect, where it is not what the charge point always does."""
    if central_system.campaign.pics["ev_side_disconnect"] == "configurable":
        await central_system.sets("StopTransactionOnEVSideDisconnect", stops)


async def comes_back(central_system: ScriptedCentralSystem, bench: Control) -> None:
    """The network is back, and the charge point with it."""
    await bench.restore_network()
    await central_system.hears_frame(kind="request", within=central_system.reconnect_patience)


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
    """The transactionId that our answer to a StartTransaction gave."""
    return int(start.answer.get("transactionId")) if start.answer else -1


def over(central_system: ScriptedCentralSystem) -> list[str]:
    """The statuses of a connector whose transaction is over while its cable is in: with a fixed cable nothing need be left
    to do (4.9, C1)."""
    return ["Finishing", "Available"] if central_system.campaign.pics["fixed_cable"] else ["Finishing"]
