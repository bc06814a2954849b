"""The reference CPO in front of a charge point: every plain case comes to what it comes to with the scripted party."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.law import Fault
from evconform.harness.plain import Pair, pairs, reds
from evconform.harness.plan import Content, applicable, faced_with, find_sut, left_out, load_content, make_plan
from evconform.harness.prove import run, spread
from evconform.harness.verdict import UsageError, Verdict

CPO = "reference-cpo"
AT_LEAST = 25
FAULTS = [
    *("asks_before_it_stops", "rejects_to_go_into_service", "lowercase_error_code", "samples_at_half_the_interval"),
    *("kilowatts_as_watts", "nobody_charges_offline", "rejects_remote_stops", "unlocks_its_fixed_cable"),
    *("forgets_that_it_is_unavailable", "gives_up_in_silence", "stops_without_an_ev", "rejects_remote_starts_and_obeys_them"),
]
"""Of each kind one or two; the last one ends its case while the CPO looks a transaction up."""


@pytest.fixture(scope="module")
def loaded() -> Content:
    return load_content()


@pytest.fixture(scope="module")
def plans(loaded: Content) -> list[Plan]:
    """The charge points that must pass: the INCH, its two sisters, and two small ones."""
    law = loaded.catalogue.laws["ocpp16"]
    return [make_plan(loaded, find_sut(file, [])) for file in law.reference["charge-point"]]


@pytest.fixture(scope="module")
def twice(plans: list[Plan]) -> dict[str, list[Pair]]:
    """Product to its plain cases, with either party."""
    return {plan.sut.sut.product: list(pairs(plan, CPO)) for plan in plans}


def cases(plans: list[Plan], *, plain: bool) -> set[str]:
    return {case.id for case in plans[0].law.cases_for("charge-point") if case.plain is plain}


def test_the_verdicts_are_the_same(twice: dict[str, list[Pair]]) -> None:
    for product, found in twice.items():
        print(product)
        for pair in found:
            print(pair.line())
    assert [f"{product}: {pair.line()}" for product, found in twice.items() for pair in found if pair.differs] == []
    assert {pair.played.verdict for found in twice.values() for pair in found} == {Verdict.PASS}


def test_the_same_requirements_are_judged(twice: dict[str, list[Pair]]) -> None:
    """What the scripted party brings about in a plain case, the CPO brings about too."""
    every = [(product, pair) for product, found in twice.items() for pair in found]
    assert [
        (product, pair.id, sorted(pair.scripted.requirements.keys() ^ pair.played.requirements.keys()))
        for product, pair in every
        if pair.scripted.requirements.keys() != pair.played.requirements.keys()
    ] == []


def test_every_plain_case_was_run(plans: list[Plan], twice: dict[str, list[Pair]]) -> None:
    ran = {pair.id for found in twice.values() for pair in found}
    assert ran == cases(plans, plain=True)
    assert len(ran) >= AT_LEAST


def test_no_other_case_could_be_plain(plans: list[Plan]) -> None:
    """Each scripts, deviates, or takes the connection into its own hands; and that is no verdict on anybody."""
    found = {}
    for plan, its in spread(plans, cases(plans, plain=False)):
        found |= {result.id: (result.verdict, "NotPlain" in result.reason) for result in run(faced_with(plan, CPO), its)}
    assert found == dict.fromkeys(cases(plans, plain=False), (Verdict.ERROR, True))


def broken(plans: list[Plan], fault: Fault) -> Iterator[Pair]:
    """What the plain cases that verify what a fault kills say of it."""
    law = plans[0].law
    ids = {case.id for case in law.cases_for("charge-point") if case.plain and fault.kills in case.verifies}
    for plan, its in spread(plans, ids):
        yield from pairs(replace(plan, fault=fault), CPO, frozenset(case.id for case in its))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_as_red(plans: list[Plan], name: str) -> None:
    fault = next(fault for fault in plans[0].law.faults if fault.name == name)
    found = list(broken(plans, fault))
    assert [pair.line() for pair in found if pair.differs] == []
    assert any(fault.kills in reds(pair.played) for pair in found)


def test_what_is_not_plain_is_left_out(plans: list[Plan]) -> None:
    every, _ = applicable(plans[0])
    assert left_out(plans[0], every) == []
    assert set(left_out(faced_with(plans[0], CPO), every)) == {case.id for case in every if not case.plain}


@pytest.mark.parametrize(
    ("sut", "party", "says"),
    [
        ("etrel-inch.toml", "nobody", "'nobody' is not one of .*plain-central-system, reference-cpo"),
        ("etrel-inch.toml", "inch", "'inch' is not one of"),
        ("reference-cpo.toml", CPO, "expected an embedded charge-point; reference-cpo.toml is a central-system"),
    ],
)
def test_who_cannot_face_whom(loaded: Content, sut: str, party: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        faced_with(make_plan(loaded, find_sut(sut, [])), party)
