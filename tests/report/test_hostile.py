"""The table of hostile messages: every item in its cell, every offence with its frame, in each form of the report."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pypdf import PdfReader

from evconform.harness.judge import CaseResult, Finding
from evconform.harness.verdict import Verdict
from evconform.report import pdf
from evconform.report.hostile import GROUPS, Thrown, by_action, hostile, lines
from evconform.report.model import Report
from tests.report.page import BROKEN


def thrown(n: int, member: str, group: str, answer: str) -> Thrown:
    action, _, field = member.partition(" ")
    facts = {"item": f"X/{member}/{n}", "action": action, "field": field, "group": group, "frames": [n]}
    said = SimpleNamespace(answer=SimpleNamespace(type=answer) if answer else None)
    return Thrown(facts, [said])


ITEMS = [
    thrown(10, "Reset type", "too-long", "CALLERROR"),
    thrown(20, "Reset type", "too-long", "CALLRESULT"),
    thrown(30, "Reset type", "null", "CALLRESULT"),
    thrown(40, "Reset (action)", "framing", ""),
    thrown(50, "Reset (action)", "framing", ""),
]


def result_with(*findings: Finding) -> CaseResult:
    return CaseResult("X-01", 1, 99, 0.0, 1.0, findings=list(findings))


def finding(id: str, verdict: Verdict, *frames: int) -> Finding:
    return Finding(id, "monitor:x", verdict, f"says {id}", list(frames))


TABLE: dict[str, Any] = hostile(
    ITEMS, [result_with(finding("R-1", Verdict.FAIL, 20, 21), finding("R-2", Verdict.WARN, 30), finding("R-3", Verdict.PASS, 10))]
)


def test_a_cell_counts_what_was_sent_and_how_it_was_answered() -> None:
    cell = TABLE["fields"]["Reset.type"]["too-long"]
    assert cell == {"sent": 2, "error": 1, "result": 1, "none": 0, "broken": 1, "warned": 0, "frame": 20}
    assert TABLE["fields"]["Reset (action)"]["framing"]["none"] == 2


def test_the_totals_are_those_of_the_cells() -> None:
    assert {name: TABLE[name] for name in ("sent", "error", "result", "none", "broken", "warned")} == {
        "sent": 5,
        "error": 1,
        "result": 2,
        "none": 2,
        "broken": 1,
        "warned": 1,
    }


def test_what_was_not_borne_is_listed_with_its_frame() -> None:
    assert TABLE["broken_items"] == [
        {"item": "X/Reset type/20", "verdict": "fail", "says": "R-1: says R-1", "frame": 20},
        {"item": "X/Reset type/30", "verdict": "warn", "says": "R-2: says R-2", "frame": 30},
    ]


def test_the_worst_of_several_findings_counts() -> None:
    both = result_with(finding("R-2", Verdict.WARN, 10), finding("R-1", Verdict.FAIL, 10))
    assert hostile(ITEMS, [both])["broken_items"][0]["says"] == "R-1: says R-1"


def test_columns_are_those_that_were_sent_in_one_order() -> None:
    assert TABLE["mutations"] == [group for group in GROUPS if group in ("too-long", "null", "framing")]


def test_rows_of_an_action_stand_together() -> None:
    assert [(action, [name for name, _ in rows]) for action, rows in by_action(TABLE)] == [("Reset", ["type", "(action)"])]


def test_rows_of_another_column_stand_by_themselves() -> None:
    over_soap = replace(thrown(60, "Reset type", "order", "CALLERROR"), column="soap")
    table = hostile([*ITEMS, over_soap], [])
    assert table["fields"]["soap: Reset.type"]["order"]["sent"] == 1
    assert [action for action, _ in by_action(table)] == ["Reset", "Reset over soap"]
    assert "| Reset over soap | 1 | 1 | 0 | 0 | 0 | 0 |" in list(lines(table))


def test_as_markdown() -> None:
    assert "| Reset | 5 | 1 | 2 | 2 | 1 | 1 |" in list(lines(TABLE))
    assert list(lines(hostile([], []))) == []


def test_as_pdf(failed: tuple[Report, Path]) -> None:
    report, log = failed
    plain = PdfReader(BytesIO(pdf.render(report, log)))
    assert "Hostile messages" not in [each.title for each in plain.outline if not isinstance(each, list)]
    first, *others = report.results
    first = replace(first, findings=[*first.findings, finding(BROKEN, Verdict.FAIL, 20)])
    shown = replace(report, thrown=ITEMS, results=[first, *others])
    data = PdfReader(BytesIO(pdf.render(shown, log)))
    assert "Hostile messages" in [each.title for each in data.outline if not isinstance(each, list)]
    text = " ".join(" ".join(page.extract_text() for page in data.pages).replace("\u200b", "").split())
    assert "5 messages and connections, each spoilt in one place (quick set): 1 answered with a CALLERROR" in text
    assert "Reset 5 1 2 2 1 0" in text
    assert f"{BROKEN}: says {BROKEN} (frame 20)" in text
