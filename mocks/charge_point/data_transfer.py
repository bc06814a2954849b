"""DataTransfer (4.3, 5.6): the messages of the vendor; those of others are not known."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evconform.ocpp.channel import Answer, Channel, Payload

if TYPE_CHECKING:
    from mocks.inch import Inch

Message = Callable[[dict[str, Any]], bool]
"""Takes the data; False: it cannot be done."""


GREETING = "Greeting"
"""The one message of a vendor of whom nothing is published."""


class DataTransfer:
    """``messages``: vendorId in lower case to its messages."""

    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self.vendor: str = cp.pics["data_transfer_vendor"]
        self.messages: dict[str, dict[str, Message]] = {self.vendor.lower(): {GREETING: lambda data: True}} if self.vendor else {}
        cp.handles("DataTransfer", self.data_transfer)

    def data_transfer(self, payload: Payload, _: Channel) -> Answer:
        known = self.messages.get(payload["vendorId"].lower())
        if known is None:
            return {"status": "UnknownVendorId"}
        message = known.get(payload.get("messageId", ""))
        if message is None:
            return {"status": "UnknownMessageId"}
        try:
            data = json.loads(payload.get("data") or "{}")
        except (ValueError, RecursionError):
            return {"status": "Rejected"}
        return {"status": "Accepted" if isinstance(data, dict) and message(data) else "Rejected"}

    async def send(self, vendor: str, message: str, data: dict[str, Any]) -> Payload | None:
        """A message of the vendor's own, data as JSON text."""
        return await self.cp.tell("DataTransfer", {"vendorId": vendor, "messageId": message, "data": json.dumps(data)})
