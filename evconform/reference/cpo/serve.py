"""Runs the reference CPO alone, on wall time, until somebody asks it to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from evconform.harness.clock import Clock, Tasks
from evconform.harness.verdict import UsageError
from evconform.http import taming
from evconform.reference.cpo import provision
from evconform.reference.cpo.central_system import Cpo, Settings
from evconform.reference.cpo.http.api import app
from evconform.reference.cpo.ocpi.back_office import BackOffice
from evconform.reference.cpo.provision import Provision

FINISH_WITHIN = 5
"""Seconds that a request of the operator may still take once we are asked to stop."""


@dataclass
class Serving:
    """What ``evconform serve cpo`` was given."""

    settings: Settings
    listen: str
    http: str
    token: str
    provision: Provision = field(default_factory=Provision.model_construct)
    ocpi: str = ""
    """Where partners find it; empty: no OCPI."""


class HttpServer(uvicorn.Server):
    """uvicorn, which leaves the signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(serving: Serving, says: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM. Raises UsageError."""
    asyncio.run(serve(serving, says))


async def serve(serving: Serving, says: Callable[[str], None]) -> None:
    """Raises UsageError: a port is taken, the database cannot be used."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    tasks = Tasks(tells)
    provision.apply_settings(serving.provision, serving.settings)
    cpo = Cpo(Clock(asyncio.get_running_loop()), tasks, serving.settings)
    office = BackOffice(cpo, provision.ocpi_settings(serving.provision)) if serving.ocpi else None
    try:
        await cpo.open()
        if office:
            await office.load()
    except (SQLAlchemyError, OSError) as error:
        raise UsageError(f"--database: {one_line(error)}") from error
    try:
        await provision.apply(serving.provision, cpo)
        async with partners(office, serving, says):
            await faces(cpo, serving, stopped, says, office)
    finally:
        await cpo.close()
        await tasks.cancel()
    says("stopped")


@asynccontextmanager
async def partners(office: BackOffice | None, serving: Serving, says: Callable[[str], None]) -> AsyncIterator[None]:
    """The door for partners, open. Raises UsageError."""
    if office is None:
        yield
        return
    platform = office.platform
    try:
        served = await taming.serve(platform.app, platform.clock, platform.tasks, serving.ocpi)
    except OSError as error:
        raise UsageError(f"--ocpi: cannot listen at {serving.ocpi}: {one_line(error)}") from error
    platform.url = serving.provision.ocpi.url.rstrip("/") or served.url.rstrip("/")
    try:
        await provision.apply_ocpi(serving.provision, office)
        says(f"partners: {platform.versions_url}")
        yield
    finally:
        await served.close()
        await office.close()


async def faces(
    cpo: Cpo, serving: Serving, stopped: asyncio.Event, says: Callable[[str], None], office: BackOffice | None = None
) -> None:
    """The doors for charge points and for the operator, open until ``stopped``. Raises UsageError."""
    door = bound(serving.http)
    try:
        url = await cpo.endpoint.listen(serving.listen)
    except OSError as error:
        door.close()
        raise UsageError(f"--listen: cannot listen at {serving.listen}: {one_line(error)}") from error
    how: Any = {"log_level": "error", "lifespan": "off", "server_header": False, "timeout_graceful_shutdown": FINISH_WITHIN}
    server = HttpServer(uvicorn.Config(app(cpo, serving.token, office), **how))
    served = asyncio.create_task(server.serve(sockets=[door]))
    says(f"charge points: {url}/IDENTITY")
    says(f"operator: http://{urlsplit(serving.http).hostname}:{door.getsockname()[1]}/ (the token as Bearer, or as password)")
    says("ready")
    await asyncio.wait([served, asyncio.create_task(stopped.wait())], return_when=asyncio.FIRST_COMPLETED)
    says("stopping")
    cpo.wire.close()
    server.should_exit = True
    await served


def bound(http: str) -> socket.socket:
    """A socket that listens, so that whoever comes before the server is up waits. Raises UsageError."""
    parts = urlsplit(http)
    address = (parts.hostname or "127.0.0.1", 80 if parts.port is None else parts.port)
    try:
        return socket.create_server(address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    except OSError as error:
        raise UsageError(f"--http: cannot listen at {http}: {one_line(error)}") from error


def tells(failure: BaseException) -> None:
    """A bug of ours in one charge point's task is told, and the others go on."""
    print("evconform: a task failed", file=sys.stderr)
    traceback.print_exception(failure)


def one_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
