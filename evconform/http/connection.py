"""An HTTP connection of ours: counted for lab time, tapped below h11."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, TypeVar, cast

from evconform.harness.clock import Clock, End
from evconform.harness.wire import Side, WireLog
from evconform.http.counted import CountedTransport
from evconform.http.tap import HttpTap
from evconform.http.tls import Secured, tls_facts


class Connection(asyncio.Protocol):
    """One connection. With a ``wire`` every byte of it is logged; our side there is ``by``."""

    dials = False

    def __init__(self, clock: Clock, wire: WireLog | None = None, by: Side = "tester") -> None:
        self.clock = clock
        self.wire = wire
        self.by: Side = by
        self.other: Side = "sut" if by == "tester" else "tester"
        self.tap: HttpTap | None = None
        self.transport: asyncio.Transport
        self.tls: dict[str, Any] = {}
        """Version, cipher and the other side's certificate; empty without TLS."""
        self.peer = ""
        self.made = False
        self.failed: BaseException | None = None
        """What the connection broke of, before it was made or later."""
        self.done = asyncio.get_running_loop().create_future()
        self.left = asyncio.get_running_loop().create_future()
        """Done once the other side has ended its stream, or the connection is gone."""
        self.securing: Secured[Any] | None = None
        self._end = End(closed=True)
        self._said_end = False

    @property
    def conn(self) -> str:
        """Its name in the wire log; empty if it is not logged."""
        return self.tap.conn if self.tap else ""

    @property
    def here(self) -> str:
        """The host that we are on this connection."""
        return str((self.transport.get_extra_info("sockname") or ("",))[0])

    # ── from the transport ──

    def secures(self, secured: Secured[Any] | None) -> None:
        """A TLS handshake is going on below, or is over."""
        self.securing = secured

    def handshake_begins(self, transport: asyncio.BaseTransport) -> None:
        self._opens(transport)

    def handshake_failed(self, error: BaseException, why: str) -> None:
        if self.tap:
            self.tap.log(self.other, "tls", failed=why)
            went = isinstance(error, ConnectionResetError | BrokenPipeError)
            self.tap.ends(self.other if went else self.by, "lost")
        self.failed = error
        self._is_gone()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.clock.links is not None:
            local, remote = transport.get_extra_info("sockname")[:2], transport.get_extra_info("peername")[:2]
            self._end = self.clock.links.opens(local, remote, transport.get_extra_info("socket").fileno())
        self.transport = cast(asyncio.Transport, CountedTransport(cast(asyncio.Transport, transport), self._end))
        self.made = True
        self._opens(transport)
        if session := transport.get_extra_info("ssl_object"):
            self.tls = tls_facts(session)
            if self.tap:
                self.tap.log(self.other, "tls", **self.tls)

    def _opens(self, transport: asyncio.BaseTransport) -> None:
        host, port = (transport.get_extra_info("peername") or ("", 0))[:2]
        self.peer = f"{host}:{port}"
        if self.wire is not None and self.tap is None:
            dialled: Side = self.by if self.dials else self.other
            self.tap = HttpTap(self.wire, dialled)
            self.tap.log(dialled, "open", dialled_by=dialled, peer=self.peer)

    def data_received(self, data: bytes) -> None:
        self._end.received += len(data)
        if self.tap:
            self.tap.passes(self.other, data)
        self.receives(data)

    def eof_received(self) -> bool:
        self._end.told = True
        self._is_left()
        if self.tap:
            self.tap.ends(self.other, "eof")
        self.ended()
        return not self.transport.is_closing() and self.transport.get_extra_info("sslcontext") is None

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.told = self._end.ended = self._end.closed = True
        if self.tap and not self._said_end:
            self.tap.ends(self.other, "lost")
        self.failed = self.failed or exc
        self._is_gone()

    def _is_gone(self) -> None:
        self._said_end = True
        self.secures(None)
        self._is_left()
        if not self.done.done():
            self.done.set_result(None)
        self.gone()

    def _is_left(self) -> None:
        if not self.left.done():
            self.left.set_result(None)

    # ── to the transport ──

    def write(self, data: bytes) -> None:
        """Puts bytes on the wire as they are, legal or not."""
        if not data or not self.open:
            return
        if self.tap:
            self.tap.passes(self.by, data)
        self.transport.write(data)

    def ends(self) -> None:
        """Ends our stream, and goes on reading, where the transport can do that."""
        if self.open and self.transport.can_write_eof():
            if self.tap:
                self.tap.ends(self.by, "eof")
            try:
                self.transport.write_eof()
            except OSError:  # the other side has gone in the meantime
                self.transport.abort()

    def close(self) -> None:
        """Closes the connection, after what was written."""
        self._goes("close")

    def abort(self) -> None:
        """Drops the connection without a word."""
        self._goes("lost")

    def _goes(self, kind: str) -> None:
        if not self.made:
            if self.securing:
                self.securing.abort()
            return
        if not self._said_end:
            self._said_end = True
            if self.tap:
                self.tap.ends(self.by, kind)
        (self.transport.close if kind == "close" else self.transport.abort)()

    @property
    def open(self) -> bool:
        return self.made and not self._said_end and not self.transport.is_closing()

    async def closed(self) -> None:
        await asyncio.shield(self.done)

    # ── for the two ends ──

    def receives(self, data: bytes) -> None:
        """Bytes came."""
        raise NotImplementedError

    def ended(self) -> None:
        """The other side ended its stream."""
        raise NotImplementedError

    def gone(self) -> None:
        """The connection is gone, or was never made."""
        raise NotImplementedError


C = TypeVar("C", bound=Connection)


async def dial(make: Callable[[], C], host: str, port: int, tls: ssl.SSLContext | None, at: str = "") -> C:
    """Opens a TCP (and TLS) connection to a host, at an address that it is known to have. Raises OSError."""
    loop = asyncio.get_running_loop()
    if tls is None:
        _, connection = await loop.create_connection(make, at or host, port)
        return connection
    _, secured = await loop.create_connection(lambda: Secured(make(), tls, host), at or host, port)
    try:
        await secured.done
    finally:
        await secured.settles()
    return secured.connection
