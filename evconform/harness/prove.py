"""The kill matrix: every check has a fault that turns exactly it red, or the law is not proved.

For each fault the cases that verify what it kills run against the reference product that has it, with all monitors on
their logs. What turns red must be what the fault kills and also breaks; anything else is a *bystander*. A pair (check,
requirement) is killed once a fault turned it red.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.catalogue import Law
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.judge import CaseResult
from evconform.harness.law import Fault, TestCase
from evconform.harness.plan import Content, applicable, find_sut, make_plan
from evconform.harness.verdict import Verdict
from evconform.harness.wire import WireLog


@dataclass
class KillMatrix:
    """``pairs``: "check requirement" to the faults that killed it."""

    pairs: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    requirements: dict[str, int] = field(default_factory=dict)

    @property
    def killed(self) -> int:
        return sum(1 for faults in self.pairs.values() if faults)

    def as_json(self) -> dict[str, Any]:
        figures = {"pairs": len(self.pairs), "killed": self.killed, "faults": len(self.faults), **self.requirements}
        return {"figures": figures, "faults": dict(sorted(self.faults.items())), "pairs": dict(sorted(self.pairs.items()))}


def prove(loaded: Content, only: str = "") -> KillMatrix:
    """Proves every law, or only the faults whose name, requirement or law holds ``only``."""
    matrix = KillMatrix()
    for law in loaded.catalogue.laws.values():
        rows = law.requirements.values()
        matrix.requirements = {
            "requirements": len(rows),
            "requirements_with_a_check": sum(1 for r in rows if not r.not_observable),
            "requirements_not_observable": sum(1 for r in rows if r.not_observable),
        }
        for role, files in law.reference.items():
            plans = [make_plan(loaded, find_sut(file, loaded.own)) for file in files]
            matrix.pairs |= {pair: [] for pair in pairs_of(law, role)}
            for plan in plans:
                _clean(plan, matrix)
            plan = plans[0]
            for fault in law.faults:
                names = (fault.name, *fault.reds, law.name)
                if role in law.roles_of(fault) and any(only in name for name in names):
                    _kill(plan, fault, role, matrix)
    matrix.problems += [f"{pair}: no fault turns it red" for pair, faults in matrix.pairs.items() if not faults and not only]
    return matrix


def pairs_of(law: Law, role: str) -> Iterator[str]:
    """Every (check, requirement) of a role."""
    for case in law.cases_for(role):
        yield from (f"{case.id} {requirement}" for requirement in case.verifies)
    for monitor in law.monitors:
        if role in law.requirements[monitor.requirement].subject:
            yield f"{role}:{monitor.name} {monitor.requirement}"


def _clean(plan: Plan, matrix: KillMatrix) -> None:
    """A reference product passes every case."""
    cases, _ = applicable(plan)
    for result in run(plan, cases):
        if result.verdict is not Verdict.PASS:
            product = plan.sut.sut.product
            matrix.problems.append(f"{result.id}: the verdict on {product} is {result.verdict}: {result.reason}")


def _kill(plan: Plan, fault: Fault, role: str, matrix: KillMatrix) -> None:
    cases = [case for case in applicable(plan)[0] if fault.kills in case.verifies]
    name = f"{role}:{fault.name}"
    red: dict[str, set[str]] = {}
    for result in run(replace(plan, fault=fault), cases):
        if result.verdict is Verdict.ERROR:
            matrix.problems.append(f"{name}: {result.id}: {result.reason}")
        for finding in result.findings:
            if finding.verdict.red:
                checks = red.setdefault(finding.requirement, set())
                checks.add(result.id if finding.requirement in plan.law.cases[result.id].verifies else "")
                if finding.check != "case":
                    checks.add(finding.check.replace("monitor", role))
    matrix.problems += [f"{name}: {r} is a bystander: it turned red too" for r in sorted(red.keys() - fault.reds)]
    matrix.problems += [f"{name}: {r} did not turn red" for r in sorted(fault.reds - red.keys())]
    for requirement, checks in red.items():
        for check in checks - {""}:
            matrix.pairs[f"{check} {requirement}"].append(name)
    matrix.faults[name] = {"kills": fault.kills, "also": sorted(fault.also), "says": fault.says}


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
