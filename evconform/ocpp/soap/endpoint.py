"""What both endpoints of OCPP-S are: an HTTP service for the other side's requests, and an HTTP client for our own."""

from __future__ import annotations

import asyncio
import base64
import ssl
import uuid
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from evconform.harness.clock import Clock, Tasks
from evconform.harness.wire import WireLog
from evconform.http.client import HttpClient
from evconform.http.message import Raw, Request, Response, media_type
from evconform.http.server import HttpServer, Said, ServerConnection
from evconform.ocpp.central_system import Knock
from evconform.ocpp.channel import ChannelOwner
from evconform.ocpp.json import CallError
from evconform.ocpp.soap.address import at
from evconform.ocpp.soap.channel import SoapChannel
from evconform.ocpp.soap.codec import Envelope, decode
from evconform.ocpp.soap.errors import of_problem
from evconform.ocpp.soap.exchange import Exchange
from evconform.ocpp.soap.model import Service
from evconform.ocpp.soap.posting import MEDIA_TYPE_1_1, plain, unreadable
from evconform.ocpp.soap.problem import OF_THE_HEADER, Problem
from evconform.ocpp.soap.table import VERSIONS, service
from evconform.ocpp.soap.wsdl import wsdl

DECODED_ASIDE = 256 * 1024
"""Bytes of an envelope from which on it is decoded in a thread: the loop has others to serve."""
ROLES = {"central-system": "charge-point", "charge-point": "central-system"}
Outgoing = bytes | Request | Response | Raw | None
Rework = Callable[[bytes], Outgoing]
"""What goes out instead of an envelope: other bytes, or a whole HTTP message of one's own making; instead of an answer also
bytes that need be no HTTP, or None: the connection ends."""
Page = Callable[[Request], Response | None]


