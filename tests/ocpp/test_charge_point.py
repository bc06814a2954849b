"""OCPP-J 1.6, chapter 3: how the charge point's endpoint dials, and what it says when that fails."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize(
    ("identity", "last"),
    [("CP 1/ä", "CP%201%2F%C3%A4"), ("100%", "100%25"), ("a?b#c", "a%3Fb%23c"), ("x~._-", "x~._-"), ("+", "%2B")],
)
@pytest.mark.parametrize("url", ["ws://h:1/ocpp", "ws://h:1/ocpp/"])
def test_the_connection_url_ends_in_the_encoded_identity(url: str, identity: str, last: str) -> None:
    assert Handshake(url, identity).connection_url == f"ws://h:1/ocpp/{last}"


def test_the_user_name_is_the_identity() -> None:
    said = Handshake("ws://h", "CP 1/ä", "pass:ö").authorization()
    assert base64.b64decode(said.removeprefix("Basic ")).decode() == "CP 1/ä:pass:ö"


async def listen(stage: Any, serve: Serve) -> str:
    """A raw server that speaks as it is told; its URL."""
    over: set[asyncio.Task[Any]] = set()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over.add(asyncio.ensure_future(served(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)

    async def stop() -> None:
        server.close()
        for task in over:
            task.cancel()
        await asyncio.gather(*over, return_exceptions=True)

    stage.leave.append(stop)
    return f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ocpp"


async def agree(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subprotocol: str = "ocpp1.6") -> None:
    """Reads an opening handshake and answers it with 101."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    answer = (
        f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
    )
    writer.write((answer + (f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else "") + "\r\n").encode())


def point_on(stage: Any) -> ChargePointEndpoint:
    point = ChargePointEndpoint(stage.clock, stage.tasks, stage.wire)
    stage.leave.insert(0, lambda: point.disconnect(abruptly=True))
    return point


REFUSALS: list[tuple[bytes, int | None]] = [
    (b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 404),
    (b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", 401),
    (b"HTTP/1.1 302 Found\r\nLocation: ws://elsewhere/\r\nContent-Length: 0\r\n\r\n", 302),
    (b"HTTP/1.1 200 OK\r\n\r\nhello", 200),
    (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", None),
    (b"HTTP/1.1 \xb2 Odd\r\n\r\n", None),
    (b"HTTP/1.0 101 OK\r\n\r\n", None),
    (b"SSH-2.0-OpenSSH_9.6\r\n", None),
    (b"\x00\xff" * 5000, None),
    (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", None),
    (b"", None),
]


@pytest.mark.parametrize(("says", "status"), REFUSALS, ids=[repr(says[:24]) for says, _ in REFUSALS])
def test_what_is_no_agreement_is_no_connection_and_is_logged(wall: Any, says: bytes, status: int | None) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(says)
        await writer.drain()

    async def story() -> None:
        point = point_on(wall)
        with pytest.raises(NotConnected) as caught:
            await point.connect(Handshake(await listen(wall, serve), "CP-1"))
        assert caught.value.status == status
        assert not point.connected

    wall.run(story())
    said = "".join(
        e.data if isinstance(e.data, str) else e.data.decode("latin-1") for e in wall.seen("response", "bytes", by="sut")
    )
    assert bool(said) == bool(says)


def test_nobody_listens_is_no_connection(wall: Any) -> None:
    async def story() -> None:
        url = await listen(wall, agree)
        await wall.leave.pop()()
        with pytest.raises(NotConnected, match="ConnectionRefusedError"):
            await point_on(wall).connect(Handshake(url, "CP-1"))

    wall.run(story())


def silent_first() -> Serve:
    """Says nothing to the first connection, and agrees with every other."""
    seen: list[asyncio.StreamReader] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(reader)
        if len(seen) > 1:
            await agree(reader, writer)
        await reader.read(-1)

    return serve


def test_silence_is_no_connection_and_the_next_one_is_not_harmed_by_it(wall: Any) -> None:
    async def story() -> None:
        url = await listen(wall, silent_first())
        point = point_on(wall)
        with pytest.raises(NotConnected, match="TimeoutError"):
            await point.connect(Handshake(url, "CP-1", within=0.05))
        channel = await point.connect(Handshake(url, "CP-1"))
        assert channel.connection.open

    wall.run(story())
    assert [e.data.split(" ")[1] for e in wall.seen("response")] == ["101"]


def test_a_central_system_that_agrees_on_none_leaves_no_subprotocol(wall: Any) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await agree(reader, writer, "")
        await reader.read(-1)

    async def story() -> None:
        point = point_on(wall)
        await point.connect(Handshake(await listen(wall, serve), "CP-1"))
        assert point.subprotocol is None

    wall.run(story())


def test_a_subprotocol_that_was_not_offered_is_no_connection(wall: Any) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await agree(reader, writer, "ocpp9")
        await reader.read(-1)

    async def story() -> None:
        with pytest.raises(NotConnected):
            await point_on(wall).connect(Handshake(await listen(wall, serve), "CP-1", within=5.0))

    wall.run(story())
    assert "ocpp9" in wall.seen("response")[0].data


def test_the_owner_is_told_of_a_loss_once(lab: Any) -> None:
    lost: list[bool] = []

    async def story() -> None:
        central = await lab.central_system()
        point = await lab.charge_point(central)
        point.on_lost = lambda: lost.append(point.connected)
        await point.disconnect()
        await point.disconnect()
        await point.connect(Handshake(central.url, "CP-1"))
        assert point.connected

    lab.run(story())
    assert lost == [False]
