"""The operations of the central system peer: its operator's commands, over the port that it listens to for them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from evconform.harness.sut import Sut


class Operations:
    def __init__(self, sut: Sut) -> None:
        self.port = sut.control.options["commands"]

    async def start(self) -> None:
        self.replies, self.commands = await asyncio.open_connection("127.0.0.1", self.port)

    async def stop(self) -> None:
        self.commands.close()
        await self.commands.wait_closed()

    async def registers(self, identity: str, status: str) -> None:
        await self.tell(identity=identity, status=status)

    async def sends(self, identity: str, action: str, **payload: Any) -> None:
        await self.tell(identity=identity, action=action, **payload)

    async def tell(self, **command: Any) -> None:
        self.commands.write(json.dumps(command).encode() + b"\n")
        async with asyncio.timeout(5):
            await self.replies.readline()
