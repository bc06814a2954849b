"""The last frames of every charge point, for whoever looks on."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from evconform.harness.clock import Clock
from evconform.ocpp import scripts
from evconform.ocpp.channel import Channel
from evconform.ocpp.endpoints import Endpoint

KEPT = 200
"""Frames that a newcomer sees."""
SHOWN = 2000
"""Characters of a frame that are shown."""
SECRET = re.compile(r'("key"\s*:\s*"AuthorizationKey"[^}]*?"value"\s*:\s*")[^"]*', re.IGNORECASE)
SECRET_FIRST = re.compile(r'("value"\s*:\s*")[^"]*("[^}]*?"key"\s*:\s*"AuthorizationKey")', re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One message. ``way``: ``<`` from the charge point, ``>`` to it. ``text``: as OCPP-J writes it, whatever it came as."""

    at: str
    identity: str
    speaks: str
    way: str
    text: str


class LiveWire:
    """Keeps the last frames, and hands each on to those who look."""

    def __init__(self, endpoint: Endpoint, clock: Clock) -> None:
        self.clock = clock
        self._passed: deque[tuple[datetime, str, str, str, str]] = deque(maxlen=KEPT)
        self._watchers: set[asyncio.Queue[Line | None]] = set()
        endpoint.watches.append(self._passes)

    def _passes(self, way: str, text: str, channel: Channel) -> None:
        passed = (self.clock.date(), channel.identity, channel.speaks, way, text)
        self._passed.append(passed)
        for watcher in self._watchers:
            if not watcher.full():  # who does not keep up misses some
                watcher.put_nowait(line_of(*passed))

    def close(self) -> None:
        """Ends every watch."""
        for watcher in self._watchers:
            if watcher.full():
                watcher.get_nowait()
            watcher.put_nowait(None)

    @property
    def lines(self) -> list[Line]:
        """The last frames, in order."""
        return [line_of(*passed) for passed in self._passed]

    async def watch(self) -> AsyncIterator[Line]:
        """The frames from now on, until it is closed."""
        mine: asyncio.Queue[Line | None] = asyncio.Queue(KEPT)
        self._watchers.add(mine)
        try:
            while (line := await mine.get()) is not None:
                yield line
        finally:
            self._watchers.discard(mine)


def line_of(at: datetime, identity: str, speaks: str, way: str, text: str) -> Line:
    return Line(scripts.iso(at), identity, speaks, way, without_secrets(text[:SHOWN]))


def without_secrets(text: str) -> str:
    """A ChangeConfiguration of the AuthorizationKey does not show it (J 6.2)."""
    return SECRET_FIRST.sub(r"\1…\2", SECRET.sub(r"\1…", text))
