"""Bytes of a connection, counted for lab time, whoever's protocol lives on it (``harness/clock.py``, ``Links``)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from evconform.harness.clock import Address, Clock, End, Links


class CountedTransport:
    """A transport that counts what is written, and tells what is not read on purpose; all else is the transport's own."""

    def __init__(self, transport: asyncio.Transport, end: End) -> None:
        self._transport = transport
        self._end = end

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._end.sent += len(data)
            self._transport.write(data)

    def writelines(self, parts: Any) -> None:
        self.write(b"".join(parts))

    def write_eof(self) -> None:
        self._end.ended = True
        self._transport.write_eof()

    def close(self) -> None:
        self._end.ended = True
        self._transport.close()

    def abort(self) -> None:
        self._end.ended = True
        self._transport.abort()

    def pause_reading(self) -> None:
        self._end.stalled = True
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._end.stalled = False
        self._transport.resume_reading()


class Counted(asyncio.Protocol):
    """Between a transport and the protocol that lives on it. Above TLS where there is any: both ends count there."""

    def __init__(self, protocol: asyncio.Protocol, links: Links) -> None:
        self.protocol = protocol
        self.transport: asyncio.Transport
        self._links = links
        self._end = End(closed=True)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        local: Address = transport.get_extra_info("sockname")[:2]
        remote: Address = transport.get_extra_info("peername")[:2]
        self._end = self._links.opens(local, remote, transport.get_extra_info("socket").fileno())
        self.lives_on(transport)
        self.protocol.connection_made(self.transport)

    def lives_on(self, transport: asyncio.BaseTransport) -> None:
        """Goes on over this transport, which may be TLS where there was none."""
        self.transport = cast(asyncio.Transport, CountedTransport(cast(asyncio.Transport, transport), self._end))

    def data_received(self, data: bytes) -> None:
        self._end.received += len(data)
        self.protocol.data_received(data)

    def eof_received(self) -> bool:
        self._end.told = True
        stays = self.protocol.eof_received()
        return bool(stays) and self.transport.get_extra_info("sslcontext") is None

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.told = self._end.ended = self._end.closed = True
        self.protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        self.protocol.pause_writing()

    def resume_writing(self) -> None:
        self.protocol.resume_writing()


def counted(clock: Clock, make: Callable[[], asyncio.Protocol]) -> Callable[[], asyncio.Protocol]:
    """A factory of protocols whose bytes count, where the clock is lab time."""
    links = clock.links
    return make if links is None else lambda: Counted(make(), links)


def listens(clock: Clock, server: asyncio.Server) -> None:
    """Tells lab time of a server's sockets."""
    if clock.links is not None:
        for socket in server.sockets:
            clock.links.listens(socket.getsockname()[:2], socket.fileno())


def leaves(clock: Clock, server: asyncio.Server) -> None:
    """The other way round; before it is closed."""
    if clock.links is not None:
        for socket in server.sockets:
            clock.links.leaves(socket.getsockname()[:2])
