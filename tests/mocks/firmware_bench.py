"""As much of a charge point as its diagnostics and its firmware need."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from evconform.harness.clock import Clock, Tasks
from evconform.harness.pics import Pics
from evconform.ocpp import scripts
from mocks.charge_point.diagnostics import Diagnostics
from mocks.charge_point.firmware import Firmware

CLAIMED = ["GetDiagnostics", "DiagnosticsStatusNotification", "UpdateFirmware", "FirmwareStatusNotification"]


def pics(*protocols: str) -> Pics:
    sections = {"model": {"vendor": "ETREL", "model": "INCH", "firmware": "1.12"}, "diagnostics": {"protocols": [*protocols]}}
    return Pics(dict.fromkeys(CLAIMED, True), sections=sections)


class Transactions:
    """``end`` ends the one that runs."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.ended.set()

    def any_running(self) -> bool:
        return not self.ended.is_set()

    async def all_ended(self) -> None:
        await self.ended.wait()


class FakeChargePoint:
    """Keeps what it tells, with the second at which it did; ``said`` is all of it in order, restarts included."""

    def __init__(self, clock: Clock, *protocols: str) -> None:
        self.clock = clock
        self.pics = pics(*protocols)
        self.site = SimpleNamespace(identity="INCH/1", tasks=Tasks())
        self.memory = SimpleNamespace(firmware="1.12")
        settings = {"HeartbeatInterval": "300", "AuthorizationKey": "hidden"}
        self.configuration = SimpleNamespace(keys=settings, text=settings.__getitem__)
        self.connectors = {1: None}
        self.transactions = Transactions()
        self.offset = timedelta()
        self.handlers: dict[str, Callable[[dict[str, Any], Any], dict[str, Any]]] = {}
        self.said: list[str] = []
        self.at: list[float] = []
        self.tasks: list[asyncio.Task[Any]] = []
        self.on_tell: Callable[[str], None] = lambda status: None
        self.registered = asyncio.Event()
        self.registered.set()
        self.boot_time = 5.0
        self.diagnostics = Diagnostics(self)  # type: ignore[arg-type]
        self.firmware = Firmware(self)  # type: ignore[arg-type]

    def handles(self, action: str, handler: Any) -> None:
        self.handlers[action] = handler

    def afterwards(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(self.site.tasks.spawn(work))

    def now(self) -> datetime:
        return self.clock.date() + self.offset

    def time_stamp(self, moment: datetime) -> str:
        return scripts.iso(moment)

    async def tell(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.say(payload["status"])
        self.on_tell(payload["status"])
        await self.clock.wait(0.1)
        return {}

    def say(self, what: str) -> None:
        self.said.append(what)
        self.at.append(round(self.clock.now(), 1))

    def out_of_service(self, out: bool) -> None:
        self.say("out" if out else "in")

    async def reboot(self) -> None:
        self.say(f"boot {self.memory.firmware}")
        self.registered.clear()
        await self.power_goes()
        self.afterwards(self._register())

    async def power_goes(self) -> None:
        """All that it did ends, but for what made it restart."""
        await self.site.tasks.cancel()

    async def _register(self) -> None:
        await self.clock.wait(self.boot_time)
        self.say("accepted")
        self.registered.set()

    async def accepted(self) -> None:
        await self.registered.wait()

    # ── the tests ──

    def ask(self, action: str, **payload: Any) -> dict[str, Any]:
        """What the central system asks; what follows the answer runs as a task."""
        return self.handlers[action](payload, None)

    async def done(self) -> list[str]:
        """What it said, once nothing is left to do."""
        while any(not task.done() for task in self.tasks):
            await asyncio.wait(self.tasks)
        self.site.tasks.check()
        return self.said


def image(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()
