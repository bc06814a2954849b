"""The bench of the charge point peer: a process that is started, killed, and told to lose its network."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

from evconform.harness.sut import Sut

HERE = Path(__file__).parent


class Bench:
    def __init__(self, sut: Sut) -> None:
        script = HERE / sut.control.options.get("script", "peer_charge_point.py")
        self.line = [sys.executable, str(script), sut.endpoint.listen, sut.endpoint.identity]
        self.log = (HERE / "charge-point.log").open("ab")
        self.peer: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        pipe = asyncio.subprocess.PIPE
        self.peer = await asyncio.create_subprocess_exec(*self.line, stdin=pipe, stdout=pipe, stderr=self.log)
        await self.hears()  # what a loaded machine takes to start a process is not the charge point's time

    async def stop(self) -> None:
        if self.peer:
            with contextlib.suppress(ProcessLookupError):
                self.peer.kill()
            await self.peer.communicate()
        self.log.flush()

    async def power_cycle(self) -> None:
        await self.stop()
        await self.start()

    async def cut_network(self) -> None:
        await self.tell("cut")

    async def restore_network(self) -> None:
        await self.tell("restore")

    async def tell(self, command: str) -> None:
        assert self.peer
        assert self.peer.stdin
        self.peer.stdin.write(f"{command}\n".encode())
        await self.hears()

    async def hears(self) -> None:
        """One line of the peer's."""
        assert self.peer
        assert self.peer.stdout
        async with asyncio.timeout(30):
            await self.peer.stdout.readline()
