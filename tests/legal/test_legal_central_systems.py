"""No false red on a central system: what OCPP 1.6 allows is no offence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.harness.verdict import Verdict

CONTENT = load_content([Path(__file__).parent / "mocks"])
from mocks.legal_central_systems import CENTRAL_SYSTEMS  # noqa: E402 - the line above puts it on the path


@pytest.mark.parametrize("name", CENTRAL_SYSTEMS)
def test_a_legal_variant_passes(name: str) -> None:
    plain = make_plan(CONTENT, find_sut("plain-central-system.toml", []))
    control = plain.sut.control.model_copy(update={"party": f"legal {name}"})
    plan = replace(plain, sut=plain.sut.model_copy(update={"control": control}))
    results = run(plan, applicable(plan)[0])
    assert [f"{r.id}: {r.verdict}: {r.reason}" for r in results if r.verdict is not Verdict.PASS] == []
