"""report.html: one file that a person can decide with, and repair a red. Every figure is the report model's; what is done
here is to pick the frames that a reader needs, and to make whatever a SUT sent safe to show."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evconform.harness import wire
from evconform.harness.content import shipped
from evconform.harness.expect import Expectation
from evconform.harness.judge import CaseResult
from evconform.harness.verdict import Level, Verdict
from evconform.harness.wire import Entry
from evconform.report.model import Report
from evconform.report.pointers import Piece, marked

AROUND = 4
"""Frames shown before and after a cited one."""
DATA_AT_MOST = 2000
MEMBER_AT_MOST = 200
CITED_AT_MOST = 10
"""Findings on one requirement of one case whose frames are shown; the fold of the case lists them all."""
SECRET_AT_LEAST = 6
"""A shorter password would blank out ordinary words of the page."""

UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
"""What HTML or UTF-8 cannot hold, and what would hide or reorder its neighbours."""


@dataclass
class Line:
    """One entry of the wire log as the page shows it."""

    entry: Entry
    text: list[Piece]
    """In pieces: marked are the members that the findings point at."""
    notes: list[str]
    cited: list[str] | None
    """The requirements that it shows broken; None if nothing cites it."""
    skipped: int
    """Entries between the line before and this one that are not shown."""


def render(report: Report, wire_log: Path) -> str:
    # A copy, for a Report remembers what it worked out, and it is rendered once before its first result.
    report = replace(report)
    whole = replace(report, finished=True).as_json()  # the state of every requirement, also of a run that did not end
    clean = safe(report)
    exchanges, torn = exchanges_of(report, wire_log, clean)
    strict = {"autoescape": True, "undefined": StrictUndefined, "finalize": clean, "trim_blocks": True, "lstrip_blocks": True}
    environment = Environment(loader=FileSystemLoader(shipped() / "reports"), **strict)  # type: ignore[arg-type]
    return environment.get_template("report.html.jinja").render(
        report=report,
        header=whole["header"],
        endpoint={k: re.sub(r"//[^/]*@", "//…@", str(v)) for k, v in whole["header"]["endpoint"].items()},
        requirements=whole["requirements"],
        messages=whole["messages"],
        chapters=whole["chapters"],
        case_of={n: case for case, n in first_cases(report)},
        cases={case["id"]: case for case in whole["cases"]},
        not_run=not_run(report),
        sets=list(sets(report)),
        exchanges=exchanges,
        torn=torn,
        verdicts=[str(verdict) for verdict in Verdict],
        reproduce=lambda id: reproduce(report, id),
        cited_at_most=CITED_AT_MOST,
    )


def safe(report: Report) -> Callable[[Any], Any]:
    """Takes the password and what breaks a page out of text; leaves markup, whose parts went through here before."""
    password = report.plan.sut.endpoint.password
    secret = password.get_secret_value() if password else ""

    def clean(value: Any) -> Any:
        if not isinstance(value, str) or isinstance(value, Markup):
            return value
        text = value.replace(secret, "⟪secret⟫") if len(secret) >= SECRET_AT_LEAST else str(value)
        return UNSAFE.sub(lambda found: visible(ord(found[0])), text)

    return clean


def visible(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def first_cases(report: Report) -> Iterator[tuple[str, int]]:
    """The case in which each message was first seen, and the frame."""
    for seen in report.seen.values():
        yield from ((result.id, seen.first) for result in report.results if result.begin <= seen.first <= result.end)


def not_run(report: Report) -> dict[str, tuple[str, str]]:
    """Every case of the role without a result: its state, and why."""
    why = dict(reversed(report.untested))
    state = dict.fromkeys(report.not_applicable, "not applicable") | dict.fromkeys(report.deselected, "deselected")
    ran = {result.id for result in report.results}
    cases = report.plan.law.cases_for(report.plan.sut.sut.role)
    return {c.id: (state.get(c.id, "not run"), why.get(c.id, "")) for c in cases if c.id not in ran}


def sets(report: Report) -> Iterator[dict[str, Any]]:
    for each in report.sets:
        counts = {level: report.set_counts(each, level) for level in Level}
        yield {
            "title": each.title,
            "verdict": str(report.set_verdict(each)),
            "rows": [(level, by_verdict, sum(by_verdict.values())) for level, by_verdict in counts.items() if by_verdict],
            "members": len(report.members(each)),
            "size": len(each.requirements),
        }


def reproduce(report: Report, case: str) -> str:
    """The command that runs one case again; the same content, and no waivers where none were honoured."""
    words = shlex.split(report.command)
    if report.mode == "run":
        return f"{report.command} --case {case}"
    if words[1:2] != ["certify"]:
        words = ["evconform", "certify", "--sut", report.plan.sut.file.name]
    kept = [w for before, w in zip(["", *words], words, strict=False) if "--waivers" not in (before, w)]
    return f"{shlex.join([kept[0], 'run', *kept[2:]])} --case {case}"


# ── frames ──


def exchanges_of(report: Report, wire_log: Path, clean: Callable[[Any], Any]) -> tuple[dict[str, list[Line]], str]:
    """For each case that did not pass the lines that explain it; and what is wrong with the wire log, if anything."""
    results = [result for result in report.results if result.verdict is not Verdict.PASS]
    cited = {result.id: citations(result) for result in results}
    says = {result.id: words_of(result) for result in results}
    kept: dict[str, dict[int, Entry]] = {result.id: {} for result in results}
    torn = ""
    try:
        for id, entry in needed(wire.read(wire_log, verify=False), results, cited) if results else ():
            kept[id][entry.n] = entry
    except (OSError, ValueError, KeyError, TypeError) as error:
        torn = clean(f"{type(error).__name__}: {error}")
    lines = {r.id: list(as_lines(kept[r.id], r.begin, cited[r.id], says[r.id], clean)) for r in results}
    return lines, torn


def citations(result: CaseResult) -> dict[int, list[str]]:
    """Frame number to the requirements that it shows broken; for an error of ours, the frame that the reason names."""
    named = re.findall(r"\bframe (\d{1,12})\b", result.reason) if result.verdict is Verdict.ERROR else []
    by: dict[int, list[str]] = {int(n): [] for n in named}
    shown: Counter[str] = Counter()
    for finding in result.findings:
        shown[finding.requirement] += finding.verdict.red
        if finding.verdict.red and shown[finding.requirement] <= CITED_AT_MOST:
            for n in finding.frames:
                by[n] = sorted({*by.get(n, []), finding.requirement})
    return by


def words_of(result: CaseResult) -> dict[int, list[str]]:
    """Frame number to what the findings that cite it say."""
    by: dict[int, list[str]] = {}
    for finding in result.findings:
        for n in finding.frames if finding.verdict.red else ():
            by.setdefault(n, []).append(finding.says)
    return by


def needed(
    log: Iterable[Entry], results: list[CaseResult], cited: dict[str, dict[int, list[str]]]
) -> Iterator[tuple[str, Entry]]:
    """The entries to show, each with its case; no more than one case is held at a time."""
    begins = {result.begin: result for result in results}
    current: CaseResult | None = None
    held: list[Entry] = []
    for entry in log:
        yield from ((id, entry) for id, frames in cited.items() if entry.n in frames)
        if current := begins.get(entry.n, current):
            held.append(entry)
            if entry.n >= current.end:
                yield from ((current.id, each) for each in around(held, cited[current.id]))
                current, held = None, []
    if current:
        yield from ((current.id, each) for each in around(held, cited[current.id]))


def around(entries: list[Entry], cited: Container[int]) -> list[Entry]:
    """The cited entries and four frames on either side, with the marks between; the last ones if none is cited."""
    rank = list(accumulate(not entry.mark for entry in entries))
    anchors = [rank[i] for i, entry in enumerate(entries) if entry.n in cited] or rank[-1:]
    near = {anchor + d for anchor in anchors for d in range(-AROUND, AROUND + 1)}
    return [entry for i, entry in enumerate(entries) if rank[i] in near]


def as_lines(
    entries: dict[int, Entry], begin: int, cited: dict[int, list[str]], says: dict[int, list[str]], clean: Callable[[Any], Any]
) -> Iterator[Line]:
    due = begin
    for n, entry in sorted(entries.items()):
        text, notes = data_of(entry, says.get(n, []), clean)
        if entry.mark == "expect":  # the words say what its facts hold
            text, notes = [(Expectation.of(entry).words, False)], []
        yield Line(entry, text, notes, cited.get(n), n - due)
        due = n + 1


def data_of(entry: Entry, says: list[str], clean: Callable[[Any], Any]) -> tuple[list[Piece], list[str]]:
    """A frame's data in pieces, and what to know about it. It is made clean before it is cut: a secret must not be halved."""
    notes = [f"{k} {v}" for k, v in entry.facts.items()]
    text = entry.data
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
        notes.append("not UTF-8: \\xNN stands for a byte")
    text = clean(text)
    pieces = marked(text, says)
    if len(text) > DATA_AT_MOST:
        notes.append(f"cut: the first {DATA_AT_MOST} of {len(text)} characters; wire.jsonl has the whole")
    return list(cut(pieces)), notes


def cut(pieces: list[Piece]) -> Iterator[Piece]:
    """The first pieces, ``DATA_AT_MOST`` characters of them; a marked one behind them is shown all the same, as it begins."""
    left = DATA_AT_MOST
    for text, is_marked in pieces:
        if left > 0:
            yield text[:left], is_marked
        elif is_marked:
            yield " … ", False
            yield text[:MEMBER_AT_MOST], True
        left -= len(text)
