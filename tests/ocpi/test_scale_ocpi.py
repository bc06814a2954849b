"""Long lists by generator, judged by the whole law: what an object costs does not depend on how many there are, neither in time
nor in memory. ``benchmarks/ocpi_scale.py`` makes them, and takes 100,000 of them."""

from __future__ import annotations

import tracemalloc

import pytest

from benchmarks.ocpi_scale import KEPT_AT_MOST, PAGE, WORK, Generator, make, on_the_wire, seconds
from evconform.harness.campaign import Plan
from evconform.harness.verdict import Verdict

SHORT_PAGE = 25
"""Some pages at a time are in memory, so there must be more of them in the shorter list already."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make()


def kept(plan: Plan, work: str, count: int) -> int:
    """Bytes at the peak."""
    generator = Generator(plan, SHORT_PAGE)
    tracemalloc.start()
    WORK[work](generator, count)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("work", WORK)
def test_an_object_costs_the_same_time_in_a_long_list(plan: Plan, work: str) -> None:
    seconds(plan, work, PAGE)
    assert seconds(plan, work, 800) < 2.0 * max(seconds(plan, work, 300), seconds(plan, work, 300))


@pytest.mark.parametrize("work", WORK)
def test_more_objects_need_hardly_more_memory(plan: Plan, work: str) -> None:
    """What stays of a further object is a small part of what it is on the wire."""
    seconds(plan, work, PAGE)
    assert (kept(plan, work, 350) - kept(plan, work, 150)) / 200 < KEPT_AT_MOST * on_the_wire()


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
