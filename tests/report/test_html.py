"""report.html: whoever has only this file can decide, and repair a red; and nothing that a SUT sent can harm the page."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import SecretStr

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.judge import CaseResult, Finding
from evconform.harness.plan import Content, applicable, find_sut, load_content, make_plan
from evconform.harness.verdict import Level, Verdict
from evconform.harness.waivers import Waiver
from evconform.harness.wire import Entry, WireLog, read
from evconform.report import html
from evconform.report.model import Report

VOID = {"meta", "link", "br", "img", "input", "hr"}
FAILED = "OCPP16-CP-BOOT-03"
BROKEN = "OCPP16-4.2-05"
PASSWORD = "0123456789abcdef0123"
SECTIONS = ["not-tested", "figures", "failures", "errors", "inconclusive", "warnings", "waivers", "pics", "cases", "requirements"]


@dataclass
class Page(HTMLParser):
    """What a browser would make of the page: elements balanced, every id, every link, the cells of every table."""

    source: str
    ids: list[str] = field(default_factory=list)
    hrefs: list[str] = field(default_factory=list)
    tags: Counter[str] = field(default_factory=Counter)
    classes: dict[str, str] = field(default_factory=dict)
    tables: list[tuple[str, list[list[str]]]] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.source)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        if id := given.get("id"):
            self.ids.append(id)
            self.classes[id] = given.get("class") or ""
        if tag == "a":
            self.hrefs.append(given["href"] or "")
        self.loads += [
            v or "" for k, v in attrs if k in ("src", "srcset", "data", "poster", "background", "action") or k[:2] == "on"
        ]
        if tag == "table":
            self.tables.append((given.get("class") or "", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][1][-1].append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" and self._open[-1] == "li":
            return
        while self._open[-1] == "li" and tag == "ol":
            self._open.pop()
        assert self._open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self._open):
            self.tables[-1][1][-1][-1] += data


def text_of(part: str) -> str:
    """The text that a reader sees, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", part)).split())


def section(page: str, name: str) -> str:
    start = page.index(f'<section aria-labelledby="{name}"')
    return page[start : page.index("</section>", start)]


def article(page: str, case: str) -> str:
    return next(part for part in page.split("<article")[1:] if f'href="#case-{case}"' in part).split("</article>")[0]


def fold(page: str, case: str) -> str:
    return page.split(f'<details id="case-{case}">')[1].split("</details>", maxsplit=1)[0]


def frame(page: str, case: str, n: int) -> str:
    start = re.search(rf'<li class="[^"]*" id="frame-{case}-{n}">', page)
    assert start, f"frame {n} of {case} is not on the page"
    return page[start.start() : page.index("</li>", start.start())]


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


@pytest.fixture(scope="module")
def plan(content: Content) -> Plan:
    return make_plan(content, find_sut("plain-charge-point.toml", []))


def blank(plan: Plan, mode: str = "certify") -> Report:
    cases, not_applicable = applicable(plan)
    command = f"evconform {mode} --sut plain-charge-point.toml"
    return Report(plan, mode, cases, not_applicable, command, datetime(2026, 3, 1, 12, tzinfo=UTC), "lab")


def campaign(report: Report, log: Path, fault: str, cases: list[str]) -> None:
    """Runs cases against the reference product with a fault, and fills the report."""
    report.plan = replace(report.plan, fault=next(f for f in report.plan.law.faults if f.name == fault))
    loop = LabLoop()
    wire = WireLog(log, Clock(loop))

    async def run() -> list[CaseResult]:
        campaign = Campaign(report.plan, wire, wire.clock)
        await campaign.open()
        for id in cases:
            await campaign.run(report.plan.law.cases[id])
        await campaign.close()
        return campaign.judge.results

    try:
        report.results = loop.run_until_complete(run())
    finally:
        wire.close()
        loop.close()


