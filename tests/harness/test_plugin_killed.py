"""A run that is killed keeps its evidence; one that is told to stop finishes its report and says that it is incomplete."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from evconform.harness import wire
from evconform.report.bundle import tampered
from evconform.report.rejudge import rejudge

ROOT = Path(__file__).resolve().parents[2]
SUT = "plain-charge-point.toml"
GOOD = "OCPP16-CP-CONN-01"


class Started:
    """A run that hangs in its second case; ``with_cli``: through ``evconform run``, else pytest as it starts it."""

    def __init__(self, tmp_path: Path, mine: Path, with_cli: bool) -> None:
        self.bundle = tmp_path / "reports" / "plain-charge-point"
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        here = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        words = ["--sut", SUT, "--suites", str(mine), "--case", GOOD, "--case", "MINE-STUCK", "--case", "MINE-FAIL"]
        if with_cli:
            line = ["evconform", "run", "--report", str(self.bundle.parent), *words]
        else:
            line = ["pytest", "-p", "evconform.harness.plugin", "-c", str(ROOT / "evconform" / "pytest.ini"), f"--rootdir={ROOT}"]
            line += ["--report", str(self.bundle), *words, str(ROOT / "suites"), str(mine)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "EVCONFORM"))}
        environment |= {"MINE_IS_STUCK": str(fifo), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        self.output = (tmp_path / "output").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", *line],
            cwd=tmp_path,
            env=environment,
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,
        )
        ready, _, _ = select.select([here], [], [], 20)  # from here on the case hangs
        assert ready, self.said()
        os.close(here)

    def told(self, number: signal.Signals, group: bool = False) -> int:
        (os.killpg if group else os.kill)(self.process.pid, number)
        return self.process.wait(20)

    def said(self) -> str:
        self.output.seek(0)
        return self.output.read()

    def report(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.bundle / "report.json").read_text("utf-8"))
        return loaded


Start = Callable[[bool], Started]


@pytest.fixture
def start(tmp_path: Path, mine: Path) -> Iterator[Start]:
    started: list[Started] = []

    def start(with_cli: bool) -> Started:
        started.append(Started(tmp_path, mine, with_cli))
        return started[-1]

    yield start
    for each in started:
        with suppress(ProcessLookupError):
            os.killpg(each.process.pid, signal.SIGKILL)
        each.process.wait(20)
        each.output.close()


@pytest.mark.parametrize("with_cli", [False, True], ids=["pytest", "cli"])
def test_a_killed_run_leaves_a_report_without_a_footer_and_a_readable_log(start: Start, with_cli: bool) -> None:
    run = start(with_cli)
    run.told(signal.SIGKILL, group=True)
    report = run.report()
    assert "footer" not in report
    assert report["header"]["planned"][:1] == [GOOD]
    entries = list(wire.read(run.bundle / "wire.jsonl"))
    assert [e.facts["case"] for e in entries if e.mark == "case-begin"] == [GOOD, "MINE-STUCK"]
    assert [line for line in tampered(run.bundle) if "MANIFEST" in line] == tampered(run.bundle) != []


def stopped(run: Started) -> None:
    """The report is finished, and says that the run is not."""
    report = run.report()
    assert report["footer"]["interrupted"]
    assert report["footer"]["exit"] == 2
    assert [(c["id"], c["verdict"]) for c in report["cases"]][:1] == [(GOOD, "pass")]
    assert {c["id"]: c["verdict"] for c in report["cases"]}.get("MINE-STUCK", "inconclusive") == "inconclusive"
    assert "MINE-FAIL" not in [c["id"] for c in report["cases"]]
    assert tampered(run.bundle) == []
    assert "INCOMPLETE" in run.said()
    assert "Traceback" not in run.said()


def test_a_terminated_pytest_finishes_its_report_and_ends_with_2(start: Start) -> None:
    run = start(False)
    assert run.told(signal.SIGTERM) == 2
    stopped(run)


def test_a_terminated_command_line_finishes_its_report_and_ends_with_2(start: Start) -> None:
    run = start(True)
    assert run.told(signal.SIGTERM) == 2
    stopped(run)


def test_a_command_line_that_is_interrupted_at_the_keyboard_finishes_its_report_and_ends_with_2(start: Start) -> None:
    run = start(True)
    assert run.told(signal.SIGINT, group=True) == 2
    stopped(run)


def test_a_run_that_was_stopped_is_judged_again_to_the_same_verdicts(start: Start, mine: Path) -> None:
    run = start(False)
    run.told(signal.SIGTERM)
    assert rejudge(run.bundle, [mine]) == (True, rejudge(run.bundle, [mine])[1])
