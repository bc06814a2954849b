"""How a charge point is made to send the CALLs that are answered wrongly: by a trigger, or in a session of its own for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evconform.harness.control import Control
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from suites.ocpp16 import sessions

SETTLES = 3.0
"""Seconds in which a message that counted as failed has come again."""
REFUSED = "OCPP16J-4.2.3-07"


async def can_be_triggered(
    central_system: ScriptedCentralSystem, actions: Sequence[str], more: Mapping[str, dict[str, Any]]
) -> list[str]:
    """Those of the messages that a TriggerMessage is accepted for; each of them came once."""
    found = []
    for action in actions:
        if central_system.campaign.pics[action]:
            payload = {"requestedMessage": action} | more.get(action, {})
            if await sessions.accepts(central_system, "TriggerMessage", **payload):
                await central_system.hears(action)
                found.append(action)
    return found


class Session:
    """A session at connector 1, of which the StartTransaction or the StopTransaction is answered wrongly."""

    def __init__(self, central_system: ScriptedCentralSystem, bench: Control) -> None:
        self.central_system = central_system
        self.bench = bench

    async def asks(self, action: str) -> None:
        """Goes on until ``action`` is to come."""
        await sessions.starts_remotely(self.central_system, self.bench)
        if action == "StopTransaction":
            start = await self.central_system.hears("StartTransaction", connectorId=1)
            await sessions.asks_to_stop(self.central_system, start)

    async def ends(self, action: str) -> None:
        """The transaction stops, if it still runs, and is told to have stopped; the cable is taken out."""
        await self.settles()
        started = self.central_system.given
        if action == "StartTransaction" and await sessions.accepts(
            self.central_system, "RemoteStopTransaction", transactionId=started
        ):
            await self.central_system.hears("StopTransaction", proves=REFUSED)
        await self.bench.unplug(connector=1)
        await self.settles()

    async def settles(self) -> None:
        await self.central_system.comes(lambda: False, SETTLES)
