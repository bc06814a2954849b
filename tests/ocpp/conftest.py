"""What these files need: a stage with both endpoints of OCPP-J, and raw WebSocket bytes."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from evconform.harness.clock import LabLoop
from evconform.ocpp.central_system import CentralSystemEndpoint
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake
from tests.stage import Stage


class OcppStage(Stage):
    """Where a tapped central system and charge points face each other."""

    async def central_system(self, tls: Any = None, path: str = "/ocpp") -> CentralSystemEndpoint:
        """Listens, with the wire log, and echoes every DataTransfer."""
        central = CentralSystemEndpoint(self.clock, self.tasks, self.wire)
        central.handlers["DataTransfer"] = lambda payload, _: {"status": "Accepted", "data": payload.get("data", "")}
        await central.listen(f"ws://127.0.0.1:0{path}", tls)
        self.leave.append(central.stop)
        return central

    async def charge_point(self, central: CentralSystemEndpoint, identity: str = "CP-1", **how: Any) -> ChargePointEndpoint:
        """Connects, and echoes every DataTransfer."""
        point = ChargePointEndpoint(self.clock, self.tasks)
        point.handlers["DataTransfer"] = lambda payload, _: {"status": "Accepted", "data": payload.get("data", "")}
        await point.connect(Handshake(central.url, identity, **how))
        self.leave.insert(0, lambda: point.disconnect(abruptly=True))
        return point

    async def pair(self) -> tuple[Any, Any]:
        """The channels of a connected pair: the charge point's, the central system's."""
        central = await self.central_system()
        point = await self.charge_point(central)
        await self.until(lambda: central.channels)
        return point.channel, central.channels["CP-1"]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[OcppStage]:
    """A stage on lab time."""
    stage = OcppStage(LabLoop(), tmp_path / "wire.jsonl")
    yield stage
    stage.close()


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[OcppStage]:
    """A stage on wall time, for raw sockets."""
    stage = OcppStage(asyncio.new_event_loop(), tmp_path / "wire.jsonl")
    yield stage
    stage.close()


def frame(
    opcode: int, data: bytes = b"", *, mask: bool = True, fin: bool = True, rsv: int = 0, length: int | None = None
) -> bytes:
    """The bytes of a WebSocket frame (RFC 6455, 5.2), legal or not; ``length``: what its header claims."""
    claimed = len(data) if length is None else length
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if mask else 0
    if claimed < 126:
        head += bytes([bit | claimed])
    elif claimed < 65_536:
        head += struct.pack("!BH", bit | 126, claimed)
    else:
        head += struct.pack("!BQ", bit | 127, claimed)
    return head + (masked(data, b"\x11\x22\x33\x44") if mask else data)


def masked(data: bytes, key: bytes) -> bytes:
    """The masking key and what it makes of the data (RFC 6455, 5.3)."""
    stream = (key * (len(data) // 4 + 1))[: len(data)]
    return key + (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")


@pytest.fixture(scope="session")
def ws_frame() -> Callable[..., bytes]:
    return frame


KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Raw:
    """A raw TCP client or server side of a WebSocket connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def shakes(self, facing: Any) -> None:
        """As a client: a proper opening handshake."""
        secret = base64.b64encode(f"{facing.identity}:{facing.password}".encode()).decode()
        lines = [f"GET /ocpp/{quote(facing.identity, safe='')} HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [
            f"Sec-WebSocket-Key: {KEY}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: ocpp1.6",
            f"Authorization: Basic {secret}",
        ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        assert (await self.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")

    async def agrees(self) -> None:
        """As a server: agrees to an opening handshake."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
        accept = base64.b64encode(hashlib.sha1((key + MAGIC).encode()).digest()).decode()
        lines = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept}",
        ]
        self.writer.write("\r\n".join([*lines, "Sec-WebSocket-Protocol: ocpp1.6", "", ""]).encode())

    async def says(self, data: bytes) -> bytes:
        """Sends it, ends the stream, and reads all that comes."""
        self.writer.write(data)
        self.writer.write_eof()
        with contextlib.suppress(ConnectionError):
            heard, _ = await asyncio.gather(self.reader.read(-1), self.writer.drain())
            self.writer.close()
            return bytes(heard)
        self.writer.close()
        return b""


@pytest.fixture(scope="session")
def raw() -> type[Raw]:
    return Raw
