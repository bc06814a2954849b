"""Our two ends against each other, on lab time and on wall time."""

from __future__ import annotations

from typing import Any

from evconform.harness.clock import wall_seconds
from evconform.http.message import Request, Response, parse


async def echo(request: Request, _: Any) -> Response:
    return Response(200, [("X-Method", request.method), ("X-Target", request.target)], request.body)


def test_a_request_and_its_response_are_one_frame_each(stage: Any) -> None:
    async def story() -> Response:
        url, client = await stage.pair(echo)
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
        url, client = await lab.pair(echo)
        for _ in range(1000):
            await lab.clock.wait(86.4)
            assert (await client.request(url, Request("GET"))).status == 200

    began = wall_seconds()
    lab.run(story())
    assert wall_seconds() - began < 20
    assert len(lab.seen("open")) == 1
    assert len(lab.seen("response")) == 1000
