"""What the wire log of a run shows besides verdicts, found in one reading of it: the messages of the questionnaire, the
operations, how much of the protocol's tables, and what the product says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from evconform.harness import wire
from evconform.harness.campaign import Plan
from evconform.harness.named import import_string
from evconform.report.identity import Identity, tells
from evconform.report.messages import Seen


class Counter(Protocol):
    """What a law names to count something over a log (``matrix``, ``coverage``); its rows are dataclasses."""

    def add(self, frame: Any) -> None: ...
    def rows(self) -> Iterable[Any]: ...


@dataclass
class Sight:
    messages: dict[str, Seen] = field(default_factory=dict)
    columns: dict[str, dict[str, Seen]] = field(default_factory=dict)
    """The same for each column, by that of the case in which they were seen."""
    told: Identity = field(default_factory=dict)
    operations: list[dict[str, Any]] = field(default_factory=list)
    """The rows of the law's matrix; none if it has none."""
    coverage: list[dict[str, Any]] = field(default_factory=list)
    """The rows of the law's coverage."""


def seen_in(log: Path, plan: Plan) -> Sight:
    """What a wire log shows."""
    sight = Sight()
    counters = counters_of(plan)
    transcript = import_string(plan.law.view)(plan.terms)
    speaks = ""
    for entry in wire.read(log, verify=False):
        frame = transcript.feed(entry)
        if entry.mark == "case-begin":
            speaks = plan.law.cases[entry.facts["case"]].speaks
        elif entry.mark == "case-end":
            transcript.forget()
        if frame is None:
            continue
        tells(plan, frame, sight.told)
        for counter in counters.values():
            counter.add(frame)
        name, first = frame.completes or ("", None)
        if first is not None and name in plan.pics.form.messages:
            sight.messages.setdefault(name, Seen(0, first.n)).calls += 1
            sight.columns.setdefault(speaks, {}).setdefault(name, Seen(0, first.n)).calls += 1
    sight.operations, sight.coverage = (rows_of(counters, name) for name in ("matrix", "coverage"))
    return sight


def nothing_seen(plan: Plan) -> Sight:
    """That of a run that has not begun."""
    counters = counters_of(plan)
    return Sight(operations=rows_of(counters, "matrix"), coverage=rows_of(counters, "coverage"))


def counters_of(plan: Plan) -> dict[str, Counter]:
    """Those that the law names. Raises UsageError."""
    law = plan.law
    found: dict[str, Counter] = {}
    if law.matrix:
        found["matrix"] = import_string(law.matrix)(plan.sut.sut.role)
    if law.coverage:
        found["coverage"] = import_string(law.coverage)()
    return found


def rows_of(counters: dict[str, Counter], name: str) -> list[dict[str, Any]]:
    return [asdict(row) for row in counters[name].rows()] if name in counters else []
