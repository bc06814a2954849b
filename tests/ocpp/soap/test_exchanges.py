"""Answers that come late, or never; connections that go; and what an endpoint leaves behind."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import pytest

from evconform.http.message import Raw, Response
from evconform.ocpp.channel import NoAnswer
from evconform.ocpp.charge_point import Handshake, NotConnected
from evconform.ocpp.soap.body import NotInSoap
from evconform.ocpp.soap.codec import decode
from tests.ocpp.soap.conftest import message
from tests.ocpp.soap.test_refusals import UNREADABLE

ASK = {"vendorId": "v", "data": "x"}


def withholds(endpoint: Any, action: str = "DataTransfer") -> list[Any]:
    """Leaves CALLs of this action unanswered; the messages that came."""
    held: list[Any] = []
    plain = endpoint.handlers[action]
    endpoint.handlers[action] = lambda *_: None

    def after(message: Any, answer: Any, channel: Any) -> None:
        if answer is None:
            held.append((message, channel))
            endpoint.handlers[action] = plain

    endpoint.after_answer = after
    return held


def test_an_answer_withheld_may_come_later(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        held = withholds(pair.central)
        asking = asyncio.ensure_future(pair.point.channel.call("DataTransfer", ASK))
        await pair.stage.clock.wait(20)
        [(asked, channel)] = held
        channel.called(asked)
        assert (await asking)["data"] == "x"
        assert pair.stage.clock.now() == pytest.approx(20)
        channel.called(asked)  # once more: there is nobody who waits
        assert pair.point.connected

    pair.stage.run(story())


def test_who_hung_up_is_not_answered_and_the_handler_is_not_asked_again(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        held = withholds(pair.central)
        with pytest.raises(NoAnswer):
            await pair.point.channel.call("DataTransfer", ASK, within=8.0)
        await pair.stage.clock.rests()
        [(asked, channel)] = held
        assert asked.exchange.over.done()
        pair.central.handlers["DataTransfer"] = lambda *_: pytest.fail("it is asked again")
        channel.called(asked)

    pair.stage.run(story())


@pytest.mark.parametrize("side", ["central", "point"])
@pytest.mark.parametrize("way", ["abort", "close", "raw", "status"])
def test_a_connection_that_goes_before_the_answer_is_no_answer(pair: Any, side: str, way: str) -> None:
    """The HTTP connection goes in the middle, or what comes is no SOAP."""
    goes: dict[str, Any] = {"close": None, "raw": Raw(b"HTTP/1.1 2"), "status": Response(502, [], b"<html>")}

    async def story() -> None:
        await pair.connects()
        answers, asks = (pair.central, pair.point.channel) if side == "central" else (pair.point, pair.central.channels["CP-1"])
        if way == "abort":
            answers.handlers["DataTransfer"] = lambda *_: [each.abort() for each in [*answers._server.connections]] and None
        else:
            answers.envelopes.append(lambda body: goes[way])
        with pytest.raises(NoAnswer):
            await asks.call("DataTransfer", ASK)
        assert pair.point.connected == (side == "point")
        there = way == "status" or side == "central"
        assert ("CP-1" in pair.central.channels) == there
        assert pair.lost == ([] if there else ["CP-1"])

    pair.stage.run(story())


def test_a_station_that_is_gone_is_no_channel_until_it_speaks_again(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        channel = pair.central.channels["CP-1"]
        await pair.point.disconnect()
        assert channel.connection.open
        with pytest.raises(NoAnswer):
            await channel.call("DataTransfer", ASK)
        assert (pair.lost, pair.central.channels, channel.connection.open) == (["CP-1"], {}, False)
        with pytest.raises(NoAnswer):
            await channel.call("DataTransfer", ASK)  # it goes nowhere
        await pair.connects()
        assert pair.central.channels["CP-1"] is not channel

    pair.stage.run(story())


def test_calls_go_one_after_the_other_and_sent_ones_at_once(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        together: list[int] = []
        under_way = 0

        async def slow(payload: Any, _: Any) -> Any:
            nonlocal under_way
            under_way += 1
            together.append(under_way)
            await pair.stage.clock.wait(1)
            under_way -= 1
            return {"status": "Accepted", "data": payload["data"]}

        pair.central.handlers["DataTransfer"] = slow
        channel = pair.point.channel
        answers = await asyncio.gather(*(channel.call("DataTransfer", ASK | {"data": str(n)}) for n in range(5)))
        assert ([each["data"] for each in answers], together) == (list("01234"), [1] * 5)
        sent = [channel.send_call("DataTransfer", ASK | {"data": str(n)}) for n in range(20)]
        assert channel.calling
        answers = [await answer for _, answer in sent]
        assert [each["data"] for each in answers] == [str(n) for n in range(20)]
        assert together[5:] == list(range(1, 21))
        assert not channel.calling

    pair.stage.run(story())


@pytest.mark.parametrize("abruptly", [False, True])
def test_stopping_ends_what_is_open_on_both_sides(pair: Any, abruptly: bool) -> None:
    async def story() -> None:
        await pair.connects()
        held = [withholds(pair.central), withholds(pair.point)]
        asking = [
            asyncio.ensure_future(each.call("DataTransfer", ASK)) for each in (pair.point.channel, pair.central.channels["CP-1"])
        ]
        await pair.stage.clock.rests()
        await pair.stage.clock.wait(1)
        assert [len(each) for each in held] == [1, 1]
        await pair.point.disconnect(abruptly)
        await pair.central.stop()
        told = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(each) for each in told] == [NoAnswer, NoAnswer]
        assert pair.stage.clock.now() == pytest.approx(1)
        await pair.is_clean()

    pair.stage.run(story())


def test_the_answer_is_in_the_log_when_the_owner_is_told(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        seen: list[tuple[str, int]] = []
        pair.central.after_answer = lambda *_: seen.append((pair.stage.log[-1].kind, pair.stage.wire.n))
        await pair.point.channel.call("DataTransfer", ASK)
        [(kind, n)] = seen
        assert kind == "response"
        assert n == pair.stage.log[-1].n

    pair.stage.run(story())


def test_a_call_tells_its_entry_in_the_log_once_it_is_sent(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        channel = pair.central.channels["CP-1"]
        message_id, answer = channel.send_call("DataTransfer", ASK)
        n = await channel.entry_of(message_id)
        entry = next(each for each in pair.stage.log if each.n == n)
        assert (entry.kind, entry.by) == ("request", "tester")
        assert message_id in entry.data
        await answer
        await pair.point.disconnect()
        message_id, answer = channel.send_call("DataTransfer", ASK)
        with pytest.raises(NoAnswer):
            await channel.sent(message_id)

    pair.stage.run(story())


def test_a_rejected_charge_point_keeps_silent(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        pair.point.answers_calls = lambda: False
        with pytest.raises(NoAnswer):
            await pair.central.channels["CP-1"].call("DataTransfer", ASK, within=4.0)
        assert "CP-1" in pair.central.channels

    pair.stage.run(story())


def test_what_soap_cannot_say_is_the_callers_error(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        for payload in ({"vendorId": "v", "data": "\x00"}, {"vendorId": "v", "what": 1}, {"vendorId": None}):
            with pytest.raises(NotInSoap):
                await pair.point.channel.call("DataTransfer", payload)
        assert not pair.point.channel.calling
        assert pair.point.connected

    pair.stage.run(story())


def test_an_answer_that_soap_cannot_say_is_an_internal_error_and_the_party_s_own(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        pair.central.handlers["DataTransfer"] = lambda *_: {"status": "Accepted", "data": "\x00"}
        response = await pair.posts(message("DataTransfer", {"vendorId": "v"}), "/DataTransfer")
        assert decode(response.body).fault.subcode == "InternalError"
        with pytest.raises(NotInSoap):
            pair.stage.tasks.check()

    pair.stage.run(story())


def test_a_handler_that_breaks_is_an_internal_error(pair: Any) -> None:
    async def breaks(*_: Any) -> Any:
        raise RuntimeError("oh")

    async def story() -> None:
        await pair.listens()
        for handler in (breaks, lambda *_: 1 / 0):
            pair.central.handlers["DataTransfer"] = handler
            response = await pair.posts(message("DataTransfer", {"vendorId": "v"}), "/DataTransfer")
            assert decode(response.body).fault.subcode == "InternalError"
            with pytest.raises((RuntimeError, ZeroDivisionError)):
                pair.stage.tasks.check()

    pair.stage.run(story())


def test_a_large_envelope_is_decoded_aside_and_lab_time_waits_for_it(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        channel = pair.central.channels["CP-1"]
        pair.point.handlers["SendLocalList"] = lambda payload, _: {
            "status": "Accepted" if len(payload["localAuthorizationList"]) == 10_000 else "Failed"
        }
        rows = [{"idTag": f"{n:020}", "idTagInfo": {"status": "Accepted"}} for n in range(10_000)]
        payload = {"listVersion": 1, "localAuthorizationList": rows, "updateType": "Full"}
        for coding in ("", "gzip"):
            pair.central.compresses = coding
            assert (await channel.call("SendLocalList", payload, within=5.0))["status"] == "Accepted"
        assert pair.stage.clock.now() == pytest.approx(0)

    pair.stage.run(story())


def test_connecting_again_after_a_loss_begins_with_a_heartbeat(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        beats: list[str] = []
        pair.central.handlers["Heartbeat"] = lambda _, channel: (
            beats.append(channel.address) or {"currentTime": "2026-01-01T00:00:00Z"}
        )
        handshake = Handshake(pair.central.url, "CP-1")
        address = pair.point.address
        await pair.point.disconnect(abruptly=True)
        await pair.point.connect(handshake)
        assert beats == [address]  # the port is the same again
        pair.central.admit = lambda _: HTTPStatus.SERVICE_UNAVAILABLE
        await pair.point.disconnect(abruptly=True)
        with pytest.raises(NotConnected):
            await pair.point.connect(handshake)
        assert not pair.point.connected
        pair.point.probes = lambda: False
        await pair.point.connect(handshake)
        assert (beats, pair.point.connected) == ([address], True)

    pair.stage.run(story())


def test_a_day_of_heartbeats_costs_no_time_and_leaves_nothing(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        for _ in range(96):
            await pair.stage.clock.wait(900)
            assert await pair.point.channel.call("Heartbeat", {})
        assert len(pair.central._server.connections) == 1

    pair.stage.run(story())


def test_many_requests_on_one_connection_leave_no_callbacks(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        for _ in range(3):
            await pair.posts(message())
        [connection] = pair.central._server.connections
        assert not connection.left._callbacks
        assert not connection.done._callbacks

    pair.stage.run(story())


def test_pipelined_requests_are_answered_in_order(wall_pair: Any) -> None:
    def posted(body: bytes) -> bytes:
        lines = ["POST /Ocpp/CentralSystemService HTTP/1.1", "Host: x", "Content-Type: application/soap+xml"]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body

    async def story() -> None:
        await wall_pair.listens()
        host, port = wall_pair.central.url.split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for each in ("one", "two"):
            writer.write(posted(message("DataTransfer", {"vendorId": "v", "data": each})))
        writer.write_eof()
        text = (await reader.read()).decode()
        assert text.count("HTTP/1.1 200") == 2
        assert text.index("data>one<") < text.index("data>two<")
        writer.close()

    wall_pair.stage.run(story())


def test_a_request_in_chunks_that_waits_to_be_told_to_go_on_is_taken(wall_pair: Any) -> None:
    """As the stacks of .NET and Java send theirs (RFC 9110, 10.1.1; RFC 9112, 7.1)."""
    body = message("DataTransfer", {"vendorId": "v", "data": "x"})
    lines = ["POST /Ocpp/CentralSystemService HTTP/1.1", "Host: x", "Content-Type: application/soap+xml"]
    head = "\r\n".join([*lines, "Expect: 100-continue", "Transfer-Encoding: chunked", "", ""]).encode()

    async def story() -> None:
        await wall_pair.listens()
        host, port = wall_pair.central.url.split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        for part in (body[:100], body[100:], b""):
            writer.write(b"%x\r\n%b\r\n" % (len(part), part))
        writer.write_eof()
        assert b"<ocpp:data>x<" in await reader.read()
        writer.close()

    wall_pair.stage.run(story())


def test_a_stranger_s_half_request_harms_nobody(wall_pair: Any) -> None:
    async def story() -> None:
        await wall_pair.listens()
        half = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"
        assert (await wall_pair.client.sends(wall_pair.central.url, half, ends=True)).status == 400
        assert (await wall_pair.posts(message())).status == 200

    wall_pair.stage.run(story())


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_answer_that_is_no_message_is_none(pair: Any, name: str) -> None:
    async def story() -> None:
        await pair.connects()
        pair.point.envelopes.append(lambda body: UNREADABLE[name][0])
        with pytest.raises(NoAnswer, match="no message of OCPP"):
            await pair.central.channels["CP-1"].call("DataTransfer", ASK)
        pair.point.envelopes.clear()
        assert await pair.central.channels["CP-1"].call("DataTransfer", ASK)

    pair.stage.run(story())


def test_an_answer_that_the_schema_refuses_is_one_all_the_same(pair: Any) -> None:
    """As over OCPP-J: what is wrong with it is for the judge."""

    async def story() -> None:
        await pair.connects()
        pair.point.envelopes.append(lambda body: body.replace(b"Accepted", b"Maybe").replace(b"RelatesTo", b"IsAbout"))
        assert await pair.central.channels["CP-1"].call("DataTransfer", ASK) == {"status": "Maybe", "data": "x"}

    pair.stage.run(story())