@pytest.fixture(scope="module")
def failed(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    """A fail, a warning and a pass, of a product that boots again too soon."""
    report, log = blank(plan), tmp_path_factory.mktemp("failed") / "wire.jsonl"
    campaign(report, log, "impatient_after_refusal", ["OCPP16-CP-BOOT-01", FAILED, "OCPP16-CP-BOOT-04"])
    report.finished = True
    assert [r.verdict for r in report.results] == [Verdict.PASS, Verdict.FAIL, Verdict.WARN]
    return report, log


@pytest.fixture(scope="module")
def page(failed: tuple[Report, Path]) -> str:
    return html.render(*failed)


Log = Callable[..., Path]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """A wire log written by hand: one case, with these frames."""

    def write(*frames: str | bytes) -> Path:
        loop = LabLoop()
        wire = WireLog(tmp_path / "wire.jsonl", Clock(loop))
        wire.mark("case-begin", case=FAILED)
        for n, data in enumerate(frames):
            wire.frame("c1", "tester" if n % 2 else "sut", "text", data)
        wire.mark("case-end", case=FAILED)
        wire.close()
        loop.close()
        return wire.path

    return write


def judged(
    plan: Plan, verdict: Verdict = Verdict.FAIL, *, says: str = "broken", frames: list[int], end: int, **more: str
) -> Report:
    """A report with one case that came to ``verdict``."""
    report = blank(plan)
    findings = [Finding(BROKEN, "monitor:m", verdict, says, frames)]
    result = CaseResult(FAILED, 1, end, 0.0, 1.0, verdict, {BROKEN: verdict}, findings, more.get("reason", says), ["[1] acts"])
    report.results = [result]
    report.finished = True
    return report


# ── a red stands alone ──


def test_a_failure_shows_the_requirement_that_was_broken(failed: tuple[Report, Path], page: str) -> None:
    report, _ = failed
    shown, case = article(section(page, "failures"), FAILED), report.plan.law.cases[FAILED]
    assert f"<h3>✗ fail {case.title}</h3>" in re.sub(r"</?span[^>]*>", "", shown)
    labels = re.findall(r'<p class="label">([\w ]+)', shown)
    assert [label.strip() for label in labels[-4:]] == ["Expected and observed", "What was done", "On the wire", "Reproduce"]
    for requirement in (BROKEN, "OCPP16-4.2-03"):
        row = report.plan.law.requirements[requirement]
        assert f'href="#req-{requirement}"' in shown
        assert f"{requirement} {row.level} {row.clause} {row.says}" in text_of(shown)
    result = report.results[1]
    for step in result.steps:
        assert step in text_of(shown)
    for finding in result.findings:
        assert (finding.says in text_of(shown)) is finding.verdict.red
        assert not finding.verdict.red or f"; {finding.check})" in text_of(shown)
    assert "✗ fail OCPP16-4.2-05" in text_of(shown)
    assert "! warn OCPP16-4.2-03" in text_of(shown)


def test_a_failure_shows_the_frames_of_both_directions_and_marks_the_cited(failed: tuple[Report, Path], page: str) -> None:
    report, log = failed
    result, shown = report.results[1], article(page, FAILED)
    entries = {entry.n: entry for entry in read(log)}
    cited = {n for finding in result.findings if finding.verdict.red for n in finding.frames}
    assert cited
    for n in cited:
        here = frame(shown, FAILED, n)
        assert 'class="frame by-sut cited"' in here
        entry = entries[n]
        assert text_of(here).startswith(f"{n} {entry.t:.3f} s product → tester {entry.kind} {entry.conn} ")
        citing = sorted({f.requirement for f in result.findings if f.verdict.red and n in f.frames})
        assert text_of(here).endswith(f"▲ cited for {' , '.join(citing)}")
        assert all(f'href="#req-{requirement}"' in here for requirement in citing)
        assert isinstance(entries[n].data, str)
        assert escape(str(entries[n].data), quote=False) in here.replace("&#34;", '"')
        assert f'<a href="#frame-{FAILED}-{n}">{n}</a>' in shown
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
    command = f"evconform run --sut plain-charge-point.toml --case {FAILED}"
    assert f'<pre class="command">{command}</pre>' in article(page, FAILED)


@pytest.mark.parametrize(
    ("mode", "command", "expected"),
    [
        ("run", "evconform run --sut a.toml --waivers w.toml", "evconform run --sut a.toml --waivers w.toml --case X"),
        ("certify", "evconform certify --sut 'my sut.toml'", "evconform run --sut 'my sut.toml' --case X"),
        (
            "certify",
            "evconform certify --sut a.toml --suites s/suites --waivers w",
            "evconform run --sut a.toml --suites s/suites --case X",
        ),
        ("certify", "pytest suites --mode certify", "evconform run --sut plain-charge-point.toml --case X"),
    ],
)
def test_the_command_that_reproduces_judges_the_same(plan: Plan, mode: str, command: str, expected: str) -> None:
    assert html.reproduce(replace(blank(plan, mode), command=command), "X") == expected


def test_a_warning_has_its_evidence_too(failed: tuple[Report, Path], page: str) -> None:
    shown = article(section(page, "warnings"), "OCPP16-CP-BOOT-04")
    assert "OCPP16-4.2-03" in shown
    assert "▲ cited" in shown
    assert f'href="#case-{FAILED}"' in section(page, "warnings"), "the warning within the failing case is named"


def test_an_error_of_ours_shows_the_frame_that_its_reason_names(plan: Plan, log: Log) -> None:
    reason = "our own party broke OCPP16J-4.1.2-01 (frame 3): no JSON"
    report = judged(plan, Verdict.ERROR, frames=[], end=22, reason=reason)
    shown = article(section(html.render(report, log(*map(str, range(20)))), "errors"), FAILED)
    assert f"Our error: {reason}" in text_of(shown)
    assert "▲ cited" in frame(shown, FAILED, 3)


def test_an_inconclusive_case_says_what_was_missing_and_how_it_ended(plan: Plan, log: Log) -> None:
    report = judged(plan, Verdict.INCONCLUSIVE, frames=[], end=22, reason="heard none")
    shown = article(section(html.render(report, log(*map(str, range(20)))), "inconclusive"), FAILED)
    assert "What was missing: heard none" in text_of(shown)
    assert plan.law.requirements[BROKEN].says in text_of(shown)
    assert "the case ends" in frame(shown, FAILED, 22)
    assert "Nothing was seen in this case that shows it kept or broken." in shown
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
    page = html.render(report, log(*map(str, range(200))))
    shown = article(page, FAILED)
    assert f"and 190 more like it, all in {FAILED}" in text_of(shown)
    assert shown.count("▲ cited") == 10
    assert all(f"offence {n}." in fold(page, FAILED) for n in range(2, 202))


def test_four_frames_on_either_side_and_the_marks_between() -> None:
    entries = [Entry(n, 0.0, mark="act" if n % 3 == 0 else "", kind="text") for n in range(1, 31)]
    assert [entry.n for entry in html.around(entries, {16})] == list(range(10, 23))


# ── everything else is there, in order ──


def test_the_sections_come_in_order_and_what_was_not_tested_before_any_number(page: str) -> None:
    order = re.findall(r'<h2 id="([^"]+)">', page)
    assert order == [*SECTIONS, "colophon"]
    assert '<table class="figures">' not in section(page, "not-tested")
    assert page.index('id="not-tested"') < page.index('<table class="figures">')


def test_the_head_says_what_was_found_by_whom_and_how(failed: tuple[Report, Path], page: str) -> None:
    head = text_of(page[page.index("<header>") : page.index("</header>")])
    report = failed[0]
    assert len(report.sentences) == 2
    for sentence, each in zip(report.sentences, report.sets, strict=True):
        assert f"{report.set_verdict(each)} — {sentence}" in head
    for fact in (
        "evconform 0.1.0",
        "certification",
        "01 March 2026",
        "evconform plain charge point, version 1",
        "charge point",
        "lab time",
    ):
        assert fact in head
    assert "nonconformity (exit code 1)" in head
    assert "<title>evconform plain charge point 1: conformance report</title>" in page


def test_everything_untested_stands_with_its_reason(failed: tuple[Report, Path], page: str) -> None:
    shown = section(page, "not-tested")
    assert failed[0].untested
    for id, why in failed[0].untested:
        row = next(row for row in shown.split("<tr>") if why in unescape(row))
        assert f">{id}</a>" in row
    full = replace(failed[0].plan.law, requirements={})
    report = replace(failed[0], plan=replace(failed[0].plan, law=replace(full, sets=[], cases={})), planned=[], results=[])
    assert "every case and every requirement" in section(html.render(report, Path("none")), "not-tested")


def test_the_counts_are_those_of_the_model(failed: tuple[Report, Path], page: str) -> None:
    report = failed[0]
    tables = [rows for kind, rows in Page(page).tables if kind == "figures"]
    words = [*map(str, Verdict), "untested"]
    assert len(tables) == len(report.sets) == 2
    for each, rows in zip(report.sets, tables, strict=True):
        assert [cell.split()[-1] for cell in rows[0]] == ["Level", *words, "of"]
        expected = []
        for level in Level:
            counts = report.set_counts(each, level)
            of = sum(1 for row in report.members(each) if row.level is level)
            expected.append([str(level), *(str(counts.get(word, 0)) for word in words), str(of)])
        assert rows[1:] == expected
        assert f"{report.set_verdict(each)} {each.title} Level" in text_of(section(page, "figures"))
        assert f"{len(report.members(each))} of the {len(each.requirements)} requirements" in text_of(section(page, "figures"))
    cases = text_of(section(page, "figures"))
    assert f"3 of {report.counts['planned']} planned ran: 1 pass, 1 warn, 0 inconclusive, 1 fail, 0 error; 0 waived." in cases
    assert "0 not applicable, 0 deselected" in cases
    assert "%" not in text_of(page[page.index("<body>") :]).replace("%20", "").replace("%2F", "").replace("%C3%A4", "")


def test_every_case_has_its_fold_with_what_passed_too(failed: tuple[Report, Path], page: str) -> None:
    report = failed[0]
    for result in report.results:
        shown = text_of(fold(page, result.id))
        assert report.plan.law.cases[result.id].title in shown
        for requirement, verdict in result.requirements.items():
            assert f"{verdict} {requirement} {report.plan.law.requirements[requirement].says}" in shown
        for finding in result.findings:
            margin = f"; smallest margin {round(finding.margin, 3)} s" if finding.margin is not None else ""
            assert f"{finding.verdict} {finding.requirement} {finding.says}{margin}" in shown
        assert all(step in shown for step in result.steps)
        assert f"frames {result.begin} to {result.end}; {round(result.ended - result.began, 3)} s" in shown
    ran = {result.id for result in report.results}
    for case in report.planned:
        assert ("not run" in text_of(fold(page, case.id))) is (case.id not in ran)
    assert "smallest margin" in page


def test_every_requirement_of_the_role_has_its_row(failed: tuple[Report, Path], page: str) -> None:
    report = failed[0]
    rows = report.as_json()["requirements"]
    assert len(rows) == page.count('<tr id="req-') > 50
    for id, row in rows.items():
        shown = page.split(f'<tr id="req-{id}">')[1].split("</tr>", maxsplit=1)[0]
        assert f"{row['verdict']} {id} {row['level']} {row['says']} {row['clause']}" in text_of(shown)
        assert all(f'href="#case-{case}"' in shown for case in row["cases"])


def test_the_pics_marks_what_was_assumed(plan: Plan) -> None:
    answers = plan.pics.answers | {"basic_authentication": False, "Core": False}
    report = blank(replace(plan, pics=replace(plan.pics, answers=answers, assumed=("basic_authentication",))))
    shown = section(html.render(report, Path("none")), "pics")
    assert "basic authentication – no ! assumed by us" in text_of(shown)
    assert "status timestamps ✓ yes the vendor" in text_of(shown)
    assert shown.count("assumed by us") == 1
    assert "Core – no, only in part – Authorize , ✓ BootNotification" in text_of(shown)
    assert "RemoteTrigger ✓ yes ✓ TriggerMessage" in text_of(shown)


@pytest.mark.parametrize(
    ("mode", "expires", "verdict", "requirement", "state"),
    [
        ("run", date(2099, 1, 1), Verdict.FAIL, "", "honoured"),
        ("run", date(2099, 1, 1), Verdict.FAIL, "OCPP16-4.2-03", "not honoured: it does not cover all that is wrong"),
        ("run", date(2000, 1, 1), Verdict.FAIL, "", "stale: remove it"),
        ("run", date(2099, 1, 1), Verdict.PASS, "", "stale: remove it"),
        ("certify", date(2099, 1, 1), Verdict.FAIL, "", "only printed"),
    ],
)
def test_a_waiver_is_printed_whole_with_what_it_did(
    plan: Plan, log: Log, mode: str, expires: date, verdict: Verdict, requirement: str, state: str
) -> None:
    report = replace(judged(plan, verdict, frames=[2], end=4), mode=mode)
    link = "javascript:alert(1)"
    waiver = Waiver(testcase=FAILED, requirement=requirement, reason="known <b>", link=link, owner="A. Person", expires=expires)
    report.waivers = {FAILED: waiver}
    page = html.render(report, log("a", "b"))
    shown = text_of(section(page, "waivers"))
    for fact in ("known <b>", link, "A. Person", str(expires), requirement or "the whole case"):
        assert fact in shown
    assert shown.endswith(state)
    assert ("(expired)" in shown) is (expires.year == 2000)
    assert link not in Page(page).hrefs
    assert (">waived<" in page) is (state == "honoured")


def test_the_colophon_says_how_to_repeat_and_how_to_verify(page: str) -> None:
    shown = text_of(section(page, "colophon"))
    for fact in (
        "evconform 0.1.0",
        "evconform certify --sut plain-charge-point.toml",
        "2026-03-01T12:00:00+00:00",
        "0.0 s of wall time",
        "Python 3.",
        "pydantic ",
        "identity CP 1/ä; with a password, not shown",
        "patience 10.0 s",
        "boot within 120.0 s",
        "tolerance of 0.0 s",
        "sha256sum -c MANIFEST.sha256 evconform judge <folder>",
    ):
        assert fact in shown


# ── an incomplete run ──


def test_a_finished_run_has_no_banner(page: str) -> None:
    assert "INCOMPLETE" not in page


@pytest.mark.parametrize(
    ("finished", "interrupted", "reason"),
    [
        (False, "", "The run has not ended, or was killed"),
        (True, "the SUT cannot be reached: <none>", "the SUT cannot be reached: <none>"),
    ],
)
def test_an_incomplete_run_says_so_first(plan: Plan, finished: bool, interrupted: str, reason: str) -> None:
    report = blank(plan)
    report.finished, report.interrupted = finished, interrupted
    page = html.render(report, Path("/nowhere/wire.jsonl"))
    shown = Page(page)
    assert page.index('class="banner"') < page.index('class="sentences"')
    assert f"INCOMPLETE {reason}" in text_of(page)
    assert page.count(">not run<") + page.count("</span> not run<") == len(report.planned)
    assert {f"#{id}" for id in shown.ids} >= {href for href in shown.hrefs if href.startswith("#")}


def test_rendering_before_the_first_result_leaves_no_trace_in_the_report(plan: Plan, log: Log) -> None:
    report = blank(plan)
    html.render(report, Path("/nowhere/wire.jsonl"))
    report.results = judged(plan, frames=[2], end=4).results
    report.finished = True
    page = html.render(report, log("a", "b"))
    assert f"does not conform to {report.sets[1].title}" in text_of(page)
    assert report.requirements == {BROKEN: Verdict.FAIL}


def test_a_wire_log_that_is_gone_or_torn_leaves_a_page(plan: Plan, log: Log, tmp_path: Path) -> None:
    report = judged(plan, frames=[2], end=9)
    assert "could not be read to its end" in article(html.render(report, tmp_path / "none"), FAILED)
    path = log("whole", "torn")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]) + lines[2][:40])
    shown = article(html.render(report, path), FAILED)
    assert "whole" in frame(shown, FAILED, 2)
    assert "… 3–9 not shown" in shown
    path.write_bytes(b"".join(lines) + b"no json\n")
    assert "could not be read to its end" in article(html.render(report, path), FAILED)


