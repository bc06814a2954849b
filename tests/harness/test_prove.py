"""The kill matrix: what falls out of it is named, and what turns red unannounced is a bystander."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.catalogue import Catalogue, Law
from evconform.harness.pics import Pics
from evconform.harness.plan import Content, find_sut, make_plan
from evconform.harness.prove import KillMatrix, fallen, kill, pairs_of, prove, spread

ONLY = "OCPP16-4.6-04"
MONITOR = "heartbeats_keep_their_interval"


def proved(loaded: Content, only: str, *, clean: bool = False, **members: Any) -> KillMatrix:
    """The matrix of the law of OCPP 1.6 with some members replaced, for the faults that ``only`` names."""
    laws = {"ocpp16": replace(loaded.catalogue.laws["ocpp16"], **members)}
    return prove(Content(Catalogue(laws), []), only, clean=clean)


@pytest.fixture(scope="module")
def law(loaded: Content) -> Law:
    return loaded.catalogue.laws["ocpp16"]


@pytest.fixture(scope="module")
def whole(loaded: Content) -> dict[str, Any]:
    matrix = proved(loaded, "OCPP16-4.6")
    assert matrix.problems == []
    return matrix.as_json()


def test_a_matrix_has_not_fallen_against_itself(whole: dict[str, Any]) -> None:
    assert whole["figures"]["killed"] > 0
    assert fallen(whole, whole) == []


def test_a_figure_that_rose_has_not_fallen(whole: dict[str, Any]) -> None:
    assert fallen(whole | {"figures": {k: v - 1 for k, v in whole["figures"].items()}}, whole) == []


def test_a_deleted_fault_is_named(loaded: Content, law: Law, whole: dict[str, Any]) -> None:
    gone = next(f for f in law.faults if f.kills == ONLY)
    now = proved(loaded, "OCPP16-4.6", faults=[f for f in law.faults if f is not gone]).as_json()
    found = fallen(whole, now)
    assert f"the fault charge-point:{gone.name} is gone" in found
    assert any(line.startswith("faults fell from") for line in found)
    assert any(line.endswith("was killed, and is not") and ONLY in line for line in found)


def test_a_deleted_monitor_is_named(loaded: Content, law: Law) -> None:
    only = next(m.requirement for m in law.monitors if m.name == MONITOR)
    was = proved(loaded, only).as_json()
    now = proved(loaded, only, monitors=[m for m in law.monitors if m.name != MONITOR]).as_json()
    assert f"charge-point:{MONITOR} {only} was killed, and is not" in fallen(was, now)
    assert any(line.startswith("pairs fell from") for line in fallen(was, now))


def test_a_deleted_case_is_named(loaded: Content, law: Law, whole: dict[str, Any]) -> None:
    cases = {id: case for id, case in law.cases.items() if id != "OCPP16-CP-HB-02"}
    found = fallen(whole, proved(loaded, "OCPP16-4.6", cases=cases).as_json())
    assert f"OCPP16-CP-HB-02 {ONLY} was killed, and is not" in found
    assert any(line.startswith("pairs fell from") for line in found)


def test_a_deleted_requirement_is_named(whole: dict[str, Any]) -> None:
    figures = whole["figures"] | {"requirements": whole["figures"]["requirements"] - 1}
    assert [line.split(" fell")[0] for line in fallen(whole, whole | {"figures": figures})] == ["requirements"]


def test_what_turns_red_unannounced_is_a_bystander(loaded: Content, law: Law) -> None:
    loud = next(f for f in law.faults if f.also and "charge-point" in law.roles_of(f))
    matrix = proved(loaded, loud.name, faults=[replace(loud, also=())])
    assert [p for p in matrix.problems if "is a bystander: it turned red too" in p and loud.also[0] in p]


def test_a_fault_that_does_not_turn_its_requirement_red_is_a_problem(loaded: Content, law: Law) -> None:
    """A fault that does nothing."""
    tame = replace(next(f for f in law.faults if f.kills == ONLY), function=lambda party: None)
    matrix = proved(loaded, tame.name, faults=[tame])
    assert matrix.problems == [f"charge-point:{tame.name}: {each} did not turn red" for each in sorted(tame.reds)]


def test_a_reference_that_does_not_pass_is_a_problem(loaded: Content, law: Law) -> None:
    async def never_reached() -> None:
        """Reaches nothing."""

    case = replace(law.cases["OCPP16-CP-HB-02"], function=never_reached)
    matrix = proved(loaded, "no fault", clean=True, cases={case.id: case})
    products = len(loaded.catalogue.laws["ocpp16"].reference["charge-point"])
    assert [p.startswith("OCPP16-CP-HB-02: the verdict on ") for p in matrix.problems] == [True] * products
    assert all(" is inconclusive: " in p for p in matrix.problems)


def test_a_pair_that_no_fault_kills_is_a_problem(loaded: Content, law: Law) -> None:
    """Without its fault a row that is verified by one case alone."""
    matrix = proved(loaded, "", faults=[], monitors=[], cases={"OCPP16-CP-HB-02": law.cases["OCPP16-CP-HB-02"]})
    assert f"OCPP16-CP-HB-02 {ONLY}: no fault turns it red" in matrix.problems


def test_every_pair_of_a_check_and_a_requirement_counts(law: Law) -> None:
    rows = [law.requirements[monitor.requirement] for monitor in law.monitors]
    expected = sum(len(c.verifies) for c in law.cases_for("charge-point", "ocpp1.6-json"))
    expected += sum("charge-point" in row.subject and row.binds("ocpp1.6-json") for row in rows)
    pairs = list(pairs_of(law, "charge-point", {"ocpp1.6-json"}))
    assert len(pairs) == len(set(pairs)) == expected


# ── several products ──


@pytest.fixture(scope="module")
def products(loaded: Content) -> list[Plan]:
    """The same product twice: the first does not claim TriggerMessage."""
    plan = make_plan(loaded, find_sut("plain-charge-point.toml", []))
    assert plan.pics["TriggerMessage"]
    claims = {speaks: replace(each, pics=without(each.pics)) for speaks, each in plan.columns.items()}
    return [replace(plan, pics=without(plan.pics), columns=claims), plan]


def without(pics: Pics) -> Pics:
    return replace(pics, answers=pics.answers | {"TriggerMessage": False})


def test_each_case_runs_on_the_first_product_that_it_applies_to(law: Law, products: list[Plan]) -> None:
    ids = {"OCPP16-CP-HB-01", "OCPP16-CP-TRIG-01", "OCPP16-CP-TRIG-02"}
    spread_out = [(plan, sorted(case.id for case in cases)) for plan, cases in spread(products, ids)]
    assert spread_out == [(products[0], ["OCPP16-CP-HB-01"]), (products[1], ["OCPP16-CP-TRIG-01", "OCPP16-CP-TRIG-02"])]
    assert [plan for plan, _ in spread(list(reversed(products)), ids)] == [products[1]]
    assert list(spread(products[:1], {"OCPP16-CP-TRIG-01"})) == []


def test_a_fault_is_killed_on_the_product_that_shows_it(law: Law, products: list[Plan]) -> None:
    fault = next(f for f in law.faults if f.kills == "OCPP16-5.17-04")
    outcome = kill(products, "charge-point", fault.name)
    assert outcome.problems == []
    assert [pair for pair in outcome.red if pair.endswith(" OCPP16-5.17-04")]
    nowhere = kill(products[:1], "charge-point", fault.name)
    assert nowhere.problems == [f"charge-point:{fault.name}: {r} did not turn red" for r in sorted(fault.reds)]


def test_several_processes_come_to_the_same_matrix(loaded: Content) -> None:
    assert prove(loaded, ONLY, jobs=2, clean=False) == prove(loaded, ONLY, jobs=1, clean=False)
