"""A central system as a developer would write it with the ``ocpp`` package, after the example in its README.

It says where it listens in one line of JSON, takes its operator's commands as lines of JSON on a second port, and ends with
its standard input.
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

import websockets
from ocpp.charge_point import camel_to_snake_case
from ocpp.routing import on
from ocpp.v16 import ChargePoint as Base
from ocpp.v16 import call, call_result
from ocpp.v16.datatypes import IdTagInfo
from ocpp.v16.enums import Action, RegistrationStatus

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


async def operator(commands: asyncio.StreamReader, replies: asyncio.StreamWriter) -> None:
    async for line in commands:
        command = json.loads(line)
        identity = command.pop("identity")
        if status := command.pop("status", None):
            stated[identity] = status
        else:
            request = getattr(call, command.pop("action"))(**camel_to_snake_case(command))
            task = asyncio.create_task(connected[identity].call(request))
            tasks.add(task)
        replies.write(b"done\n")
    replies.close()


async def main() -> None:
    # newer versions of websockets answer an offer without ocpp1.6 with 400 by themselves
    async with (
        websockets.serve(on_connect, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as served,
        await asyncio.start_server(operator, "127.0.0.1", 0) as commands,
    ):
        ports = [next(iter(server.sockets)).getsockname()[1] for server in (served, commands)]
        print(json.dumps({"url": f"ws://127.0.0.1:{ports[0]}/ocpp", "commands": ports[1]}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