# ── bad input is expected ──


HOSTILE = "<script>alert(1)</script></pre><img src=x onerror=alert(1)>\x00\x1b[31m\u202e\x9b\"'&amp;{{ 7*7 }}"


def test_hostile_data_is_shown_and_does_nothing(plan: Plan, log: Log) -> None:
    raw = b"\xed\xa0\x80\xff<script>"
    path = log(HOSTILE, raw, "[2,\ud800]")
    report = judged(plan, says=f"sent {HOSTILE}\ud800", frames=[2], end=5)
    report.plan = replace(plan, sut=plan.sut.model_copy(deep=True))
    report.plan.sut.sut.product = report.interrupted = HOSTILE
    report.command = shlex.quote(HOSTILE)
    report.results[0].steps = [HOSTILE]
    page = html.render(report, path)
    page.encode("utf-8")
    shown = Page(page)
    assert not shown.tags["script"]
    assert not shown.tags["img"]
    assert not shown.loads
    assert not set("\x00\x1b\u202e\x9b\ud800") & set(page)
    expected = "<script>alert(1)</script></pre><img src=x onerror=alert(1)>␀␛[31m\\u202e\\x9b\"'&amp;{{ 7*7 }}"
    assert unescape(frame(page, FAILED, 2).split("<pre>")[1].split("</pre>")[0]) == expected
    assert "\\xed\\xa0\\x80\\xff&lt;script&gt;" in frame(page, FAILED, 3)
    assert "not UTF-8" in frame(page, FAILED, 3)
    assert "\\ud800" in frame(page, FAILED, 4)
    assert "not UTF-8" not in frame(page, FAILED, 4)


