"""httpx's connections on streams of this loop, counted for lab time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from evconform.harness.clock import Clock, Links
from evconform.http.counted import Counted

CLOSE_WITHIN = 1.0
"""Seconds for the last bytes of a connection that is closed, and for the end of TLS."""


class Transport(httpx.AsyncHTTPTransport):
    """httpx's transport on our streams. How long a connection is idle is real time there, so it is not asked."""

    def __init__(self, clock: Clock, context: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=context)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            network_backend=Backend(clock),
        )


class Backend(httpcore.AsyncNetworkBackend):
    """Dials."""

    def __init__(self, clock: Clock) -> None:
        assert clock.links is not None
        self.clock = clock
        self.links = clock.links

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> Stream:
        with told(httpcore.ConnectTimeout, httpcore.ConnectError):
            async with asyncio.timeout(timeout):
                return await Stream.dials(host, port, self.links)

    async def sleep(self, seconds: float) -> None:
        await self.clock.wait(seconds)


class Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, links: Links) -> None:
        loop = asyncio.get_running_loop()
        self.reader = asyncio.StreamReader()
        self._protocol = asyncio.StreamReaderProtocol(self.reader)
        self._lost = loop.create_future()
        self._counted = Lost(self._protocol, links, self._lost)
        self._raw: asyncio.BaseTransport
        self._writer: asyncio.StreamWriter

    @classmethod
    async def dials(cls, host: str, port: int, links: Links) -> Stream:
        """Raises OSError."""
        stream = cls(links)
        stream._raw, _ = await asyncio.get_running_loop().create_connection(lambda: stream._counted, host, port)
        stream._writes()
        return stream

    def _writes(self) -> None:
        self._writer = asyncio.StreamWriter(self._counted.transport, self._protocol, self.reader, asyncio.get_running_loop())

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with told(httpcore.ReadTimeout, httpcore.ReadError):
            async with asyncio.timeout(timeout):
                return await self.reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with told(httpcore.WriteTimeout, httpcore.WriteError):
            async with asyncio.timeout(timeout):
                self._writer.write(buffer)
                await self._writer.drain()

    async def aclose(self) -> None:
        self._writer.close()
        await asyncio.wait([self._lost], timeout=CLOSE_WITHIN)
        if not self._lost.done():
            self._counted.transport.abort()
            await self._lost

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        loop = asyncio.get_running_loop()
        try:
            with told(httpcore.ConnectTimeout, httpcore.ConnectError):
                async with asyncio.timeout(timeout):
                    raw: Any = self._raw
                    secure = await loop.start_tls(raw, self._counted, ssl_context, server_hostname=server_hostname)
                    if secure is None:
                        raise ConnectionResetError("the connection was lost")
        except BaseException:
            if not self._lost.done():
                self._counted.connection_lost(None)
            raise
        self._counted.lives_on(secure)
        self._writes()
        return self

    def get_extra_info(self, info: str) -> Any:
        names = {"client_addr": "sockname", "server_addr": "peername"}
        if info == "is_readable":  # idle, that means: there is an end of stream, or what nobody asked for
            return self.reader.at_eof() or bool(self.reader._buffer) or self.reader.exception() is not None  # type: ignore[attr-defined]
        return self._counted.transport.get_extra_info(names.get(info, info))


class Lost(Counted):
    """Tells when the connection is gone."""

    def __init__(self, protocol: asyncio.Protocol, links: Links, lost: asyncio.Future[None]) -> None:
        super().__init__(protocol, links)
        self._gone = lost

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if not self._gone.done():
            self._gone.set_result(None)


@contextmanager
def told(timed_out: type[Exception], failed: type[Exception]) -> Iterator[None]:
    """Failures in httpcore's words."""
    try:
        yield
    except TimeoutError as error:
        raise timed_out("timed out") from error
    except OSError as error:
        raise failed(str(error)) from error
