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


def message_line(report: Report) -> str:
    """The questionnaire's messages in one line."""
    rows = report.messages.values()
    states = Counter(row["state"] for row in rows if row["claimed"])
    shown = ", ".join(f"{states[state]} {state}" for state in STATES if states[state])
    return f"messages: {states.total()} of {len(rows)} claimed{': ' if shown else ''}{shown}"


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
        yield message_line(report)
        yield from summary(report.operations)
    yield from report.sentences
    yield f"as tested by evconform; report: {folder / 'report.html'}"
