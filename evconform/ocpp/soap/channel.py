"""The conversation with one station, or with the central system, over SOAP: the surface of OCPP-J's channel (``../channel.py``),
with HTTP requests in the place of a connection."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from evconform.http.client import NoAnswer as NoResponse
from evconform.http.message import Request, Response
from evconform.ocpp import json as ocppj
from evconform.ocpp.channel import Answer, Channel, NoAnswer, Payload
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.soap import speech
from evconform.ocpp.soap.body import NotInSoap
from evconform.ocpp.soap.codec import Envelope
from evconform.ocpp.soap.errors import as_subcode, error_of
from evconform.ocpp.soap.exchange import Exchange, SoapMessage
from evconform.ocpp.soap.headers import of_answer, of_request
from evconform.ocpp.soap.posting import as_request, as_response
from evconform.ocpp.soap.translate import translation
from evconform.ocpp.speaks import by_soap

if TYPE_CHECKING:
    from evconform.ocpp.soap.endpoint import SoapEndpoint

UNREACHABLE = ("no-url", "refused", "closed")
"""Why there is no response where nobody is at the address, or is there no more."""
ANSWER_WITHIN = 600.0
"""Seconds that a request waits for its response if nobody gives it up before."""


class Link:
    """Stands where OCPP-J has a connection: ``open`` as long as the other side can be spoken to, as far as we know."""

    tap = None

    def __init__(self, channel: SoapChannel) -> None:
        self.open = True
        self._channel = channel

    def abort(self) -> None:
        """Takes it that the other side is gone."""
        self._channel.owner.loses(self._channel)

    async def closed(self) -> None:
        """There is nothing to wait for."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name}: only a WebSocket connection has it, and this is OCPP over SOAP")


