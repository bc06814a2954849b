"""One endpoint a role: serves versions, version details, credentials and a table of handlers, and sends any request.

What it does by itself is what OCPI 2.2.1 asks of every platform: 401 without a token that it knows, 404 for a URL that it does
not serve, 405 for a method that is none there, 400 for a body that is no JSON; the envelope, the request's ids and the routing
headers of the answer. A handler, or an edit of the answer, may say something else, legal or not.
"""

from __future__ import annotations

import inspect
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit
from uuid import uuid4

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import WireLog
from evconform.http.client import HttpClient
from evconform.http.message import Raw, Request, Response
from evconform.http.server import HttpServer, ServerConnection
from evconform.ocpi import headers as names
from evconform.ocpi.authorization import Encoding, authorization, token_of
from evconform.ocpi.envelope import NOTHING, envelope
from evconform.ocpi.headers import Routing
from evconform.ocpi.json import NO_JSON, read, write
from evconform.ocpi.operations import EITHER, methods
from evconform.ocpi.places import Announced, Place
from evconform.ocpi.urls import join


@dataclass(frozen=True)
class Party:
    """Who we are on OCPI; ``role`` as its enum has it: CPO, EMSP."""

    role: str
    country_code: str
    party_id: str
    name: str = "evconform"

    @property
    def owner(self) -> tuple[str, str]:
        return self.country_code, self.party_id

    @property
    def credentials_role(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "business_details": {"name": self.name},
            "party_id": self.party_id,
            "country_code": self.country_code,
        }


@dataclass
class Reply:
    """What a handler says; the endpoint makes the response of it. ``body``: instead of the envelope, as it is."""

    data: Any = NOTHING
    status_code: int = 1000
    http: int = 200
    message: str | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    """More headers; None takes away one that would be there."""
    body: bytes | None = None


Answer = Reply | Response | Raw | None
"""None: no answer, and the connection ends."""


@dataclass
class Asked:
    """A request to us, as a handler sees it. ``body``: its JSON, NO_JSON without."""

    request: Request
    connection: ServerConnection
    place: Place = field(default_factory=Place)
    token: str = ""
    body: Any = NO_JSON

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def parts(self) -> tuple[str, ...]:
        return self.place.parts

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.request.query, keep_blank_values=True))


Handler = Callable[[Asked], Answer | Awaitable[Answer]]
Key = tuple[str, str, str]
"""Module, interface, method; the depth is the handler's to look at, or a key of four says it."""


