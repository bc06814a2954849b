"""The tester's HTTP client: what it sends may be anything, and what it hears is told as it is."""

from __future__ import annotations

import asyncio
import re
import select
import ssl
from collections.abc import Awaitable, Callable
from typing import Literal
from urllib.parse import quote, urlsplit

import h11

from evconform.harness.clock import Clock
from evconform.harness.wire import Side, WireLog
from evconform.http import limits
from evconform.http.coding import BodyTooLong, decoded
from evconform.http.connection import Connection, dial
from evconform.http.events import PORTS, Origin, fields, of_request
from evconform.http.message import Request, Response
from evconform.http.tls import in_words, trusted

Why = Literal["no-url", "refused", "timed-out", "closed", "broken", "too-long"]
Sent = Callable[[int], None]
CUT = "the connection was closed before the answer was complete"


class NoAnswer(Exception):
    """There is no response: ``why`` in a word, the message in more."""

    def __init__(self, why: Why, says: str) -> None:
        super().__init__(says)
        self.why: Why = why


class HttpClient:
    """Sends requests and keeps connections alive."""

    def __init__(self, clock: Clock, wire: WireLog | None = None, tls: ssl.SSLContext | None = None, by: Side = "tester") -> None:
        self.clock = clock
        self.wire = wire
        self.tls = tls
        self.by: Side = by
        self.connections: dict[ClientConnection, None] = {}
        self.finds: Callable[[str, int], Awaitable[str]] | None = None
        """Says at which address a host and port are dialled, or raises OSError; None: the system looks it up."""
        self._idle: dict[Origin, list[ClientConnection]] = {}
        self._trusted: set[Origin] = set()
        """Servers that were seen to keep an idle connection open for a while."""

    async def request(self, url: str, request: Request, within: float = 30.0, sent: Sent | None = None) -> Response:
        """Sends ``request`` to ``url``; its ``target``, if it has one, stands in the request line instead of the URL's.
        No redirect is followed. ``sent``: told when it is on the wire, with its entry in the wire log. Raises NoAnswer;
        ValueError for a request that is no HTTP."""
        origin, target = place(url)
        events = of_request(request, request.target or target, origin)
        try:
            async with asyncio.timeout(within):
                return await self._exchanges(origin, events, sent)
        except TimeoutError:
            raise NoAnswer("timed-out", f"no answer within {within:g} s") from None

    async def _exchanges(self, origin: Origin, events: list[h11.Event], sent: Sent | None) -> Response:
        connection = await self._takes_idle(origin) or await self._dials(origin)
        response = await connection.exchanges(events, sent)
        if connection.open:
            self._keeps(origin, connection)
        return response

    async def sends(self, url: str, raw: bytes, within: float = 30.0, ends: bool = False) -> Response:
        """Sends bytes as they are over a connection of their own, which ``ends`` with them or not, and is closed after the
        first response. Raises NoAnswer."""
        origin, _ = place(url)
        try:
            async with asyncio.timeout(within):
                connection = await self._dials(origin)
                return await connection.sends(raw, ends)
        except TimeoutError:
            raise NoAnswer("timed-out", f"no answer within {within:g} s") from None

    async def _dials(self, origin: Origin) -> ClientConnection:
        scheme, host, port = origin
        tls = (self.tls or trusted()) if scheme == "https" else None
        try:
            at = await self.finds(host, port) if self.finds else ""
            return await dial(lambda: ClientConnection(self), host, port, tls, at)
        except OSError as error:
            words = in_words(error) if tls and isinstance(error, ssl.SSLError) else str(error)
            raise NoAnswer("refused", f"{host}:{port}: {words}") from error

    async def _takes_idle(self, origin: Origin) -> ClientConnection | None:
        """A kept connection that the other side is not about to close, as far as anybody can tell: a request that goes into
        a connection that ends has no answer, and is not repeated, for that would be a second request. None if there is none."""
        if self._idle.get(origin):
            await self.clock.rests()
        now = self.clock.now()
        idle = self._idle[origin] = [each for each in self._idle.get(origin, []) if each.open and not each.has_news()]
        if self.clock.kind == "lab" or any(now - each.since >= limits.TRUSTED_AFTER for each in idle):
            self._trusted.add(origin)
        recent = [each for each in idle if self.clock.kind == "lab" or now - each.since <= limits.REUSED_WITHIN]
        if origin not in self._trusted or not recent:
            return None
        idle.remove(recent[-1])
        return recent[-1]

    def _keeps(self, origin: Origin, connection: ClientConnection) -> None:
        idle = [each for each in self._idle.get(origin, []) if each.open]
        if len(idle) >= limits.IDLE_AT_MOST:
            connection.close()
        else:
            connection.since = self.clock.now()
            idle.append(connection)
        self._idle[origin] = idle

    async def close(self) -> None:
        """Closes every connection."""
        connections = [connection for connection in self.connections if connection.made]
        for connection in connections:
            connection.leaves()
        for connection in connections:
            await connection.closed()


