"""What the operator asks a charge point to do: each operation of OCPP 1.6, chapter 5, and DataTransfer (4.3).

A command is kept before it is sent, and its outcome before anybody can read it. A commit that fails loses no outcome: what the
charge point has answered it will not say again.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import TYPE_CHECKING

from sqlalchemy import select

from evconform.ocpp.channel import NoAnswer, Payload
from evconform.ocpp.json import CallError
from evconform.ocpp.schemas import ACTIONS, violations
from evconform.ocpp.scripts import CHARGE_POINT_INITIATED
from evconform.reference.cpo.carriage import uncarried
from evconform.reference.cpo.outcomes import ANSWERED, ASKED, kept_payload, plain
from evconform.reference.cpo.propriety import out_of_range, wrong
from evconform.reference.cpo.records import Command
from evconform.reference.cpo.schema import COMMANDS
from evconform.reference.moments import stamp
from evconform.reference.store import NotStored

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo

SENDABLE = (*(action for action in ACTIONS if action not in CHARGE_POINT_INITIATED), "DataTransfer")
"""What a central system initiates."""
AGAIN_AFTER = 1.0
"""Seconds until an outcome that could not be stored is put again."""
ATTEMPTS_WHOLE = 60
"""So often with all that it changes; then alone, so that what no database takes does not fail others' commits for ever."""


@dataclass(frozen=True)
class Outcome:
    """What became of a command: its state, and what ``outcome`` says of it."""

    state: str
    says: Payload


def not_sent(reason: str) -> Outcome:
    return Outcome("not-sent", {"reason": reason})


def takes_in(cpo: Cpo, command: Command, payload: Payload, outcome: Outcome) -> None:
    """What a command that was asked for changes. Of one that timed out nobody knows, so what was asked for stays."""
    after = ANSWERED.get(command.action)
    if after and outcome.state != "timed-out":
        after(cpo, command, payload, outcome.says if outcome.state == "answered" else None)


class Commands:
    """The commands that are under way; those that are done are in the store."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """A station's commands one after the other (OCPP-J 4.1.1), the outcome of each on disk before the next is sent."""

    async def ask(self, identity: str, action: str, payload: Payload) -> Command:
        """Keeps a command and sends it. Raises ValueError: what is wrong with it, in one line; NotStored."""
        if action not in SENDABLE:
            known = ", ".join(sorted(SENDABLE))
            raise ValueError(f"{plain(action)!r} is not something that a central system sends; it sends {known}")
        payload = self.completed(identity, action, payload)
        if line := wrong(action, payload, self.cpo.memory.settings.get(identity, {}), self.cpo.callbacks.speaks(identity)):
            raise ValueError(line)
        kept = kept_payload(action, payload)
        command = Command(str(uuid.uuid4()), identity, action, kept, "asked", "{}", stamp(self.cpo.clock.date()))
        self.cpo.store.put(command)
        try:
            await self.cpo.store.durable()
        except NotStored:
            self.cpo.store.drop(command)  # it may be on disk, if only what was put after it could not be stored
            raise
        asked = replace(command)
        self.cpo.tasks.spawn(self._do(command, payload))
        return asked

    def completed(self, identity: str, action: str, payload: Payload) -> Payload:
        """With the numbers that only we can choose, where they are left out."""
        if action == "ReserveNow" and "reservationId" not in payload:
            return payload | {"reservationId": self.cpo.reservations.next_id(identity)}
        if action == "SendLocalList" and "listVersion" not in payload:
            return payload | {"listVersion": self.cpo.lists.next_version(identity)}
        return payload

    async def _do(self, command: Command, payload: Payload) -> None:
        async with self._turns[command.identity]:
            if reason := self._why_not(command, payload) or await self.cpo.callbacks.why_not(command.identity):
                return await self._done(command, not_sent(reason))
            reason = await self._asks(command, payload) or self._why_not(command, payload)
            outcome = not_sent(reason) if reason else await self._call(command, payload)
            await self._done(command, outcome, lambda: takes_in(self.cpo, command, payload, outcome))

    def _why_not(self, command: Command, payload: Payload) -> str:
        """Why it cannot be sent now; empty if it can."""
        if not self.cpo.may_send(command.identity, command.action, payload):
            return self.cpo.registration.why_not(command.identity, command.action, payload)
        channel = self.cpo.endpoint.channels.get(command.identity)
        return uncarried(command.action, payload, channel.speaks) if channel else "the charge point is not connected"

    async def _asks(self, command: Command, payload: Payload) -> str:
        """On disk before it is sent, with all that its answer will find. Why not, if it could not be stored."""
        if before := ASKED.get(command.action):
            before(self.cpo, command, payload)
        command.state = "sent"
        self.cpo.store.put(command)
        try:
            await self.cpo.store.durable()
        except NotStored:
            return "it could not be stored"
        return ""

    async def _call(self, command: Command, payload: Payload) -> Outcome:
        try:
            answer = await self.cpo.endpoint.channels[command.identity].call(command.action, payload)
        except CallError as error:
            return Outcome("error", {"code": plain(error.code), "description": plain(error.description)})
        except NoAnswer as why:
            return Outcome("timed-out", {"reason": str(why)})
        wrong_at = (f"{each.pointer}: {each.says}" for each in violations(f"{command.action}Response", answer))
        if improper := next(chain(wrong_at, out_of_range(answer)), ""):
            return Outcome("error", {"code": "ImproperAnswer", "description": improper})
        return Outcome("answered", answer)

    async def _done(self, command: Command, outcome: Outcome, takes: Callable[[], None] = lambda: None) -> None:
        """Returns once the outcome is on disk, and what it changes with it; a commit that failed left neither."""
        command.done_at = stamp(self.cpo.clock.date())
        for attempt in count(1):
            if attempt > ATTEMPTS_WHOLE:
                outcome = Outcome("unknown", {"reason": "the outcome could not be stored"})
            else:
                takes()
            command.state, command.outcome = outcome.state, json.dumps(outcome.says)
            self.cpo.store.put(command)
            try:
                return await self.cpo.store.durable()
            except NotStored:
                await self.cpo.clock.wait(AGAIN_AFTER)

    async def find(self, id: str) -> Command | None:
        """A command as it is on disk; one that is open is not done, whatever memory knows already."""
        await self.cpo.store.durable()
        rows = await self.cpo.store.read(select(COMMANDS).where(COMMANDS.c.id == id))
        return Command(**rows[0]) if rows else None

    async def forget_open(self) -> None:
        """After a restart: nobody knows what became of what was under way."""
        for row in await self.cpo.store.read(select(COMMANDS).where(COMMANDS.c.state.in_(("asked", "sent")))):
            command = Command(**row)
            command.state, command.done_at = "unknown", stamp(self.cpo.clock.date())
            command.outcome = json.dumps({"reason": "the central system was restarted before the answer came"})
            self.cpo.store.put(command)
