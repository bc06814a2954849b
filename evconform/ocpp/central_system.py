"""The central system's endpoint of OCPP-J: listens, and has one channel for each connected charge point."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import WireLog
from evconform.http.tls import Secured
from evconform.ocpp import limits
from evconform.ocpp.channel import Channel, ChannelOwner
from evconform.ocpp.json import SUBPROTOCOL
from evconform.ocpp.tap import credentials_text
from evconform.ocpp.visitors import Visitors
from evconform.ocpp.websocket import Connection


@dataclass
class Knock:
    """An opening handshake as the central system sees it: who wants in, and how it proves that."""

    identity: str
    subprotocols: tuple[str, ...]
    user: str | None = None
    password: str | None = None

    def proves_itself(self, given: Sequence[str]) -> None:
        """Takes the Basic credentials (RFC 7617) of its Authorization headers, if there is one: no user if they are none."""
        scheme, _, credentials = (given[0] if len(given) == 1 else "").partition(" ")
        if scheme.lower() == "basic":
            try:
                self.user, _, self.password = credentials_text(credentials).partition(":")
            except ValueError:
                self.user = ""


Admit = Callable[[Knock], HTTPStatus | None]
"""Refuses a knock with an HTTP status, or lets it in with None."""


class CentralSystemEndpoint(ChannelOwner):
    """Serves charge points at ``ws(s)://host:port/path/<identity>``."""

    def __init__(self, clock: Clock, tasks: Tasks, wire: WireLog | None = None) -> None:
        super().__init__(tasks)
        self.clock = clock
        self.wire = wire
        self.channels: dict[str, Channel] = {}
        self.admit: Admit = lambda _: None
        self.subprotocols: tuple[str, ...] = (SUBPROTOCOL,)
        self.on_channel: Callable[[Channel], None] | None = None
        self.on_lost: Callable[[str], None] | None = None
        """Told of an identity whose connection is gone, and which has no newer one."""
        self.edit_response: Callable[[Response], None] | None = None
        self.url = ""
        self._path = ""
        self._server: asyncio.Server | None = None
        self._connections: dict[Connection, Channel | None] = {}
        self.visitors = Visitors()

    async def listen(self, url: str, tls: ssl.SSLContext | None = None) -> str:
        """Listens at ``url``; port 0 lets the system choose. Returns the URL in force. Raises OSError."""
        parts = urlsplit(url)
        self._path = parts.path.rstrip("/")
        make = (lambda: Secured(self._accept(), tls, None)) if tls else self._accept
        self._server = await asyncio.get_running_loop().create_server(make, parts.hostname, parts.port or 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        if self.clock.links is not None:
            for socket in self._server.sockets:
                self.clock.links.listens(socket.getsockname()[:2], socket.fileno())
        self.url = f"{'wss' if tls else 'ws'}://{host}:{port}{self._path}"
        return self.url

    def _accept(self) -> Connection:
        ws = ServerProtocol(
            subprotocols=[Subprotocol(name) for name in self.subprotocols],
            select_subprotocol=lambda _, offered: self._select(offered),
            max_size=limits.MESSAGE_AT_MOST,
        )
        if len(self._connections) >= limits.CONNECTIONS_AT_MOST:
            self._makes_room()
        connection = Connection(ws, self, self.clock, self.wire)
        self._connections[connection] = None
        return connection

    def _makes_room(self) -> None:
        """Drops the oldest connection that has not ended its opening handshake, or else the newest of all."""
        strangers = [connection for connection, channel in self._connections.items() if channel is None]
        if strangers:
            del self._connections[strangers[0]]
        (strangers[0] if strangers else [*self._connections][-1]).abort()

    def _select(self, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """OCPP-J 3.2: the first offered one that we speak; without one the handshake ends with no such header."""
        return next((name for name in offered if name in self.subprotocols), None)

    def requested(self, connection: Connection, request: Request) -> Response:
        assert isinstance(connection.ws, ServerProtocol)
        if len(request.headers.get_all("Host")) > 1:  # RFC 9112, 3.2
            return connection.ws.reject(HTTPStatus.BAD_REQUEST, "more than one Host\n")
        knock = as_knock(request, self._path)
        refusal = self.admit(knock) if knock else HTTPStatus.NOT_FOUND
        if refusal is not None:
            return connection.ws.reject(refusal, f"{refusal.phrase}\n")
        response = connection.ws.accept(request)
        if self.edit_response:
            self.edit_response(response)
        return response

    def opened(self, connection: Connection) -> None:
        self.on_connection(connection)
        if connection.ws.subprotocol is None:
            connection.close(1002, "no subprotocol agreed")  # OCPP-J 3.2
            return
        identity = identity_of(connection.path, self._path) or ""
        channel = Channel(identity, connection, self)
        self._connections[connection] = channel
        if old := self.channels.get(identity):
            old.connection.close(1000, "the charge point connected again")
        self.channels[identity] = channel
        if self.on_channel:
            self.on_channel(channel)

    def heard(self, connection: Connection, text: str) -> None:
        if channel := self._connections.get(connection):
            channel.heard(text)

    def lost(self, connection: Connection) -> None:
        channel = self._connections.pop(connection, None)
        if channel is None:
            self.visitors.leaves(connection)
        else:
            channel.lost()
            if self.channels.get(channel.identity) is channel:
                del self.channels[channel.identity]
                if self.on_lost:
                    self.on_lost(channel.identity)

    @property
    def strangers(self) -> str:
        """Who else was, or is, at our port, in words; empty if nobody."""
        return self.visitors.words(connection for connection, channel in self._connections.items() if channel is None)

    async def stop(self) -> None:
        """Listens no more and closes every connection."""
        if self._server is None:
            return
        if self.clock.links is not None:
            for socket in self._server.sockets:
                self.clock.links.leaves(socket.getsockname()[:2])
        self._server.close()
        connections = [connection for connection in self._connections if connection.made or connection.securing]
        for connection in connections:
            connection.close(1001)
        for connection in connections:
            await connection.closed()
        self._server = None


def path_of(target: str) -> str:
    """The path in a request target, which may be an absolute URL (RFC 9112, 3.2)."""
    found = re.match(r"(?:\w+://[^/?#\[\]]+)?(/[^?#]*)", target, re.ASCII)
    return found[1] if found else ""


def identity_of(request_path: str, endpoint_path: str) -> str | None:
    """The identity in a request path (OCPP-J 3.1.1); None if it is not below the endpoint's path."""
    path = path_of(request_path)
    if not path.startswith(endpoint_path + "/"):
        return None
    last = path[len(endpoint_path) + 1 :]
    return unquote(last, errors="replace") if last and "/" not in last else None


def as_knock(request: Request, endpoint_path: str) -> Knock | None:
    """What the request's head says; None if it names no identity."""
    identity = identity_of(request.path, endpoint_path)
    if identity is None:
        return None
    offered = ",".join(request.headers.get_all("Sec-WebSocket-Protocol"))
    knock = Knock(identity, tuple(name.strip() for name in offered.split(",") if name.strip()))
    knock.proves_itself(request.headers.get_all("Authorization"))
    return knock
