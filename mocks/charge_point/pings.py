"""Pings of the charge point (9.1.34), while it is online."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Channel

if TYPE_CHECKING:
    from mocks.inch import Inch

KEY = "WebSocketPingInterval"


class Pings:
    def __init__(self, cp: Inch) -> None:
        self.cp = cp
        self._changed = asyncio.Event()
        cp.configuration.changed[KEY] = self._changed.set

    def interval(self) -> float:
        """Seconds between two pings; 0: none."""
        return float(self.cp.configuration.number(KEY)) if KEY in self.cp.configuration.keys else 0.0

    async def online(self, channel: Channel) -> None:
        while True:
            self._changed.clear()
            if not await self.cp.waits(self.interval() or None, self._changed):
                channel.connection.ping()
