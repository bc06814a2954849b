"""What checking a log from the field costs: frames in a CPU second with all monitors on, and memory from 10,000 to 1,000,000
frames.

The traffic is that of a whole certification of the virtual INCH, repeated. Two logs are made of it: our own wire log, and the
log that the Python package ``ocpp`` writes, without marks, PICS and connections. Each size is checked in a process of its own,
which counts its CPU (loading the law apart) and its peak of resident memory. A frame is a line of the wire log that is no mark:
a message, a handshake, a ping, an end of a connection.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import pstats
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

AT_LEAST = 10_000
"""The target: frames in a CPU second."""
LEVEL = 1.5
"""The target: a log a hundred times as long takes at most so many times the memory."""
SIZES = (10_000, 100_000, 1_000_000)
ID = re.compile(r'^(\[\s*[234]\s*,\s*"[^"]{0,30})[^"]*"')
Row = dict[str, Any]


def traffic(folder: Path) -> list[Row]:
    """The wire log of a certification of the INCH."""
    command = [sys.executable, "-m", "evconform", "certify", "--sut", "etrel-inch.toml", "--report", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return [json.loads(line) for line in (folder / "etrel-inch" / "wire.jsonl").open(encoding="utf-8")]


def wire_lines(rows: list[Row], turn: int, period: float) -> Iterator[str]:
    """One more repetition as lines of our own log."""
    for row in rows:
        if turn == 0 or row.get("mark") != "campaign-begin":
            line = row | {"n": row["n"] + turn * len(rows), "t": round(row["t"] + turn * period, 6)}
            if row.get("mark") in ("deviation", "hostile"):
                line["frames"] = [n + turn * len(rows) for n in row["frames"]]
            if "conn" in row:
                line["conn"] = f"{row['conn']}.{turn}"
            yield json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def ocpp_lines(rows: list[Row], turn: int, period: float) -> Iterator[str]:
    """The same as the ocpp package logs it: messages only, and ids that do not come again."""
    for row in rows:
        if row.get("kind") == "text" and isinstance(row.get("data"), str) and "\n" not in row["data"]:
            date = datetime.fromtimestamp(1_700_000_000 + row["t"] + turn * period, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
            way = "receive message" if row["by"] == "sut" else "send"
            data = ID.sub(rf'\1-{turn}"', row["data"])
            yield f"{date} INFO (MainThread) [ocpp] INCH: {way} {data}\n"


MAKE = {"wire log": wire_lines, "log of ocpp": ocpp_lines}


def write(kind: str, rows: list[Row], frames: int, file: Path) -> int:
    """Writes a log of at least so many frames; how many it has."""
    counted = [row for row in rows if "mark" not in row and (kind == "wire log" or row.get("kind") == "text")]
    period, turns = rows[-1]["t"] + 3600.0, -(-frames // len(counted))
    with file.open("w", encoding="utf-8") as out:
        for turn in range(turns):
            out.writelines(MAKE[kind](rows, turn, period))
    return turns * len(counted)


def measure(file: str, profile: bool) -> dict[str, float]:
    """Checks a log in this process: CPU seconds, and the peak of resident memory in MB, before and after."""
    from evconform.harness.plan import load_content
    from evconform.report.checked import run

    law = load_content().catalogue.laws["ocpp16"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    profiler = cProfile.Profile()
    began = time.process_time()
    if profile:
        profiler.enable()
    check = run.check(law, run.Asked([file]))
    if profile:
        profiler.disable()
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(25)
    seconds = time.process_time() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "before": before,
        "after": after,
        "messages": check.messages,
        "errors": len(check.examination.errors),
    }


def compare(sizes: list[int], profile: bool) -> list[dict[str, Any]]:
    """A row for each kind of log and size."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="evconform-bench-") as name:
        folder = Path(name)
        rows = traffic(folder)
        for kind in MAKE:
            for size in sizes:
                file = folder / "log"
                frames = write(kind, rows, size, file)
                line = [
                    sys.executable,
                    __file__,
                    "--measure",
                    str(file),
                    *(["--profile"] if profile and size == sizes[0] else []),
                ]
                done = subprocess.run(line, capture_output=True, text=True, check=True)
                if done.stderr:
                    print(done.stderr)
                figures = json.loads(done.stdout)
                if figures["errors"]:
                    raise AssertionError("a monitor broke")
                found.append({"log": kind, "frames": frames, "rate": frames / figures["seconds"], **figures})
                file.unlink()
    return found


def as_table(found: list[dict[str, Any]]) -> str:
    lines = [
        f"{'log':<14}{'frames':>11}{'messages':>11}{'CPU s':>9}{'frames per CPU s':>19}{'peak MB':>10}{'more than before':>18}"
    ]
    for row in found:
        more = row["after"] - row["before"]
        lines.append(
            f"{row['log']:<14}{row['frames']:>11,}{row['messages']:>11,}{row['seconds']:>9.1f}{row['rate']:>19,.0f}"
            f"{row['after']:>10.0f}{more:>18.0f}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--profile", action="store_true", help="of the smallest size")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--measure", metavar="LOG", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure, asked.profile)))
        return
    found = compare(asked.sizes, asked.profile)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    print(f"Checking logs with all monitors on\n{machine}\n{as_table(found)}")
    slowest = min(row["rate"] for row in found)
    growth = max(
        max(row["after"] for row in found if row["log"] == kind) / min(row["after"] for row in found if row["log"] == kind)
        for kind in MAKE
    )
    print(
        f"slowest {slowest:,.0f} frames per CPU second; the target is {AT_LEAST:,}: {'met' if slowest >= AT_LEAST else 'MISSED'}"
    )
    print(f"memory grows {growth:.2f} times; the target is at most {LEVEL}: {'met' if growth <= LEVEL else 'MISSED'}")
    if asked.json:
        facts = {"machine": machine, "at_least": AT_LEAST, "level": LEVEL, "slowest": slowest, "growth": growth, "found": found}
        asked.json.write_text(json.dumps(facts, indent=2) + "\n")


if __name__ == "__main__":
    main()
