"""Connectors, and what charging stations say of themselves: OCPP 1.6, 4.4, 4.5, 4.9 and 4.3."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.reference.cpo.memory import FINAL
from evconform.reference.cpo.records import Connector, DataTransfer
from evconform.reference.moments import stamp, told

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo


class Stations:
    """``vendors``: vendorId in lower case to messageId to what is answered; ``""`` as messageId stands for any."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        self.vendors: dict[str, dict[str, Payload]] = {}
        cpo.handles("StatusNotification", self.status_notification)
        cpo.handles("DataTransfer", self.data_transfer)
        cpo.handles("FirmwareStatusNotification", self.firmware_status)
        cpo.handles("DiagnosticsStatusNotification", self.diagnostics_status)

    async def status_notification(self, payload: Payload, channel: Channel) -> Answer:
        """4.9: the last one heard stands, whatever its time; a fault or unavailability ends a reservation (5.13)."""
        now = stamp(self.cpo.clock.date())
        number, status = int(payload["connectorId"]), payload["status"]
        at = told(payload["timestamp"]) if "timestamp" in payload else now
        connector = Connector(channel.identity, number, status, json.dumps(payload), at)
        self.cpo.memory.connectors[channel.identity, number] = connector
        self.cpo.store.put(connector)
        if status in ("Faulted", "Unavailable"):
            self.cpo.reservations.ends_at(channel.identity, number)
        await self.cpo.store.durable()
        return {}

    async def data_transfer(self, payload: Payload, channel: Channel) -> Answer:
        """4.3: an unknown vendor, then an unknown message, then what the route says."""
        answer = self.routed(payload)
        record = DataTransfer(str(uuid.uuid4()), channel.identity, json.dumps(payload), json.dumps(answer), self._now())
        self.cpo.store.put(record)
        await self.cpo.store.durable()
        return answer

    def routed(self, payload: Payload) -> Payload:
        messages = self.vendors.get(payload["vendorId"].lower())
        if messages is None:
            return {"status": "UnknownVendorId"}
        route = messages.get(payload.get("messageId", ""), messages.get(""))
        return {"status": "UnknownMessageId"} if route is None else dict(route)

    async def firmware_status(self, payload: Payload, channel: Channel) -> Answer:
        """4.5. Idle only says that nothing goes on."""
        return await self._job("firmware", payload["status"], channel.identity)

    async def diagnostics_status(self, payload: Payload, channel: Channel) -> Answer:
        """4.4."""
        return await self._job("diagnostics", payload["status"], channel.identity)

    async def _job(self, kind: str, status: str, identity: str) -> Answer:
        station = self.cpo.memory.stations[identity]
        setattr(station, f"{kind}_status", status)
        self.cpo.store.put(station)
        job = self.cpo.memory.jobs.get((identity, kind))
        if job and status != "Idle":
            job.status, job.at = status, self._now()
            job.history = json.dumps([*json.loads(job.history), [status, job.at]])
            self.cpo.store.put(job)
            if status in FINAL:
                del self.cpo.memory.jobs[identity, kind]
        await self.cpo.store.durable()
        return {}

    def _now(self) -> str:
        return stamp(self.cpo.clock.date())
