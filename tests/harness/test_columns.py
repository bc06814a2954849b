"""Columns: what binds which, a case once for each, the addresses of a SUT file, and which cases are run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evconform.harness import sut
from evconform.harness.campaign import Plan
from evconform.harness.catalogue import Law
from evconform.harness.columns import absent, columns_of, id_in, variants, why_absent
from evconform.harness.cross_check import cross_check
from evconform.harness.law import Fault, Requirement, TestCase
from evconform.harness.plan import Content, applicable, find_sut, make_plan, selected
from evconform.harness.prove import pairs_of, tasks_of, unspoken
from evconform.harness.timetable import lines
from evconform.harness.verdict import Level, UsageError
from evconform.harness.walk import for_a_person

JSON, SOAP, SOAP15 = "ocpp1.6-json", "ocpp1.6-soap", "ocpp1.5-soap"
BOTH = (JSON, SOAP)
ROW = "R-1"
MODULE = "suites.small.charge_point.test_it"


def row(id: str, *speaks: str, why: str = "") -> Requirement:
    return Requirement(id, "1", ("charge-point",), Level.MUST, "It holds.", speaks=speaks, why=why)


def case(id: str, *verifies: str, **only: str) -> TestCase:
    return TestCase(id, verifies, print, MODULE, "It holds.", only={name.replace("_", "-"): why for name, why in only.items()})


@pytest.fixture
def two(make_law: Callable[..., Law]) -> Law:
    """A law of two columns of one version, and one of another: a case that is for both, and its fault."""
    begins = {"": BOTH, "RJ-": (JSON,), "RS-": (SOAP,), "OLD-": (SOAP15,)}
    law = make_law(columns={JSON: "json", SOAP: "soap", SOAP15: "soap15"}, begins=begins)
    law.requirements = {ROW: row(ROW, *BOTH)}
    return placed(law, case("C-1", ROW))


def placed(law: Law, *cases: TestCase) -> Law:
    law.scenarios = {each.id: each for each in cases}
    law.cases = {each.id: each for declared in cases for each in variants(law, declared)}
    law.absent = [each for declared in cases for each in absent(law, declared)]
    return law


def with_rows(law: Law, *rows: Requirement) -> Law:
    law.requirements |= {each.id: each for each in rows}
    law.sets = [replace(law.sets[0], requirements=tuple(law.requirements))]
    law.faults += [Fault(f"breaks_{each.id}", each.id, (), print, MODULE, "Breaks it.") for each in rows]
    return law


# ── the law ──


@pytest.mark.parametrize(
    ("id", "columns"), [("C-1", BOTH), ("RJ-2", (JSON,)), ("RS-2", (SOAP,)), ("OLD-2", (SOAP15,)), ("R-RJ-2", BOTH)]
)
def test_an_id_says_its_columns_by_how_it_begins(two: Law, id: str, columns: tuple[str, ...]) -> None:
    assert columns_of(two, id) == columns


def test_a_case_is_there_once_for_each_column_and_the_first_keeps_its_id(two: Law) -> None:
    assert {id: each.speaks for id, each in two.cases.items()} == {"C-1": JSON, "C-1.soap": SOAP}
    assert {each.declared for each in two.cases.values()} == {"C-1"}
    assert list(cross_check(two)) == []


def test_a_law_without_columns_has_a_case_once(make_law: Callable[..., Law]) -> None:
    law = make_law()
    declared = case("C-1", ROW)
    assert variants(law, declared) == [declared]
    assert (columns_of(law, "C-1"), absent(law, declared), id_in(law, "C-1", "")) == ((), [], "C-1")


def test_a_variant_verifies_what_binds_its_column(two: Law) -> None:
    placed(with_rows(two, row("RJ-2", JSON)), case("C-1", ROW, "RJ-2"))
    assert (two.cases["C-1"].verifies, two.cases["C-1.soap"].verifies) == ((ROW, "RJ-2"), (ROW,))
    assert list(cross_check(two)) == []


def test_a_restricted_case_says_why_it_is_not_elsewhere(two: Law) -> None:
    placed(two, case("C-1", ROW), replace(case("C-2", ROW), only={JSON: "SOAP has no ping."}))
    assert list(two.cases) == ["C-1", "C-1.soap", "C-2"]
    assert [(each.id, each.speaks) for each in two.absent] == [("C-2.soap", SOAP)]


def test_a_case_is_not_where_none_of_its_rows_binds(two: Law) -> None:
    placed(with_rows(two, row("RJ-2", JSON)), case("C-1", ROW), case("C-2", "RJ-2"))
    assert list(two.cases) == ["C-1", "C-1.soap", "C-2"]
    assert [why_absent(two, each) for each in two.absent] == ["has no meaning on soap: none of its requirements is about that"]
    assert list(cross_check(two)) == []


BROKEN: dict[str, tuple[Callable[[Law], Any], str]] = {
    "a case of soap that verifies a row of json": (
        lambda law: placed(
            with_rows(law, row("RJ-2", JSON)),
            case("C-1", ROW, "RJ-2"),
            replace(case("C-2", ROW, "RJ-2"), only={SOAP: "It is about envelopes."}),
        ),
        "C-2: RJ-2 binds json, and the case is for soap",
    ),
    "a column that there is not": (
        lambda law: placed(law, case("C-1", ROW), replace(case("C-2", ROW), only={JSON: "why", "morse": "why"})),
        "C-2: only: morse is no column of the law; there is ocpp1.6-json, ocpp1.6-soap, ocpp1.5-soap",
    ),
    "a case without a reason": (
        lambda law: placed(law, case("C-1", ROW), replace(case("C-2", ROW), only={JSON: " "})),
        "C-2: only: ocpp1.6-json: expected the reason why it has no meaning elsewhere",
    ),
    "a fault without a reason": (
        lambda law: law.faults.append(replace(law.faults[0], name="another", only={JSON: ""})),
        "fault another: only: ocpp1.6-json: expected the reason why it has no meaning elsewhere",
    ),
    "a row without a case on one of its columns": (
        lambda law: placed(law, replace(case("C-1", ROW), only={JSON: "why"})),
        "R-1: no test case verifies it for the charge-point on soap",
    ),
    "a row that no fault kills on one of its columns": (
        lambda law: setattr(law, "faults", [replace(law.faults[0], only={SOAP: "why"})]),
        "R-1: no fault of the charge-point kills it on json",
    ),
    "a row of other columns than its id says": (
        lambda law: placed(with_rows(law, row("R-2", JSON)), case("C-1", ROW, "R-2")),
        "R-2: speaks and why stand together, where it binds other columns than its id says",
    ),
    "a row of a column that there is not": (
        lambda law: law.requirements.update({ROW: row(ROW, *BOTH, "morse", why="why")}),
        "R-1: morse is no column of the law",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_contradicts_itself_is_told(two: Law, name: str) -> None:
    spoil, says = BROKEN[name]
    spoil(two)
    assert says in list(cross_check(two))


def test_a_fault_is_proved_on_what_is_spoken(two: Law) -> None:
    two.faults.append(replace(two.faults[0], name="of_soap", only={SOAP: "why"}))
    two.reference = {"charge-point": []}
    assert [task.fault for task in tasks_of(two, "charge-point", "", {JSON})] == ["breaks_it"]
    assert [task.fault for task in tasks_of(two, "charge-point", "", {JSON, SOAP})] == ["breaks_it", "of_soap"]


def test_each_variant_is_a_check_and_a_monitor_is_one(two: Law) -> None:
    assert set(pairs_of(two, "charge-point", set(BOTH))) == {"C-1 R-1", "C-1.soap R-1", "charge-point:it_holds R-1"}
    assert set(pairs_of(two, "charge-point", {JSON})) == {"C-1 R-1", "charge-point:it_holds R-1"}
    assert unspoken(two, "charge-point", {JSON}) == ["soap"]


# ── the SUT file ──

HEAD = '[sut]\nproduct = "P"\nversion = "1"\nrole = "{role}"\nspeaks = {speaks}\npics = "p.toml"\n[endpoint]\n{endpoint}\n'
PYTHON = '[control]\nkind = "python"\nentry = "mine:Bench"\n'


def read(folder: Path, role: str, speaks: list[str], endpoint: str) -> sut.Sut:
    file = folder / "my.toml"
    file.write_text(HEAD.format(role=role, speaks=str(speaks).replace("'", '"'), endpoint=endpoint) + PYTHON)
    return sut.read(file)


def test_soap_has_addresses_of_its_own(tmp_path: Path) -> None:
    own = 'listen = "ws://0.0.0.0:9000/ocpp"\nsoap = { listen = "http://0.0.0.0:9001/" }'
    endpoint = read(tmp_path, "charge-point", [JSON, SOAP, SOAP15], own).endpoint
    assert [endpoint.at(speaks).listen for speaks in (JSON, SOAP, SOAP15)] == [
        "ws://0.0.0.0:9000/ocpp",
        "http://0.0.0.0:9001/",
        "http://0.0.0.0:9001/",
    ]


def test_an_older_version_may_be_elsewhere(tmp_path: Path) -> None:
    own = 'soap = { url = "http://cs.test/16" }\nsoap15 = { url = "http://cs.test/15" }'
    endpoint = read(tmp_path, "central-system", [SOAP, SOAP15], own).endpoint
    assert [endpoint.at(speaks).url for speaks in (JSON, SOAP, SOAP15)] == ["", "http://cs.test/16", "http://cs.test/15"]


def test_our_own_service_stands_where_the_sut_file_says(tmp_path: Path) -> None:
    own = 'soap = { url = "http://cs.test/16", listen = "http://10.0.0.5:8080/" }'
    assert read(tmp_path, "central-system", [SOAP], own).service == "http://10.0.0.5:8080/"
    assert read(tmp_path, "central-system", [SOAP], 'soap = { url = "http://cs.test/16" }').service == "http://127.0.0.1:0/"


@pytest.mark.parametrize(
    ("role", "speaks", "endpoint", "says"),
    [
        ("charge-point", [JSON, SOAP], 'listen = "ws://h/ocpp"', "endpoint.soap.listen is needed"),
        ("charge-point", [SOAP], 'listen = "ws://h/ocpp"', "endpoint.soap.listen is needed"),
        ("central-system", [JSON, SOAP], 'soap = { url = "http://h/" }', "endpoint.url is needed"),
        ("central-system", [SOAP], 'soap = { url = "ws://h/" }', "endpoint.soap.url: expected http://"),
        ("central-system", [SOAP], 'soap = { uri = "http://h/" }', "endpoint.soap.uri"),
        ("central-system", [JSON], 'url = "http://h/"', "endpoint.url: a central-system has ws:// or wss://"),
        ("charge-point", [SOAP, SOAP], 'soap = { listen = "http://h/" }', "sut.speaks: ocpp1.6-soap stands there twice"),
        ("charge-point", [SOAP], 'soap = { listen = "https://h/" }', "endpoint.certificate: is missing"),
    ],
)
def test_what_an_endpoint_lacks_is_one_line(tmp_path: Path, role: str, speaks: list[str], endpoint: str, says: str) -> None:
    with pytest.raises(UsageError, match=says.replace(".", r"\.")) as error:
        read(tmp_path, role, speaks, endpoint)
    assert "\n" not in str(error.value)


# ── which cases are run ──


@pytest.fixture(scope="module")
def kai(loaded: Content) -> Plan:
    """A charge point that claims all three columns."""
    return make_plan(loaded, find_sut("three-columns.toml", []))


def test_two_laws_need_two_sut_files(loaded: Content, kai: Plan, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text(kai.sut.file.read_text().replace(SOAP15, "ocpi2.2.1"))
    with pytest.raises(UsageError, match=r"ocpp1\.6-json and ocpi2\.2\.1 are judged by two laws: make a SUT file for each"):
        make_plan(loaded, file)


def test_the_cases_of_one_column_come_after_those_of_another(kai: Plan) -> None:
    cases, reasons = applicable(kai)
    assert list(dict.fromkeys(each.speaks for each in cases)) == [JSON, SOAP, SOAP15]
    assert len({each.id for each in cases} | reasons.keys()) == len(cases) + len(reasons)
    assert reasons["OCPP16-CP-CONN-04.soap"].startswith("has no meaning on soap: ")


def test_an_empty_column_has_no_case_and_says_so(loaded: Content, tmp_path: Path) -> None:
    inch = find_sut("etrel-inch.toml", [])
    file = tmp_path / "inch.toml"
    file.write_text(inch.read_text().replace(f'["{JSON}"', f'["{JSON}", "{SOAP15}"'))
    plan = make_plan(loaded, file)
    cases, reasons = applicable(plan)
    of_15 = [each.id for each in plan.law.cases_for("charge-point", SOAP15)]
    assert SOAP15 in plan.speaks
    assert {reasons[id] for id in of_15} == {"the PICS ticks nothing in 1.5-soap"}
    assert not {each.id for each in cases} & set(of_15)


def test_the_pics_is_that_of_the_column(kai: Plan) -> None:
    assert [kai.pics_of(speaks)["TriggerMessage"] for speaks in (JSON, SOAP, SOAP15)] == [
        message in kai.pics.messages.get(column, [])
        for column in ("1.6-json", "1.6-soap", "1.5-soap")
        for message in ["TriggerMessage"]
    ]
    assert [kai.terms.on(speaks).pics for speaks in (JSON, SOAP15)] == [kai.pics, kai.pics_of(SOAP15)]


def test_a_person_sets_the_product_once_between_two_columns(kai: Plan) -> None:
    cases = [
        case for case in applicable(kai)[0] if case.declared in ("OCPP16-CP-BOOT-01", "OCPP16-CP-CONN-01", "OCPP15-CP-BOOT-01")
    ]
    visits = for_a_person(kai, cases)
    assert [visit.column for visit in visits] == ["json", "json", "soap", "soap15"]
    assert [act for visit in visits for act in visit.before if act[0] == "speaks"] == [
        ("speaks", {"speaks": SOAP}),
        ("speaks", {"speaks": SOAP15}),
    ]
    shown = list(lines(visits))
    assert sum("first is set to another column: speaks(ocpp1.6-soap)" in line for line in shown) == 1
    assert any(line.startswith("── soap: ") for line in shown)


SELECTIONS = [
    (["OCPP16-CP-BOOT-01"], [], ["OCPP16-CP-BOOT-01", "OCPP16-CP-BOOT-01.soap"]),
    (["OCPP16-CP-BOOT-01.soap"], [], ["OCPP16-CP-BOOT-01.soap"]),
    (["OCPP16-CP-BOOT-01"], ["soap"], ["OCPP16-CP-BOOT-01.soap"]),
    (["OCPP16-CP-BOOT-01"], ["json", "soap"], ["OCPP16-CP-BOOT-01", "OCPP16-CP-BOOT-01.soap"]),
]


@pytest.mark.parametrize(("ids", "columns", "wanted"), SELECTIONS)
def test_a_case_is_named_in_all_its_columns_or_in_one(kai: Plan, ids: list[str], columns: list[str], wanted: list[str]) -> None:
    assert [each.id for each in selected(kai, applicable(kai)[0], ids, columns)] == wanted


def test_a_column_is_named_by_its_word(kai: Plan, loaded: Content) -> None:
    cases = applicable(kai)[0]
    assert {each.speaks for each in selected(kai, cases, [], ["soap15"])} == {SOAP15}
    with pytest.raises(UsageError, match=r"--column morse: three-columns\.toml speaks json, soap, soap15"):
        selected(kai, cases, [], ["morse"])
    cpo = make_plan(loaded, find_sut("reference-cpo-ocpi.toml", []))
    with pytest.raises(UsageError, match=r"--column json: reference-cpo-ocpi\.toml speaks one column, which has no name"):
        selected(cpo, [], [], ["json"])
