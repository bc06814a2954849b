"""The HTTP side of a platform: who may ask, what is asked, and how an answer goes out (OCPI 2.2.1, transport_and_format).

Every answer is an envelope, also that of an HTTP error. Who shows no token of ours learns nothing but that (401). A request that
is allowed, is JSON, and names something that there is, never gets an HTTP error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from evconform.ocpi import headers as names
from evconform.ocpi import operations, status
from evconform.ocpi.headers import Routing
from evconform.reference.ocpi.asking import Unreadable, body
from evconform.reference.ocpi.reply import Asked, Caller, Handler, Reply, invalid, missing, not_allowed
from evconform.reference.store import NotStored

if TYPE_CHECKING:
    from evconform.reference.ocpi.platform import Platform

CONFIGURATION = ("versions", "details", "credentials")
"""Where tokens A and B may be shown too (transport_and_format: authorization header)."""
BODIES = ("POST", "PUT", "PATCH")
UNAUTHORIZED = Reply(code=2000, message="no token that is known here", http=HTTPStatus.UNAUTHORIZED)


@dataclass
class Answer:
    """What goes out, which a fault may change before it does."""

    http: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Place:
    """What a URL leads to: a module's interface, and the parts below its URL."""

    module: str
    interface: str = operations.EITHER
    parts: tuple[str, ...] = ()


class Door:
    """An ASGI application. What a fault may change stands as attributes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.edit: Callable[[Request, Answer], Answer] = lambda _, answer: answer
        self.echoed: tuple[str, ...] = (names.REQUEST_ID, names.CORRELATION_ID)
        self.caller: Callable[[str | None], Caller | None] = platform.partners.caller
        self.open_to_all: tuple[str, ...] = CONFIGURATION
        self.routes: Callable[[Routing], Routing] = lambda routing: routing.swapped()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        place = self.place(scope.get("raw_path") or scope["path"].encode())
        reply = await self.replies(request, place)
        headers = [(names.CONTENT_TYPE, names.JSON), *reply.headers, *self.echoes(request)]
        if place and place.interface and reply.http != HTTPStatus.UNAUTHORIZED:
            headers += self.routes(Routing.of(request.headers.items())).headers()
        answer = self.edit(request, Answer(reply.http, headers, reply.encode(self.platform.clock.date())))
        made = Response(answer.body, answer.http)
        made.raw_headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await made(scope, receive, send)

    def echoes(self, request: Request) -> list[tuple[str, str]]:
        """The ids of the request, in the answer (transport_and_format: unique message ids)."""
        return [(name, request.headers[name]) for name in self.echoed if name in request.headers]

    def place(self, path: bytes) -> Place | None:
        """What a path leads to; None if to nothing of ours. A part may hold an encoded slash."""
        base = urlsplit(self.platform.url).path.rstrip("/")
        text = path.decode("latin-1").partition("?")[0]
        if not text.startswith(f"{base}/"):
            return None
        rest = text[len(base) + 1 :].removesuffix("/").split("/")
        parts = tuple(unquote(part) for part in rest)
        version = self.platform.version
        match parts:
            case ("versions",):
                return Place("versions")
            case (first,) if first == version:
                return Place("details")
            case (first, "credentials") if first == version:
                return Place("credentials")
            case (first, "sender" | "receiver", module, *below) if first == version:
                interface = parts[1].upper()
                if (module, interface) in self.platform.interfaces:
                    return Place(module, interface, tuple(below))
        return None

    async def replies(self, request: Request, place: Place | None) -> Reply:
        """The checks in their order, then the operation."""
        caller = self.caller(request.headers.get(names.AUTHORIZATION))
        if caller is None:
            return UNAUTHORIZED
        if place is None:
            return missing("there is nothing here") if caller.standing == "registered" else UNAUTHORIZED
        if caller.standing != "registered" and place.module not in self.open_to_all:
            return UNAUTHORIZED
        handlers = self.platform.handlers_at(place.module, place.interface, len(place.parts))
        if not handlers:
            return missing("there is nothing here")
        if request.method not in handlers:
            return not_allowed(f"{request.method} is not for this URL", set(handlers))
        routing = Routing.of(request.headers.items()) if place.interface else Routing()
        asked = Asked(request.method, caller, place.parts, request.url.query, None, routing, routing.to)
        if says := self.platform.misrouted(asked):
            return invalid(says)
        return await self.handled(request, asked, handlers[request.method])

    async def handled(self, request: Request, asked: Asked, handler: Handler) -> Reply:
        try:
            if asked.method in BODIES:
                asked.body = await body(request)
            return await handler(asked)
        except Unreadable as error:
            return Reply(code=2000, message=str(error), http=error.http)
        except (NotStored, SQLAlchemyError, OSError):
            return Reply(code=status.SERVER_ERROR, message="the store cannot be reached")
        except Exception as error:  # noqa: BLE001 - a bug of ours, told to whoever runs us
            self.platform.tasks.fails(error)
            return Reply(code=status.SERVER_ERROR, message="internal error", http=HTTPStatus.INTERNAL_SERVER_ERROR)
