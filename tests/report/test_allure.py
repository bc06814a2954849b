"""Allure results: counts, labels, steps and attachments are the model's, and nothing of this machine is in them."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from evconform.harness import wire
from evconform.harness.campaign import Plan
from evconform.harness.verdict import Verdict
from evconform.harness.waivers import Waiver
from evconform.report import allure
from evconform.report.model import Report
from tests.report.page import BROKEN, FAILED, PASSWORD, Log, blank, judged

HOSTILE = "<script>\x00\x1b\ud800\u202e\U0001f600"


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """Case id to its result."""
    loaded = [json.loads(file.read_text("utf-8")) for file in folder.glob("*-result.json")]
    return {labels(each)["testcase"][0]: each for each in loaded}


def labels(result: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for label in result["labels"]:
        found.setdefault(label["name"], []).append(label["value"])
    return found


@pytest.fixture(scope="module")
def written(failed: tuple[Report, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("allure")
    allure.write(*failed, folder)
    return folder


def test_there_is_a_result_for_each_case_that_ran(written: Path, failed: tuple[Report, Path]) -> None:
    report = failed[0]
    found = results(written)
    assert found.keys() == {result.id for result in report.results}
    counts = Counter(labels(each)["verdict"][0] for each in found.values())
    assert {str(verdict): counts[str(verdict)] for verdict in Verdict} == {str(v): report.counts[str(v)] for v in Verdict}
    assert {id: each["status"] for id, each in found.items()}[FAILED] == "failed"


def test_the_labels_come_from_the_catalogue(written: Path, failed: tuple[Report, Path]) -> None:
    law = failed[0].plan.law
    for id, each in results(written).items():
        case, found = law.cases[id], labels(each)
        assert found["epic"] == [law.title]
        sets = [s.title for s in failed[0].sets if set(case.verifies) & set(s.requirements)]
        assert found["requirement set"] == sets
        assert found.get("feature", []) == sets[:1], "one place in the tree: no case counts twice"
        assert found["story"] == [id]
        assert found.get("tag", []) == list(case.oca)
        assert found["requirement"] == list(case.verifies)
        assert found["severity"][0] in ("blocker", "critical", "normal", "minor")
        assert each["name"] == case.title
        assert "links" not in each
        for requirement in case.verifies:
            assert law.requirements[requirement].clause in each["description"]


def test_the_steps_are_what_was_done_and_what_was_found(written: Path, failed: tuple[Report, Path]) -> None:
    [result] = [result for result in failed[0].results if result.id == FAILED]
    steps = results(written)[FAILED]["steps"]
    assert [step["name"] for step in steps[: len(result.steps)]] == result.steps
    assert not any("status" in step for step in steps[: len(result.steps)])
    found = {step["name"].split(": ")[0]: step for step in steps[len(result.steps) :]}
    assert found.keys() >= result.requirements.keys()
    assert found[BROKEN]["status"] == "failed"
    assert f"(frames {result.findings[0].frames[0]}" in json.dumps(steps) or result.findings[0].frames == []


def test_the_frames_of_a_case_are_attached_twice(written: Path, failed: tuple[Report, Path]) -> None:
    report, log = failed
    entries = {entry.n: entry for entry in wire.read(log)}
    for result in report.results:
        text, data = results(written)[result.id]["attachments"]
        assert (text["type"], data["type"]) == ("text/plain", "application/json")
        rows = json.loads((written / data["source"]).read_text("utf-8"))
        assert [row["n"] for row in rows] == list(range(result.begin, result.end + 1))
        assert all(row.get("data", "") == entries[row["n"]].data for row in rows)
        assert len((written / text["source"]).read_text("utf-8").splitlines()) >= len(rows)


def test_the_same_report_gives_the_same_files(written: Path, failed: tuple[Report, Path], tmp_path: Path) -> None:
    allure.write(*failed, tmp_path)
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == {f.name: f.read_bytes() for f in written.iterdir()}


def test_history_follows_a_case_and_not_a_product(written: Path, failed: tuple[Report, Path], tmp_path: Path) -> None:
    before = {id: each["historyId"] for id, each in results(written).items()}
    assert len(set(before.values())) == len(before)
    later = replace(failed[0], began=failed[0].began + timedelta(days=1))
    allure.write(later, failed[1], tmp_path / "later")
    assert {id: each["historyId"] for id, each in results(tmp_path / "later").items()} == before
    assert not {f.name for f in (tmp_path / "later").glob("*-*")} & {f.name for f in written.iterdir()}
    other = replace(failed[0], plan=replace(failed[0].plan, sut=failed[0].plan.sut.model_copy(deep=True)))
    other.plan.sut.sut.product = "another"
    allure.write(other, failed[1], tmp_path / "other")
    assert not {each["historyId"] for each in results(tmp_path / "other").values()} & set(before.values())


def test_no_host_no_process_and_no_thread_is_named(written: Path) -> None:
    for each in results(written).values():
        assert not {"host", "thread"} & labels(each).keys()
        words = json.dumps(each)
        assert f'"{socket.gethostname()}"' not in words
        assert threading.current_thread().name not in words
        assert f"{os.getpid()}-" not in words
        assert str(Path.home()) not in words


def test_a_waived_case_is_skipped_and_keeps_its_verdict(failed: tuple[Report, Path], tmp_path: Path) -> None:
    waiver = Waiver(testcase=FAILED, reason="mended in 2.5", link="A-1", owner="we", expires=date(2099, 1, 1))
    allure.write(replace(failed[0], mode="run", waivers={FAILED: waiver}), failed[1], tmp_path)
    each = results(tmp_path)[FAILED]
    assert each["status"] == "skipped"
    assert labels(each)["verdict"] == ["fail"]
    assert "mended in 2.5" in each["statusDetails"]["message"]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_its_category(plan: Plan, log: Log, tmp_path: Path, verdict: Verdict) -> None:
    allure.write(judged(plan, verdict, frames=[2], end=3), log("[2]"), tmp_path / "a")
    each = results(tmp_path / "a")[FAILED]
    assert labels(each)["verdict"] == [str(verdict)]
    if verdict is not Verdict.PASS:
        assert each["statusDetails"]["message"].startswith(f"{verdict}: ")
        assert f"--case {FAILED}" in each["statusDetails"]["trace"]
    assert (each["status"] == "passed") == (verdict in (Verdict.PASS, Verdict.WARN))


def test_hostile_data_and_secrets(plan: Plan, log: Log, tmp_path: Path) -> None:
    path = log(HOSTILE, b"\xff\x00" + HOSTILE.encode("utf-8", "surrogatepass"), f"a {PASSWORD}")
    report = judged(plan, says=HOSTILE + PASSWORD, frames=[2], end=5)
    report.plan = replace(plan, sut=plan.sut.model_copy(deep=True))
    report.plan.sut.sut.product = HOSTILE
    report.plan.sut.endpoint.password = SecretStr(PASSWORD)
    report.results[0].steps = [HOSTILE, "[99999999999999999999] x", "[²] y", "[", ""]
    allure.write(report, path, tmp_path / "a")
    each = results(tmp_path / "a")[FAILED]
    rows = json.loads((tmp_path / "a" / each["attachments"][1]["source"]).read_text("utf-8"))
    assert rows[1]["data"] == HOSTILE
    assert base64.b64decode(rows[2]["b64"]).startswith(b"\xff\x00<script>")
    assert not [f.name for f in (tmp_path / "a").iterdir() if PASSWORD.encode() in f.read_bytes()]


def test_a_log_that_is_torn_or_gone_leaves_the_verdicts(plan: Plan, log: Log, tmp_path: Path) -> None:
    report, path = judged(plan, frames=[2], end=4), log("[2]", "[3]")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1] + b"garbage\n" + lines[3])
    allure.write(report, path, tmp_path / "torn")
    assert "could not be read to its end" in results(tmp_path / "torn")[FAILED]["steps"][-1]["name"]
    allure.write(report, tmp_path / "none", tmp_path / "gone")
    assert "attachments" not in results(tmp_path / "gone")[FAILED]
    allure.write(blank(plan), path, tmp_path / "unfinished")
    assert results(tmp_path / "unfinished") == {}


def evconform(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "evconform", "run", "--sut", "plain-charge-point.toml", "--case", "OCPP16-CP-BOOT-01"]
    return subprocess.run([*line, "--report", str(folder / "r"), *words], capture_output=True, text=True, timeout=60, check=False)


def test_the_option_adds_results_beside_the_bundle(tmp_path: Path) -> None:
    done = evconform(tmp_path, "--allure", str(tmp_path / "a" / "b"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert results(tmp_path / "a" / "b").keys() == {"OCPP16-CP-BOOT-01", "OCPP16-CP-BOOT-01.soap"}
    assert "--allure" not in (tmp_path / "r" / "plain-charge-point" / "report.json").read_text("utf-8")


@pytest.mark.parametrize("where", ["r/plain-charge-point", "r/plain-charge-point/allure", "file"])
def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    done = evconform(tmp_path, "--allure", str(tmp_path / where))
    assert done.returncode == 4, done.stdout + done.stderr
    assert f"--allure {tmp_path / where}" in done.stderr
    assert "Traceback" not in done.stderr
