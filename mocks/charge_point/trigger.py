"""TriggerMessage (5.17)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Answer, Channel, NoAnswer, Payload

if TYPE_CHECKING:
    from mocks.inch import Inch


class Trigger:
    """``sends``: message to what sends it, for a list of connectors."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.sends: dict[str, Callable[[list[int]], Awaitable[None]]] = {
            "BootNotification": self._boot,
            "Heartbeat": self._heartbeat,
            "StatusNotification": self._status,
            "MeterValues": self._meter_values,
            "DiagnosticsStatusNotification": lambda _: self._tell(
                "DiagnosticsStatusNotification", {"status": cp.diagnostics.status}
            ),
            "FirmwareStatusNotification": lambda _: self._tell("FirmwareStatusNotification", {"status": cp.firmware.status}),
        }
        cp.handles("TriggerMessage", self.trigger_message)

    def trigger_message(self, payload: Payload, _: Channel) -> Answer:
        """A BootNotification only while it is not accepted (erratum 3.35); nothing that it cannot send."""
        wanted = payload["requestedMessage"]
        if wanted not in self.sends or not self.cp.pics[wanted]:
            return {"status": "NotImplemented"}
        number = payload.get("connectorId")
        boots = wanted == "BootNotification" and self.cp.registration.status == "Accepted"
        refused = boots or (wanted == "MeterValues" and number == 0)  # no meter is read for connector 0
        if refused or (number not in (None, 0) and number not in self.cp.connectors):
            return {"status": "Rejected"}
        self.cp.afterwards(self.triggered(wanted, [0, *self.cp.connectors] if number is None else [number]))
        return {"status": "Accepted"}

    async def triggered(self, wanted: str, numbers: list[int]) -> None:
        """Sends what was asked for."""
        await self.sends[wanted](numbers)

    async def _tell(self, action: str, payload: Payload) -> None:
        await self.cp.tell(action, payload)

    async def _heartbeat(self, _: list[int]) -> None:
        answer = await self.cp.tell("Heartbeat", {})
        if answer:
            self.cp.registration.take_time(answer)

    async def _boot(self, _: list[int]) -> None:
        self.cp.registration.wanted.set()

    async def _status(self, numbers: list[int]) -> None:
        for number in numbers:
            channel = self.cp.endpoint.channel
            if channel is None:
                return
            try:
                await self.cp.status.report_again(channel, number)
            except NoAnswer:
                return  # whoever asked is gone

    async def _meter_values(self, numbers: list[int]) -> None:
        for number in numbers:
            if number in self.cp.connectors:
                await self.cp.metering.triggered(number)
