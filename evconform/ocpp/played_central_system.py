"""A central system of ours in the place of the scripted one: a registered party with a mind of its own, tapped for the tester.

It answers as it sees fit, and is asked to send a CALL as its operator would ask it. So a case can hear, read and call, and
no more; a verb that scripts, deviates or takes the connection into its own hands raises NotPlain.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evconform.harness.campaign import Campaign
from evconform.harness.party import Site, find_party
from evconform.harness.provision import Provision, Token
from evconform.harness.verdict import NotReached
from evconform.ocpp import cards
from evconform.ocpp.channel import Answer, Channel
from evconform.ocpp.json import Message
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem
from evconform.ocpp.view import Frame
from evconform.ocpp.virtual_charge_point import Said


class NotPlain(Exception):
    """A case that is not plain was run, or is marked so and should not be."""


class PlayedCentralSystem(ScriptedCentralSystem):
    """``target``: the party. What the verbs know of the charge point they see in its answers."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(campaign)
        plan, sut = campaign.plan, campaign.sut
        password = sut.endpoint.password.get_secret_value() if sut.endpoint.password else None
        site = Site(campaign.clock, campaign.tasks, campaign.faced[""], sut.endpoint.identity, password, wire=campaign.wire)
        site.speaks = campaign.speaks or site.speaks
        uids = (sut.pixit.card, sut.pixit.other_card)
        tokens = [Token(cards.id_tag_of(uid, campaign.pics), note="a card of the bench") for uid in uids]
        site.provision = Provision({sut.endpoint.identity: password}, campaign.pics["connectors"], tokens)
        make: Any = find_party(plan.opposite, "central-system")
        self.target = make(site)
        self.said = Said(campaign, plan.opposite)
        self.endpoint = self.target.endpoint
        self.endpoint.after_answer = self._after_answer
        self.endpoint.on_lost = self._lost
        self._its_on_channel = self.endpoint.on_channel
        self.endpoint.on_channel = self._connected

    async def start(self) -> str:
        return str(await self.target.start())

    async def stop(self) -> None:
        await self.target.stop()

    def spoke(self, frame: Frame) -> None:
        self.said.spoke(frame)
        self._changed.set()

    def _connected(self, channel: Channel) -> None:
        if self._its_on_channel:
            self._its_on_channel(channel)
        self._changed.set()

    def _after_answer(self, message: Message, answer: Answer, channel: Channel) -> None:
        """What it answered, and to what: the base state, and the verbs that wait for it."""
        if isinstance(answer, dict) and channel.identity == self._identity and isinstance(message.payload, dict):
            self._heard += 1
            self._note(str(message.action), message.payload, answer, self.clock.date())

    # ── what is left of the verbs ──

    async def hears_frame(self, **how: Any) -> Frame:
        """Waits for a frame of the SUT; a CALL has been answered by then, as the scripted one answers at once."""
        frame = await super().hears_frame(**how)
        if frame.type == "CALL":
            await self.comes(lambda: frame.answer is not None or not self.here, self.patience)
        return frame

    async def _puts(self, action: str, payload: dict[str, Any], message_id: str | None) -> str:
        """Asks its operator to send a CALL, and sees it go."""
        if message_id is not None:
            raise NotPlain("the case chooses a message id")
        if not self.here:
            raise NotReached(self.absent)
        before = self.wire.n
        await self.target.sends(self._identity, action, **payload)
        return str((await self.said.wait(action, self.patience, {}, before)).id)

    @property
    def channel(self) -> Channel:
        raise NotPlain("the case speaks on the connection itself")

    @property
    def answers_itself(self) -> bool:
        return False

    def _script(self, says: str) -> None:
        raise NotPlain(f"the case {says}")

    @contextmanager
    def deviation(self, why: str) -> Iterator[None]:
        raise NotPlain(f"the case deviates: {why}")
        yield


__all__ = ["NotPlain", "PlayedCentralSystem"]
