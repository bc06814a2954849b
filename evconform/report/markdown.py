"""summary.md: the report in one screen, for the summary of a CI job. What was not tested stands before what passed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.judge import CaseResult
from evconform.harness.standing import Standing
from evconform.harness.verdict import Level, Verdict
from evconform.report.exchange import safe
from evconform.report.hostile import hostile as table
from evconform.report.hostile import lines
from evconform.report.model import Report
from evconform.report.operations import by_module, counted, covered

FAILURES_AT_MOST = 50
"""Shown with their command; a summary of GitHub's may hold 1 MiB."""
UNJUDGED = (Verdict.ERROR, Verdict.INCONCLUSIVE)
WHY_AT_MOST = 20
TEXT_AT_MOST = 400
SYMBOLS = {"pass": "✓", "warn": "!", "inconclusive": "?", "fail": "✗", "error": "‼", "untested": "○"}
SPECIAL = re.compile(r"[\\`*_\[\]|~@]|:(?=//)|(?<=www)\.|#(?=\d)", re.IGNORECASE)
"""What within a line is markup, or becomes a link, a mention or the number of an issue."""


def render(report: Report) -> str:
    clean = safe(report)
    return (
        "\n".join(
            line
            for part in (head, untested, modules, figures, beside, failures, messages, readings, tables, hostile)
            for line in part(report, clean)
        )
        + "\n"
    )


def plain(text: Any, clean: Callable[[Any], Any]) -> str:
    """The text as Markdown that shows it and does nothing: no markup, no link, no mention, no cell or line of its own."""
    text = " ".join(str(clean(str(text))).split())
    text = text if len(text) <= TEXT_AT_MOST else f"{text[:TEXT_AT_MOST]}…"
    return SPECIAL.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def fenced(text: str, clean: Callable[[Any], Any]) -> Iterator[str]:
    """A block of code; its fence is longer than any in it."""
    text = " ".join(str(clean(text)).splitlines())
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    yield from (f"{fence}console", text, fence, "")


