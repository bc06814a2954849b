"""One number, one definition: every writer says what report.json says, of cases and of requirements by verdict."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from evconform.harness.content import shipped
from evconform.harness.plan import Content, find_sut, make_plan
from evconform.harness.verdict import Verdict, worst
from evconform.harness.waivers import Waiver
from evconform.report import allure, badge, bundle, html, junit, markdown, pdf
from evconform.report.model import Report
from evconform.report.terminal import summarize
from tests.report.page import FAILED, blank, campaign, over_json, section, text_of

WORDS = [str(verdict) for verdict in Verdict]


class Run(NamedTuple):
    report: Report
    log: Path


def central(content: Content, folder: Path) -> Run:
    report = blank(over_json(make_plan(content, find_sut("plain-central-system.toml", []))))
    fault = next(f for f in report.plan.law.faults if report.plan.law.roles_of(f) == ("central-system",))
    log = folder / "central.jsonl"
    campaign(report, log, fault.name, [case.id for case in report.planned[:5]])
    return Run(replace(report, finished=True), log)


def back_office(content: Content, folder: Path) -> Run:
    report, log = blank(make_plan(content, find_sut("reference-cpo-ocpi.toml", []))), folder / "cpo.jsonl"
    campaign(report, log, "has_no_connectors", ["OCPI221-CPO-LOC-01", "OCPI221-CPO-PAG-02", "OCPI221-CPO-CRE-01"])
    return Run(replace(report, finished=True), log)


def waived(run: Run) -> Run:
    waiver = Waiver(testcase=FAILED, reason="known", link="A-1", owner="we", expires=date(2099, 1, 1))
    return Run(replace(run.report, mode="run", waivers={FAILED: waiver}), run.log)


RUNS: dict[str, Callable[[Run, Run, Run], Run]] = {
    "failed": lambda failed, *_: failed,
    "waived": lambda failed, *_: waived(failed),
    "interrupted": lambda failed, *_: Run(replace(failed.report, interrupted="the run was interrupted"), failed.log),
    "killed": lambda failed, *_: Run(replace(failed.report, finished=False), failed.log),
    "begun": lambda failed, *_: Run(replace(failed.report, finished=False, results=[]), failed.log),
    "central system": lambda _, central, __: central,
    "back office": lambda *runs: runs[2],
}


@pytest.fixture(scope="module")
def of_a_central_system(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return central(content, tmp_path_factory.mktemp("central"))


@pytest.fixture(scope="module")
def of_a_back_office(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return back_office(content, tmp_path_factory.mktemp("cpo"))


@pytest.fixture(scope="module", params=RUNS)
def run(request: pytest.FixtureRequest, failed: tuple[Report, Path], of_a_central_system: Run, of_a_back_office: Run) -> Run:
    return RUNS[request.param](Run(*failed), of_a_central_system, of_a_back_office)


@pytest.fixture(scope="module")
def said(run: Run) -> dict[str, Any]:
    """report.json, and of a run that did not end what it would say."""
    return json.loads(json.dumps(replace(run.report, finished=True).as_json()))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def cases(said: dict[str, Any]) -> dict[str, int]:
    """Verdict to number of cases, counted in report.json."""
    counts = Counter(case["verdict"] for case in said["cases"])
    return {word: counts[word] for word in WORDS}


@pytest.fixture(scope="module")
def rows(said: dict[str, Any]) -> dict[str, str]:
    """Requirement to its verdict in report.json."""
    return {id: row["verdict"] for id, row in said["requirements"].items()}


@pytest.fixture(scope="module")
def levels(said: dict[str, Any]) -> dict[tuple[str, str], dict[str, int]]:
    """Set and level to the number of requirements by verdict."""
    sets = said["footer"]["sets"]
    return {(each["title"], level): counts for each in sets for level, counts in each["counts"].items() if counts}


def sentence_of_counts(said: dict[str, Any]) -> str:
    """How the pages say them."""
    counts = said["footer"]["counts"]
    words = ", ".join(f"{counts[word]} {word}" for word in WORDS)
    return f"Cases: {counts['ran']} of {counts['planned']} planned ran: {words}; {counts['waived']} waived."


def test_report_json_agrees_with_itself(
    run: Run, said: dict[str, Any], cases: dict[str, int], rows: dict[str, str], levels: dict[tuple[str, str], dict[str, int]]
) -> None:
    assert {word: said["footer"]["counts"][word] for word in WORDS} == cases
    for each in run.report.sets:
        by_level = Counter[str]()
        for (title, _), by_verdict in levels.items():
            by_level.update(by_verdict if title == each.title else {})
        assert by_level == Counter(rows[row.id] for row in run.report.members(each))


def test_the_page(run: Run, said: dict[str, Any], rows: dict[str, str]) -> None:
    page = html.render(*run)
    assert sentence_of_counts(said) in text_of(section(page, "figures"))
    found = re.findall(r'<tr id="req-([^"]+)"><td>(.*?)</td>', page, re.DOTALL)
    assert {id: text_of(cell)[2:] for id, cell in found} == rows


def test_the_pdf(
    run: Run, said: dict[str, Any], cases: dict[str, int], rows: dict[str, str], levels: dict[tuple[str, str], dict[str, int]]
) -> None:
    shown = pdf.document(*run)
    assert Counter(case["verdict"] for case in shown["cases"] if case["verdict"] in WORDS) == +Counter(cases)
    for word, part in shown["chapters"].items():
        assert part["cases"] == len(part["told"]) + len(part["rest"]) == cases[word]
    assert {row["id"]: row["verdict"] for row in shown["requirements"]} == rows
    assert {(e["title"], row["level"]): row["counts"] for e in shown["sets"] for row in e["rows"]} == levels
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf.render(*run))).pages).split())
    assert sentence_of_counts(said) in text
    for sentence in said["footer"]["sentences"]:
        assert sentence in text


def test_junit(run: Run, said: dict[str, Any], cases: dict[str, int], rows: dict[str, str]) -> None:
    [suite] = ET.fromstring(junit.render(run.report))
    properties = [{p.get("name"): p.get("value") for p in each.iter("property")} for each in suite.iter("testcase")]
    counts = Counter(each["verdict"] for each in properties)
    assert {word: counts[word] for word in WORDS} == cases
    assert suite.get("tests") == str(said["footer"]["counts"]["ran"])
    assert suite.get("skipped") == str(said["footer"]["counts"]["waived"])
    found: dict[str, list[Verdict]] = {}
    for name, value in (item for each in properties for item in each.items()):
        if name and name.startswith("requirement:"):
            found.setdefault(name.partition(":")[2], []).append(Verdict.parse(value or ""))
    assert {id: str(worst(verdicts)) for id, verdicts in found.items()} == {id: rows[id] for id in found}
    assert {id for id, verdict in rows.items() if verdict in ("fail", "warn", "error")} <= found.keys()
    [incomplete] = [p.get("value") for p in suite.findall("properties/property") if p.get("name") == "incomplete"]
    assert bool(incomplete) is bool(run.report.interrupted or not run.report.finished)


def test_junit_has_level_clause_official_number_and_frames(failed: tuple[Report, Path]) -> None:
    report = failed[0]
    [suite] = ET.fromstring(junit.render(report))
    for element, case in zip(suite.iter("testcase"), report.as_json()["cases"], strict=True):
        facts = [(p.get("name"), p.get("value")) for p in element.iter("property")]
        assert [value for name, value in facts if name == "oca"] == case["oca"]
        assert ("frames", "{}-{}".format(*case["frames"])) in facts
        assert ("reproduce", case["reproduce"]) in facts
        for id in case["requirements"]:
            row = report.plan.law.requirements[id]
            assert {(f"level:{id}", str(row.level)), (f"clause:{id}", row.clause)} <= set(facts)
        for finding in case["findings"]:
            if finding["verdict"] in ("fail", "warn") and finding["frames"]:
                shown = dict(facts)[f"frames:{finding['requirement']}"]
                assert shown is not None
                assert {str(n) for n in finding["frames"]} <= set(shown.split(","))


def test_allure(run: Run, said: dict[str, Any], cases: dict[str, int], tmp_path: Path) -> None:
    allure.write(*run, tmp_path)
    loaded = [json.loads(file.read_text("utf-8")) for file in tmp_path.glob("*-result.json")]
    counts = Counter(label["value"] for each in loaded for label in each["labels"] if label["name"] == "verdict")
    assert {word: counts[word] for word in WORDS} == cases
    assert sum(each["status"] == "skipped" for each in loaded) == said["footer"]["counts"]["waived"]


def test_the_summary(
    run: Run, said: dict[str, Any], cases: dict[str, int], levels: dict[tuple[str, str], dict[str, int]]
) -> None:
    lines = markdown.render(run.report).split("## Verdicts")[1].splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:2] == "| "]
    planned, ran = said["footer"]["counts"]["planned"], said["footer"]["counts"]["ran"]
    [first] = [row for row in table if row[0] == "cases"]
    assert list(map(int, first[2:])) == [*(cases[word] for word in WORDS), planned - ran, planned]
    shown = {(row[0], row[1]): list(map(int, row[2:])) for row in table if row[1] in ("must", "should", "interop")}
    assert shown == {key: [*(by.get(w, 0) for w in (*WORDS, "untested")), sum(by.values())] for key, by in levels.items()}


def test_the_badges(run: Run, said: dict[str, Any]) -> None:
    verdicts = [Verdict.parse(each["verdict"]) for each in said["footer"]["sets"]]
    made = [svg for _, svg in badge.badges(run.report)]
    if run.report.finished:  # a run that did not end conforms to nothing, whatever it saw
        for verdict, svg in zip(verdicts, made, strict=True):
            assert badge.SAYS[verdict][0] in svg
    assert run.report.complete or not any("✓" in svg for svg in made)


def test_the_terminal(run: Run, said: dict[str, Any], cases: dict[str, int]) -> None:
    text = "\n".join(summarize(run.report, Path("x")))
    assert f"{said['footer']['counts']['ran']} of {said['footer']['counts']['planned']} planned cases ran" in text
    for word in WORDS:
        assert not cases[word] or f"{cases[word]} {word}" in text


def test_every_file_of_the_bundle_is_in_the_manifest(run: Run, tmp_path: Path) -> None:
    report, log = run
    folder = tmp_path / "bundle"
    bundle.fresh(folder, {})
    (folder / bundle.WIRE).write_bytes(log.read_bytes())
    bundle.write(report, folder)
    if not report.finished:
        assert not (folder / bundle.MANIFEST).exists()
        return
    assert bundle.tampered(folder) == []
    assert (folder / bundle.PDF).is_file() is (report.mode == "certify")
    assert len(list((folder / badge.FOLDER).iterdir())) == len(report.sets)
    for file in (folder / "summary.md", next((folder / badge.FOLDER).iterdir()), *folder.glob(bundle.PDF)):
        before = file.read_bytes()
        file.write_bytes(before + b" ")
        assert bundle.tampered(folder) == [f"{file.relative_to(folder).as_posix()}: is not what was written"]
        file.write_bytes(before)
    bundle.fresh(folder, {})  # all of it is ours to delete


def test_every_template_is_in_the_wheel() -> None:
    project = tomllib.loads((shipped() / "pyproject.toml").read_text("utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    templates = {f"reports/{f.name}" for f in (shipped() / "reports").iterdir() if f.suffix in (".jinja", ".typ")}
    assert len(templates) >= 2
    assert {source: target for source, target in included.items() if source in templates} == {
        name: f"evconform/_content/{name}" for name in templates
    }
