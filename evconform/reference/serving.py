"""How a reference party runs alone, on wall time: its doors, when it is asked to stop, and what it says of failures."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from evconform.harness.verdict import UsageError
from evconform.http import taming
from evconform.reference.ocpi.platform import Platform

FINISH_WITHIN = 5
"""Seconds that a request of the operator may still take once we are asked to stop."""


class HttpServer(uvicorn.Server):
    """uvicorn, which leaves the signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def asked_to_stop() -> asyncio.Event:
    """Set by SIGINT and SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def shows(certificate: Path | None, **doors: str) -> ssl.SSLContext | None:
    """TLS for the doors with https (option to URL), by a PEM file with our chain and its key; None if all are http. Raises
    UsageError."""
    secure = {option: url for option, url in doors.items() if url.startswith("https")}
    for option, url in secure.items() if certificate is None else ():
        raise UsageError(f"--certificate: is missing, and --{option} {url} needs one")
    if certificate is None:
        return None
    if not secure:
        raise UsageError(f"--certificate: is shown at an {' or '.join(f'--{each}' for each in doors)} with https:// only")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    loads("--certificate", certificate, lambda: context.load_cert_chain(certificate, password=lambda: ""))
    return context


def trusts(authorities: Path | None) -> ssl.SSLContext | None:
    """TLS for our calls: a PEM file with authorities, beside the system's; None for those alone. Raises UsageError."""
    if authorities is None:
        return None
    context = ssl.create_default_context()
    loads("--trust", authorities, lambda: context.load_verify_locations(authorities))
    return context


def loads(option: str, file: Path, load: Callable[[], None]) -> None:
    """Raises UsageError: the file is not what is loaded of it."""
    try:
        load()
    except (OSError, ValueError) as error:  # also what ssl raises
        why = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
        raise UsageError(f"{option}: {file}: expected a PEM file: {why}") from error


@asynccontextmanager
async def partners(platform: Platform, ocpi: str, url: str = "", tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
    """The door for partners, open; ``url``: how they reach it, where that is not as it listens. Raises UsageError."""
    try:
        served = await taming.serve(platform.app, platform.clock, platform.tasks, ocpi, tls)
    except OSError as error:
        raise UsageError(f"--ocpi: cannot listen at {ocpi}: {one_line(error)}") from error
    platform.url = (url or served.url).rstrip("/")
    try:
        yield
    finally:
        await served.close()


@asynccontextmanager
async def operator(app: ASGIApp, http: str, stopped: asyncio.Event) -> AsyncIterator[str]:
    """The door for the operator, open, and its URL; should its server end, ``stopped`` is set. Raises UsageError."""
    door = bound(http)
    how: Any = {"log_level": "error", "lifespan": "off", "server_header": False, "timeout_graceful_shutdown": FINISH_WITHIN}
    server = HttpServer(uvicorn.Config(app, **how))
    served = asyncio.create_task(server.serve(sockets=[door]))
    served.add_done_callback(lambda _: stopped.set())
    try:
        yield f"http://{urlsplit(http).hostname}:{door.getsockname()[1]}"
    finally:
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
    """A bug of ours in one task is told, and the others go on."""
    print("evconform: a task failed", file=sys.stderr)
    traceback.print_exception(failure)


def one_line(error: Exception) -> str:
    says = str(getattr(error, "strerror", None) or error).strip()
    return says.splitlines()[0] if says else type(error).__name__
