"""summary.md: what it says, in which order, and that nothing of a SUT becomes markup."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

from evconform.harness.campaign import Plan
from evconform.harness.verdict import Verdict
from evconform.report import markdown
from evconform.report.model import Report
from tests.report.page import BROKEN, FAILED, blank, judged

HOSTILE = "<img src=x> ``` | a\n# b [x](http://evil.example) www.evil.example @all #12 *b* _i_ \\ \x00\ud800\u202e"


def test_it_says_what_was_not_tested_before_what_passed(failed: tuple[Report, Path]) -> None:
    report = failed[0]
    text = markdown.render(report)
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in headings if not line.startswith("###")][1:] == [
        *("## Not tested, and why", "## Verdicts", "## What did not pass", "## Messages of the questionnaire")
    ]
    for sentence in report.sentences:
        assert text.index(sentence) < text.index("## Not tested")


def test_what_did_not_pass_has_its_reason_and_the_command(failed: tuple[Report, Path]) -> None:
    report = failed[0]
    text = markdown.render(report)
    part = text.split("## What did not pass")[1].split("## Messages")[0]
    assert part.count("### ") == 2
    block = part.split("### ")[1]
    assert f"`{FAILED}`" in block
    assert BROKEN in block
    assert f"```console\n{report.reproduce(FAILED)}\n```" in block


def test_each_message_of_the_form_has_a_row(failed: tuple[Report, Path]) -> None:
    rows = markdown.render(failed[0]).split("|---|---|---|--:|--:|---|\n")[1].splitlines()
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(failed[0].messages)
    assert {row.count("|") for row in rows} == {7}


def test_hostile_text_stays_text(plan: Plan) -> None:
    report = judged(plan, says=HOSTILE, frames=[2], end=3)
    report.plan = replace(plan, sut=plan.sut.model_copy(deep=True))
    report.plan.sut.sut.product = report.interrupted = report.plan.sut.sut.tested_by = HOSTILE
    report.command = shlex.join(["evconform", "certify", "--sut", HOSTILE])
    text = markdown.render(report)
    text.encode("utf-8")
    prose = "".join(text.split("````")[::2])
    assert not set("\x00\ud800\u202e") & set(text)
    assert "<img" not in prose
    assert not re.search(r"(?<!\\)[\[\]`|*_~@]", prose.split("## Verdicts")[0].replace("**‼ INCOMPLETE**", ""))
    assert "http://evil" not in prose
    assert "www.evil" not in prose
    assert " @all" not in prose
    assert "\n# b" not in text
    assert "````console" in text
    assert len([line for line in prose.splitlines() if line.startswith("# ")]) == 1


def test_a_run_that_did_not_end_says_so(plan: Plan) -> None:
    text = markdown.render(blank(plan))
    assert "**‼ INCOMPLETE**: the run has not ended, or was killed" in text
    assert "No case ran." in text


def test_of_very_many_failures_the_first_are_shown(plan: Plan) -> None:
    report = judged(plan, says="x" * 100_000, frames=[2], end=3)
    report.results = [replace(report.results[0]) for _ in range(60)]
    text = markdown.render(report)
    assert text.count("### ") == markdown.FAILURES_AT_MOST
    assert "And 10 more" in text
    assert len(text) < 200_000


def test_the_worst_stands_first(plan: Plan) -> None:
    report = judged(plan, Verdict.WARN, frames=[2], end=3)
    report.results = [replace(report.results[0], verdict=verdict) for verdict in Verdict]
    found = [line.split()[2].rstrip(":") for line in markdown.render(report).splitlines() if line.startswith("### ")]
    assert found == ["fail", "error", "inconclusive", "warn"]