class SoapChannel(Channel):
    """``address``: where the other side's service is; empty if it never said so. ``version``: of its last request."""

    owner: SoapEndpoint

    def __init__(self, identity: str, owner: SoapEndpoint, address: str, version: str) -> None:
        self.link = Link(self)
        super().__init__(identity, cast(Any, self.link), owner)
        self.address = address
        self.version = version
        self.ours = ""
        """Where we are, as we tell it (wsa:From); empty: where we listen."""
        self._posts: dict[str, asyncio.Task[None]] = {}
        self._sent: dict[str, asyncio.Future[int]] = {}
        self._answering: Exchange | None = None

    # ── what we send ──

    @property
    def speaks(self) -> str:  # type: ignore[override]
        return by_soap(self.version)

    async def call(self, action: str, payload: Payload, within: float | None = None) -> Payload:
        """As OCPP-J's, one after the other. Raises NotInSoap for a payload that SOAP cannot carry."""
        try:
            return await super().call(action, payload, within)
        except NoAnswer as why:
            self.owner.unanswered(self, str(why), reachable=True)
            raise

    async def sent(self, message_id: str) -> None:
        await self.entry_of(message_id)

    async def entry_of(self, message_id: str) -> int:
        """Waits until the CALL is on the wire; its entry in the wire log. Raises NoAnswer."""
        if message_id not in self._sent:
            raise NoAnswer("the other side is gone")
        return await self._sent[message_id]

    def gives_up(self, message_id: str) -> None:
        super().gives_up(message_id)
        if post := self._posts.pop(message_id, None):
            post.cancel()

    def _puts(self, text: str) -> None:
        message = ocppj.read(text)
        if message.type == "CALL":
            self._asks(message)
        elif message.type in ("CALLRESULT", "CALLERROR"):
            self._responds(message)
        else:
            raise NotInSoap(f": OCPP over SOAP has no such message: {text[:200]}")

    def _asks(self, message: Message) -> None:
        if not self.connection.open:
            return
        message.id = str(message.id)
        service = self.owner.called_service(self.version)
        headers = of_request(self.identity, message.id, self.ours or self.owner.address, self.address)
        try:
            body = self.owner.goes(speech.request(message, headers, service))
        except NotInSoap:
            self._open_calls.pop(message.id, None)
            raise
        assert isinstance(body, bytes | Request), "an answer for a request"
        request = body if isinstance(body, Request) else as_request(body, f"/{message.action}", self.owner.compresses)
        self.owner.signs(request)
        self._sent[message.id] = sent = asyncio.get_running_loop().create_future()
        sent.add_done_callback(lambda f: f.cancelled() or f.exception())
        self._posts[message.id] = post = self.owner.tasks.spawn(self._post(message, request, sent))
        post.add_done_callback(lambda _: self._forgets(message.id, post, sent))

    def _forgets(self, message_id: str, post: asyncio.Task[None], sent: asyncio.Future[int]) -> None:
        """Another request may have its id by now."""
        if self._posts.get(message_id) is post:
            del self._posts[message_id]
        if self._sent.get(message_id) is sent:
            del self._sent[message_id]
        if not sent.done():
            sent.set_exception(NoAnswer("it was not sent"))

    async def _post(self, message: Message, request: Request, sent: asyncio.Future[int]) -> None:
        def is_sent(n: int) -> None:
            if not sent.done():
                sent.set_result(n)

        try:
            response = await self.owner.client.request(self.address, request, ANSWER_WITHIN, is_sent)
        except NoResponse as why:
            self._is_unanswered(message.id, str(why), reachable=why.why not in UNREACHABLE)
            return
        self._takes_answer(message, response, await self.owner.decoded(response.body))

    def _takes_answer(self, asked: Message, response: Response, envelope: Envelope) -> None:
        if envelope.kind == "fault" and envelope.fault:
            error = error_of(envelope.fault)
            answer = Message("CALLERROR", id=asked.id, code=error.code, description=error.description)
            self._hears(ocppj.call_error(asked.id, error), answer)
        elif envelope.kind == "response" and envelope.action == asked.action:
            payload = translation(envelope.version).to_1_6(envelope.action, "response", envelope.payload or {})
            self._hears(ocppj.call_result(asked.id, payload), Message("CALLRESULT", id=asked.id, payload=payload))
        else:
            said = f"a {envelope.kind} of {envelope.action}" if envelope.kind else "no message of OCPP"
            self._is_unanswered(asked.id, f"HTTP {response.status} with {said}", reachable=True)

    def _is_unanswered(self, message_id: str, why: str, reachable: bool) -> None:
        for future in (self._sent.get(message_id), self._open_calls.pop(message_id, None)):
            if future and not future.done():
                future.set_exception(NoAnswer(why))
        self.owner.unanswered(self, why, reachable)

    # ── what we hear ──

    def asked(self, exchange: Exchange, refusal: CallError | None) -> None:
        """A request came; ``refusal``: what answers it before any handler sees it."""
        said = exchange.envelope
        payload = said.payload or {}
        if refusal is None:
            payload = translation(said.version).to_1_6(said.action, "request", payload)
        message = SoapMessage("CALL", id=said.headers.message_id or "", action=said.action, payload=payload)
        message.judged, message.exchange = True, exchange
        text = ocppj.call(message.id, said.action, payload)
        if refusal is None:
            self._hears(text, message)
            return
        for watch in self.owner.watches if said.action else ():
            watch("<", text, self)
        self._answer(message, refusal)

    def called(self, message: Message) -> None:
        """Answers a CALL; once more if it was left unanswered, and whoever sent it still waits."""
        exchange = _exchange(message)
        if exchange.over.done():
            return
        if not self.owner.answers_calls():
            exchange.withholds()
        super().called(message)

    def _answer(self, message: Message, answer: Answer) -> None:
        self._answering = exchange = _exchange(message)
        try:
            super()._answer(message, as_subcode(answer) if isinstance(answer, CallError) else answer)
        except NotInSoap as error:
            super()._answer(message, CallError("InternalError", str(error)))
            self.owner.tasks.fails(error)
        finally:
            self._answering = None
        if answer is None:
            exchange.withholds()

    def _responds(self, message: Message) -> None:
        exchange = self._answering
        assert exchange, "an answer goes out where a CALL is answered"
        asked = exchange.envelope
        headers = replace(of_answer(asked.headers, self.owner.new_message_id(self)), relates_to=str(message.id) or None)
        status, headers, body = speech.response(message, asked.action, headers, self.owner.served_service(asked.version))
        said = self.owner.goes(body)
        if isinstance(said, bytes):
            coding = self.owner.compresses_answers
            said = as_response(said, exchange.status or status, headers.action or "", exchange.request, coding)
            said.headers += exchange.headers
        assert not isinstance(said, Request), "a request for an answer"
        exchange.says(self.owner.edited(said) if isinstance(said, Response) else said)

    def lost(self) -> None:
        """The other side is gone: nothing is awaited any more."""
        self.link.open = False
        super().lost()
        for post in self._posts.values():
            if post is not asyncio.current_task():
                post.cancel()

    @property
    def posts(self) -> list[asyncio.Task[None]]:
        """The requests of ours that are under way."""
        return list(self._posts.values())


def _exchange(message: Message) -> Exchange:
    assert isinstance(message, SoapMessage)
    assert message.exchange
    return message.exchange
