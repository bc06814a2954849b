"""uvicorn and httpx on lab time and on wall time: what a reference party may count on."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from evconform.harness.clock import wall_seconds
from evconform.http import taming
from evconform.http.message import Raw
from evconform.http.message import Request as Message
from evconform.http.message import Response as Answer


class Party:
    """An app that does what its path says."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        self.came = asyncio.Event()
        self.forever = asyncio.Event()
        routes = {"echo": self.echo, "dies": self.dies, "waits": self.waits, "parts": self.parts, "late": self.late}
        self.app = Starlette(routes=[Route(f"/{path}", does, methods=["GET", "PUT"]) for path, does in routes.items()])

    async def echo(self, request: Request) -> Response:
        return JSONResponse({"method": request.method, "length": len(await request.body())})

    async def dies(self, _: Request) -> Response:
        raise LookupError("a bug")

    async def waits(self, _: Request) -> Response:
        self.came.set()
        await self.forever.wait()
        return Response("at last")

    async def parts(self, _: Request) -> Response:
        async def each() -> Any:
            for part in range(10):
                await self.stage.clock.wait(60 if self.stage.clock.kind == "lab" else 0)
                yield f"{part}"

        return StreamingResponse(each())

    async def late(self, request: Request) -> Response:
        """Looks at the body only after an hour."""
        await self.stage.clock.wait(3600 if self.stage.clock.kind == "lab" else 0)
        return JSONResponse(len(await request.body()))


def test_a_request_is_answered(stage: Any) -> None:
    async def story() -> list[Any]:
        served = await taming.serve(Party(stage).app, stage.clock, stage.tasks, "http://127.0.0.1:0/base")
        assert served.url.endswith("/base")
        url = served.url.removesuffix("/base")
        async with taming.client(stage.clock) as client:
            answers = [await client.get(f"{url}/echo"), await client.put(f"{url}/echo", content=b"x" * 1_000_000)]
        await served.close()
        return answers

    first, second = stage.run(story())
    assert [first.json(), second.json()] == [{"method": "GET", "length": 0}, {"method": "PUT", "length": 1_000_000}]
    assert first.headers["date"].endswith("GMT")
    assert "server" not in first.headers


def test_a_day_of_a_thousand_requests(lab: Any) -> None:
    async def story() -> set[Any]:
        served = await taming.serve(Party(lab).app, lab.clock, lab.tasks)
        ports = set()
        async with taming.client(lab.clock) as client:
            for _ in range(1000):
                await lab.clock.wait(86.4)
                response = await client.get(f"{served.url}/echo")
                ports.add(response.extensions["network_stream"].get_extra_info("client_addr"))
        await served.close()
        return ports

    began = wall_seconds()
    ports = lab.run(story())
    assert len(ports) == 1
    assert lab.clock.now() == pytest.approx(86_400)
    assert wall_seconds() - began < 30


def test_the_date_is_the_clocks(lab: Any) -> None:
    async def story() -> list[str]:
        served = await taming.serve(Party(lab).app, lab.clock, lab.tasks)
        async with taming.client(lab.clock) as client:
            first = await client.get(f"{served.url}/echo")
            await lab.clock.wait(3 * 86_400)
            second = await client.get(f"{served.url}/echo")
        await served.close()
        return [first.headers["date"], second.headers["date"]]

    first, second = (httpx.Headers({"date": date})["date"] for date in lab.run(story()))
    assert first != second


def test_what_an_app_dies_of_is_answered_and_told(lab: Any) -> None:
    async def story() -> int:
        served = await taming.serve(Party(lab).app, lab.clock, lab.tasks)
        async with taming.client(lab.clock) as client:
            status = (await client.get(f"{served.url}/dies")).status_code
        await served.close()
        return status

    assert lab.run(story()) == 500
    with pytest.raises(LookupError, match="a bug"):
        lab.tasks.check()


def test_parts_take_their_time(stage: Any) -> None:
    async def story() -> str:
        served = await taming.serve(Party(stage).app, stage.clock, stage.tasks)
        async with taming.client(stage.clock, timeout=90) as client:
            text = (await client.get(f"{served.url}/parts")).text
        await served.close()
        return text

    assert stage.run(story()) == "0123456789"
    assert stage.clock.kind == "wall" or stage.clock.now() == 600


