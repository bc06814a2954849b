"""What these files need: one case of their own, run on lab time against a dummy back office, and judged by a law of one row."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.catalogue import Law
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.form import Form
from evconform.harness.judge import CaseResult
from evconform.harness.law import Monitor, Requirement, TestCase
from evconform.harness.party import PARTIES
from evconform.harness.pics import Pics
from evconform.harness.sut import read
from evconform.harness.verdict import Level
from evconform.harness.wire import Entry, WireLog
from tests.ocpi.dummy import Dummy, DummyEmsp

ROW = "OCPI221-ROW"
VIEW = "evconform.ocpi.view:Transcript"
OPPOSITE = {"cpo": "evconform.ocpi.scripted_emsp:ScriptedEmsp", "emsp": "evconform.ocpi.scripted_cpo:ScriptedCpo"}


@dataclass
class Bench:
    """Runs cases; ``party``: the SUT, by role; ``monitors``: rules of the test's own."""

    folder: Path
    loop: LabLoop
    parties: dict[str, Any] = field(default_factory=lambda: {"cpo": Dummy, "emsp": DummyEmsp})
    monitors: list[Callable[..., Iterator[Any]]] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list)
    target: Any = None
    opposite: Any = None
    uncaught: list[dict[str, Any]] = field(default_factory=list)
    endpoint: str = ""

    def run(self, role: str, function: Callable[..., Any], base: str = "") -> CaseResult:
        """The result of one case for a SUT of that role."""
        self.loop.set_exception_handler(lambda _, context: self.uncaught.append(context))
        result = self.loop.run_until_complete(self._campaign(role, function, base))
        assert not self.uncaught, self.uncaught
        return result

    async def _campaign(self, role: str, function: Callable[..., Any], base: str) -> CaseResult:
        case = TestCase("CASE", (ROW,), function, f"suites.ocpi221.{role}.test_it", "It holds.", base=base)
        clock = Clock(self.loop)
        wire = WireLog(self.folder / "wire.jsonl", clock)
        wire.subscribe(self.log.append)
        PARTIES[f"dummy-{role}"] = (role, self._makes(role))
        campaign = Campaign(self._plan(role, case), wire, clock)
        self.campaign = campaign
        try:
            await campaign.open()
            result = await campaign.run(case)
            await campaign.close()
        finally:
            del PARTIES[f"dummy-{role}"]
            wire.close()
        return result

    def _makes(self, role: str) -> Callable[..., Any]:
        def make(site: Any) -> Any:
            self.target = self.parties[role](site)
            return self.target

        return make

    def _plan(self, role: str, case: TestCase) -> Plan:
        law = Law("ocpi221", "OCPI 2.2.1", VIEW, OPPOSITE, {}, Path(), Form())
        law.requirements = {ROW: Requirement(ROW, "1", ("cpo", "emsp"), Level.MUST, "It holds.")}
        law.cases = {case.id: case}
        law.monitors = [Monitor(f.__name__, ROW, f, None, "suites.ocpi221.monitors.it") for f in self.monitors]
        file = self.folder / "sut.toml"
        file.write_text(
            f'[sut]\nproduct = "Dummy"\nversion = "1"\nrole = "{role}"\nspeaks = ["ocpi2.2.1"]\npics = "none.toml"\n'
            f'[control]\nkind = "embedded"\nparty = "dummy-{role}"\n{self.endpoint}'
        )
        return Plan(law, read(file), Pics({}), file)

    def texts(self) -> str:
        """The log on the disk."""
        return (self.folder / "wire.jsonl").read_text()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with contextlib.closing(LabLoop()) as loop:
        asyncio.set_event_loop(None)
        yield Bench(tmp_path, loop)
        loop.run_until_complete(loop.shutdown_default_executor())
