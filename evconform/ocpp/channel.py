"""A communication channel (OCPP 1.6, 4.2): the RPC framework over one WebSocket connection, the same in both roles."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from evconform.harness.clock import Tasks
from evconform.ocpp import json as ocppj
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.proper import KNOWN, refuse
from evconform.ocpp.speaks import JSON
from evconform.ocpp.websocket import Connection

Payload = dict[str, Any]
Answer = Payload | CallError | None
"""What a handler gives back: the payload of the CALLRESULT, a CALLERROR, or None for no answer at all."""
Handler = Callable[[Payload, "Channel"], Answer | Awaitable[Answer]]
Rewrite = Callable[[str, "Channel"], list[str]]
"""What goes out instead of a frame: for faults."""

Watch = Callable[[str, str, "Channel"], None]
"""Sees each text that passes: ``<`` what we hear, ``>`` what we send."""


class NoAnswer(Exception):
    """A CALL was not answered in time, or the connection went before the answer."""


class Channel:
    """One connection with its open CALLs. ``handlers``: action to handler; whoever owns the channel owns the table."""

    speaks = JSON
    address = ""
    """Where the other side is called; empty where it is spoken to over the connection that it made."""

    def __init__(self, identity: str, connection: Connection, owner: ChannelOwner) -> None:
        self.identity = identity
        self.connection = connection
        self.owner = owner
        self._open_calls: dict[str, asyncio.Future[Payload]] = {}
        self._asked: dict[str, str] = {}
        """Message id of an open CALL to its action."""
        self._turn = asyncio.Lock()
        self._held: deque[Message] | None = None
        """What came with an answer, in one piece of the stream: held until whoever awaits the answer has taken it."""

    # ── what we send ──

    async def call(self, action: str, payload: Payload, within: float | None = None) -> Payload:
        """Sends a CALL once the one before has been answered or timed out (OCPP-J 4.1.1), and awaits the answer.
        Raises CallError for a CALLERROR, NoAnswer."""
        async with self._turn:
            message_id, answer = self.send_call(action, payload)
            try:
                async with asyncio.timeout(within or self.owner.call_timeout):
                    return await answer
            except TimeoutError:
                raise NoAnswer(f"{action} was not answered") from None
            finally:
                self.gives_up(message_id)

    def send_call(self, action: str, payload: Payload, message_id: str | None = None) -> tuple[str, asyncio.Future[Payload]]:
        """Sends a CALL at once, whatever is open; returns its message id and its answer to come."""
        message_id = message_id or self.owner.new_message_id(self)
        answer = self.expects_answer(message_id)
        self._asked[message_id] = action
        self.send(ocppj.call(message_id, action, payload))
        return message_id, answer

    async def sent(self, message_id: str) -> None:
        """Waits until a CALL of ours is on the wire. Raises NoAnswer if it is not to be."""

    def expects_answer(self, message_id: str) -> asyncio.Future[Payload]:
        """The answer to come to a CALL that goes out under this id, however it is sent."""
        answer = self._open_calls[message_id] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda f: f.cancelled() or f.exception())  # an answer may come to nobody
        if not self.connection.open:
            answer.set_exception(NoAnswer("the connection is gone"))
        return answer

    def gives_up(self, message_id: str) -> None:
        """Waits no more for an answer."""
        self._open_calls.pop(message_id, None)
        self._asked.pop(message_id, None)

    def send(self, text: str) -> None:
        texts = [text]
        for rewrite in self.owner.rewrites:
            texts = [new for old in texts for new in rewrite(old, self)]
        for new in texts:
            self._puts(new)
            for watch in self.owner.watches:
                watch(">", new, self)

    def _puts(self, text: str) -> None:
        """Onto the wire."""
        self.connection.send(text)

    # ── what we hear ──

    def heard(self, text: str) -> None:
        self._hears(text, ocppj.read(text))

    def _hears(self, text: str, message: Message) -> None:
        for watch in self.owner.watches:
            watch("<", text, self)
        if self._held is None:
            self._take(message)
        else:
            self._held.append(message)

    def _take(self, message: Message) -> None:
        if message.type == "CALL":
            self.called(message)
        elif message.type in ("CALLRESULT", "CALLERROR"):
            self._answered(message)
        else:
            self.owner.on_unexpected(message, self)  # ignored (OCPP-J 4.1.3)

    def _answered(self, message: Message) -> None:
        asked = self._asked.get(message.id, "") if isinstance(message.id, str) else ""
        if asked and not self.owner.believes(message, asked):
            self.owner.on_unexpected(message, self)  # the CALL stays open: a proper answer may come yet
            return
        answer = self._open_calls.pop(message.id, None) if isinstance(message.id, str) else None
        if answer is None or answer.done():
            self.owner.on_unexpected(message, self)  # late, duplicate or unknown
            return
        if message.type == "CALLRESULT":
            answer.set_result(message.payload if isinstance(message.payload, dict) else {})
        else:
            answer.set_exception(CallError(str(message.code), str(message.description)))
        self._asked.pop(str(message.id), None)
        if self._held is None:  # who awaits it was woken before this, and acts first
            self._held = deque()
            asyncio.get_running_loop().call_soon(self._release)

    def _release(self) -> None:
        held, self._held = self._held or deque(), None
        while held and self._held is None:
            self._take(held.popleft())
        if held:
            self._held = held  # another answer is among them; what follows it waits in turn

    def called(self, message: Message) -> None:
        """Answers a CALL; once more if it was left unanswered."""
        if not isinstance(message.id, str) or not self.owner.answers_calls():
            return  # there is no id to answer to, or a rejected charge point keeps silent (OCPP 1.6, 4.2)
        refusal = self.owner.refuses(message, self) if self.owner.refuses else refuse(message)
        handler = self.owner.handlers.get(message.action) if isinstance(message.action, str) else None
        if refusal is None and handler is None:
            refusal = CallError("NotSupported", f"{message.action} is not supported here")
        if refusal is not None or handler is None:
            self._answer(message, refusal)
            return
        try:
            answer = handler(message.payload or {}, self)
        except Exception as error:  # noqa: BLE001 - told to the owner's tasks, so it is not lost
            self._answer(message, CallError("InternalError", type(error).__name__))
            self.owner.tasks.fails(error)
            return
        if isinstance(answer, Awaitable):
            self.owner.tasks.spawn(self._answer_later(message, answer))
        else:
            self._answer(message, answer)

    async def _answer_later(self, message: Message, later: Awaitable[Answer]) -> None:
        try:
            answer = await later
        except Exception as error:
            self._answer(message, CallError("InternalError", type(error).__name__))
            raise
        self._answer(message, answer)

    def _answer(self, message: Message, answer: Answer) -> None:
        if isinstance(answer, CallError):
            self.send(ocppj.call_error(message.id, answer))
        elif answer is not None:
            self.send(ocppj.call_result(message.id, answer))
        if self.owner.after_answer:
            self.owner.after_answer(message, answer, self)

    @property
    def calling(self) -> bool:
        """Whether a CALL of ours waits for its answer."""
        return bool(self._open_calls)

    def lost(self) -> None:
        held, self._held = self._held or (), None
        for message in held:
            self._take(message)
        for answer in self._open_calls.values():
            if not answer.done():
                answer.set_exception(NoAnswer("the connection went"))
        self._open_calls.clear()


class ChannelOwner:
    """What both endpoints are: a table of handlers, and the seams where a scripted party or a fault takes hold."""

    def __init__(self, tasks: Tasks) -> None:
        self.handlers: dict[str, Handler] = {}
        self.rewrites: list[Rewrite] = []
        self.watches: list[Watch] = []
        self.refuses: Callable[[Message, Channel], CallError | None] | None = None
        self.on_unexpected: Callable[[Message, Channel], None] = lambda message, channel: None
        self.on_connection: Callable[[Connection], None] = lambda connection: None
        self.believes: Callable[[Message, str], bool] = lambda message, action: True
        """Whether an answer to a CALL of this action is taken for one."""
        self.answers_calls: Callable[[], bool] = lambda: True
        self.after_answer: Callable[[Message, Answer, Channel], None] | None = None
        self.new_message_id: Callable[[Channel], str] = lambda _: str(uuid.uuid4())
        self.call_timeout = 30.0
        self.tasks = tasks


__all__ = ["KNOWN", "Answer", "Channel", "ChannelOwner", "Handler", "NoAnswer", "Payload", "refuse"]