def test_a_body_that_waits_to_be_read_holds_no_clock(stage: Any) -> None:
    async def story() -> Any:
        served = await taming.serve(Party(stage).app, stage.clock, stage.tasks)
        async with taming.client(stage.clock, timeout=None) as client:
            length = (await client.put(f"{served.url}/late", content=b"x" * 5_000_000)).json()
        await served.close()
        return length

    assert stage.run(story()) == 5_000_000


def test_a_time_out_is_on_the_clock(lab: Any) -> None:
    async def story() -> float:
        party = Party(lab)
        served = await taming.serve(party.app, lab.clock, lab.tasks)
        async with taming.client(lab.clock, timeout=1800) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get(f"{served.url}/waits")
        gone = float(lab.clock.now())
        party.forever.set()
        await served.close()
        return gone

    assert lab.run(story()) == 1800


def test_a_connection_of_the_pool_is_waited_for_on_the_clock(lab: Any) -> None:
    async def story() -> None:
        party = Party(lab)
        served = await taming.serve(party.app, lab.clock, lab.tasks)
        limits = httpx.Limits(max_connections=1)
        async with taming.client(lab.clock, timeout=httpx.Timeout(None, pool=60), limits=limits) as client:
            first = asyncio.ensure_future(client.get(f"{served.url}/waits"))
            await party.came.wait()
            with pytest.raises(httpx.PoolTimeout):
                await client.get(f"{served.url}/echo")
            assert lab.clock.now() == 60
            party.forever.set()
            assert (await first).text == "at last"
        await served.close()

    lab.run(story())


def test_nobody_there(stage: Any) -> None:
    async def story() -> None:
        served = await taming.serve(Party(stage).app, stage.clock, stage.tasks)
        await served.close()
        async with taming.client(stage.clock) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(f"{served.url}/echo")

    stage.run(story())


def test_a_port_that_is_taken(stage: Any) -> None:
    async def story() -> None:
        served = await taming.serve(Party(stage).app, stage.clock, stage.tasks)
        with pytest.raises(OSError, match="in use"):
            await taming.serve(Party(stage).app, stage.clock, stage.tasks, served.url)
        await served.close()

    stage.run(story())


def test_a_server_that_is_closed_lets_a_request_end_but_not_wait_for_ever(lab: Any) -> None:
    async def story() -> None:
        party = Party(lab)
        served = await taming.serve(party.app, lab.clock, lab.tasks)
        async with taming.client(lab.clock, timeout=None) as client:
            stays = asyncio.ensure_future(client.get(f"{served.url}/waits"))
            ends = asyncio.ensure_future(client.put(f"{served.url}/echo", content=b"x"))
            assert (await ends).status_code == 200
            closing = asyncio.ensure_future(served.close())
            assert (await stays).status_code == 500
            await closing
        assert lab.clock.now() == taming.FINISH_WITHIN

    lab.run(story())


def test_a_server_that_was_closed_and_opened_again_is_found(stage: Any) -> None:
    async def story() -> list[int]:
        served = await taming.serve(Party(stage).app, stage.clock, stage.tasks)
        statuses = []
        async with taming.client(stage.clock) as client:
            for _ in range(3):
                statuses.append((await client.get(f"{served.url}/echo")).status_code)
                await served.close()
                served = await taming.serve(Party(stage).app, stage.clock, stage.tasks, served.url)
        await served.close()
        return statuses

    assert stage.run(story()) == [200, 200, 200]


