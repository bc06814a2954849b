"""The cases in report.pdf, each with what was done and a diagram; and a command as one can copy it from a page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from evconform.report.exchange import citations, hides_secrets
from evconform.report.html import not_run, whole_ones
from evconform.report.model import Report
from evconform.report.sequence import cut, rows_of, without_base_state
from evconform.report.trace import Trace

DIAGRAMS_AT_MOST = 400
"""Cases of a run each of which is shown with its steps and a diagram; a larger run has them in report.html alone."""
STEPS_OF_A_CASE, ROWS_OF_A_CASE = 20, 20
ROW_AT_MOST = 56
SIGNS = re.compile("^[✎⚠] ")
"""What a diagram puts before a note, and these fonts do not show."""
COMMAND_WIDTH = 90
"""Characters of a line of a command; it goes on in the next one, as a shell takes it."""


def all_cases(report: Report, cases: list[dict[str, Any]], wire_log: Path) -> Iterator[dict[str, Any]]:
    """Every case of the role, with what was done and a diagram; then those without a result."""
    torn: list[str] = []
    whole = len(cases) <= DIAGRAMS_AT_MOST
    hide = hides_secrets(report)
    diagrams = {trace.result.id: diagram(trace, hide) for trace in whole_ones(report, wire_log, torn)} if whole else {}
    for case in cases:
        shown = {name: case[name] for name in ("id", "verdict", "title", "oca", "requirements")}
        more = len(case["steps"]) - STEPS_OF_A_CASE
        steps = [*case["steps"][:STEPS_OF_A_CASE], *([f"… and {more} more, on the page of the case"] if more > 0 else [])]
        yield shown | {"why": "", "whole": whole, "steps": [split(step) for step in steps], "rows": diagrams.get(case["id"], [])}
    for id, (state, why) in not_run(report).items():
        left = report.plan.law.case(id)
        yield {"id": id, "verdict": state, "title": left.title, "oca": list(left.oca), "why": why, "whole": False}


def split(step: str) -> tuple[str, str]:
    """The place in the wire log, and what was done."""
    at, bracket, text = step.partition("] ")
    return (at[1:], text) if bracket and at[:1] == "[" else ("", step)


def diagram(trace: Trace, hide: Callable[[str], str]) -> list[dict[str, Any]]:
    """The rows of a sequence diagram. A secret goes before a text is cut."""
    rows = cut(without_base_state(trace, rows_of(trace, citations(trace.result))), ROWS_OF_A_CASE)
    return [{"text": a_line(hide(row.text)), "by": row.by, "n": row.n, "cited": row.cited} for row in rows]


def a_line(text: str) -> str:
    text = SIGNS.sub("", text)
    return text if len(text) <= ROW_AT_MOST else f"{text[: ROW_AT_MOST - 1]}…"


def pasteable(command: str) -> list[str]:
    """A command in lines that one can copy from a page, and paste as they are."""
    words = shlex.split(command)
    pairs = [words[:2]]
    for word in words[2:]:
        if word.startswith("-") or not pairs[-1][0].startswith("-") or len(pairs[-1]) > 1:
            pairs.append([word])
        else:
            pairs[-1].append(word)
    lines: list[str] = []
    for text in map(shlex.join, pairs):
        if lines and len(lines[-1]) + 1 + len(text) <= COMMAND_WIDTH:
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return [f"{line} \\" for line in lines[:-1]] + lines[-1:]
