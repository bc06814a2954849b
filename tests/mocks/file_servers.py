"""Real file servers on a socket of the running loop. Idle, they do not hold its lab clock: their listening sockets are
declared, and whatever is open otherwise is a transfer."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aioftp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from evconform.harness.clock import Clock, LabLoop, Links

HOST = "127.0.0.1"
USER, PASSWORD = "cp", "p@ss/word"
LOGIN = "cp:p%40ss%2Fword@"
Story = Callable[[Clock], Coroutine[Any, Any, Any]]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def on_wall_time(story: Story) -> Any:
    async def told() -> Any:
        return await story(Clock(asyncio.get_running_loop()))

    return asyncio.run(told())


def on_lab_time(story: Story) -> Any:
    loop = LabLoop()
    try:
        return loop.run_until_complete(story(Clock(loop)))
    finally:
        loop.close()


@contextmanager
def declared(clock: Clock, sockets: Iterable[Any]) -> Any:
    """Tells a lab clock that these sockets only listen."""
    links = clock.links or Links()  # on wall time nobody looks
    addresses = [(s.getsockname()[:2], s.fileno()) for s in sockets]
    for address, fileno in addresses:
        links.listens(address, fileno)
    try:
        yield
    finally:
        for address, _ in addresses:
            links.leaves(address)


@asynccontextmanager
async def ftp_server(clock: Clock, root: Path, anonymous: bool = False) -> AsyncIterator[str]:
    """The ``host:port`` of an FTP server whose home directory is ``root``."""
    user = aioftp.User(base_path=root) if anonymous else aioftp.User(USER, PASSWORD, base_path=root)
    server = aioftp.Server([user])
    await server.start(HOST, 0)
    with declared(clock, server.server.sockets):
        try:
            yield f"{HOST}:{server.server_port}"
        finally:
            await server.close()


class Shelf:
    """What an HTTP server holds, and which status it answers everything with if it is out of order."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        self.authorization: str | None = None
        self.out_of_order = 0

    async def serve(self, request: Request) -> Response:
        path, query = request.scope["raw_path"].decode("ascii"), request.url.query
        self.asked.append((request.method, f"{path}?{query}" if query else path))
        self.authorization = request.headers.get("authorization")
        if self.out_of_order:
            return Response(b"", self.out_of_order)
        if request.method == "GET":
            found = self.files.get(path)
            return Response(found or b"", 404 if found is None else 200)
        self.files[path] = await request.body()
        return Response(b"", 201)


@asynccontextmanager
async def http_server(clock: Clock, shelf: Shelf, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """The ``host:port`` of uvicorn's protocol with starlette's application, without uvicorn's ten ticks a second."""
    app = Starlette()
    app.add_route("/{path:path}", shelf.serve, methods=["GET", "PUT", "POST"], include_in_schema=False)
    config = uvicorn.Config(app, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: H11Protocol(config, state, {}), HOST, 0, ssl=tls)
    with declared(clock, server.sockets):
        try:
            yield f"{HOST}:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for connection in list(state.connections):
                connection.shutdown()


@asynccontextmanager
async def rude_server(clock: Clock, serve: Serve) -> AsyncIterator[str]:
    """The ``host:port`` of a server that says what ``serve`` writes."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(served, HOST, 0)
    with declared(clock, server.sockets):
        try:
            yield f"{HOST}:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
