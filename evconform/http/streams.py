"""httpx's connections on streams of this loop, counted for lab time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpcore
import httpx

from evconform.harness.clock import Clock, Links
from evconform.harness.wire import Side, WireLog
from evconform.http.counted import Counted
from evconform.http.tap import HttpTap

CLOSE_WITHIN = 1.0
"""Seconds for the last bytes of a connection that is closed, and for the end of TLS."""
UNREAD_AT_MOST = 2**18
"""Bytes that wait to be asked for, before we stop reading."""


class Transport(httpx.AsyncHTTPTransport):
    """httpx's transport on our streams. How long a connection is idle is real time there, so it is not asked."""

    def __init__(
        self, clock: Clock, context: ssl.SSLContext, limits: httpx.Limits, wire: WireLog | None = None, by: Side = "sut"
    ) -> None:
        super().__init__(verify=context)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            network_backend=Backend(clock, wire, by),
        )
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._clock.rests()  # or the end of an idle connection is still on its way
        return await super().handle_async_request(request)


class Backend(httpcore.AsyncNetworkBackend):
    """Dials. With a ``wire`` every byte of its connections is logged, but for those that become TLS; we are ``by`` there."""

    def __init__(self, clock: Clock, wire: WireLog | None = None, by: Side = "sut") -> None:
        assert clock.links is not None
        self.wire = wire
        self.by: Side = by
        self.clock = clock
        self.links = clock.links

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> Stream:
        with told(httpcore.ConnectTimeout, httpcore.ConnectError):
            async with asyncio.timeout(timeout):
                stream = await Stream.dials(host, port, self.links)
        if self.wire is not None:
            stream.taps(self.wire, self.by, f"{host}:{port}")
        return stream

    async def sleep(self, seconds: float) -> None:
        await self.clock.wait(seconds)


class Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, links: Links) -> None:
        self._ear = Ear()
        self._counted = Counted(self._ear, links)
        self._raw: asyncio.BaseTransport

    @classmethod
    async def dials(cls, host: str, port: int, links: Links) -> Stream:
        """Raises OSError."""
        stream = cls(links)
        stream._raw, _ = await asyncio.get_running_loop().create_connection(lambda: stream._counted, host, port)
        return stream

    def taps(self, wire: WireLog, by: Side, peer: str) -> None:
        """Logs every byte from now on."""
        self._ear.tap = tap = HttpTap(wire, by)
        self._ear.by, self._ear.other = by, "tester" if by == "sut" else "sut"
        tap.log(by, "open", dialled_by=by, peer=peer)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with told(httpcore.ReadTimeout, httpcore.ReadError):
            async with asyncio.timeout(timeout):
                return await self._ear.hears(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with told(httpcore.WriteTimeout, httpcore.WriteError):
            async with asyncio.timeout(timeout):
                if self._ear.gone.done():
                    raise ConnectionResetError("the connection was lost")
                if self._ear.tap:
                    self._ear.tap.passes(self._ear.by, buffer)
                self._counted.transport.write(buffer)
                await self._ear.writable.wait()

    async def aclose(self) -> None:
        self._ear.ends(self._ear.by, "close")
        self._counted.transport.close()
        await asyncio.wait([self._ear.gone], timeout=CLOSE_WITHIN)
        if not self._ear.gone.done():
            self._counted.transport.abort()
            await self._ear.gone

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        loop = asyncio.get_running_loop()
        raw: Any = self._raw
        try:
            with told(httpcore.ConnectTimeout, httpcore.ConnectError):
                async with asyncio.timeout(timeout):
                    secure = await loop.start_tls(raw, self._counted, ssl_context, server_hostname=server_hostname)
                    if secure is None:  # it went in the very moment
                        raise ConnectionResetError("the connection was lost")
        except BaseException:
            if not self._ear.gone.done():
                self._counted.connection_lost(None)
            raise
        self._counted.lives_on(secure)
        self._ear.transport = self._counted.transport
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # of an idle connection: it ended, or says what nobody asked for
            return self._ear.ended or bool(self._ear.buffer)
        return self._counted.transport.get_extra_info(NAMES.get(info, info))


NAMES = {"client_addr": "sockname", "server_addr": "peername"}


class Ear(asyncio.Protocol):
    """Keeps what comes until it is asked for."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.tap: HttpTap | None = None
        self.by: Side = "sut"
        self.other: Side = "tester"
        self.buffer = bytearray()
        self.ended = False
        self.writable = asyncio.Event()
        self.writable.set()
        self.gone = asyncio.get_running_loop().create_future()
        self._came = asyncio.Event()
        self._failed: Exception | None = None

    async def hears(self, at_most: int) -> bytes:
        """The next bytes; none at the end of the stream. Raises OSError."""
        while not self.buffer and not self.ended:
            self._came.clear()
            await self._came.wait()
        if not self.buffer and self._failed:
            raise self._failed
        data = bytes(self.buffer[:at_most])
        del self.buffer[:at_most]
        if len(self.buffer) <= UNREAD_AT_MOST and not self.ended:
            self.transport.resume_reading()
        return data

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def ends(self, by: Side, kind: str) -> None:
        """The connection is closed or lost: told once."""
        if self.tap:
            self.tap.ends(by, kind)
            self.tap = None

    def data_received(self, data: bytes) -> None:
        if self.tap:
            self.tap.passes(self.other, data)
        self.buffer += data
        self._came.set()
        if len(self.buffer) > UNREAD_AT_MOST:
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        if self.tap:
            self.tap.ends(self.other, "eof")
        self.ended = True
        self._came.set()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.ends(self.other, "lost")
        self._failed = exc
        self.ended = True
        self._came.set()
        self.writable.set()
        if not self.gone.done():
            self.gone.set_result(None)

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()


@contextmanager
def told(timed_out: type[Exception], failed: type[Exception]) -> Iterator[None]:
    """Failures in httpcore's words."""
    try:
        yield
    except TimeoutError as error:
        raise timed_out("timed out") from error
    except OSError as error:
        raise failed(str(error)) from error
