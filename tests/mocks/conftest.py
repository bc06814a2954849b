"""What these files need: a charge point that is nothing but the parts under test, its hardware and a lab clock."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from evconform.harness.clock import Clock, LabLoop, Tasks
from evconform.harness.pics import Pics
from evconform.ocpp.json import CallError
from evconform.ocpp.schemas import ACTIONS, violations
from evconform.ocpp.scripts import iso
from mocks.charge_point.connector import Connector
from mocks.charge_point.memory import Memory, Transaction

from . import inch_bench

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""A Monday."""


@dataclass
class FakeChargePoint:
    """What the parts use of a charge point. ``told``: the connectors whose status, ``offers``: whose offer, may have changed."""

    loop: LabLoop
    sections: dict[str, Any] = field(default_factory=dict)
    connectors: dict[int, Connector] = field(default_factory=lambda: {1: Connector(1, 3, 22_000.0)})
    claims: tuple[str, ...] = ACTIONS

    def __post_init__(self) -> None:
        self.clock = Clock(self.loop, BEGAN)
        self.pics = Pics(dict.fromkeys(ACTIONS, False) | dict.fromkeys(self.claims, True), sections=self.sections)
        self.memory = Memory()
        self.lives = Tasks()
        self.offset = timedelta()
        self.handlers: dict[str, Any] = {}
        self.parts: list[Any] = []
        self.settings: dict[str, str] = {}
        self.told: list[int] = []
        self.offers: list[int] = []
        self.inoperative: set[int] = set()
        self.identified: set[int] = set()
        self.configuration = SimpleNamespace(flag=lambda key: self.keys.get(key) == "true")
        self.transactions = SimpleNamespace(running=self.memory.running.get)
        self.availability = SimpleNamespace(is_inoperative=self.inoperative.__contains__)
        self.sessions = SimpleNamespace(is_identified=self.identified.__contains__)
        self.time_stamp = iso
        self._afterwards: list[Coroutine[Any, Any, None]] = []

    def has(self, make: Any) -> Any:
        """A part of this charge point."""
        part = make(self)
        self.parts.append(part)
        return part

    @property
    def keys(self) -> dict[str, str]:
        return {name: value for part in self.parts for name, (_, value) in part.keys().items()} | self.settings

    def handles(self, action: str, handler: Any) -> None:
        if self.pics[action]:
            self.handlers[action] = handler

    def now(self) -> datetime:
        return self.clock.date() + self.offset

    def afterwards(self, saying: Coroutine[Any, Any, None]) -> None:
        self._afterwards.append(saying)

    def status_may_have_changed(self, number: int) -> None:
        self.told.append(number)

    def offer_may_have_changed(self, number: int) -> None:
        self.offers.append(number)

    # ── what a test does with it ──

    def asks(self, action: str, **payload: Any) -> Any:
        """A CALL to it: its answer, or the code of its CALLERROR; both messages fit their schemas."""
        assert violations(action, payload) == []
        answer = self.handlers[action](payload, None)
        follows, self._afterwards = self._afterwards, []
        for saying in follows:
            self.loop.run_until_complete(saying)
        if isinstance(answer, CallError):
            return answer.code
        assert violations(f"{action}Response", answer) == []
        return answer

    def status(self, action: str, **payload: Any) -> Any:
        """The status that it answers."""
        answer = self.asks(action, **payload)
        return answer if isinstance(answer, str) else answer["status"]

    def after(self, seconds: float) -> None:
        """Lets lab time pass."""
        self.loop.run_until_complete(self.clock.wait(seconds))
        self.lives.check()

    def within(self, does: Callable[[], Any]) -> None:
        """Does something within the loop, where tasks can be spawned."""

        async def run() -> None:
            does()

        self.loop.run_until_complete(run())

    def at(self, seconds: float) -> str:
        """The time stamp of so many seconds from now."""
        return iso(self.now() + timedelta(seconds=seconds))

    def starts(self, number: int = 1, id: int | None = 7, id_tag: str = "DRIVER") -> Transaction:
        """A transaction runs."""
        transaction = self.memory.running[number] = Transaction(number, id_tag, self.now(), 0, id=id)
        return transaction

    def goes_dark(self) -> None:
        """The power goes: only the memory stays."""
        self.loop.run_until_complete(self.lives.cancel())
        self.parts.clear()
        self.handlers.clear()


@pytest.fixture(params=["json", "soap"])
def column(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test runs over both transports; the name of its own."""
    monkeypatch.setitem(inch_bench.SPEAKS, "", {"json": inch_bench.JSON, "soap": inch_bench.SOAP}[request.param])
    return str(request.param)


@pytest.fixture
def loop() -> Iterator[LabLoop]:
    loop = LabLoop()
    yield loop
    loop.close()


@pytest.fixture
def cp(loop: LabLoop) -> Iterator[FakeChargePoint]:
    """One connector of 22 kW on three phases; every message is claimed."""
    cp = FakeChargePoint(loop)
    yield cp
    loop.run_until_complete(cp.lives.cancel())


@pytest.fixture
def twin(loop: LabLoop) -> Iterator[FakeChargePoint]:
    """The same with two connectors."""
    cp = FakeChargePoint(loop, connectors={n: Connector(n, 3, 22_000.0) for n in (1, 2)})
    yield cp
    loop.run_until_complete(cp.lives.cancel())
