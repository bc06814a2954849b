"""The catalogue finds each contradiction within a law, and the shipped law has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.catalogue import Law, RequirementSet
from evconform.harness.cross_check import cross_check
from evconform.harness.law import Requirement
from evconform.harness.loading import as_requirement, load
from evconform.harness.named import import_string
from evconform.harness.plan import Content
from evconform.harness.user_file import read_toml
from evconform.harness.verdict import Level, UsageError

MakeLaw = Callable[..., Law]
Change = Callable[[Law], None]


def of_case(**members: Any) -> Change:
    return lambda law: law.cases.update({"C-1": replace(law.cases["C-1"], **members)})


def of_fault(**members: Any) -> Change:
    return lambda law: law.faults.__setitem__(0, replace(law.faults[0], **members))


def of_monitor(**members: Any) -> Change:
    return lambda law: law.monitors.__setitem__(0, replace(law.monitors[0], **members))


def of_row(**members: Any) -> Change:
    return lambda law: law.requirements.update({"R-1": replace(law.requirements["R-1"], **members)})


def of_set(**members: Any) -> Change:
    return lambda law: law.sets.__setitem__(0, replace(law.sets[0], **members))


def one_more_row(law: Law) -> None:
    """A row in a set, with nothing else."""
    law.requirements["R-2"] = Requirement("R-2", "2", ("charge-point",), Level.MUST, "It too.")
    law.sets.append(RequirementSet("set-2", "Set", "charge-point", ("R-2",)))


def one_more_row_and_case(law: Law) -> None:
    one_more_row(law)
    law.cases["C-2"] = replace(law.cases["C-1"], id="C-2", verifies=("R-2",))


CENTRAL = "suites.small.central_system.test_it"
CONTRADICTIONS: list[tuple[str, Change, str]] = [
    ("a case verifies an unknown row", of_case(verifies=("R-1", "R-9")), "C-1: R-9 is no requirement"),
    ("a case verifies nothing", of_case(verifies=()), "C-1: verifies nothing"),
    ("a case verifies a row about the other role", of_case(module=CENTRAL), "C-1: R-1 is not about the central-system"),
    ("a case is plain, and nobody plays", of_case(plain=True), "C-1: plain, and no party of ours can face a charge-point"),
    ("a case has no docstring", of_case(title=""), "C-1: no docstring"),
    ("a case depends on an unknown item", of_case(applies="Boot and Bot"), "C-1: Bot is no item"),
    ("a row depends on an unknown item", of_row(applies="Bot"), "R-1: Bot is no item"),
    ("a case has a broken condition", of_case(applies="Boot and"), "C-1"),
    ("a case has a condition that cannot be judged", of_case(applies="connectors + 1 > 2"), "C-1"),
    ("a fault kills an unknown row", of_fault(kills="R-9"), "fault breaks_it: R-9 is no requirement"),
    ("a fault also breaks an unknown row", of_fault(also=("R-9",)), "fault breaks_it: R-9 is no requirement"),
    ("a fault has no docstring", of_fault(says=""), "fault breaks_it: no docstring"),
    ("a fault is of an unknown role", of_fault(roles=("charger",)), "charger"),
    ("a monitor is of an unknown row", of_monitor(requirement="R-9"), "monitor it_holds: R-9 is no requirement"),
    ("a row without a case", one_more_row, "R-2: no test case verifies it for the charge-point"),
    ("a row without a fault", one_more_row_and_case, "R-2: no fault of the charge-point kills it"),
    ("the fault is the other role's", of_fault(roles=("central-system",)), "R-1: no fault of the charge-point kills it"),
    ("a row of both roles has checks for one", of_row(subject=("charge-point", "central-system")), "for the central-system"),
    ("a row that is not observable has a check", of_row(not_observable="hidden"), "R-1: not observable, and yet"),
    ("a set names an unknown row", of_set(requirements=("R-1", "R-9")), "set set-1: R-9 is no requirement"),
    ("a set names a row of the other role", of_set(role="central-system"), "set set-1: R-1 is not about the central-system"),
    ("a row is in no set", of_set(requirements=()), "R-1: in no requirement set of the charge-point"),
    ("two monitors have one name", lambda law: law.monitors.append(law.monitors[0]), "it_holds: two monitors or faults"),
    ("two faults have one name", lambda law: law.faults.append(law.faults[0]), "breaks_it: two monitors or faults"),
    ("a fault is called like a monitor", of_fault(name="it_holds"), "it_holds: two monitors or faults"),
    ("two sets have one id", lambda law: law.sets.append(law.sets[0]), "set-1"),
]


def test_a_law_without_a_contradiction_has_no_problem(make_law: MakeLaw) -> None:
    assert list(cross_check(make_law())) == []


@pytest.mark.parametrize(("change", "says"), [pytest.param(c, s, id=name) for name, c, s in CONTRADICTIONS])
def test_a_contradiction_is_found(make_law: MakeLaw, change: Change, says: str) -> None:
    law = make_law()
    change(law)
    assert [problem for problem in cross_check(law) if says in problem]


@pytest.mark.parametrize("keep", ["case", "fault", "monitor"])
def test_each_kind_of_check_contradicts_a_row_that_is_not_observable(make_law: MakeLaw, keep: str) -> None:
    law = make_law()
    of_row(not_observable="hidden")(law)
    law.cases = law.cases if keep == "case" else {}
    law.faults = law.faults if keep == "fault" else []
    law.monitors = law.monitors if keep == "monitor" else []
    assert list(cross_check(law)) == ["R-1: not observable, and yet it has a check"]


def test_a_row_that_is_not_observable_needs_no_check(make_law: MakeLaw) -> None:
    law = make_law(cases={}, faults=[], monitors=[])
    of_row(not_observable="hidden")(law)
    assert list(cross_check(law)) == []


def test_the_shipped_law_has_no_problem(loaded: Content) -> None:
    assert loaded.catalogue.problems == []
    assert [problem for law in loaded.catalogue.laws.values() for problem in cross_check(law)] == []
    assert all(law.cases and law.monitors and law.faults and law.sets for law in loaded.catalogue.laws.values())


ROW = {"id": "R-1", "clause": "1", "subject": "charge-point", "level": "must", "says": "It holds."}


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({k: v for k, v in ROW.items() if k != "subject"}, "subject"),
        ({k: v for k, v in ROW.items() if k != "says"}, "says"),
        ({k: v for k, v in ROW.items() if k != "id"}, "id"),
        (ROW | {"level": "shall"}, "shall"),
        (ROW | {"subject": "charger"}, "charger"),
        (ROW | {"subject": ["charge-point", "charger"]}, "charger"),
        (ROW | {"subject": 3}, "R-1"),
        (ROW | {"colour": "red"}, "colour"),
    ],
)
def test_a_broken_row_is_one_line_with_file_and_place(row: dict[str, Any], place: str) -> None:
    with pytest.raises(UsageError, match=rf"^requirements\.toml: [^\n]*{place}[^\n]*$"):
        as_requirement(row, Path("requirements.toml"))


HEAD = '[law]\ntitle = "T"\nview = "v:V"\n[law.reference]\n[law.opposite]\n'


@pytest.mark.parametrize(
    ("requirements", "sets", "place"),
    [("", "", "requirements"), ('[law]\ntitle = "T"\n', "", "requirements"), (HEAD, '[[set]]\nid = "S"\n', "sets")],
    ids=["no head", "half a head", "half a set"],
)
def test_a_broken_file_of_a_law_is_one_line(tmp_path: Path, requirements: str, sets: str, place: str) -> None:
    folder = tmp_path / "suites" / "mine"
    folder.mkdir(parents=True)
    (folder / "requirements.toml").write_text(requirements)
    (folder / "sets.toml").write_text(sets)
    (folder / "pics.toml").write_text("")
    with pytest.raises(UsageError, match=rf"^\S*{place}\.toml: [^\n]+$"):
        load([tmp_path])


def test_two_rows_with_one_id_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "suites" / "twice"
    folder.mkdir(parents=True)
    row = '[[requirement]]\nid = "R-1"\nclause = "1"\nsubject = "charge-point"\nlevel = "must"\nsays = "It holds."\n'
    (folder / "requirements.toml").write_text(HEAD + row + row)
    (folder / "sets.toml").write_text("")
    (folder / "pics.toml").write_text("")
    catalogue = load([tmp_path])
    assert "R-1: two rows have this id" in catalogue.problems
    with pytest.raises(UsageError, match="R-1: two rows have this id"):
        catalogue.checked()


@pytest.mark.parametrize("content", [b"[x", b"\xff\xfe", None], ids=["not TOML", "not UTF-8", "missing"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "x.toml"
    if content:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"x\.toml: [^\n]+$"):
        read_toml(file)


@pytest.mark.parametrize("place", ["nowhere:x", "json:nothing", "json", "", ":x", "json:"])
def test_a_place_that_holds_nothing_is_a_usage_error(place: str) -> None:
    with pytest.raises(UsageError, match=rf"^{place}: [^\n]+$"):
        import_string(place)
