"""Long lists by generator, judged by the whole law: what an object costs does not depend on how many there are, neither in time
nor in memory. Nobody serves them here; 100 000 take the same by hand (``python -m tests.ocpi.test_scale_ocpi 100000``)."""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.catalogue import import_string
from evconform.harness.judge import Judge
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.verdict import Verdict
from evconform.harness.wire import Entry, Side
from evconform.ocpi.headers import Routing
from evconform.ocpi.model import samples
from evconform.ocpi.moments import stamp
from tests.ocpi.entries import endpoint, said

CASE = "OCPI221-CPO-PAG-01"
PAGE = 100
PUSHES_A_CASE = 200
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(load_content(), find_sut("reference-cpo-ocpi.toml", []))


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

    def __init__(self, plan: Plan) -> None:
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
        if tracemalloc.is_tracing():
            gc.collect()  # requests and answers know each other, and are no memory of ours once nobody knows them
        return self.judge.results[-1]

    # ── what is judged ──

    def pull(self, count: int, query: str = "") -> None:
        page: list[dict[str, Any]] = []
        for n, each in enumerate(locations(count), 1):
            page.append(each)
            if len(page) == PAGE or n == count:
                offset = n - len(page)
                heads = {"X_Total_Count": count, "X_Limit": PAGE}
                if n < count:
                    heads["Link"] = f'<http://x/locations?{query}offset={n}&limit={PAGE}>; rel="next"'
                self.exchanges("tester", "GET", f"/locations?{query}offset={offset}&limit={PAGE}", said(page), **heads)
                page = []
        self.ends()

    def delta_pull(self, count: int) -> None:
        self.pull(count, f"date_from={stamp(BEGAN)}&")

    def push(self, count: int) -> None:
        for n, each in enumerate(locations(count), 1):
            self.exchanges(
                "sut", "PUT", f"/locations/SI/EVC/{each['id']}", {"status_code": 1000, "timestamp": stamp(BEGAN)}, each
            )
            if n % PUSHES_A_CASE == 0:
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


def seconds(plan: Plan, work: str, count: int) -> float:
    """CPU seconds an object."""
    generator = Generator(plan)
    gc.collect()
    began = time.process_time()
    WORK[work](generator, count)
    return (time.process_time() - began) / count


def kept(plan: Plan, work: str, count: int) -> int:
    """Bytes at the peak."""
    generator = Generator(plan)
    tracemalloc.start()
    WORK[work](generator, count)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("work", ["delta pull", "push"])
def test_an_object_costs_the_same_time_in_a_long_list(plan: Plan, work: str) -> None:
    seconds(plan, work, PAGE)
    assert seconds(plan, work, 1200) < 2.0 * max(seconds(plan, work, 400), seconds(plan, work, 400))


@pytest.mark.parametrize("work", ["pull", "push"])
def test_more_objects_need_hardly_more_memory(plan: Plan, work: str) -> None:
    """A Location is 3 kB on the wire, and some 20 kB as Python holds it."""
    kept(plan, work, PAGE)
    assert kept(plan, work, 800) - kept(plan, work, 400) < 400 * 1500


def test_what_is_judged_is_judged(plan: Plan) -> None:
    generator = Generator(plan)
    generator.pull(250)
    findings = {each.check: each for each in generator.judge.results[-1].findings}
    assert findings["monitor:locations_have_their_shape"].situations == 250
    assert "monitor:pages_hold_each_object_once" in findings


@pytest.mark.parametrize("work", WORK)
def test_nothing_is_wrong_with_what_is_generated(plan: Plan, work: str) -> None:
    generator = Generator(plan)
    WORK[work](generator, PAGE)
    [result] = generator.judge.results
    assert result.reds == set(), result.reason
    assert result.verdict is not Verdict.ERROR, result.reason


if __name__ == "__main__":
    made = make_plan(load_content(), find_sut("reference-cpo-ocpi.toml", []))
    for name in WORK:
        for many in (1000, int(sys.argv[1])):
            spent, most = seconds(made, name, many), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{name} {many}: {spent * 1e3:.2f} ms an object, {most:.0f} MB")
