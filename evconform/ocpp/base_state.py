"""The base state of a foreign charge point (DESIGN, 4): what the cases before left behind is taken back before the next.

What is known comes from the wire: transactions that run, statuses, what we changed. What can be restored there is; the rest
is the bench's. Everything is bounded, and what does not come back makes this case inconclusive, with a sentence. What is
seen until then is no situation of the case; an offence is one whenever it is seen.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from evconform.harness.verdict import NotReached
from evconform.ocpp.channel import Channel, NoAnswer, Payload
from evconform.ocpp.frame import instant
from evconform.ocpp.json import CallError
from evconform.ocpp.speaks import SOAP15

if TYPE_CHECKING:
    from evconform.ocpp.scripted_central_system import ScriptedCentralSystem

TAKES = ("Accepted", "RebootRequired")
AUTHORIZES = ("Authorize", "StartTransaction", "StopTransaction")
"""What we answer with an idTagInfo that a cache may keep."""


class BaseState:
    """What one charge point was left with."""

    def __init__(self, central_system: ScriptedCentralSystem) -> None:
        self._party = central_system
        self._campaign = central_system.campaign
        self._statuses: dict[int, str] = {}
        self._running: dict[int, int] = {}
        """transactionId to connector."""
        self._inoperative: set[int] = set()
        self._reserved: set[int] = set()
        """reservationIds."""
        self._listed = False
        """A case sent a local list."""
        self._settings: dict[str, str] | None = None
        """Key to the value that it had when we met; None as long as we have not asked."""
        self._touched: set[str] = set()
        self._cached = True
        self._booted_on: Channel | None = None
        self._met_on: Channel | None = None
        """The connection of the base state before this one."""
        self._misled = False
        """The last time that we told it was not the true one."""

    # ── what the wire says ──

    def heard(self, action: str, payload: Payload, answer: Payload, at: datetime) -> None:
        """A CALL of the charge point, and our answer, with its true time."""
        match action:
            case "StatusNotification":
                self._statuses[payload["connectorId"]] = payload["status"]
            case "StartTransaction":
                self._running[answer["transactionId"]] = payload["connectorId"]
            case "StopTransaction":
                self._running.pop(payload["transactionId"], None)
            case "BootNotification":
                self._touched.add("HeartbeatInterval")  # our interval is its new value (4.2)
                self._booted_on = self._connection
        self._cached = self._cached or action in AUTHORIZES
        if told := instant(answer.get("currentTime")):
            self._misled = abs((told - at).total_seconds()) > self._campaign.sut.pixit.clock_tolerance

    def told(self, action: str, payload: Payload) -> None:
        """A CALL of ours, whatever comes of it."""
        if action == "ChangeConfiguration" and isinstance(key := payload.get("key"), str):
            self._touched.add(key)
        elif action == "ChangeAvailability" and isinstance(connector := payload.get("connectorId"), int):
            self._inoperative.add(connector)
        elif action == "ReserveNow" and isinstance(reservation := payload.get("reservationId"), int):
            self._reserved.add(reservation)
        self._listed = self._listed or action == "SendLocalList"

    @property
    def _connection(self) -> Channel | None:
        return self._party.endpoint.channels.get(self._campaign.sut.endpoint.identity)

    async def begins_connection(self) -> None:
        """What the case before set off comes first: it boots on a connection that is new, if it boots on such a one."""
        if self._connection is not self._met_on:
            await self._party.comes(lambda: self._booted_on is self._connection, self._party.patience)
        self._met_on = self._connection

    def met(self, answer: Payload) -> None:
        """The first configuration that it told whole, which is the one to put back."""
        if self._settings is None:
            self._settings = settable(answer)
            if self._settings.get("MinimumStatusDuration", "0") != "0":  # statuses would come late, or never (9.1.16)
                self._settings["MinimumStatusDuration"] = "0"
                self._touched.add("MinimumStatusDuration")

    # ── taking it back ──

    async def reachable(self) -> None:
        """Power and network are there. Raises NotReached."""
        await self._campaign.control.put_back("restore_power", "restore_network")

    async def restore(self) -> None:
        """Raises NotReached with what does not come back."""
        await self._put_clock_right()
        await self._campaign.control.put_back("free_lock", "clear_fault", "resume_ev")
        await self._stop_transactions()
        await self._campaign.control.put_back("unplug")
        await self._cancel_reservations()
        await self._put_in_service()
        await self._put_back_settings()
        await self._empty_list()
        await self._clear_cache()
        await self._become_available()

    async def _put_clock_right(self) -> None:
        """It keeps the time that a case told it until it is told the true one (4.2, 4.6)."""
        if not self._misled:
            return
        within = self._party.patience
        if self._campaign.pics["TriggerMessage"]:
            await self._tells("TriggerMessage", requestedMessage="Heartbeat")
        elif self._campaign.control.can("power_cycle"):
            self._party.wire.mark("script", says="restores the base state by hand: the charge point has a wrong time")
            await self._campaign.control.power_cycle()
            within = self._party.boot_patience
        if not await self._party.comes(lambda: not self._misled, within):
            raise NotReached("the charge point has a wrong time from the case before, and did not ask for the true one")

    async def _stop_transactions(self) -> None:
        if not self._campaign.pics["RemoteStopTransaction"]:
            return  # it ends with the cable
        for transaction, connector in list(self._running.items()):
            status = await self._tells("RemoteStopTransaction", transactionId=transaction)
            if status not in TAKES:
                self._running.pop(transaction, None)  # it knows of none; its status will tell
            elif not await self._party.comes(lambda t=transaction: t not in self._running, self._party.patience):
                raise NotReached(f"transaction {transaction} of connector {connector} did not end, and the base state has none")

    async def _cancel_reservations(self) -> None:
        for reservation in sorted(self._reserved) if self._campaign.pics["CancelReservation"] else ():
            await self._tells("CancelReservation", reservationId=reservation)  # one that is over is Rejected
        self._reserved.clear()

    async def _empty_list(self) -> None:
        listed, self._listed = self._listed and self._campaign.pics["SendLocalList"], False
        if listed and await self._tells("SendLocalList", listVersion=1, updateType="Full") != "Accepted":
            raise NotReached("the local list is not taken back, and the base state has none")

    async def _put_in_service(self) -> None:
        out = {connector for connector, status in self._statuses.items() if status == "Unavailable"}
        for connector in sorted(out | self._inoperative):
            if await self._tells("ChangeAvailability", connectorId=connector, type="Operative") in (*TAKES, "Scheduled"):
                self._inoperative.discard(connector)
            elif connector in out:
                raise NotReached(f"connector {connector} does not become Operative, and the base state has it so")
        self._inoperative.clear()  # one that was never taken out, or does not exist

    async def _put_back_settings(self) -> None:
        if not self._campaign.pics["GetConfiguration"]:
            return
        if self._settings is None:
            self.met(await self._calls("GetConfiguration", {}))
        assert self._settings is not None
        keys = sorted(self._touched & self._settings.keys())
        now = settable(await self._calls("GetConfiguration", {"key": keys})) if keys else {}
        for key in keys:
            if now.get(key) == self._settings[key]:
                continue
            status = await self._tells("ChangeConfiguration", key=key, value=self._settings[key])
            if status not in TAKES:
                raise NotReached(f"{key} was {self._settings[key]!r}, and is not taken back: {status}")
        self._touched.clear()

    async def _clear_cache(self) -> None:
        if self._cached and self._campaign.pics["authorization_cache"] and self._campaign.pics["ClearCache"]:
            await self._tells("ClearCache")
            self._cached = False

    async def _become_available(self) -> None:
        """Every status that was told is Available: by itself, when it is asked again, or by the bench."""
        for step in (self._waits, self._asks_again, self._by_hand):
            await step()
            if await self._party.comes(lambda: not self._left(), self._party.patience):
                return
        connector, status = next(iter(self._left().items()))
        raise NotReached(f"connector {connector} is {status}, and the base state is Available")

    async def _waits(self) -> None:
        """Nothing but patience."""

    async def _asks_again(self) -> None:
        if self._campaign.pics["TriggerMessage"]:
            for connector in self._left():
                await self._tells("TriggerMessage", requestedMessage="StatusNotification", connectorId=connector)

    async def _by_hand(self) -> None:
        control = self._campaign.control
        for connector, status in self._left().items():
            action = "clear_fault" if status == "Faulted" else "unplug"
            if connector and status != "Unavailable" and control.can(action):
                self._party.wire.mark("script", says=f"restores the base state by hand: connector {connector} is {status}")
                await getattr(control, action)(connector=connector)

    def _left(self) -> dict[int, str]:
        """The connectors that are not Available, as far as we were told; 1.5 need not tell that one is Occupied no more (4.9)."""
        known = {connector: self._statuses.get(connector, "Available") for connector in self._party.connectors}
        free = ("Available", "Charging") if self._campaign.speaks == SOAP15 and not self._running else ("Available",)
        return {connector: status for connector, status in known.items() if status not in free}

    # ── on the wire, without an expectation: this is no part of what is judged ──

    async def _tells(self, action: str, **payload: Any) -> str:
        """The status that a CALL is answered with; the code of a CALLERROR."""
        return str((await self._calls(action, payload)).get("status"))

    async def _calls(self, action: str, payload: Payload) -> Payload:
        shown = " ".join(f"{name}={value}" for name, value in payload.items())
        self._party.wire.mark("script", says=f"restores the base state: {action} {shown}".rstrip())
        try:
            return await self._party.channel.call(action, payload, self._party.patience)
        except CallError as error:
            return {"status": error.code}
        except NoAnswer:
            raise NotReached(f"{action} was not answered, and the base state was not restored") from None


def settable(answer: Payload) -> dict[str, str]:
    """Configuration keys to their values, of those that may be set, in a GetConfiguration.conf."""
    rows = answer.get("configurationKey")
    given = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {str(row.get("key")): row["value"] for row in given if isinstance(row.get("value"), str) and not row.get("readonly")}
