"""The tester's HTTP server: reads with h11, answers with whatever a handler says, legal or not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from enum import Enum
from urllib.parse import urlsplit

import h11

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import Side, WireLog
from evconform.http import limits
from evconform.http.coding import BodyTooLong, decoded
from evconform.http.connection import Connection
from evconform.http.counted import leaves, listens
from evconform.http.events import fields, of_response
from evconform.http.message import Raw, Request, Response, length_of
from evconform.http.tls import Secured

Answer = Response | Raw | None
Handle = Callable[[Request, "ServerConnection"], Awaitable["Answer | Said"]]
"""Answers a request: a response, raw bytes, or None for nothing and the connection's end; ``SAID``: it has done so itself."""


class Said(Enum):
    """See Handle."""

    SAID = True


SAID = Said.SAID


class HttpServer:
    """Serves at one address."""

    def __init__(self, clock: Clock, tasks: Tasks, wire: WireLog | None, handle: Handle, by: Side = "tester") -> None:
        self.clock = clock
        self.tasks = tasks
        self.wire = wire
        self.handle = handle
        self.by: Side = by
        self.url = ""
        self.connections: dict[ServerConnection, None] = {}
        self._server: asyncio.Server | None = None

    async def listen(self, url: str, tls: ssl.SSLContext | None = None) -> str:
        """Listens at the host and port of ``url``; port 0 lets the system choose. Returns the URL in force. Raises OSError."""
        parts = urlsplit(url)
        make = (lambda: Secured(self._accepts(), tls, None)) if tls else self._accepts
        create = asyncio.get_running_loop().create_server
        self._server = await create(make, parts.hostname, parts.port or 0, start_serving=False)
        await self._server.start_serving()  # apart: who is cancelled in it has a server to close
        listens(self.clock, self._server)
        host, port = self._server.sockets[0].getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{shown}:{port}{parts.path}"
        return self.url

    def _accepts(self) -> ServerConnection:
        if len(self.connections) >= limits.CONNECTIONS_AT_MOST:
            idle = [connection for connection in self.connections if connection.idle]
            (idle[0] if idle else [*self.connections][-1]).abort()
        connection = ServerConnection(self)
        self.connections[connection] = None
        return connection

    async def close(self) -> None:
        """Listens no more and closes every connection."""
        if self._server is None:
            return
        leaves(self.clock, self._server)
        self._server.close()
        self._server = None
        connections = [connection for connection in self.connections if connection.made or connection.securing]
        for connection in connections:
            connection.leaves()
        for connection in connections:
            await connection.closed()


