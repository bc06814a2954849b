"""An operator's API as an application: what its table says behind the token, the OpenAPI document before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from evconform.reference.http import openapi
from evconform.reference.http.asked import Doorkeeper, EncodedPath, broken, refused
from evconform.reference.http.operation import Operation, endpoint


def application(
    of: str,
    table: Iterable[Operation],
    schemas: openapi.Schemas,
    token: str,
    seen_by_all: Sequence[Operation] = (),
    routes: Sequence[BaseRoute] = (),
    open_to_all: Sequence[BaseRoute] = (),
) -> Starlette:
    """``seen_by_all`` and ``open_to_all`` lie before the token; ``routes`` behind it, as pages do."""
    table = list(table)
    document = openapi.document(of, [*seen_by_all, *table], schemas)

    async def describes(_: Request) -> Response:
        return JSONResponse(document)

    refusals = {HTTPException: refused, Exception: broken}
    guarded = Starlette(routes=[*map(route, table), *routes], exception_handlers=refusals)
    before = [Route("/openapi.json", describes), *map(route, seen_by_all), *open_to_all]
    everything_else = Mount("/", app=Doorkeeper(guarded, token))
    return Starlette(routes=[*before, everything_else], exception_handlers=refusals, middleware=[Middleware(EncodedPath)])


def route(operation: Operation) -> Route:
    return Route(operation.path, endpoint(operation), methods=[operation.method])
