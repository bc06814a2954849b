"""The central system that faces a charge point under test, spoken by a test case."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from evconform.harness.campaign import Campaign
from evconform.harness.law import TestCase
from evconform.harness.verdict import NotReached
from evconform.http.tls import server_tls
from evconform.ocpp import scripts
from evconform.ocpp.base_state import BaseState
from evconform.ocpp.central_system import CentralSystemEndpoint, Knock
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.charge_point_seen import SeesChargePoint
from evconform.ocpp.frame import spelt
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.soap.address import is_address
from evconform.ocpp.soap.central_system import SoapCentralSystem
from evconform.ocpp.soap.channel import SoapChannel
from evconform.ocpp.speaks import version_of
from evconform.ocpp.view import Frame, station_of
from evconform.ocpp.visitors import Visitors, shown

OTHERS_AT_MOST = 3
"""Identities of others that a sentence names."""


CUTS = ("power_cycle", "cut_power", "cut_network")
"""Bench actions after which the charge point cannot be reached, for a while at least."""


class SteadfastCentralSystem(SoapCentralSystem):
    """Goes on after a request that got no SOAP answer: what comes of that is for the case to say."""

    def unanswered(self, channel: SoapChannel, why: str, reachable: bool) -> None:
        """The log has it."""


class ScriptedCentralSystem(SeesChargePoint):
    """Accepts the charge point and answers everything plainly, but for what the case scripts."""

    endpoint: CentralSystemEndpoint | SoapCentralSystem
    harmless = ("GetConfiguration", {"key": ["HeartbeatInterval"]})

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(campaign)
        self.endpoint = self._makes_endpoint()
        self.registration: str | None = None
        """The status of the last BootNotification that was answered."""
        self._transactions = itertools.count(1)
        """The transactionIds that we give (6.46)."""
        self._started, self._transaction = "", 0
        """The last StartTransaction, and what it was given."""
        self._heard = self._heard_before = 0
        """The CALLs that came, in all and before the bench last did something."""
        self._resetting = False
        """The charge point accepted a Reset, and did not boot since."""
        self._stations: dict[str, str] = {}
        """Connections of a session before this one, to who was at the other end."""
        self._failing: dict[str, float] = {}
        self._reported: set[int] = set()
        self._changed = asyncio.Event()
        self._base = BaseState(self)
        for action in scripts.CHARGE_POINT_INITIATED:
            self.endpoint.handlers[action] = self._handler(action)
        self._equips_service(self.endpoint)
        self.endpoint.on_channel = lambda _: self._changed.set()
        self.endpoint.on_lost = self._lost
        self.endpoint.after_answer = self._after_answer
        self.endpoint.admit = self._admits

    def _makes_endpoint(self) -> CentralSystemEndpoint | SoapCentralSystem:
        if not self.soap:
            return CentralSystemEndpoint(self.clock, self.campaign.tasks, self.wire)
        return SteadfastCentralSystem(self.clock, self.campaign.tasks, self.wire, version_of(self.speaks))

    @property
    def channel(self) -> Channel:
        return self._require(self.endpoint.channels.get(self._identity))

    @property
    def here(self) -> bool:
        channel = self.endpoint.channels.get(self._identity)
        return channel is not None and channel.connection.open

    async def comes_back(self) -> None:
        """By itself, within what a reconnection or a reboot may take, or after its power was cut."""
        pixit = self.campaign.sut.pixit
        if not await self._registers_within(max(pixit.reconnect_within, pixit.boot_within)):
            await self._wakes_it(pixit.boot_within)

    @property
    def given(self) -> int:
        """The transactionId that we gave last."""
        return self._transaction

    @property
    def boot_patience(self) -> float:
        """Seconds that the charge point may take from power-on to its first message."""
        return self.campaign.sut.pixit.boot_within

    async def start(self) -> str:
        endpoint, folder = self.campaign.sut.endpoint, self.campaign.sut.file.parent
        if endpoint.trust and isinstance(self.endpoint, SoapCentralSystem):
            self.endpoint.client.tls = ssl.create_default_context(cafile=folder / endpoint.trust)
        url = self.campaign.listen or ("http" if self.soap else "ws") + "://127.0.0.1:0/ocpp"
        return await self.endpoint.listen(url, server_tls(url, folder / endpoint.certificate))

    def acted(self, action: str) -> None:
        self._heard_before = self._heard
        if action in ("power_cycle", "cut_power", "speaks"):
            self.registration = None
            self._reported.clear()
        if action in CUTS and self.soap and (channel := self.endpoint.channels.get(self._identity)):
            channel.connection.abort()  # nothing that comes will say so

    def recalls(self, frame: Frame) -> None:
        """A frame of the session before this one: what the charge point was told, and what it told us, still holds."""
        if frame.kind == "request":
            self._stations[frame.conn] = station_of(frame)
        elif frame.envelope is not None and frame.type == "CALL":
            self._stations[frame.conn] = frame.envelope.headers.identity or ""
            self._knows_address(frame)
        elif frame.kind == "lost" and frame.conn in self._stations:
            self._lost(self._stations[frame.conn])
        if self._stations.get(frame.conn) != self._identity or not isinstance(frame.payload, dict):
            return
        call = frame.call
        if frame.type == "CALL" and frame.by == "tester":
            self._base.told(str(frame.action), frame.payload)
        elif frame.type == "CALLRESULT" and call and isinstance(call.payload, dict) and frame.by == "tester":
            self._note(str(call.action), call.payload, frame.payload, self.clock.began + timedelta(seconds=frame.t))
            if call.action == "StartTransaction":
                self._transactions = itertools.count(frame.payload["transactionId"] + 1)
        elif frame.type == "CALLRESULT" and call and (call.action, call.payload) == ("GetConfiguration", {}):
            self._base.met(frame.payload)
        elif frame.type == "CALLRESULT" and call and call.action == "Reset":
            self._resetting = frame.says(status="Accepted")

    def _knows_address(self, frame: Frame) -> None:
        """Where a charge point said that it is: over SOAP it need not come back by itself."""
        headers = frame.envelope.headers if frame.envelope else None
        if isinstance(self.endpoint, SoapCentralSystem) and headers and headers.identity and is_address(headers.sender):
            self.endpoint.reaches(headers.identity, headers.sender or "")

    async def base(self, case: TestCase) -> None:
        """Connected, accepted, its status reported; and a foreign one put back as it was."""
        foreign = not self.campaign.plan.embedded
        if foreign:
            await self._base.reachable()
        await self._registers(case)
        more = True
        while more and not set(self.connectors) <= self._reported:  # patience after each report
            known = len(self._reported)
            more = await self.comes(lambda: len(self._reported) > known, self.patience)  # noqa: B023 - awaited at once
        if foreign:
            await self._restore(case)
        if foreign and not case.smoke:  # what the case before set off, and what we put back, is nothing that this case shows
            self.wire.mark("base-state")

    async def _restore(self, case: TestCase) -> None:
        """Once more if the connection went meanwhile: the case before may have cut it, and the news come late."""
        identity = self._identity
        channel = self.endpoint.channels.get(identity)
        try:
            await self._base.restore()
        except NotReached:
            if channel and channel.connection.open and self.endpoint.channels.get(identity) is channel:
                raise
            await self._registers(case)
            await self._base.restore()

    async def _registers(self, case: TestCase) -> None:
        """By itself, or after its power was cut. Raises NotReached."""
        pixit = self.campaign.sut.pixit
        if self._resetting:  # it boots, and takes its time; or a soft reset was none (5.14)
            self.wire.mark("script", says=f"waits {pixit.boot_within:g} s at most for the boot after the Reset")
            await self.comes(lambda: not self._resetting, pixit.boot_within)
            self._resetting = False
        first = pixit.patience if case.smoke else max(pixit.patience, pixit.reconnect_within)
        if not self.campaign.plan.embedded and not self._is_registered():
            self.wire.mark("script", says=f"waits {first:g} s at most for {self._identity} at {self.endpoint.url}")
        if not await self._registers_within(first):
            await self._wakes_it(pixit.boot_within, first)
        if not self.campaign.plan.embedded:
            await self._base.begins_connection()

    async def _wakes_it(self, within: float, otherwise: float = 0.0) -> None:
        """Cuts its power and restores it, if the bench can, and waits so long; else ``otherwise``. Raises NotReached."""
        if self.campaign.control and self.campaign.control.can("power_cycle"):
            self.wire.mark("script", says=f"restores the base state by hand: {self._why_not()}")
            await self.campaign.control.power_cycle()
            otherwise = within
        if not await self._registers_within(otherwise):
            raise NotReached(self._why_not())

    async def _registers_within(self, seconds: float) -> bool:
        return await self.comes(self._is_registered, seconds)

    def _is_registered(self) -> bool:
        return self.registration == "Accepted" and self.here

    def _lost(self, identity: str) -> None:
        """The connection is gone: after a Reset the charge point has to boot."""
        if identity == self._identity and self._resetting:
            self.registration = None
            self._reported.clear()
        self._changed.set()

    @property
    def _identity(self) -> str:
        return self.campaign.sut.endpoint.identity

    def _why_not(self) -> str:
        identity = self._identity
        if identity in self.endpoint.channels:
            return f"the charge point {identity} is connected, and sent no BootNotification that was accepted"
        return f"the charge point {identity} did not connect to {self.endpoint.url}{self._but}"

    @property
    def absent(self) -> str:
        return f"the charge point {self.campaign.sut.endpoint.identity} is not connected{self._but}"

    @property
    def _but(self) -> str:
        """Who else was there."""
        names = sorted(self.endpoint.channels.keys() - {self.campaign.sut.endpoint.identity})
        others = [f"{shown(each)} did" for each in names[:OTHERS_AT_MOST]]
        others += [f"{len(names) - OTHERS_AT_MOST} more did"] if len(names) > OTHERS_AT_MOST else []
        others += [self.endpoint.strangers] if self.endpoint.strangers else []
        return f" (but {'; '.join(others)})" if others else ""

    async def comes(self, holds: Any, within: float) -> bool:
        """Waits until ``holds()``; False if it does not in time."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def end(self) -> None:
        self._scripted.clear()
        self._deviating.clear()
        self._reworked.clear()
        self._failing.clear()
        self.clock_ahead = 0.0
        self._admits_again()
        self.endpoint.visitors = Visitors()
        self._answer_withheld()
        self._reported.clear() if self.registration != "Accepted" else None

    async def stop(self) -> None:
        await self.endpoint.stop()

    # ── verbs of this side ──

    async def calls(self, action: str, **how: Any) -> Frame:
        """Sends a CALL and waits for its answer; what it changes is taken back before the next case."""
        self._base.told(action, how)
        answer = await super().calls(action, **how)
        self._resetting = self._resetting or (action == "Reset" and answer.says(status="Accepted"))
        return answer

    def refuses_connections(self, status: int = 404) -> None:
        """From now on refuses every opening handshake with an HTTP status (OCPP-J 3.2); over SOAP every message, with 503 and no
        SOAP: the charge point is offline."""
        status = 503 if self.soap else status
        self._script(f"refuses connections with HTTP {status}")
        self.endpoint.admit = lambda _: HTTPStatus(status)
        if isinstance(self.endpoint, SoapCentralSystem):
            why = "a message refused on purpose: the charge point is offline"
            self.endpoint.on_refused = lambda request: self.wire.mark("deviation", why=why, frames=[request.n])

    def admits_connections(self) -> None:
        self._script("admits connections again")
        self._admits_again()

    def _admits_again(self) -> None:
        self.endpoint.admit = self._admits
        if isinstance(self.endpoint, SoapCentralSystem):
            self.endpoint.on_refused = lambda request: None

    def fails(self, action: str, times: float = float("inf")) -> None:
        """Fails to process the next CALLs of this action: a CALLERROR to so many of them (3.7.1)."""
        self._script(f"fails {'every' if times == float('inf') else times} {action}")
        self._failing[action] = times

    def recovers(self, action: str) -> None:
        """Processes CALLs of this action again."""
        self._script(f"does not fail {action} any more")
        self._failing[action] = 0

    def is_ahead(self, seconds: float) -> None:
        """From now on our clock is ahead of true time by so much."""
        self._script(f"has a clock that is {seconds:g} s ahead")
        self.clock_ahead = seconds

    async def hears_it_connect(self, *, within: float) -> None:
        """Waits for its opening handshake. Over SOAP there is none: the message that follows is the first that comes."""
        if not self.soap:
            await self.hears_frame(kind="request", within=within)

    async def hears_it_back(self) -> None:
        """Waits until it dials again; over SOAP, until it speaks again."""
        if not self.soap:
            await self.hears_frame(kind="request", within=self.reconnect_patience)
            return
        if not await self.comes(lambda: self._heard > self._heard_before, self.reconnect_patience):
            raise NotReached(f"the charge point {self._identity} said nothing within {self.reconnect_patience:g} s")

    def _after_answer(self, message: Message, answer: Answer, channel: Channel) -> None:
        super()._after_answer(message, answer, channel)
        self._heard += 1
        self._changed.set()
        if isinstance(answer, CallError) and isinstance(message.action, str) and message.action in self._failing:
            self.wire.mark("deviation", why="a failure to process, on purpose (3.7.1)", frames=[self.wire.n])
        if self.clock_ahead and isinstance(answer, dict) and "currentTime" in answer:
            self.wire.mark("deviation", why="a clock that is ahead", frames=[self.wire.n])

    async def speaks_to_deaf_ears(self) -> None:
        """Sends a CALL that must not be answered."""
        self.campaign.expectations.acts()
        with self.deviation("a CALL to a rejected charge point (4.2)"):
            action, payload = self.harmless
            await self._puts(action, payload, None)

    async def drops_connection(self) -> None:
        """Drops the TCP connection without a word."""
        self._over_websocket("drops_connection")
        self._script("drops the connection")
        connection = self.channel.connection
        connection.abort()
        await connection.closed()

    # ── the table of handlers ──

    def _admits(self, knock: Knock) -> HTTPStatus | None:
        password = self.campaign.sut.endpoint.password
        if password and (knock.user, knock.password) != (knock.identity, password.get_secret_value()):
            return HTTPStatus.UNAUTHORIZED
        return None

    def _handler(self, action: str) -> Any:
        def handle(payload: Payload, channel: Channel) -> Answer:
            self._handles(action)
            if action != "BootNotification" and self.registration in ("Pending", "Rejected"):
                return CallError("SecurityError", "the charge point is not accepted")  # J erratum 3.10
            if self._failing.get(action, 0) > 0:
                self._failing[action] -= 1
                return CallError("InternalError", "could not be processed")
            scripted = self._scripted.get(action, {})
            if not isinstance(scripted, dict):
                self.registration = None if action == "BootNotification" else self.registration
                return scripted
            plain = scripts.of_central_system(action, self._now)
            if action == "StartTransaction":
                plain["transactionId"] = self._transaction_of(payload)
            answer = plain | {name: value() if callable(value) else value for name, value in scripted.items()}
            if channel.identity == self._identity:
                self._note(action, payload, answer, self.clock.date())
            return answer

        return handle

    def _transaction_of(self, start: Payload) -> int:
        """A new transactionId; the same for a StartTransaction that comes again, since its answer was lost."""
        said = spelt(start)
        if said != self._started:
            self._started, self._transaction = said, next(self._transactions)
        return self._transaction

    def _note(self, action: str, payload: Payload, answer: Payload, at: datetime) -> None:
        if action == "BootNotification":
            self._resetting = False
            self.registration = answer["status"]
            self._reported.clear()
        elif action == "StatusNotification":
            self._reported.add(payload["connectorId"])
        self._base.heard(action, payload, answer, at)
        self._changed.set()
