"""The hostile messages of a run as a table field × mutation: what was sent, how it was answered, what the findings say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness import wire
from evconform.harness.campaign import Plan
from evconform.harness.columns import word_of
from evconform.harness.judge import CaseResult
from evconform.harness.named import import_string
from evconform.harness.verdict import Verdict

GROUPS = {
    "base": "as it is",
    "valid": "just allowed",
    "errata": "errata",
    "too-long": "too long",
    "wrong-type": "wrong type",
    "missing": "missing",
    "null": "null",
    "unknown-value": "unknown value",
    "other-case": "other case",
    "unknown-member": "unknown member",
    "member-name": "member's name",
    "structure": "items, nesting",
    "number-of": "how many",
    "range": "range",
    "date": "date",
    "text": "odd text",
    "order": "order",
    "namespace": "namespace",
    "notation": "notation of XML",
    "no-json": "no JSON",
    "no-xml": "no XML",
    "framing": "framing",
    "header": "header blocks",
    "identity": "identity",
    "http": "HTTP",
    "unknown-action": "unknown action",
    "no-call": "no CALL",
    "stray-answer": "stray answer",
    "flood": "flood",
    "connection": "connection",
}
"""The columns of the table: a group of mutations to its heading."""
COLUMN = ": "
"""Stands behind the word of a column in the name of a row."""
LISTED = 100
"""Broken items that the report lists; the page of the case has all findings."""


@dataclass
class Thrown:
    """One hostile message, or attempt to connect. ``frames``: those that it came in; ``answer``: CALLERROR, CALLRESULT, or
    empty for none; ``column``: the short word of that which it is of, empty for the first."""

    facts: dict[str, Any]
    sent: list[Any] = field(default_factory=list)
    column: str = ""

    @property
    def frames(self) -> list[int]:
        return list(self.facts["frames"])

    @property
    def answer(self) -> str:
        answers = [frame.answer for frame in self.sent if getattr(frame, "answer", None)]
        return str(answers[0].type) if answers else ""


def thrown_in(log: Path, plan: Plan) -> list[Thrown]:
    """Every hostile item of a wire log, in order."""
    transcript = import_string(plan.law.view)(plan.terms)
    found: list[Thrown] = []
    recent: dict[int, Any] = {}
    for entry in wire.read(log, verify=False):
        frame = transcript.feed(entry)
        if frame is not None and frame.by == "tester":
            recent[frame.n] = frame
        if entry.mark == "hostile" and entry.facts["item"]:
            speaks = entry.facts.get("speaks", "")
            sent = [recent[n] for n in entry.facts["frames"] if n in recent]
            found.append(Thrown(entry.facts, sent, word_of(plan.law, speaks) if speaks else ""))
        if entry.mark:
            recent.clear()
        if entry.mark == "case-end":
            transcript.forget()
    return found


def hostile(thrown: Iterable[Thrown], results: Iterable[CaseResult]) -> dict[str, Any]:
    """The table, and the items that findings cite."""
    worst, says = cited(results)
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    broken: list[dict[str, Any]] = []
    for each in thrown:
        verdict = max((worst[n] for n in each.frames if n in worst), default=Verdict.PASS)
        cell = rows.setdefault(row_name(each.facts, each.column), {}).setdefault(each.facts["group"], blank())
        count(cell, each, verdict)
        if verdict.red:
            words = next(says[n] for n in each.frames if worst.get(n) is verdict)
            broken.append({"item": each.facts["item"], "verdict": str(verdict), "says": words, "frame": each.frames[0]})
    cells = [cell for row in rows.values() for cell in row.values()]
    totals = {name: sum(cell[name] for cell in cells) for name in blank() if name != "frame"}
    order = [group for group in GROUPS if any(group in row for row in rows.values())]
    return totals | {"mutations": order, "fields": rows, "broken_items": broken}


def cited(results: Iterable[CaseResult]) -> tuple[dict[int, Verdict], dict[int, str]]:
    """Frame to the worst verdict of the findings that cite it, and to what the first of these says."""
    worst: dict[int, Verdict] = {}
    says: dict[int, str] = {}
    for result in results:
        for finding in result.findings:
            for n in finding.frames if finding.verdict.red else ():
                if n not in worst or finding.verdict > worst[n]:
                    worst[n], says[n] = finding.verdict, f"{finding.requirement}: {finding.says}"
    return worst, says


def row_name(facts: dict[str, Any], column: str = "") -> str:
    """``StartTransaction.idTag``, ``Reset (action)``, ``(connection) (identity)``, ``soap: StartTransaction.idTag``."""
    action, member = facts["action"], facts["field"]
    name = f"{action} {member}" if member.startswith("(") else f"{action}.{member}"
    return f"{column}{COLUMN}{name}" if column else name


def blank() -> dict[str, int]:
    """A cell: items sent; answered with a CALLERROR, with a CALLRESULT, not at all; red, by level; the frame to look at."""
    return {"sent": 0, "error": 0, "result": 0, "none": 0, "broken": 0, "warned": 0, "frame": 0}


def count(cell: dict[str, int], each: Thrown, verdict: Verdict) -> None:
    cell["sent"] += 1
    cell[{"CALLERROR": "error", "CALLRESULT": "result"}.get(each.answer, "none")] += 1
    first = not (cell["broken"] or cell["warned"])
    if verdict is Verdict.WARN:
        cell["warned"] += 1
    elif verdict.red:
        cell["broken"] += 1
    if not cell["frame"] or (first and verdict.red):
        cell["frame"] = each.frames[0]


Row = dict[str, dict[str, int]]


def by_action(table: dict[str, Any]) -> list[tuple[str, list[tuple[str, Row]]]]:
    """The rows of the table, those of an action on a column together (``Reset over soap``): member, and its cells."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for whole, row in table["fields"].items():
        column, _, name = whole.rpartition(COLUMN)
        action, member = name.split(" ", 1) if " " in name else name.split(".", 1)
        found.setdefault(f"{action} over {column}" if column else action, []).append((member, row))
    return list(found.items())


NUMBERS = ("sent", "error", "result", "none", "broken", "warned")


def summary(table: dict[str, Any]) -> Iterator[tuple[str, list[int]]]:
    """Each action with its sums, in the order of ``NUMBERS``."""
    for action, rows in by_action(table):
        cells = [cell for _, row in rows for cell in row.values()]
        yield action, [sum(cell[name] for cell in cells) for name in NUMBERS]


def lines(table: dict[str, Any]) -> Iterator[str]:
    """As Markdown: an action a line."""
    if not table.get("sent"):
        return
    yield from ("## Hostile messages", "")
    yield (
        f"{table['sent']} sent: {table['error']} answered with a CALLERROR, {table['result']} with a CALLRESULT, "
        f"{table['none']} not at all. {table['broken']} broke a requirement, {table['warned']} a recommendation."
    )
    yield from (
        "",
        "| action | sent | CALLERROR | CALLRESULT | no answer | ✗ broken | ! warned |",
        "|---|--:|--:|--:|--:|--:|--:|",
    )
    for action, sums in summary(table):
        yield f"| {action} | " + " | ".join(map(str, sums)) + " |"
    yield ""
