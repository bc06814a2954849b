"""The charge point's endpoint of OCPP-J: dials, and has one channel."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import WireLog
from evconform.ocpp.channel import Channel, ChannelOwner
from evconform.ocpp.json import SUBPROTOCOL
from evconform.ocpp.limits import MESSAGE_AT_MOST
from evconform.ocpp.websocket import Connection, dial, refused


class NotConnected(Exception):
    """The connection did not come about; ``status`` is the HTTP status if there was one."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Handshake:
    """What the charge point says in its opening handshake (OCPP-J 3.1)."""

    url: str
    """The OCPP-J endpoint URL of the central system, without the identity."""
    identity: str
    password: str | None = None
    subprotocols: tuple[str, ...] = (SUBPROTOCOL,)
    tls: ssl.SSLContext | None = None
    within: float = 10.0
    """Seconds for the whole handshake."""
    service: str = ""
    """OCPP-S: where the charge point's own service is; without one it takes a free port of this machine."""
    service_tls: ssl.SSLContext | None = None
    """What it shows there, if that is ``https``."""

    @property
    def connection_url(self) -> str:
        """OCPP-J 3.1.1: the endpoint URL, ``/``, the percent-encoded identity."""
        return f"{self.url.rstrip('/')}/{quote(self.identity, safe='')}"

    def authorization(self) -> str:
        """The Basic authentication of OCPP-J 6.2.2: the user name is the identity."""
        return "Basic " + base64.b64encode(f"{self.identity}:{self.password}".encode()).decode()


class ChargePointEndpoint(ChannelOwner):
    """Connects a charge point and hands its channel to ``on_lost`` when it goes."""

    def __init__(self, clock: Clock, tasks: Tasks, wire: WireLog | None = None) -> None:
        super().__init__(tasks)
        self.clock = clock
        self.wire = wire
        self.channel: Channel | None = None
        self.subprotocol: str | None = None
        self.on_lost: Callable[[], None] | None = None
        self.edit_request: Callable[[Request], None] | None = None
        self._handshake: Handshake
        self._latest: Connection | None = None
        self._older: list[Connection] = []
        """Connections that stood when a newer one was opened."""
        self._settled: asyncio.Future[None]

    async def connect(self, handshake: Handshake) -> Channel:
        """Opens the connection. Raises NotConnected."""
        self._handshake, self._latest = handshake, None
        self._settled = asyncio.get_running_loop().create_future()
        parts = urlsplit(handshake.connection_url)
        secure = parts.scheme == "wss"
        tls = (handshake.tls or ssl.create_default_context()) if secure else None
        ws = ClientProtocol(
            parse_uri(handshake.connection_url),
            subprotocols=[Subprotocol(name) for name in handshake.subprotocols] or None,
            max_size=MESSAGE_AT_MOST,
        )
        port = parts.port or (443 if secure else 80)
        connection: Connection | None = None
        try:
            connection = await dial(parts.hostname or "", port, lambda: self._dialled(ws), tls, handshake.within)
            async with asyncio.timeout(handshake.within):
                await self._settled
        except (OSError, TimeoutError) as error:
            if connection:
                connection.abort()
            late = f"nothing came within {handshake.within:g} s"
            why = str(error) or (late if isinstance(error, TimeoutError) else "the other side ended it")
            raise NotConnected(f"{type(error).__name__}: {why}") from error
        if self.channel is None:
            failed = connection.failed
            status = failed.response.status_code if isinstance(failed, InvalidStatus) else None
            raise NotConnected(refused(connection), status)
        return self.channel

    def _dialled(self, ws: ClientProtocol) -> Connection:
        self._latest = Connection(ws, self, self.clock, self.wire)
        return self._latest

    @property
    def connected(self) -> bool:
        return self.channel is not None and self.channel.connection.open

    def requested(self, connection: Connection, request: Request) -> Response:
        if self._handshake.password is not None:
            request.headers["Authorization"] = self._handshake.authorization()
        if self.edit_request:
            self.edit_request(request)
        return Response(101, "", request.headers)

    def opened(self, connection: Connection) -> None:
        if connection is not self._latest:
            connection.abort()  # an attempt that was given up
            return
        self.on_connection(connection)
        if self.channel is not None:
            self._older.append(self.channel.connection)
        self.channel = Channel(self._handshake.identity, connection, self)
        self.subprotocol = connection.ws.subprotocol
        if not self._settled.done():
            self._settled.set_result(None)

    def heard(self, connection: Connection, text: str) -> None:
        if self.channel:
            self.channel.heard(text)

    def lost(self, connection: Connection) -> None:
        if connection is self._latest and not self._settled.done():
            self._settled.set_result(None)
        if self.channel is None or self.channel.connection is not connection:
            return
        self.channel.lost()
        self.channel = None
        if self.on_lost:
            self.on_lost()

    async def disconnect(self, abruptly: bool = False) -> None:
        """Closes the connection, or drops it without a word; older ones are dropped."""
        while self._older:
            older = self._older.pop()
            older.abort()
            await older.closed()
        if self.channel is None:
            return
        connection = self.channel.connection
        if abruptly or connection.ws.state is not State.OPEN:
            connection.abort()
        else:
            connection.close()
        await connection.closed()
