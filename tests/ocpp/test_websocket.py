"""A connection of ours, both ends of it on real sockets: big, cut, illegal and half-dead ones."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from evconform.ocpp.channel import NoAnswer

MIB = 2**20


def test_16_mib_pass_both_ways(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        big = "ü" * (8 * MIB)
        for channel in (point, central):
            answer = await channel.call("DataTransfer", {"vendorId": "v", "data": big})
            assert answer == {"status": "Accepted", "data": big}

    lab.run(story())
    assert [len(e.data) > 8 * MIB for e in lab.seen("text")] == [True] * 4


def test_more_than_32_mib_are_refused_with_1009_and_logged(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        point.connection.send('"' + "x" * (32 * MIB))
        await central.connection.closed()

    lab.run(story())
    assert [e.facts["code"] for e in lab.seen("close", by="tester")] == [1009]
    [said, passed] = lab.seen("too-long", "bytes", by="sut")
    assert said.facts == {"opcode": "text", "length": 32 * MIB + 1}
    assert said.n < lab.seen("close", by="tester")[0].n
    assert (passed.facts["of"], passed.facts["length"], len(passed.data)) == (said.n, 32 * MIB + 1, 1024)


def test_fragments_of_more_than_32_mib_are_refused_with_1009(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        point.connection.send_fragments(["x" * (11 * MIB)] * 3)
        await central.connection.closed()

    lab.run(story())
    assert [e.facts["code"] for e in lab.seen("close", by="tester")] == [1009]


@pytest.mark.parametrize("size", [1, 7, 40])
def test_fragments_with_pings_between_are_one_message(lab: Any, size: int) -> None:
    text = '[2,"f","DataTransfer",{"vendorId":"v","data":"ü☃"}]'
    parts = [text[i : i + size] for i in range(0, len(text), size)]

    async def story() -> None:
        point, _ = await lab.pair()
        point.connection.send_fragments(parts, ping_between=True)
        await lab.until(lambda: lab.seen("text", by="tester"))

    lab.run(story())
    assert len(lab.seen("pong", by="tester")) == len(parts) - 1
    assert [e.data for e in lab.seen("text", by="tester")] == ['[3,"f",{"status":"Accepted","data":"ü☃"}]']


def test_a_character_may_be_cut_by_a_fragment(wall: Any, ws_frame: Any) -> None:
    text = '[2,"f","DataTransfer",{"vendorId":"v","data":"☃"}]'.encode()
    cut = text.index("☃".encode()) + 1

    async def story() -> None:
        point, _ = await wall.pair()
        point.connection.write(ws_frame(1, text[:cut], fin=False) + ws_frame(0, text[cut:]))
        await wall.until(lambda: wall.seen("text", by="tester"))

    wall.run(story())
    assert [e.data for e in wall.seen("text", by="tester")] == ['[3,"f",{"status":"Accepted","data":"☃"}]']


def test_a_binary_message_is_logged_and_not_answered(lab: Any) -> None:
    async def story() -> None:
        point, _ = await lab.pair()
        point.connection.send_binary(b'[2,"b","DataTransfer",{"vendorId":"v"}]')
        await point.call("DataTransfer", {"vendorId": "v"})

    lab.run(story())
    assert [e.data for e in lab.seen("binary", by="sut")] == [b'[2,"b","DataTransfer",{"vendorId":"v"}]']
    assert len(lab.seen("text", by="tester")) == 1


@pytest.mark.parametrize("parts", [1, 2])
def test_invalid_utf8_is_closed_with_1007_and_nothing_after_it_is_heard(lab: Any, ws_frame: Any, parts: int) -> None:
    bad = ws_frame(1, b'"\xff"') if parts == 1 else ws_frame(1, b'"\xff', fin=False) + ws_frame(0, b'"')
    good = ws_frame(1, b'[2,"g","DataTransfer",{"vendorId":"v"}]')
    heard: list[Any] = []

    async def story() -> None:
        point, central = await lab.pair()
        central.owner.handlers["DataTransfer"] = lambda payload, _: heard.append(payload) or {"status": "Accepted"}
        point.connection.write(bad + good)
        await central.connection.closed()

    lab.run(story())
    assert [e.facts["code"] for e in lab.seen("close", by="tester")] == [1007]
    assert heard == []
    assert lab.seen("text", by="sut")[-1].data == '[2,"g","DataTransfer",{"vendorId":"v"}]'


@pytest.mark.parametrize("who", ["point", "central"])
def test_a_half_open_socket_gives_no_answer_and_no_harm(lab: Any, who: str) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        stalled, asks = (point, central) if who == "point" else (central, point)
        stalled.connection.stall()
        began = lab.clock.now()
        with pytest.raises(NoAnswer, match="not answered"):
            await asks.call("DataTransfer", {"vendorId": "v"}, within=5.0)
        assert lab.clock.now() - began == pytest.approx(5.0)
        assert asks.connection.open
        stalled.connection.abort()
        await asks.connection.closed()

    lab.run(story())


@pytest.mark.parametrize("who", ["point", "central"])
def test_an_abort_ends_both_ends_without_a_close_frame(lab: Any, who: str) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        (point if who == "point" else central).connection.abort()
        await asyncio.gather(point.connection.closed(), central.connection.closed())

    lab.run(story())
    assert lab.seen("close") == []
    assert lab.seen("eof", "lost")[0].by == ("sut" if who == "point" else "tester")
    assert len(lab.seen("lost")) == 1


def test_what_came_before_a_half_close_is_answered(wall: Any) -> None:
    async def story() -> None:
        point, central = await wall.pair()
        point.connection.send('[2,"h","DataTransfer",{"vendorId":"v"}]')
        point.connection.transport.write_eof()
        await asyncio.gather(point.connection.closed(), central.connection.closed())

    wall.run(story())
    assert [e.kind for e in wall.log if e.kind in ("text", "eof", "lost")] == ["text", "text", "eof", "eof", "lost"]


@pytest.mark.parametrize("who", ["point", "central"])
def test_a_close_is_answered_and_both_ends_end_at_once(lab: Any, who: str) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        began = lab.clock.now()
        (point if who == "point" else central).connection.close(1000, "enough")
        await asyncio.gather(point.connection.closed(), central.connection.closed())
        assert lab.clock.now() == began

    lab.run(story())
    assert [(e.facts["code"], e.data) for e in lab.seen("close")] == [(1000, "enough")] * 2


def test_a_close_that_is_not_answered_ends_after_ten_seconds(lab: Any) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        point.connection.stall()
        began = lab.clock.now()
        central.connection.close()
        await central.connection.closed()
        assert lab.clock.now() - began == pytest.approx(10.0)

    lab.run(story())


@pytest.mark.parametrize("verb", ["send", "close", "abort"])
def test_a_closed_connection_takes_every_verb_in_silence(lab: Any, verb: str) -> None:
    async def story() -> None:
        point, central = await lab.pair()
        central.connection.abort()
        await asyncio.gather(point.connection.closed(), central.connection.closed())
        before = lab.wire.n
        getattr(central.connection, verb)(*(("x",) if verb == "send" else ()))
        assert lab.wire.n == before

    lab.run(story())


def test_an_answer_to_an_id_with_a_lone_surrogate_is_utf8(lab: Any) -> None:
    async def story() -> None:
        point, _ = await lab.pair()
        point.connection.send('[2,"\\ud800","DataTransfer",{"vendorId":"v"}]')
        await lab.until(lambda: lab.seen("text", by="tester"))

    lab.run(story())
    assert isinstance(lab.seen("text", by="tester")[0].data, str)
