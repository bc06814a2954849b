"""The tester's client, and what a SUT may answer."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import Response as Answer
from starlette.responses import StreamingResponse
from starlette.routing import Route

from evconform.http import limits
from evconform.http.client import HttpClient, NoAnswer, Why
from evconform.http.message import Raw, Request, Response, parse
from evconform.http.server import Handle, HttpServer

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = Request("GET")


async def faces(stage: Any, handle: Handle) -> tuple[str, HttpClient]:
    """The URL of a SUT that answers so, and the tester's client, tapped."""
    server = HttpServer(stage.clock, stage.tasks, None, handle)
    client = HttpClient(stage.clock, stage.wire)
    stage.leave += [client.close, server.close]
    return await server.listen("http://127.0.0.1:0/base"), client


def says(answer: Response | Raw | None) -> Handle:
    async def handle(_: Request, __: Any) -> Response | Raw | None:
        return answer

    return handle


def endless(head: bytes, part: bytes) -> Handle:
    """Sends a body for as long as it is read."""

    async def handle(_: Request, connection: Any) -> None:
        connection.write(head)
        while connection.open:
            connection.write(part)
            await asyncio.wait([asyncio.ensure_future(connection.clock.wait(0))])

    return handle


FAILURES: dict[str, tuple[Handle, Why, str, str]] = {
    "nothing": (says(None), "closed", "closed before the answer", "eof"),
    "no HTTP": (says(Raw(b"hello there\r\n\r\n")), "broken", "what came is no response", "garbage"),
    "no status": (says(Raw(b"HTTP/1.1 OK\r\n\r\n")), "broken", "what came is no response", "garbage"),
    "half a head": (says(Raw(OK[:20])), "closed", "closed before the answer", "garbage"),
    "half a body": (says(Raw(OK[:-1])), "closed", "closed before the answer", "garbage"),
    "bad chunk": (says(Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")), "broken", "no response", "garbage"),
    "two lengths": (says(Raw(OK.replace(b"th: 2", b"th: 2\r\nContent-Length: 3"))), "broken", "no response", "garbage"),
    "a long head": (says(Raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000)), "broken", "no response", "too-long"),
    "too long": (endless(b"HTTP/1.1 200 OK\r\n\r\n", bytes(2**20)), "too-long", "more than", "too-long"),
    "too long, in chunks": (
        endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"100000\r\n" + bytes(2**20) + b"\r\n"),
        "too-long",
        "more than",
        "too-long",
    ),
    "a bomb": (
        says(Response(200, [("Content-Encoding", "gzip")], gzip.compress(bytes(limits.BODY_AT_MOST + 1)))),
        "too-long",
        "decompresses to more",
        "too-long",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_is_no_response_is_told_and_the_next_one_is_heard(name: str, stage: Any) -> None:
    handle, why, words, kind = FAILURES[name]

    async def at_first(request: Request, connection: Any) -> Response | Raw | None:
        return Response(200) if request.path == "/base/next" else await handle(request, connection)

    async def story() -> tuple[NoAnswer, Response]:
        url, client = await faces(stage, at_first)
        with pytest.raises(NoAnswer, match=words) as found:
            await client.request(url, Request("POST"))
        return found.value, await client.request(f"{url}/next", GET)

    failure, after = stage.run(story())
    assert (failure.why, after.status) == (why, 200)
    assert stage.seen(kind, by="sut")[0].conn == "c1"


def test_silence_is_waited_for_no_longer_than_asked(lab: Any) -> None:
    forever = asyncio.Event()

    async def waits(_: Request, __: Any) -> Response:
        await forever.wait()
        return Response(200)

    async def story() -> float:
        url, client = await faces(lab, waits)
        with pytest.raises(NoAnswer, match="no answer within 3600 s") as found:
            await client.request(url, GET, within=3600)
        assert found.value.why == "timed-out"
        return float(lab.clock.now())

    assert lab.run(story()) == 3600
    assert [e.kind for e in lab.log] == ["open", "request", "close"]


def test_a_slow_body_is_one_frame_at_its_last_byte(lab: Any) -> None:
    async def slow(_: Request, connection: Any) -> Raw:
        connection.write(OK[:-2])
        await lab.clock.wait(100)
        connection.write(b"o")
        await lab.clock.wait(100)
        return Raw(b"k", closes=False)

    async def story() -> Response:
        url, client = await faces(lab, slow)
        return await client.request(url, GET, within=300)

    assert lab.run(story()).body == b"ok"
    assert [(e.kind, e.t) for e in lab.log] == [("open", 0), ("request", 0), ("response", 200)]


def test_nobody_there(stage: Any) -> None:
    async def story() -> None:
        client = HttpClient(stage.clock, stage.wire)
        server = HttpServer(stage.clock, stage.tasks, None, says(None))
        url = await server.listen("http://127.0.0.1:0")
        await server.close()
        with pytest.raises(NoAnswer, match=r"127\.0\.0\.1:\d+: .*refused|Connect call failed") as found:
            await client.request(url, GET)
        assert found.value.why == "refused"

    stage.run(story())


URLS = [
    "",
    "nothing",
    "ftp://127.0.0.1/",
    "http://",
    "http:///x",
    "http://127.0.0.1:port/",
    "http://127.0.0.1:99999/",
    "http://[::1",
    "//x/y",
]


@pytest.mark.parametrize("url", URLS)
def test_what_is_no_url(url: str, lab: Any) -> None:
    async def story() -> Why:
        with pytest.raises(NoAnswer) as found:
            await HttpClient(lab.clock).request(url, GET)
        return found.value.why

    assert lab.run(story()) == "no-url"


def test_a_url_from_outside_injects_nothing(lab: Any) -> None:
    async def echo(request: Request, _: Any) -> Response:
        return Response(200, body=request.target.encode())

    async def story() -> list[bytes]:
        url, client = await faces(lab, echo)
        tails = ["/a b", "/a\r\nX: y", "/ä?q=ü#f", "/%2F%zz", "/\x00\x7f", "?offset=1"]
        return [(await client.request(url + tail, GET)).body for tail in tails]

    assert lab.run(story()) == [
        b"/base/a%20b",
        b"/base/aX:%20y",
        b"/base/%C3%A4?q=%C3%BC",
        b"/base/%2F%zz",
        b"/base/%00%7F",
        b"/base?offset=1",
    ]


@pytest.mark.parametrize(
    "request_", [Request("GET", headers=[("X", "a\r\nY: b")]), Request("G ET"), Request("GET", target="/a b\r\nX: y")]
)
def test_what_would_inject_a_header_is_not_sent(request_: Request, lab: Any) -> None:
    async def story() -> None:
        url, client = await faces(lab, says(Response(200)))
        with pytest.raises(ValueError, match="this is no request"):
            await client.request(url, request_)

    lab.run(story())
    assert lab.log == []


def test_a_connection_is_used_again_once_the_server_kept_one(stage: Any, monkeypatch: Any) -> None:
    async def story() -> None:
        url, client = await faces(stage, says(Response(200)))
        monkeypatch.setattr(limits, "TRUSTED_AFTER", 1e9)
        for method in ("GET", "PUT", "PATCH", "HEAD", "POST"):
            await client.request(url, Request(method))
        monkeypatch.setattr(limits, "TRUSTED_AFTER", 0)
        monkeypatch.setattr(limits, "REUSED_WITHIN", 60)
        for _ in range(3):
            await client.request(url, GET)
        monkeypatch.setattr(limits, "REUSED_WITHIN", -1)
        await client.request(url, GET)

    stage.run(story())
    connections = [e.conn for e in stage.seen("request")]
    assert connections == (["c1"] * 9 if stage.clock.kind == "lab" else ["c1", "c2", "c3", "c4", "c5", "c5", "c5", "c5", "c6"])


def test_a_request_is_never_sent_twice(lab: Any) -> None:
    """The second would be a request of its own, with the id of another."""
    served: list[Any] = []

    async def once(_: Request, connection: Any) -> Response | None:
        served.append(connection)
        return Response(200) if served.count(connection) == 1 else None

    async def story() -> None:
        url, client = await faces(lab, once)
        await client.request(url, GET)
        with pytest.raises(NoAnswer, match="closed before the answer"):
            await client.request(url, GET)
        await client.request(url, GET)

    lab.run(story())
    assert [(e.kind, e.conn) for e in lab.seen("request", "response")] == [
        ("request", "c1"),
        ("response", "c1"),
        ("request", "c1"),
        ("request", "c2"),
        ("response", "c2"),
    ]


def test_a_connection_that_ends_with_its_answer_is_not_used(lab: Any) -> None:
    """Though nothing said so, and the end comes after the answer."""

    async def ends(_: Request, connection: Any) -> Raw:
        hops(9, connection.close)
        return Raw(OK, closes=False)

    async def story() -> None:
        url, client = await faces(lab, ends)
        for _ in range(10):
            await client.request(url, GET)

    lab.run(story())
    assert len(lab.seen("response")) == len(lab.seen("open")) == 10


def hops(number: int, then: Callable[[], None]) -> None:
    """Calls it after so many rounds of the loop."""
    asyncio.get_running_loop().call_soon(*((hops, number - 1, then) if number else (then,)))


def test_what_the_kernel_holds_is_known_before_it_is_handed_over(stage: Any) -> None:
    served: list[Any] = []

    async def keeps(_: Request, connection: Any) -> Response:
        served.append(connection)
        return Response(200)

    async def story() -> list[bool]:
        url, client = await faces(stage, keeps)
        await client.request(url, GET)
        [connection] = client.connections
        before = connection.has_news()
        served[0].write(b"nobody asked")
        return [before, connection.has_news()]

    assert stage.run(story()) == [False, True]


def test_a_connection_that_ended_in_the_meantime_is_not_used(stage: Any) -> None:
    async def story() -> None:
        url, client = await faces(stage, says(Raw(OK)))
        for _ in range(3):
            await client.request(url, GET)
            await stage.until(lambda: stage.log[-1].kind == "close")

    stage.run(story())
    assert [e.kind for e in stage.log] == ["open", "request", "response", "eof", "close"] * 3


def test_many_at_once(stage: Any) -> None:
    async def story() -> list[Response]:
        url, client = await faces(stage, says(Response(200, body=b"x")))
        return await asyncio.gather(*(client.request(url, GET) for _ in range(50)))

    answers = stage.run(story())
    numbers = {e.n: parse(e) for e in stage.log if e.kind in ("request", "response")}
    assert all(isinstance(numbers[a.n], Response) and isinstance(numbers[a.asked], Request) for a in answers)
    assert len({a.n for a in answers}) == len({a.asked for a in answers}) == 50


def test_provisional_responses_are_passed_over_and_logged(stage: Any) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"

    async def story() -> Response:
        url, client = await faces(stage, says(Raw(early + OK)))
        return await client.request(url, GET)

    answer = stage.run(story())
    assert answer.body == b"ok"
    assert [parse(e).status for e in stage.seen("response")] == [103, 200]
    assert answer.n == stage.seen("response")[1].n


def test_a_redirect_is_not_followed(stage: Any) -> None:
    async def story() -> Response:
        url, client = await faces(stage, says(Response(302, [("Location", "http://127.0.0.1:1/")])))
        return await client.request(url, GET)

    assert stage.run(story()).status == 302


RAW: dict[str, tuple[bytes, bool, int]] = {
    "well": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", False, 200),
    "HEAD": (b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", False, 200),
    "broken": (b"GET / HTTP/1.1\r\nHost\r\n\r\n", False, 400),
    "half": (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", True, 400),
}


@pytest.mark.parametrize("name", RAW)
def test_bytes_are_sent_as_they_are(name: str, stage: Any) -> None:
    raw, ends, status = RAW[name]

    async def story() -> Response:
        url, client = await faces(stage, says(Response(200, body=b"x")))
        return await client.sends(url, raw, ends=ends)

    assert stage.run(story()).status == status
    assert stage.seen("request", "garbage", by="tester")


# ── a foreign server ──


def foreign() -> Starlette:
    async def echo(request: Asked) -> Answer:
        return Answer(await request.body(), headers={"X-Method": request.method})

    async def parts(_: Asked) -> Answer:
        return StreamingResponse(iter([b"hello", b"you"]))

    return Starlette(routes=[Route("/echo", echo, methods=["GET", "PUT", "POST"]), Route("/parts", parts)])


class Uvicorn(uvicorn.Server):
    """As anybody runs it, but for the signals."""

    def install_signal_handlers(self) -> None:
        """Left to pytest."""


def test_uvicorn_as_foreign_server(wall: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "TRUSTED_AFTER", 0)
    monkeypatch.setattr(limits, "REUSED_WITHIN", 60)

    async def story() -> list[Response]:
        how: Any = {"log_level": "critical", "lifespan": "off", "port": 0}
        server = Uvicorn(uvicorn.Config(foreign(), **how))
        serving = asyncio.ensure_future(server._serve())
        while not server.started:
            await asyncio.wait([serving], timeout=0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        client = HttpClient(wall.clock, wall.wire)
        asked = [("/echo", Request("PUT", body=b"x" * 500_000)), ("/parts", GET), ("/none", GET), ("/echo", Request("HEAD"))]
        answers = [await client.request(f"http://127.0.0.1:{port}{path}", request) for path, request in asked]
        answers.append(await client.sends(f"http://127.0.0.1:{port}", b"hello\r\n\r\n"))
        await client.close()
        server.should_exit = True
        await serving
        return answers

    answers = wall.run(story())
    assert [(a.status, len(a.body)) for a in answers] == [(200, 500_000), (200, 8), (404, 9), (200, 0), (400, 30)]
    assert [e.facts.get("coding") for e in wall.seen("response")] == [None, "chunked", None, None, None]
    assert {e.conn for e in wall.seen("request")} == {"c1"}


def test_the_whole_wire_log_is_of_one_kind_of_line(lab: Any) -> None:
    """What a reader of the log may count on."""

    async def story() -> None:
        url, client = await faces(lab, says(Response(200, body=b"\xff")))
        await client.request(url, GET)
        await client.close()

    lab.run(story())
    assert [(e.by, e.kind, sorted(e.facts)) for e in lab.log] == [
        ("tester", "open", ["dialled_by", "peer"]),
        ("tester", "request", []),
        ("sut", "response", []),
        ("tester", "close", []),
    ]
    assert isinstance(lab.log[2].data, bytes)
