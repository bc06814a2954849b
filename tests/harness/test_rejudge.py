"""Judging a bundle again: it agrees with a fresh one, and no doctored verdict survives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.verdict import UsageError
from evconform.report import bundle as bundles
from evconform.report.rejudge import rejudge

Report = dict[str, Any]
CASE = "OCPP16-CP-BOOT-01"


def doctor(bundle: Path, change: Callable[[Report], Any]) -> None:
    """Changes report.json, and makes the manifest fit."""
    file = bundle / "report.json"
    report = json.loads(file.read_text("utf-8"))
    change(report)
    file.write_text(json.dumps(report), "utf-8")
    (bundle / bundles.MANIFEST).write_text(bundles.manifest(bundle), "utf-8")


def test_a_fresh_bundle_agrees(certified: Path) -> None:
    agreed, [line] = rejudge(certified)
    assert agreed
    assert line.endswith("all agree; the bundle is as it was written")


def test_a_doctored_bundle_that_was_not_doctored_agrees(bundle: Path) -> None:
    doctor(bundle, lambda report: None)
    assert rejudge(bundle)[0]


def case_of(report: Report) -> Report:
    return next(c for c in report["cases"] if c["id"] == CASE)


def first_requirement(report: Report) -> str:
    return next(iter(case_of(report)["requirements"]))


DOCTORED: dict[str, Callable[[Report], Any]] = {
    "verdict of a case": lambda r: case_of(r).update(verdict="fail"),
    "requirement in a case": lambda r: case_of(r)["requirements"].update({first_requirement(r): "fail"}),
    "requirement left out of a case": lambda r: case_of(r)["requirements"].pop(first_requirement(r)),
    "requirement put into a case": lambda r: case_of(r)["requirements"].update({"OCPP16-9-99": "pass"}),
    "case left out": lambda r: r["cases"].remove(case_of(r)),
    "case put in": lambda r: r["cases"].append(case_of(r) | {"id": "OCPP16-CP-BOOT-99"}),
    "case put in twice": lambda r: r["cases"].append(case_of(r)),
    "findings of a case": lambda r: case_of(r).update(findings=[]),
    "reason of a case": lambda r: case_of(r).update(reason="all is well"),
    "standing of a case": lambda r: case_of(r).update(standing="waived"),
    "verdict of a requirement": lambda r: r["requirements"][first_requirement(r)].update(verdict="fail"),
    "verdict of a set": lambda r: r["footer"]["sets"][0].update(verdict="fail"),
    "sentence of a set": lambda r: r["footer"]["sentences"].__setitem__(0, "It conforms to everything."),
    "count": lambda r: r["footer"]["counts"].update({"pass": 1000}),
    "exit code": lambda r: r["footer"].update(exit=1),
    "planned cases": lambda r: r["header"]["planned"].pop(),
    "tolerance": lambda r: r["header"].update(tolerance=1e6),
}


@pytest.mark.parametrize("change", DOCTORED)
def test_a_doctored_report_with_a_manifest_that_fits_is_caught(bundle: Path, change: str) -> None:
    doctor(bundle, DOCTORED[change])
    agreed, lines = rejudge(bundle)
    assert not agreed
    assert lines


def test_a_doctored_verdict_is_named_with_both_sayings(bundle: Path) -> None:
    doctor(bundle, DOCTORED["verdict of a case"])
    assert rejudge(bundle)[1][0].startswith(f"{CASE}: the report says fail, the wire log pass")


@pytest.mark.parametrize("name", ["wire.jsonl", "report.json", "report.html", "junit.xml"])
def test_a_changed_file_is_told_before_any_verdict(bundle: Path, name: str) -> None:
    file = bundle / name
    content = file.read_bytes().replace(b"evconform", b"evconf0rm")
    file.write_bytes(content + (b" " if content == file.read_bytes() else b""))
    agreed, [line] = rejudge(bundle)
    assert not agreed
    assert line.startswith(name)


@pytest.mark.parametrize(
    "content",
    ["", "no JSON", "[]", "3", "null", "{}", '{"header": {}}', '{"header": [], "cases": []}', '{"header": 3}'],
)
def test_a_folder_whose_report_is_none_is_a_usage_error(bundle: Path, content: str) -> None:
    (bundle / "report.json").write_text(content)
    (bundle / bundles.MANIFEST).write_text(bundles.manifest(bundle), "utf-8")
    with pytest.raises(UsageError, match=rf"^{bundle}: [^\n]+$"):
        rejudge(bundle)


def test_a_folder_without_a_report_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"^{tmp_path}: no bundle: [^\n]+$"):
        rejudge(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r["header"]["law"].update(name="ocpp99"),
        lambda r: r["header"].pop("pics"),
        lambda r: r["header"]["sut"].pop("role"),
    ],
    ids=["unknown law", "no pics", "no role"],
)
def test_a_header_that_is_not_that_of_the_log_is_caught(bundle: Path, change: Callable[[Report], Any]) -> None:
    doctor(bundle, change)
    agreed, lines = rejudge(bundle)
    assert not agreed
    assert all(line.startswith("header: ") for line in lines)


def test_a_bundle_of_another_shape_is_a_usage_error(bundle: Path) -> None:
    doctor(bundle, lambda r: case_of(r).pop("verdict"))
    with pytest.raises(UsageError, match=rf"^{bundle}: [^\n]+$"):
        rejudge(bundle)
