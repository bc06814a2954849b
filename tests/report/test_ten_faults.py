"""The report of an INCH with ten faults: who knows only the report finds all ten, and can run each again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.plan import Content
from tests.report.mocks.ten_faults import FAULTS
from tests.report.page import article, section, text_of

HERE = Path(__file__).parent
EXITS = {"fail": 1, "inconclusive": 2, "warn": 0}


def evconform(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "evconform", *words]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certification was run, and its bundle."""
    folder = tmp_path_factory.mktemp("ten")
    done = evconform("certify", "--sut", str(HERE / "ten-faults.toml"), "--mocks", str(HERE / "mocks"), cwd=folder)
    assert done.returncode == 1, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "reports/ten-faults/report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "reports/ten-faults/report.json").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def wire(folder: Path) -> dict[int, dict[str, Any]]:
    """The lines of the wire log by their number."""
    lines = map(json.loads, (folder / "reports/ten-faults/wire.jsonl").read_text("utf-8").splitlines())
    return {line["n"]: line for line in lines}


def test_there_are_ten_of_different_areas(content: Content) -> None:
    law = content.catalogue.laws["ocpp16"]
    assert len({fault.module for fault in law.faults if fault.name in FAULTS}) >= 8
    assert len(FAULTS) == 10


TOLD = {
    "asks_before_it_stops": ("OCPP16-4.1-02", "heard Authorize CALL", '"idTag":"FA2AFD77"'),
    "changes_in_silence": ("OCPP16-5.2-04", "expected StatusNotification CALL (connectorId=1, status=Unavailable)", ""),
    "impatient_after_refusal": ("OCPP16-4.2-03", "sent again after 10.0 s of 20 s", '"BootNotification"'),
    "says_nothing_of_unknown_keys": ("OCPP16-5.8-03", "/unknownKey lacks 'evconformnosuchkey'", '"configurationKey":['),
    "long_ids": ("OCPP16J-4.1.4-02", "the message id has 37 characters", '"'),
    "leaves_a_phase_out": ("OCPP16-3.16.3-01", "/sampledValue lacks Current.Import of L3", '"sampledValue":['),
    "tries_again_soon": ("OCPP16-3.7.1-02", "expected no StopTransaction CALL for 29.5 s", '"StopTransaction"'),
    "stops_what_does_not_run": (
        "OCPP16-5.12-01",
        'heard CALLRESULT for RemoteStopTransaction {"status": "Accepted"}',
        '"status":"Accepted"',
    ),
    "communication_error_while_charging": (
        "OCPP16-4.9-06",
        "heard StatusNotification CALL",
        '"errorCode":"EVCommunicationError"',
    ),
    "meter_stop_below_meter_start": ("OCPP16-4.10-05", "/meterStop is 210, and /meterStart was 100000", '"meterStop":210'),
}
"""Fault to what the report has to say of it: the requirement, what was observed, and the member that is marked. What is
not sent has none; there the frame that is cited says since when it was missing."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_from_the_page_alone(
    content: Content, page: str, report: dict[str, Any], wire: dict[int, dict[str, Any]], name: str
) -> None:
    requirement, observed, member = TOLD[name]
    assert next(each.kills for each in content.catalogue.laws["ocpp16"].faults if each.name == name) == requirement
    row = report["requirements"][requirement]
    where = "failures" if row["verdict"] == "fail" else "warnings"
    assert f'href="#req-{requirement}"' in section(page, where).split("<article")[0], "it stands in the list on top"
    shown = article(page, row["broken_in"][0])
    assert f"{requirement} {row['level']} {row['clause']}" in text_of(shown)
    assert f"{row['says']} Observed" in text_of(shown)
    assert observed in text_of(shown)
    assert "tester → product" in shown
    assert "product → tester" in shown
    cites = [part for part in shown.split("<li ") if 'class="cite"' in part and f"req-{requirement}" in part]
    assert cites
    for part in cites:
        number = re.search(r'id="frame-[\w.-]+-(\d+)"', part)
        assert number
        assert said(part) == wire[int(number[1])]["data"], "the frame is the one of wire.jsonl, whole"
    marks = [re.sub(r"\s", "", unescape(mark)) for part in cites for mark in re.findall("<mark>(.*?)</mark>", part)]
    assert any(member in mark for mark in marks) if member else not marks


def said(part: str) -> str:
    """The data of a frame on the page."""
    found = re.search("<pre>(.*?)</pre>", part, re.DOTALL)
    assert found
    return unescape(re.sub("</?mark>", "", found[1]))


def test_nothing_but_the_faults_and_what_follows_from_them_is_told(report: dict[str, Any]) -> None:
    broken = {id for id, row in report["requirements"].items() if row["broken_in"]}
    follows = {
        "OCPP16-4.2-05",  # boots again too soon, after Rejected
        "OCPP16-5.2-05",  # a silent change, of connector 0
        "OCPP16-METER-04",  # meterStop below meterStart
        *("OCPP16-PICS-03", "OCPP16-METER-03"),  # the phase that is left out
        *("OCPP16-3.7-03", "OCPP16-3.7.1-01"),  # a message that is repeated too soon
    }
    assert broken == {requirement for requirement, _, _ in TOLD.values()} | follows


def test_every_command_works_when_pasted(report: dict[str, Any], folder: Path, page: str) -> None:
    """In a shell, from the folder where the run was started; each comes to the same verdicts."""
    before = (folder / "reports/ten-faults/report.html").read_bytes()
    cases = {case["id"]: case for case in report["cases"]}
    told = re.findall(r'<article class="case \w+" id="evidence-([\w-]+)"', page)
    assert len(told) == len(set(told)) > 12
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for case in told:
        command = re.search(r'<pre class="command">(.*?)</pre>', article(page, case))
        assert command
        line = unescape(command[1])
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "PATH": path},
        )
        assert done.returncode == EXITS[cases[case]["verdict"]], f"{line}\n{done.stdout}{done.stderr}"
        again = json.loads((folder / "reports/again/ten-faults/report.json").read_text("utf-8"))
        [ran] = again["cases"]
        assert (ran["id"], ran["verdict"]) == (case, cases[case]["verdict"])
        assert ran["requirements"] == cases[case]["requirements"], line
    assert (folder / "reports/ten-faults/report.html").read_bytes() == before, "the report is not written over"


def test_the_bundle_is_whole_and_its_pages_link_back(folder: Path, report: dict[str, Any]) -> None:
    done = evconform("judge", "reports/ten-faults", "--mocks", str(HERE / "mocks"), cwd=folder)
    pages = {file.stem for file in (folder / "reports/ten-faults/cases").iterdir()}
    assert pages == {case["id"] for case in report["cases"]}
    manifest = (folder / "reports/ten-faults/MANIFEST.sha256").read_text("utf-8")
    assert all(f"cases/{id}.html" in manifest for id in pages)
    assert "all agree" in done.stdout, done.stdout + done.stderr
