"""A run that was stopped or killed, gone on with: what its bundle holds, whether its inputs are the same, what is still due.

A case that ended is not run again; the judge takes it from the log. A case that the run was cut short in is begun anew; its
first attempt stays in the log and is named in the report. What was inconclusive is only taken up again when that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from evconform.harness import wire
from evconform.harness.campaign import Plan
from evconform.harness.judge import CaseResult, Judge
from evconform.harness.law import TestCase
from evconform.harness.named import import_string
from evconform.harness.verdict import UsageError
from evconform.harness.waivers import Waiver
from evconform.report import bundle
from evconform.report.columns import SAYS_NOTHING
from evconform.report.model import Report, resumption

PARTS = {
    "tool": "the version of evconform",
    "mode": "run or certify",
    "hostile": "the option --hostile",
    "opposite": "the option --opposite",
    "policy": "the option --policy",
    "law": "the law",
    "sut": "[sut] of the SUT file",
    "endpoint": "[endpoint] of the SUT file",
    "control": "[control] of the SUT file",
    "pixit": "[pixit] of the SUT file",
    "pics": "the PICS",
    "columns": "what the PICS claims in its other columns",
    "not_applicable": "which cases do not apply",
    "waivers": "the waivers",
    "suites": "the edition of the suites",
}
"""Members of the header of a run that must be what they were, and what they are called."""
ANEW = "a run with other inputs is a new run"


@dataclass
class Resumed:
    """An earlier session of this run."""

    header: dict[str, Any]
    past: wire.Past
    results: dict[str, CaseResult]
    """What each case came to, by id."""
    marks: list[dict[str, Any]]
    """Where it was gone on with before."""
    ended: bool
    """It came to its end, and was not interrupted."""

    def due(self, cases: Iterable[TestCase], redo: bool) -> list[TestCase]:
        """The cases that are still to be run."""
        return [case for case in cases if not self.is_done(case, redo)]

    def is_done(self, case: TestCase, redo: bool) -> bool:
        result = self.results.get(case.id)
        if result is None or result.cut_short:
            return False
        return not (result.verdict in SAYS_NOTHING and (redo or case.smoke))  # at a smoke case of that kind the run ended


def report_of(resumed: Resumed, plan: Plan, mode: str, not_applicable: dict[str, str], waivers: dict[str, Waiver]) -> Report:
    """The report that is gone on with. Raises UsageError if this is another run."""
    header = resumed.header
    report = Report(
        plan,
        mode,
        [plan.law.cases[id] for id in header["planned"]],
        not_applicable,
        header["command"],
        datetime.fromisoformat(header["began"]),
        header["clock"],
        waivers,
        deselected=header["deselected"],
    )
    check_header(header, report)
    report.environment = header["environment"]
    report.results, report.resumed = list(resumed.results.values()), resumed.marks
    return report


def read(folder: Path, plan: Plan, inputs: dict[str, Path]) -> Resumed:
    """What the bundle in ``folder`` holds. Raises UsageError if there is none, or if it is of other inputs."""
    log = folder / bundle.WIRE
    try:
        past = wire.past_of(log)
    except wire.Tampered as error:
        raise UsageError(f"--resume: {folder}: {error}") from error
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"--resume: {folder} holds no run that can be gone on with: {' '.join(str(error).split())}") from error
    judge = Judge(plan.law, plan.terms, import_string(plan.law.view)(plan.terms))
    header: dict[str, Any] | None = None
    marks: list[dict[str, Any]] = []
    ended = False
    for entry in wire.read(log, verify=False) if past else ():
        if entry.mark == "campaign-begin":
            header = entry.facts["header"]
            check_inputs(folder, inputs, plan)
            if gone := next((id for id in header["planned"] if id not in plan.law.cases), None):
                raise UsageError(f"--resume: {gone} is no test case of this installation; {ANEW}")
        elif entry.mark == "resumed":
            marks.append(resumption(entry))
        ended = entry.mark == "campaign-end" or (ended and entry.mark != "resumed")
        judge.feed(entry)
    if past is None or header is None:
        raise UsageError(f"--resume: {folder} holds no run that can be gone on with: it ended before it began")
    return Resumed(header, past, {result.id: result for result in judge.results}, marks, ended)


def check_inputs(folder: Path, inputs: dict[str, Path], plan: Plan) -> None:
    """The user's files are those that the bundle has copies of. Raises UsageError with the first line that differs."""
    secrets = [*plan.pics.secrets, *plan.sut.secrets]
    for name in bundle.INPUTS:
        kept, given = folder / "inputs" / name, inputs.get(name)
        if given is None and not kept.is_file():
            continue
        if given is None or not kept.is_file():
            raise UsageError(f"--resume: {name}: the run began {'without' if given else 'with'} it; {ANEW}")
        pairs = zip_longest(kept.read_text("utf-8").split("\n"), bundle.without_secrets(given, secrets).split("\n"))
        changed = next((number for number, (then, now) in enumerate(pairs, 1) if then != now), None)
        if changed:
            raise UsageError(f"--resume: {given}: line {changed} is not what the run began with; {ANEW}")


def check_header(then: dict[str, Any], report: Report) -> None:
    """What the run began with is what there is now. Raises UsageError with the first part that differs."""
    now = report.header()
    for name, words in PARTS.items():
        before, after = ((h["environment"] if name == "suites" else h).get(name) for h in (then, now))
        if before != after:
            raise UsageError(f"--resume: {words} {detail(before, after)}is not what the run began with; {ANEW}")


def detail(before: Any, after: Any) -> str:
    """What changed in it, where that is short."""
    changes = list(changed(before, after)) if isinstance(before, dict) and isinstance(after, dict) else []
    plain = not changes and all(isinstance(each, str) and len(each) < 20 for each in (before, after))
    return f"({before}, now {after}) " if plain else f"({changes[0]}) " if changes else ""


def changed(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    yield from (name for name in {**before, **after} if before.get(name) != after.get(name))


def to_run(ids: list[str], resumed: Resumed, cases: list[TestCase], redo: bool) -> list[TestCase]:
    """Of the cases that are due those that were named, or all. Raises UsageError."""
    due = resumed.due(cases, redo)
    named = {id: [case.id for case in cases if id in (case.id, case.declared)] for id in ids}
    if other := next((id for id in ids if not named[id]), None):
        raise UsageError(f"--case {other}: is not in the selection of the run that is resumed; run it apart")
    wanted = [case for case in due if not ids or any(case.id in named[id] for id in ids)]
    if ids and not wanted:  # what is over is passed by, as long as something is left
        verdict = resumed.results[named[ids[0]][0]].verdict
        again = ", and --redo takes it up again" if verdict in SAYS_NOTHING else "; run it apart"
        raise UsageError(f"--case {ids[0]}: came to {verdict} in the run that is resumed{again}")
    if not due and resumed.ended:
        left = any(result.verdict in SAYS_NOTHING for result in resumed.results.values())
        more = "; --redo takes up what was inconclusive" if left else ""
        raise UsageError(f"--resume: the run has ended, and there is nothing left of it to do{more}")
    return wanted
