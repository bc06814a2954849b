"""A driver's session at the virtual charge point that faces a central system under test: the scenarios that several cases
share. What the central system answers on the way is judged: each answer by the clause that asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from evconform.harness.control import Control
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint
from evconform.ocpp.tester import call_result
from evconform.ocpp.view import Frame

ACCEPTED = call_result(at={"idTagInfo/status": "Accepted"})
NOT_ACCEPTED = call_result(at={"idTagInfo/status": ["Blocked", "Expired", "Invalid", "ConcurrentTx"]})
SESSION = "Authorize and StartTransaction and StatusNotification and StopTransaction"
"""What a session needs of the PICS of a central system."""
OF_SESSION = ["OCPP16-4.1-32", "OCPP16-4.8-34", "OCPP16-4.9-10"]
"""What ``charges`` proves."""
AGAIN = 60.0
"""Seconds that our charge point may take from power-on or a new network until it has said all."""
LASTS = 3.0
"""Seconds of charging before a transaction is stopped."""


async def tells_status(charge_point: ScriptedChargePoint, status: str | list[str], connector: int = 1, **how: Any) -> Frame:
    """Our charge point tells a status by itself, and is answered."""
    return await charge_point.is_answered(
        "StatusNotification", connectorId=connector, status=status, expects={}, proves="OCPP16-4.9-10", **how
    )


async def plugs_in(charge_point: ScriptedChargePoint, bench: Control) -> None:
    await bench.plug_in(connector=1)
    await tells_status(charge_point, "Preparing")


async def identifies(charge_point: ScriptedChargePoint, bench: Control, id_tag: str = "") -> None:
    """A card is presented, and the central system accepts it."""
    id_tag = id_tag or charge_point.pixit.id_tag
    await bench.present_card(uid=charge_point.uid_of(id_tag), connector=1)
    await charge_point.is_answered("Authorize", idTag=id_tag, expects=ACCEPTED, proves="OCPP16-4.1-32")


async def starts(charge_point: ScriptedChargePoint, id_tag: str = "", **how: Any) -> int:
    """The transaction starts, accepted; its transactionId."""
    answer = await charge_point.is_answered(
        "StartTransaction", idTag=id_tag or charge_point.pixit.id_tag, expects=ACCEPTED, proves="OCPP16-4.8-34", **how
    )
    return int(answer.get("transactionId", 0))


async def charges(charge_point: ScriptedChargePoint, bench: Control) -> int:
    """A cable is plugged in, a card presented, and energy flows; the transactionId."""
    await plugs_in(charge_point, bench)
    await identifies(charge_point, bench)
    transaction = await starts(charge_point)
    await tells_status(charge_point, "Charging")
    return transaction


async def has_stopped(charge_point: ScriptedChargePoint, reason: str | list[str] | None, **how: Any) -> Frame:
    """The transaction stops for a reason, and the central system answers."""
    how |= {} if reason is None else {"reason": reason}
    return await charge_point.is_answered("StopTransaction", expects={}, proves="OCPP16-4.10-31", **how)


async def boots(charge_point: ScriptedChargePoint) -> Frame:
    """Our charge point boots, and is accepted."""
    return await charge_point.is_answered(
        "BootNotification", within=AGAIN, expects={"status": "Accepted"}, proves="OCPP16-4.2-20"
    )


async def leaves(charge_point: ScriptedChargePoint, bench: Control) -> None:
    """The cable is taken out, and the connector is free."""
    await bench.unplug(connector=1)
    await tells_status(charge_point, "Available")


async def is_sent(charge_point: ScriptedChargePoint, operations: Control, action: str, proves: str, **payload: Any) -> Frame:
    """The operator asks for a message, and the central system sends it to our charge point."""
    await operations.sends(identity=charge_point.identity, action=action, **payload)
    expected = {
        name: [value] if isinstance(value, list) else value for name, value in payload.items()
    }  # a list would stand for any of it
    return await charge_point.hears(action, expects=expected, proves=proves)


@asynccontextmanager
async def while_asked(
    charge_point: ScriptedChargePoint, operations: Control, action: str, proves: str | None = None, **payload: Any
) -> AsyncIterator[Frame]:
    """The operator has asked for a message, and it has come; he may still wait, as with a back office that answers him only
    when the charge point has answered. Raises CannotAct as soon as he is told that it cannot be sent."""
    # tasks begin in order: he has asked before we listen
    asking = asyncio.ensure_future(operations.sends(identity=charge_point.identity, action=action, **payload))
    hearing = asyncio.ensure_future(charge_point.hears(action, proves=proves))
    try:
        await asyncio.wait({asking, hearing}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            await asking
        yield await hearing
    finally:
        asking.cancel()
        hearing.cancel()
        await asyncio.gather(asking, hearing, return_exceptions=True)


async def goes_on(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The central system answers, and sends what it is asked for: nothing that came before did it harm."""
    await charge_point.asks(proves="OCPP16-5-31", deviates="sooner than our interval")
    await asks_on(charge_point, operations)


async def asks_on(charge_point: ScriptedChargePoint, operations: Control) -> None:
    """The central system sends what it is asked for."""
    await operations.sends(identity=charge_point.identity, action="GetConfiguration", key=["HeartbeatInterval"])
    await charge_point.hears("GetConfiguration", proves="OCPP16-5-31")
