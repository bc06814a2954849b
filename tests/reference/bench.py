"""The reference CPO on a lab loop, asked by its handlers as a channel would ask them, or over a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from evconform.harness.clock import Clock, LabLoop, Tasks
from evconform.ocpp.channel import Channel, Payload
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.schemas import violations
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.speaks import JSON, SOAP
from evconform.reference.cpo.central_system import Cpo, Settings
from evconform.reference.cpo.records import Record, Station, Token

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""A Monday."""
ONLY_JSON = pytest.mark.parametrize("lab", [JSON], indirect=True)
"""For a test that has no meaning by SOAP, or another one there (``test_soap.py``)."""
MIXED = ONLY_JSON
"""For tests that say themselves what each charge point speaks."""
CARD, OTHER = "AABB01", "AABB02"
BOOT = {"chargePointVendor": "v", "chargePointModel": "m"}
ACCEPTED = {"status": "Accepted"}


class Scene:
    """One CPO. ``answers``: what the charge points answer to its CALLs, by action; ``urls``: where it listens, by column;
    ``speaks``: what a charge point speaks that dials."""

    speaks = JSON

    def __init__(self, loop: asyncio.AbstractEventLoop, settings: Settings) -> None:
        self.loop = loop
        self.clock = Clock(loop, BEGAN)
        self.tasks = Tasks()
        self.cpo = Cpo(self.clock, self.tasks, settings)
        self.answers: dict[str, Any] = {}
        self.heard: list[tuple[str, Payload]] = []
        self.urls: dict[str, str] = {}
        self.points: dict[str, SoapChargePoint] = {}
        self._turn = asyncio.Lock()

    async def listens(self) -> None:
        for speaks, url in ((JSON, "ws://127.0.0.1:0/ocpp"), (SOAP, "http://127.0.0.1:0/ocpp")):
            self.urls[speaks] = await self.cpo.endpoint.listen(url)

    def run(self, coroutine: Any) -> Any:
        done = self.loop.run_until_complete(asyncio.wait_for(coroutine, 10**7))
        self.tasks.check()
        return done

    async def knows(self, *identities: str, **tokens: dict[str, Any]) -> None:
        """Stations that are registered and accepted, and tokens."""
        for identity in identities:
            self.cpo.memory.stations[identity] = Station(identity, answered="Accepted", speaks=self.speaks)
            self.cpo.store.put(self.cpo.memory.stations[identity])
        for id_tag, members in tokens.items():
            self.cpo.tokens.put(Token(id_tag.casefold(), id_tag, **members))
        await self.cpo.store.durable()

    async def asks(self, identity: str, action: str, **payload: Any) -> Any:
        """A CALL: its answer, or the code of its CALLERROR. By SOAP it goes over a socket."""
        if self.speaks != JSON:
            return await self._posts(identity, action, payload)
        message = Message("CALL", id="1", action=action, payload=payload)
        channel: Any = SimpleNamespace(identity=identity, speaks=JSON, address="")
        refusal = self.cpo.endpoint.refuses and self.cpo.endpoint.refuses(message, channel)
        answer = refusal or self.cpo.endpoint.handlers[action](payload, channel)
        if isinstance(answer, Awaitable):
            answer = await answer
        if isinstance(answer, CallError):
            return answer.code
        assert violations(f"{action}Response", answer) == []
        return answer

    async def _posts(self, identity: str, action: str, payload: Payload) -> Any:
        async with self._turn:
            if identity not in self.points:
                self.points[identity] = SoapChargePoint(self.clock, self.tasks)
                await self.points[identity].connect(Handshake(self.urls[SOAP], identity))
        try:
            answer = await self.channel(identity).call(action, payload)
        except CallError as error:
            return error.code
        assert violations(f"{action}Response", answer) == []
        return answer

    def channel(self, identity: str) -> Channel:
        """Of a station by SOAP that asked before."""
        channel = self.points[identity].channel
        assert channel
        return channel

    async def closes(self) -> None:
        for point in self.points.values():
            await point.disconnect()
        await self.cpo.close()

    async def starts(self, identity: str = "A", at: str = "2026-01-05T11:00:00Z", tag: str = CARD, **more: Any) -> Any:
        given = {"connectorId": 1, "idTag": tag, "meterStart": 1000, "timestamp": at} | more
        return await self.asks(identity, "StartTransaction", **given)

    async def stops(self, number: int, identity: str = "A", at: str = "2026-01-05T11:30:00Z", **more: Any) -> Any:
        given = {"transactionId": number, "meterStop": 5000, "timestamp": at} | more
        return await self.asks(identity, "StopTransaction", **given)

    async def rows(self, kind: type[Record], **members: Any) -> list[dict[str, Any]]:
        """What is on disk."""
        await self.cpo.store.durable()
        where = [kind.TABLE.c[name] == value for name, value in members.items()]
        return await self.cpo.store.read(select(kind.TABLE).where(*where))

    async def reached(self, identity: str) -> tuple[str, str]:
        """What is on disk of how a station is reached: what it speaks, and its address."""
        [row] = await self.rows(Station, identity=identity)
        return row["speaks"], row["address"]

    async def dials(self, identity: str = "A", speaks: str = "", **how: Any) -> Any:
        """A charge point on a real socket, which answers by ``answers``. One by SOAP tells where it is."""
        speaks = speaks or self.speaks
        point: Any = (ChargePointEndpoint if speaks == JSON else SoapChargePoint)(self.clock, self.tasks)
        for action in self.answers:
            point.handlers[action] = lambda payload, _, action=action: self._answer(action, payload)
        channel = await point.connect(Handshake(self.urls[speaks], identity, **how))
        if speaks == SOAP:
            with suppress(CallError):
                await channel.call("Heartbeat", {})
        return point

    def _answer(self, action: str, payload: Payload) -> Any:
        self.heard.append((action, payload))
        answer = self.answers[action]
        return answer(payload) if callable(answer) else answer

    async def command(self, action: str, identity: str = "A", **payload: Any) -> tuple[str, Payload]:
        """A command, done: its state and outcome."""
        asked = await self.cpo.commands.ask(identity, action, payload)
        while (found := await self.cpo.commands.find(asked.id)) and found.state in ("asked", "sent"):
            await self.clock.wait(1.0)
        assert found
        return found.state, json.loads(found.outcome)


@contextmanager
def scene(speaks: str = JSON, **settings: Any) -> Iterator[Scene]:
    """A CPO that listens, on lab time."""
    loop = LabLoop()
    made = Scene(loop, Settings(callbacks=frozenset(("private", "loopback")), **settings))
    made.speaks = speaks
    try:
        made.run(made.cpo.open())
        made.run(made.listens())
        yield made
        made.run(made.closes())
        loop.run_until_complete(made.tasks.cancel())
        made.tasks.check()
    finally:
        loop.close()
