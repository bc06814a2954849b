"""The report of a large run: 2,000 cases with 100,000 frames, made from real cases of the virtual INCH, with and without a fault.

Measures the size of report.html and how long a headless Chromium takes to open it, with the pages of the cases beside it, and
what the writers take. Targets: 15 MB, 3 s. Without a browser the second is not measured, and said so.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.judge import CaseResult
from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.wire import Entry, WireLog, read
from evconform.report import bundle
from evconform.report.model import Report

BYTES_AT_MOST = 15_000_000
SECONDS_AT_MOST = 3.0
FAULT = "meter_stop_below_meter_start"
"""Turns a third of the cases red."""
ONE_IN = 7
"""One in so many copies of the run is the one with the fault."""


def recorded(plan: Plan, log: Path) -> tuple[list[Entry], list[CaseResult]]:
    """A run of every applicable case: its entries and results."""
    loop = LabLoop()
    wire = WireLog(log, Clock(loop))

    async def run() -> list[CaseResult]:
        campaign = Campaign(plan, wire, wire.clock)
        await campaign.open()
        for case in applicable(plan)[0]:
            await campaign.run(case)
        await campaign.close()
        return campaign.judge.results

    try:
        results = loop.run_until_complete(run())
    finally:
        wire.close()
        loop.close()
    return list(read(log, verify=False)), results


def shifted(result: CaseResult, id: str, n: int, t: float) -> CaseResult:
    findings = [replace(each, frames=[f + n for f in each.frames]) for each in result.findings]
    numbers = {"begin": result.begin + n, "end": result.end + n, "began": result.began + t, "ended": result.ended + t}
    return replace(result, id=id, findings=findings, **numbers)


def spans(entries: list[Entry], results: list[CaseResult]) -> Iterator[tuple[CaseResult, list[Entry]]]:
    """Each case with its entries, from the fresh product before it to the last before the next one."""
    starts = [result.begin - 2 for result in results]  # the mark `fresh` comes right before
    for result, start, end in zip(results, starts, [*starts[1:], len(entries)], strict=True):
        yield result, entries[start:end]


def large(folder: Path, cases: int, frames: int) -> tuple[Report, int]:
    """The report of so many cases, its wire log in the folder, and the number of frames in that."""
    plan = make_plan(load_content(), find_sut("etrel-inch.toml", []))
    fault = next(each for each in plan.law.faults if each.name == FAULT)
    clean = list(spans(*recorded(plan, folder / "clean.jsonl")))
    faulty = list(spans(*recorded(replace(plan, fault=fault), folder / "faulty.jsonl")))
    now = SimpleNamespace(t=0.0)
    wire = WireLog(folder / bundle.WIRE, SimpleNamespace(began=datetime.now(UTC), now=lambda: now.t))  # type: ignore[arg-type]
    results, made, count, t = [], {}, 0, 0.0
    for i in range(cases):
        copy, place = divmod(i, len(clean))
        result, entries = (faulty if copy % ONE_IN == 1 else clean)[place]
        id = f"{result.id}-{copy:02d}"
        made[id] = replace(plan.law.cases[result.id], id=id)
        n, t0 = wire.n - (entries[0].n - 1), t - entries[0].t
        results.append(shifted(result, id, n, t0))
        padding = max(0, frames // cases - sum(not e.mark for e in entries))
        for entry in entries:
            facts = {k: v + n if k in ("since", "frame") and isinstance(v, int) else v for k, v in entry.facts.items()}
            now.t = t = entry.t + t0
            wire._append(replace(entry, n=wire.n + 1, t=round(t, 6), facts=facts | ({"case": id} if "case" in facts else {})))
            count += not entry.mark
            if entry.mark == "case-end":
                for _ in range(padding):  # what a chatty product adds: pings behind the case
                    wire.frame(entries[-1].conn or "c1", "sut", "ping", "keepalive")
                    count += 1
    wire.close()
    law = replace(plan.law, cases=made)
    report = Report(replace(plan, law=law), "certify", list(made.values()), {}, "evconform certify --sut etrel-inch.toml",
                    datetime.now(UTC), "lab", results=results, finished=True)  # fmt: skip
    for name in ("clean.jsonl", "faulty.jsonl"):
        (folder / name).unlink()
    return report, count


PROBE = """<!doctype html><title>?</title><body><script>
const began = performance.now(), frame = document.createElement("iframe");
frame.style = "width:1280px;height:900px";
frame.onload = () => {
  const page = frame.contentDocument, height = page.documentElement.scrollHeight;  // asks for a layout
  const took = Math.round(performance.now() - began);
  document.title = "opened " + took + " " + page.querySelectorAll("details").length; };
frame.src = "report.html";
document.body.append(frame);
</script></body>"""


def opened(folder: Path, chromium: str, cases: int) -> float:
    """Seconds until the page is loaded and laid out, within a browser that runs."""
    (folder / "probe.html").write_text(PROBE)
    line = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--timeout=30000"]
    told = subprocess.run(
        [*line, "--dump-dom", (folder / "probe.html").as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    (folder / "probe.html").unlink()
    took, folds = told.stdout.split("<title>opened ")[1].split("<")[0].split()
    if int(folds) < cases:
        raise SystemExit(f"the browser saw {folds} cases of {cases}")
    return int(took) / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3, help="times that the page is opened")
    parser.add_argument("--browser", action="store_true", help="fail where there is no browser to measure with")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the bundle there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        report, frames = large(folder, asked.cases, asked.frames)
        began, busy = time.perf_counter(), time.process_time()
        bundle.write(report, folder)
        took, cpu = time.perf_counter() - began, time.process_time() - busy
        figures: dict[str, Any] = {
            "cases": len(report.results),
            "frames": frames,
            "failures": report.counts["fail"],
            "report.html bytes": (folder / "report.html").stat().st_size,
            "bytes of the cases' pages": sum(f.stat().st_size for f in (folder / "cases").iterdir()),
            "wire.jsonl bytes": (folder / bundle.WIRE).stat().st_size,
            "seconds to write the bundle": round(took, 1),
            "CPU seconds of that": round(cpu, 1),
            "MB of memory at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "seconds to open": sorted(opened(folder, chromium, asked.cases) for _ in range(asked.rounds)) if chromium else [],
        }
    for name, value in figures.items():
        print(f"{name:28} {value}")
    small, swift = figures["report.html bytes"] <= BYTES_AT_MOST, max(figures["seconds to open"], default=0.0) <= SECONDS_AT_MOST
    print(f"at most {BYTES_AT_MOST} bytes: {'met' if small else 'MISSED'}; open within {SECONDS_AT_MOST:g} s: "
          f"{'not measured, no browser' if not chromium else 'met' if swift else 'MISSED'}")  # fmt: skip
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    sys.exit(0 if small and swift and (chromium or not asked.browser) else 1)


if __name__ == "__main__":
    main()