class OcpiEndpoint:
    """``served``: modules and interfaces that version details announce, by version. ``accepts``: the tokens that open our door,
    and whether for everything or, like token A, for versions and credentials alone."""

    def __init__(self, clock: Clock, tasks: Tasks, wire: WireLog | None, party: Party, served: list[tuple[str, str]]) -> None:
        self.clock = clock
        self.wire = wire
        self.party = party
        self.served: dict[str, list[tuple[str, str]]] = {"2.2.1": served}
        self.accepts: dict[str, bool] = {}
        self.encoding: Encoding = "base64"
        """Of tokens in Authorization headers, ours and the SUT's."""
        self.handlers: dict[tuple[Any, ...], Handler] = {}
        self.server = HttpServer(clock, tasks, wire, self._handle)
        self.client: HttpClient = HttpClient(clock, wire)
        self.slash = ""
        """What announced URLs end with."""
        self.url = ""
        self.through: Callable[[Asked, Handler], Answer | Awaitable[Answer]] = lambda asked, handler: handler(asked)
        """What stands between the guard and the handlers."""
        self.edit_answer: Callable[[Asked, Response], Response | Raw | None] = lambda _, response: response
        self.on_answer: Callable[[Asked, Response | Raw | None], None] = lambda _, __: None

    # ── our door ──

    async def listen(self, url: str, tls: ssl.SSLContext | None = None, towards: str = "") -> str:
        """Returns the versions URL, as somebody at the URL ``towards`` can reach it."""
        self.url = announced(url, await self.server.listen(url, tls), towards)
        return self.versions_url

    async def stop(self) -> None:
        await self.server.close()
        await self.client.close()

    @property
    def versions_url(self) -> str:
        return join(self.url, "versions")

    def details_url(self, version: str) -> str:
        return join(self.url, version)

    def endpoint_url(self, module: str, interface: str, version: str = "2.2.1") -> str:
        parts = [module] if module == "credentials" else [interface.lower(), module]
        return join(self.url, version, *parts) + self.slash

    def versions(self) -> list[dict[str, str]]:
        return [{"version": version, "url": self.details_url(version)} for version in self.served]

    def details(self, version: str) -> dict[str, Any]:
        rows = [
            {"identifier": module, "role": interface or "SENDER", "url": self.endpoint_url(module, interface, version)}
            for module, interface in [("credentials", "SENDER"), *self.served[version]]
        ]
        return {"version": version, "endpoints": rows}

    def credentials(self, token: str) -> dict[str, Any]:
        return {"token": token, "url": self.versions_url, "roles": [self.party.credentials_role]}

    @property
    def announced(self) -> Announced:
        """What we announce now."""
        made = Announced()
        made.has_versions_at(self.versions_url)
        made.lists_versions(self.versions())
        for version in self.served:
            made.details_version(version, self.details(version))
        return made

    # ── answering ──

    async def _handle(self, request: Request, connection: ServerConnection) -> Response | Raw | None:
        asked = Asked(request, connection)
        answer = await self._answers(asked)
        if isinstance(answer, Reply):
            answer = self.edit_answer(asked, self.response(asked, answer))
        self.on_answer(asked, answer)
        return answer

    async def _answers(self, asked: Asked) -> Answer:
        refusal = self._refuses(asked)
        if refusal is not None:
            return refusal
        answer = self.through(asked, self._handler(asked) or self._no_such_method)
        return await answer if inspect.isawaitable(answer) else answer

    def _no_such_method(self, asked: Asked) -> Reply:
        message = "this method is none of this URL"
        return Reply(http=405, status_code=2000, message=message, headers={"Allow": self._allow(asked)})

    def _refuses(self, asked: Asked) -> Reply | None:
        """What every request must be before a handler sees it."""
        request = asked.request
        try:
            asked.token = token_of(request.header(names.AUTHORIZATION), self.encoding)
        except ValueError as why:
            return Reply(http=401, status_code=2000, message=str(why), headers={"WWW-Authenticate": "Token"})
        asked.place = self.announced.find(request.target, request.method)
        if asked.token not in self.accepts:
            return Reply(http=401, status_code=2000, message="unknown credentials token", headers={"WWW-Authenticate": "Token"})
        if not asked.place.module:
            return Reply(http=404, status_code=2000, message="nothing is served here")
        if not self.accepts[asked.token] and asked.place.module not in ("versions", "credentials"):
            return Reply(http=401, status_code=2000, message="token A opens versions and credentials only")
        if request.method in ("POST", "PUT", "PATCH"):
            asked.body, why_not = read(request.body)
            if why_not:
                return Reply(http=400, status_code=2000, message=why_not)
        return None

    def _handler(self, asked: Asked) -> Handler | None:
        place = asked.place
        if place.module == "versions":
            return self.handlers.get((place.module, EITHER, asked.method, 1 if place.version else 0), self._tells_versions(asked))
        key = (place.module, place.interface, asked.method)
        return self.handlers.get((*key, len(place.parts)), self.handlers.get(key))

    def _tells_versions(self, asked: Asked) -> Handler | None:
        if asked.method != "GET":
            return None
        version = asked.place.version
        return lambda _: Reply(self.details(version) if version else self.versions())

    def _allow(self, asked: Asked) -> str:
        place = asked.place
        depth = 1 if place.module == "versions" and place.version else len(place.parts)
        return ", ".join(sorted(methods(place.module, place.interface, depth)))

    def response(self, asked: Asked, reply: Reply) -> Response:
        """The whole response: envelope, ids echoed, routing swapped."""
        body = reply.body
        if body is None:
            body = write(envelope(reply.data, reply.status_code, reply.message, at=self.clock.date()))
        heads: dict[str, str | None] = {names.CONTENT_TYPE: names.JSON}
        for name in (names.REQUEST_ID, names.CORRELATION_ID):
            if (value := asked.request.header(name)) is not None:
                heads[name] = value
        if asked.place.routed:
            heads |= dict(self._routes_back(asked).headers())
        heads |= reply.headers
        return Response(reply.http, [(name, value) for name, value in heads.items() if value is not None], body)

    def _routes_back(self, asked: Asked) -> Routing:
        came = Routing.of(asked.request.headers)
        country, party = self.party.owner
        return replace(came.swapped(), from_party=party, from_country=country)

    # ── asking ──

    def request(
        self,
        method: str,
        url: str,
        *,
        token: str,
        body: Any = NOTHING,
        routing: Routing | None = None,
        headers: dict[str, str | None] | None = None,
        encoding: Encoding | None = None,
    ) -> Request:
        """A request as OCPI asks for it; ``headers`` adds, changes, or takes away (None). ``body``: an object, or bytes as they
        are. The target is for the client to make of the URL."""
        heads: dict[str, str | None] = {
            names.AUTHORIZATION: authorization(token, encoding or self.encoding),
            names.REQUEST_ID: str(uuid4()),
            names.CORRELATION_ID: str(uuid4()),
        }
        heads |= dict(routing.headers()) if routing else {}
        content = b"" if body is NOTHING else body if isinstance(body, bytes) else write(body)
        if body is not NOTHING:
            heads[names.CONTENT_TYPE] = names.JSON
        given = {name.lower(): name for name in heads}
        for name, value in (headers or {}).items():
            heads[given.get(name.lower(), name)] = value
        return Request(method, "", [(name, value) for name, value in heads.items() if value is not None], content)


WILDCARDS = ("0.0.0.0", "::")


def announced(asked: str, actual: str, towards: str = "") -> str:
    """What we announce: the host that was asked for, for the other side may know us by that name alone, and the port in force.
    Where we listen everywhere, the address that we have ``towards`` the other side."""
    host, port = urlsplit(asked).hostname or "", urlsplit(actual).port
    if host in WILDCARDS and towards:
        host = address_towards(urlsplit(towards).hostname or "") or host
    return urlunsplit(urlsplit(actual)._replace(netloc=f"[{host}]:{port}" if ":" in host else f"{host}:{port}"))


def address_towards(host: str) -> str:
    """Our own address on the way to a host; empty if there is no way. Nothing is sent."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(address)
            return str(probe.getsockname()[0])
    except OSError:
        return ""
