"""What several of these files need: the loaded law, a wire log on a clock moved by hand, a small law, the command line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.catalogue import Law, RequirementSet
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.form import Form
from evconform.harness.judge import CaseResult
from evconform.harness.law import Fault, Monitor, Requirement, TestCase
from evconform.harness.plan import Content, find_sut, load_content, make_plan
from evconform.harness.verdict import Level
from evconform.harness.wire import WireLog

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def loaded() -> Content:
    return load_content()


@pytest.fixture
def plan(loaded: Content) -> Plan:
    """The plain charge point, embedded."""
    return make_plan(loaded, find_sut("plain-charge-point.toml", []))


@pytest.fixture
def loop() -> Iterator[LabLoop]:
    loop = LabLoop()
    yield loop
    loop.close()


@pytest.fixture
def wire(loop: LabLoop, tmp_path: Path) -> Iterator[WireLog]:
    """A wire log; ``loop.lab_seconds`` is its time."""
    wire = WireLog(tmp_path / "wire.jsonl", Clock(loop))
    yield wire
    wire.close()


def nothing(*_: Any) -> Iterator[Any]:
    yield from ()


def small_law(**members: Any) -> Law:
    """A law without a contradiction: one row, with a set, a case, a monitor and a fault; ``members`` replaces some."""
    module = "suites.small.charge_point.test_it"
    row = Requirement("R-1", "1", ("charge-point",), Level.MUST, "It holds.")
    law = Law("small", "Small", "", {}, {}, Path(), Form(profiles={"Core": ("Boot",)}))
    law.requirements = {"R-1": row}
    law.sets = [RequirementSet("set-1", "Set", "charge-point", ("R-1",))]
    law.cases = {"C-1": TestCase("C-1", ("R-1",), nothing, module, "It holds.")}
    law.monitors = [Monitor("it_holds", "R-1", nothing, None, "suites.small.monitors.it")]
    law.faults = [Fault("breaks_it", "R-1", (), nothing, "suites.small.faults.it", "Breaks it.")]
    for name, value in members.items():
        setattr(law, name, value)
    return law


@pytest.fixture
def make_law() -> Callable[..., Law]:
    return small_law


Beside = Callable[[Clock], Coroutine[Any, Any, None]]


async def abandon(campaign: Campaign) -> None:
    """Closes what a campaign that broke left open, lest its sockets fail the tests after it."""
    for side in (campaign._target, campaign.opposite):
        with contextlib.suppress(Exception):
            await side.stop()
    await campaign.tasks.cancel()


@pytest.fixture
def run_case(tmp_path: Path) -> Callable[..., CaseResult]:
    """Runs one case of a plan on a lab clock, with something else beside it in the loop."""

    async def campaign(plan: Plan, case: str, beside: Beside | None) -> CaseResult:
        clock = Clock(asyncio.get_running_loop())
        wire = WireLog(tmp_path / "wire.jsonl", clock)
        campaign = Campaign(plan, wire, clock)
        other = asyncio.ensure_future(beside(clock)) if beside else None
        try:
            await campaign.open()
            result = await campaign.run(plan.law.cases[case])
            await campaign.close()
        except BaseException:
            await abandon(campaign)
            raise
        finally:
            wire.close()
        if other:
            other.cancel()
            assert isinstance((await asyncio.gather(other, return_exceptions=True))[0], asyncio.CancelledError)
        return result

    def run(plan: Plan, case: str, beside: Beside | None = None) -> CaseResult:
        with contextlib.closing(LabLoop()) as loop:
            result = loop.run_until_complete(campaign(plan, case, beside))
            loop.run_until_complete(loop.shutdown_default_executor())
            return result

    return run


def environment() -> dict[str, str]:
    """The environment without what the surrounding pytest put into it."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "EVCONFORM", "PYTHONWARNINGS"))}


@pytest.fixture(scope="session")
def evconform(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The command line, as a person starts it, in an empty folder."""
    empty = tmp_path_factory.mktemp("empty")

    def run(*words: str | Path, module: str = "evconform") -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", module, *map(str, words)]
        return subprocess.run(line, cwd=empty, env=environment(), capture_output=True, text=True, check=False, timeout=60)

    return run


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A user's own folder of suites, with a case for each verdict."""
    folder = tmp_path / "suites" / "ocpp16" / "charge_point"
    folder.mkdir(parents=True)
    shutil.copyfile(Path(__file__).with_name("mine.py.txt"), folder / "test_mine.py")
    return tmp_path / "suites"


@pytest.fixture(scope="session")
def certified(evconform: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of a certification of the plain charge point; not to be changed."""
    folder = tmp_path_factory.mktemp("reports")
    done = evconform("certify", "--sut", "plain-charge-point.toml", "--report", folder)
    assert done.returncode == 0, done.stdout
    return folder / "plain-charge-point"


@pytest.fixture
def bundle(certified: Path, tmp_path: Path) -> Path:
    """A copy of that bundle, to be changed."""
    return shutil.copytree(certified, tmp_path / "bundle")
