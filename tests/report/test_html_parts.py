"""report.html: everything that a reader needs to decide is there, in order; also of a run that did not end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.verdict import Level, Verdict
from evconform.harness.waivers import Waiver
from evconform.report import html
from evconform.report.model import Report
from evconform.report.sight import seen_in
from tests.report.page import BROKEN, FAILED, SECTIONS, Log, Page, article, blank, fold, frame, judged, section, text_of

# ── everything else is there, in order ──


def test_the_sections_come_in_order_and_what_was_not_tested_before_any_number(page: str) -> None:
    order = re.findall(r'<h2 id="([^"]+)">', page)
    assert order == [*SECTIONS, "colophon"]
    assert '<table class="figures">' not in section(page, "not-tested")
    assert page.index('id="not-tested"') < page.index('<table class="figures">')


def test_the_head_says_what_was_found_by_whom_and_how(failed: tuple[Report, Path], page: str) -> None:
    head = text_of(page[page.index("<header>") : page.index("</header>")])
    report = failed[0]
    assert len(report.sentences) == len(report.sets) > 1
    for sentence, each in zip(report.sentences, report.sets, strict=True):
        assert f"{report.set_verdict(each)} {sentence}" in head
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
        row = next(row for row in shown.split("<tr>") if why[:1].upper() + why[1:] in unescape(row))
        assert f">{id}</a> {html.title_of(failed[0], id)}" in unescape(row)
    bare = replace(failed[0].plan.law, requirements={}, sets=[], cases={})
    nothing = {"planned": [], "results": [], "not_applicable": {}}
    report = replace(failed[0], plan=replace(failed[0].plan, law=bare), **nothing)
    claimed = section(html.render(report, Path("none")), "not-tested")
    assert report.claimed_without_law == [name for name in bare.form.messages if report.plan.pics[name]]
    assert f"which the questionnaire claims {', '.join(report.claimed_without_law)}" in text_of(claimed)
    pics = replace(report.plan.pics, answers=dict.fromkeys(report.plan.pics.answers, False))
    report = replace(report, plan=replace(report.plan, pics=pics))
    assert "every case and every requirement" in section(html.render(report, Path("none")), "not-tested")


def test_the_counts_are_those_of_the_model(failed: tuple[Report, Path], page: str) -> None:
    report = failed[0]
    tables = [rows for kind, rows in Page(page).tables if kind == "figures"]
    words = [*map(str, Verdict), "untested"]
    assert len(tables) == len(report.sets) > 1
    for each, rows in zip(report.sets, tables, strict=True):
        assert [cell.split()[-1] for cell in rows[0]] == ["Level", *words, "of"]
        expected = []
        for level in Level:
            counts = report.set_counts(each, level)
            of = sum(row.level is level for row in report.members(each))
            if of:  # a level of which there is no row is not shown
                expected.append([str(level), *(str(counts.get(word, 0)) for word in words), str(of)])
        assert rows[1:] == expected
        assert f"{report.set_verdict(each)} {each.title} Level" in text_of(section(page, "figures"))
        assert f"{len(report.members(each))} of the {len(each.requirements)} requirements" in text_of(section(page, "figures"))
    cases = text_of(section(page, "figures"))
    assert f"3 of {report.counts['planned']} planned ran: 1 pass, 1 warn, 0 inconclusive, 1 fail, 0 error; 0 waived." in cases
    assert f"{report.counts['not_applicable']} not applicable, 0 deselected" in cases
    shown = text_of(page[page.index("<body>") :])
    assert "%" not in re.sub("%20|%2F|%C3%A4|5 % late", "", shown)


def test_every_case_has_its_fold_with_what_passed_too(failed: tuple[Report, Path], page: str) -> None:
    report = failed[0]
    for result in report.results:
        shown = text_of(fold(page, result.id))
        assert report.plan.law.cases[result.id].title in shown
        for requirement, verdict in result.requirements.items():
            assert f"{verdict} {requirement} {report.plan.law.requirements[requirement].says}" in shown
        for finding in result.findings:
            assert (f"{finding.verdict} {finding.requirement} {finding.says}" in shown) is (finding.verdict is not Verdict.PASS)
        held = sum(finding.verdict is Verdict.PASS for finding in result.findings)
        assert f"{held} of {len(result.findings)} findings say that a requirement held." in shown
        assert f'href="cases/{result.id}.html"' in fold(page, result.id)
        assert "<svg" in fold(page, result.id)
        assert all(step.lstrip("[").replace("] ", " ", 1) in shown for step in result.steps)
        assert f"frames {result.begin} to {result.end}; {round(result.ended - result.began, 3)} s" in shown
    ran = {result.id for result in report.results}
    for case in report.planned:
        assert ("not run" in text_of(fold(page, case.id))) is (case.id not in ran)


def test_every_requirement_of_the_role_has_its_row(failed: tuple[Report, Path], page: str) -> None:
    report = failed[0]
    rows = report.as_json()["requirements"]
    assert len(rows) == page.count('<tr id="req-') > 50
    for id, row in rows.items():
        shown = page.split(f'<tr id="req-{id}">')[1].split("</tr>", maxsplit=1)[0]
        assert f"{row['verdict']} {id} {row['level']} {row['says']} {row['clause']}" in text_of(shown)
        assert all(f'href="#case-{case}"' in shown for case in row["cases"])
        assert row["why"] in text_of(shown)
        assert row["cases"] or row["monitors"] or row["why"], f"{id}: neither what tests it nor why nothing does"


def test_the_pics_marks_what_was_assumed(plan: Plan) -> None:
    answers = plan.pics.answers | {"basic_authentication": False, "Core": False}
    report = blank(replace(plan, pics=replace(plan.pics, answers=answers, assumed=("basic_authentication",))))
    shown = section(html.render(report, Path("none")), "pics")
    asks = plan.law.form.asks
    assert f"{asks['basic_authentication']} – no ! assumed by us" in text_of(shown)
    assert f"{asks['status_timestamps']} ✓ yes the vendor" in text_of(shown)
    assert shown.count("assumed by us") == 1
    assert "Core: claimed only in part – not claimed" in text_of(shown)
    assert "RemoteTrigger: claimed" in text_of(shown)


def test_the_questionnaire_stands_as_it_was_answered_without_its_secrets(plan: Plan) -> None:
    sections = {
        "model": {"vendor": "V", "model": "M <b>", "firmware": "1"},
        "measurement": [{"name": "Voltage", "level": "connector", "phases": True}, {"name": "Temperature", "level": "EVSE"}],
        "diagnostics": {"protocols": ["ftp", "https"], "location": "ftp://me:secret@host/"},
    }
    report = blank(replace(plan, pics=replace(plan.pics, sections=sections)))
    page = html.render(report, Path("none"))
    shown = text_of(section(page, "pics"))
    assert "Model name M <b>" in shown
    assert "Issue date of that firmware not answered" in shown
    assert "Voltage connector ✓ yes not answered not answered Temperature EVSE not answered" in shown
    assert "Supported upload protocols ftp, https" in shown
    assert "Other interfaces not answered" in shown
    assert "if it needs them not shown: it is secret" in shown
    assert "me:secret" not in page
    assert "me:secret" not in str(report.as_json())


def messages_part(page: str) -> str:
    start = page.index('id="messages"')
    return page[start : page.index("</fieldset>", start)].partition("<tbody>")[2]


def test_each_message_stands_claimed_beside_verified(failed: tuple[Report, Path], page: str) -> None:
    report = replace(failed[0], sight=seen_in(failed[1], failed[0].plan))
    rows = report.as_json()["messages"]
    shown = messages_part(html.render(report, failed[1]))
    assert len(rows) == shown.count("<tr><th") == 28
    for name, row in rows.items():
        here = text_of(next(part for part in shown.split("<tr>") if f">{name}" in part))
        claimed = re.search(rf"([✓–]) \S {row['state']}", here)
        assert claimed, name
        assert (claimed[1] == "✓") is row["claimed"]
        assert f" {row['state']} " in here
        assert f"{row['judged']} of {row['requirements']} judged" in here
    boot = next(part for part in shown.split("<tr>") if ">BootNotification" in part)
    assert (
        f'the first in frame <a href="#case-{report.results[0].id}">{report.sight.messages["BootNotification"].first}</a>' in boot
    )
    assert "✗ broken" in text_of(boot)
    assert f'href="#req-{BROKEN}"' in boot
    assert "never" in messages_part(page), "without a wire log nothing was seen"


def test_the_chapters_that_were_read_stand_with_what_is_open(failed: tuple[Report, Path], page: str) -> None:
    report = failed[0]
    shown = text_of(section(page, "chapters"))
    assert report.chapters
    for clause, row in report.chapters.items():
        assert f"{clause} {row['title']} {row['sentences']} {row['as_rows']}" in shown
        assert all(what in shown for what in (*row["open"], *row["no_check"]))
    none = replace(report, plan=replace(report.plan, law=replace(report.plan.law, chapters=[])))
    assert "None is listed for the charge point." in section(html.render(none, Path("none")), "chapters")


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