class ClientConnection(Connection):
    """A connection to a server; one request at a time."""

    dials = True

    def __init__(self, client: HttpClient) -> None:
        super().__init__(client.clock, client.wire, client.by)
        self.client = client
        self.since = 0.0
        """When it became idle."""
        self.h11 = h11.Connection(h11.CLIENT, limits.HEAD_AT_MOST)
        self._answer: asyncio.Future[Response] | None = None
        self._head: h11.Response | None = None
        self._body = bytearray()
        self._asked = 0
        client.connections[self] = None

    def has_news(self) -> bool:
        """Whether the kernel holds what we have not been handed yet: bytes, or the end."""
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(poll.poll(0))

    # ── what we say ──

    async def exchanges(self, events: list[h11.Event], sent: Sent | None = None) -> Response:
        """Raises NoAnswer."""
        return await self._hears(b"".join(self.h11.send(event) or b"" for event in events), ends=False, sent=sent)

    async def sends(self, raw: bytes, ends: bool) -> Response:
        """Raises NoAnswer."""
        method = b"HEAD" if raw.startswith(b"HEAD ") else b"GET"
        for event in (h11.Request(method=method, target=b"/", headers=[(b"Host", b"x")]), h11.EndOfMessage()):
            self.h11.send(event)  # so that h11 expects a response; what it would have sent is left unsent
        try:
            return await self._hears(raw, ends)
        finally:
            self.close()

    async def _hears(self, said: bytes, ends: bool, sent: Sent | None = None) -> Response:
        answer: asyncio.Future[Response]
        answer = self._answer = asyncio.get_running_loop().create_future()
        if not self.open:
            raise NoAnswer("closed", "the connection was closed")
        self.write(said)
        if ends:
            self.ends()
        self._asked = self.tap.number(self.by) if self.tap else 0
        if sent:
            sent(self._asked)
        try:
            return await answer
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._answer = None

    # ── what comes ──

    def receives(self, data: bytes) -> None:
        if self._answer is None:
            self.close()  # nobody asked
            return
        self.h11.receive_data(data)
        self._goes_on()

    def ended(self) -> None:
        if self._answer is not None and not self._answer.done():
            self.h11.receive_data(b"")
            self._goes_on()
            self._fails("closed", CUT)
        self.close()

    def gone(self) -> None:
        self.client.connections.pop(self, None)
        if self.made:
            self._fails("closed", CUT)

    def _goes_on(self) -> None:
        while self.open:
            try:
                event = self.h11.next_event()
            except h11.RemoteProtocolError as error:
                if not self.h11.trailing_data[1]:
                    self._fails("broken", f"what came is no response: {error}")
                return
            if event in (h11.NEED_DATA, h11.PAUSED):
                return
            self._takes(event)

    def _takes(self, event: h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]) -> None:
        if isinstance(event, h11.Response):
            self._head = event
            self._body.clear()
        elif isinstance(event, h11.Data):
            self._body += event.data
            if len(self._body) > limits.BODY_AT_MOST:
                self._fails("too-long", f"the body has more than {limits.BODY_AT_MOST} bytes")
        elif isinstance(event, h11.EndOfMessage):
            self._complete()
        elif isinstance(event, h11.ConnectionClosed):
            self._fails("closed", CUT)

    def _complete(self) -> None:
        assert self._head is not None
        head, body = self._head, bytes(self._body)
        self._body.clear()
        headers = fields(head)
        n = self.tap.number(self.other) if self.tap else 0
        try:
            body = decoded(headers, body)
        except BodyTooLong as why:
            self._fails("too-long", str(why))
            return
        except ValueError:
            pass  # the caller sees it as it came, and its Content-Encoding
        version = head.http_version.decode()
        response = Response(head.status_code, headers, body, head.reason.decode("latin-1"), version, n, self._asked)
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(response)
        if self.h11.our_state is h11.DONE and self.h11.their_state is h11.DONE and not self.h11.trailing_data[0]:
            self.h11.start_next_cycle()
        else:
            self.close()

    def _fails(self, why: Why, says: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(NoAnswer(why, says))
        self.close()

    def leaves(self) -> None:
        """The client closes."""
        self.close()
        timer = asyncio.get_running_loop().call_later(limits.LINGER_WITHIN, self.transport.abort)
        self.done.add_done_callback(lambda _: timer.cancel())


def place(url: str) -> tuple[Origin, str]:
    """Scheme, host and port of a URL, and the request target. Raises NoAnswer."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise NoAnswer("no-url", f"this is no URL of a server: {url[:200]!r}") from None
    if not parts.hostname or re.search(r"[\s\x00-\x1f]", parts.hostname):
        raise NoAnswer("no-url", f"this URL names no host: {url[:200]!r}")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return (parts.scheme, parts.hostname, port), quote(target, safe="%/:?#[]@!$&'()*+,;=~-._|")
