"""A central system as a developer would write it with the ``ocpp`` package, after the example in its README.

It says where it listens in one line of JSON, takes its operator's commands over HTTP on a second port (``POST
/stations/<identity>/<message>`` with the payload, ``PUT /stations/<identity>`` with a status), and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import uvicorn
import websockets
from ocpp.charge_point import camel_to_snake_case
from ocpp.routing import on
from ocpp.v16 import ChargePoint as Base
from ocpp.v16 import call, call_result
from ocpp.v16.datatypes import IdTagInfo
from ocpp.v16.enums import Action, RegistrationStatus
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

connected: dict[str, ChargePoint] = {}
stated: dict[str, str] = {}
"""Identity to the registration status that the operator set."""
tasks: set[asyncio.Task[Any]] = set()
transactions = itertools.count(1)


def now() -> str:
    return datetime.now(UTC).isoformat()


class ChargePoint(Base):
    @on(Action.boot_notification)
    def boot_notification(self, charge_point_vendor: str, charge_point_model: str, **_: Any) -> call_result.BootNotification:
        status = stated.get(self.id, RegistrationStatus.accepted)
        return call_result.BootNotification(current_time=now(), interval=300, status=status)

    @on(Action.heartbeat)
    def heartbeat(self) -> call_result.Heartbeat:
        return call_result.Heartbeat(current_time=now())

    @on(Action.status_notification)
    def status_notification(self, connector_id: int, error_code: str, status: str, **_: Any) -> call_result.StatusNotification:
        return call_result.StatusNotification()

    @on(Action.authorize)
    def authorize(self, id_tag: str) -> call_result.Authorize:
        return call_result.Authorize(id_tag_info=IdTagInfo(status="Accepted"))

    @on(Action.start_transaction)
    def start_transaction(self, connector_id: int, id_tag: str, **_: Any) -> call_result.StartTransaction:
        return call_result.StartTransaction(next(transactions), id_tag_info=IdTagInfo(status="Accepted"))

    @on(Action.stop_transaction)
    def stop_transaction(self, transaction_id: int, **_: Any) -> call_result.StopTransaction:
        return call_result.StopTransaction(id_tag_info=IdTagInfo(status="Accepted"))

    @on(Action.meter_values)
    def meter_values(self, connector_id: int, **_: Any) -> call_result.MeterValues:
        return call_result.MeterValues()


async def on_connect(websocket: websockets.ServerConnection) -> None:
    if websocket.subprotocol is None:
        await websocket.close()
        return
    assert websocket.request
    identity = unquote(websocket.request.path.rsplit("/", 1)[-1])
    charge_point = connected[identity] = ChargePoint(identity, websocket)
    with contextlib.suppress(websockets.ConnectionClosed):
        await charge_point.start()


async def sends(request: Request) -> Response:
    identity, message = request.path_params["identity"], request.path_params["message"]
    if identity not in connected:
        return JSONResponse({"outcome": "not connected"}, 409)
    payload = camel_to_snake_case(await request.json())
    task = asyncio.create_task(connected[identity].call(getattr(call, message)(**payload)))
    tasks.add(task)
    return JSONResponse({"outcome": "asked"})


async def registers(request: Request) -> Response:
    stated[request.path_params["identity"]] = (await request.json())["status"]
    return JSONResponse({"outcome": "set"})


OPERATOR = Starlette(
    routes=[
        Route("/stations/{identity}", registers, methods=["PUT"]),
        Route("/stations/{identity}/{message}", sends, methods=["POST"]),
    ]
)


async def operator() -> tuple[uvicorn.Server, int]:
    """The operator's interface, and its port."""
    server = uvicorn.Server(uvicorn.Config(OPERATOR, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    tasks.add(asyncio.create_task(server.serve()))
    while not server.started:  # noqa: ASYNC110 - uvicorn says it no other way
        await asyncio.sleep(0.01)
    return server, int(server.servers[0].sockets[0].getsockname()[1])


async def main() -> None:
    # newer versions of websockets answer an offer without ocpp1.6 with 400 by themselves
    server, commands = await operator()
    async with websockets.serve(on_connect, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as served:
        port = next(iter(served.sockets)).getsockname()[1]
        print(json.dumps({"url": f"ws://127.0.0.1:{port}/ocpp", "commands": commands}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
