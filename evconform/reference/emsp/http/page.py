"""The driver's page: what is free where, plain, readable without script."""

from __future__ import annotations

from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from evconform.ocpi.moments import stamp
from evconform.reference.emsp.writing import FREE
from evconform.reference.http.asked import page, refuse
from evconform.reference.store import NotStored

if TYPE_CHECKING:
    from evconform.reference.emsp.http.api import Desk


class Page:
    """``/driver``."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        loader = PackageLoader("evconform.reference.emsp.http", ".")
        environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        self.template = environment.get_template("driver.html.jinja")

    async def page(self, request: Request) -> Response:
        limit, offset = page(request)
        free = request.query_params.get("free") == "true"
        try:
            ours = self.desk.ours(request)
            items, more = await self.desk.emsp.driver.evses(ours, free, limit, offset)
        except ValueError as error:
            raise refuse(HTTPStatus.BAD_REQUEST, str(error)) from None
        except (NotStored, SQLAlchemyError, OSError):
            raise refuse(HTTPStatus.SERVICE_UNAVAILABLE, "the store cannot be reached") from None
        places = [list(each) for _, each in groupby(items, key=lambda item: (item["cpo"], item["locationId"]))]
        following = {"party": "*".join(ours), "free": str(free).lower(), "limit": limit, "offset": more}
        return HTMLResponse(
            self.template.render(
                places=places,
                party="*".join(ours),
                available=sum(item["status"] == FREE for item in items),
                count=len(items),
                free=free,
                now=stamp(self.desk.emsp.clock.date()),
                following=f"?{urlencode(following)}" if more is not None else "",
                other=f"?{urlencode({'party': '*'.join(ours), 'free': str(not free).lower()})}",
            )
        )
