"""No false red on a back office: what OCPI 2.2.1 allows is no offence. Each variant goes through the cases that it could fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.judge import CaseResult
from evconform.harness.pics import Pics
from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.harness.user_file import read_toml
from evconform.harness.verdict import Verdict

CONTENT = load_content([Path(__file__).parent / "mocks"])
from mocks.legal_ocpi import BACK_OFFICES, BackOffice  # noqa: E402 - the line above puts it on the path

PRODUCTS = {"cpo": "reference-cpo-ocpi.toml", "emsp": "reference-emsp.toml"}


def plan_of(variant: BackOffice) -> Plan:
    """The plan of the reference product with this variant in its place."""
    plain = make_plan(CONTENT, find_sut(PRODUCTS[variant.role], []))
    source = read_toml(plain.pics_file)
    source["supplementary"] = source["supplementary"] | dict(variant.claims)
    source["messages"] = {"2.2.1": [each for each in source["messages"]["2.2.1"] if each not in variant.lacks]}
    form, speaks = plain.law.form_of(variant.role), plain.sut.sut.speaks[0]
    pics = Pics.fill(form, source, plain.pics_file, form.columns[speaks])
    control = plain.sut.control.model_copy(update={"party": f"legal {variant.name}"})
    return replace(plain, sut=plain.sut.model_copy(update={"control": control}), pics=pics)


def results_of(variant: BackOffice) -> list[CaseResult]:
    plan = plan_of(variant)
    ends = tuple(f"-{variant.role.upper()}-{each}" for each in variant.cases)
    return run(plan, [case for case in applicable(plan)[0] if case.id.endswith(ends)])


def findings_in(results: list[CaseResult], variant: BackOffice) -> Iterator[str]:
    """What is neither a pass, nor a warning or something unseen that is allowed."""
    for result in results:
        told = [each for each in result.findings if each.verdict.red and each.requirement not in variant.warns]
        yield from (f"{result.id}: {each.requirement} {each.verdict}: {each.says}" for each in told)
        for requirement, verdict in result.requirements.items():
            if verdict is Verdict.INCONCLUSIVE and requirement not in variant.unseen:
                yield f"{result.id}: {requirement} {verdict}"
        if result.verdict not in (Verdict.PASS, Verdict.WARN) and not variant.unseen:
            yield f"{result.id}: {result.verdict}: {result.reason}"


@pytest.mark.parametrize("name", BACK_OFFICES)
def test_a_legal_variant_passes(name: str) -> None:
    variant = BACK_OFFICES[name]
    results = results_of(variant)
    assert results
    assert list(findings_in(results, variant)) == []
