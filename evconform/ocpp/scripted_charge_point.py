"""The charge point that faces a central system under test: spoken by a test case, or a virtual one that the case moves from
its bench, on whose connection it may speak and listen too."""

from __future__ import annotations

import ssl
from contextlib import nullcontext, suppress
from datetime import timedelta
from typing import Any

from evconform.harness.campaign import Campaign
from evconform.harness.control import Control
from evconform.harness.law import TestCase
from evconform.harness.sut import Pixit
from evconform.harness.verdict import NotReached
from evconform.http.tls import server_tls
from evconform.ocpp import scripts
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected
from evconform.ocpp.hostile.stranger import OURS, Stranger
from evconform.ocpp.json import SUBPROTOCOL
from evconform.ocpp.soap.channel import SoapChannel
from evconform.ocpp.soap.charge_point import FREE_PORT, SoapChargePoint
from evconform.ocpp.soap.scripted import Enveloping
from evconform.ocpp.speaks import version_of
from evconform.ocpp.tester import as_predicate
from evconform.ocpp.view import Frame
from evconform.ocpp.virtual_charge_point import Said, VirtualCharger

BOOT: dict[str, Any] = {"chargePointVendor": "evconform", "chargePointModel": "scripted"}


class SteadfastChargePoint(SoapChargePoint):
    """Goes on after a request that got no SOAP answer: what comes of that is for the case to say."""

    def unanswered(self, channel: SoapChannel, why: str, reachable: bool) -> None:
        """The log has it."""


