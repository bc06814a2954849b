"""Controls of SUTs that cannot do a thing: their charge points never come, or die."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from evconform.harness.sut import Sut


class Nothing:
    def __init__(self, sut: Sut) -> None:
        """There is nothing to act on."""


class Process:
    """Starts what ``[control.options] line`` says, with the endpoint and the identity behind."""

    def __init__(self, sut: Sut) -> None:
        script = str(Path(__file__).with_name(sut.control.options["script"]))
        self.line = [sys.executable, script, sut.endpoint.listen or sut.endpoint.url, sut.endpoint.identity]
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        self.process = await asyncio.create_subprocess_exec(*self.line, stdin=pipe, stdout=pipe, stderr=nowhere)
        assert self.process.stdout
        async with asyncio.timeout(30):
            await self.process.stdout.readline()  # it is up; how long that takes is not the charge point's time

    async def stop(self) -> None:
        if self.process:
            if self.process.returncode is None:
                self.process.kill()
            await self.process.communicate()
