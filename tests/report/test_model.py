"""report.json obeys its schema, complete and incomplete, and every writer's numbers are the model's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from evconform.report.model import json_schema

SUTS = ("etrel-inch", "plain-central-system")


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certification of both shipped products."""
    folder = tmp_path_factory.mktemp("reports")
    line = [sys.executable, "-m", "evconform", "certify", "--report", str(folder)]
    line += [word for sut in SUTS for word in ("--sut", f"{sut}.toml")]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL, timeout=600)
    return folder


def load(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("sut", SUTS)
def test_a_report_obeys_its_schema(reports: Path, sut: str) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(load(reports / sut))


@pytest.mark.parametrize("sut", SUTS)
def test_the_counts_of_a_report_add_up(reports: Path, sut: str) -> None:
    report = load(reports / sut)
    counts = report["footer"]["counts"]
    verdicts = [case["verdict"] for case in report["cases"]]
    assert counts["ran"] == len(verdicts) == len(report["header"]["planned"])
    assert {v: counts[v] for v in set(verdicts)} == {v: verdicts.count(v) for v in set(verdicts)}
    assert sum(counts[v] for v in ("pass", "warn", "inconclusive", "fail", "error")) == counts["ran"]


@pytest.mark.parametrize("sut", SUTS)
def test_every_verdict_has_its_evidence(reports: Path, sut: str) -> None:
    """A case that passed shows a finding for each requirement that it verifies."""
    for case in load(reports / sut)["cases"]:
        shown = {finding["requirement"] for finding in case["findings"]}
        assert case["requirements"].keys() <= shown, case["id"]


@pytest.mark.parametrize("sut", SUTS)
def test_junit_says_what_the_report_says(reports: Path, sut: str) -> None:
    report = load(reports / sut)
    root = ET.parse(reports / sut / "junit.xml").getroot()
    said = {e.get("name"): e.find("properties/property[@name='verdict']") for e in root.iter("testcase")}
    assert {id: p.get("value") for id, p in said.items() if p is not None} == {c["id"]: c["verdict"] for c in report["cases"]}


@pytest.mark.parametrize("sut", SUTS)
def test_no_secret_is_in_any_file(reports: Path, sut: str) -> None:
    for file in (reports / sut).rglob("*"):
        if file.is_file():
            assert b"0123456789abcdef0123" not in file.read_bytes(), file.name
