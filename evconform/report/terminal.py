"""What the terminal says at the end of a run: what was not tested first, then the verdicts, then one sentence a set."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from evconform.harness.standing import Standing
from evconform.harness.verdict import Verdict
from evconform.report.messages import STATES
from evconform.report.model import Report
from evconform.report.operations import summary


def message_lines(report: Report) -> Iterator[str]:
    """The questionnaire's messages: a line for each column of the SUT."""
    spoken = report.plan.speaks
    for speaks in spoken:
        rows = report.messages_on(speaks).values()
        states = Counter(row["state"] for row in rows if row["claimed"])
        shown = ", ".join(f"{states[state]} {state}" for state in STATES if states[state])
        over = f" over {report.plan.law.columns[speaks]}" if len(spoken) > 1 else ""
        yield f"messages{over}: {states.total()} of {len(rows)} claimed{': ' if shown else ''}{shown}"


def column_lines(report: Report) -> Iterator[str]:
    """What the cases came to in each column where they are several, and those that differ; and what is claimed untested."""
    several = len(report.plan.speaks) > 1
    for column in report.columns:
        claimed = any(row["claimed"] for row in column["messages"].values())
        if column["untested"] and (several or claimed):
            yield f"{column['word']}: not tested: {column['untested']}"
        elif several:
            yield f"{column['word']}: " + (", ".join(f"{n} {word}" for word, n in column["cases"].items()) or "no case ran")
    for row in (each for each in report.side_by_side if each["differs"]):
        cells = ", ".join(f"{word} {cell['verdict']}" for word, cell in row["columns"].items())
        yield f"  {row['case']} differs: {cells}"


def summarize(report: Report, folder: Path) -> Iterator[str]:
    counts = report.counts
    if report.interrupted:
        yield f"INCOMPLETE: {report.interrupted}"
        elsewhere = ["--report", str(folder.parent)] if folder.parent != Path("reports") else []
        yield f"to go on where it was: {shlex.join([*shlex.split(report.command), *elsewhere, '--resume'])}"
    if report.resumed:
        again = [result.id for result in report.results if result.attempts]
        yield report.resumptions + (f"; begun anew: {', '.join(again)}" if again else "")
    yield (
        f"{counts['ran']} of {counts['planned']} planned cases ran; {counts['not_applicable']} not applicable, "
        f"{counts['deselected']} deselected; {len(report.untested)} cases and requirements not tested"
    )
    shown = [f"{counts[str(v)]} {v}" for v in Verdict if counts[str(v)]]
    yield ", ".join(shown) + (f" ({counts['waived']} waived)" if counts["waived"] else "")
    for result in report.results:
        if result.verdict is not Verdict.PASS:
            stands = report.standing_of(result)
            note = "" if stands is Standing.STANDS else f" [{stands}]"
            yield f"  {str(result.verdict).upper()}{note} {result.id}: {result.reason}"
    for result in report.results:
        if report.standing_of(result) is Standing.STALE and result.verdict is Verdict.PASS:
            yield f"  STALE WAIVER {result.id}: it passes now; remove the waiver"
    if report.mode == "certify" and report.waivers:
        yield f"{len(report.waivers)} waivers are printed in the report and were not honoured"
    if report.finished:
        yield from column_lines(report)
        yield from message_lines(report)
        yield from summary(report.operations)
    yield from report.sentences
    yield f"as tested by evconform; report: {folder / 'report.html'}"
