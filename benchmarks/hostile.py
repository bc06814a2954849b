"""What all the hostile messages of a role take against our own parties, on lab time: drive, record and judge.

The target (60 s for at least 1,500, on each column) is of wall time; CPU seconds stand beside it, for the machine may be shared.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.ocpp.hostile import generate
from evconform.ocpp.hostile.bases import BASES
from evconform.ocpp.speaks import JSON, SOAP

SUTS = ("etrel-inch.toml", "two-connector.toml", "fixed-cable-dc.toml", "plain-central-system.toml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostile", choices=("quick", "full"), default="full")
    level = parser.parse_args().hostile
    loaded = load_content()
    print("| SUT | column | messages | log entries | verdicts | wall s | CPU s |\n|---|---|--:|--:|---|--:|--:|")
    for sut, speaks in product(SUTS, (JSON, SOAP)):
        plan = replace(make_plan(loaded, find_sut(sut, [])), hostile=level)
        role = plan.sut.sut.role
        cases = [case for case in applicable(plan)[0] if "HOSTILE" in case.id and case.speaks == speaks]
        if not cases:
            continue
        pics = plan.pics_of(speaks)
        items = list(generate(role, [action for action in BASES[role] if pics[action]], level, speaks))
        wall, cpu = time.perf_counter(), time.process_time()
        results = run(plan, cases)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        verdicts = ", ".join(sorted({str(result.verdict) for result in results}))
        entries = results[-1].end - results[0].begin
        print(f"| {sut} | {speaks} | {len(items)} | {entries} | {verdicts} | {wall:.1f} | {cpu:.1f} |")


if __name__ == "__main__":
    main()
