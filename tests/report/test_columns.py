"""A product of several columns: each writer shows what each of them came to, side by side."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pypdf
import pytest

from evconform.harness.plan import load_content
from evconform.harness.verdict import Verdict
from evconform.report import html, junit, markdown, pdf
from evconform.report.model import Report, json_schema
from evconform.report.rejudge import differences, judged_again, rejudge
from evconform.report.terminal import summarize

CASES = ("OCPP16-CP-BOOT-01", "OCPP16-CP-CONN-04", "OCPP15-CP-BOOT-01")
JSON, SOAP, SOAP15 = "ocpp1.6-json", "ocpp1.6-soap", "ocpp1.5-soap"
ROW = "OCPP16-4.2-01"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a product that claims all three columns: a case of two of them, one of JSON alone, one of 1.5."""
    folder = tmp_path_factory.mktemp("reports")
    line = [sys.executable, "-m", "evconform", "run", "--sut", "three-columns.toml", "--report", str(folder)]
    line += [word for case in CASES for word in ("--case", case)]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout
    return folder / "three-columns"


@pytest.fixture(scope="module")
def run(bundle: Path) -> Report:
    return judged_again(bundle / "wire.jsonl", load_content().catalogue.laws)


@pytest.fixture
def report(run: Report) -> Report:
    return replace(run, results=list(run.results), _on_column={}, _judged=(-1,))


@pytest.fixture
def differing(report: Report) -> Report:
    """The same, if the case of both columns had failed over SOAP."""
    place = next(n for n, result in enumerate(report.results) if result.id.endswith(".soap"))
    result = report.results[place]
    broken = dict.fromkeys(result.requirements, Verdict.FAIL)
    findings = [replace(finding, verdict=Verdict.FAIL, says="it does not hold") for finding in result.findings]
    report.results[place] = replace(result, verdict=Verdict.FAIL, requirements=broken, findings=findings)
    return report


def said(bundle: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((bundle / "report.json").read_text("utf-8"))
    return loaded


def test_the_json_obeys_its_schema_and_is_judged_again(bundle: Path) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(said(bundle))
    agreed, lines = rejudge(bundle)
    assert agreed, lines


def test_the_cases_stand_side_by_side(bundle: Path) -> None:
    rows = {row["case"]: row for row in said(bundle)["side_by_side"]}
    boot, ping, old = (rows[case]["columns"] for case in CASES)
    assert {word: (cell["id"], cell["verdict"]) for word, cell in boot.items()} == {
        "json": ("OCPP16-CP-BOOT-01", "pass"),
        "soap": ("OCPP16-CP-BOOT-01.soap", "pass"),
    }
    assert (ping["json"]["verdict"], ping["soap"]["verdict"]) == ("pass", "not applicable")
    assert ping["soap"]["why"].startswith("has no meaning on soap: ")
    assert {word: cell["verdict"] for word, cell in old.items()} == {"soap15": "pass"}
    assert not any(row["differs"] for row in rows.values())


def test_a_message_is_verified_column_by_column(bundle: Path) -> None:
    columns = {column["speaks"]: column for column in said(bundle)["columns"]}
    assert list(columns) == [JSON, SOAP, SOAP15]
    for column in columns.values():
        assert column["untested"] == ""
        assert column["messages"]["BootNotification"]["state"] == "verified"
        assert column["messages"]["BootNotification"]["calls"] > 0
        assert column["messages"]["StopTransaction"]["state"] == "not verified"
    firsts = [column["messages"]["BootNotification"]["first"] for column in columns.values()]
    assert firsts == sorted(set(firsts)), "each was seen in a case of its column"


def test_what_was_seen_in_one_column_is_not_known_of_another(report: Report) -> None:
    row = report.plan.law.requirements[ROW]
    assert report.bound_to(row) == [JSON, SOAP]
    assert report.requirements[ROW] is Verdict.PASS
    report.results = [result for result in report.results if not result.id.endswith(".soap")]
    assert report.requirements_on(JSON)[ROW] is Verdict.PASS
    assert report.requirements[ROW] is Verdict.INCONCLUSIVE
    [why] = [why for id, why in report.untested if id == ROW]
    assert why.endswith("no situation that shows it came about on soap")


def test_columns_that_differ_have_a_phrase_each(differing: Report) -> None:
    each = next(each for each in differing.sets if ROW in each.requirements)
    assert differing.set_verdict(each, SOAP) is Verdict.FAIL
    assert differing.set_verdict(each) is Verdict.FAIL
    [sentence] = [line for line in differing.sentences if each.title in line]
    assert f"was not shown to conform to {each.title} over json, and does not conform to {each.title} over soap." in sentence
    shown = list(summarize(differing, Path()))
    assert "  OCPP16-CP-BOOT-01 differs: json pass, soap fail" in shown
    assert "soap: 1 fail" in shown
    assert "- `OCPP16-CP-BOOT-01` differs: json pass, soap fail" in markdown.render(differing)


def test_the_page_has_both_tables_and_its_links_lead_somewhere(differing: Report, bundle: Path) -> None:
    page = html.render(differing, bundle / "wire.jsonl")
    beside = page.split('<h2 id="side-by-side">')[1].split("</section>")[0]
    assert beside.index("OCPP16-CP-BOOT-01") < beside.index("OCPP16-CP-CONN-04"), "those that differ stand first"
    for link in ("case-OCPP16-CP-BOOT-01.soap", "case-OCPP16-CP-CONN-04.soap"):
        assert f'href="#{link}"' in beside
        assert f'id="{link}"' in page
    matrix = page.split('id="messages"')[1].split("</fieldset>")[0]
    assert all(f'<td data-l="{column}">' in matrix for column in ("1.6-json", "1.6-soap", "1.5-soap"))


def test_the_pdf_has_both_tables(differing: Report, bundle: Path) -> None:
    told = pdf.document(differing, bundle / "wire.jsonl")
    assert told["beside"]["heads"] == ["json", "soap", "soap15"]
    first = told["beside"]["rows"][0]
    assert (first["case"], first["cells"]) == ("OCPP16-CP-BOOT-01", ["pass", "fail", ""])
    assert told["questionnaire"]["columns"]["heads"] == ["1.6-json", "1.6-soap", "1.5-soap"]
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf.render(differing, bundle / "wire.jsonl"))).pages)
    assert "Cases side by side" in text
    assert "Messages, in every column" in text


def test_junit_has_the_id_of_the_variant(report: Report) -> None:
    names = {element.get("name") for element in ET.fromstring(junit.render(report)).iter("testcase")}
    assert names == {result.id for result in report.results}
    assert {"OCPP16-CP-BOOT-01", "OCPP16-CP-BOOT-01.soap"} < names


def test_a_case_is_done_again_on_its_column(report: Report) -> None:
    assert report.reproduce("OCPP16-CP-BOOT-01").endswith("--case OCPP16-CP-BOOT-01 --column json")
    assert report.reproduce("OCPP16-CP-BOOT-01.soap").endswith("--case OCPP16-CP-BOOT-01.soap")
    assert report.reproduce("OCPP16-CP-CONN-04").endswith("--case OCPP16-CP-CONN-04")


def test_a_bundle_of_a_version_without_columns_agrees(bundle: Path, tmp_path: Path) -> None:
    """What it does not say is not held against it."""
    now = said(bundle)
    then = {part: value for part, value in now.items() if part not in ("columns", "side_by_side")}
    assert list(differences(then, now)) == []