def test_a_client_that_goes_in_the_midst_of_a_request_harms_nobody(stage: Any, mouth: Any) -> None:
    async def story() -> int:
        party = Party(stage)
        app = quiet(party.app)
        served = await taming.serve(app, stage.clock, stage.tasks)
        client = await mouth(stage.clock, served.url)
        client.write(b"PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        client.abort()
        await client.closed()
        async with taming.client(stage.clock) as other:
            status = (await other.get(f"{served.url}/echo")).status_code
        await served.close()
        return status

    assert stage.run(story()) == 200


def quiet(app: Any) -> Any:
    """An app that takes the loss of its client as what it is."""

    async def takes(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except ClientDisconnect:
            scope["gone"] = True

    return takes


def test_broken_requests_are_refused(stage: Any, mouth: Any) -> None:
    async def story() -> bytes:
        served = await taming.serve(Party(stage).app, stage.clock, stage.tasks)
        client = await mouth(stage.clock, served.url)
        client.write(b"hello\r\n\r\n")
        heard: bytes = await client.hears()
        client.close()
        await served.close()
        return heard

    assert stage.run(story()).startswith(b"HTTP/1.1 400 ")


def test_many_at_once(stage: Any) -> None:
    async def story() -> set[int]:
        served = await taming.serve(Party(stage).app, stage.clock, stage.tasks)
        async with taming.client(stage.clock) as client:
            answers = await asyncio.gather(*(client.put(f"{served.url}/echo", content=b"x" * 10_000) for _ in range(60)))
        await served.close()
        return {answer.json()["length"] for answer in answers}

    assert stage.run(story()) == {10_000}


def test_a_connection_that_ends_with_its_answer_is_not_used_again(lab: Any) -> None:
    """Though nothing said so, and the end comes after the answer."""

    async def ends(_: Message, connection: Any) -> Raw:
        asyncio.get_running_loop().call_soon(connection.close)
        return Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", closes=False)

    async def story() -> list[str]:
        url, _ = await lab.pair(ends)
        async with taming.client(lab.clock) as client:
            return [(await client.get(url)).text for _ in range(10)]

    assert lab.run(story()) == ["ok"] * 10
    assert len(lab.seen("open")) == 10


def test_who_holds_the_clock_may_ask(lab: Any) -> None:
    async def story() -> str:
        url, client = await lab.pair(answers)
        async with taming.client(lab.clock) as other:
            with lab.clock.outside("work that asks"):
                texts = [(await other.get(url)).text for _ in range(2)]
                return "".join(texts) + (await client.request(url, Message("GET"))).body.decode()

    async def answers(_: Message, __: Any) -> Answer:
        return Answer(200, body=b"ok")

    assert lab.run(story()) == "okokok"


def test_who_reads_slowly_reads_all(stage: Any) -> None:
    async def long(_: Message, __: Any) -> Answer:
        return Answer(200, body=b"x" * 5_000_000)

    async def story() -> int:
        url, _ = await stage.pair(long)
        length = 0
        async with taming.client(stage.clock) as client, client.stream("GET", url) as response:
            async for part in response.aiter_raw(500_000):
                length += len(part)
                await stage.clock.wait(60 if stage.clock.kind == "lab" else 0)
        return length

    assert stage.run(story()) == 5_000_000
    assert stage.clock.kind == "wall" or stage.clock.now() == 600


def test_a_client_that_is_tapped_leaves_its_exchanges_in_the_log(lab: Any) -> None:
    async def story() -> None:
        served = await taming.serve(Party(lab).app, lab.clock, lab.tasks)
        async with taming.client(lab.clock, wire=lab.wire, by="tester", timeout=None) as client:
            await client.put(f"{served.url}/echo", content=b"hello", headers={"Authorization": "Token c2VjcmV0"})
            await client.get(f"{served.url}/parts")
        await served.close()

    lab.run(story())
    assert [(entry.by, entry.kind) for entry in lab.log if entry.kind != "eof"] == [
        ("tester", "open"),
        ("tester", "request"),
        ("sut", "response"),
        ("tester", "request"),
        ("sut", "response"),
        ("tester", "close"),
    ]
    put, echo, _, parts = lab.seen("request", "response")
    assert put.data.endswith("\r\n\r\nhello")
    assert "c2VjcmV0" not in put.data
    assert echo.data.endswith('{"method":"PUT","length":5}')
    assert parts.data.endswith("\r\n\r\n0123456789")


def test_a_tapped_client_tells_of_a_connection_that_was_lost(lab: Any) -> None:
    async def story() -> None:
        served = await taming.serve(Party(lab).app, lab.clock, lab.tasks)
        client = taming.client(lab.clock, wire=lab.wire)
        waits = asyncio.create_task(client.get(f"{served.url}/waits"))
        await lab.until(lambda: lab.seen("request"))
        await served.close()
        with pytest.raises(httpx.TransportError):
            await waits
        await client.aclose()

    lab.run(story())
    assert [(entry.by, entry.kind) for entry in lab.log][:2] == [("sut", "open"), ("sut", "request")]
    assert lab.log[-1].kind in ("lost", "close")
    assert len(lab.seen("lost", "close")) == 1
