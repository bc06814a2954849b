"""What a peer sends costs no more than ``limits`` allow, and the log says what was refused."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any
from urllib.parse import urlsplit

import pytest

from evconform.ocpp import limits
from evconform.ocpp.tap import Tap
from evconform.ocpp.websocket import Connection

REQUEST = b"GET /ocpp/CP-1 HTTP/1.1\r\nHost: x\r\n\r\n"
LIMIT = 5000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MESSAGE_AT_MOST", LIMIT)


def tapped(stage: Any, *pieces: bytes, end: str = "") -> list[tuple[str, Any, dict[str, Any]]]:
    """Kind, data and facts of what a tap logs of the SUT's bytes, the SUT being the client."""
    tap = Tap(stage.wire, "sut")
    for data in (REQUEST, *pieces):
        tap.passes("sut", data)
    if end:
        tap.ends("sut", end)
    return [(e.kind, e.data, e.facts) for e in stage.log if e.conn == tap.conn][1:]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("mask", [True, False])
@pytest.mark.parametrize("step", [1, 7, 1000, 10_000])
def test_a_frame_that_is_too_long_stands_with_length_and_digest_however_it_was_cut(
    lab: Any, ws_frame: Any, step: int, mask: bool
) -> None:
    data = bytes(range(65, 91)) * 300
    said = ws_frame(9, b"?") + ws_frame(1, data, mask=mask)
    [ping, header, passed] = tapped(lab, *(said[i : i + step] for i in range(0, len(said), step)))
    assert ping[0] == "ping"
    assert header == ("too-long", "", {"opcode": "text", "length": 7800} | ({} if mask else {"masked": False}))
    assert passed[1] == data[: limits.KEPT_OF_TOO_LONG].decode()
    assert passed[2] | {"of": 0} == {"of": 0, "length": 7800, "sha256": hashlib.sha256(data).hexdigest()}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("came", [0, 100])
def test_a_frame_that_only_says_that_it_is_long(lab: Any, ws_frame: Any, came: int) -> None:
    [header, passed, lost] = tapped(lab, ws_frame(1, b"x" * came, length=100 * 2**20), end="lost")
    assert header[2] == {"opcode": "text", "length": 100 * 2**20}
    assert passed[1] == "x" * came
    assert (passed[2]["length"], passed[2]["cut"]) == (came, True)
    assert lost[0] == "lost"


@pytest.mark.usefixtures("small")
def test_parts_that_are_too_long_together_and_what_follows_them(lab: Any, ws_frame: Any) -> None:
    part = b"x" * 2000
    parts = ws_frame(1, part, fin=False) + ws_frame(9) + ws_frame(0, part, fin=False) + ws_frame(0, part, fin=False)
    got = tapped(lab, parts + ws_frame(0, b"y"))
    assert [kind for kind, _, _ in got] == ["text", "ping", "continuation", "too-long", "bytes", "too-long", "bytes"]
    assert got[3][2] == {"opcode": "continuation", "length": 2000, "fin": False}


@pytest.mark.usefixtures("small")
def test_the_limit_is_for_one_message(lab: Any, ws_frame: Any) -> None:
    parts = (ws_frame(1, b"x" * 3000, fin=False) + ws_frame(0, b"x" * 2000)) * 3
    assert [kind for kind, _, _ in tapped(lab, parts)] == ["text", "continuation"] * 3


@pytest.mark.parametrize("step", [1, 3000])
def test_of_bytes_that_are_no_frame_the_first_are_logged_and_the_rest_counted(lab: Any, monkeypatch: Any, step: int) -> None:
    monkeypatch.setattr(limits, "BYTES_AT_MOST", 20 * limits.BYTES_AN_ENTRY)
    tap = Tap(lab.wire, "sut")
    tap.passes("sut", b"x" * 70_000)
    for _ in range(50):
        tap.passes("sut", b"y" * step)
    tap.ends("sut", "lost")
    logged = [e for e in lab.log if e.kind == "bytes"]
    assert len(logged) <= 21
    assert sum(len(e.data) for e in logged) + logged[-1].facts["unlogged"] == 70_000 + 50 * step


async def dial(stage: Any) -> tuple[Any, Any, Any]:
    central = await stage.central_system()
    parts = urlsplit(central.url)
    return central, *await asyncio.open_connection(parts.hostname, parts.port)


def test_a_head_that_does_not_end_in_time_ends_the_connection(wall: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "HEAD_WITHIN", 0.05)

    async def story() -> None:
        _, reader, writer = await dial(wall)
        writer.write(REQUEST[:20])
        assert await reader.read() == b""
        writer.close()

    wall.run(story())
    assert [(e.kind, e.by) for e in wall.log] == [("open", "sut"), ("bytes", "sut"), ("lost", "tester")]


def test_a_connection_that_is_open_in_time_stays(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        await lab.clock.wait(2 * limits.HEAD_WITHIN)
        assert await point.call("DataTransfer", {"vendorId": "v"})
        assert central.connection.open

    lab.run(story())


def test_the_oldest_stranger_makes_room_and_the_charge_point_stays(wall: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS_AT_MOST", 4)

    async def story() -> None:
        central = await wall.central_system()
        point = await wall.charge_point(central)
        parts = urlsplit(central.url)
        storm = [await asyncio.open_connection(parts.hostname, parts.port) for _ in range(20)]
        for reader, _ in storm[:16]:
            assert await reader.read() == b""
        assert await point.channel.call("DataTransfer", {"vendorId": "v"})
        for _, writer in storm:
            writer.close()

    wall.run(story())


def test_who_does_not_read_is_not_read(wall: Any, ws_frame: Any, raw: Any, monkeypatch: Any) -> None:
    """A flood of pings whose pongs nobody takes stops in the kernel, not in our memory."""
    pause, paused = Connection.pause_writing, asyncio.Event()
    monkeypatch.setattr(Connection, "pause_writing", lambda self: (pause(self), paused.set()))

    class Known:
        identity, password = "CP-1", ""

    async def story() -> None:
        central, reader, writer = await dial(wall)
        await raw(reader, writer).shakes(Known)
        reader._transport.pause_reading()
        writer.write(ws_frame(9, b"x" * 125) * 300_000)  # 39 MB
        await paused.wait()
        assert not central.channels["CP-1"].connection.transport.is_reading()
        writer.transport.abort()

    wall.run(story())
    assert 0 < len(wall.seen("ping")) < 300_000
