"""report.html: nothing that a SUT sent can harm the page, and no secret is on it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from html import unescape

from pydantic import SecretStr

from evconform.harness.campaign import Plan
from evconform.report import html
from tests.report.page import FAILED, PASSWORD, Log, Page, frame, judged, section

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
    assert len(page) < len(html.render(judged(plan, frames=[2], end=4), log("A", b"\xffB"))) + 10_000
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
