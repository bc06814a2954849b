"""Case by model: official numbers, our cases, and what each product comes to or why a case does not apply to it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.catalogue import OfficialCase
from evconform.harness.law import TestCase
from evconform.harness.pics import Pics
from evconform.harness.verdict import UsageError
from evconform.report.models import Row, lines, table, why_not

MODULE = "suites.ocpp16.charge_point.test_it"


def case(id: str, oca: str = "", applies: str = "") -> TestCase:
    return TestCase(id, ("R-1",), lambda: None, MODULE, f"{id} holds.", tuple(oca.split()), applies)


CASES = [
    case("C-1", "TC_1", "Core"),
    case("C-2", "TC_1", "Core and fixed_cable"),
    case("C-3", "TC_2", "fixed_cable"),
    case("C-4", applies="not fixed_cable"),
    case("C-5", "TC_9"),
    replace(case("C-6", "TC_4"), module="suites.ocpp16.central_system.test_it"),
]
OFFICIAL = [
    OfficialCase("TC_1", "Boots", ("2025",)),
    OfficialCase("TC_2", "Unlocks", ("2025",)),
    OfficialCase("TC_3", "Nobody's", ("2025",), applies="fixed_cable"),
    OfficialCase("TC_4", "The other role's", ("2025",), "central-system"),
]


@pytest.fixture
def models(plan: Plan) -> list[Plan]:
    """A product with a socket, and one with a fixed cable."""
    law = replace(plan.law, cases={each.id: each for each in CASES}, official=OFFICIAL)

    def model(name: str, fixed: bool) -> Plan:
        sut = plan.sut.model_copy(update={"file": Path(f"{name}.toml")})
        return replace(plan, law=law, sut=sut, pics=Pics({"Core": True, "fixed_cable": fixed}))

    return [model("socket", False), model("fixed", True)]


def cells(rows: list[Row]) -> dict[str, list[str]]:
    return {" ".join([row.official, *(case.id for case in row.cases)]): row.cells for row in rows}


def bundle(folder: Path, name: str, **verdicts: str) -> None:
    (folder / name).mkdir()
    body = {"cases": [{"id": id.replace("_", "-"), "verdict": verdict} for id, verdict in verdicts.items()]}
    (folder / name / "report.json").write_text(json.dumps(body))


def test_without_reports_it_says_what_applies_and_why_not(models: list[Plan]) -> None:
    assert cells(table(models, None)) == {
        "TC_1 C-1 C-2": ["applies", "applies"],
        "TC_2 C-3": ["n/a: no fixed_cable", "applies"],
        "TC_3": ["n/a: no fixed_cable", "no case"],
        " C-4": ["applies", "n/a: fixed_cable"],
        "TC_9 C-5": ["applies", "applies"],
    }


def test_with_reports_it_says_the_worst_verdict_of_what_applies(models: list[Plan], tmp_path: Path) -> None:
    bundle(tmp_path, "fixed", C_1="pass", C_2="fail", C_3="warn", C_4="pass")
    assert cells(table(models, tmp_path)) == {
        "TC_1 C-1 C-2": ["applies", "fail"],
        "TC_2 C-3": ["n/a: no fixed_cable", "warn"],
        "TC_3": ["n/a: no fixed_cable", "no case"],
        " C-4": ["applies", "n/a: fixed_cable"],
        "TC_9 C-5": ["applies", "not run"],
    }


@pytest.mark.parametrize("text", ["{", "[]", '{"cases": [{"id": "C-1", "verdict": "green"}]}'])
def test_what_is_no_report_is_one_line(models: list[Plan], tmp_path: Path, text: str) -> None:
    bundle(tmp_path, "fixed")
    (tmp_path / "fixed" / "report.json").write_text(text)
    with pytest.raises(UsageError, match=r"fixed/report\.json: no report: [^\n]+$"):
        table(models, tmp_path)


def test_the_table_is_text_in_columns(models: list[Plan]) -> None:
    shown = list(lines(models, table(models, None)))
    assert shown[0].split() == ["official", "ours", "socket", "fixed", "title"]
    assert len({line.index(title) for line, title in zip(shown, ["title", "Boots", "Unlocks"], strict=False)}) == 1
    assert shown[-1] == "3 official cases, 2 of them with a case of ours, 0 judged; 2 of ours besides"


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("Core and fixed_cable", "no fixed_cable"),
        ("not Core and fixed_cable", "Core, no fixed_cable"),
        ("fixed_cable or not Core", "not (fixed_cable or not Core)"),
        ("not (Core or fixed_cable)", "Core or fixed_cable"),
        ("fixed_cable == 'x'", "not (fixed_cable == 'x')"),
    ],
)
def test_why_a_case_does_not_apply_is_told_by_what_fails(models: list[Plan], condition: str, says: str) -> None:
    assert why_not(models[0].pics, condition) == says
