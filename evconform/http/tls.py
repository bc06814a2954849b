"""TLS below a connection of ours: the handshake is ours to begin and to bound, and one that fails is in the wire log."""

from __future__ import annotations

import asyncio
import functools
import ssl
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

TLS_WITHIN = 30.0
"""Seconds for a TLS handshake; a charge point on a slow modem needs a few."""


class Connection(Protocol):
    """A connection of ours that can live on TLS."""

    def secures(self, secured: Secured[Any] | None) -> None:
        """A handshake is going on below; None: no more."""

    def handshake_begins(self, transport: asyncio.BaseTransport) -> None: ...
    def handshake_failed(self, error: BaseException, why: str) -> None: ...
    def connection_made(self, transport: asyncio.BaseTransport) -> None: ...
    def data_received(self, data: bytes) -> None: ...
    def eof_received(self) -> bool | None: ...


C = TypeVar("C", bound=Connection)


class Secured(asyncio.Protocol, Generic[C]):
    """A TCP connection until its TLS handshake is done; then ``connection`` lives on it, as if it had been there from the
    beginning. ``host``: what the certificate of the other side must be for; None where we are the server."""

    def __init__(self, connection: C, context: ssl.SSLContext, host: str | None) -> None:
        self.connection = connection
        connection.secures(self)
        self.context = context
        self.host = host
        self.done = asyncio.get_running_loop().create_future()
        """Ends with the handshake; raises OSError if it failed."""
        self.done.add_done_callback(lambda done: done.cancelled() or done.exception())  # a server has nobody who asks
        self._transport: asyncio.Transport
        self._task: asyncio.Task[None]
        self._early: list[bytes | None] = []
        """What came with the last flight of the handshake, an end of stream as None."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        self._transport = transport
        self.connection.handshake_begins(transport)
        self._task = asyncio.get_running_loop().create_task(self._shakes_hands())

    def data_received(self, data: bytes) -> None:
        self._early.append(data)

    def eof_received(self) -> bool:
        self._early.append(None)
        return False

    def abort(self) -> None:
        """Gives up, in the middle of the handshake."""
        self._transport.abort()
        self._task.cancel()

    async def settles(self) -> None:
        """Waits until the handshake is done, or given up; one that is not done is given up now."""
        if not self.done.done() or self.done.cancelled():
            self.abort()
            await asyncio.wait([self._task])

    async def _shakes_hands(self) -> None:
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self._transport,
                self,
                self.context,
                server_side=self.host is None,
                server_hostname=self.host,
                ssl_handshake_timeout=TLS_WITHIN,
            )
            if transport is None:  # it went in the very moment
                raise ConnectionResetError("the connection was lost")
        except (OSError, asyncio.CancelledError) as error:
            self._fails(error)
            return
        self.connection.secures(None)
        protocol: Any = self.connection
        transport.set_protocol(protocol)
        self.connection.connection_made(transport)
        for data in self._early:
            self.connection.eof_received() if data is None else self.connection.data_received(data)
        if not self.done.done():
            self.done.set_result(None)

    def _fails(self, error: BaseException) -> None:
        why = in_words(error)
        if not self.done.done():
            self.done.set_exception(error if isinstance(error, OSError) else ConnectionAbortedError(why))
        self.connection.handshake_failed(error, why)


def in_words(error: BaseException) -> str:
    """Why a TLS handshake failed: the certificate's fault, the library's reason, or how the connection went."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate was not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return str(error.reason or error).replace("_", " ").lower()
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "the connection went in the middle of the handshake"
    return str(error) or "it was given up before it was complete"


def tls_facts(session: ssl.SSLObject) -> dict[str, Any]:
    """What the TLS session came to: version, cipher suite, and the other side's certificate if it showed one."""
    cipher = session.cipher()
    certificate = session.getpeercert() or {}
    facts: dict[str, Any] = {"version": session.version(), "cipher": cipher and cipher[0]}
    if certificate:
        facts |= {k: certificate[k] for k in ("subject", "issuer", "notAfter") if k in certificate}
    return facts


def server_tls(url: str, certificate: Path) -> ssl.SSLContext | None:
    """What shows a certificate (PEM, chain and key) where a URL listens; None if that is no TLS. Raises OSError."""
    if not url.startswith(("wss:", "https:")):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@functools.cache
def trusted() -> ssl.SSLContext:
    """The system's authorities; made once, since it takes long."""
    return ssl.create_default_context()
