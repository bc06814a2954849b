"""What judging costs: its share of the CPU of a whole certification, and the frames that it judges again in a CPU second.

Each of the two embedded plain products goes through every case that applies to it, in this process and on lab time, like
``evconform prove`` does without a fault. The CPU inside Judge.feed (reading frames, monitors, verdicts; what the two clock
readings cost is taken off) stands against the CPU of the campaign: both parties, both endpoints, tap, wire log and judge.
Then the wire log of that campaign is judged again offline. Loading the law is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.judge import Judge
from evconform.harness.law import TestCase
from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.verdict import Verdict
from evconform.harness.wire import WireLog
from evconform.report.rejudge import judge_again

AT_MOST = 0.5
"""The target: judging is at most this share of a run's CPU."""


@dataclass
class Role:
    """The figures of one role, one for each round."""

    cases: int
    frames: int = 0
    seconds: list[float] = field(default_factory=list)
    """CPU seconds of the campaign."""
    shares: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    """Entries of the wire log judged again in a CPU second."""


def clock_reading() -> float:
    """CPU seconds that one reading of the process clock takes."""
    began = time.process_time()
    for _ in range(20_000):
        time.process_time()
    return (time.process_time() - began) / 20_000


@contextmanager
def timed_judge() -> Iterator[Callable[[], float]]:
    """Takes the time of every Judge.feed; what it gives back tells the seconds so far."""
    feed, spent, calls = Judge.feed, 0.0, 0
    reading = clock_reading()

    def timed(self: Judge, entry: Any) -> Any:
        nonlocal spent, calls
        began = time.process_time()
        try:
            return feed(self, entry)
        finally:
            spent += time.process_time() - began
            calls += 1

    Judge.feed = timed  # type: ignore[method-assign]
    try:
        yield lambda: spent - calls * reading
    finally:
        Judge.feed = feed  # type: ignore[method-assign]


async def campaign(plan: Plan, cases: list[TestCase], log: Path) -> tuple[float, int]:
    """Runs every case; CPU seconds, and entries logged."""
    clock = Clock(asyncio.get_running_loop())
    began = time.process_time()
    wire = WireLog(log, clock)
    runs = Campaign(plan, wire, clock)
    try:
        await runs.open()
        results = [await runs.run(case) for case in cases]
        await runs.close()
    finally:
        wire.close()
    seconds = time.process_time() - began
    if wrong := [f"{r.id}: {r.verdict}: {r.reason}" for r in results if r.verdict is not Verdict.PASS]:
        raise AssertionError(f"the plain product does not pass: {wrong[0]}")
    return seconds, wire.n


def one_round(plan: Plan, cases: list[TestCase], role: Role) -> None:
    """One certification and its judgement again; adds to the figures of ``role``."""
    loop = LabLoop()
    with tempfile.TemporaryDirectory(prefix="evconform-bench-") as folder:
        log = Path(folder) / "wire.jsonl"
        try:
            with timed_judge() as judged:
                seconds, role.frames = loop.run_until_complete(campaign(plan, cases, log))
        finally:
            loop.close()
        role.seconds.append(seconds)
        role.shares.append(judged() / seconds)
        began = time.process_time()
        again = judge_again(log, plan.law, plan.terms)
        role.again.append(role.frames / (time.process_time() - began))
    if [r.verdict for r in again] != [Verdict.PASS] * len(cases):
        raise AssertionError("judged again, the log says something else")


def compare(rounds: int) -> dict[str, Role]:
    """Certifies both plain products so many times, in turn, after a round that is not counted."""
    loaded = load_content()
    plans = {role: make_plan(loaded, find_sut(f"plain-{role}.toml", [])) for role in ("charge-point", "central-system")}
    cases = {role: applicable(plan)[0] for role, plan in plans.items()}
    for role, plan in plans.items():
        one_round(plan, cases[role], Role(0))  # compiles the schemas
    found = {role: Role(len(cases[role])) for role in plans}
    for _ in range(rounds):
        for role, plan in plans.items():
            one_round(plan, cases[role], found[role])
    return found


def spread(values: list[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}} .. {max(values):{form}})"


def as_table(found: dict[str, Role]) -> str:
    lines = [f"{'role':<16}{'cases':>6}{'entries':>9}  {'CPU s of a run':<24}{'judging':<26}judged again, entries per CPU s"]
    for name, role in found.items():
        lines.append(
            f"{name:<16}{role.cases:>6}{role.frames:>9}  {spread(role.seconds, '.3f'):<24}{spread(role.shares, '.1%'):<26}"
            f"{spread(role.again, ',.0f')}"
        )
    return "\n".join(lines)


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    found = compare(asked.rounds)
    worst = max(statistics.median(role.shares) for role in found.values())
    print(f"Certification of the plain products, {asked.rounds} rounds, median (min .. max)\n{machine()}\n{as_table(found)}")
    print(f"judging takes {worst:.0%} of a run; the target is at most {AT_MOST:.0%}: {'met' if worst <= AT_MOST else 'MISSED'}")
    if asked.json:
        facts = {"machine": machine(), "rounds": asked.rounds, "share": worst, "at_most": AT_MOST}
        asked.json.write_text(json.dumps(facts | {name: vars(role) for name, role in found.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
