"""The page of a case: all frames, who closed, the diagram; and what its parts are made of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evconform.harness.judge import CaseResult
from evconform.harness.wire import Entry, read
from evconform.report import html
from evconform.report.identity import Told, identity
from evconform.report.model import Report
from evconform.report.provenance import commit, digest_of, run_environment
from evconform.report.remedy import OTHERWISE, remedy
from evconform.report.sequence import ROWS_AT_MOST, Row, cut, svg
from evconform.report.trace import Trace, traces
from tests.report.page import FAILED, Log, Page, judged, text_of


@pytest.fixture(scope="module")
def pages(failed: tuple[Report, Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    html.render(*failed, found.__setitem__)
    return found


def test_each_case_has_a_page_with_all_its_frames(failed: tuple[Report, Path], pages: dict[str, str]) -> None:
    report, log = failed
    assert pages.keys() == {f"{result.id}.html" for result in report.results}
    for result in report.results:
        page = pages[f"{result.id}.html"]
        shown = {int(n) for n in re.findall(rf'id="frame-{result.id}-(\d+)"', page)}
        assert shown >= {entry.n for entry in read(log) if result.begin <= entry.n <= result.end}
        for finding in result.findings:
            assert finding.says in text_of(page)
        parsed = Page(page)
        assert parsed.loads == []
        assert f"../report.html#case-{result.id}" in parsed.hrefs
        assert {href for href in parsed.hrefs if href.startswith("#")} <= {f"#{id}" for id in parsed.ids}


def test_it_says_who_closed_each_connection(pages: dict[str, str]) -> None:
    shown = text_of(pages[f"{FAILED}.html"].split(">Connections<")[1].split(">Sequence<")[0])
    assert re.search(r"c\d+ [\d.]+ s [\d.]+ s \d+ \d+ \d+ the (product|tester) (closed|ended|dropped)", shown), shown


def test_the_first_to_close_is_who_closed() -> None:
    kinds = [("open", "sut"), ("ping", "sut"), ("pong", "tester"), ("close", "tester"), ("close", "sut"), ("lost", "tester")]
    facts = {"close": {"code": 1001}}
    entries = [Entry(n, n / 2, "c1", by, kind, facts=facts.get(kind, {})) for n, (kind, by) in enumerate(kinds)]  # type: ignore[arg-type]
    (only,) = Trace(CaseResult("X", 0, 9, 0, 9), entries).connections
    assert (only.ended, only.ended_by, only.how, only.pings) == (1.5, "tester", "closed it with code 1001", 2)
    assert only.frames == {"sut": 2, "tester": 2}


def test_the_diagram_marks_what_is_cited(failed: tuple[Report, Path]) -> None:
    report, log = failed
    trace = next(each for each in traces(report, log) if each.result.id == FAILED)
    n = next(entry.n for entry in trace.entries if entry.by == "sut" and entry.kind == "text")
    drawn = svg(trace, {n}, lambda text: text)
    assert f"▲ {n} BootNotification" in drawn
    assert drawn.count("<path class=m") == 1
    assert "BootNotification ◂ Rejected" in drawn
    assert "role=img aria-label=" in drawn


def test_a_long_conversation_is_cut_in_the_middle_and_says_so() -> None:
    rows = [Row(f"m{n}", "sut", n, cited=n == 60) for n in range(100)]
    shown = cut(rows)
    assert len(shown) <= ROWS_AT_MOST + 2
    assert [row.n for row in shown if row.cited] == [60]
    left_out = [int(n) for row in shown for n in re.findall(r"… (\d+) more", row.text)]
    assert sum(left_out) + sum(1 for row in shown if row.by) == 100
    assert cut(rows[:ROWS_AT_MOST]) == rows[:ROWS_AT_MOST]


def test_what_a_product_says_does_no_harm_in_a_diagram(plan: object, log: Log) -> None:
    evil = '[2,"1","</text><script>x</script>\\u202e",{"status":"<b>"}]'
    report = judged(plan, frames=[2], end=3)  # type: ignore[arg-type]
    found: dict[str, str] = {}
    page = html.render(report, log(evil), found.__setitem__)
    for text in (page, *found.values()):
        assert "<script" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize("id", ["../../etc/passwd", "a/b", "..", "", "ä ö", "x" * 300, "-x", "con\x00"])
def test_no_id_leaves_the_folder_of_the_pages(id: str) -> None:
    name = html.page_name(id)
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.html", name)
    assert len(name) < 100
    assert name != html.page_name(id + "_")


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("the control of this SUT cannot cut the power", "control of the SUT"),
        ("no connection to ws://h/: refused", "endpoint"),
        ("expected Heartbeat CALL within 10 s, heard none", "patience"),
        ("nothing was seen that shows R-1", "situation"),
        ("publishes: POST https://h/x: expected 200, the answer is 500", "control over HTTP"),
        ("the situation was not reached: GET locations within 10 s, heard HTTP 401 2000 to GET /x", "patience"),
        ("the run was cut short", "Run it again"),
        ("?", OTHERWISE),
    ],
)
def test_what_was_missing_can_be_supplied(reason: str, says: str) -> None:
    assert says in remedy(reason)


def test_the_identity_is_compared_with_the_first_that_was_seen(failed: tuple[Report, Path]) -> None:
    plan = failed[0].plan
    vendor = plan.pics.sections["model"]["vendor"]
    rows = {
        row["name"]: row
        for row in identity(plan, {"chargePointVendor": Told({vendor: 7}), "firmwareVersion": Told({"other": 7})})
    }
    assert rows["vendor"]["agrees"] is True
    assert rows["firmware version"]["agrees"] is False
    assert rows["model"]["agrees"] is None


def test_the_run_says_where_it_comes_from_and_not_whose_machine_it_is(tmp_path: Path) -> None:
    told = run_environment()
    assert re.fullmatch("[0-9a-f]{40}|", commit()["commit"])
    assert re.fullmatch("[0-9a-f]{64}", told["suites"])
    (tmp_path / "a.toml").write_text("x = 1")
    before = digest_of(tmp_path)
    (tmp_path / "a.toml").write_text("x = 2")
    assert digest_of(tmp_path) != before
