"""report.html: a red stands alone; whoever has only this file can repair it. And nothing harms the page or is left out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.judge import Finding
from evconform.harness.verdict import Verdict
from evconform.harness.wire import Entry, read
from evconform.report import html
from evconform.report.exchange import around
from evconform.report.model import Report
from tests.report.page import BROKEN, FAILED, SECTIONS, Log, Page, article, blank, frame, judged, section, text_of

# ── a red stands alone ──


def test_a_failure_shows_the_requirement_that_was_broken(failed: tuple[Report, Path], page: str) -> None:
    report, _ = failed
    shown, case = article(section(page, "failures"), FAILED), report.plan.law.cases[FAILED]
    assert f'<h3 id="title-{FAILED}">✗ fail {case.title}</h3>' in re.sub(r"</?span[^>]*>", "", shown)
    labels = re.findall(r'<(?:dt|p class="label")>([\w ]+)', shown)
    order = ["Requirement", "What was done", "Expected", "Observed", "Also broken here", "On the wire", "Reproduce"]
    assert [label.strip() for label in labels] == order
    for requirement in (BROKEN, "OCPP16-4.2-03"):
        assert f'href="#req-{requirement}"' in shown
    row = report.plan.law.requirements[BROKEN]
    assert f"Requirement ✗ fail {BROKEN} {row.level} {row.clause} What was done" in text_of(shown)
    assert f"Expected {row.says} Observed" in text_of(shown)
    result = report.results[1]
    for step in result.steps:
        assert step.lstrip("[").replace("] ", " ", 1) in text_of(shown)
    for finding in result.findings:
        told_here = finding.verdict.red and finding.requirement == BROKEN
        assert (finding.says in text_of(shown)) is told_here
        assert not told_here or f"; {finding.check})" in text_of(shown)
    assert "✗ fail OCPP16-4.2-05" in text_of(shown)
    assert "Also broken here ! warn OCPP16-4.2-03 told at OCPP16-CP-BOOT-04" in text_of(shown)
    assert 'href="#evidence-OCPP16-CP-BOOT-04"' in shown, "where the other one is told"


def test_a_failure_shows_the_frames_of_both_directions_and_marks_the_cited(failed: tuple[Report, Path], page: str) -> None:
    report, log = failed
    result, shown = report.results[1], article(page, FAILED)
    entries = {entry.n: entry for entry in read(log)}
    told = [finding for finding in result.findings if finding.verdict.red and finding.requirement == BROKEN]
    cited = {n for finding in told for n in finding.frames}
    assert cited
    assert cited < {n for finding in result.findings if finding.verdict.red for n in finding.frames}, "what is told elsewhere"
    for n in cited:
        here = frame(shown, FAILED, n)
        assert 'class="frame by-sut cited"' in here
        entry = entries[n]
        assert text_of(here).startswith(f"{n} {entry.t:.3f} s product → tester {entry.kind} {entry.conn} ")
        assert text_of(here).endswith(f"▲ cited for {BROKEN}")
        assert f'href="#req-{BROKEN}"' in here
        assert isinstance(entries[n].data, str)
        assert escape(str(entries[n].data), quote=False) in re.sub("</?mark>", "", here).replace("&#34;", '"')
    around = [int(n) for n in re.findall(rf'id="frame-{FAILED}-(\d+)"', shown)]
    assert around == sorted(around)
    assert all(result.begin <= n <= result.end for n in around)
    assert "tester → product" in shown
    assert shown.count('class="frame by-tester') >= 2
    assert shown.count(" cited") - shown.count("▲ cited") == len(cited)
    marks = {n for n in around if entries[n].mark}
    assert marks
    assert all('class="mark"' in frame(shown, FAILED, n) for n in marks)


def test_what_is_left_out_of_an_exchange_is_said(failed: tuple[Report, Path], page: str) -> None:
    result = failed[0].results[1]
    shown = article(page, FAILED)
    around = {int(n) for n in re.findall(rf'id="frame-{FAILED}-(\d+)"', shown)}
    gaps = {n for first, last in re.findall(r"… (\d+)–(\d+) not shown", shown) for n in range(int(first), int(last) + 1)}
    assert around | gaps == set(range(result.begin, result.end + 1))
    assert not around & gaps


def test_a_case_that_did_not_pass_says_how_to_reproduce_it(page: str) -> None:
    command = f"evconform run --sut plain-charge-point.toml --report reports/again --case {FAILED}"
    assert f'<pre class="command">{command}</pre>' in article(page, FAILED)


@pytest.mark.parametrize(
    ("mode", "command", "expected"),
    [
        ("run", "evconform run --sut a.toml --waivers w.toml", "evconform run --sut a.toml --waivers w.toml"),
        ("run", "evconform run --sut=a.toml --report=out --case=Y --resume r", "evconform run --sut=a.toml"),
        ("certify", "evconform certify --sut 'my sut.toml'", "evconform run --sut 'my sut.toml'"),
        (
            "certify",
            "evconform certify --sut a.toml --suites s/suites --waivers w",
            "evconform run --sut a.toml --suites s/suites",
        ),
        ("certify", "pytest suites --mode certify", "evconform run --sut plain-charge-point.toml"),
    ],
)
def test_the_command_that_reproduces_judges_the_same(plan: Plan, mode: str, command: str, expected: str) -> None:
    assert replace(blank(plan, mode), command=command).reproduce("X") == f"{expected} --report reports/again --case X"


def test_a_warning_has_its_evidence_too(failed: tuple[Report, Path], page: str) -> None:
    shown = article(section(page, "warnings"), "OCPP16-CP-BOOT-04")
    assert "OCPP16-4.2-03" in shown
    assert "▲ cited" in shown
    assert f'href="#case-{FAILED}"' in section(page, "warnings"), "the warning within the failing case is named"


def test_an_error_of_ours_shows_the_frame_that_its_reason_names(plan: Plan, log: Log) -> None:
    reason = "our own party broke OCPP16J-4.1.2-01 (frame 3): no JSON"
    report = judged(plan, Verdict.ERROR, frames=[], end=22, reason=reason)
    shown = article(section(html.render(report, log(*map(str, range(20)))), "errors"), FAILED)
    assert f"Our error {reason}" in text_of(shown)
    assert "▲ cited" in frame(shown, FAILED, 3)


def test_an_inconclusive_case_says_what_was_missing_and_how_it_ended(plan: Plan, log: Log) -> None:
    report = judged(plan, Verdict.INCONCLUSIVE, frames=[], end=22, reason="heard none")
    shown = article(section(html.render(report, log(*map(str, range(20)))), "inconclusive"), FAILED)
    assert "What was missing heard none" in text_of(shown)
    assert plan.law.requirements[BROKEN].says in text_of(shown)
    assert "the case ends" in frame(shown, FAILED, 22)
    assert "Nothing was seen in this case that shows it kept or broken." in text_of(shown)
    assert f'frame-{FAILED}-16"' not in shown


def test_a_cited_frame_of_an_earlier_case_is_shown(plan: Plan, log: Log) -> None:
    report = judged(plan, frames=[2, 20], end=22)
    report.results[0].begin = 10
    shown = article(html.render(report, log(*map(str, range(20)))), FAILED)
    assert "▲ cited" in frame(shown, FAILED, 2)
    assert "▲ cited" in frame(shown, FAILED, 20)
    assert f"frame-{FAILED}-3" not in shown


def test_many_findings_on_one_requirement_are_told_and_not_all_shown(plan: Plan, log: Log) -> None:
    report = judged(plan, frames=[2], end=202)
    report.results[0].findings = [Finding(BROKEN, "m", Verdict.FAIL, f"offence {n}.", [n]) for n in range(2, 202)]
    pages: dict[str, str] = {}
    shown = article(html.render(report, log(*map(str, range(200))), pages.__setitem__), FAILED)
    assert "and 197 more like it, all on the page of the case" in text_of(shown)
    assert shown.count("▲ cited") == 3
    assert all(f"offence {n}." in pages[f"{FAILED}.html"] for n in range(2, 202))


def test_two_frames_on_either_side_and_the_marks_between() -> None:
    entries = [Entry(n, 0.0, mark="act" if n % 3 == 0 else "", kind="text") for n in range(1, 31)]
    assert [entry.n for entry in around(entries, {16})] == list(range(13, 20))


UNIT = "/meterValue/0/sampledValue/0/unit"
METER = '[2,"1","MeterValues",{"connectorId":1,"meterValue":[{"sampledValue":[{"unit":"Hertz"},{"unit":"V"}]}]}]'


@pytest.mark.parametrize(
    "says", ["/meterValue/0/sampledValue/0/unit is no unit", "MeterValues /meterValue/0/sampledValue/0/unit: no"]
)
def test_the_member_that_a_finding_points_at_is_marked(plan: Plan, log: Log, says: str) -> None:
    shown = article(html.render(judged(plan, says=says, frames=[2], end=5), log(METER, METER, METER)), FAILED)
    assert "<mark>&#34;unit&#34;:&#34;Hertz&#34;</mark>" in frame(shown, FAILED, 2)
    assert shown.count("<mark>") == 1, "only in the frame that is cited"
    assert METER in text_of(frame(shown, FAILED, 3))


def test_a_member_behind_the_cut_is_shown(plan: Plan, log: Log) -> None:
    far = '[2,"1","DataTransfer",{"data":"' + "x" * 5000 + '","unit":"' + "y" * 5000 + '"}]'
    shown = frame(html.render(judged(plan, says="/unit is odd", frames=[2], end=3), log(far)), FAILED, 2)
    assert "x … x" in shown
    assert "x&#34;,<mark>&#34;unit&#34;:&#34;yyy" in shown, "with a little of what stands before it"
    assert "y" * 201 not in shown
    assert "x" * 2001 not in shown


# ── the page as a whole ──


def test_the_page_loads_nothing_and_runs_nothing(page: str) -> None:
    shown = Page(page)
    assert not shown.loads
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(shown.tags)
    assert not re.search(r"@import|url\(", page)
    assert "://" not in page.replace(escape("ws://"), "")
    assert shown.tags["style"] == 1


def test_every_link_leads_somewhere_and_every_place_is_one(page: str) -> None:
    shown = Page(page)
    assert max(Counter(shown.ids).values()) == 1
    links = {href for href in shown.hrefs if href.startswith("#")}
    assert {href for href in shown.hrefs if not href.startswith(("#", "cases/"))} == set()
    assert links <= {f"#{id}" for id in shown.ids}
    assert {f"#{name}" for name in SECTIONS} <= links


def test_nothing_is_left_without_a_name(page: str) -> None:
    assert not re.findall(r"<(th|dt|a|h\d|p|caption|summary|li|strong)\b[^>]*>\s*</", page)


def test_a_verdict_is_never_told_by_colour_alone(page: str) -> None:
    shown = re.findall(r'<span class="v ([a-z-]+)">(.*?</span>[^<]*)</span>', page)
    assert len(shown) == page.count('<span class="v ') > 200
    for word, content in shown:
        symbol, *said = text_of(content).split()
        assert " ".join(said) == word.replace("-", " ")
        assert not symbol.isalnum()
    for query in ("(prefers-color-scheme: dark)", "print", "(max-width"):
        assert f"@media {query}" in page
