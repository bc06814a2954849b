"""The report of a back office over HTTP: operations, readings in force, tables seen and evidence, in every writer alike."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

from evconform.harness.campaign import Plan
from evconform.harness.plan import Content, find_sut, make_plan
from evconform.report import html, markdown, pdf
from evconform.report.model import Report, json_schema
from evconform.report.operations import TO_COME, counted, state_of, summary
from evconform.report.sight import seen_in
from evconform.report.terminal import summarize
from evconform.report.trace import traces
from tests.report.page import Page, article, blank, campaign, section, text_of

CASE = "OCPI221-CPO-LOC-01"
BROKEN = "OCPI221-LOC-05"
LATER = ["sessions", "cdrs", "tokens", "commands", "chargingprofiles", "hubclientinfo"]


class Run(NamedTuple):
    report: Report
    log: Path

    @property
    def said(self) -> dict[str, Any]:
        """report.json"""
        return json.loads(json.dumps(self.report.as_json()))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def cpo(content: Content) -> Plan:
    plan = make_plan(content, find_sut("reference-cpo-ocpi.toml", []))
    return replace(plan, policy=plan.policy | {"undefined-method": "405"})


@pytest.fixture(scope="module")
def run(cpo: Plan, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Locations without connectors, and a page of tariffs."""
    report, log = blank(cpo), tmp_path_factory.mktemp("http") / "wire.jsonl"
    campaign(report, log, "has_no_connectors", [CASE, "OCPI221-CPO-PAG-02"])
    return Run(replace(report, finished=True, sight=seen_in(log, report.plan)), log)


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    return html.render(*run)