class ServerConnection(Connection):
    """A client at our server. Its requests are answered one after the other, in order."""

    def __init__(self, server: HttpServer) -> None:
        super().__init__(server.clock, server.wire, server.by)
        self.server = server
        self.h11 = h11.Connection(h11.SERVER, limits.HEAD_AT_MOST)
        self._head: h11.Request | None = None
        self._body = bytearray()
        self._method = b""
        self._answering: asyncio.Task[None] | None = None
        self._waiting = 0
        """Bytes that came while a request was being answered."""
        self._timer: asyncio.TimerHandle | None = None
        self._lingers = False

    @property
    def idle(self) -> bool:
        return self._answering is None and self._timer is None

    # ── what comes ──

    def receives(self, data: bytes) -> None:
        if self._lingers:
            return
        if self.idle and not self.h11.trailing_data[0]:
            data = data.lstrip(b"\r\n")  # blank lines before a message are to be ignored (RFC 9112, 2.2)
            if not data:
                return
        if self.idle:
            self._hurries(limits.MESSAGE_WITHIN, self._is_slow)
        self.h11.receive_data(data)
        self._waiting += len(data)
        if self._answering is None:
            self._goes_on()
        elif self._waiting > limits.UNREAD_AT_MOST:
            self.transport.pause_reading()

    def ended(self) -> None:
        if self._lingers:
            self.close()
            return
        self.h11.receive_data(b"")
        if self._answering is None:
            self._goes_on()

    def gone(self) -> None:
        self._calms()
        self.server.connections.pop(self, None)

    def pause_writing(self) -> None:
        """Who does not read our answers is not read."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.transport.resume_reading()

    def _goes_on(self) -> None:
        while self._answering is None and self.open and not self._lingers:
            try:
                event = self.h11.next_event()
            except h11.RemoteProtocolError as error:
                self._refuses(error.error_status_hint, str(error))
                return
            if event is h11.PAUSED:
                return
            if event is h11.NEED_DATA:
                if not self.h11.they_are_waiting_for_100_continue:
                    return
                self.write(self.h11.send(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")) or b"")
            else:
                self._takes(event)

    def _takes(self, event: h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]) -> None:
        if isinstance(event, h11.Request):
            self._head = event
            self._method = event.method
            self._body.clear()
            if event.method == b"CONNECT":
                self._refuses(405, "this is no proxy")
            elif (length_of(fields(event)) or 0) > limits.BODY_AT_MOST:
                self._refuses(413, TOO_LONG)
        elif isinstance(event, h11.Data):
            self._body += event.data
            if len(self._body) > limits.BODY_AT_MOST:
                self._refuses(413, TOO_LONG)
        elif isinstance(event, h11.EndOfMessage):
            self._asked()
        elif isinstance(event, h11.ConnectionClosed):
            self.close()

    def _asked(self) -> None:
        """A request is complete."""
        assert self._head is not None
        self._calms()
        self._waiting = 0
        head, body = self._head, bytes(self._body)
        self._head = None
        self._body.clear()
        try:
            body = decoded(fields(head), body)
        except BodyTooLong as why:
            self._refuses(413, str(why))
            return
        except ValueError:
            pass  # the handler sees it as it came, and its Content-Encoding
        n = self.tap.number(self.other) if self.tap else 0
        request = Request(text(head.method), text(head.target), fields(head), body, text(head.http_version), n)
        self._answering = self.server.tasks.spawn(self._answers(request))

    def _is_slow(self) -> None:
        self._refuses(408, f"the request was not complete after {limits.MESSAGE_WITHIN:.0f} s")

    # ── what we say ──

    async def _answers(self, request: Request) -> None:
        try:
            answer = await self.server.handle(request, self)
            if not isinstance(answer, Said):
                self.says(answer)
        except Exception:
            self.close()
            raise
        finally:
            self._answering = None
        self._next()

    def says(self, answer: Answer) -> None:
        """Answers the request that is being handled, at once; a handler that does so itself returns ``SAID``. Raises ValueError:
        a response that is no HTTP; what shall not be legal is ``Raw``."""
        if not self.open:
            return
        if answer is None:
            self.close()
        elif isinstance(answer, Response):
            self._responds(answer)
        else:
            self.write(answer.data)
            if answer.closes:
                self.close()
            else:
                rest, ended = self.h11.trailing_data
                self.h11 = h11.Connection(h11.SERVER, limits.HEAD_AT_MOST)
                if rest:
                    self.h11.receive_data(rest)
                if ended:
                    self.h11.receive_data(b"")

    def _responds(self, response: Response) -> None:
        events = of_response(response, self._method, format_datetime(self.clock.date(), usegmt=True))
        try:
            said = b"".join(self.h11.send(event) or b"" for event in events)
        except h11.LocalProtocolError as error:
            raise ValueError(f"this is no response: {error}") from error
        self.write(said)
        if self.tap:
            self.tap.number(self.by)

    def _next(self) -> None:
        """On to the next request, if there may be one."""
        if not self.open or self._lingers:
            return
        if self.h11.our_state is h11.DONE and self.h11.their_state is h11.DONE:
            self.h11.start_next_cycle()
        elif self.h11.our_state is not h11.IDLE:
            self._lingers = bool(self.h11.trailing_data[0])
            self._parts() if self._lingers else self.close()
            return
        if self.h11.trailing_data[0]:
            self._hurries(limits.MESSAGE_WITHIN, self._is_slow)
        self.transport.resume_reading()
        self._goes_on()

    def _refuses(self, status: int, why: str) -> None:
        """Answers what the handler never sees, and reads on for a while, so that the answer arrives."""
        if self.h11.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._responds(
                Response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")], f"{why}\n".encode())
            )
        self._body.clear()
        self._lingers = True
        self._parts()

    def _parts(self) -> None:
        self.ends()
        self._hurries(limits.LINGER_WITHIN, self.close)

    def leaves(self) -> None:
        """The server closes."""
        if self._answering:
            self._answering.cancel()
        self.close()
        if not self.done.done() and self.made:
            self._hurries(limits.LINGER_WITHIN, self.transport.abort)

    def _hurries(self, within: float, late: Callable[[], None]) -> None:
        self._calms()
        self._timer = asyncio.get_running_loop().call_later(within, late)

    def _calms(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


TOO_LONG = f"a body of more than {limits.BODY_AT_MOST} bytes is not taken here"


def text(data: bytes) -> str:
    return data.decode("latin-1")
