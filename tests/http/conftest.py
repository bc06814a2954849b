"""What these files need: a stage (a loop, its clock, a wire log, all that nobody caught)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from evconform.harness.clock import Clock, LabLoop, Tasks
from evconform.harness.wire import Entry, WireLog
from evconform.http.client import HttpClient
from evconform.http.connection import Connection, dial
from evconform.http.server import HttpServer

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

    async def pair(self, handle: Any, tls: Any = None, trusts: Any = None) -> tuple[str, HttpClient]:
        """The URL of a tapped server of the tester with this handler, and a client of the SUT, not tapped."""
        server = HttpServer(self.clock, self.tasks, self.wire, handle)
        client = HttpClient(self.clock, tls=trusts)
        self.leave += [client.close, server.close]
        return await server.listen("http://127.0.0.1:0/base", tls), client

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


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"lab": LabLoop, "wall": asyncio.new_event_loop}


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[Callable[[str], Stage]]:
    """Makes stages on lab or wall time."""
    made: list[Stage] = []

    def make(kind: str) -> Stage:
        made.append(Stage(LOOPS[kind](), tmp_path / f"wire{len(made)}.jsonl"))
        return made[-1]

    yield make
    for stage in made:
        stage.close()


@pytest.fixture(params=["lab", "wall"])
def stage(request: pytest.FixtureRequest, stages: Callable[[str], Stage]) -> Stage:
    """Once on lab time, once on wall time."""
    return stages(request.param)


@pytest.fixture
def lab(stages: Callable[[str], Stage]) -> Stage:
    return stages("lab")


@pytest.fixture
def wall(stages: Callable[[str], Stage]) -> Stage:
    return stages("wall")


class Mouth(Connection):
    """The SUT's end of a connection, counted and not tapped: says bytes, and hears them."""

    dials = True

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, by="sut")
        self.heard = b""
        self.is_over = False
        self._changed = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()

    def pause_writing(self) -> None:
        self._drained.clear()

    def resume_writing(self) -> None:
        self._drained.set()

    async def drained(self) -> None:
        """Waits until what was written is on its way."""
        await self._drained.wait()

    def receives(self, data: bytes) -> None:
        self.heard += data
        self._changed.set()

    def ended(self) -> None:
        self.is_over = True
        self._changed.set()

    def gone(self) -> None:
        self._drained.set()
        self.ended()

    async def hears(self, end: bytes | None = None) -> bytes:
        """All that comes until ``end`` came, or the end of the stream."""
        while not self.is_over and (end is None or end not in self.heard):
            self._changed.clear()
            await self._changed.wait()
        return self.heard


@pytest.fixture(scope="session")
def mouth() -> Callable[[Clock, str], Awaitable[Mouth]]:
    """Dials a URL."""

    async def dials(clock: Clock, url: str) -> Mouth:
        parts = urlsplit(url)
        return await dial(lambda: Mouth(clock), str(parts.hostname), parts.port or 0, None)

    return dials