def by_state(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter(row["state"] for row in rows)


# ── the states ──


@pytest.mark.parametrize(
    ("here", "seen", "message", "state"),
    [
        (True, 1, "verified", "verified"),
        (True, 0, "verified", "not verified"),
        (True, 0, "verified with warnings", "not verified"),
        (True, 0, "broken", "broken"),
        (True, 3, "not verified", "not verified"),
        (True, 3, "not claimed", "not claimed"),
        (False, 3, "verified", TO_COME),
        (False, 0, "not claimed", TO_COME),
    ],
)
def test_the_state_of_an_operation(here: bool, seen: int, message: str, state: str) -> None:
    assert state_of({"here": here, "seen": seen}, {"state": message}) == state


# ── one model, every writer ──


def test_report_json_holds_them(run: Run) -> None:
    said = run.said
    jsonschema.Draft202012Validator(json_schema()).validate(said)
    assert len(said["operations"]) == 58
    assert list(dict.fromkeys(row["module"] for row in said["operations"] if row["state"] == TO_COME)) == LATER
    rows = {(row["module"], row["operation"], row["served"]): row for row in said["operations"]}
    pulled, pushed = rows["locations", "GET list", "product"], rows["locations", "PUT location_id", "tester"]
    assert (pulled["claimed"], pulled["state"], pulled["seen"] > 0, BROKEN in pulled["broken"]) == (True, "broken", True, True)
    assert pushed["seen"] > 0
    assert rows["tariffs", "GET list", "product"]["state"] == "verified"
    assert rows["tariffs", "DELETE tariff_id", "tester"]["state"] == "not verified"  # nobody asked for it
    assert sum(row["there"] for row in said["coverage"]) == 686
    assert all(row["given"] <= row["there"] >= row["taken"] for row in said["coverage"])
    assert next(row for row in said["coverage"] if row["of"] == "Location")["given"] > 0
    assert said["readings"].keys() == run.report.plan.law.contested.keys()
    assert said["readings"]["undefined-method"]["reading"] == "405"
    assert {name: row["reading"] for name, row in said["readings"].items()} == said["header"]["policy"]


def test_what_was_seen_of_a_message_is_in_the_questionnaire(run: Run) -> None:
    messages = run.said["messages"]
    assert messages["tariffs_sender_get"]["state"] == "verified"
    assert messages["tariffs_sender_get"]["calls"] == sum(
        row["seen"] for row in run.said["operations"] if row["message"] == "tariffs_sender_get"
    )
    assert messages["locations_sender_get"]["state"] == "broken"
    assert messages["versions_get"]["state"] == "verified"


def test_the_page_shows_them(run: Run, page: str) -> None:
    said = run.said
    shown = section(page, "operations")
    [(_, cells)] = [table for table in Page(page).tables if "modules" in table[0]]
    names = dict.fromkeys(row["module"] for row in said["operations"])
    assert [row[0] for row in cells if len(row) == 2] == list(names)
    here = [row for row in said["operations"] if row["state"] != TO_COME]
    for row, (operation, _, served, _, state, seen) in zip(here, [row for row in cells[1:] if len(row) == 6], strict=True):
        assert operation == row["operation"]
        assert served.startswith(row["served"])
        assert state.split(" OCPI")[0].strip()[2:].strip() == row["state"]
        assert seen.split()[0] == str(row["seen"] or "never")
    assert text_of(shown).count("to come") == len(LATER)
    assert "CPO, speaking ocpi2.2.1" in text_of(page)
    readings = text_of(section(page, "readings"))
    assert f"1 of {len(said['readings'])} differs" in readings
    for rule in said["readings"].values():
        assert all(says in readings for says in rule["readings"].values())
    [(_, tables)] = [table for table in Page(page).tables if "coverage" in table[0]]
    assert [[row[0], *map(int, row[2:])] for row in tables[1:]] == [
        [row["of"], row["given"], row["taken"], row["there"]] for row in said["coverage"]
    ]
    sums = {name: sum(row[name] for row in said["coverage"]) for name in ("there", "given", "taken")}
    assert f"Of the {sums['there']} fields, values and parameters in the tables, the product sent {sums['given']}" in text_of(
        page
    )
    parsed = Page(page)
    assert {href[1:] for href in parsed.hrefs if href.startswith("#")} <= set(parsed.ids)


def test_the_pdf_shows_them(run: Run) -> None:
    said, shown = run.said, pdf.document(*run)
    rows = [row for each in shown["modules"] for row in each["rows"]]
    assert by_state(rows) == by_state([row for row in said["operations"] if row["state"] != TO_COME])
    assert [each["name"] for each in shown["modules"] if not each["rows"]] == LATER
    assert [row["reading"] for row in shown["readings"]] == [row["reading"] for row in said["readings"].values()]
    assert shown["tables"]["given"] == sum(row["given"] for row in said["coverage"])
    assert ("Role", "CPO, speaking ocpi2.2.1") in {tuple(row) for row in shown["head"]}
    assert pdf.render(*run).startswith(b"%PDF")


def test_the_summary_and_the_terminal_show_them(run: Run) -> None:
    said, text = run.said, markdown.render(run.report)
    by_served = {who: [row for row in said["operations"] if row["served"] == who] for who in ("product", "tester")}
    locations = [counted([row for row in rows if row["module"] == "locations"]) for rows in by_served.values()]
    assert f"| locations | {locations[0]} | {locations[1]} |" in text
    assert "| undefined-method | 405 |" in text
    assert f"Of 686 fields, values and parameters the product sent {sum(row['given'] for row in said['coverage'])}" in text
    lines = list(summarize(run.report, Path("x")))
    [first] = [line for line in lines if line.startswith("operations: ")]
    claimed = [row for row in said["operations"] if row["claimed"] and row["state"] != TO_COME]
    assert first == (
        f"operations: {len(claimed)} of 58 claimed and judged: {counted(claimed)}; modules to come: {', '.join(LATER)}"
    )
    assert [line.split(":")[0] for line in lines if line.startswith("  ") and ": the " in line] == [
        *("  versions", "  credentials", "  locations", "  tariffs"),
    ]


def test_before_the_first_case_everything_is_open(cpo: Plan) -> None:
    report = blank(cpo)
    page = html.render(report, Path("there-is-none"))
    assert "to come" in section(page, "operations")
    states = by_state(replace(report, finished=True).as_json()["operations"])
    assert states.keys() == {"not verified", "not claimed", TO_COME}
    assert report.as_json()["operations"] == []


def test_a_protocol_without_modules_has_none_of_it(failed: tuple[Report, Path], page: str) -> None:
    report, log = failed
    said = report.as_json()
    assert not {"operations", "coverage", "readings"} & said.keys()
    assert list(summary(report.operations)) == []
    shown = html.render(report, log)
    for anchor in ("operations", "readings", "coverage"):
        assert f'id="{anchor}"' in page
        assert f'id="{anchor}"' not in shown
    assert "## Contested" not in markdown.render(report)
    assert pdf.document(report, log)["modules"] == []


# ── the evidence ──


def test_a_finding_leads_into_the_body(run: Run, page: str) -> None:
    shown = article(page, CASE)
    assert '<mark>"connectors": []</mark>'.replace('"', "&#34;") in shown
    assert "/evses/0/connectors" in text_of(shown)
    assert re.search(r"make the CPO offer this location, new or changed \(location [\w-]+\)", text_of(shown))
    result = next(each for each in run.report.results if each.id == CASE)
    assert any(finding.requirement == BROKEN and finding.verdict.red for finding in result.findings)


def test_the_diagram_calls_requests_and_answers_by_what_they_are(run: Run) -> None:
    trace = next(each for each in traces(*run) if each.result.id == "OCPI221-CPO-PAG-02")
    labels = set(trace.labels.values())
    assert {"tariffs ◂ 200 1000", "POST credentials"} <= labels
    assert any(label.startswith("GET tariffs ?limit=2") for label in labels)


def test_it_says_who_the_platform_says_it_is(run: Run) -> None:
    rows = {row["name"]: row for row in run.said["identity"]}
    assert (rows["parties"]["declared"], rows["parties"]["agrees"]) == ("SI*EVB CPO, SI*EVC CPO", True)
    assert rows["versions"]["seen"][0]["value"] == "2.2.1"
