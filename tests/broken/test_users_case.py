"""A bug in a user's own test case: an error of the harness, exit code 3, and the other cases run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = '''
from evconform.harness.law import testcase
from evconform.ocpp.scripted_central_system import ScriptedCentralSystem


@testcase("MY-01", verifies=["OCPP16J-2-02"])
async def test_mine(central_system: ScriptedCentralSystem) -> None:
    """It answers a ping."""
'''
SUT = """
[sut]
product = "plain"
version = "1"
role = "charge-point"
speaks = ["ocpp1.6-json"]
pics = "plain-charge-point.toml"
[endpoint]
identity = "PLAIN 1"
password = "0123456789abcdef0123"
[control]
kind = "embedded"
party = "inch"
"""
Command = Callable[..., tuple[int, str]]
SMOKE, NEXT = "OCPP16-CP-CONN-01", "OCPP16-CP-FRAME-05"


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    """The user's own folder of suites."""
    folder = tmp_path / "suites" / "ocpp16" / "charge_point"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("bug", "says"),
    [
        ("{}['missing']", "KeyError"),
        ("await central_system.hums()", "AttributeError"),
        ("await central_system.hears_frame(no_such_predicate=1)", "KeyError"),
        ("await central_system.pings(proves='NO-SUCH-ROW')", "NO-SUCH-ROW"),
        ("raise SystemExit('leave')", "SystemExit"),
        ("assert False, 'an assertion of mine'", "AssertionError"),
    ],
)
def test_a_case_that_breaks_is_an_error_and_the_next_runs(run: Any, suites: Path, bug: str, says: str) -> None:
    (suites / "test_mine.py").write_text(f"{HEAD}    {bug}\n", "utf-8")
    outcome = run(SUT, SMOKE, "MY-01", NEXT, own=("--suites", suites.parent.parent))
    assert outcome.code == 3, outcome.said
    assert outcome.cases == {SMOKE: "pass", "MY-01": "error", NEXT: "pass"}
    assert any(says in case["reason"] for case in outcome.report["cases"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def broken(:\n", "SyntaxError"),
        ("import no_such_module_anywhere\n", "no_such_module_anywhere"),
        (HEAD.replace("OCPP16J-2-02", "NO-SUCH-ROW") + "    await central_system.pings()\n", "NO-SUCH-ROW"),
    ],
    ids=["syntax", "import", "requirement"],
)
def test_a_file_that_cannot_be_loaded_is_named_in_a_line(
    command: Command, tmp_path: Path, suites: Path, text: str, says: str
) -> None:
    (suites / "test_mine.py").write_text(text, "utf-8")
    (tmp_path / "sut.toml").write_text(SUT, "utf-8")
    code, said = command("run", "--sut", tmp_path / "sut.toml", "--report", tmp_path / "r", "--suites", suites.parent.parent)
    assert code in (3, 4), said
    assert says in said
    assert "Traceback (most recent call last)" not in said
    assert "INTERNALERROR" not in said
