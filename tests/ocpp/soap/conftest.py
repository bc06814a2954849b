"""A pair of SOAP endpoints on a stage."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from evconform.http.client import HttpClient
from evconform.http.message import Request, Response
from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.soap.central_system import SoapCentralSystem
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.soap.codec import encode
from evconform.ocpp.soap.headers import Headers
from evconform.ocpp.soap.posting import as_request
from tests.ocpp.soap.samples import CENTRAL_SYSTEM, HEADERS

ECHO = {"status": "Accepted"}


class Pair:
    """A central system and a charge point, each of which echoes a DataTransfer."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        self.central = SoapCentralSystem(stage.clock, stage.tasks, stage.wire)
        self.point = SoapChargePoint(stage.clock, stage.tasks)
        self.lost: list[str] = []
        for endpoint in (self.central, self.point):
            endpoint.handlers["DataTransfer"] = lambda payload, _: ECHO | {"data": payload.get("data", "")}
        self.central.handlers["Heartbeat"] = lambda *_: {"currentTime": "2026-01-01T00:00:00Z"}
        self.central.on_lost = self.lost.append
        self.client = HttpClient(stage.clock, by="sut")
        stage.leave += [self.client.close, lambda: self.point.disconnect(abruptly=True), self.central.stop, self.is_clean]

    async def is_clean(self) -> None:
        """No task and no connection is left."""
        ends = (self.central.client, self.point.client, self.client)
        assert not any(end.connections for end in ends)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    async def listens(self, url: str = "http://127.0.0.1:0/Ocpp/CentralSystemService/", **how: Any) -> None:
        await self.central.listen(url, **how)

    async def connects(self, identity: str = "CP-1", **how: Any) -> None:
        """Both know each other."""
        if not self.central.url:
            await self.listens()
        await self.point.connect(Handshake(self.central.url, identity, **how))
        assert self.point.channel
        await self.point.channel.call("Heartbeat", {})

    async def posts(self, body: bytes, action: str = "/Heartbeat", **headers: str) -> Response:
        """Posts bytes to the central system; header names with underscores."""
        request = as_request(body, action)
        ours = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = [(name, value) for name, value in request.headers if name not in ours]
        request.headers = kept + [(name, value) for name, value in ours.items() if value]
        return await self.client.request(self.central.url, request)

    async def gets(self, method: str = "GET", path: str = "") -> Response:
        return await self.client.request(self.central.url + path, Request(method))


def message(action: str = "Heartbeat", payload: dict[str, Any] | None = None, headers: Headers = HEADERS) -> bytes:
    return encode(payload or {}, action, headers, CENTRAL_SYSTEM)


@pytest.fixture
def pair(lab: Any) -> Pair:
    return Pair(lab)


@pytest.fixture
def wall_pair(wall: Any) -> Pair:
    return Pair(wall)
