"""The control of a central system, held against its messages offline; and tried with a charge point of ours, to which each
harmless message has to come: what a control says is no evidence."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.clock import Clock
from evconform.harness.control_check import NOT_DECLARED, WORKS, Row, as_declared
from evconform.harness.control_file import PLACEHOLDER, HttpAction
from evconform.harness.control_kinds import target_of
from evconform.harness.verdict import CannotAct, NotReached
from evconform.harness.wire import WireLog

HARMLESS: dict[str, dict[str, Any]] = {
    "GetConfiguration": {"key": ["HeartbeatInterval"]},
    "GetLocalListVersion": {},
    "GetCompositeSchedule": {"connectorId": 1, "duration": 60},
    "TriggerMessage": {"requestedMessage": "Heartbeat"},
}
"""Messages that change nothing, neither at a charge point nor in a central system."""
Members = Callable[[str], Collection[str]]
"""Message to the members that its payload may have; none for an unknown message."""


def misdeclared(plan: Plan, members: Members) -> Iterator[str]:
    """What of the declaration cannot be right: messages and members that there are not, and what the PICS claims otherwise."""
    send = plan.sut.control.send
    for name, declared in send.items():
        place = f"control.send.{name}"
        if name not in plan.pics.form.messages:
            yield f"{place}: {name} is no message"
            continue
        if not plan.pics[name]:
            yield f"{place}: the PICS does not claim {name}"
        known = {"identity", "action", "payload", *members(name)}
        for placeholder in PLACEHOLDER.findall(" ".join((declared.url, declared.body, *declared.headers.values()))):
            if placeholder.partition(".")[0] not in known:
                yield f"{place}: {{{placeholder}}} is no member of {name}; there are {', '.join(sorted(known))}"


def declared(plan: Plan) -> list[Row]:
    """Without acting: the operations, then each message that has a request of its own."""
    target = target_of(plan.sut)
    rows = [(name, as_declared(plan.sut, target, name)) for name in ("sends", "registers")]
    return [*rows, *((f"send.{name}", in_words(each)) for name, each in plan.sut.control.send.items())]


def in_words(request: HttpAction) -> str:
    return f"declared: {request.method} {request.shown_url}"


async def tried(plan: Plan) -> list[Row]:
    """With the system up: a charge point of ours connects, and every declared message that is harmless has to come to it."""
    clock = Clock(asyncio.get_running_loop())
    with tempfile.TemporaryDirectory(prefix="evconform-") as folder:
        wire = WireLog(Path(folder) / "wire.jsonl", clock)
        campaign = Campaign(plan, wire, clock)
        try:
            await campaign.open()
            return [row async for row in Trial(campaign).rows()]
        finally:
            await campaign.close()
            wire.close()


class Trial:
    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.charge_point = campaign.opposite
        self.identity = campaign.sut.endpoint.identity

    async def rows(self) -> Any:
        try:
            await self.charge_point.registers()
            yield "connection", WORKS
        except NotReached as why:
            yield "connection", f"failed: our charge point was not let in: {why}"
            return
        yield "registers", await self._registers()
        for message, payload in HARMLESS.items():
            if self.campaign.pics[message]:
                yield message, await self._sends(message, payload)
        for message in self.campaign.plan.sut.control.send:
            if message not in HARMLESS:
                yield message, "declared, and not tried: it would change something"

    async def _registers(self) -> str:
        return await self._act(self.campaign.control.registers(identity=self.identity, status="Accepted"), "registers")

    async def _sends(self, message: str, payload: dict[str, Any]) -> str:
        came_to = await self._act(self.campaign.control.sends(identity=self.identity, action=message, **payload), "sends")
        if came_to != WORKS:
            return came_to
        try:
            await self.charge_point.hears(message)
        except NotReached:
            return f"failed: it was asked for, and no {message} came within {self.campaign.patience:g} s"
        return WORKS

    async def _act(self, acting: Any, operation: str) -> str:
        if not self.campaign.control.can(operation):
            acting.close()
            return NOT_DECLARED
        try:
            await acting
        except CannotAct as why:
            return f"failed: {why}"
        return WORKS
