"""What the tests of the page share: the page as a browser reads it, its parts, and reports made by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.judge import CaseResult, Finding
from evconform.harness.plan import applicable
from evconform.harness.verdict import Verdict
from evconform.harness.wire import WireLog
from evconform.report.model import Report

VOID = {"meta", "link", "br", "img", "input", "hr"}
FAILED = "OCPP16-CP-BOOT-03"
BROKEN = "OCPP16-4.2-05"
PASSWORD = "0123456789abcdef0123"
SECTIONS = [
    *("not-tested", "figures", "failures", "errors", "inconclusive", "warnings", "waivers", "pics", "review", "cases"),
    *("requirements", "chapters"),
]


Log = Callable[..., Path]


def over_json(plan: Plan) -> Plan:
    """The plan of a product that speaks several columns, for the first of them alone."""
    product = plan.sut.sut.model_copy(update={"speaks": plan.sut.sut.speaks[:1]})
    return replace(plan, sut=plan.sut.model_copy(update={"sut": product}), columns={})


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
    start = page.index(f' aria-labelledby="{name}"')
    return page[start : page.index("</section>", start)]


def article(page: str, case: str) -> str:
    return next(part for part in page.split("<article")[1:] if f'id="evidence-{case}"' in part).split("</article>")[0]


def fold(page: str, case: str) -> str:
    return page.split(f'<details id="case-{case}">')[1].split("</details>", maxsplit=1)[0]


def frame(page: str, case: str, n: int) -> str:
    start = re.search(rf'<li class="[^"]*" id="frame-{case}-{n}">', page)
    assert start, f"frame {n} of {case} is not on the page"
    return page[start.start() : page.index("</li>", start.start())]


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