def head(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    sut = report.plan.sut.sut
    yield from (f"# {plain(f'{sut.product} {sut.version}', clean)}: {plain(report.plan.law.title, clean)}", "")
    if report.interrupted or not report.finished:
        why = plain(report.interrupted or "the run has not ended, or was killed", clean)
        yield from (f"> **‼ INCOMPLETE**: {why}. What follows is what is known so far; it is no certificate.", "")
    if report.resumed:
        yield from (f"The run was {report.resumptions}.", "")
    for each, sentence in zip(report.sets, report.sentences, strict=True):
        yield f"- {SYMBOLS[str(report.set_verdict(each))]} {plain(sentence, clean)}"
    tool = f"{report.tool['name']} {report.tool['version']}"
    by = f" by {plain(sut.tested_by, clean)}" if sut.tested_by else ""
    yield from ("", f"As tested with {plain(tool, clean)}{by}, {report.began.isoformat(timespec='seconds')}.", "")


def modules(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    """A line a module, for what the product serves and what the tester does."""
    rows = report.operations
    if not rows:
        return
    yield from (
        "## Modules and operations, by who serves them",
        "",
        "| module | product serves | tester serves |",
        "|---|---|---|",
    )
    for module, each in by_module(rows).items():
        cells = [[row for row in each if row["served"] == who] for who in ("product", "tester")]
        shown = (counted(own) or "–" for own in cells)
        yield f"| {plain(module, clean)} | {' | '.join(shown)} |"
    yield ""


def figures(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    counts = report.counts
    yield from ("## Verdicts", "")
    yield f"{counts['ran']} of {counts['planned']} planned cases ran; {counts['waived']} waived. Not planned: " + (
        f"{counts['not_applicable']} not applicable, {counts['deselected']} deselected."
    )
    words = [*map(str, Verdict), "untested"]
    yield from ("", "| | level | " + " | ".join(f"{SYMBOLS[w]} {w}" for w in words) + " | of |", "|---|---|" + "--:|" * 7)
    cells = " | ".join(str(counts[str(verdict)]) for verdict in Verdict)
    yield f"| cases | | {cells} | {counts['planned'] - counts['ran']} | {counts['planned']} |"
    for each in report.sets:
        for level in Level:
            if by := report.set_counts(each, level):
                row = " | ".join(str(by.get(word, 0)) for word in words)
                yield f"| {plain(each.title, clean)} | {level} | {row} | {sum(by.values())} |"
    yield ""


def untested(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    yield from ("## Not tested, and why", "")
    why = Counter(why for _, why in report.untested)
    for reason, count in why.most_common(WHY_AT_MOST):
        yield f"- {count}: {plain(reason, clean)}"
    if len(why) > WHY_AT_MOST:
        yield f"- and {len(why) - WHY_AT_MOST} more reasons: see the report"
    if unlawed := report.claimed_without_law:
        yield f"- no law yet about these messages, which the questionnaire claims: {plain(', '.join(unlawed), clean)}"
    elif not why:
        yield "Nothing."
    yield ""


def failures(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    order = (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.WARN)
    found = [result for verdict in order for result in report.results if result.verdict is verdict]
    told: dict[str, list[str]] = {}
    for requirement, cases in report.broken_in.items():
        told.setdefault(cases[0], []).append(requirement)
    shown = [result for result in found if result.id in told or result.verdict in UNJUDGED]
    yield from ("## What did not pass", "")
    for result in shown[:FAILURES_AT_MOST]:
        yield from failure(report, result, told.get(result.id, []), clean)
    if len(shown) > FAILURES_AT_MOST:
        yield from (f"And {len(shown) - FAILURES_AT_MOST} more: see the report.", "")
    if rest := len(found) - len(shown):
        yield from (f"The same requirements are broken in {rest} more case{'s' * (rest > 1)}: see the report.", "")
    if not found:
        yield from ("Nothing: every case that ran passed.", "") if report.results else ("No case ran.", "")


def failure(report: Report, result: CaseResult, told: list[str], clean: Callable[[Any], Any]) -> Iterator[str]:
    case, stands = report.plan.law.cases[result.id], report.standing_of(result)
    note = "" if stands is Standing.STANDS else f" ({stands})"
    yield from (f"### {SYMBOLS[str(result.verdict)]} {result.verdict}{note}: {plain(case.title, clean)}", "")
    official = f" (official: {plain(', '.join(case.oca), clean)})" if case.oca else ""
    span = f"frames {result.begin} to {result.end} of wire.jsonl"
    reason = f" {plain(result.reason, clean)}" if result.verdict in UNJUDGED else ""
    yield from (f"`{case.id}`{official}, {span}.{reason}", "")
    for requirement in told:
        yield from broken(report, result, requirement, clean)
    yield from fenced(report.reproduce(result.id), clean)


def broken(report: Report, result: CaseResult, requirement: str, clean: Callable[[Any], Any]) -> Iterator[str]:
    """A requirement that does not hold, and what shows it first."""
    row = report.plan.law.requirements[requirement]
    yield f"- {requirement} ({row.level}; {plain(row.clause, clean)}): {plain(row.says, clean)}"
    first = next(finding for finding in result.findings if finding.requirement == requirement and finding.verdict.red)
    frames = f" (frame {', '.join(map(str, first.frames[:4]))})" if first.frames else ""
    yield from (f"  Observed: {plain(first.says, clean)}{frames}", "")


def beside(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    """The columns side by side, and the cases that differ."""
    rows = report.side_by_side
    if not rows:
        return
    words = [*map(str, Verdict)]
    yield from ("## Columns side by side", "", "| | " + " | ".join(f"{SYMBOLS[word]} {word}" for word in words) + " |")
    yield "|---|" + "--:|" * len(words)
    for column in report.columns:
        if not column["untested"]:
            yield f"| {plain(column['word'], clean)} | " + " | ".join(str(column["cases"].get(word, 0)) for word in words) + " |"
    yield ""
    for column in report.columns:
        if column["untested"]:
            yield f"- {plain(column['column'], clean)} was not tested: {plain(column['untested'], clean)}"
    differing = [row for row in rows if row["differs"]]
    for row in differing[:FAILURES_AT_MOST]:
        cells = ", ".join(f"{word} {cell['verdict']}" for word, cell in row["columns"].items())
        yield f"- `{row['case']}` differs: {cells}"
    yield from ("" if differing else "No case differs between columns.", "")


def messages(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    if report.side_by_side:
        yield from messages_by_column(report, clean)
        return
    yield from ("## Messages of the questionnaire", "", "| message | claimed | verified | answered | judged | broken |")
    yield "|---|---|---|--:|--:|---|"
    for name, row in report.messages.items():
        claimed = "yes" if row["claimed"] else "no"
        judged = f"{row['judged']} of {row['requirements']}"
        broken = plain(", ".join(row["broken"]), clean)
        yield f"| {plain(name, clean)} | {claimed} | {row['state']} | {row['calls']} | {judged} | {broken} |"


def messages_by_column(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    """The matrix of the questionnaire: what is claimed, and what it came to, in each column."""
    columns = report.columns
    heads = [plain(column["column"], clean) for column in columns]
    yield from ("## Messages of the questionnaire", "", f"| message | {' | '.join(heads)} |", "|---|" + "---|" * len(columns))
    for name in report.messages:
        rows = (column["messages"][name] for column in columns)
        cells = (
            f"{'claimed: ' if row['claimed'] else ''}{row['state']} {plain(', '.join(row['broken']), clean)}".strip()
            for row in rows
        )
        yield f"| {plain(name, clean)} | {' | '.join(cells)} |"


def readings(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    """The rules that may be read in several ways, each with the reading in force."""
    if not report.readings:
        return
    yield from ("", "## Contested rules: the readings in force", "", "| rule | reading | which says |", "|---|---|---|")
    for name, rule in report.readings.items():
        reading = rule["reading"]
        yield f"| {plain(name, clean)} | {plain(reading, clean)} | {plain(rule['readings'][reading], clean)} |"


def tables(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    """How much of the tables of the protocol the run saw."""
    if report.coverage:
        sums = covered(report.coverage)
        yield from ("", f"## Tables of {plain(report.plan.law.title, clean)} that the run saw", "")
        yield (
            f"Of {sums['there']} fields, values and parameters the product sent {sums['given']}, and was sent {sums['taken']}. "
            + (f"{sums['untouched']} of {len(report.coverage)} tables were not seen at all.")
        )


def hostile(report: Report, clean: Callable[[Any], Any]) -> Iterator[str]:
    yield from lines(table(report.thrown, report.results))
