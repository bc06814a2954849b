"""The kill matrix: every check has a fault that turns exactly it red, or the law is not proved.

For each fault the cases that verify what it kills run with it, all monitors on their logs: each case on the first of the
role's reference products that it applies to, so that a case for a fixed cable runs on a product that has one. What turns
red, over all of them, must be what the fault kills and also breaks; anything else is a *bystander*. A pair (check,
requirement) is killed once a fault turned it red. A case that is there on several columns is several checks, and a fault
has to turn red what it kills on each column that it has a meaning on and that a reference product speaks; a monitor is one
check. Each fault, and each product without one, is proved by itself: in several processes, and told in the order of the law.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evconform.harness import sut
from evconform.harness.campaign import Campaign, Plan
from evconform.harness.catalogue import Law
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.columns import spoken_by, word_of
from evconform.harness.judge import CaseResult, Finding
from evconform.harness.law import TestCase
from evconform.harness.plan import Content, applicable, find_sut, load_content, make_plan
from evconform.harness.verdict import Verdict
from evconform.harness.wire import WireLog


@dataclass(frozen=True)
class Task:
    """What is proved by itself: a fault of a role, or that a reference product passes without one."""

    law: str
    role: str
    fault: str = ""
    product: str = ""


@dataclass
class Outcome:
    """What a task came to: problems, and the pairs that turned red."""

    problems: list[str] = field(default_factory=list)
    red: list[str] = field(default_factory=list)


@dataclass
class KillMatrix:
    """``pairs``: "check requirement" to the faults that killed it."""

    pairs: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unproved: list[str] = field(default_factory=list)
    """The columns that a law has cases for and no reference product speaks."""
    requirements: dict[str, int] = field(default_factory=dict)

    @property
    def killed(self) -> int:
        return sum(1 for faults in self.pairs.values() if faults)

    def as_json(self) -> dict[str, Any]:
        figures = {"pairs": len(self.pairs), "killed": self.killed, "faults": len(self.faults), **self.requirements}
        return {"figures": figures, "faults": dict(sorted(self.faults.items())), "pairs": dict(sorted(self.pairs.items()))}


def prove(loaded: Content, only: str = "", jobs: int = 1, *, clean: bool = True) -> KillMatrix:
    """Proves every law, or only the faults whose name, requirement or law holds ``only``; in ``jobs`` processes, which load
    the content of ``loaded`` anew. With ``clean``, that each reference product passes too."""
    matrix = KillMatrix()
    tasks: list[Task] = []
    for law in loaded.catalogue.laws.values():
        for name, count in figures_of(law).items():
            matrix.requirements[name] = matrix.requirements.get(name, 0) + count
        for role in law.reference:
            spoken = spoken_by_ours(loaded, law, role)
            matrix.unproved += [f"{law.title}, {role}: {word}" for word in unspoken(law, role, spoken)]
            matrix.pairs |= {pair: [] for pair in pairs_of(law, role, spoken)}
            tasks += [task for task in tasks_of(law, role, only, spoken) if clean or task.fault]
    for task, outcome in zip(tasks, outcomes(loaded, tasks, jobs), strict=True):
        matrix.problems += outcome.problems
        if task.fault:
            name = f"{task.role}:{task.fault}"
            fault = next(f for f in loaded.catalogue.laws[task.law].faults if f.name == task.fault)
            matrix.faults[name] = {"kills": fault.kills, "also": sorted(fault.also), "says": fault.says}
            for pair in outcome.red:
                matrix.pairs[pair].append(name)
    matrix.problems += [f"{pair}: no fault turns it red" for pair, faults in matrix.pairs.items() if not faults and not only]
    return matrix


def figures_of(law: Law) -> dict[str, int]:
    rows = law.requirements.values()
    return {
        "requirements": len(rows),
        "requirements_with_a_check": sum(1 for r in rows if not r.not_observable),
        "requirements_not_observable": sum(1 for r in rows if r.not_observable),
    }


def tasks_of(law: Law, role: str, only: str, spoken: set[str]) -> Iterator[Task]:
    """The clean runs of a role, then its faults that have a meaning on what is spoken, in the order of the law."""
    yield from (Task(law.name, role, product=file) for file in law.reference[role])
    for fault in law.faults:
        meant = any(fault.acts_on(speaks) and law.requirements[fault.kills].binds(speaks) for speaks in spoken)
        if meant and role in law.roles_of(fault) and any(only in name for name in (fault.name, *fault.reds, law.name)):
            yield Task(law.name, role, fault.name)


def outcomes(loaded: Content, tasks: list[Task], jobs: int) -> Iterable[Outcome]:
    """What each task came to, in the order of the tasks."""
    if min(jobs, len(tasks)) < 2:
        prover = Prover(loaded)
        return [prover.prove(task) for task in tasks]
    # Fresh processes: a copy of this one would share its event loops and its open files.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(tasks)), fresh, initializer=_begin, initargs=(loaded.own,)) as pool:
        return list(pool.map(_prove, tasks))


_PROVER: list[Prover] = []
"""That of a worker process."""


def _begin(own: list[Path]) -> None:
    _PROVER[:] = [Prover(load_content(own))]


def _prove(task: Task) -> Outcome:
    return _PROVER[0].prove(task)


class Prover:
    """Proves one task after the other with the content of one load."""

    def __init__(self, loaded: Content) -> None:
        self._loaded = loaded
        self._plans: dict[str, Plan] = {}

    def prove(self, task: Task) -> Outcome:
        law = self._loaded.catalogue.laws[task.law]
        if not task.fault:
            return Outcome(list(self._not_clean(task.product)))
        plans = [self._plan(file) for file in law.reference[task.role]]
        return kill(plans, task.role, task.fault)

    def _plan(self, file: str) -> Plan:
        if file not in self._plans:
            self._plans[file] = make_plan(self._loaded, find_sut(file, self._loaded.own))
        return self._plans[file]

    def _not_clean(self, file: str) -> Iterator[str]:
        """A reference product passes every case."""
        plan = self._plan(file)
        for result in run(plan, applicable(plan)[0]):
            if result.verdict is not Verdict.PASS:
                yield f"{result.id}: the verdict on {plan.sut.sut.product} is {result.verdict}: {result.reason}"


def spoken_by_ours(loaded: Content, law: Law, role: str) -> set[str]:
    """The columns that the reference products of a role speak; a nameless one where the law has no columns."""
    files = (find_sut(file, loaded.own) for file in law.reference[role])
    return {speaks for file in files for speaks in spoken_by(law, sut.read(file).sut.speaks)}


def unspoken(law: Law, role: str, spoken: set[str]) -> list[str]:
    """The columns that there are cases of a role for, and that no reference product speaks."""
    return [word for speaks, word in law.columns.items() if speaks not in spoken and law.cases_for(role, speaks)]


def pairs_of(law: Law, role: str, spoken: set[str]) -> Iterator[str]:
    """Every (check, requirement) of a role on the columns that are spoken."""
    for case in (case for speaks in spoken for case in law.cases_for(role, speaks)):
        yield from (f"{case.id} {requirement}" for requirement in case.verifies)
    for monitor in law.monitors:
        row = law.requirements[monitor.requirement]
        if role in row.subject and any(row.binds(speaks) for speaks in spoken):
            yield f"{role}:{monitor.name} {monitor.requirement}"


def kill(plans: list[Plan], role: str, name: str) -> Outcome:
    """Runs the cases that verify what a fault kills against products that have it."""
    law = plans[0].law
    fault = next(f for f in law.faults if f.name == name)
    outcome, red = Outcome(), set()
    killed: dict[str, bool] = {}
    """Column to whether the fault turned red there what it kills."""
    about = {case.id for case in law.cases_for(role) if fault.kills in case.verifies and fault.acts_on(case.speaks)}
    for plan, cases in spread(plans, about):
        for result in run(replace(plan, fault=fault), cases):
            speaks = law.cases[result.id].speaks
            kills = any(finding.verdict.red and finding.requirement == fault.kills for finding in result.findings)
            killed[speaks] = killed.get(speaks, False) or kills
            if result.verdict is Verdict.ERROR:
                outcome.problems.append(f"{role}:{name}: {result.id}: {result.reason}")
            for finding in result.findings:
                if finding.verdict.red:
                    red |= {(finding.requirement, check) for check in checks_of(law, role, result.id, finding)}
    reds = {requirement for requirement, _ in red}
    outcome.problems += [f"{role}:{name}: {r} is a bystander: it turned red too" for r in sorted(reds - fault.reds)]
    outcome.problems += [f"{role}:{name}: {r} did not turn red" for r in sorted(fault.reds - reds)]
    untouched = [word_of(law, speaks) for speaks, red in killed.items() if not red and any(killed.values())]
    outcome.problems += [f"{role}:{name}: {fault.kills} did not turn red on {word}" for word in untouched]
    outcome.red = sorted(f"{check} {requirement}" for requirement, check in red if check)
    return outcome


def spread(plans: list[Plan], ids: set[str]) -> Iterator[tuple[Plan, list[TestCase]]]:
    """Each case with the first of the products that it applies to; the cases of a product together."""
    for plan in plans:
        cases = [case for case in applicable(plan)[0] if case.id in ids]
        ids = ids - {case.id for case in cases}
        if cases:
            yield plan, cases


def checks_of(law: Law, role: str, case: str, finding: Finding) -> Iterator[str]:
    """The checks that a red finding shows red: the case if it verifies the requirement, and the monitor if it is one's."""
    yield case if finding.requirement in law.cases[case].verifies else ""
    if finding.check != "case":
        yield finding.check.replace("monitor", role)


