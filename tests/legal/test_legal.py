"""No false red: what OCPP 1.6 allows is no offence. Every case passes on every legal variant of the virtual charge point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.judge import CaseResult
from evconform.harness.pics import Pics
from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.harness.user_file import read_toml
from evconform.harness.verdict import Verdict

CONTENT = load_content([Path(__file__).parent / "mocks"])
from mocks.legal import VARIANTS, Variant  # noqa: E402 - the line above puts it on the path


def plan_of(variant: Variant, product: str) -> Plan:
    """The plan of a product whose charge point is this variant."""
    plain = make_plan(CONTENT, find_sut(product, []))
    source = read_toml(plain.pics_file)
    source["supplementary"] = source.get("supplementary", {}) | variant.claims
    form = plain.law.form
    pics = Pics.fill(form, source, plain.pics_file, form.columns["ocpp1.6-json"])  # what it is, it is in every column
    control = plain.sut.control.model_copy(update={"party": f"legal {variant.name}"})
    speaks = plain.sut.sut.model_copy(update={"speaks": [variant.speaks]})
    return replace(plain, sut=plain.sut.model_copy(update={"control": control, "sut": speaks}), pics=pics)


def results_of(variant: Variant, product: str = "") -> list[CaseResult]:
    plan = plan_of(variant, product or variant.on)
    return run(plan, [case for case in applicable(plan)[0] if case.id.startswith(variant.cases or "")])


def findings_in(results: list[CaseResult], allowed: Any) -> Iterator[str]:
    """What is not a pass, but for what may be inconclusive."""
    for result in results:
        fine = (Verdict.PASS, Verdict.INCONCLUSIVE) if result.id in allowed else (Verdict.PASS,)
        if result.verdict not in fine:
            yield f"{result.id}: {result.verdict}: {result.reason}"


@pytest.mark.parametrize("name", VARIANTS)
def test_a_legal_variant_passes(name: str) -> None:
    variant = VARIANTS[name]
    assert list(findings_in(results_of(variant), variant.inconclusive)) == []
