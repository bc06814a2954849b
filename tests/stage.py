"""A stage for both ends of a protocol: a loop, its clock, a wire log, all that nobody caught."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import Entry, WireLog

PATIENCE = 60.0


class Stage:
    """Both ends on one loop. What the loop's exception handler hears, and what a background task dies of, fails the test."""

    def __init__(self, loop: asyncio.AbstractEventLoop, path: Path) -> None:
        self.loop = loop
        self.clock = Clock(loop)
        self.wire = WireLog(path, self.clock)
        self.log: list[Entry] = []
        self.wire.subscribe(self.log.append)
        self.tasks = Tasks()
        self.uncaught: list[dict[str, Any]] = []
        self.leave: list[Callable[[], Awaitable[Any]]] = []
        loop.set_exception_handler(lambda _, context: self.uncaught.append(context))

    def run(self, work: Awaitable[Any]) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(PATIENCE if self.clock.kind == "wall" else None):
                return await work

        return self.loop.run_until_complete(bounded())

    def seen(self, *kinds: str, by: str | None = None) -> list[Entry]:
        return [e for e in self.log if e.kind in kinds and by in (None, e.by)]

    async def until(self, holds: Callable[[], Any]) -> None:
        """Waits until something is true of the log; looks after every entry."""
        changed = asyncio.Event()

        def look(_: Entry) -> None:
            changed.set()

        self.wire.subscribe(look)
        try:
            while not holds():
                changed.clear()
                await changed.wait()
        finally:
            self.wire.unsubscribe(look)

    async def _leave(self) -> None:
        for leave in self.leave:
            await leave()
        await self.tasks.cancel()
        left = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def close(self) -> None:
        try:
            self.run(self._leave())
            self.run(self.loop.shutdown_default_executor())
        finally:
            self.wire.close()
            self.loop.close()
        assert self.uncaught == []
        self.tasks.check()
