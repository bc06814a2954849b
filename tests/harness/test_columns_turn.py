"""The turn from one column to the next: a charge point that is not ours is set to it by its control, a central system is not;
and the judge goes by the column of a case, and of a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from evconform.harness import campaign as campaigns
from evconform.harness.campaign import Campaign, Plan
from evconform.harness.catalogue import Law
from evconform.harness.clock import Clock
from evconform.harness.columns import Claims, variants
from evconform.harness.judge import CaseResult, Judge, Terms
from evconform.harness.law import Monitor, Requirement, TestCase
from evconform.harness.pics import Pics
from evconform.harness.sut import Sut
from evconform.harness.verdict import CannotAct, Level, Verdict
from evconform.harness.wire import Entry, WireLog, read

JSON, SOAP = "ocpp1.6-json", "ocpp1.6-soap"
MODULE = "suites.small.{}.test_it"


@dataclass
class View:
    """A transcript of nothing but what it is told: conversations, each of a column."""

    spoken: list[str] = field(default_factory=list)
    station = "one"
    closed, stranger, began = False, False, 0.0

    def feed(self, entry: Entry) -> None: ...
    def check(self, what: dict[str, Any]) -> None: ...
    def forget(self) -> None: ...
    def conversations(self) -> list[Any]:
        return [Talk(speaks) for speaks in self.spoken]


@dataclass
class Talk:
    speaks: str
    station = "one"
    closed, stranger, began = False, False, 0.0

    def log(self, subject: str, terms: Terms, window: Any) -> Any:
        return Heard(self.speaks, terms)


@dataclass
class Heard:
    speaks: str
    terms: Terms
    situations: int = 1
    margin: float | None = None
    n: int = 1


class Scripted:
    """The opposite party. ``told``: what happened to any of them, in order."""

    told: list[str]

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign

    async def start(self) -> str:
        self.told.append(f"faces {self.campaign.speaks} at {self.campaign.listen or self.campaign.url}")
        return ""

    async def base(self, case: TestCase) -> None:
        self.told.append(f"base {case.id}")

    def spoke(self, frame: Any) -> None: ...
    def recalls(self, frame: Any) -> None: ...
    def acted(self, action: str) -> None:
        self.told.append(f"acted {action}")

    async def end(self) -> None: ...
    async def stop(self) -> None:
        self.told.append("leaves")


async def nothing() -> None:
    """It holds."""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []
    monkeypatch.setattr(Scripted, "told", made, raising=False)
    known = {"opposite": Scripted, "view": lambda terms: View()}
    monkeypatch.setattr(campaigns, "import_string", known.__getitem__)
    return made


@pytest.fixture
def law(make_law: Callable[..., Law]) -> Law:
    law = make_law(columns={JSON: "json", SOAP: "soap"}, view="view", monitors=[])
    law.opposite = {"charge-point": "opposite", "central-system": "opposite"}
    return law


def plan_of(law: Law, role: str, control: str = "python") -> Plan:
    """A product that is not ours, of both columns; with two cases on each."""
    law.requirements = {"R-1": Requirement("R-1", "1", (role,), Level.MUST, "It holds.")}
    module = MODULE.format(role.replace("-", "_"))
    declared = [TestCase(id, ("R-1",), nothing, module, "It holds.") for id in ("C-1", "C-2")]
    law.cases = {each.id: each for case in declared for each in variants(law, case)}
    own = {"listen": "ws://us/", "soap": {"listen": "http://us/"}}
    other = {"url": "ws://them/", "soap": {"url": "http://them/"}}
    source = {
        "sut": {"product": "P", "version": "1", "role": role, "speaks": [JSON, SOAP], "pics": "p.toml"},
        "endpoint": own if role == "charge-point" else other,
        "control": {"kind": control, "entry": "mine:Bench"},
    }
    return Plan(law, Sut.model_validate(source), Pics({}), Path(), columns={SOAP: Claims(Pics({"Boot": True}))})


def ran(plan: Plan, wire: WireLog, target: Any, monkeypatch: pytest.MonkeyPatch, *ids: str) -> list[CaseResult]:
    monkeypatch.setattr(campaigns, "make_target", lambda campaign: target)

    async def whole() -> list[CaseResult]:
        campaign = Campaign(plan, wire, Clock(asyncio.get_running_loop()))
        await campaign.open()
        results = [await campaign.run(plan.law.cases[id]) for id in ids]
        await campaign.close()
        return results

    loop: asyncio.AbstractEventLoop = wire.clock.loop
    return loop.run_until_complete(whole())


ALL = ("C-1", "C-2", "C-1.soap", "C-2.soap")


class Bench:
    def __init__(self) -> None:
        self.set_to: list[str] = []

    async def speaks(self, speaks: str) -> None:
        self.set_to.append(speaks)


def test_a_charge_point_is_set_to_the_next_column_once(
    law: Law, told: list[str], wire: WireLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    ran(plan_of(law, "charge-point"), wire, bench, monkeypatch, *ALL)
    assert bench.set_to == [SOAP], "it is set to the first when the run begins"
    assert told == [
        *(f"faces {JSON} at ws://us/", "base C-1", "base C-2", "leaves"),
        *(f"faces {SOAP} at http://us/", "acted speaks", "base C-1.soap", "base C-2.soap", "leaves"),
    ]
    marks = [entry.mark for entry in read(wire.path, verify=False)]
    assert marks.count("fresh") == 1, "to the rules it is a product that they see for the first time"


def test_a_run_that_begins_with_another_column_sets_it_first(
    law: Law, told: list[str], wire: WireLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    ran(plan_of(law, "charge-point"), wire, bench, monkeypatch, "C-1.soap", "C-1")
    assert bench.set_to == [SOAP, JSON]


def test_a_central_system_serves_all_at_once_and_is_set_to_nothing(
    law: Law, told: list[str], wire: WireLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    ran(plan_of(law, "central-system"), wire, bench, monkeypatch, *ALL)
    assert bench.set_to == []
    assert [line for line in told if line.startswith("faces")] == [f"faces {JSON} at ws://them/", f"faces {SOAP} at http://them/"]


class Unwilling:
    asked = 0

    async def speaks(self, speaks: str) -> None:
        self.asked += 1
        raise CannotAct("the person at the terminal cannot")


@pytest.mark.parametrize("target", [object(), Unwilling()], ids=["it is not declared", "a person cannot"])
def test_what_cannot_be_set_makes_the_cases_of_that_column_inconclusive(
    law: Law, told: list[str], wire: WireLog, monkeypatch: pytest.MonkeyPatch, target: Any
) -> None:
    results = ran(plan_of(law, "charge-point"), wire, target, monkeypatch, *ALL)
    for result in results[2:]:
        assert result.verdict is Verdict.INCONCLUSIVE
        assert "make a SUT file for each column" in result.reason
    assert all("column" not in result.reason for result in results[:2])
    assert getattr(target, "asked", 1) == 1, "nobody is asked twice for what cannot be done"
    assert "base C-1.soap" not in told


# ── the judge ──


def of_the_column(log: Heard) -> Iterator[tuple[Heard, str]]:
    if not log.terms.pics.answers.get("Boot"):
        yield log, f"{log.speaks} without Boot"


@pytest.mark.parametrize(
    ("case", "bound", "spoken", "wrong"),
    [
        ("C-1", (JSON, SOAP), [JSON], [f"{JSON} without Boot"]),
        ("C-1.soap", (JSON, SOAP), [SOAP], []),
        ("C-1", (JSON, SOAP), [SOAP], []),
        ("C-1.soap", (JSON, SOAP), [JSON], []),
        ("C-1", (SOAP,), [JSON], []),
        ("C-1", (JSON,), [SOAP, JSON], [f"{JSON} without Boot"]),
        ("C-1", (SOAP,), [""], []),
        ("C-1", (JSON,), [""], [" without Boot"]),
        ("C-1", (), [JSON], [f"{JSON} without Boot"]),
    ],
)
def test_a_monitor_looks_at_the_conversations_that_its_row_binds(
    law: Law, case: str, bound: tuple[str, ...], spoken: list[str], wrong: list[str]
) -> None:
    plan = plan_of(law, "charge-point")
    law.requirements["R-1"] = replace(law.requirements["R-1"], speaks=bound)
    law.monitors = [Monitor("of_the_column", "R-1", of_the_column, None, "suites.small.monitors.it")]
    judge = Judge(law, plan.terms, View(spoken))
    for n, mark in enumerate(("case-begin", "case-end"), 1):
        judge.feed(Entry(n, 0.0, mark=mark, facts={"case": case}))
    [result] = judge.results
    assert [finding.says for finding in result.findings if finding.verdict is Verdict.FAIL] == wrong


@pytest.mark.parametrize(("bound", "verdict"), [((JSON,), Verdict.FAIL), ((SOAP,), Verdict.INCONCLUSIVE)])
def test_what_proves_a_row_of_another_column_only_leads_on(law: Law, bound: tuple[str, ...], verdict: Verdict) -> None:
    plan = plan_of(law, "charge-point")
    law.requirements["R-2"] = replace(law.requirements["R-1"], id="R-2", speaks=bound)
    waits = {"x": 1, "kind": "expect", "what": {}, "demand": None, "since": 1, "proves": "R-2", "within": 5.0}
    judge = Judge(law, plan.terms, View())
    marks = [("case-begin", {"case": "C-1"}), ("expect", waits), ("timed-out", {"x": 1}), ("case-end", {"case": "C-1"})]
    for n, (mark, facts) in enumerate(marks, 1):
        judge.feed(Entry(n, 0.0, mark=mark, facts=facts))
    assert judge.results[0].verdict is verdict
