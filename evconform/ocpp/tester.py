"""The verbs that both scripted parties share. A verb that waits says what it judges with ``proves=``; without it a time-out
means that the situation was not reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from evconform.harness.campaign import Campaign
from evconform.harness.expect import value_of
from evconform.harness.verdict import NotReached
from evconform.ocpp import json as ocppj
from evconform.ocpp.channel import Answer, Channel, ChannelOwner, NoAnswer
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.view import Frame


def call_error(*codes: str) -> dict[str, Any]:
    """What ``expects`` says for a CALLERROR, with one of these codes if any are named."""
    return {"type": "CALLERROR"} | ({"code": list(codes)} if codes else {})


def call_result(**what: Any) -> dict[str, Any]:
    """What ``expects`` says for a CALLRESULT by more than the members of its payload."""
    return {"type": "CALLRESULT"} | what


def one_of(*expects: dict[str, Any]) -> dict[str, Any]:
    """What ``expects`` says where the clause allows several answers."""
    return {"one_of": [as_predicate(each) for each in expects]}


def as_predicate(expects: dict[str, Any]) -> dict[str, Any]:
    """Plain members are those of a CALLRESULT."""
    return expects if expects.keys() & {"type", "one_of"} else {"type": "CALLRESULT", "payload": expects}


class Scripted:
    """One side of the conversation, spoken by a test case."""

    endpoint: ChannelOwner
    harmless: tuple[str, dict[str, Any]]
    """A CALL that every product of the SUT's role answers, and that changes nothing."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.clock = campaign.clock
        self.wire = campaign.wire
        self._scripted: dict[str, Answer] = {}
        self._deviating: dict[str, str] = {}
        self._withheld: list[tuple[Message, Channel]] = []
        """CALLs of this case that were left unanswered."""

    @property
    def channel(self) -> Channel:
        """The open channel to the SUT. Raises NotReached."""
        raise NotImplementedError

    @property
    def here(self) -> bool:
        """Whether the SUT is connected."""
        raise NotImplementedError

    async def comes_back(self) -> None:
        """Waits until the SUT, whose connection went, is connected and accepted again. Raises NotReached."""
        raise NotImplementedError

    @property
    def patience(self) -> float:
        """Seconds that we wait for what should come at once."""
        return self.campaign.patience

    @property
    def absent(self) -> str:
        """Why there is no channel to the SUT, in a sentence."""
        return "the SUT is not connected"

    def acted(self, action: str) -> None:
        """The control is about to perform an action on the SUT."""

    def spoke(self, frame: Frame) -> None:
        """A frame of ours was logged."""

    def _script(self, says: str) -> None:
        self.campaign.expectations.acts()
        self.wire.mark("script", says=says)

    # ── hearing ──

    async def hears(
        self,
        action: str,
        *,
        expects: dict[str, Any] | None = None,
        within: float | None = None,
        proves: str | None = None,
        **payload: Any,
    ) -> Frame:
        """Waits for a CALL of the SUT with these members; a list stands for alternatives. ``expects``: the members that the
        first such CALL must have."""
        demand = None if expects is None else {"payload": expects}
        return await self.hears_frame(expects=demand, within=within, proves=proves, type="CALL", action=action, payload=payload)

    async def hears_frame(
        self, *, expects: dict[str, Any] | None = None, within: float | None = None, proves: str | None = None, **what: Any
    ) -> Frame:
        """Waits for a frame of the SUT by kind, type, action, code, status … ``expects``: what must hold of the first."""
        expectations = self.campaign.expectations
        frame = await expectations.hears(what, self.campaign.patience if within is None else within, expects, proves)
        assert isinstance(frame, Frame)
        return frame

    async def hears_no(self, *actions: str, for_: float, proves: str | None = None, **what: Any) -> None:
        """Waits ``for_`` seconds, in which no CALL of these actions may come; without an action, no message at all."""
        what = {"type": "CALL", "action": list(actions)} | what if actions else {"kind": "text"} | what
        await self.campaign.expectations.hears_no(what, for_, proves)

    def looks_after(self, frame: Frame) -> None:
        """The next verbs look at what came after this frame only."""
        self.campaign.expectations.stage = frame.n

    # ── speaking ──

    async def calls(
        self,
        action: str,
        *,
        expects: dict[str, Any] | None = None,
        proves: str | None = None,
        within: float | None = None,
        message_id: str | None = None,
        deviates: str = "",
        **payload: Any,
    ) -> Frame:
        """Sends a CALL and waits for its answer. ``expects``: members of a CALLRESULT, ``call_result(…)``,
        ``call_error(…)``, or ``one_of(…)`` them; ``deviates``: why the CALL is no proper message."""
        demand = None if expects is None else as_predicate(expects)
        self.campaign.expectations.acts()
        with self.deviation(deviates) if deviates else nullcontext():
            sent = await self._puts(action, payload, message_id)
        return await self.hears_answer(sent, demand=demand, proves=proves, within=within)

    async def _puts(self, action: str, payload: dict[str, Any], message_id: str | None) -> str:
        """Sends a CALL; its message id. Raises NotReached if it cannot be sent."""
        channel = self.channel
        message_id, _ = channel.send_call(action, payload, message_id)
        try:
            await channel.sent(message_id)
        except NoAnswer as why:
            raise NotReached(f"{action} was not sent: {why}") from why
        return message_id

    async def asks(self, *, proves: str | None = None, **how: Any) -> Frame:
        """Sends the harmless CALL and waits for its CALLRESULT: the SUT is there, and understands us."""
        action, payload = self.harmless
        return await self.calls(action, expects={}, proves=proves, **how, **payload)

    def composes(self, message_id: str, action: str = "", payload: dict[str, Any] | None = None) -> str:
        """The text of a CALL, the harmless one by default, to be sent in a way of the case's own."""
        plain_action, plain_payload = self.harmless
        return ocppj.call(message_id, action or plain_action, plain_payload if payload is None else payload)

    async def hears_answer(
        self, message_id: str, *, demand: dict[str, Any] | None = None, proves: str | None = None, within: float | None = None
    ) -> Frame:
        """Waits for the answer to a CALL of ours."""
        patience = self.campaign.patience if within is None else within
        frame = await self.campaign.expectations.hears({"answer_to": message_id}, patience, demand, proves)
        assert isinstance(frame, Frame)
        return frame

    def floods(self, count: int) -> None:
        """Sends so many harmless CALLs at once."""
        self.campaign.expectations.acts()
        first = self.wire.n + 1
        action, payload = self.harmless
        for _ in range(count):
            self.channel.send_call(action, payload)
        facts = {"action": action, "field": "(message)", "mutation": f"{count}-at-once", "group": "flood", "kind": "flood"}
        self.wire.mark("hostile", item=f"(flood)/{count}-at-once", **facts, frames=list(range(first, self.wire.n + 1)))

    def sends(self, text: str) -> None:
        """Puts a text message on the wire as it is, legal or not."""
        self.campaign.expectations.acts()
        with self.deviation("a frame of the case's own making"):
            self.channel.connection.send(text)

    def sends_fragments(self, *parts: str, ping_between: bool = False) -> None:
        """Sends one text message in parts."""
        self.campaign.expectations.acts()
        self.channel.connection.send_fragments(list(parts), ping_between)

    async def pings(self, *, proves: str | None = None, within: float | None = None) -> Frame:
        """Sends a ping and waits for its pong."""
        self.campaign.expectations.acts()
        self.channel.connection.ping(b"evconform")
        return await self.hears_frame(kind="pong", text="evconform", proves=proves, within=within)

    # ── answering ──

    def answers(self, action: str, *, deviates: str = "", **payload: Any) -> None:
        """From now on answers CALLs of this action with these members, over the plain answer's; a callable is called for
        each answer. ``deviates``: why such an answer is not ours to give."""
        shown = ", ".join(f"{name}={'…' if callable(value) else value_of(value)}" for name, value in payload.items())
        self._script(f"answers {action} with {shown}" if shown else f"answers {action} as usual")
        self._scripted[action] = payload
        if deviates:
            self._deviating[action] = deviates

    def refuses(self, action: str, code: str, *, deviates: str = "") -> None:
        """From now on answers CALLs of this action with a CALLERROR."""
        self._script(f"answers {action} with the CALLERROR {code}")
        self._scripted[action] = CallError(code)
        if deviates:
            self._deviating[action] = deviates

    def withholds(self, action: str) -> None:
        """From now on does not answer CALLs of this action."""
        self._script(f"does not answer {action}")
        self._scripted[action] = None

    @contextmanager
    def deviation(self, why: str) -> Iterator[None]:
        """What we send within is deliberate: no rule about us applies to these frames."""
        first = self.wire.n + 1
        try:
            yield
        finally:  # what was sent was sent, whatever came of it
            if self.wire.n >= first:
                self.wire.mark("deviation", why=why, frames=list(range(first, self.wire.n + 1)))

    def _after_answer(self, message: Message, answer: Answer, channel: Channel) -> None:
        """Announces an answer that deviates, and a CALL that we leave unanswered on purpose."""
        if answer is not None and isinstance(message.action, str) and message.action in self._deviating:
            self.wire.mark("deviation", why=self._deviating[message.action], frames=[self.wire.n])
        if answer is None:
            self._withheld.append((message, channel))
            frame = self.campaign.expectations.latest(message.id)
            if frame is not None:
                self.wire.mark("deviation", why="a CALL left unanswered", frames=[frame.n])

    def _answer_withheld(self) -> None:
        """Answers, late, what a case left unanswered: a SUT that lives on waits for it with all that it has to say."""
        withheld, self._withheld = self._withheld, []
        for message, channel in withheld:
            if channel.connection.open:
                channel.called(message)

    def _require(self, channel: Channel | None) -> Channel:
        if channel is None or not channel.connection.open:
            raise NotReached(self.absent)
        return channel
