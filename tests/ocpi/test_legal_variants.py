"""No check turns red where a back office does otherwise what OCPI 2.2.1 leaves to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.law import Fault
from evconform.harness.plan import Content, applicable, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.harness.verdict import Verdict
from tests.ocpi.legal_variants import BOTH, CPO, EMSP, WITHOUT_PATCH

PRODUCTS = {"cpo": "reference-cpo-ocpi.toml", "emsp": "reference-emsp.toml"}
VARIANTS = [
    (role, variant, touched) for role, more in (("cpo", CPO), ("emsp", EMSP)) for variant, touched in (BOTH | more).items()
]


@pytest.fixture(scope="module")
def loaded() -> Content:
    return load_content()


def plan_of(loaded: Content, role: str, variant: Any) -> Plan:
    plan = make_plan(loaded, find_sut(PRODUCTS[role], []))
    changed = Fault(variant.__name__, "OCPI221-TRN-01", (), variant, "suites.ocpi221.faults", "It is legal.")
    if variant in WITHOUT_PATCH:
        answers = plan.pics.answers | {"locations_receiver_patch": False, "LocationsPush": False}
        plan = replace(plan, pics=replace(plan.pics, answers=answers))
    return replace(plan, fault=changed)


@pytest.mark.parametrize(
    ("role", "variant", "touched"), [pytest.param(*each, id=f"{each[0]}-{each[1].__name__}") for each in VARIANTS]
)
def test_a_legal_variant_passes(loaded: Content, role: str, variant: Any, touched: tuple[str, ...]) -> None:
    plan = plan_of(loaded, role, variant)
    cases = [case for case in applicable(plan)[0] if any(part in case.id for part in touched)]
    assert cases
    verdicts = {result.id: f"{result.verdict}: {result.reason}" for result in run(plan, cases)}
    assert verdicts == {case.id: f"{Verdict.PASS}: " for case in cases}
