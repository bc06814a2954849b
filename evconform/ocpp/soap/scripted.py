"""The verbs that only SOAP has, of both scripted parties: envelopes that are wrong in one place, and answers that are."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

from evconform.harness.campaign import Campaign
from evconform.harness.verdict import Nonconformity, NotReached
from evconform.ocpp.channel import Answer, Channel, NoAnswer
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.soap.channel import SoapChannel
from evconform.ocpp.soap.endpoint import Outgoing, SoapEndpoint, hindrance
from evconform.ocpp.soap.errors import OF_JSON
from evconform.ocpp.speaks import JSON
from evconform.ocpp.tester import Scripted, as_predicate, call_error
from evconform.ocpp.view import Frame

REMEMBERED = 1000
"""CALLs of which it is known that they were answered."""
Rework = Callable[[bytes], Outgoing]


class OnlyWebSocket(TypeError):
    """A case was run over SOAP that has no meaning there."""


class Enveloping(Scripted):
    """A scripted party that can speak SOAP as well."""

    registration: str | None
    """What the charge point was told last."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(campaign)
        self._reworked: dict[str, Rework] = {}
        self._next: Rework | None = None
        """What makes another envelope of the answer that goes out next."""
        self._dealt_with: deque[Any] = deque(maxlen=REMEMBERED)
        """Ids of the CALLs that came last and were answered, or left unanswered on purpose."""
        self._deals = asyncio.Event()

    @property
    def speaks(self) -> str:
        """The column of the case."""
        return self.campaign.speaks or JSON

    @property
    def soap(self) -> bool:
        return self.speaks != JSON

    def call_error(self, *codes: str) -> dict[str, Any]:
        """What ``expects`` says for a CALLERROR with one of these codes; over SOAP for the faults that say the same."""
        return call_error(*dict.fromkeys(OF_JSON.get(code, code) for code in codes) if self.soap else codes)

    def of(self, json: str, soap: str) -> str:
        """The requirement of the transport that is spoken."""
        return soap if self.soap else json

    def _over_websocket(self, verb: str) -> None:
        """Raises OnlyWebSocket over SOAP."""
        if self.soap:
            raise OnlyWebSocket(f"{verb} needs a WebSocket connection, and this case runs over SOAP: say so with only=")

    def sends(self, text: str) -> None:
        self._over_websocket("sends")
        super().sends(text)

    def sends_fragments(self, *parts: str, ping_between: bool = False) -> None:
        self._over_websocket("sends_fragments")
        super().sends_fragments(*parts, ping_between=ping_between)

    def floods(self, count: int) -> None:
        self._over_websocket("floods")
        super().floods(count)

    async def pings(self, **how: Any) -> Frame:
        self._over_websocket("pings")
        return await super().pings(**how)

    @property
    def service(self) -> SoapEndpoint:
        """Our endpoint. A case that names it is of SOAP only."""
        assert isinstance(self.endpoint, SoapEndpoint), "this case is for SOAP"
        return self.endpoint

    @contextmanager
    def reworks(self, *reworks: Rework) -> Iterator[None]:
        """What goes out within is another envelope, or another HTTP message."""
        self.service.envelopes.extend(reworks)
        try:
            yield
        finally:
            for rework in reworks:
                self.service.envelopes.remove(rework)

    @contextmanager
    def compresses(self, coding: str) -> Iterator[None]:
        """What is sent within is compressed: gzip or deflate (OCPP-S 1.6, 6.1)."""
        self.service.compresses = coding
        try:
            yield
        finally:
            self.service.compresses = ""

    @contextmanager
    def answers_in(self, coding: str) -> Iterator[None]:
        """What is answered within is compressed, unless the request excludes that: gzip or deflate (OCPP-S 1.6, 6.1). A SUT that
        did not understand it does not know that it was accepted, and has to register anew."""
        self._script(f"answers in {coding}")
        self.service.compresses_answers = coding
        try:
            yield
        except Nonconformity:
            self.registration = None
            raise
        finally:
            self.service.compresses_answers = ""

    async def posts(
        self,
        *reworks: Rework,
        deviates: str,
        action: str = "",
        expects: dict[str, Any] | None = None,
        proves: str | None = None,
        within: float | None = None,
        **payload: Any,
    ) -> Frame:
        """Sends a CALL, the harmless one by default, as another envelope, and waits for what the HTTP response holds, whatever it
        relates to."""
        n, _ = await self._posts(reworks, deviates, action, payload)
        demand = None if expects is None else as_predicate(expects)
        return await self.hears_frame(answers=n, expects=demand, proves=proves, within=within)

    async def sends_envelope(self, *reworks: Rework, deviates: str, action: str = "", **payload: Any) -> None:
        """The same, and waits for whatever comes of it, if anything does."""
        _, answer = await self._posts(reworks, deviates, action, payload)
        with suppress(NoAnswer, CallError, TimeoutError):  # the log has it
            async with asyncio.timeout(self.patience):
                await answer

    async def _posts(
        self, reworks: tuple[Rework, ...], deviates: str, action: str, payload: dict[str, Any]
    ) -> tuple[int, asyncio.Future[Any]]:
        """The entry of the request in the wire log, and its answer to come. Raises NotReached."""
        channel = cast(SoapChannel, self.channel)
        plain_action, plain_payload = self.harmless
        self.campaign.expectations.acts()
        with self.deviation(deviates), self.reworks(*reworks):
            message_id, answer = channel.send_call(action or plain_action, payload or ({} if action else plain_payload))
            try:
                return await channel.entry_of(message_id), answer
            except NoAnswer as why:
                raise NotReached(f"it was not sent: {why}") from why

    def answers_with(self, action: str, rework: Rework, *, deviates: str) -> None:
        """From now on the answers to CALLs of this action are other envelopes, or other HTTP messages."""
        self._script(f"answers {action} with {deviates}")
        self._reworked[action] = rework
        self._deviating[action] = deviates

    def answers_as_usual(self, action: str) -> None:
        """Takes back what ``answers_with`` said."""
        self._script(f"answers {action} as usual")
        self._reworked.pop(action, None)
        self._deviating.pop(action, None)

    def _equips_service(self, endpoint: object) -> None:
        """Lets the answers of an endpoint be reworked, if it speaks SOAP, and what can be read be answered."""
        if isinstance(endpoint, SoapEndpoint):
            endpoint.envelopes.append(self._goes)
            endpoint.objects = hindrance

    async def hears_frame(self, **how: Any) -> Frame:
        """As over every transport a CALL that is heard has been answered by then, or left so: what a case scripts next is for
        the next one."""
        frame = await super().hears_frame(**how)
        if self.soap and frame.type == "CALL" and self.answers_itself:
            with suppress(TimeoutError):  # one that could not be read, and that no handler saw
                async with asyncio.timeout(self.patience):
                    while frame.id not in self._dealt_with:
                        self._deals.clear()
                        await self._deals.wait()
        return frame

    @property
    def answers_itself(self) -> bool:
        """Whether it is the case that says what is answered."""
        return True

    def _handles(self, action: str) -> None:
        """A handler is about to answer: nothing else goes out before its answer does."""
        self._next = self._reworked.get(action)

    def _after_answer(self, message: Message, answer: Answer, channel: Channel) -> None:
        super()._after_answer(message, answer, channel)
        self._dealt_with.append(message.id or None)
        self._deals.set()
        if (
            isinstance(message.action, str)
            and message.action in self._reworked
            and (asked := self.campaign.expectations.latest(message.id))
        ):
            # what went out may be no answer at all
            self.wire.mark("deviation", why=self._deviating[str(message.action)], frames=[asked.n])

    def _goes(self, body: bytes) -> Outgoing:
        rework, self._next = self._next, None
        return rework(body) if rework else body
