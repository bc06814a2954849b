"""What the central system asks of a session: RemoteStart- and RemoteStopTransaction, UnlockConnector, Reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, Payload
from mocks.charge_point.sessions import Identified

if TYPE_CHECKING:
    from mocks.inch import Inch


class Remote:
    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        cp.handles("RemoteStartTransaction", self.remote_start)
        cp.handles("RemoteStopTransaction", self.remote_stop)
        cp.handles("UnlockConnector", self.unlock_connector)
        cp.handles("Reset", self.reset)

    # ── 5.11 ──

    def remote_start(self, payload: Payload, _: Channel) -> Answer:
        number = self.connector_for(payload)
        profile = payload.get("chargingProfile") if self.cp.pics["SetChargingProfile"] else None
        refused = profile and not self.cp.smart_charging.accepts_for_remote_start(profile)
        if number is None or refused or not self.cp.online:
            return {"status": "Rejected"}
        self.cp.afterwards(self.remotely(number, payload["idTag"], profile))
        return {"status": "Accepted"}

    def connector_for(self, payload: Payload) -> int | None:
        """The one that is named, or a free one, with its cable in by preference; None: there is none."""
        free = [n for n in self.cp.connectors if self.cp.sessions.is_ready(n) and not self.cp.sessions.is_identified(n)]
        if "connectorId" in payload:
            return payload["connectorId"] if payload["connectorId"] in free else None
        return next((n for n in free if self.cp.connectors[n].plugged), next(iter(free), None))

    async def remotely(self, number: int, id_tag: str, profile: Payload | None) -> None:
        """As if somebody had presented it; authorized first if AuthorizeRemoteTxRequests says so (9.1.3)."""
        info: Payload = {"status": "Accepted"}
        if self.authorizes():
            info = await self.cp.authorization.authorize(id_tag)
        if self.cp.sessions.accepts(info) and self.cp.sessions.is_ready(number):
            self.cp.sessions.identified(number, Identified(id_tag, info.get("parentIdTag"), profile))

    def authorizes(self) -> bool:
        return self.cp.configuration.flag("AuthorizeRemoteTxRequests")

    # ── 5.12 ──

    def remote_stop(self, payload: Payload, _: Channel) -> Answer:
        found = [t for t in self.cp.memory.running.values() if t.id == payload["transactionId"]]
        if not found:
            return {"status": "Rejected"}
        self.cp.afterwards(self.stop(found[0].connector, "Remote"))
        return {"status": "Accepted"}

    async def stop(self, number: int, reason: str) -> None:
        if self.cp.transactions.running(number):
            self.cp.transactions.stop(number, reason)

    # ── 5.18 ──

    def unlock_connector(self, payload: Payload, _: Channel) -> Answer:
        """A connector that there is not (erratum 3.87), or without a lock: NotSupported; else the transaction ends first."""
        number = payload["connectorId"]
        if number not in self.cp.connectors or self.cp.connectors[number].fixed:
            return {"status": "NotSupported"}
        if self.cp.transactions.running(number):
            self.cp.transactions.stop(number, "UnlockCommand")
        return {"status": "Unlocked" if self.cp.connectors[number].unlock() else "UnlockFailed"}

    # ── 5.14 ──

    def reset(self, payload: Payload, _: Channel) -> Answer:
        self.cp.afterwards(self.resets(payload["type"]))
        return {"status": "Accepted"}

    async def resets(self, kind: str) -> None:
        """Stops what runs, says so if it can (what is not said stays queued), and boots."""
        for number in list(self.cp.memory.running):
            self.cp.transactions.stop(number, f"{kind}Reset")
        await self.cp.queue.emptied(within=5.0)
        await self.cp.reboot()
