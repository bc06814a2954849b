"""The control of the hostile charge point: ``power_cycle`` makes it proper, ``present_card`` hostile in the way that the
card names; both return when it is."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from evconform.harness.sut import Sut


class Bench:
    def __init__(self, sut: Sut) -> None:
        script = Path(sut.control.options["script"])
        trust = sut.control.options.get("trust")
        self.line = [sys.executable, str(script), sut.endpoint.listen or sut.endpoint.url, sut.endpoint.identity]
        self.line += [trust] if trust else []
        self.process: asyncio.subprocess.Process

    async def start(self) -> None:
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(*self.line, stdin=pipe, stdout=pipe)
        await self._done()

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()

    async def power_cycle(self) -> None:
        await self._becomes("proper")

    async def present_card(self, uid: str) -> None:
        await self._becomes(uid)

    async def _becomes(self, name: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{name}\n".encode())
        await self._done()

    async def _done(self) -> None:
        assert self.process.stdout
        async with asyncio.timeout(30):
            assert await self.process.stdout.readline() == b"done\n", "the charge point died"


class Nothing:
    def __init__(self, sut: Sut) -> None:
        """The hostile central system acts by itself."""
