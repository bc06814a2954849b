"""Noise at either end: answered or not, it breaks nothing of ours."""

from __future__ import annotations

import random
from typing import Any

from evconform.http.client import HttpClient, NoAnswer
from evconform.http.message import Raw, Request, Response
from evconform.http.server import HttpServer

REQUESTS = [
    b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\nContent-Encoding: gzip\r\n\r\n1234567",
    b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
    b"HEAD /a HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
]
RESPONSES = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\n\r\nto the end",
    b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nmore",
]
PLACES = [b"\r", b"\n", b"\0", b":", b" ", b"\xff", b"9", b""]


def noisy(dice: random.Random, seeds: list[bytes]) -> bytes:
    data = bytearray(b"".join(dice.choice(seeds) for _ in range(dice.randrange(1, 4))))
    for _ in range(dice.randrange(4)):
        at = dice.randrange(len(data))
        data[at : at + dice.randrange(3)] = dice.choice(PLACES)
    return bytes(data[: dice.randrange(1, len(data) + 1)] if dice.random() < 0.3 else data)


def test_at_the_server(lab: Any, mouth: Any) -> None:
    async def echo(request: Request, _: Any) -> Response:
        return Response(200, [("X-Target", "t")], request.body)

    async def story() -> None:
        dice = random.Random(11)
        url, client = await lab.pair(echo)
        for _ in range(600):
            noise = await mouth(lab.clock, url)
            data = noisy(dice, REQUESTS)
            cut = dice.randrange(len(data))
            noise.write(data[:cut])
            await lab.clock.wait(0.1)
            noise.write(data[cut:])
            await lab.clock.wait(dice.choice([0, 1, 200]))
            (noise.close if dice.random() < 0.7 else noise.abort)()
            await noise.closed()
        assert (await client.request(url, Request("GET"))).status == 200

    lab.run(story())
    assert len(lab.seen("open")) == 601
    assert len(lab.seen("close", "lost")) == 600


def test_at_the_client(lab: Any) -> None:
    dice = random.Random(12)

    async def noise(request: Request, _: Any) -> Response | Raw:
        return Response(200) if request.path == "/well" else Raw(noisy(dice, RESPONSES), closes=dice.random() < 0.7)

    async def story() -> None:
        server = HttpServer(lab.clock, lab.tasks, None, noise)
        client = HttpClient(lab.clock, lab.wire)
        lab.leave += [client.close, server.close]
        url = await server.listen("http://127.0.0.1:0")
        why = set()
        for _ in range(600):
            try:
                await client.request(url, Request(dice.choice(["GET", "PUT", "HEAD", "POST"])))
            except NoAnswer as error:
                why.add(error.why)
        assert why == {"closed", "broken", "timed-out"}
        assert (await client.request(f"{url}/well", Request("POST"))).status == 200

    lab.run(story())
