"""Where the base state of a foreign charge point ends, and so what is seen as a situation of a case."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from evconform.harness import wire
from tests.harness.person import SUT, Charger, report_in, reserved_port
from tests.harness.test_base_state import BENCH

Run = Callable[..., "subprocess.CompletedProcess[str]"]
CONTROL = 'kind = "python"\nentry = "stdin_bench:Bench"\n[control.options]\ncommands = "/proc/{pid}/fd/0"'
CASES = '''
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem


@testcase("MINE-04", verifies=["OCPP16-5.14-04"])
async def test_leaves_it_at_the_door(central_system: ScriptedCentralSystem) -> None:
    """It connects anew after a Reset, and nobody waits for what it says then."""
    await central_system.calls("Reset", type="Soft", expects={"status": "Accepted"})
    await central_system.hears_frame(kind="request", within=central_system.boot_patience)


@testcase("MINE-05", verifies=["OCPP16-4.9-11"])
async def test_finds_it_booted(central_system: ScriptedCentralSystem) -> None:
    """It says nothing: all that the Reset set off came before."""
    await central_system.hears_no(for_=3)
'''


@pytest.fixture
def bundle(tmp_path: Path, evconform: Run) -> Path:
    """What a run of both cases came to."""
    mine = tmp_path / "suites" / "ocpp16" / "charge_point"
    mine.mkdir(parents=True)
    (mine / "test_left_at_the_door.py").write_text(CASES)
    (tmp_path / "stdin_bench.py").write_text(BENCH)
    sut = tmp_path / "inch.toml"
    with reserved_port() as port:
        charger = Charger(tmp_path, port)
        sut.write_text(SUT.format(port=port, control=CONTROL.format(pid=charger.process.pid)))
        own = ("--suites", tmp_path / "suites", "--report", tmp_path / "r")
        evconform("run", "--sut", sut, *own, "--case", "MINE-04", "--case", "MINE-05")
        charger.ends()
    return tmp_path / "r" / "inch"


def test_what_a_case_set_off_comes_before_the_next_begins_and_shows_nothing_in_it(bundle: Path) -> None:
    """The boot after a Reset and the statuses that follow are no situation of the next case."""
    entries = list(wire.read(bundle / "wire.jsonl"))
    anew = max(e.n for e in entries if e.kind == "request")
    base = max(e.n for e in entries if e.mark == "base-state")
    said = [e.n for e in entries if e.by == "sut" and e.kind == "text" and "Notification" in str(e.data) and e.n > anew]
    assert said
    assert max(said) < base
    assert report_in(bundle)["cases"][-1]["requirements"] == {"OCPP16-4.9-11": "inconclusive"}
