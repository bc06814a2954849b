"""No vacuous green: a back office that does nothing is told to be right in nothing that it was to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evconform.harness.judge import CaseResult
from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.harness.verdict import Verdict

CONTENT = load_content([Path(__file__).parent / "mocks"])
from mocks.dead_ocpi import DEAD  # noqa: E402 - the line above puts it on the path

PRODUCTS = {"cpo": "reference-cpo-ocpi.toml", "emsp": "reference-emsp.toml"}
FUNCTIONAL = ("LOC", "TAR", "PAG", "ROB")
SHOWN = {
    *(f"OCPI221-TRN-{n}" for n in (12, 13, 15, 16, 18, 19, 23, 28, 30)),
    *("OCPI221-PAG-01", "OCPI221-PAG-02", "OCPI221-ROB-08", "OCPI221-ROB-12"),
}
"""What every answer shows, whatever it answers."""


def results_of(name: str) -> list[CaseResult]:
    plan = make_plan(CONTENT, find_sut(PRODUCTS[DEAD[name]], []))
    control = plan.sut.control.model_copy(update={"party": f"dead {name}"})
    dead = replace(plan, sut=plan.sut.model_copy(update={"control": control}))
    return run(dead, [case for case in applicable(dead)[0] if is_told_of(name, case.verifies)])


def is_told_of(name: str, verifies: tuple[str, ...] | list[str]) -> bool:
    """All that a case verifies, or the functional modules where the rest is alive."""
    return name.endswith("_to_all") or any(each.split("-")[1] in FUNCTIONAL for each in verifies)


@pytest.mark.parametrize("name", DEAD)
def test_nothing_is_right(name: str) -> None:
    results = results_of(name)
    assert results
    green = [
        f"{result.id} {requirement}"
        for result in results
        for requirement, verdict in result.requirements.items()
        if verdict is Verdict.PASS and requirement not in SHOWN and is_told_of(name, [requirement])
    ]
    assert green == []
