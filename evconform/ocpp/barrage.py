"""Throws hostile messages at the SUT, one at a time, and reads back what they must not have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from evconform.harness.verdict import NotReached
from evconform.ocpp.channel import Channel, NoAnswer, Payload
from evconform.ocpp.hostile import ID, Item
from evconform.ocpp.json import CallError, Message, read
from evconform.ocpp.tester import Scripted

MEEK = ("illegal", "unreadable")
"""Kinds that nobody obeys; they go first, so that what changed meanwhile was not their doing."""
LOST_AT_MOST = 20
"""Connections that the SUT may lose before we stop."""
UNANSWERED = 5
"""CALLs without an answer after which we wait only ``SHORT`` seconds for the next ones; a late answer is judged all the same."""
SHORT = 1.0

Undo = Callable[[Payload, Payload], tuple[str, Payload] | None]
"""Gets what was asked and the payload of its CALLRESULT."""


@dataclass(frozen=True)
class ReadBack:
    """A CALL whose answer shows the state. ``member``: of the answer, in dots, what does not change by itself; empty: all.
    ``around``: only about these actions; empty: about all. ``fresh``: members that are others each time."""

    action: str
    payload: Payload
    member: str = ""
    around: tuple[str, ...] = ()
    fresh: Callable[[], Payload] = dict


class Barrage:
    """``undo``: action to what takes back an accepted CALL of it; ``spelt``: the text of an item as it goes out."""

    def __init__(
        self,
        tester: Scripted,
        read_backs: Sequence[ReadBack],
        undo: dict[str, Undo],
        spelt: Callable[[Item], str] = lambda item: item.text,
    ) -> None:
        self.tester = tester
        self.read_backs = read_backs
        self.undo = undo
        self.spelt = spelt
        self.patience = tester.patience
        self._unanswered = 0
        self._lost = 0

    async def throws(self, items: Iterable[Item]) -> None:
        """Member by member. Raises NotReached if the SUT does not come back, or goes too often."""
        for action, of_action in groupby(items, lambda item: item.action):
            members: dict[str, list[Item]] = {}
            for item in of_action:
                members.setdefault(item.field, []).append(item)
            await self.reads_back(action)
            for of_member in members.values():
                await self._member(action, of_member)

    async def _member(self, action: str, items: list[Item]) -> None:
        meek = [item for item in items if item.kind in MEEK]
        for part in (meek, [item for item in items if item.kind not in MEEK]):
            for item in part:
                await self.throw(item)
            if part:
                await self.reads_back(action)

    async def throw(self, item: Item) -> None:
        """One message; then its answer, or a sign of life."""
        await self.is_here()
        for asked, payload in await self._thrown(item):
            await self._takes_back(item.action, asked, payload)

    async def _thrown(self, item: Item) -> list[tuple[Any, Payload]]:
        """Throws it; the payload that was asked with and that of the CALLRESULT, of each that somebody obeyed."""
        channel = self.tester.channel
        message_id = channel.owner.new_message_id(channel)
        answer = channel.expects_answer(message_id)
        first, text = self.tester.wire.n + 1, self.spelt(item).replace(ID, message_id)
        channel.connection.send(text)
        self.marks(item, first)
        if item.answered:
            payload = await self._answer(answer)
            obeyed = [] if payload is None else [payload]
            channel.gives_up(message_id)
        else:
            channel.gives_up(message_id)
            with self._overheard() as obeyed:
                await self.sees_life()
        return [(read(text).payload, each) for each in obeyed]

    def marks(self, item: Item, first: int, last: int | None = None) -> None:
        """Says in the log what the frames from this number on are."""
        wire = self.tester.wire
        wire.mark("hostile", **item.facts(), frames=list(range(first, (wire.n if last is None else last) + 1)))

    @contextmanager
    def _overheard(self) -> Iterator[list[Payload]]:
        """The payloads of CALLRESULTs that answer no CALL: somebody may obey what has no id that can be answered."""
        heard: list[Payload] = []
        endpoint = self.tester.endpoint
        plain = endpoint.on_unexpected

        def hears(message: Message, channel: Channel) -> None:
            if message.type == "CALLRESULT" and isinstance(message.payload, dict):
                heard.append(message.payload)
            plain(message, channel)

        endpoint.on_unexpected = hears
        try:
            yield heard
        finally:
            endpoint.on_unexpected = plain

    async def _answer(self, answer: asyncio.Future[Payload]) -> Payload | None:
        """The payload of a CALLRESULT; None for a CALLERROR, or nothing."""
        try:
            async with asyncio.timeout(min(SHORT, self.patience) if self._unanswered >= UNANSWERED else self.patience):
                return await answer
        except TimeoutError:
            self._unanswered += 1
        except (CallError, NoAnswer):
            return None
        return None

    async def _takes_back(self, action: str, asked: Any, payload: Payload) -> None:
        undone = self.undo[action](asked if isinstance(asked, dict) else {}, payload) if action in self.undo else None
        if undone:
            await self._call(*undone)

    async def reads_back(self, action: str) -> None:
        for each in self.read_backs:
            if not each.around or action in each.around:
                asked = each.payload | each.fresh()
                payload = await self._call(each.action, asked, each)
                if payload is not None:
                    await self._takes_back(each.action, asked, payload)

    async def _call(self, action: str, payload: Payload, read_back: ReadBack | None = None) -> Payload | None:
        """A proper CALL of ours, without an expectation: what comes of it is the monitors' business."""
        await self.is_here()
        channel = self.tester.channel
        message_id, answer = channel.send_call(action, payload)
        try:
            sent = await self._sent(channel, message_id)
        except NoAnswer:
            return None
        facts: dict[str, Any] = {"item": "", "kind": "read-back" if read_back else "sign-of-life"}
        member = read_back.member if read_back else ""
        self.tester.wire.mark("hostile", **facts, member=member, frames=[sent])
        payload_or_none = await self._answer(answer)
        channel.gives_up(message_id)
        return payload_or_none

    async def _sent(self, channel: Channel, message_id: str) -> int:
        """The entry of a CALL of ours in the wire log. Raises NoAnswer: it did not come to that."""
        return self.tester.wire.n

    async def sees_life(self) -> None:
        """A CALL that must be answered."""
        await self._call(*self.tester.harmless)

    async def is_here(self) -> None:
        """Waits for a SUT whose connection went. Raises NotReached."""
        if self.tester.here:
            return
        self._lost += 1
        if self._lost > LOST_AT_MOST:
            raise NotReached(f"the SUT lost {LOST_AT_MOST} connections, and the rest of the hostile messages was not sent")
        await self.tester.comes_back()
