"""The eMSP over HTTP: the operator's API behind a token, and what a driver sees, before it."""

from __future__ import annotations

import json
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from evconform.reference.emsp.cache import C
from evconform.reference.emsp.http.page import Page
from evconform.reference.emsp.pulling import MODULES
from evconform.reference.emsp.records import Held
from evconform.reference.emsp.schema import HELD
from evconform.reference.http.application import application
from evconform.reference.http.asked import named, page, refuse
from evconform.reference.http.operation import Operation
from evconform.reference.http.reception import BODIES, Reception, receives
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.records import Owner

if TYPE_CHECKING:
    from evconform.reference.emsp.emsp import Emsp

PAGED = ("limit", "offset")
DELTA = "delta"


class Desk:
    """What the operator asks of the cache, and what a driver sees."""

    def __init__(self, emsp: Emsp, reception: Reception) -> None:
        self.emsp = emsp
        self.reception = reception

    async def pull(self, request: Request) -> Any:
        module, partner = named(request, "module"), self.reception.registered(request)
        if module not in MODULES:
            raise refuse(HTTPStatus.NOT_FOUND, f"there is no module {module[:40]!r} that is pulled, but {', '.join(MODULES)}")
        full = request.query_params.get("how", "") != DELTA
        try:
            return asdict(await self.emsp.pulls(partner, module, full))
        except Failed as failed:
            raise refuse(HTTPStatus.BAD_GATEWAY, str(failed)) from None

    async def locations(self, request: Request) -> Any:
        return await self._held(request, "locations")

    async def tariffs(self, request: Request) -> Any:
        return await self._held(request, "tariffs")

    async def _held(self, request: Request, module: str) -> Any:
        limit, offset = page(request)
        order = (C.to_country, C.to_party, C.country_code, C.party_id, C.id, C.partner)
        query = select(HELD).where(C.module == module).order_by(*order).limit(limit + 1).offset(offset)
        found = [Held(**row) for row in await self.emsp.cache.rows(query)]
        items = [
            {"partner": each.partner, "for": f"{each.to_country}*{each.to_party}", "document": json.loads(each.document)}
            for each in found[:limit]
        ]
        return {"items": items, "next": offset + limit if len(found) > limit else None}

    async def evses(self, request: Request) -> Any:
        limit, offset = page(request)
        free = request.query_params.get("free", "false")
        if free not in ("true", "false"):
            raise ValueError(f"free: expected true or false, not {free[:40]!r}")
        items, more = await self.emsp.driver.evses(self.ours(request), free == "true", limit, offset)
        return {"items": items, "next": more}

    def ours(self, request: Request) -> Owner:
        """The party of ours whose driver asks; the first, if none is named. Raises ValueError."""
        given = request.query_params.get("party", "")
        country, _, party = given.upper().partition("*")
        owner = (country, party) if given else self.emsp.addressed(None)
        if owner not in self.emsp.owners:
            raise ValueError(f"party: expected one of {', '.join('*'.join(each) for each in self.emsp.owners)}")
        return owner


def operations(desk: Desk) -> list[Operation]:
    """The operator's rows."""
    pull = "/ocpi/partners/{id}/pulls/{module}"
    return [
        *receives(desk.reception),
        Operation("POST", pull, "Brings a module up to date; how=delta: what changed alone.", desk.pull, query=("how",)),
        Operation("GET", "/ocpi/locations", "The locations that are held, as they came.", desk.locations, query=PAGED),
        Operation("GET", "/ocpi/tariffs", "The tariffs that are held, as they came.", desk.tariffs, query=PAGED),
    ]


def app(emsp: Emsp, token: str) -> Starlette:
    """The API, and what a driver sees."""
    desk = Desk(emsp, Reception(emsp.platform, "EMSP"))
    says = "Each EVSE of a page of locations, for a driver; free=true: those that are free."
    sees = Operation("GET", "/driver/evses", says, desk.evses, query=("free", "party", *PAGED))

    async def leads(_: Request) -> Response:
        return RedirectResponse("/driver")

    pages = [Route("/driver", Page(desk).page), Route("/", leads)]
    return application("eMSP", operations(desk), BODIES, token, seen_by_all=[sees], open_to_all=pages)
