"""The reference CPO with its OCPI side, and an eMSP's platform that notes what it is pushed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evconform.harness.clock import LabLoop
from evconform.ocpi.model import samples
from evconform.reference.cpo.central_system import Cpo, Settings
from evconform.reference.cpo.ocpi.back_office import BackOffice
from evconform.reference.cpo.records import Station, Token
from evconform.reference.ocpi.platform import OcpiSettings, Platform
from evconform.reference.ocpi.records import Partner
from evconform.reference.ocpi.reply import Asked, Reply, missing
from tests.reference.ocpi.bench import LOOPBACK, Scene, cpo, emsp

CONNECTOR = {
    "id": "1", "standard": "IEC_62196_T2", "format": "SOCKET", "power_type": "AC_3_PHASE", "max_voltage": 400, "max_amperage": 32,
}  # fmt: skip


def evse(uid: str, **more: Any) -> dict[str, Any]:
    return {"uid": uid, "connectors": [CONNECTOR]} | more


def location(id: str = "LOC1", *evses: dict[str, Any], **more: Any) -> dict[str, Any]:
    """As an operator says it: without times."""
    made = {
        "country_code": "SI", "party_id": "EVC", "id": id, "publish": True, "address": "Trg 1", "city": "Ljubljana",
        "country": "SVN", "coordinates": {"latitude": "46.051080", "longitude": "14.506460"}, "time_zone": "Europe/Ljubljana",
    }  # fmt: skip
    return made | {"evses": list(evses) or [evse("INCH-1")]} | more


def tariff(id: str = "T1", **more: Any) -> dict[str, Any]:
    return {name: value for name, value in samples.minimal("Tariff").items() if name != "last_updated"} | {
        "country_code": "SI", "party_id": "EVC", "id": id, "currency": "EUR",
    } | more  # fmt: skip


class Office(Scene):
    """A CPO that knows the station INCH-1; ``pushed`` is what the eMSP was sent, ``held`` what it has."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.cpo = Cpo(self.clock, self.tasks, Settings())
        self.office = BackOffice(self.cpo, OcpiSettings(allowed=LOOPBACK))
        self.pushed: list[tuple[str, str, Any]] = []
        self.held: dict[str, Any] = {}
        self.has_it = True
        self.charge_points = ""

    async def open(self) -> None:
        await self.cpo.open()
        await self.office.load()
        await self.office.platform.has(cpo())
        self.cpo.memory.stations["INCH-1"] = Station("INCH-1", answered="Accepted")
        self.cpo.store.put(self.cpo.memory.stations["INCH-1"])
        self.cpo.tokens.put(Token("fa2afd77", "FA2AFD77"))
        self.charge_points = await self.cpo.endpoint.listen("ws://127.0.0.1:0/ocpp")
        await self.serves(self.office.platform)
        self.platforms.clear()  # its store is closed with the CPO

    async def close(self) -> None:
        await super().close()
        await self.office.close()
        await self.cpo.close()

    async def emsp(self, *modules: str, party: str = "DRV") -> tuple[Platform, Partner]:
        """An eMSP that is registered with the CPO and has the Receivers of these modules; the partner that it is."""
        theirs = await self.platform(emsp(party))
        for module in modules:
            for depth in (3, 4, 5):
                for method in ("GET", "PUT", "PATCH", "DELETE"):
                    theirs.handles(module, "RECEIVER", method, depth, self._receives)
        _, token = await self.office.platform.partners.invite(name=party)
        await theirs.joining.registers(self.office.platform.versions_url, token)
        partner = self.office.platform.partners.latest
        assert partner
        return theirs, partner

    async def _receives(self, asked: Asked) -> Reply:
        path = "/".join(asked.parts)
        self.pushed.append((asked.method, path, asked.body))
        if asked.method == "GET":
            return Reply(self.held[path]) if path in self.held else missing("not here")
        if asked.method == "PATCH" and not self.has_it:
            return missing("not here")
        self.held[path] = asked.body
        return Reply()

    async def settles(self) -> None:
        """Lets what is under way end."""
        await self.clock.wait(1)

    async def told(self, status: str, connector: int = 1, identity: str = "INCH-1") -> None:
        """The station says that its connector is in that status."""
        payload = {"connectorId": connector, "errorCode": "NoError", "status": status}
        answer = self.cpo.endpoint.handlers["StatusNotification"](
            payload, type("Told", (), {"identity": identity, "speaks": "", "address": ""})
        )  # type: ignore[arg-type]
        if asyncio.iscoroutine(answer):
            await answer
        await self.settles()

    async def gets(self, path: str, token: str, status: int = 200) -> Any:
        """The data at a path below the version's URL."""
        http, envelope, _ = await self.asks("GET", f"{self.office.platform.version_url}/sender/{path}", token)
        assert http == status, envelope
        return envelope.get("data")


@contextmanager
def office(loop: asyncio.AbstractEventLoop | None = None) -> Iterator[Office]:
    """On lab time, unless a loop of another kind is given."""

    loop = loop or LabLoop()
    made = Office(loop)
    try:
        made.run(made.open())
        yield made
        made.run(made.close())
        loop.run_until_complete(made.tasks.cancel())
        made.tasks.check()
    finally:
        loop.close()
