"""The charge point that faces a central system under test, spoken by a test case."""

from __future__ import annotations

import ssl
from contextlib import nullcontext
from typing import Any

from evconform.harness.campaign import Campaign
from evconform.harness.law import TestCase
from evconform.harness.verdict import NotReached
from evconform.ocpp import scripts
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected
from evconform.ocpp.json import SUBPROTOCOL
from evconform.ocpp.tester import Scripted
from evconform.ocpp.view import Frame

BOOT: dict[str, Any] = {"chargePointVendor": "evconform", "chargePointModel": "scripted"}


class ScriptedChargePoint(Scripted):
    """Does nothing unless told; answers everything plainly, but for what the case scripts."""

    endpoint: ChargePointEndpoint
    harmless = ("Heartbeat", {})

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(campaign)
        self.endpoint = ChargePointEndpoint(campaign.clock, campaign.tasks, campaign.wire)
        self.registration: str | None = None
        self._status_was_set = False
        for action in scripts.OF_CHARGE_POINT:
            self.endpoint.handlers[action] = self._handler(action)
        self.endpoint.after_answer = self._after_answer
        self.endpoint.answers_calls = lambda: self.registration != "Rejected"

    @property
    def channel(self) -> Channel:
        return self._require(self.endpoint.channel)

    @property
    def identity(self) -> str:
        return self.campaign.sut.endpoint.identity

    async def start(self) -> str:
        return ""

    async def base(self, case: TestCase) -> None:
        """A charge point that the central system knows and accepts, and that is not connected."""
        control = self.campaign.control
        if not self.campaign.plan.embedded and self._status_was_set and control.can("registers"):
            await control.registers(identity=self.identity, status="Accepted")
            self._status_was_set = False

    def acted(self, action: str) -> None:
        self._status_was_set = self._status_was_set or action == "registers"

    def recalls(self, frame: Frame) -> None:
        """A charge point that comes anew has nothing to remember."""

    async def end(self) -> None:
        self.wire.mark("power-off")
        await self.endpoint.disconnect()
        self._scripted.clear()
        self._deviating.clear()
        self._withheld.clear()
        self.registration = None

    async def stop(self) -> None:
        await self.endpoint.disconnect()

    # ── verbs of this side ──

    async def connects(
        self,
        *,
        identity: str | None = None,
        subprotocols: tuple[str, ...] = (SUBPROTOCOL,),
        password: str | None = None,
        proves: str | None = None,
        deviates: str = "",
        **expects: Any,
    ) -> Frame:
        """Dials, and waits for the response to the opening handshake; by default for one that opens the connection.
        ``deviates``: why the handshake is none that a charge point should begin."""
        self.campaign.expectations.acts()
        endpoint = self.campaign.sut.endpoint
        if password is None and endpoint.password:
            password = endpoint.password.get_secret_value()
        tls = None
        if self.campaign.url.startswith("wss"):
            trust = self.campaign.sut.file.parent / endpoint.trust if endpoint.trust else None
            tls = ssl.create_default_context(cafile=trust)
        handshake = Handshake(self.campaign.url, identity or self.identity, password, subprotocols, tls, self.campaign.patience)
        self.registration = None
        with self.deviation(deviates) if deviates else nullcontext():
            try:
                await self.endpoint.connect(handshake)
            except NotConnected as error:
                self.wire.mark("script", says=f"did not connect: {error}")
                if error.status is None and expects.get("status") is None:
                    raise NotReached(f"no connection to {self.campaign.url}: {error}") from error
        frame = await self.campaign.expectations.hears(
            {"kind": "response"}, self.campaign.patience, {"status": 101} | expects, proves
        )
        assert isinstance(frame, Frame)
        return frame

    async def connects_in_vain(self, *, subprotocols: tuple[str, ...], proves: str) -> None:
        """Dials without an acceptable subprotocol. A refusal will do (OCA, TC_088_CSMS), and so does a connection that is
        closed at once (OCPP-J 3.2)."""
        answers = [101, *range(400, 600)]
        response = await self.connects(subprotocols=subprotocols, deviates="no ocpp1.6", proves=proves, status=answers)
        if response.status == 101:
            await self.hears_frame(kind=["close", "eof", "lost"], proves=proves)

    async def boots(self, *, proves: str | None = None, deviates: str = "", **expects: Any) -> Frame:
        """Sends a BootNotification and waits for its answer."""
        frame = await self.calls(
            "BootNotification", expects=expects or None, proves=proves, within=None, deviates=deviates, **BOOT
        )
        self.registration = frame.get("status")
        return frame

    async def registers(self) -> None:
        """Connects, boots, is accepted and reports that it is available."""
        await self.connects()
        await self.boots(status="Accepted")
        await self.reports_status()

    async def reports_status(self) -> None:
        """Reports that it and its connector are available (erratum 3.22)."""
        for connector in (0, 1):
            await self.calls("StatusNotification", connectorId=connector, errorCode="NoError", status="Available")

    async def disconnects(self, abruptly: bool = False) -> None:
        self._script("disconnects")
        await self.endpoint.disconnect(abruptly)

    def now(self) -> str:
        """The time, as a time stamp."""
        return scripts.iso(self.clock.date())

    # ── the table of handlers ──

    def _handler(self, action: str) -> Any:
        def handle(asked: Payload, channel: Channel) -> Answer:
            scripted = self._scripted.get(action, {})
            plain = scripts.OF_CHARGE_POINT[action]
            if action == "GetConfiguration" and asked.get("key"):  # it knows none of them (5.8)
                plain = plain | {"unknownKey": asked["key"]}
            return scripted if not isinstance(scripted, dict) else plain | scripted

        return handle
