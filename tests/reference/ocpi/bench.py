"""Two platforms of OCPI on a lab loop, each on a socket of its own, and a stranger who asks them anything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from evconform.harness.clock import Clock, LabLoop, Tasks
from evconform.http import taming
from evconform.ocpi.authorization import authorization
from evconform.reference.migrate import Migrations
from evconform.reference.ocpi import schema
from evconform.reference.ocpi.platform import OcpiSettings, Platform
from evconform.reference.ocpi.records import OwnParty
from evconform.reference.store import IN_MEMORY, Store

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""A Monday."""
LOOPBACK = frozenset(("loopback",))
MIGRATIONS = Migrations(Path("none"), "none", (schema.METADATA,))
Made = TypeVar("Made", bound="Scene")


class Scene:
    """A lab loop, and the platforms on it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.clock = Clock(loop, BEGAN)
        self.tasks = Tasks()
        self.platforms: list[Platform] = []
        self.served: list[taming.Served] = []
        self.stranger = taming.client(self.clock, timeout=1000)

    def run(self, coroutine: Any) -> Any:
        done = self.loop.run_until_complete(asyncio.wait_for(coroutine, 10**7))
        self.tasks.check()
        return done

    async def platform(self, *parties: OwnParty, **settings: Any) -> Platform:
        """A platform with a store in memory, which allows loopback unless told otherwise."""
        store = Store(IN_MEMORY, self.clock, self.tasks, schema.METADATA)
        made = Platform(self.clock, self.tasks, store, OcpiSettings(**({"allowed": LOOPBACK} | settings)))
        await store.open(MIGRATIONS.make_new)
        await made.has(*parties)
        await self.serves(made)
        return made

    async def serves(self, platform: Platform) -> None:
        served = await taming.serve(platform.app, self.clock, self.tasks, "http://127.0.0.1:0/ocpi")
        platform.url = served.url
        self.served.append(served)
        self.platforms.append(platform)

    async def asks(
        self, method: str, url: str, token: str | None = None, body: Any = None, **more: Any
    ) -> tuple[int, dict[str, Any], httpx.Headers]:
        """HTTP status, envelope, headers; every answer has an envelope."""
        headers = {"Authorization": authorization(token)} if token else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        answer = await self.stranger.request(method, url, headers=headers, **more)
        envelope = answer.json()
        assert isinstance(envelope["status_code"], int)
        assert envelope["timestamp"].endswith("Z")
        assert answer.headers["content-type"] == "application/json"
        return answer.status_code, envelope, answer.headers

    async def close(self) -> None:
        await self.stranger.aclose()
        for served in self.served:
            await served.close()
        for platform in self.platforms:
            await platform.close()
            await platform.store.close()


@contextmanager
def scene(kind: type[Made] = Scene) -> Iterator[Made]:
    loop = LabLoop()
    made = kind(loop)
    try:
        yield made
        made.run(made.close())
        loop.run_until_complete(made.tasks.cancel())
        made.tasks.check()
    finally:
        loop.close()


def cpo(party: str = "EVC", country: str = "SI") -> OwnParty:
    return OwnParty(country, party, "CPO")


def emsp(party: str = "DRV", country: str = "NL") -> OwnParty:
    return OwnParty(country, party, "EMSP")


def rows(platform: Platform) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(partner.row())) for partner in platform.partners.all.values()]
