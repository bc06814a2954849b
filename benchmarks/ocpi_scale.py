"""What judging long lists of OCPI costs: Locations of 3 kB by generator, judged with the whole law, in a full pull, a delta pull
and pushes. What an object costs must not depend on how many there are.

Nobody serves them: the judge is fed what a CPO and an eMSP would have said. Each list is judged in a process of its own, which
counts its CPU (the generator's is in it) and its peak of resident memory.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evconform.harness.campaign import Plan
from evconform.harness.judge import Judge
from evconform.harness.named import import_string
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.wire import Entry, Side
from evconform.ocpi.headers import Routing
from evconform.ocpi.model import samples
from evconform.ocpi.moments import stamp

SIZES = (10_000, 100_000)
LEVEL = 1.5
"""The target: an object of the longest list takes at most so many times the CPU of one of the shortest."""
KEPT_AT_MOST = 0.2
"""The target: the part of its size on the wire that a further object may keep in memory. Its page is kept packed until the case
ends, and its ids as long as it must be told whether they come again."""
CASE = "OCPI221-CPO-PAG-01"
PAGE = 100
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def make() -> Plan:
    return make_plan(load_content(), find_sut("reference-cpo-ocpi.toml", []))


def said(data: Any) -> dict[str, Any]:
    return {"data": data, "status_code": 1000, "timestamp": stamp(BEGAN)}


def endpoint(module: str, role: str, url: str) -> dict[str, str]:
    return {"identifier": module, "role": role, "url": url}


def locations(count: int) -> Iterator[dict[str, Any]]:
    """Whole Locations, each a second younger than the one before."""
    whole = samples.full("Location", country_code="SI", party_id="EVC", tariff_ids=None)
    [evse] = whole["evses"]
    [connector] = evse["connectors"]
    for n in range(count):
        at = {"last_updated": stamp(BEGAN + timedelta(seconds=n))}
        own = connector | {"max_electric_power": connector["max_voltage"] * connector["max_amperage"]}
        evses = [evse | {"uid": f"E{n}", "evse_id": f"SI*EVC*E{n}", "connectors": [own | at]} | at]
        yield whole | {"id": f"L{n}", "evses": evses} | at


HEADERS = {
    "Content-Type": "application/json",
    "OCPI-to-party-id": "EVC",
    "OCPI-to-country-code": "XE",
    "OCPI-from-party-id": "EVC",
    "OCPI-from-country-code": "SI",
}


class Generator:
    """A CPO that a judge hears of, one exchange after the other."""

    def __init__(self, plan: Plan, page: int = PAGE) -> None:
        self.page = page
        self.judge = Judge(plan.law, plan.terms, import_string(plan.law.view)(plan.terms))
        self.n = 0
        self._feed(mark="fresh")
        self._feed(mark="case-begin", facts={"case": CASE})
        self._feed(mark="versions-url", facts={"side": "sut", "url": "http://x/versions", "partner": ""})
        self._feed(mark="versions-url", facts={"side": "tester", "url": "http://y/versions", "partner": ""})
        for asker, role, base in (("tester", "SENDER", "http://x"), ("sut", "RECEIVER", "http://y")):
            self.exchanges(asker, "GET", "/versions", said([{"version": "2.2.1", "url": f"{base}/details"}]))
            rows = [endpoint("credentials", "SENDER", f"{base}/cred"), endpoint("locations", role, f"{base}/locations")]
            self.exchanges(asker, "GET", "/details", said({"version": "2.2.1", "endpoints": rows}))

    def _feed(self, **members: Any) -> None:
        self.n += 1
        self.judge.feed(Entry(self.n, self.n / 1000, **members))

    def exchanges(self, asker: Side, method: str, target: str, answer: Any, body: Any = None, **headers: Any) -> None:
        server: Side = "sut" if asker == "tester" else "tester"
        ids = {"X-Request-ID": str(self.n), "X-Correlation-ID": str(self.n)}
        ids |= HEADERS if body is not None else {"Content-Type": "application/json"}
        text = "" if body is None else json.dumps(body)
        asks = ids | {"Authorization": "Token ⟪secret⟫"}
        self._feed(conn=asker, by=asker, kind="request", data=head(f"{method} {target} HTTP/1.1", asks) + text)
        back = dict(Routing.of(ids.items()).swapped().headers())
        heads = ids | back | {name.replace("_", "-"): value for name, value in headers.items()}
        self._feed(conn=asker, by=server, kind="response", data=head("HTTP/1.1 200 OK", heads) + json.dumps(answer))

    def ends(self) -> Any:
        self._feed(mark="case-end", facts={"case": CASE})
        gc.collect()  # requests and answers know each other, and are no memory of ours once nobody knows them
        return self.judge.results[-1]

    # ── what is judged ──

    def pull(self, count: int, query: str = "") -> None:
        page: list[dict[str, Any]] = []
        for n, each in enumerate(locations(count), 1):
            page.append(each)
            if len(page) == self.page or n == count:
                offset = n - len(page)
                heads = {"X_Total_Count": count, "X_Limit": self.page}
                if n < count:
                    heads["Link"] = f'<http://x/locations?{query}offset={n}&limit={self.page}>; rel="next"'
                self.exchanges("tester", "GET", f"/locations?{query}offset={offset}&limit={self.page}", said(page), **heads)
                page = []
        self.ends()

    def delta_pull(self, count: int) -> None:
        self.pull(count, f"date_from={stamp(BEGAN)}&")

    def push(self, count: int) -> None:
        for n, each in enumerate(locations(count), 1):
            self.exchanges(
                "sut", "PUT", f"/locations/SI/EVC/{each['id']}", {"status_code": 1000, "timestamp": stamp(BEGAN)}, each
            )
            if n % (2 * self.page) == 0:
                self.ends()
                self._feed(mark="case-begin", facts={"case": CASE})
        self.ends()


def head(first: str, headers: dict[str, Any]) -> str:
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in headers.items())]) + "\r\n\r\n"


WORK: dict[str, Callable[[Generator, int], None]] = {
    "pull": Generator.pull,
    "delta pull": Generator.delta_pull,
    "push": Generator.push,
}


def on_the_wire() -> int:
    """Bytes of a Location."""
    return len(json.dumps(next(locations(1))))


def seconds(plan: Plan, work: str, count: int) -> float:
    """CPU seconds an object."""
    generator = Generator(plan)
    gc.collect()
    began = time.process_time()
    WORK[work](generator, count)
    assert generator.judge.results[-1].reds == set(), generator.judge.results[-1].reason
    return (time.process_time() - began) / count


def measure(work: str, count: int) -> dict[str, Any]:
    """In a process of its own."""
    plan = make()
    seconds(plan, work, 3 * PAGE)  # what is loaded once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = seconds(plan, work, count)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"work": work, "objects": count, "milliseconds": spent * 1e3, "before": before, "after": after}


def compare(sizes: list[int]) -> Iterator[dict[str, Any]]:
    """A row for each kind of list and size."""
    for work in WORK:
        for size in sizes:
            line = [sys.executable, __file__, "--measure", work, "--sizes", str(size)]
            row = json.loads(subprocess.run(line, stdout=subprocess.PIPE, text=True, check=True).stdout)
            spent, before, after = row["milliseconds"], row["before"], row["after"]
            more = f"{after - before:>10.1f} MB more than at 300"
            print(f"{work:<12}{size:>9,} objects{spent:>8.2f} ms of CPU an object{after:>8.0f} MB at the peak{more}", flush=True)
            yield row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--measure", choices=WORK, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure, asked.sizes[0])))
        return
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    print(f"Judging long lists of OCPI, a Location of {on_the_wire():,} bytes each\n{machine}")
    found = list(compare(sorted(asked.sizes)))
    times, kept = [], []
    for work in WORK:
        short, *_, long = [row for row in found if row["work"] == work]
        times.append(long["milliseconds"] / short["milliseconds"])
        kept.append((long["after"] - short["after"]) * 2**20 / (long["objects"] - short["objects"]) / on_the_wire())
    print(f"an object of the longest list takes {max(times):.2f} times the CPU; at most {LEVEL}: {met(max(times) <= LEVEL)}")
    print(f"a further object keeps {max(kept):.1%} of its size; at most {KEPT_AT_MOST:.0%}: {met(max(kept) <= KEPT_AT_MOST)}")
    if asked.json:
        facts = {"machine": machine, "level": LEVEL, "times": times, "kept_at_most": KEPT_AT_MOST, "kept": kept, "found": found}
        asked.json.write_text(json.dumps(facts, indent=2) + "\n")


def met(fits: bool) -> str:
    return "met" if fits else "MISSED"


if __name__ == "__main__":
    main()
