"""The writers of a check and of a difference, and the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from evconform.cli_check import names_in
from evconform.harness.verdict import UsageError
from evconform.report.checked import run, writers
from evconform.report.difference import model, side
from evconform.report.difference import writers as differences
from tests.field.conftest import LOGS, Checks

CLEAN, FAULTY = "mock-clean.wire.jsonl", "mock-faulty.wire.jsonl"


def evconform(*line: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "evconform", *line]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=120)


def test_the_command_writes_every_kind(tmp_path: Path) -> None:
    files = {kind: tmp_path / f"check.{kind}" for kind in ("html", "markdown", "json")}
    options = [item for kind, file in files.items() for item in (f"--{kind}", str(file))]
    done = evconform("check", str(LOGS / FAULTY), *options)
    assert (done.returncode, done.stderr) == (1, "")
    assert "FAIL OCPP16-4.10-05 (OCPP 1.6 edition 2, 4.10, 6.49), FAULTY-1, once by the charge point" in done.stdout
    assert f"{LOGS / FAULTY}:51: " in done.stdout
    check = json.loads(files["json"].read_text())
    for kind in ("html", "markdown"):
        text = files[kind].read_text("utf-8")
        assert all(finding["requirement"] in text for finding in check["findings"])
        assert "ETREL INCH 1.12" in text
    assert "<script" not in files["html"].read_text("utf-8")


def test_exit_codes(tmp_path: Path) -> None:
    assert evconform("check", str(LOGS / CLEAN)).returncode == 0
    assert evconform("check", str(LOGS / CLEAN), "--complete").returncode == 2
    assert evconform("check", "-", stdin="nothing").returncode == 5
    missing = evconform("check", str(tmp_path / "none"))
    assert (missing.returncode, missing.stderr) == (4, f"evconform: {tmp_path / 'none'}: No such file or directory\n")
    assert evconform("check", str(LOGS / CLEAN), "--law", "x").returncode == 4
    assert evconform("check", str(LOGS / CLEAN), "--html", str(tmp_path)).returncode == 4


def test_what_a_log_holds_cannot_break_a_page(checks_text: Checks) -> None:
    evil = "<script>alert(1)</script>|`*_\\u202e"
    check = checks_text(f'CP<b>: receive message [2,"{"x" * 37}","{evil}",{{}}]\n')
    page, text, lines = writers.as_html(check), writers.as_markdown(check), list(writers.on_terminal(check))
    assert "<script" not in page
    assert "<script" not in text.replace("```text", "").split("```")[0]
    assert not any("\u202e" in each for each in (page, text, *lines))


@pytest.mark.parametrize("text", ["text", "text=", "=x", "colour=x", "time=ts"])
def test_a_map_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="--map"):
        names_in(text)


def test_following_tells_what_is_new_and_ends_when_it_is_stopped(
    law: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "growing.log"
    lines = (LOGS / "evcc.log").read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:20]))
    stages = [lines[20:30], lines[30:]]
    tell = writers.News(redacted=False)

    def news(check: Any) -> None:
        tell(check)
        if stages:
            with file.open("a") as out:
                out.writelines(stages.pop(0))
        else:
            raise KeyboardInterrupt

    check = writers.said(run.check(law, run.Asked([str(file)], follow=True), news), redacted=False)
    assert check["logs"][0]["messages"] == 34
    assert not check["interrupted"]
    told = {f["requirement"] for f in check["findings"]}
    assert told >= {"OCPP16-4.9-06", "OCPP16-4.10-05", "OCPP16-6.46-31"}
    printed = capsys.readouterr().out
    assert all(printed.count(f" {id} ") == 1 for id in told)
    assert threading.active_count() == 1


def sides(checks: Checks, tmp_path: Path) -> tuple[Path, Path]:
    for name in (CLEAN, FAULTY):
        (tmp_path / name).write_text(json.dumps(checks(LOGS / name)))
    return tmp_path / CLEAN, tmp_path / FAULTY


def test_a_difference_of_two_checks(checks: Checks, tmp_path: Path) -> None:
    clean, faulty = sides(checks, tmp_path)
    said = model.Difference(side.read(str(clean)), side.read(str(faulty))).as_json()
    failing = {row["id"] for row in said["changes"]["newly failing"]}
    assert failing == {"OCPP16-4.10-05", "OCPP16-4.9-06", "OCPP16-METER-04", "OCPP16J-4.1.4-02"}
    assert said["exit"] == 1
    back = model.Difference(side.read(str(faulty)), side.read(str(clean))).as_json()
    assert {row["id"] for row in back["changes"]["newly passing"]} == failing
    assert back["exit"] == 0
    for text in (differences.as_html(said), differences.as_markdown(said), "\n".join(differences.on_terminal(said))):
        assert all(id in text for id in failing)


def test_no_difference(checks: Checks, tmp_path: Path) -> None:
    clean, _ = sides(checks, tmp_path)
    done = evconform("diff", str(clean), str(clean))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Nothing changed.")


STATES = [
    ("pass", "fail", "newly failing"),
    ("pass", "warn", "newly failing"),
    ("fail", "pass", "newly passing"),
    ("warn", "pass", "newly passing"),
    ("pass", "inconclusive", "newly inconclusive"),
    ("fail", "lacks context", "newly inconclusive"),
    ("pass", "not seen", "no longer seen"),
    ("untested", "pass", "newly judged"),
    ("inconclusive", "fail", "newly failing"),
    ("untested", "not seen", ""),
    ("not applicable", "pass", ""),
    ("pass", "pass", ""),
]


@pytest.mark.parametrize(("then", "now", "part"), STATES)
def test_moves(then: str, now: str, part: str) -> None:
    assert model.moved(then, now) == part


def test_counts_and_timings() -> None:
    def changes(then: side.State, now: side.State) -> list[tuple[str, str, str]]:
        return list(model.changed(then, now))

    assert changes(side.State("fail", 1), side.State("fail", 3)) == [("changed counts", "once", "3 times")]
    assert changes(side.State("pass", margin=5.0), side.State("pass", margin=0.5)) == [
        ("changed timings", "kept by 5.0 s", "kept by 0.5 s")
    ]
    assert changes(side.State("pass", seconds=10.0), side.State("pass", seconds=11.5)) == []
    assert changes(side.State("pass", seconds=10.0), side.State("pass", seconds=15.0)) == [
        ("changed timings", "10.0 s", "15.0 s")
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema":"evconform-check/1"}', '{"schema":7}', '{"schema":"x"}'])
def test_what_is_neither(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"x\.json"):
        side.read(str(file))
