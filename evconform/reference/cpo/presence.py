"""Which stations are there. By JSON it is whose connection is open. SOAP has none: there it is who was heard of within two
heartbeats, and was at its address when it was called last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from evconform.ocpp.channel import Channel

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo

HEARTBEATS = 2
"""That may stay away."""


class Presence:
    """``changed``: told of a station that came or went without a connection's coming or going."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        self.changed: list[Callable[[str], None]] = []
        self._heard: dict[str, float] = {}
        """Identity of a station by SOAP to the time when it was heard last."""
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def online(self, identity: str) -> bool:
        channel = self.cpo.endpoint.channels.get(identity)
        return channel is not None and (not channel.address or identity in self._heard)

    def hears(self, channel: Channel) -> None:
        """A message of an accepted station."""
        if not channel.address:
            return
        came = channel.identity not in self._heard
        self._heard[channel.identity] = self.cpo.clock.now()
        if came:
            self._looks_again(channel.identity, self.silent_after(channel.identity))
            self._tells(channel.identity)

    def lost(self, identity: str) -> None:
        """It was not at its address, or its connection went."""
        self._heard.pop(identity, None)
        if timer := self._timers.pop(identity, None):
            timer.cancel()

    def silent_after(self, identity: str) -> float:
        """Seconds without a message; 0 where it decides by itself how often it sends one (4.2)."""
        key = self.cpo.memory.settings.get(identity, {}).get("heartbeatinterval")
        known = key.value if key and key.value else ""
        return HEARTBEATS * float(known if known.isdecimal() and len(known) < 10 else self.cpo.settings.interval)

    def close(self) -> None:
        for identity in [*self._timers]:
            self.lost(identity)

    def _looks_again(self, identity: str, after: float) -> None:
        if after > 0:
            self._timers[identity] = asyncio.get_running_loop().call_later(after, self._looks, identity)

    def _looks(self, identity: str) -> None:
        left = self._heard[identity] + self.silent_after(identity) - self.cpo.clock.now()
        if left > 0:
            self._looks_again(identity, left)
            return
        self.lost(identity)
        self._tells(identity)

    def _tells(self, identity: str) -> None:
        for told in self.changed:
            told(identity)
