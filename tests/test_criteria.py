"""Each pass criterion of the official cases has a fault that breaks only it: of the Core for a charge point (issue 2), of all
but the security profiles for a central system (issue 4)."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.plan import Content, find_sut, load_content, make_plan
from evconform.harness.prove import run, spread

ROOT = Path(__file__).resolve().parent.parent
LAW = ROOT / "suites" / "ocpp16"
FOLDERS = {"charge-point": LAW, "central-system": LAW / "central_system"}
"""Role to the folder of its official cases and their criteria."""
BEYOND = ("TC_054_CS", "TC_085_CS", "TC_085_CSMS", "TC_088_CSMS")
"""Official cases that are listed and have no criteria yet."""
Row = dict[str, str]


def rows(file: str, table: str) -> list[Row]:
    return [row for folder in FOLDERS.values() for row in tomllib.loads((folder / file).read_text("utf-8"))[table]]


CRITERIA = rows("criteria.toml", "criterion")
JUDGED = [row for row in CRITERIA if "not_judged" not in row]
OFFICIAL = {row["id"]: row["role"] for row in rows("oca.toml", "case") if row["id"] not in BEYOND}
PAIRS: dict[str, list[str]] = json.loads((ROOT / "kill-matrix.json").read_text("utf-8"))["pairs"]


def of_official(official: str) -> list[Row]:
    return [row for row in JUDGED if row["oca"] == official]


def name(row: Row) -> str:
    return f"{row['oca']}: {row['says']}"


@cache
def content() -> Content:
    return load_content()


@cache
def plans(role: str) -> list[Plan]:
    files = content().catalogue.laws["ocpp16"].reference[role]
    return [make_plan(content(), find_sut(file, [])) for file in files]


def official_numbers(case: str) -> tuple[str, ...]:
    return content().catalogue.laws["ocpp16"].cases[case].oca


def test_every_official_case_has_criteria() -> None:
    assert Counter(OFFICIAL.values()) == {"charge-point": 51, "central-system": 62}
    assert sorted({row["oca"] for row in CRITERIA}) == sorted(OFFICIAL)
    assert all(of_official(official) for official in OFFICIAL), "an official case of which nothing is judged"


def test_a_criterion_is_judged_or_says_why_not() -> None:
    wanted = {"oca", "says", "case", "requirement", "fault"}
    assert [name(row) for row in JUDGED if set(row) - {"of"} != wanted or not all(row.values())] == []
    assert [name(row) for row in CRITERIA if row.get("not_judged", "because") == ""] == []
    assert len({name(row) for row in CRITERIA}) == len(CRITERIA), "a criterion that stands there twice"


def test_a_criterion_of_another_names_one() -> None:
    assert [name(row) for row in JUDGED if "of" in row and f"{row['oca']}: {row['of']}" not in map(name, JUDGED)] == []


def test_a_criterion_is_judged_by_a_case_that_answers_to_its_official_one() -> None:
    assert [name(row) for row in JUDGED if row["oca"] not in official_numbers(row["case"])] == []


@pytest.mark.parametrize("row", JUDGED, ids=name)
def test_its_fault_kills_it(row: Row) -> None:
    assert f"{OFFICIAL[row['oca']]}:{row['fault']}" in PAIRS.get(f"{row['case']} {row['requirement']}", [])


@pytest.mark.parametrize("official", OFFICIAL)
def test_no_fault_breaks_two_criteria_of_an_official_case(official: str) -> None:
    faults = [row["fault"] for row in of_official(official)]
    assert sorted(faults) == sorted(set(faults))


@pytest.mark.parametrize("official", OFFICIAL)
def test_a_fault_turns_only_its_criterion_red(official: str) -> None:
    """With each fault, the cases that judge the other criteria of the official case stay as they were."""
    mine = of_official(official)
    reds = {row["says"]: set(red_with(OFFICIAL[official], row["fault"], {each["case"] for each in mine})) for row in mine}
    assert [row["says"] for row in mine if pair(row) not in reds[row["says"]]] == []
    assert [(row["says"], other["says"]) for row in mine for other in mine if breaks_too(row, other, reds[row["says"]])] == []


def pair(row: Row) -> tuple[str, str]:
    return row["case"], row["requirement"]


def breaks_too(row: Row, other: Row, red: set[tuple[str, str]]) -> bool:
    """Whether the fault of a criterion broke another one, which would not have had to break with it."""
    return pair(other) != pair(row) and pair(other) in red and other.get("of") != row["says"]


def red_with(role: str, fault: str, cases: set[str]) -> Iterator[tuple[str, str]]:
    """The pairs (case, requirement) that turn red with a fault."""
    named: Any = next(f for f in plans(role)[0].law.faults if f.name == fault)
    for plan, some in spread(plans(role), cases):
        for result in run(replace(plan, fault=named), some):
            yield from ((result.id, finding.requirement) for finding in result.findings if finding.verdict.red)