class ScriptedChargePoint(Enveloping):
    """Does nothing unless told; answers everything plainly, but for what the case scripts."""

    endpoint: ChargePointEndpoint | SoapChargePoint
    harmless = ("Heartbeat", {})

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(campaign)
        self.endpoint = self._makes_endpoint()
        self.virtual: VirtualCharger | None = None
        self._own = self.endpoint
        self._old: list[ChargePointEndpoint | SoapChargePoint] = []
        self.said = Said(campaign)
        self.registration: str | None = None
        self._status_was_set = False
        self._standing = ""
        """The name of the connection that stood when a stranger knocked."""
        self._left: dict[Any, int] = {}
        """Transactions that the cases before left running at a foreign central system."""
        self._equips(self.endpoint)

    def _makes_endpoint(self) -> ChargePointEndpoint | SoapChargePoint:
        if not self.soap:
            return ChargePointEndpoint(self.clock, self.campaign.tasks, self.wire)
        endpoint = SteadfastChargePoint(self.clock, self.campaign.tasks, self.wire, version_of(self.speaks))
        endpoint.probes = lambda: False  # it does nothing unless told
        return endpoint

    def _equips(self, endpoint: ChargePointEndpoint | SoapChargePoint) -> None:
        self._equips_service(endpoint)
        for action in scripts.OF_CHARGE_POINT:
            endpoint.handlers[action] = self._handler(action)
        endpoint.after_answer = self._after_answer
        endpoint.answers_calls = lambda: self.registration != "Rejected"

    @property
    def channel(self) -> Channel:
        return self._require(self.endpoint.channel)

    @property
    def here(self) -> bool:
        return self.endpoint.connected

    async def comes_back(self) -> None:
        await self.registers()

    @property
    def answers_itself(self) -> bool:
        return self.virtual is None

    @property
    def identity(self) -> str:
        return self.campaign.sut.endpoint.identity

    @property
    def bench(self) -> Control | None:
        """What moves the virtual charge point, if that is the one."""
        return self.virtual.bench if self.virtual else None

    @property
    def pixit(self) -> Pixit:
        """The idTags of the central system, and what else the tester must know."""
        return self.campaign.sut.pixit

    async def start(self) -> str:
        return ""

    async def base(self, case: TestCase) -> None:
        """A charge point that the central system knows and accepts: a scripted one is not connected, a virtual one is, and
        has told its status."""
        control = self.campaign.control
        if not self.campaign.plan.embedded and self.pixit.away:
            await self.clock.wait(self.pixit.away)
        if not self.campaign.plan.embedded and self._status_was_set and control.can("registers"):
            await control.registers(identity=self.identity, status="Accepted")
            self._status_was_set = False
        if self._left:
            await self._stops_what_was_left()
        if case.moved:
            self.virtual = VirtualCharger(self.campaign, case, self._tls())
            self.endpoint, self.said = self.virtual.target.endpoint, self.virtual.said
            await self.virtual.begins()

    async def _stops_what_was_left(self) -> None:
        """Ends the transactions that the cases before did not. Raises NotReached."""
        left, self._left = self._left, {}
        await self.registers()
        for transaction, meter in left.items():
            stop = {"transactionId": transaction, "meterStop": meter, "timestamp": self.now(), "reason": "Other"}
            await self.calls("StopTransaction", deviates="what a case left running", expects={}, **stop)
        await self.disconnects()
        self.wire.mark("power-off")
        self.registration = None

    def spoke(self, frame: Frame) -> None:
        self.said.spoke(frame)

    def acted(self, action: str) -> None:
        self._status_was_set = self._status_was_set or action == "registers"

    def recalls(self, frame: Frame) -> None:
        """A charge point that comes anew has nothing to remember."""

    async def end(self) -> None:
        await self._leaves()
        self._scripted.clear()
        self._deviating.clear()
        self._reworked.clear()
        self._withheld.clear()
        self.registration = None

    async def stop(self) -> None:
        await self._leaves()

    async def _leaves(self) -> None:
        if self.virtual:
            virtual, self.virtual = self.virtual, None
            await virtual.ends()
        if not self.campaign.plan.embedded:
            self._left |= self.said.running()
        self.wire.mark("power-off")
        for endpoint in (self._own, *self._old):
            await endpoint.disconnect()
        self._old.clear()
        self.endpoint, self.said = self._own, Said(self.campaign)

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
    ) -> Frame | None:
        """Dials, and waits for the response to the opening handshake; by default for one that opens the connection.
        ``deviates``: why the handshake is none that a charge point should begin. Over SOAP it
        begins to serve, which nobody sees."""
        self.campaign.expectations.acts()
        handshake = self._handshake(identity or self.identity, self._password if password is None else password, subprotocols)
        self.registration = None
        with self.deviation(deviates) if deviates else nullcontext():
            try:
                await self.endpoint.connect(handshake)
            except NotConnected as error:
                self.wire.mark("script", says=f"did not connect: {error}")
                if error.status is None and expects.get("status") is None:
                    raise NotReached(f"no connection to {self.campaign.url}: {error}") from error
        if self.soap:
            return None
        frame = await self.campaign.expectations.hears(
            {"kind": "response"}, self.campaign.patience, {"status": 101} | expects, proves
        )
        assert isinstance(frame, Frame)
        return frame

    @property
    def _password(self) -> str | None:
        password = self.campaign.sut.endpoint.password
        return password.get_secret_value() if password else None

    def _tls(self) -> ssl.SSLContext | None:
        if not self.campaign.url.startswith(("wss", "https")):
            return None
        trust = self.campaign.sut.endpoint.trust
        return ssl.create_default_context(cafile=self.campaign.sut.file.parent / trust if trust else None)

    def _handshake(self, identity: str, password: str | None, subprotocols: tuple[str, ...]) -> Handshake:
        endpoint, service = self.campaign.sut.endpoint, self.campaign.service
        handshake = Handshake(self.campaign.url, identity, password, subprotocols, self._tls(), self.campaign.patience, service)
        handshake.service_tls = server_tls(service, self.campaign.sut.file.parent / endpoint.certificate)
        return handshake

    async def knocks(self, stranger: Stranger, *, proves: str) -> None:
        """Dials as somebody else, beside the connection that stands. A refusal will do, a redirection (to a page where people
        log in), and a connection that is closed at once; so will the agreement on another version of OCPP that was offered."""
        self._over_websocket("knocks")
        self._script(f"a stranger knocks: {stranger.field} {stranger.mutation}")
        handshake = self._handshake(self.identity, self._password if stranger.password == OURS else stranger.password, ())
        handshake.subprotocols = stranger.subprotocols
        tap = self.channel.connection.tap
        self._standing = tap.conn if tap else ""
        other = ChargePointEndpoint(self.clock, self.campaign.tasks, self.wire)
        other.edit_request = stranger.edits
        first = self.wire.n + 1
        with suppress(NotConnected):  # the log has it
            await other.connect(handshake)
        self.wire.mark("hostile", **stranger.facts(), frames=list(range(first, self.wire.n + 1)))
        ends = ["close", "eof", "lost"]
        expects = {"status": [None, 101, *range(300, 600)]}
        try:
            answer = await self.hears_frame(kind=["response", *ends], expects=expects, proves=proves)
            if answer.status == 101 and answer.header("Sec-WebSocket-Protocol") not in stranger.other_versions:
                self.looks_after(answer)
                await self.hears_frame(kind=ends, proves=proves)
        finally:
            await other.disconnect(abruptly=True)

    async def is_still_served(self, *, proves: str) -> None:
        """The connection that stands is there, and a CALL on it is answered."""
        if self._standing:
            await self.hears_no(kind=["close", "eof", "lost"], conn=self._standing, for_=0.0, proves=proves)
        await self.asks(deviates="a sign of life, out of turn", proves=proves)

    def leaves_its_connection_open(self) -> None:
        """Forgets its connection without closing it, as a network that is cut does; the next verb connects anew."""
        self._over_websocket("leaves_its_connection_open")
        self._script("leaves its connection as it is")
        self._old.append(self.endpoint)
        self.endpoint = self._own = ChargePointEndpoint(self.campaign.clock, self.campaign.tasks, self.wire)
        self._equips(self.endpoint)

    async def moves(self, url: str = FREE_PORT) -> None:
        """Serves at another address from now on, as a charge point does that a mobile network gave a new one."""
        self._script("has another address")
        assert isinstance(self.endpoint, SoapChargePoint), "this case is for SOAP"
        await self.endpoint.disconnect()
        self.endpoint.address = ""
        handshake = self._handshake(self.identity, self._password, ())
        handshake.service = url
        await self.endpoint.connect(handshake)

    async def is_answered(
        self,
        action: str,
        *,
        expects: dict[str, Any] | None = None,
        within: float | None = None,
        proves: str | None = None,
        **payload: Any,
    ) -> Frame:
        """Waits until our charge point has sent a CALL with these members by itself, and for its answer. That it does not
        send it is our affair: the situation was not reached."""
        call = await self.says(action, within=within, **payload)
        assert isinstance(call.id, str)
        return await self.hears_answer(call.id, demand=None if expects is None else as_predicate(expects), proves=proves)

    async def says(self, action: str, *, within: float | None = None, **payload: Any) -> Frame:
        """Waits until our charge point has sent a CALL with these members by itself."""
        patience = self.campaign.patience if within is None else within
        return await self.said.wait(action, patience, payload, self.campaign.expectations.stage)

    def uid_of(self, id_tag: str) -> str:
        """The UID of a card that the virtual charge point reads as this idTag (3.9)."""
        claimed = self.virtual.pics.sections.get("rfid", {}) if self.virtual else {}
        if claimed.get("byte_order") != "little-endian":
            return id_tag
        return "".join(id_tag[max(0, n - 2) : n] for n in range(len(id_tag), 0, -2))

    async def connects_in_vain(self, *, subprotocols: tuple[str, ...], proves: str) -> None:
        """Dials without an acceptable subprotocol. A refusal will do (OCA, TC_088_CSMS), and so does a connection that is
        closed at once (OCPP-J 3.2)."""
        self._over_websocket("connects_in_vain")
        answers = [101, *range(400, 600)]
        response = await self.connects(subprotocols=subprotocols, deviates="no ocpp1.6", proves=proves, status=answers)
        if response and response.status == 101:
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

    async def reports_status(self, proves: str | None = None) -> None:
        """Reports that it and its connector are available (erratum 3.22)."""
        for connector in (0, 1):
            told: dict[str, Any] = {"connectorId": connector, "errorCode": "NoError", "status": "Available"}
            await self.calls("StatusNotification", expects={} if proves else None, proves=proves, **told)

    async def disconnects(self, abruptly: bool = False) -> None:
        self._script("disconnects")
        await self.endpoint.disconnect(abruptly)

    def now(self) -> str:
        """The time, as a time stamp."""
        return scripts.iso(self.clock.date())

    def ago(self, seconds: float) -> str:
        """A time in the past, as a time stamp; in the future, if less than 0."""
        return scripts.iso(self.clock.date() - timedelta(seconds=seconds))

    async def passes(self, seconds: float) -> None:
        """Lets time pass at the charge point, whatever comes."""
        self._script(f"lets {seconds:g} s pass")
        await self.clock.wait(seconds)

    @property
    def connection(self) -> str:
        """The name of our connection in the log."""
        self._over_websocket("connection")
        tap = self.channel.connection.tap
        assert tap, "our connections are tapped"
        return tap.conn

    # ── the table of handlers ──

    def _handler(self, action: str) -> Any:
        def handle(asked: Payload, channel: Channel) -> Answer:
            self._handles(action)
            scripted = self._scripted.get(action, {})
            plain = scripts.OF_CHARGE_POINT[action]
            if action == "GetConfiguration" and asked.get("key"):  # it knows none of them (5.8)
                plain = plain | {"unknownKey": asked["key"]}
            return scripted if not isinstance(scripted, dict) else plain | scripted

        return handle
