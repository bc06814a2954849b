"""Journeys of the reference chain, on lab time: one case, with or without a fault, and its log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.campaign import Campaign, Plan
from evconform.harness.catalogue import Law
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.judge import CaseResult, Judge
from evconform.harness.law import Fault
from evconform.harness.pics import Pics
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.wire import Entry, WireLog, read
from evconform.roaming.view import Frame, Transcript


@dataclass
class Travelled:
    """What a journey came to. ``file``: its wire log."""

    plan: Plan
    result: CaseResult
    file: Path

    @property
    def entries(self) -> list[Entry]:
        return list(read(self.file))

    @property
    def transcript(self) -> Transcript:
        made = Transcript(self.plan.terms)
        for entry in self.entries:
            made.feed(entry)
        return made

    @property
    def frames(self) -> list[Frame]:
        return self.transcript.conversations()[0].frames

    def judged_again(self) -> CaseResult:
        judge = Judge(self.plan.law, self.plan.terms, Transcript(self.plan.terms))
        for entry in self.entries:
            judge.feed(entry)
        return judge.results[-1]


Travels = Callable[..., Travelled]
Edit = Callable[[Any], None]
Mapping = dict[str, str]


@pytest.fixture(scope="session")
def chain() -> Plan:
    return make_plan(load_content(), find_sut("reference-chain.toml", []))


@pytest.fixture(scope="session")
def law(chain: Plan) -> Law:
    return chain.law


@pytest.fixture
def travels(chain: Plan, tmp_path: Path) -> Travels:
    """Runs one case, with a fault of that name, or with a chain that is otherwise: what ``edit`` makes of it, and other
    answers in its PICS."""

    def travels(
        case: str, fault: str = "", edit: Edit | None = None, mapping: Mapping | None = None, pics: Pics | None = None
    ) -> Travelled:
        broken = next((each for each in chain.law.faults if each.name == fault), None)
        if edit:
            broken = Fault("another", "", (), edit, "tests", "Another chain.")
        pics = pics or chain.pics
        if mapping is not None:
            pics = replace(pics, sections=pics.sections | {"mapping": mapping})
        plan = replace(chain, fault=broken, pics=pics)
        loop = LabLoop()
        try:
            result = loop.run_until_complete(run(plan, f"ROAM-CHAIN-{case}", tmp_path / "wire.jsonl", Clock(loop)))
        finally:
            loop.close()
        return Travelled(plan, result, tmp_path / "wire.jsonl")

    return travels


async def run(plan: Plan, case: str, file: Path, clock: Clock) -> CaseResult:
    wire = WireLog(file, clock)
    campaign: Any = Campaign(plan, wire, clock)
    try:
        await campaign.open()
        result: CaseResult = await campaign.run(plan.law.cases[case])
        await campaign.close()
    finally:
        wire.close()
    return result
