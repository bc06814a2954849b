"""A WebSocket connection of ours: the Sans-I/O protocol of ``websockets`` on an asyncio transport, tapped below it.

Ours because a conformance kit must send what no library would and see what every library hides; the library still reads
and writes the frames. No keepalive of its own, no compression offered (OCPP-J 5.1); what is refused stands in ``limits``.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Protocol

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, PayloadTooBig
from websockets.exceptions import ProtocolError as WebSocketError
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from evconform.harness.clock import Address, Clock, End
from evconform.harness.wire import Side, WireLog
from evconform.http.tls import Secured, tls_facts
from evconform.ocpp import limits
from evconform.ocpp.tap import Tap


class Owner(Protocol):
    """Who owns a connection and is told what comes."""

    def requested(self, connection: Connection, request: Request) -> Response: ...
    def opened(self, connection: Connection) -> None: ...
    def heard(self, connection: Connection, text: str) -> None: ...
    def lost(self, connection: Connection) -> None: ...


class Connection(asyncio.Protocol):
    """One WebSocket connection. With a ``wire`` every byte of it is logged; the owner's side there is ``by``."""

    def __init__(
        self,
        ws: ClientProtocol | ServerProtocol,
        owner: Owner,
        clock: Clock,
        wire: WireLog | None = None,
        by: Side = "tester",
    ) -> None:
        self.ws = ws
        self.owner = owner
        self.clock = clock
        self.wire = wire
        self.by: Side = by
        self.other: Side = "sut" if by == "tester" else "tester"
        self.tap: Tap | None = None
        self.transport: asyncio.Transport
        self.made = False
        self.path = ""
        self.beginning = b""
        """The first bytes that the other side said."""
        self.failed: Exception | None = None
        self.refused: int | None = None
        """The HTTP status with which we refused its opening handshake."""
        self.done = asyncio.get_running_loop().create_future()
        self._end: End | None = None
        self._parts: list[bytes] = []
        self._parts_are_text = True
        self._closer: asyncio.TimerHandle | None = None
        self._greeter: asyncio.TimerHandle | None = None
        self._said_end = False
        self._failed = False
        self.securing: Secured[Connection] | None = None
        """The TLS handshake below, until it is done."""
        self.ignores: Callable[[Frame], bool] = lambda frame: False
        """For faults: data frames that this end does not take."""

    # ── from the transport ──

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.made = transport, True
        if self.clock.links is not None:
            local: Address = transport.get_extra_info("sockname")[:2]
            remote: Address = transport.get_extra_info("peername")[:2]
            self._end = self.clock.links.opens(local, remote, transport.get_extra_info("socket").fileno())
        if self.wire is not None:
            transport.set_write_buffer_limits(high=limits.UNSENT_AT_MOST)
            self.tap = self.tap or self.opens(self.wire)
            if session := transport.get_extra_info("ssl_object"):
                self.tap.log(self.other, "tls", **tls_facts(session))
        if isinstance(self.ws, ServerProtocol):
            self._greeter = asyncio.get_running_loop().call_later(limits.HEAD_WITHIN, self._hurry)
        if isinstance(self.ws, ClientProtocol):
            request = self.ws.connect()
            self.owner.requested(self, request)
            self.path = request.path
            self.ws.send_request(request)
            self._flush()

    def secures(self, secured: Secured[Connection] | None) -> None:
        self.securing = secured

    def handshake_begins(self, _: asyncio.BaseTransport) -> None:
        if self.wire is not None:
            self.tap = self.opens(self.wire)

    def handshake_failed(self, error: BaseException, why: str) -> None:
        if self.tap:
            self.tap.log(self.other, "tls", failed=why)
            went = isinstance(error, ConnectionResetError | BrokenPipeError)
            self.tap.ends(self.other if went else self.by, "lost")
        self.failed = error if isinstance(error, OSError) else None
        self.secures(None)
        if not self.done.done():
            self.done.set_result(None)
        self.owner.lost(self)

    def opens(self, wire: WireLog) -> Tap:
        """Logs that a connection was opened."""
        dialled: Side = self.by if isinstance(self.ws, ClientProtocol) else self.other
        tap = Tap(wire, dialled)
        tap.log(dialled, "open")
        return tap

    def data_received(self, data: bytes) -> None:
        if self._end:
            self._end.received += len(data)
        self.beginning = self.beginning or data[:8]
        if self.tap:
            self.tap.passes(self.other, data)
        self.ws.receive_data(data)
        self._handle()

    def eof_received(self) -> None:
        if self._end:
            self._end.told = True
        if self.tap:
            self.tap.ends(self.other, "eof")
        self.ws.receive_eof()
        self._handle()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._end:
            self._end.told = self._end.ended = self._end.closed = True
        if self.tap:
            self.tap.ends(self.by if self._said_end else self.other, "lost")
        if self.ws.state is not State.CLOSED:
            self.ws.receive_eof()
            self.ws.data_to_send()
        for timer in (self._closer, self._greeter):
            if timer:
                timer.cancel()
        self.failed = self.failed or self.ws.handshake_exc or exc
        if not self.done.done():
            self.done.set_result(None)
        self.owner.lost(self)

    def pause_writing(self) -> None:
        """The tester's end alone: were both ends to wait for each other, neither would ever go on."""
        if self.wire is not None and not self.transport.is_closing():
            self._backs_up(True)

    def resume_writing(self) -> None:
        if self.wire is not None and not self.transport.is_closing():
            self._backs_up(False)

    def _backs_up(self, stalled: bool) -> None:
        if self._end:
            self._end.stalled = stalled
        (self.transport.pause_reading if stalled else self.transport.resume_reading)()

    def _hurry(self) -> None:
        """The opening handshake took too long."""
        if self.ws.state is State.CONNECTING:
            self.abort()

    # ── to the transport ──

    def write(self, data: bytes) -> None:
        """Puts bytes on the wire as they are, legal or not."""
        if self.transport.is_closing():
            return
        if self._end:
            self._end.sent += len(data)
        if self.tap:
            self.tap.passes(self.by, data)
        self.transport.write(data)

    def send(self, text: str) -> None:
        """Sends one text message."""
        if self.open:
            self.ws.send_text(text.encode("utf-8", "surrogatepass"))
            self._flush()

    def send_fragments(self, parts: list[str], ping_between: bool = False) -> None:
        """Sends one text message in parts (RFC 6455, 5.4), with a ping after each but the last if asked."""
        for i, part in enumerate(parts):
            last = i == len(parts) - 1
            (self.ws.send_text if i == 0 else self.ws.send_continuation)(part.encode(), last)
            if ping_between and not last:
                self.ws.send_ping(b"between")
        self._flush()

    def ping(self, data: bytes = b"") -> None:
        self.ws.send_ping(data)
        self._flush()

    def send_binary(self, data: bytes) -> None:
        self.ws.send_binary(data)
        self._flush()

    def close(self, code: int = CloseCode.NORMAL_CLOSURE, reason: str = "") -> None:
        """Starts the closing handshake."""
        if self.ws.state is State.OPEN:
            self.ws.send_close(code, reason)
            self._flush()
            self._close_in_time()
        elif self.ws.state is State.CONNECTING:
            self.abort()

    def abort(self) -> None:
        """Drops the TCP connection without a word."""
        if not self.made:
            if self.securing:
                self.securing.abort()
            return
        self._said_end = True
        if self._end:
            self._end.ended = True
        self.transport.abort()

    def stall(self) -> None:
        """Reads no more: a half-open socket."""
        if self._end:
            self._end.stalled = True
        self.transport.pause_reading()

    @property
    def open(self) -> bool:
        return self.ws.state is State.OPEN and not self.transport.is_closing()

    async def closed(self) -> None:
        await asyncio.shield(self.done)

    def _flush(self) -> None:
        for data in self.ws.data_to_send():
            if data:
                self.write(data)
            elif not self._said_end and not self.transport.is_closing():
                self._said_end = True
                if self._end:
                    self._end.ended = True
                if self.tap:
                    self.tap.ends(self.by, "eof")
                if self.transport.can_write_eof():
                    self.transport.write_eof()
                else:
                    self.transport.close()

    def _close_in_time(self) -> None:
        if self._closer is None:
            self._closer = asyncio.get_running_loop().call_later(limits.CLOSE_WITHIN, self.abort)

    # ── from the library ──

    def _handle(self) -> None:
        if self.ws.writes:
            self._flush()  # pongs and close frames before our answers
        for event in self.ws.events_received():
            if self._failed:
                break
            if isinstance(event, Request):
                self._respond(event)
            elif isinstance(event, Response):
                if self.ws.state is State.OPEN:
                    self.owner.opened(self)
            elif isinstance(event, Frame) and not self.ignores(event):
                self._message_part(event)
        if self.ws.writes:
            self._flush()
        if self.ws.close_expected():
            self._close_in_time()
        if self.ws.parser_exc and not self._failed:
            self._fails(self.ws.parser_exc)

    def _fails(self, why: Exception) -> None:
        """The library ended the connection (RFC 6455, 7.1.7): what the case came for will not come any more."""
        self._failed = True
        self._parts.clear()
        if self.wire is None or self.tap is None or self.ws.handshake_exc is not None:
            return
        if isinstance(why, PayloadTooBig):
            self.wire.mark("not-reached", why=f"the SUT sent more than we take, which is {limits.MESSAGE_AT_MOST} bytes: {why}")
        elif isinstance(why, WebSocketError):
            self.wire.mark("not-reached", why=f"we closed the connection, as RFC 6455 asks: {why}")

    def _respond(self, request: Request) -> None:
        assert isinstance(self.ws, ServerProtocol)
        self.path = request.path
        response = self.owner.requested(self, request)
        self.refused = None if response.status_code == 101 else response.status_code
        self.ws.send_response(response)
        self._flush()
        if self.ws.state is State.OPEN:
            self.owner.opened(self)

    def _message_part(self, frame: Frame) -> None:
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        if frame.opcode is not Opcode.CONT:
            self._parts_are_text = frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if not frame.fin:
            return
        data, self._parts = b"".join(self._parts), []
        if not self._parts_are_text:
            return  # OCPP-J messages are text; a binary message is logged, and nobody's to answer
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self._failed = True
            self.ws.fail(CloseCode.INVALID_DATA, "not UTF-8")
            return
        self.owner.heard(self, text)


async def dial(url_host: str, port: int, make: Callable[[], Connection], tls: ssl.SSLContext | None, within: float) -> Connection:
    """Opens a TCP (and TLS) connection and the opening handshake's first half. Raises OSError, or TimeoutError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(within):
        if tls is None:
            _, connection = await loop.create_connection(make, url_host, port)
            return connection
        _, secured = await loop.create_connection(lambda: Secured(make(), tls, url_host), url_host, port)
        try:
            await secured.done
        finally:
            await secured.settles()
        return secured.connection


def refused(connection: Connection) -> str:
    """Why the opening handshake of a connection failed, in words."""
    failed = connection.failed
    return f"{type(failed).__name__}: {failed}" if isinstance(failed, InvalidHandshake | OSError) else "closed"
