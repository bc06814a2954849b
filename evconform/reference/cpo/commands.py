"""What the operator asks a charge point to do: each operation of OCPP 1.6, chapter 5, and DataTransfer (4.3).

A command is kept before it is sent, and its outcome before anybody can read it.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from evconform.ocpp.channel import Channel, NoAnswer, Payload
from evconform.ocpp.json import CallError
from evconform.ocpp.schemas import ACTIONS, violations
from evconform.ocpp.scripts import CHARGE_POINT_INITIATED
from evconform.reference.cpo.outcomes import ANSWERED, ASKED, kept_payload, plain
from evconform.reference.cpo.propriety import wrong
from evconform.reference.cpo.records import Command
from evconform.reference.cpo.schema import COMMANDS
from evconform.reference.moments import stamp
from evconform.reference.store import NotStored

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo

SENDABLE = (*(action for action in ACTIONS if action not in CHARGE_POINT_INITIATED), "DataTransfer")
"""What a central system initiates."""


class Commands:
    """The commands that are not done yet; those that are, are in the store."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo
        self.open: dict[str, Command] = {}

    async def ask(self, identity: str, action: str, payload: Payload) -> Command:
        """Keeps a command and sends it. Raises ValueError: what is wrong with it, in one line; NotStored."""
        if action not in SENDABLE:
            known = ", ".join(sorted(SENDABLE))
            raise ValueError(f"{plain(action)!r} is not something that a central system sends; it sends {known}")
        payload = self.completed(identity, action, payload)
        if line := wrong(action, payload, self.cpo.memory.settings.get(identity, {})):
            raise ValueError(line)
        kept = kept_payload(action, payload)
        command = Command(str(uuid.uuid4()), identity, action, kept, "asked", "{}", stamp(self.cpo.clock.date()))
        self.open[command.id] = command
        self.cpo.store.put(command)
        await self.cpo.store.durable()
        asked = replace(command)
        self.cpo.tasks.spawn(self._send(command, payload))
        return asked

    def completed(self, identity: str, action: str, payload: Payload) -> Payload:
        """With the numbers that only we can choose, where they are left out."""
        if action == "ReserveNow" and "reservationId" not in payload:
            return payload | {"reservationId": self.cpo.reservations.next_id()}
        if action == "SendLocalList" and "listVersion" not in payload:
            return payload | {"listVersion": self.cpo.lists.next_version(identity)}
        return payload

    async def _send(self, command: Command, payload: Payload) -> None:
        channel = self.cpo.endpoint.channels.get(command.identity)
        if not self.cpo.may_send(command.identity, command.action, payload):
            reason = self.cpo.registration.why_not(command.identity, command.action, payload)
            await self._done(command, "not-sent", {"reason": reason})
        elif channel is None:
            await self._done(command, "not-sent", {"reason": "the charge point is not connected"})
        else:
            await self._call(command, payload, channel)

    async def _call(self, command: Command, payload: Payload, channel: Channel) -> None:
        if before := ASKED.get(command.action):
            before(self.cpo, command, payload)
        command.state = "sent"
        self.cpo.store.put(command)
        answer: Payload | None = None
        try:
            answer = await channel.call(command.action, payload)
            state, outcome = "answered", answer
            if improper := violations(f"{command.action}Response", answer):
                answer, state = None, "error"
                outcome = {"code": "ImproperAnswer", "description": f"{improper[0].pointer}: {improper[0].says}"}
        except CallError as error:
            state, outcome = "error", {"code": plain(error.code), "description": plain(error.description)}
        except NoAnswer as why:
            state, outcome = "timed-out", {"reason": str(why)}
        if after := ANSWERED.get(command.action):
            after(self.cpo, command, payload, answer)
        await self._done(command, state, outcome)

    async def _done(self, command: Command, state: str, outcome: Payload) -> None:
        command.state, command.outcome, command.done_at = state, json.dumps(outcome), stamp(self.cpo.clock.date())
        self.cpo.store.put(command)
        try:
            await self.cpo.store.durable()
        except NotStored:
            command.state, command.outcome = "unknown", json.dumps({"reason": "the outcome could not be stored"})
        else:
            del self.open[command.id]

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
