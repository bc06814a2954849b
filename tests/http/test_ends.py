"""Our two ends against each other, on lab time and on wall time."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.harness.clock import wall_seconds
from evconform.http.client import HttpClient
from evconform.http.message import Request, Response, parse
from evconform.http.server import HttpServer


async def pair(stage: Any, handle: Any, tls: Any = None, trusts: Any = None) -> tuple[str, HttpClient]:
    """A server with this handler, tapped as the tester's, and a client that is the SUT's and not tapped."""
    server = HttpServer(stage.clock, stage.tasks, stage.wire, handle)
    client = HttpClient(stage.clock, tls=trusts)
    stage.leave += [client.close, server.close]
    return await server.listen("http://127.0.0.1:0/base", tls), client


async def echo(request: Request, _: Any) -> Response:
    return Response(200, [("X-Method", request.method), ("X-Target", request.target)], request.body)


@pytest.fixture(params=["lab", "wall"])
def stage(request: Any, stages: Any) -> Any:
    return stages(request.param)


def test_a_request_and_its_response_are_one_frame_each(stage: Any) -> None:
    async def story() -> Response:
        url, client = await pair(stage, echo)
        return await client.request(
            f"{url}/x?a=b c", Request("PUT", body='{"id": "ä"}'.encode(), headers=[("X-A", "1"), ("X-A", "2")])
        )

    response = stage.run(story())
    assert (response.status, response.reason, response.body) == (200, "OK", '{"id": "ä"}'.encode())
    assert response.header("x-target") == "/base/x?a=b%20c"
    request, answer = [parse(entry) for entry in stage.seen("request", "response")]
    assert (request.method, request.path, request.query, request.header("x-a")) == ("PUT", "/base/x", "a=b%20c", "1, 2")
    assert (answer.status, answer.body) == (200, request.body)
    assert [(e.by, e.kind) for e in stage.log] == [("sut", "open"), ("sut", "request"), ("tester", "response")]


def test_a_day_of_a_thousand_requests_on_one_connection(lab: Any) -> None:
    async def story() -> None:
        url, client = await pair(lab, echo)
        for _ in range(1000):
            await lab.clock.wait(86.4)
            assert (await client.request(url, Request("GET"))).status == 200

    began = wall_seconds()
    lab.run(story())
    assert wall_seconds() - began < 20
    assert len(lab.seen("open")) == 1
    assert len(lab.seen("response")) == 1000
