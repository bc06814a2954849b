"""The command line against SUTs that are broken; and what must hold of every such run."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

collect_ignore = ["hostile"]
HERE = Path(__file__).parent
MOCKS = HERE / "mocks"
RUN_WITHIN = 50
"""Seconds."""


def environment() -> dict[str, str]:
    """The environment without what the surrounding pytest put into it."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "EVCONFORM", "PYTHONWARNINGS"))}


def evconform(*words: str | Path) -> tuple[int, str]:
    """Runs the command line, bounded, with all that it starts; its exit code and what it said."""
    line = [sys.executable, "-m", "evconform", *map(str, words)]
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(), start_new_session=True
    )
    try:
        said, _ = process.communicate(timeout=RUN_WITHIN)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    return process.returncode, said


@dataclass
class Outcome:
    """What a run came to."""

    code: int
    said: str
    bundle: Path

    @property
    def report(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.bundle / "report.json").read_text("utf-8"))
        return loaded

    @property
    def cases(self) -> dict[str, str]:
        """Case to verdict."""
        return {case["id"]: case["verdict"] for case in self.report["cases"]}

    @property
    def requirements(self) -> dict[str, str]:
        return {id: row["verdict"] for id, row in self.report["requirements"].items()}


Run = Callable[..., Outcome]


def check(outcome: Any, *own: str | Path) -> None:
    """What must hold of every run, however broken the SUT: words, evidence, a report, and a second judgement that agrees."""
    check_bundle(outcome)
    code, said = evconform("judge", outcome.bundle, *own)
    assert code == 0, said
    assert "Traceback" not in said


def check_bundle(outcome: Any) -> None:
    """All that but the second judgement. ``outcome``: an Outcome, or what has its members."""
    assert "Traceback (most recent call last)" not in outcome.said
    assert "INTERNALERROR" not in outcome.said
    assert outcome.report["footer"]["exit"] == outcome.code, outcome.said
    assert (outcome.bundle / "wire.jsonl").stat().st_size
    assert "</html>" in (outcome.bundle / "report.html").read_text("utf-8")
    ElementTree.parse(outcome.bundle / "junit.xml")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command line against a SUT file with this text, and checks what must hold of every run."""

    def run(text: str, *cases: str, own: tuple[str | Path, ...] = ("--mocks", MOCKS), name: str = "sut") -> Outcome:
        file = tmp_path / f"{name}.toml"
        file.write_text(text, "utf-8")
        selected = [word for case in cases for word in ("--case", case)]
        code, said = evconform("run", "--sut", file, "--report", tmp_path / "reports", *own, *selected)
        outcome = Outcome(code, said, tmp_path / "reports" / name)
        check(outcome, *own)
        return outcome

    return run


@pytest.fixture
def command() -> Callable[..., tuple[int, str]]:
    """The command line alone: for runs that never begin."""
    return evconform
