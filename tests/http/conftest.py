"""What these files need: a stage with both ends of HTTP, on lab or wall time, and a mouth that says bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from evconform.harness.clock import Clock, LabLoop
from evconform.http.client import HttpClient
from evconform.http.connection import Connection, dial
from evconform.http.server import HttpServer
from tests.stage import Stage


class HttpStage(Stage):
    """Where a tapped server and a client face each other."""

    async def pair(self, handle: Any, tls: Any = None, trusts: Any = None) -> tuple[str, HttpClient]:
        """The URL of a tapped server of the tester with this handler, and a client of the SUT, not tapped."""
        server = HttpServer(self.clock, self.tasks, self.wire, handle)
        client = HttpClient(self.clock, tls=trusts)
        self.leave += [client.close, server.close]
        return await server.listen("http://127.0.0.1:0/base", tls), client


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"lab": LabLoop, "wall": asyncio.new_event_loop}


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[Callable[[str], HttpStage]]:
    """Makes stages on lab or wall time."""
    made: list[HttpStage] = []

    def make(kind: str) -> HttpStage:
        made.append(HttpStage(LOOPS[kind](), tmp_path / f"wire{len(made)}.jsonl"))
        return made[-1]

    yield make
    for stage in made:
        stage.close()


@pytest.fixture(params=["lab", "wall"])
def stage(request: pytest.FixtureRequest, stages: Callable[[str], HttpStage]) -> HttpStage:
    """Once on lab time, once on wall time."""
    return stages(request.param)


@pytest.fixture
def lab(stages: Callable[[str], HttpStage]) -> HttpStage:
    return stages("lab")


@pytest.fixture
def wall(stages: Callable[[str], HttpStage]) -> HttpStage:
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
