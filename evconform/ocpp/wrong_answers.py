"""Answers the SUT's own CALLs wrongly, one at a time, each time with the proper answer after it, and looks what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from evconform.ocpp.barrage import Barrage
from evconform.ocpp.channel import Channel
from evconform.ocpp.hostile import ID, Item
from evconform.ocpp.hostile.bases import NO_ID
from evconform.ocpp.json import read

Asks = Callable[[str], Awaitable[object]]
"""Makes the SUT send a CALL of an action; or, as ``ends``, ends what that began."""


async def nothing(action: str) -> None:
    """It comes, or ends, by itself."""


@dataclass
class Wrong:
    """One item at its seam: what goes out instead of the answer to the next CALL of its action."""

    barrage: Barrage
    item: Item
    asked: str = ""
    """The message id of that CALL."""
    thrown: int = 0
    """The number of its first frame."""
    done: bool = False
    several: ClassVar[int] = 2
    """So many answers go out: the wrong one, and the proper one."""

    def hears(self, direction: str, text: str, _: Channel) -> None:
        """Waits for the CALL; and marks both answers once they are out."""
        wire = self.barrage.tester.wire
        message = read(text)
        if direction == "<" and not self.asked and (message.type, message.action) == ("CALL", self.item.action):
            self.asked = message.id if isinstance(message.id, str) else ""
        elif direction == ">" and self.thrown and wire.n >= self.thrown + self.several - 1 and not self.done:
            wire.mark("hostile", **self.item.facts(), frames=list(range(self.thrown, wire.n + 1)))
            self.done = True

    def answers(self, text: str, _: Channel) -> list[str]:
        message = read(text)
        if not self.asked or self.thrown or message.id != self.asked or message.type != "CALLRESULT":
            return [text]
        self.thrown = self.barrage.tester.wire.n + 1
        spelt = self.barrage.spelt(self.item).replace(ID, self.asked)
        given = message.payload.get("transactionId", NO_ID) if isinstance(message.payload, dict) else NO_ID
        return [spelt.replace(str(NO_ID), str(given)), text]


class WrongAnswers:
    def __init__(self, barrage: Barrage, asks: Asks, ends: Asks = nothing, within: float | None = None) -> None:
        """``within``: seconds that the CALL may take."""
        self.barrage = barrage
        self.asks = asks
        self.ends = ends
        self.within = within

    async def throws(self, items: Iterable[Item]) -> None:
        """Raises NotReached if the SUT sends no such CALL, or does not come back."""
        await self.barrage.reads_back("")
        for item in items:
            await self.barrage.is_here()
            with self._answering(item) as wrong:
                await self._asks(item.action)
                while not wrong.asked:  # what came before was answered properly
                    await self.barrage.tester.hears(item.action, within=self.within)
            await self.barrage.sees_life()
            await self.barrage.reads_back(item.action)
            await self.ends(item.action)

    async def _asks(self, action: str) -> None:
        """Until the CALL has come."""
        await self.asks(action)
        await self.barrage.tester.hears(action, within=self.within)

    @contextmanager
    def _answering(self, item: Item) -> Iterator[Wrong]:
        wrong, endpoint = Wrong(self.barrage, item), self.barrage.tester.endpoint
        endpoint.watches.append(wrong.hears)
        endpoint.rewrites.append(wrong.answers)
        try:
            yield wrong
        finally:
            endpoint.watches.remove(wrong.hears)
            endpoint.rewrites.remove(wrong.answers)