def test_a_huge_frame_is_cut_and_says_so(plan: Plan, log: Log) -> None:
    page = html.render(judged(plan, frames=[2], end=4), log("A" * 100_000, b"\xff" + b"B" * 100_000))
    assert "A" * 2000 in page
    assert "A" * 2001 not in page
    assert "B" * 2001 not in page
    assert "the first 2000 of 100000 characters; wire.jsonl has the whole" in frame(page, FAILED, 2)
    assert len(page) < 200_000
    assert "cut:" not in html.render(judged(plan, frames=[2], end=4), log("A" * 2000, "B"))


def test_the_password_never_appears_nor_half_of_it(plan: Plan, log: Log) -> None:
    path = log(f"a {PASSWORD}", b"\xff" + PASSWORD.encode(), "x" * 1990 + PASSWORD)
    report = judged(plan, says=f"said {PASSWORD}", frames=[2], end=5)
    report.plan = replace(plan, sut=plan.sut.model_copy(deep=True))
    report.plan.sut.endpoint.password = SecretStr(PASSWORD)
    report.plan.sut.endpoint.url = "ws://somebody:hunter2@localhost/ocpp"
    report.results[0].steps = [f"[2] sends {PASSWORD}"]
    page = html.render(report, path)
    assert PASSWORD[:8] not in page
    assert "hunter2" not in page
    assert "⟪secret⟫" in frame(page, FAILED, 2)
    assert "ws://…@localhost/ocpp" in section(page, "colophon")


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
    assert links == set(shown.hrefs)
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
