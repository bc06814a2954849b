"""The reference CPO in a process of its own, judged over its operator's HTTP API: a foreign central system as any other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reference.served import TOKEN, Served

SUT = "fixtures/suts/reference-cpo-served.toml"
SOAP = ("--soap", "http://127.0.0.1:0/ocpp", "--allow", "loopback")
ROOT = Path(__file__).parents[2]
SMOKE = {"": "OCPP16-CS-CONN-01", ".soap": "OCPP16S-CS-REACH-01.soap"}
"""The case that goes first, by column."""
LEFT = '''
"""A case that leaves a transaction running."""
from evconform.harness.law import testcase
from suites.ocpp16 import spoken
from suites.ocpp16.driven import ACCEPTED


@testcase("MY-LEFT-1", verifies=["OCPP16-4.8-34"])
async def test_a_transaction_is_left(charge_point):
    """A transaction is accepted, and left running."""
    await charge_point.registers()
    await spoken.starts(charge_point, expects=ACCEPTED, proves="OCPP16-4.8-34")


@testcase("MY-LEFT-2", verifies=["OCPP16-4.8-34"])
async def test_b_the_next_one_is_accepted(charge_point):
    """The same idTag starts another one."""
    await charge_point.registers()
    answer = await spoken.starts(charge_point, connectorId=2, expects=ACCEPTED, proves="OCPP16-4.8-34")
    await spoken.stops(charge_point, answer.get("transactionId"))
'''


def evconform(*words: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "evconform", *map(str, words)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def sut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The shipped SUT file with the ports of a CPO that holds what `evconform provision` says."""
    folder = tmp_path_factory.mktemp("served")
    held = folder / "provision.toml"
    held.write_text(evconform("provision", "--sut", SUT, "--toml").stdout)
    served = Served(f"sqlite:///{folder}/served.db", "--provision", str(held), *SOAP, output=folder / "errors")
    text = (ROOT / SUT).read_text("utf-8").replace("ws://127.0.0.1:9000/ocpp", served.charge_points)
    text = text.replace("http://127.0.0.1:9001/ocpp", served.soap)
    file = folder / "served.toml"
    file.write_text(text.replace("http://127.0.0.1:8080", served.operator).replace("change-me", TOKEN))
    yield file
    assert served.stop() == 0


def test_its_control_works(sut: Path) -> None:
    done = evconform("control", "check", "--sut", sut)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "6 actions: 6 in order, 0 not declared, 0 failed"


def test_what_a_case_leaves_running_does_not_reach_the_next(sut: Path, tmp_path: Path) -> None:
    own = tmp_path / "suites" / "ocpp16" / "central_system"
    own.mkdir(parents=True)
    (own / "test_left.py").write_text(LEFT)
    cases = [word for case in ("MY-LEFT-1", "MY-LEFT-2", "OCPP16-CS-CONN-01") for word in ("--case", case)]
    done = evconform("run", "--sut", sut, "--suites", tmp_path / "suites", "--report", tmp_path / "reports", *cases)
    assert done.returncode == 0, done.stdout + done.stderr
    wire = (tmp_path / "reports" / "served" / "wire.jsonl").read_text("utf-8")
    assert wire.count('"why":"what a case left running"') == 2, "once in each column"


@pytest.mark.parametrize("case", ["OCPP16-CS-TX-01", "OCPP16-CS-RSTOP-01", "OCPP16-CS-RES-01", "OCPP16-CS-SC-06"])
@pytest.mark.parametrize("column", ["", ".soap"])
def test_a_moved_case_passes_on_wall_time(sut: Path, tmp_path: Path, case: str, column: str) -> None:
    case += column
    done = evconform("run", "--sut", sut, "--report", tmp_path, "--case", SMOKE[column], "--case", case)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "served" / "report.json").read_text("utf-8"))
    assert {each["id"]: each["verdict"] for each in report["cases"]}[case] == "pass"
    again = evconform("judge", tmp_path / "served")
    assert again.returncode == 0, again.stdout
