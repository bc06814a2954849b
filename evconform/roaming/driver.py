"""The driver that faces a chain: looks at what the eMSP shows, again and again, until it is what a case waits for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from evconform.harness.campaign import Campaign
from evconform.harness.law import TestCase
from evconform.harness.verdict import NotReached
from evconform.http.client import HttpClient, NoAnswer
from evconform.http.message import Request
from evconform.roaming.frame import Frame
from evconform.roaming.mapping import UNHEARD, claimed, statuses, uids

LOOKS_EVERY = 1.0
"""Seconds between two looks."""
SETTLES = 5.0
"""Seconds after which a new registration has come to rest."""
TO_ANSWER = 10.0
"""Seconds that the eMSP may take to show anything."""


class Driver:
    """A driver of the eMSP with an app. What it is shown is evidence; why it is so, the other links tell."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.clock = campaign.clock
        self.client = HttpClient(campaign.clock, campaign.wire)

    # ── what the campaign asks (Opposite) ──

    async def start(self) -> str:
        self.campaign.wire.mark("driver-view", url=self.campaign.url)
        return ""

    async def base(self, case: TestCase) -> None:
        """Every EVSE of the chain is shown as available: all links are up. The eMSP has what it pulls once it is registered.
        Raises NotReached."""
        for connector in sorted(uids(self.campaign.pics)):
            await self.sees("AVAILABLE", connector=connector, within=self.boot_patience)
        await self.passes(SETTLES)

    def spoke(self, frame: Any) -> None: ...

    def acted(self, action: str) -> None: ...

    def recalls(self, frame: Any) -> None: ...

    async def end(self) -> None: ...

    async def stop(self) -> None:
        await self.client.close()

    # ── what a case may ask of it ──

    @property
    def in_time(self) -> float:
        """Seconds from what happens at a connector to its being shown: the charge point's, the CPO's and the eMSP's time."""
        pixit = self.campaign.sut.pixit
        return pixit.patience + pixit.push_within + LOOKS_EVERY

    @property
    def boot_patience(self) -> float:
        """The same, after its power came back."""
        return self.campaign.sut.pixit.boot_within + self.in_time

    @property
    def reconnect_patience(self) -> float:
        """The same, after its network came back."""
        return self.campaign.sut.pixit.reconnect_within + self.in_time

    @property
    def unheard(self) -> str:
        """What the CPO claims to tell of a charge point that it does not hear."""
        return claimed(self.campaign.pics, UNHEARD)

    def shown_for(self, told: str) -> list[str]:
        """What a connector may be shown as that tells this status of OCPP, by what the CPO claims."""
        return list(statuses(self.campaign.pics, told))

    async def sees(self, *wanted: str, connector: int = 1, within: float | None = None) -> Frame:
        """Looks until the EVSE of the connector is shown with one of these statuses. Raises NotReached: it was not in time. Which
        party is at fault then, its own row says."""
        uid = uids(self.campaign.pics).get(connector)
        if uid is None:
            raise NotReached(f"the PICS names no EVSE that is connector {connector}")
        seen = asyncio.Event()
        looking = self.campaign.tasks.spawn(self._looks(seen))
        try:
            patience = self.in_time if within is None else within
            frame = await self.campaign.expectations.hears({"kind": "response", "shows": {uid: list(wanted)}}, patience)
        finally:
            seen.set()
            await asyncio.wait([looking])
        assert isinstance(frame, Frame)
        return frame

    async def passes(self, seconds: float) -> None:
        """Lets time pass, whatever is shown; looks at its end, so that it is evidence."""
        self.campaign.expectations.acts()
        self.campaign.wire.mark("script", says=f"lets {seconds:g} s pass")
        await self.clock.wait(seconds)
        await self._looks_once()

    async def _looks(self, seen: asyncio.Event) -> None:
        while not seen.is_set():
            await self._looks_once()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY):
                    await seen.wait()

    async def _looks_once(self) -> None:
        try:
            await self.client.request(self.campaign.url, Request("GET"), TO_ANSWER)
        except NoAnswer as why:  # the log has what came instead; the wait goes on
            self.campaign.wire.mark("script", says=f"the driver is shown nothing: {why}")
