"""All hostile messages, against our own parties: none of them stops anybody, and each is in the log with its id."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from evconform.harness import wire
from evconform.harness.campaign import Campaign, Plan
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.judge import CaseResult
from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.verdict import Verdict
from evconform.harness.wire import WireLog
from evconform.ocpp.hostile import answers, generate
from evconform.ocpp.hostile.answer_bases import TO_ANSWER
from evconform.ocpp.hostile.bases import BASES
from evconform.ocpp.speaks import JSON, SOAP
from evconform.report.hostile import hostile, thrown_in

OURS = [
    ("etrel-inch.toml", JSON),
    ("two-connector.toml", JSON),
    ("plain-central-system.toml", JSON),
    ("etrel-inch.toml", SOAP),
    ("plain-central-system.toml", SOAP),
]
BEGINS = {JSON: "OCPP16-", SOAP: "OCPP16S-"}
LOADED = load_content()


async def _run(plan: Plan, log: Path, speaks: str) -> list[CaseResult]:
    clock = Clock(asyncio.get_running_loop())
    written = WireLog(log, clock)
    campaign = Campaign(plan, written, clock)
    await campaign.open()
    cases = [case for case in applicable(plan)[0] if "HOSTILE" in case.id and case.speaks == speaks]
    results = [await campaign.run(case) for case in cases]
    await campaign.close()
    written.close()
    return results


@pytest.mark.parametrize(("sut", "speaks"), OURS)
def test_none_of_more_than_1500_messages_stops_us(sut: str, speaks: str, tmp_path: Path) -> None:
    plan = replace(make_plan(LOADED, find_sut(sut, [])), hostile="full")
    loop, log = LabLoop(), tmp_path / "wire.jsonl"
    try:
        results = loop.run_until_complete(_run(plan, log, speaks))
    finally:
        loop.close()
    assert [(r.id, r.reason) for r in results if r.verdict is not Verdict.PASS] == []
    role = plan.sut.sut.role
    pics = plan.pics_of(speaks)
    wanted = [item.id for item in generate(role, [action for action in BASES[role] if pics[action]], "full", speaks)]
    wanted += [item.id for item in answers(role, [action for action in TO_ANSWER[role] if pics[action]], "full", speaks)]
    begins = BEGINS[speaks]
    marks = (entry.facts for entry in wire.read(log) if entry.mark == "hostile" and entry.facts["item"].startswith(begins))
    thrown = [facts["item"] for facts in marks if facts["kind"] != "stranger"]
    assert sorted(thrown) == sorted(wanted)
    assert len(thrown) > 1500
    table = hostile(thrown_in(log, plan), results)
    assert (table["broken"], table["warned"]) == (0, 0)
    assert {name.rpartition(": ")[0] for name in table["fields"]} == {"" if speaks == JSON else "soap"}
    assert table["sent"] == table["error"] + table["result"] + table["none"] >= len(thrown)
