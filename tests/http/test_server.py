"""The tester's server, and what a SUT may do to it."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from typing import Any

import httpx
import pytest

from evconform.http import limits
from evconform.http.message import Raw, Request, Response, parse

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


async def echo(request: Request, _: Any) -> Response:
    return Response(200, [("X-Target", request.target)], request.body)


def statuses(heard: bytes) -> list[int]:
    return [int(part[:3]) for part in heard.split(b"HTTP/1.1 ")[1:]]


def test_pipelined_requests_are_answered_in_order(stage: Any, mouth: Any) -> None:
    waits = {"/0": 3.0, "/1": 0.0, "/2": 1.0}

    async def slowly(request: Request, _: Any) -> Response:
        await stage.clock.wait(waits[request.path] if stage.clock.kind == "lab" else 0)
        return Response(200, [("X-Target", request.target)])

    async def story() -> bytes:
        url, _ = await stage.pair(slowly)
        client = await mouth(stage.clock, url)
        client.write(b"".join(f"GET /{i} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for i in range(3)))
        heard: bytes = await client.hears(b"X-Target: /2")
        client.close()
        return heard

    heard = stage.run(story())
    assert [heard.index(f"X-Target: /{i}".encode()) for i in range(3)] == sorted(
        heard.index(f"X-Target: /{i}".encode()) for i in range(3)
    )
    assert [e.kind for e in stage.log if e.kind in ("request", "response")] == ["request"] * 3 + ["response"] * 3


BROKEN = {
    "no HTTP": (b"hello there\r\n\r\n", 400),
    "TLS at a plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello", 400),
    "no version": (b"GET /\r\n\r\n", 400),
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "a line without a colon": (b"GET / HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n", 400),
    "a space before the colon": (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    "NUL in a value": (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400),
    "two lengths": (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    "no number": (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n", 400),
    "unknown coding": (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    "bad chunk": (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "a head without end": (b"GET / HTTP/1.1\r\nX: " + b"x" * (limits.HEAD_AT_MOST + 10), 431),
    "a body that says it is too long": (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413),
    "half a head": (GET[:-2], 400),
    "half a body": (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", 400),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_refused_and_the_server_lives_on(name: str, stage: Any, mouth: Any) -> None:
    data, status = BROKEN[name]

    async def story() -> tuple[bytes, Response]:
        url, client = await stage.pair(echo)
        broken = await mouth(stage.clock, url)
        broken.write(data)
        if name.startswith("half"):
            broken.ends()
        heard = await broken.hears()
        broken.close()
        return heard, await client.request(url, Request("GET"))

    heard, after = stage.run(story())
    assert statuses(heard) == [status]
    assert b"Connection: close" in heard
    assert after.status == 200
    assert next(e.kind for e in stage.seen("garbage", "too-long", "request", by="sut")) in ("garbage", "too-long", "request")
    assert [parse(e).status for e in stage.seen("response")] == [status, 200]


def test_a_hundred_megabytes_are_refused_and_not_held(stage: Any, mouth: Any) -> None:
    total = 100 * 2**20

    async def story() -> tuple[list[int], int]:
        url, _ = await stage.pair(echo)
        found = []
        tracemalloc.start()
        for head in (b"Content-Length: %d\r\n\r\n" % total, b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % total):
            client = await mouth(stage.clock, url)
            client.write(b"PUT / HTTP/1.1\r\nHost: x\r\n" + head)
            for _ in range(total // 2**20):
                client.write(bytes(2**20))
                await client.drained()
            await client.hears()
            found += statuses(client.heard)
            client.close()
            await client.closed()
        await stage.until(lambda: len(stage.seen("discarded")) == 2)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found, peak

    found, peak = stage.run(story())
    assert found == [413, 413]
    assert peak < limits.BODY_AT_MOST + 16 * 2**20
    assert [e.facts["what"] for e in stage.seen("too-long")] == ["body", "body"]
    assert [e.facts["of"] for e in stage.seen("discarded")] == [e.n for e in stage.seen("too-long")]


def test_a_body_that_grows_too_long_is_held_to_the_limit_only(stage: Any, mouth: Any) -> None:
    async def story() -> list[int]:
        url, _ = await stage.pair(echo)
        client = await mouth(stage.clock, url)
        client.write(b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(limits.BODY_AT_MOST // 2**20 + 1):
            client.write(b"100000\r\n" + bytes(2**20) + b"\r\n")
            await client.drained()
        await client.hears()
        client.close()
        return statuses(client.heard)

    assert stage.run(story()) == [413]


def test_a_slow_body_is_waited_for_and_a_slower_one_is_not(lab: Any, mouth: Any) -> None:
    async def story(pause: float) -> bytes:
        url, _ = await lab.pair(echo)
        client = await mouth(lab.clock, url)
        client.write(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
        for i in range(10):
            await lab.clock.wait(pause)
            client.write(b"%d" % i)
        heard: bytes = await client.hears(b"0123456789" if pause < 12 else None)
        client.close()
        return heard

    assert statuses(lab.run(story(11))) == [200]
    assert statuses(lab.run(story(13))) == [408]
    assert parse(lab.seen("response")[-1]).body == b"the request was not complete after 120 s\n"


def test_an_idle_connection_stays(lab: Any, mouth: Any) -> None:
    async def story() -> list[int]:
        url, _ = await lab.pair(echo)
        client = await mouth(lab.clock, url)
        for _ in range(3):
            await lab.clock.wait(86_400)
            client.heard = b""
            client.write(b"\r\n" + GET)
            await client.hears(b"\r\n\r\n")
        client.close()
        return statuses(client.heard)

    assert lab.run(story()) == [200]
    assert len(lab.seen("open")) == 1


def test_http_1_0_ends_with_the_answer(stage: Any, mouth: Any) -> None:
    async def story() -> bytes:
        url, _ = await stage.pair(echo)
        client = await mouth(stage.clock, url)
        client.write(b"GET /old HTTP/1.0\r\n\r\n")
        heard: bytes = await client.hears()
        client.close()
        return heard

    assert b"X-Target: /old" in stage.run(story())
    assert parse(stage.seen("request")[0]).version == "1.0"
    assert stage.log[-1].kind == "close"


def test_responses_without_a_body(stage: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "TRUSTED_AFTER", 0)
    monkeypatch.setattr(limits, "REUSED_WITHIN", 60)

    async def says(request: Request, _: Any) -> Response:
        return Response(int(request.path[-3:]), body=b"body")

    async def story() -> list[tuple[int, bytes]]:
        url, client = await stage.pair(says)
        asked = [("HEAD", 200), ("GET", 204), ("GET", 304), ("GET", 200)]
        answers = [await client.request(f"{url}/{status}", Request(method)) for method, status in asked]
        return [(answer.status, answer.body) for answer in answers]

    assert stage.run(story()) == [(200, b""), (204, b""), (304, b""), (200, b"body")]
    assert len(stage.seen("open")) == 1


def test_who_asks_whether_to_go_on_may(stage: Any, mouth: Any) -> None:
    async def story() -> bytes:
        url, _ = await stage.pair(echo)
        client = await mouth(stage.clock, url)
        client.write(b"PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        await client.hears(b"100 Continue\r\n\r\n")
        client.write(b"body")
        heard: bytes = await client.hears(b"\r\n\r\nbody")
        client.close()
        return heard

    assert statuses(stage.run(story())) == [100, 200]
    assert [parse(e).status for e in stage.seen("response")] == [100, 200]


def test_an_upgrade_is_answered_as_if_it_had_not_been_asked_for(stage: Any, mouth: Any) -> None:
    async def story() -> bytes:
        url, _ = await stage.pair(echo)
        client = await mouth(stage.clock, url)
        client.write(b"GET /u HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + GET)
        heard: bytes = await client.hears(b"X-Target: /a")
        client.close()
        return heard

    assert statuses(stage.run(story())) == [200, 200]


def test_compressed_requests_are_read(stage: Any) -> None:
    async def story() -> Response:
        url, client = await stage.pair(echo)
        body = gzip.compress(b"hello" * 1000, mtime=0)
        return await client.request(url, Request("PUT", headers=[("Content-Encoding", "gzip")], body=body))

    assert stage.run(story()).body == b"hello" * 1000
    assert stage.seen("request")[0].facts == {"encoding": "gzip"}


def test_raw_bytes_are_sent_as_they_are(stage: Any, mouth: Any) -> None:
    async def says(request: Request, _: Any) -> Raw | None:
        answers = {"/on": Raw(b"HTTP/1.1 200 Fine\nContent-Length: 0\n\n", closes=False), "/end": Raw(b"nothing of HTTP")}
        return answers.get(request.path)

    async def story() -> list[bytes]:
        url, _ = await stage.pair(says)
        heard = []
        for last in ("/end", "/none"):
            client = await mouth(stage.clock, url)
            client.write(b"GET /on HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + f"GET {last} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            heard.append(await client.hears())
            client.close()
        return heard

    on = b"HTTP/1.1 200 Fine\nContent-Length: 0\n\n" * 2
    assert stage.run(story()) == [on + b"nothing of HTTP", on]
    assert [e.kind for e in stage.log if e.by == "tester"] == [
        "response",
        "response",
        "garbage",
        "close",
        "response",
        "response",
        "close",
    ]


@pytest.mark.parametrize("header", [("X-A", "a\r\nX-B: b"), ("X A", "a"), ("X-A", "a\0")])
def test_what_would_inject_a_header_is_a_bug_of_ours_and_not_sent(header: tuple[str, str], stages: Any) -> None:
    stage = stages("lab")

    async def says(_: Request, __: Any) -> Response:
        return Response(200, [header])

    async def story() -> None:
        url, client = await stage.pair(says)
        with pytest.raises(Exception, match="closed before the answer"):
            await client.request(url, Request("GET"))

    stage.run(story())
    assert stage.seen("response") == []
    with pytest.raises(ValueError, match="this is no response"):
        stage.tasks.check()


def test_a_handler_that_dies_is_told(stages: Any) -> None:
    stage = stages("lab")

    async def dies(_: Request, __: Any) -> Response:
        raise LookupError("a bug")

    async def story() -> None:
        url, client = await stage.pair(dies)
        with pytest.raises(Exception, match="closed before the answer"):
            await client.request(url, Request("GET"))

    stage.run(story())
    with pytest.raises(LookupError, match="a bug"):
        stage.tasks.check()


@pytest.mark.parametrize("goes", ["abort", "close"])
def test_a_connection_may_go_in_the_midst_of_a_message(goes: str, stage: Any, mouth: Any) -> None:
    async def story() -> Response:
        url, client = await stage.pair(echo)
        broken = await mouth(stage.clock, url)
        broken.write(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        getattr(broken, goes)()
        await broken.closed()
        return await client.request(url, Request("GET"))

    assert stage.run(story()).status == 200
    [cut] = stage.seen("garbage")
    assert (cut.by, cut.facts) == ("sut", {"of": "request", "cut": True})
    assert [e.kind for e in stage.log if e.conn == "c1"][-1] in ("close", "lost")


def test_who_ended_its_stream_is_answered(stage: Any, mouth: Any) -> None:
    """It may have closed, or only have nothing more to say (RFC 9112, 9.6)."""
    goes = asyncio.Event()

    async def waits(_: Request, __: Any) -> Response:
        await goes.wait()
        return Response(200)

    async def story() -> bytes:
        url, _ = await stage.pair(waits)
        client = await mouth(stage.clock, url)
        client.write(GET)
        client.ends()
        await stage.until(lambda: stage.seen("eof"))
        goes.set()
        heard: bytes = await client.hears()
        client.close()
        return heard

    assert statuses(stage.run(story())) == [200]
    assert [e.kind for e in stage.log] == ["open", "request", "eof", "response", "close"]


def test_of_too_many_connections_the_one_that_has_been_idle_for_longest_goes(stage: Any, mouth: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS_AT_MOST", 3)

    async def story() -> list[bool]:
        url, _ = await stage.pair(echo)
        clients = []
        for _ in range(4):
            clients.append(client := await mouth(stage.clock, url))
            client.write(GET)
            await client.hears(b"\r\n\r\n")
        await clients[0].hears()
        over = [client.is_over for client in clients]
        for client in clients:
            client.close()
        return over

    assert stage.run(story()) == [True, False, False, False]


def test_a_flood_of_requests_is_read_as_it_is_answered(stage: Any, mouth: Any) -> None:
    async def story() -> int:
        url, _ = await stage.pair(echo)
        client = await mouth(stage.clock, url)
        request = b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + bytes(100_000)
        for _ in range(60):
            client.write(request)
        client.write(b"GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
        await client.hears(b"last")
        client.close()
        return len(statuses(client.heard))

    assert stage.run(story()) == 61


def test_httpx_as_foreign_client(wall: Any) -> None:
    async def story() -> list[httpx.Response]:
        url, _ = await wall.pair(echo)
        async with httpx.AsyncClient(trust_env=False) as client:

            async def parts() -> Any:
                yield b"hello"
                yield b"you"

            return [await client.get(url), await client.post(url, content=parts()), await client.head(url)]

    answers = wall.run(story())
    assert [(a.status_code, a.content) for a in answers] == [(200, b""), (200, b"helloyou"), (200, b"")]
    assert wall.seen("request")[1].facts == {"coding": "chunked"}
    assert len(wall.seen("open")) == 1


def test_what_comes_while_a_request_is_answered_is_not_read_without_end(lab: Any, mouth: Any) -> None:
    goes = asyncio.Event()
    unread: list[int] = []

    async def waits(request: Request, connection: Any) -> Response:
        await goes.wait()
        unread.append(len(connection.h11.trailing_data[0]))
        return await echo(request, connection)

    async def story() -> bytes:
        url, _ = await lab.pair(waits)
        client = await mouth(lab.clock, url)
        request = b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" + bytes(500_000)
        client.write(request * 20 + b"GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
        await lab.clock.wait(1)  # all has come that is let in
        goes.set()
        heard: bytes = await client.hears(b"/last")
        client.close()
        return heard

    assert len(statuses(lab.run(story()))) == 21
    assert 0 < max(unread) < 2 * limits.UNREAD_AT_MOST


def test_who_is_refused_and_stays_is_left(lab: Any, mouth: Any) -> None:
    async def story() -> None:
        url, _ = await lab.pair(echo)
        client = await mouth(lab.clock, url)
        client.write(b"hello\r\n\r\n")
        await client.hears()
        await client.clock.wait(limits.LINGER_WITHIN + 1)
        client.close()

    lab.run(story())
    assert [(e.kind, e.t) for e in lab.log if e.by == "tester"] == [("response", 0), ("eof", 0), ("close", limits.LINGER_WITHIN)]
