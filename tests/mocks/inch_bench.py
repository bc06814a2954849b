"""The virtual INCH on a lab loop, whole, with a central system that keeps what it hears and answers what it is told to.

Over JSON, or over SOAP where a test takes the fixture ``column``: what it is, it is on both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from evconform.harness.clock import Clock, LabLoop, Tasks
from evconform.harness.content import shipped
from evconform.harness.party import Site
from evconform.harness.pics import Pics
from evconform.harness.plan import load_content
from evconform.harness.user_file import read_toml
from evconform.ocpp import scripts
from evconform.ocpp.central_system import CentralSystemEndpoint
from evconform.ocpp.channel import Answer, Channel, Handler, NoAnswer, Payload
from evconform.ocpp.json import CallError, Message
from evconform.ocpp.schemas import violations
from evconform.ocpp.soap.central_system import SoapCentralSystem
from evconform.ocpp.speaks import version_of
from mocks.inch import Inch

CARD = "77FD2AFA"
TAG = "FA2AFD77"
"""The same card as the INCH reads it: little-endian."""
OTHER_CARD = "0468C3D2"
PAST = "2001-01-01T00:00:00Z"
LATER = "2099-01-01T00:00:00Z"
REFUSED = ("PropertyConstraintViolation", "TypeConstraintViolation", "ProtocolError")
"""What calls a message malformed, in either column."""
JSON, SOAP = "ocpp1.6-json", "ocpp1.6-soap"
SPEAKS = {"": JSON}
"""What the next scene speaks: a fixture says so."""
Heard = tuple[float, str, Payload]
"""When, which action, which payload."""


def pics(name: str) -> Pics:
    form = load_content().catalogue.laws["ocpp16"].form
    file = shipped() / "fixtures" / "pics" / f"{name}.toml"
    return Pics.fill(form, read_toml(file), file, form.columns["ocpp1.6-json"])


def profile(*limits: float, every: int = 60, purpose: str = "TxDefaultProfile", **more: Any) -> dict[str, Any]:
    periods = [{"startPeriod": n * every, "limit": limit} for n, limit in enumerate(limits)]
    made = {"chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Relative"}
    return made | {"chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods}} | more


class Scene:
    """Both sides. ``heard``: the CALLs of the charge point, in order; ``answers``: action to what is answered instead."""

    def __init__(self, loop: asyncio.AbstractEventLoop, claimed: Pics) -> None:
        self.loop, self.clock = loop, Clock(loop)
        self.tasks = Tasks()
        self.site = Site(self.clock, self.tasks, claimed, "INCH-1", speaks=SPEAKS[""])
        self.soap = self.site.speaks != JSON
        self.central: Any = CentralSystemEndpoint(self.clock, self.tasks)
        if self.soap:
            self.central = SoapCentralSystem(self.clock, self.tasks, version=version_of(self.site.speaks))
        self.central.refuses = self._reads
        self.heard: list[Heard] = []
        self.answers: dict[str, Answer | Handler] = {}
        self.connections = 0
        self.cp: Inch = None  # type: ignore[assignment]
        self._ids = count(1)
        self._news = asyncio.Event()
        for action in scripts.CHARGE_POINT_INITIATED:
            self.central.handlers[action] = self._handler(action)

    def _reads(self, message: Message, _: Channel) -> None:
        """Whatever the charge point says fits its schema."""
        found = message.problem or violations(str(message.action), message.payload or {})
        if found:
            self.tasks.fails(AssertionError(f"{message.action} {message.payload}: {found}"))
        self.heard.append((self.clock.now(), str(message.action), message.payload or {}))
        self._news.set()

    def _handler(self, action: str) -> Handler:
        def handle(payload: Payload, channel: Channel) -> Answer | Awaitable[Answer]:
            if action in self.answers:
                told = self.answers[action]
                return told(payload, channel) if callable(told) else told
            answer = scripts.of_central_system(action, self.clock.date)
            return answer | {"transactionId": next(self._ids)} if action == "StartTransaction" else answer

        return handle

    # ── what a test does ──

    async def begins(self) -> None:
        """Power on, until its statuses are told."""
        self.central.on_channel = self._connected
        self.site.url = await self.central.listen(f"{'http' if self.soap else 'ws'}://127.0.0.1:0/ocpp")
        self.cp = Inch(self.site)
        await self.cp.start()
        if "BootNotification" not in self.answers:
            await self.hears("StatusNotification", connectorId=max(self.cp.connectors))
            await self.passes(0.1)

    def _connected(self, _: Channel) -> None:
        self.connections += 1

    async def ends(self) -> None:
        if self.cp:
            await self.cp.stop()
        await self.central.stop()
        await self.tasks.cancel()

    async def passes(self, seconds: float) -> None:
        """Lets lab time pass; what died meanwhile is raised."""
        await self.clock.wait(seconds)
        self.tasks.check()

    async def asks(self, action: str, **payload: Any) -> Payload:
        """A CALL to the charge point, and its answer, which fits its schema. Raises CallError, NoAnswer."""
        if "INCH-1" not in self.central.channels:
            raise NoAnswer("not connected")
        answer = await self.central.channels["INCH-1"].call(action, payload)
        assert violations(f"{action}Response", answer) == [], f"{action} {answer}"
        return answer

    async def status(self, action: str, **payload: Any) -> Any:
        """The status that it answers, or the code of its CALLERROR."""
        try:
            return (await self.asks(action, **payload))["status"]
        except CallError as refused:
            return refused.code

    async def sets(self, **keys: Any) -> None:
        for key, value in keys.items():
            assert await self.status("ChangeConfiguration", key=key, value=str(value)) == "Accepted"

    async def hears(self, action: str, *, since: int = 0, within: float = 600.0, **members: Any) -> Payload:
        """The first CALL of this kind with these members, from the ``since``-th on."""
        async with asyncio.timeout(within):
            while True:
                self.tasks.check()
                for _, said, payload in self.heard[since:]:
                    if said == action and members.items() <= payload.items():
                        return payload
                self._news.clear()
                await self._news.wait()

    def all(self, action: str) -> list[Payload]:
        return [payload for _, said, payload in self.heard if said == action]

    def times(self, action: str) -> list[float]:
        return [at for at, said, _ in self.heard if said == action]

    def statuses(self, connector: int = 1, since: int = 0) -> list[str]:
        """What it told of a connector, after it had booted for the first time."""
        told = [p for _, a, p in self.heard[since:] if a == "StatusNotification" and p["connectorId"] == connector]
        return [p["status"] for p in told]

    async def charges(self, connector: int = 1, card: str = CARD) -> Payload:
        """Plugs in, presents the card, and waits until it charges; its StartTransaction."""
        since = len(self.heard)
        self.cp.plug_in(connector)
        self.cp.present_card(card, connector)
        await self.hears("StatusNotification", since=since, connectorId=connector, status="Charging")
        started = await self.hears("StartTransaction", since=since, connectorId=connector)
        await self.passes(0.5)
        return started

    def reads(self, payload: Payload, measurand: str) -> list[str]:
        """The values of a measurand in a MeterValues."""
        return [v["value"] for m in payload["meterValue"] for v in m["sampledValue"] if v["measurand"] == measurand]


Story = Callable[[Scene], Awaitable[Any]]


@contextmanager
def lab() -> Iterator[LabLoop]:
    loop = LabLoop()
    uncaught: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: uncaught.append(context))
    try:
        yield loop
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
    assert uncaught == []


def play(story: Story, name: str = "etrel-inch", begins: bool = True, **answers: Any) -> Any:
    """A story on lab time; nothing may have died of it, and nothing be left open."""

    async def told(loop: LabLoop) -> Any:
        scene = Scene(loop, pics(name))
        scene.answers |= answers
        if begins:
            await scene.begins()
        try:
            return await story(scene)
        finally:
            await scene.ends()
            scene.tasks.check()

    with lab() as loop:
        return loop.run_until_complete(told(loop))
