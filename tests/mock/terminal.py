"""The terminal that a mock is played in: lists of lines that are typed, and of what it says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from evconform.harness.clock import Clock, Tasks
from evconform.mock import Mocked, play
from evconform.ocpp import scripts
from evconform.ocpp.central_system import CentralSystemEndpoint
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.soap.central_system import SoapCentralSystem

PATIENCE = 20.0


class Terminal:
    """What it said; and what is typed, each line once something was said after the line before."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.loop = asyncio.get_running_loop()
        self.news = asyncio.Event()
        self._typed: list[str] = []
        self._more = threading.Condition()

    def says(self, text: str) -> None:
        self.said.append(text)
        self.news.set()

    def types(self, *lines: str) -> None:
        with self._more:
            self._typed += [line and f"{line}\n" for line in lines]
            self._more.notify()

    def lines(self) -> str:
        with self._more:
            self._more.wait_for(lambda: self._typed, PATIENCE)
            return self._typed.pop(0) if self._typed else ""

    async def hears(self, *words: str, since: int = 0) -> str:
        """The first line from the ``since``-th on that has all these words."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for line in self.said[since:]:
                    if all(word in line for word in words):
                        return line
                self.news.clear()
                await self.news.wait()


Story = Callable[[Terminal], Awaitable[Any]]


def played(mocked: Mocked, story: Story, central: Callable[[Any], Awaitable[Any]] | None = None) -> list[str]:
    """What it said while the story was told; it leaves when the story is over."""

    async def both() -> list[str]:
        loop = asyncio.get_running_loop()
        terminal, tasks = Terminal(), Tasks()
        endpoint = (SoapCentralSystem if mocked.soap else CentralSystemEndpoint)(Clock(loop), tasks)
        for action in scripts.CHARGE_POINT_INITIATED:
            endpoint.handlers[action] = answering(action)
        faces = mocked
        if central:
            url = await endpoint.listen(f"{'http' if mocked.soap else 'ws'}://127.0.0.1:0/ocpp")
            await central(endpoint)
            faces = replace(mocked, url=url)
        playing = asyncio.ensure_future(play(faces, terminal.lines, terminal.says))
        told = asyncio.ensure_future(story(terminal))
        try:
            await asyncio.wait((playing, told), return_when=asyncio.FIRST_COMPLETED)
            if told.done():
                told.result()
        finally:
            terminal.types("quit", "")
            await playing
            await told
            await endpoint.stop()
            await tasks.cancel()
        return terminal.said

    return asyncio.run(both())


def answering(action: str) -> Callable[[Payload, Channel], Answer]:
    def answer(payload: Payload, _: Channel) -> Answer:
        return scripts.of_central_system(action, lambda: datetime.now(UTC))

    return answer


async def plain(endpoint: CentralSystemEndpoint) -> None:
    """The central system is as it is."""
