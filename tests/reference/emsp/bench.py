"""An eMSP on a lab loop, and CPOs' platforms that serve what a test gives them and push what it says."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from evconform.ocpi.headers import Routing
from evconform.ocpi.moments import stamp
from evconform.ocpi.urls import join
from evconform.reference.emsp.emsp import Emsp, EmspSettings
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.platform import OcpiSettings, Platform
from evconform.reference.ocpi.records import Owner, OwnParty, Partner
from evconform.reference.ocpi.reply import Asked, Reply
from tests.reference.ocpi.bench import LOOPBACK, Scene, cpo, emsp, scene

OWNER = ("SI", "EVC")
CONNECTOR = {
    "id": "1", "standard": "IEC_62196_T2", "format": "SOCKET", "power_type": "AC_3_PHASE", "max_voltage": 400, "max_amperage": 32,
}  # fmt: skip


def connector(id: str = "1", at: str = "2026-01-05T10:00:00Z", **more: Any) -> dict[str, Any]:
    return CONNECTOR | {"id": id, "last_updated": at} | more


def evse(uid: str = "E1", at: str = "2026-01-05T10:00:00Z", **more: Any) -> dict[str, Any]:
    return {"uid": uid, "status": "AVAILABLE", "connectors": [connector(at=at)], "last_updated": at} | more


def location(id: str = "L1", at: str = "2026-01-05T10:00:00Z", **more: Any) -> dict[str, Any]:
    made = {
        "country_code": "SI", "party_id": "EVC", "id": id, "publish": True, "name": f"At {id}", "address": "Trg 1",
        "city": "Ljubljana", "country": "SVN", "coordinates": {"latitude": "46.051080", "longitude": "14.506460"},
        "evses": [evse(f"{id}-E1", at)], "time_zone": "Europe/Ljubljana", "last_updated": at,
    }  # fmt: skip
    return made | more


def tariff(id: str = "T1", at: str = "2026-01-05T10:00:00Z", **more: Any) -> dict[str, Any]:
    component = {"type": "ENERGY", "price": 0.35, "step_size": 1}
    made = {"country_code": "SI", "party_id": "EVC", "id": id, "currency": "EUR", "last_updated": at}
    return made | {"elements": [{"price_components": [component]}]} | more


@dataclass
class Cpo:
    """A CPO's platform: ``lists`` is what its Senders serve, ``asked`` the queries that came."""

    lab: Lab
    platform: Platform
    lists: dict[str, list[dict[str, Any]]]
    asked: list[tuple[str, str]]
    page: int = 100

    async def serves(self, asked: Asked, module: str) -> Reply:
        query = dict(part.split("=") for part in asked.query.split("&") if part)
        self.asked.append((module, asked.query))
        since, offset = query.get("date_from", ""), int(query.get("from", "0"))
        found = [each for each in self.lists[module] if each.get("last_updated", "9") >= since]
        reply = Reply(found[offset : offset + self.page])
        if offset + self.page < len(found):
            more = f"date_from={since}&" if since else ""
            url = f"{self.platform.endpoint(module, 'SENDER')}?{more}from={offset + self.page}"
            reply.headers = [("Link", f'<{url}>; rel="next"')]
        return reply

    @property
    def partner(self) -> Partner:
        """The eMSP, as it is known here."""
        [partner] = self.platform.partners.registered
        return partner

    async def says(self, method: str, *path: str, body: Any = None, owner: Owner = OWNER, to: Owner | None = None) -> Any:
        """A request to the eMSP's Receiver: HTTP status, OCPI code and data."""
        module, *parts = path
        endpoint = self.partner.endpoint(module, "RECEIVER")
        assert endpoint
        own = self.platform.parties[0].owner
        routing = Routing(to[1], to[0], own[1], own[0]).headers() if to else []
        url = join(endpoint, *owner, *parts)
        http, envelope, _ = await self.lab.asks(method, url, self.partner.their_token, body, headers=dict(routing))
        return http, envelope["status_code"], envelope.get("data")

    async def puts(self, *path: str, body: Any, **more: Any) -> tuple[int, int]:
        http, code, _ = await self.says("PUT", *path, body=body, **more)
        return http, code

    async def patches(self, *path: str, body: Any, **more: Any) -> tuple[int, int]:
        http, code, _ = await self.says("PATCH", *path, body=body, **more)
        return http, code

    async def gets(self, *path: str, **more: Any) -> Any:
        """What the eMSP holds, None if nothing."""
        http, _, data = await self.says("GET", *path, **more)
        assert (http == 200) == (data is not None)
        return data


class Lab(Scene):
    """A scene with an eMSP."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.emsp = Emsp(self.clock, self.tasks, EmspSettings(OcpiSettings(allowed=LOOPBACK)))

    async def open(self, *parties: OwnParty) -> None:
        await self.emsp.open()
        await self.emsp.platform.has(*(parties or (emsp(),)))
        await self.serves(self.emsp.platform)
        self.platforms.clear()  # it closes its own store
        self.emsp.begins()

    async def close(self) -> None:
        await super().close()
        await self.emsp.close()

    async def cpo(self, *parties: OwnParty, registers: bool = True) -> Cpo:
        """A CPO that registers with the eMSP."""
        platform = await self.platform(*(parties or (cpo(),)))
        made = Cpo(self, platform, {"locations": [], "tariffs": []}, [])
        for module in made.lists:
            platform.handles(module, "SENDER", "GET", 0, lambda asked, module=module: made.serves(asked, module))
        if registers:
            _, token = await self.emsp.platform.partners.invite()
            await platform.joining.registers(self.emsp.platform.versions_url, token)
        return made

    @property
    def partner(self) -> Partner:
        """The CPO that registered last."""
        partner = self.emsp.platform.partners.latest
        assert partner
        return partner

    async def settles(self, seconds: float = 3) -> None:
        """Lets what is under way end."""
        await self.clock.wait(seconds)

    async def fails(self, module: str = "locations") -> Failed:
        """A pull that comes to nothing."""
        try:
            await self.emsp.pulls(self.partner, module)
        except Failed as failed:
            return failed
        raise AssertionError("it did not fail")

    def now(self) -> str:
        return stamp(self.clock.date())


def lab() -> AbstractContextManager[Lab]:
    return scene(Lab)
