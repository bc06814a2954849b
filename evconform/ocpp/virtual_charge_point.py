"""The virtual charge point that faces a central system, moved from its bench: a party of our own, tapped for the tester."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

from evconform.harness.actions import PUT_BACK
from evconform.harness.campaign import Campaign
from evconform.harness.control import Control
from evconform.harness.law import TestCase
from evconform.harness.party import Site, find_party
from evconform.harness.verdict import NotReached
from evconform.ocpp.soap.endpoint import SoapEndpoint, hindrance
from evconform.ocpp.view import Frame


class VirtualCharger:
    """One charge point for one case. ``bench``: moves it; ``target``: the party itself."""

    def __init__(self, campaign: Campaign, case: TestCase, tls: ssl.SSLContext | None) -> None:
        head = campaign.plan.law.virtual[case.role]
        self.pics = campaign.faced[case.faces or head["pics"]]
        endpoint = campaign.sut.endpoint
        password = endpoint.password.get_secret_value() if endpoint.password else None
        site = Site(campaign.clock, campaign.tasks, self.pics, endpoint.identity, password, campaign.url, tls=tls)
        site.speaks, site.service = campaign.speaks or site.speaks, campaign.service
        site.wire, site.settings = campaign.wire, dict(head.get("settings", {}))
        self.campaign = campaign
        self.target: Any = find_party(head["party"], "charge-point")(site)
        spoken = getattr(self.target, "endpoint", None)
        if isinstance(spoken, SoapEndpoint):
            spoken.objects = hindrance
        self.bench = Control(campaign, "charge-point", self.target)
        self.said = Said(campaign)

    @property
    def connectors(self) -> range:
        """Connector 0 and those that its PICS claims."""
        return range(self.pics["connectors"] + 1)

    async def begins(self) -> None:
        """Powered on, accepted, its status told of every connector. Raises NotReached."""
        self.campaign.wire.mark("another-device")
        self.campaign.wire.mark("script", says="the virtual charge point is powered on")
        await self.target.start()
        for number in self.connectors:
            await self.said.wait("StatusNotification", self.campaign.sut.pixit.boot_within, {"connectorId": number})

    async def ends(self) -> None:
        """Off the wire; from a foreign central system only once its transactions are over there too."""
        try:
            if not self.campaign.plan.embedded:
                await self.bench.put_back(*dict.fromkeys(PUT_BACK.values()))
                await self.said.settles(self.campaign.patience)
        finally:
            await self.target.stop()


class Said:
    """What a party of ours said: the verbs that look at its CALLs wait here."""

    def __init__(self, campaign: Campaign, who: str = "our charge point") -> None:
        self.campaign = campaign
        self.who = who
        self._calls: list[Frame] = []
        self._taken: set[int] = set()
        self._more = asyncio.Event()

    def spoke(self, frame: Frame) -> None:
        if frame.type == "CALL":
            self._calls.append(frame)
        self._more.set()

    async def wait(self, action: str, within: float, payload: dict[str, Any], stage: int = 0) -> Frame:
        """The first CALL of ours with these members that was not waited for yet. Raises NotReached."""
        try:
            async with asyncio.timeout(within):
                while True:
                    for call in self._calls:
                        if call.action == action and call.n > stage and call.n not in self._taken and call.says(**payload):
                            self._taken.add(call.n)
                            return call
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            shown = ", ".join(f"{name}={value}" for name, value in payload.items())
            what = f"{action} ({shown})" if shown else action
            raise NotReached(f"{self.who} sent no {what} within {within:g} s") from None

    async def settles(self, within: float) -> None:
        """Waits until every transaction that was started is stopped, for at most so many seconds."""
        try:
            async with asyncio.timeout(within):
                while self.running():
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            self.campaign.wire.mark("script", says="leaves a transaction that did not stop in time")

    def running(self) -> dict[Any, int]:
        """The transactionIds that were given and not stopped since, each with its meterStart."""
        found: dict[Any, int] = {}
        for call in self._calls:
            if call.action == "StartTransaction" and call.answer and call.answer.get("transactionId") is not None:
                found[call.answer.get("transactionId")] = call.get("meterStart", 0)
            elif call.action == "StopTransaction" and call.answer:
                found.pop(call.get("transactionId"), None)
        return found
