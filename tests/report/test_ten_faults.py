"""The report of an INCH with ten faults: who knows only the report finds all ten, and can run each again."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.plan import Content
from tests.report.mocks.ten_faults import FAULTS
from tests.report.page import article, section, text_of

HERE = Path(__file__).parent
SILENT = {"changes_in_silence"}
"""What these do not send has no member; the frame that is cited says since when it was missing."""


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


def test_there_are_ten_of_different_areas(content: Content) -> None:
    law = content.catalogue.laws["ocpp16"]
    assert len({fault.module for fault in law.faults if fault.name in FAULTS}) >= 8
    assert len(FAULTS) == 10


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_from_the_page_alone(content: Content, page: str, report: dict[str, Any], name: str) -> None:
    fault = next(each for each in content.catalogue.laws["ocpp16"].faults if each.name == name)
    row = report["requirements"][fault.kills]
    assert row["verdict"] in ("fail", "warn")
    shown = article(section(page, "failures") + section(page, "warnings"), row["broken_in"][0])
    assert f"{fault.kills} {row['level']} {row['clause']} Expected {row['says']} Observed" in text_of(shown)
    assert "tester → product" in shown
    assert "product → tester" in shown
    cites = [part for part in shown.split("<li ") if "▲ cited" in part and fault.kills in part]
    assert cites
    assert any("<mark>" in part for part in cites) or name in SILENT
    if row["verdict"] == "fail":
        assert f'href="#req-{fault.kills}"' in section(page, "failures").split("<article")[0], "it stands in the list on top"


@pytest.mark.parametrize("name", ["long_ids", "stops_what_does_not_run"])
def test_the_command_works_when_pasted(content: Content, report: dict[str, Any], folder: Path, page: str, name: str) -> None:
    fault = next(each for each in content.catalogue.laws["ocpp16"].faults if each.name == name)
    case = report["requirements"][fault.kills]["broken_in"][0]
    command = re.search(r'<pre class="command">(.*?)</pre>', article(page, case))
    assert command
    words = shlex.split(text_of(command[1]))
    assert words[0] == "evconform"
    before = (folder / "reports/ten-faults/report.html").read_bytes()
    done = evconform(*words[1:], cwd=folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{case}: " in done.stdout
    again = json.loads((folder / "reports/again/ten-faults/report.json").read_text("utf-8"))
    assert again["requirements"][fault.kills]["verdict"] == "fail"
    assert (folder / "reports/ten-faults/report.html").read_bytes() == before, "the report is not written over"


def test_the_bundle_is_whole_and_its_pages_link_back(folder: Path, report: dict[str, Any]) -> None:
    done = evconform("judge", "reports/ten-faults", "--mocks", str(HERE / "mocks"), cwd=folder)
    pages = {file.stem for file in (folder / "reports/ten-faults/cases").iterdir()}
    assert pages == {case["id"] for case in report["cases"]}
    manifest = (folder / "reports/ten-faults/MANIFEST.sha256").read_text("utf-8")
    assert all(f"cases/{id}.html" in manifest for id in pages)
    assert "all agree" in done.stdout, done.stdout + done.stderr
