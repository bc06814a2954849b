"""uvicorn and httpx on lab time: for parties that are real programs, not instruments.

``serve`` is uvicorn's HTTP protocol without its server, whose tick of 100 ms makes a lab day take a quarter of an hour;
``client`` is httpx over streams whose bytes are counted. On wall time both are as usual.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvicorn
from uvicorn.server import ServerState

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import Side, WireLog
from evconform.http.counted import counted, leaves, listens
from evconform.http.streams import Transport
from evconform.http.tls import trusted

KEPT_ALIVE = 75
"""Seconds that an idle connection is kept on wall time; on lab time for ever."""
FINISH_WITHIN = 5.0
"""Seconds that a request may still take once the server is closed."""

App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass
class Served:
    """An app that is being served."""

    url: str
    close: Callable[[], Awaitable[None]]


class State(ServerState):
    """What uvicorn's connections share. The date is the clock's."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.gone = asyncio.Event()
        """Whenever a connection is gone."""
        super().__init__()

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"date", format_datetime(self.clock.date(), usegmt=True).encode())]

    @default_headers.setter
    def default_headers(self, headers: list[tuple[bytes, bytes]]) -> None:
        """uvicorn's server would put the date there at each tick."""


async def serve(
    app: App, clock: Clock, tasks: Tasks, url: str = "http://127.0.0.1:0", tls: ssl.SSLContext | None = None
) -> Served:
    """Serves an ASGI app, without lifespan, at ``url``; port 0 lets the system choose. What the app dies of is told to
    ``tasks``. Raises OSError."""
    how: Any = {"lifespan": "off", "ws": "none", "proxy_headers": False, "access_log": False, "log_config": None}
    config = uvicorn.Config(watched(app, tasks), **how, log_level="critical", timeout_keep_alive=KEPT_ALIVE, interface="asgi3")
    config.load()
    state = State(clock)
    parts = urlsplit(url)
    make = counted(clock, functools.partial(protocol(config, clock), config, state, {}))
    server = await asyncio.get_running_loop().create_server(make, parts.hostname, parts.port or 0, ssl=tls)
    listens(clock, server)
    host, port = server.sockets[0].getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return Served(f"{'https' if tls else 'http'}://{shown}:{port}{parts.path}", functools.partial(close, server, state, clock))


def watched(app: App, tasks: Tasks) -> App:
    """The app, whose exceptions uvicorn answers with 500 and would only write to a logger."""

    async def watches(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:
            tasks.fails(error)
            raise

    return watches


def protocol(config: uvicorn.Config, clock: Clock) -> Callable[..., asyncio.Protocol]:
    """uvicorn's protocol class; on lab time it does not count how long a connection is idle."""
    base: Any = config.http_protocol_class

    class Tamed(base):  # type: ignore[misc]
        def on_response_complete(self) -> None:
            super().on_response_complete()
            if clock.kind == "lab":
                self._unset_keepalive_if_required()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self.server_state.gone.set()

    return Tamed


async def close(server: asyncio.Server, state: State, clock: Clock) -> None:
    """Listens no more; requests that are under way may end, within a while."""
    leaves(clock, server)
    server.close()
    for connection in [*state.connections]:
        connection.shutdown()
    try:
        async with asyncio.timeout(FINISH_WITHIN):
            await end(state)
    except TimeoutError:
        for task in [*state.tasks]:
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        for connection in [*state.connections]:
            connection.transport.abort()
        await end(state)


async def end(state: State) -> None:
    """Waits until there are no connections any more, and nobody who answers."""
    while state.connections:
        state.gone.clear()
        await state.gone.wait()
    await asyncio.gather(*state.tasks, return_exceptions=True)


def client(
    clock: Clock, *, verify: ssl.SSLContext | None = None, wire: WireLog | None = None, by: Side = "sut", **arguments: Any
) -> httpx.AsyncClient:
    """An httpx client. No proxy or password out of the environment unless asked for. On lab time its connections can be logged
    in ``wire``, as those of ``by``."""
    arguments.setdefault("trust_env", False)
    context = verify or trusted()
    if clock.kind == "wall" or "transport" in arguments:
        return httpx.AsyncClient(verify=context, **arguments)
    limits = arguments.pop("limits", httpx.Limits(max_connections=100, max_keepalive_connections=20))
    return httpx.AsyncClient(transport=Transport(clock, context, limits, wire, by), **arguments)
