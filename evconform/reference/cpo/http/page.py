"""The page: stations, sessions and the live wire, plain, readable without script."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from evconform.ocpp import scripts
from evconform.reference.cpo.http.reads import Reads

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo

STATIONS_AT_MOST = 200
"""Stations that the page shows; the API has them all."""


class Page:
    """``/`` and the stream that feeds it."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        self.reads = Reads(cpo)
        loader = PackageLoader("evconform.reference.cpo.http", ".")
        self.template = Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("page.html.jinja")

    def routes(self) -> list[Route]:
        return [Route("/", self.page), Route("/wire", self.stream)]

    async def page(self, _: Request) -> Response:
        memory = self.cpo.memory
        known = [memory.stations[identity] for identity in sorted(memory.stations)]
        running = sorted(memory.transactions.values(), key=lambda t: t.id, reverse=True)
        return HTMLResponse(
            self.template.render(
                now=scripts.iso(self.cpo.clock.date()),
                stations=[self.reads.shown(each) for each in known[:STATIONS_AT_MOST]],
                count=len(known),
                connected=sum(map(self.cpo.presence.online, self.cpo.endpoint.channels)),
                transactions=running[:STATIONS_AT_MOST],
                running=len(running),
                reservations=self.cpo.reservations.active(),
                lines=self.cpo.wire.lines[::-1],
                store=self.cpo.store,
            )
        )

    async def stream(self, _: Request) -> Response:
        """Server-sent events: each frame as it passes."""

        async def events() -> AsyncIterator[str]:
            async for line in self.cpo.wire.watch():
                yield f"data: {json.dumps(asdict(line))}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})
