"""uvicorn and httpx on lab time and on wall time, against each other."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from evconform.harness.clock import wall_seconds
from evconform.http import taming


def app() -> Starlette:
    async def echo(request: Request) -> Response:
        body = await request.body()
        return JSONResponse({"method": request.method, "length": len(body), "date": ""})

    return Starlette(routes=[Route("/echo", echo, methods=["GET", "PUT", "POST"])])


@pytest.mark.parametrize("kind", ["lab", "wall"])
def test_a_request_is_answered(kind: str, stages: Any) -> None:
    stage = stages(kind)

    async def story() -> list[Any]:
        served = await taming.serve(app(), stage.clock, stage.tasks)
        async with taming.client(stage.clock) as client:
            first = await client.get(f"{served.url}/echo")
            second = await client.put(f"{served.url}/echo", content=b"x" * 1_000_000)
        await served.close()
        return [first, second]

    first, second = stage.run(story())
    assert first.json() == {"method": "GET", "length": 0, "date": ""}
    assert second.json()["length"] == 1_000_000
    assert first.headers["date"].endswith("GMT")


def test_a_day_of_a_thousand_requests_takes_a_second(lab: Any) -> None:
    async def story() -> set[Any]:
        served = await taming.serve(app(), lab.clock, lab.tasks)
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
