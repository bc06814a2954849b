"""What a row stands on is read from its clause, and the chapters of a law account for every sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evconform.cli import chapter_lines
from evconform.harness.catalogue import Law, OfficialCase
from evconform.harness.clauses import Chapter, clause_problems, clauses_of, messages_of, read_chapter, rows_of
from evconform.harness.cross_check import cross_check
from evconform.harness.form import Form
from evconform.harness.law import Requirement
from evconform.harness.loading import load
from evconform.harness.verdict import Level, UsageError

MakeLaw = Callable[..., Law]
STANDARD = "OCPP 1.6 edition 2"
CHAPTER = Chapter("1", "One", "charge-point", sentences=3, as_rows=1, other_role=1, open=("It is so.",))


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (f"{STANDARD}, 4.2", ["4.2"]),
        (f"{STANDARD}, 4.10, 6.49", ["4.10", "6.49"]),
        (f"{STANDARD}, 3.16.1; 9.1.17", ["3.16.1", "9.1.17"]),
        (f"{STANDARD}, 4.9; erratum 3.20", ["4.9"]),
        (f"{STANDARD}, 9.1.6; errata 3.77, 3.89", ["9.1.6"]),
        ("erratum 3.18 (4.8)", ["4.8"]),
        (f"{STANDARD}, 4.9, table, A9", ["4.9"]),
        (f"{STANDARD}, 7.31, Energy.Active.Import.Register", ["7.31"]),
        ("OCPP-J 1.6, 4.2; J errata 2025-04, 3.4", []),
        ("J errata 3.2, 3.8 (4.2.4)", []),
        ("PICS, OCPP versions and messages supported; OCPP-J 4.2.3", []),
        (f"OCPP-J 1.6, 3.1; {STANDARD}, 4.2; RFC 6455, 5.4", ["4.2"]),
    ],
)
def test_the_clauses_of_a_row_are_those_of_the_standard(clause: str, expected: list[str]) -> None:
    assert clauses_of(clause, STANDARD) == expected


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("OCPI 2.2.1, credentials: PUT Method", ["credentials: PUT Method"]),
        ("OCPI 2.2.1, status_codes", ["status_codes"]),
        ("OCPI 2.2.1, status_codes: 3xxx: Server errors; RFC 9110, 15", ["status_codes: 3xxx: Server errors"]),
        ("OCPI 2.2.1, types: CiString type; OCPI 2.2.1, credentials", ["types: CiString type", "credentials"]),
    ],
)
def test_a_chapter_may_have_a_name(clause: str, expected: list[str]) -> None:
    assert clauses_of(clause, "OCPI 2.2.1") == expected


def test_a_heading_is_within_its_named_chapter(make_law: MakeLaw) -> None:
    wide, narrow = replace(CHAPTER, clause="types"), replace(CHAPTER, clause="types: string type")
    law = make_law(chapters=[wide, narrow], document="OCPI 2.2.1")
    for n, heading in enumerate(["types: string type", "types: number type", "types_of_tokens: string type"]):
        law.requirements[f"R-{n}"] = Requirement(f"R-{n}", f"OCPI 2.2.1, {heading}", ("charge-point",), Level.MUST, "It holds.")
    assert [row.id for row in rows_of(law, narrow)] == ["R-0"]
    assert [row.id for row in rows_of(law, wide)] == ["R-1"]


@pytest.fixture
def law(make_law: MakeLaw) -> Law:
    law = make_law(form=Form(profiles={"Core": ("Boot", "Start", "Stop")}), document=STANDARD)
    law.messages = {"Boot": ["4.2", "6.3"], "Start": ["4.8"], "Stop": ["4.1"]}
    return law


@pytest.mark.parametrize(
    ("clause", "applies", "expected"),
    [
        (f"{STANDARD}, 4.2.1", "", ["Boot"]),
        (f"{STANDARD}, 6.3", "Start", ["Boot"]),
        (f"{STANDARD}, 4.2, 4.8", "", ["Boot", "Start"]),
        (f"{STANDARD}, 4.10", "", []),
        (f"{STANDARD}, 7.31", "Stop and Start", ["Start", "Stop"]),
        (f"{STANDARD}, 7.31", "Stop and not Start", ["Stop"]),
        (f"{STANDARD}, 7.31", "not (Stop or Start)", []),
        ("OCPP-J 1.6, 4.2", "", []),
    ],
)
def test_a_row_is_about_the_messages_of_its_chapters_or_those_it_needs(
    law: Law, clause: str, applies: str, expected: list[str]
) -> None:
    row = Requirement("R", clause, ("charge-point",), Level.MUST, "It holds.", applies=applies)
    assert messages_of(law, row) == expected


CONTRADICTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("a sentence is lost", {"sentences": 4}, "chapter 1: 4 sentences, and 3 are accounted for"),
    ("an unknown role", {"role": "charger"}, "charger is no role"),
    ("rows that nobody counted", {"as_rows": 0, "sentences": 2}, "chapter 1: 0 sentences became rows, and 1 rows name it"),
    ("counted rows that there are not", {"clause": "2"}, "chapter 2: 1 sentences became rows, and 0 rows name it"),
]


@pytest.mark.parametrize(("change", "says"), [pytest.param(c, s, id=name) for name, c, s in CONTRADICTIONS])
def test_a_contradiction_of_a_chapter_is_found(make_law: MakeLaw, change: dict[str, Any], says: str) -> None:
    assert list(clause_problems(make_law(chapters=[CHAPTER]))) == []
    assert [problem for problem in clause_problems(make_law(chapters=[replace(CHAPTER, **change)])) if says in problem]


def test_a_chapter_stands_once_for_a_role(make_law: MakeLaw) -> None:
    assert "chapter 1: is there twice for the charge-point" in clause_problems(make_law(chapters=[CHAPTER, CHAPTER]))


def test_a_chapter_of_another_document_counts_the_rows_that_name_that(make_law: MakeLaw) -> None:
    ours, other = replace(CHAPTER, clause="4"), replace(CHAPTER, clause="4", document="OCPP-S 1.6")
    law = make_law(chapters=[ours, other])
    for n, clause in enumerate(["4", "OCPP-S 1.6, 4; S erratum 3.2"]):
        law.requirements[f"R-{n}"] = Requirement(f"R-{n}", clause, ("charge-point",), Level.MUST, "It holds.")
    assert [row.id for row in rows_of(law, ours)] == ["R-0"]
    assert [row.id for row in rows_of(law, other)] == ["R-1"]
    assert not [problem for problem in clause_problems(law) if "twice" in problem]
    assert any("OCPP-S 1.6, 4 " in line for line in chapter_lines(law, "charge-point"))


def test_the_table_of_messages_is_that_of_the_form(law: Law) -> None:
    assert list(clause_problems(law)) == []
    law.messages = {"Boot": ["4.2"], "Start": ["4.8"], "Bot": ["4.1"]}
    assert list(clause_problems(law)) == [
        "law.messages: Bot is no message of the form",
        "law.messages: Stop of the form is missing",
    ]


def test_a_row_counts_in_the_narrowest_chapter_of_its_first_clause(make_law: MakeLaw) -> None:
    wide, narrow = replace(CHAPTER, clause="3.5"), replace(CHAPTER, clause="3.5.1")
    law = make_law(chapters=[wide, narrow, replace(CHAPTER, clause="4")])
    for n, clause in enumerate(["3.5.1, 4", "3.5.2", "3.55", "4, 3.5.1"]):
        law.requirements[f"R-{n}"] = Requirement(f"R-{n}", clause, ("charge-point",), Level.MUST, "It holds.")
    assert [row.id for row in rows_of(law, narrow)] == ["R-0"]
    assert [row.id for row in rows_of(law, wide)] == ["R-1"]
    assert [row.id for row in rows_of(law, law.chapters[2])] == ["R-3"]


ROW = {"clause": "1", "title": "One", "role": "charge-point", "sentences": 1, "open": ["It is so."]}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({k: v for k, v in ROW.items() if k != "sentences"}, "sentences"),
        (ROW | {"colour": "red"}, "colour"),
        (ROW | {"sentences": "1"}, "whole numbers"),
        (ROW | {"other_role": -1}, "whole numbers"),
    ],
)
def test_a_broken_chapter_is_one_line(row: dict[str, Any], says: str) -> None:
    assert read_chapter(ROW, Path("r.toml")).open == ("It is so.",)
    with pytest.raises(UsageError, match=rf"^r\.toml: chapter 1: [^\n]*{says}"):
        read_chapter(row, Path("r.toml"))


def test_the_chapters_are_listed_with_what_is_open(make_law: MakeLaw) -> None:
    shown = list(chapter_lines(make_law(chapters=[CHAPTER], document=""), "charge-point"))
    assert "1 chapters read, 3 sentences that bind somebody, 1 open" in shown[0]
    assert "1 as rows, 1 about another role, 1 open (1 requirements)" in shown[1]
    assert shown[2].endswith("open: It is so.")
    assert list(chapter_lines(make_law(chapters=[CHAPTER]), "central-system")) == []


def test_a_law_reads_its_chapters_messages_and_official_cases(tmp_path: Path) -> None:
    folder = tmp_path / "suites" / "read"
    folder.mkdir(parents=True)
    head = '[law]\ntitle = "T"\nview = "v:V"\ndocument = "D"\n[law.reference]\n[law.opposite]\n[law.messages]\nBoot = ["4.2"]\n'
    chapter = '[[chapter]]\nclause = "4.2"\ntitle = "Boot"\nrole = "charge-point"\nsentences = 1\nother_role = 1\n'
    (folder / "requirements.toml").write_text(head + chapter)
    (folder / "pics.toml").write_text('[profile.Core]\nmessages = ["Boot"]\n')
    (folder / "oca.toml").write_text('[[case]]\nid = "TC_1"\ntitle = "Boots"\nedition = "2025"\napplies = "Boot"\n')
    catalogue = load([tmp_path])
    law = catalogue.laws["read"]
    assert (law.document, law.messages, law.chapters[0].title) == ("D", {"Boot": ["4.2"]}, "Boot")
    assert [(each.id, each.editions, each.applies) for each in law.official] == [("TC_1", ("2025",), "Boot")]
    assert catalogue.problems == []
    (folder / "oca.toml").write_text('[[case]]\nid = "TC_1"\ntitle = "Boots"\neditions = ["2024", "2025"]\n')
    assert load([tmp_path]).laws["read"].official[0].editions == ("2024", "2025")
    (folder / "oca.toml").write_text('[[case]]\nid = "TC_1"\n')
    with pytest.raises(UsageError, match=r"oca\.toml: case TC_1: [^\n]*edition"):
        load([tmp_path])


def test_the_official_cases_are_held_against_the_form(make_law: MakeLaw) -> None:
    law = make_law(official=[OfficialCase("TC_1", "Boots", ("2025",), applies="Bot"), OfficialCase("TC_1", "Boots", ("2025",))])
    assert list(cross_check(law)) == ["TC_1: two official cases have this id", "TC_1: Bot is no item of the PICS form"]