def run(plan: Plan, cases: list[TestCase]) -> list[CaseResult]:
    """Runs cases against an embedded SUT on a lab clock of their own."""
    loop = LabLoop()
    with tempfile.TemporaryDirectory(prefix="evconform-") as folder:
        try:
            return loop.run_until_complete(_run(plan, cases, Path(folder)))
        finally:
            loop.close()


async def _run(plan: Plan, cases: list[TestCase], folder: Path) -> list[CaseResult]:
    clock = Clock(asyncio.get_running_loop())
    wire = WireLog(folder / "wire.jsonl", clock)
    campaign = Campaign(plan, wire, clock)
    try:
        await campaign.open()
        results = [await campaign.run(case) for case in cases]
        await campaign.close()
    finally:
        wire.close()
    return results


def fallen(committed: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What the committed matrix had and this one has not: figures, faults, pairs."""
    was, is_ = committed["figures"], now["figures"]
    figures = [f"{k} fell from {was[k]} to {is_.get(k, 0)}" for k in was if is_.get(k, 0) < was[k]]
    faults = [f"the fault {name} is gone" for name in committed["faults"].keys() - now["faults"].keys()]
    pairs = [f"{p} was killed, and is not" for p, f in committed["pairs"].items() if f and not now["pairs"].get(p)]
    return sorted(figures + faults + pairs)