class SoapEndpoint(ChannelOwner):
    """``role``: ours. ``versions``: those of OCPP that are served."""

    role = ""

    def __init__(self, clock: Clock, tasks: Tasks, wire: WireLog | None, version: str) -> None:
        super().__init__(tasks)
        assert version in VERSIONS, version
        self.clock = clock
        self.wire = wire
        self.version = version
        self.versions: tuple[str, ...] = (version,)
        self.new_message_id = lambda _: f"urn:uuid:{uuid.uuid4()}"
        self.envelopes: list[Rework] = []
        self.objects: Callable[[Envelope], Problem | None] = first_problem
        """What is wrong with a request, so that no handler sees it."""
        self.page: Page = lambda request: None
        """Answers a GET, and whatever is asked for beside the service; None: as the endpoint does."""
        self.compresses = ""
        """The content coding of our requests: gzip, deflate, or none."""
        self.compresses_answers = ""
        """That of every answer to whoever does not exclude it; none: where it is asked for, and worth it."""
        self.authorization: str | None = None
        self.edit_request: Callable[[Request], None] | None = None
        self.edit_response: Callable[[Response], None] | None = None
        self.address = ""
        """Where our service listens."""
        self.client = HttpClient(clock, wire)
        self._server: HttpServer | None = None
        self._path = "/"

    # ── the service ──

    async def serves(self, url: str, tls: ssl.SSLContext | None) -> str:
        """Listens at ``url``; port 0 lets the system choose. Returns the URL in force. Raises OSError."""
        server = HttpServer(self.clock, self.tasks, self.wire, self._handle)
        try:
            self.address = await server.listen(url, tls)
        except asyncio.CancelledError:  # the power went in that moment
            await server.close()
            raise
        self._path = urlsplit(url).path
        self._server = server
        return self.address

    @property
    def serving(self) -> bool:
        return self._server is not None

    def served_service(self, version: str) -> Service:
        return service(version or self.version, self.role)

    def called_service(self, version: str) -> Service:
        return service(version or self.version, ROLES[self.role])

    async def _handle(self, request: Request, connection: ServerConnection) -> Response | Said | None:
        if (refusal := self._no_message(request, at(self.address, connection.here))) is not None:
            return self.edited(refusal)
        envelope = await self.decoded(request.body)
        if media_type(request.header("Content-Type")) == MEDIA_TYPE_1_1:
            envelope = Envelope(problems=(Problem("soap-version", "text/xml is SOAP 1.1, not SOAP 1.2"),))
        status = self.admits(envelope, request)
        if status is not None:
            return await self.turns_away(status, Exchange(request, connection, envelope))
        if envelope.kind == "fault":
            return self.edited(Response(202))  # a fault for a fault would be answered by the next, for ever
        exchange = Exchange(request, connection, envelope)
        channel = self.channel_of(envelope)
        channel.ours = at(self.address, connection.here)
        channel.asked(exchange, self.refusal_of(envelope))
        return await exchange.over

    def _no_message(self, request: Request, address: str) -> Response | None:
        """What is answered to who does not post SOAP to our service, which is at that address."""
        here = request.path.rstrip("/") == self._path.rstrip("/")
        if request.method != "POST" or not here:
            page = self._wsdl(request, address) if here and request.query.lower().startswith("wsdl") else self.page(request)
            if page is not None:
                return page
        if not here:
            return plain(404, "there is nothing here")
        if request.method in ("GET", "HEAD"):
            return plain(200, f"This is an OCPP {' and '.join(self.versions)} {self.role}; its WSDL is at {request.path}?wsdl")
        if request.method != "POST":
            return plain(405, "SOAP requests come by POST", ("Allow", "GET, HEAD, POST"))
        return unreadable(request)

    def _wsdl(self, request: Request, address: str) -> Response | None:
        if request.method not in ("GET", "HEAD"):
            return None
        named = request.query.partition("=")[2]
        of = self.served_service(named if named in self.versions else self.version)
        return Response(200, [("Content-Type", "text/xml; charset=utf-8")], wsdl(of, address))

    def refusal_of(self, envelope: Envelope) -> CallError | None:
        """What answers a request before any handler sees it; None if one may."""
        problem = self.objects(envelope)
        if problem is None and (envelope.kind != "request" or envelope.payload is None):
            problem = next(iter(envelope.problems), Problem("body", f"a {envelope.kind or 'body'}, no request"))
        of = envelope.service
        if problem is None and of and of.version not in self.versions:
            problem = Problem("namespace", f"{of.namespace}, which is not served here")
        if problem is None and of and of.role != self.role:
            problem = Problem("operation", f"the {of.name} is not served here")
        return of_problem(problem) if problem else None

    def admits(self, envelope: Envelope, request: Request) -> HTTPStatus | None:
        """Refuses a request with an HTTP status, or lets it in with None."""
        return None

    async def turns_away(self, status: HTTPStatus, exchange: Exchange) -> Response | Said | None:
        """Answers who was not let in."""
        return self.edited(refused(status))

    def channel_of(self, envelope: Envelope) -> SoapChannel:
        """The channel on which a request is answered."""
        raise NotImplementedError

    def edited(self, response: Response) -> Response:
        """What every response that is one of HTTP goes through last."""
        if self.edit_response:
            self.edit_response(response)
        return response

    # ── what the channels need ──

    def goes(self, body: bytes) -> Outgoing:
        """What goes out instead of an envelope."""
        said: Outgoing = body
        for rework in self.envelopes:
            if isinstance(said, bytes):
                said = rework(said)
        return said

    def signs(self, request: Request) -> None:
        """Puts our credentials into a request."""
        if self.authorization is not None and request.header("Authorization") is None:
            request.headers.append(("Authorization", self.authorization))
        if self.edit_request:
            self.edit_request(request)

    async def decoded(self, body: bytes) -> Envelope:
        if len(body) < DECODED_ASIDE:
            return decode(body)
        return await asyncio.get_running_loop().run_in_executor(None, decode, body)

    def unanswered(self, channel: SoapChannel, why: str, reachable: bool) -> None:
        """A request of ours had no SOAP answer; ``reachable``: somebody is at the address."""

    def loses(self, channel: SoapChannel) -> None:
        """The other side is taken to be gone."""
        channel.lost()

    async def leaves(self, abruptly: bool, *channels: SoapChannel) -> None:
        """Ends the service, every request that is under way, and every connection."""
        posts = [post for channel in channels for post in channel.posts]
        for channel in channels:
            channel.lost()
        server, self._server = self._server, None
        for connection in [*server.connections] if server and abruptly else ():
            connection.abort()
        for out in [*self.client.connections] if abruptly else ():
            out.abort()
        if server:
            await server.close()
        await self.client.close()
        await asyncio.gather(*posts, return_exceptions=True)


def first_problem(envelope: Envelope) -> Problem | None:
    return next(iter(envelope.problems), None)


CHALLENGE = (("WWW-Authenticate", 'Basic realm="OCPP"'),)


def hindrance(envelope: Envelope) -> Problem | None:
    """The first problem that keeps a request from being done. What is wrong with its header does not, nor the namespace of the
    other service: a tester stays reachable for whoever it tests, and the wire log tells."""
    known = ("operation", "namespace") if envelope.action else ()
    return next((each for each in envelope.problems if each.name not in (*OF_THE_HEADER, *known)), None)


def refused(status: HTTPStatus) -> Response:
    return plain(status, status.phrase, *(CHALLENGE if status == HTTPStatus.UNAUTHORIZED else ()))


def as_knock(identity: str, request: Request) -> Knock:
    """Who wants in, and how it proves that."""
    knock = Knock(identity, ())
    knock.proves_itself(request.all("Authorization"))
    return knock


def basic(user: str, password: str) -> str:
    """Of RFC 7617."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
