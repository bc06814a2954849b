"""The whole Core run of the virtual INCH over one transport, in processes of its own, by scripted persons at
pseudo-terminals: every case that applies, with one *cannot*, one time-out, one stop and one kill, the latter two resumed.
The verdicts must be those of the embedded INCH, but for the exceptions below. Waits cost wall time and no CPU, so several
benches work side by side.

``python tests/operator_whole.py [--column json|soap] [--benches N] [--keep DIR]``
"""

from __future__ import annotations

import argparse
import concurrent.futures
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # it is run as a script

from evconform.harness import itinerary
from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from tests.harness.person import SUT, Charger, Person, environment, over_soap, report_in, reserved_port, verdicts

CANNOT = ("OCPP16-CP-UNLOCK-05", "jam_lock")
LATE = ("OCPP16-CP-FAULT-03", "provoke_fault")
STOPPED = ("OCPP16-CP-TX-06", "suspend_ev")
KILLED = ("OCPP16-CP-EVSIDE-04", "plug_in_at_ev")
A_DAY = "OCPP16-CP-HB-02"
REASONS = {
    CANNOT[0]: "the person at the terminal cannot make the lock of a connector fail",
    LATE[0]: "nobody at the terminal did within",
    A_DAY: "longest_wait in [pixit] is 900 s, and this is not waited for",
}
"""What may differ from the embedded run: inconclusive, for this reason."""
SCHEMES = {"json": "ws", "soap": "http"}
"""Column to the scheme of the charger's central system."""
OVERHEAD = 4.0
"""Seconds that a case takes besides its waits, to share them out."""
AT_MOST = 1500.0
"""Seconds that one bench may take."""


@dataclass
class Bench:
    """A charger, and the persons who take it through its cases, one after the other."""

    folder: Path
    column: str
    cases: list[str] = field(default_factory=list)
    seconds: float = 0.0
    persons: list[Person] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    cut: set[tuple[str, str]] = field(default_factory=set)
    """Where a run of it was cut short: one bench may have several of the cases that are."""
    judged: str = ""
    """What ``evconform judge`` says against the bundle."""

    def answer(self, case: str, action: str) -> str | None:
        here = (testcase(case), action)
        if here == CANNOT:
            return "cannot reach it"
        if here == LATE:
            return None
        if here in {STOPPED, KILLED} - self.cut:
            self.cut.add(here)
            if here == STOPPED:
                return "stop"
            self.persons[-1].pulls_the_plug()
            return None
        return ""

    def works(self) -> None:
        """The run, resumed as often as it has to be."""
        self.folder.mkdir(parents=True)
        with reserved_port() as port:
            (self.folder / "inch.toml").write_text(sut_file(self.column, port))
            charger = Charger(self.folder, port, SCHEMES[self.column])
            words = ["run", "--sut", "inch.toml", "--report", "reports", *(w for case in self.cases for w in ("--case", case))]
            try:
                while len(self.persons) < 3 and not self.is_through():
                    self.persons.append(Person(charger, self.answer, within=AT_MOST))
                    self.codes.append(self.persons[-1].takes(words, self.folder))
                    words = ["run", "--resume", "--sut", "inch.toml", "--report", "reports"]
            finally:
                charger.ends()
                (self.folder / "terminal").write_text("\n".join(person.seen for person in self.persons))
        again = evconform("judge", self.folder / "reports" / "inch")
        self.judged = again.stdout + again.stderr if again.returncode else ""

    def is_through(self) -> bool:
        """The last person was neither stopped nor killed."""
        return bool(self.codes) and self.codes[-1] >= 0 and not self.report()["footer"]["interrupted"]

    def report(self) -> dict[str, Any]:
        return report_in(self.folder / "reports" / "inch")


def sut_file(column: str, port: int) -> str:
    json = SUT.format(port=port, control='kind = "operator"\npatience = 20')
    return over_soap(json) if column == "soap" else json


def testcase(case: str) -> str:
    """The id of a case without its column."""
    return case.partition(".")[0]


def shared_out(folder: Path, column: str, benches: int) -> list[Bench]:
    """All applicable cases, the longest first, each to the bench that has least to do."""
    (folder / "inch.toml").write_text(sut_file(column, 9))
    plan = make_plan(load_content(), find_sut(folder / "inch.toml", []))
    all_of_them = [Bench(folder / f"bench-{number}", column) for number in range(1, benches + 1)]
    for visit in sorted(itinerary.recorded(plan, applicable(plan)[0]), key=lambda visit: -visit.seconds):
        least = min(all_of_them, key=lambda bench: bench.seconds)
        least.cases.append(visit.case.id)
        least.seconds += visit.seconds + OVERHEAD
    return all_of_them


def evconform(*words: str | Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "evconform", *map(str, words)]
    return subprocess.run(line, env=environment(), capture_output=True, text=True, check=False)


def wrong(benches: list[Bench], embedded: dict[str, str]) -> Iterator[str]:
    """What is not as it should be."""
    cases = {case["id"]: case for bench in benches for case in bench.report()["cases"]}
    yield from (f"{id}: did not run" for id in embedded.keys() - cases.keys())
    for id, case in sorted(cases.items()):
        reason = REASONS.get(testcase(id), "")
        expected = "inconclusive" if reason else embedded[id]
        if case["verdict"] != expected or reason not in case["reason"]:
            yield f"{id}: {case['verdict']}, expected {expected}: {case['reason']}"
    attempts = {testcase(id): [each["reason"] for each in case["attempts"]] for id, case in cases.items()}
    for id in (STOPPED[0], KILLED[0]):
        if attempts[id] != ["the run was cut short"]:
            yield f"{id}: the attempt that was cut short is not told: {attempts[id]}"
    for bench in benches:
        if bench.judged:
            yield f"{bench.folder.name}: judged again otherwise: {bench.judged}"
        if any("Traceback" in person.seen for person in bench.persons):
            yield f"{bench.folder.name}: a traceback on the terminal"


def whole(folder: Path, column: str, count: int) -> int:
    began, before = time.monotonic(), os.times()
    benches = shared_out(folder, column, count)
    with concurrent.futures.ThreadPoolExecutor(count) as at_once:
        list(at_once.map(Bench.works, benches))
    took = time.monotonic() - began
    evconform("run", "--sut", "etrel-inch.toml", "--column", column, "--report", folder / "embedded")
    embedded = verdicts(report_in(folder / "embedded" / "etrel-inch"))
    problems = list(wrong(benches, embedded))
    asked = sum(len(person.asked) for bench in benches for person in bench.persons)
    now = os.times()
    cpu = sum(now[:4]) - sum(before[:4])
    found = list(itertools.chain.from_iterable(verdicts(bench.report()).values() for bench in benches))
    same = len(embedded) - len(REASONS)
    print(f"{len(found)} cases at {count} benches, {asked} instructions, in {took:.0f} s of wall time and {cpu:.0f} s of CPU")
    print(f"{found.count('pass')} pass, {found.count('inconclusive')} inconclusive; expected to be as embedded: {same}")
    for id, why in REASONS.items():
        print(f"  {id}: inconclusive, as it must be: {why}")
    for problem in problems:
        print(f"  WRONG {problem}")
    return bool(problems)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--column", choices=SCHEMES, default="json")
    parser.add_argument("--benches", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="a folder for the bundles, which must not be there yet")
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True)
        return whole(given.keep, given.column, given.benches)
    with tempfile.TemporaryDirectory(prefix="evconform-") as folder:
        return whole(Path(folder), given.column, given.benches)


if __name__ == "__main__":
    sys.exit(main())
