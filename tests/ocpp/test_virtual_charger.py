"""The virtual charge point that faces a central system: what it said is waited for, and its cards read as the idTags."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.plan import Content, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.harness.verdict import Verdict
from evconform.ocpp.cards import id_tag_of
from evconform.ocpp.scripted_charge_point import ScriptedChargePoint


@pytest.fixture(scope="module")
def loaded() -> Content:
    return load_content()


@pytest.fixture(scope="module")
def plan(loaded: Content) -> Plan:
    return make_plan(loaded, find_sut("plain-central-system.toml", []))


def test_a_case_that_names_a_bench_is_moved(loaded: Content) -> None:
    cases = loaded.catalogue.laws["ocpp16"].cases
    assert cases["OCPP16-CS-TX-01"].moved
    assert not cases["OCPP16-CS-TX-05"].moved
    assert not cases["OCPP16-CP-TX-01"].moved, "of a charge point the bench is the control"


def test_our_own_party_is_judged_by_what_it_claims(plan: Plan) -> None:
    terms = plan.terms
    assert terms.of("sut", "etrel-inch.toml").pics is plan.pics
    assert terms.of("tester", "etrel-inch.toml").pics["offline_authorization"] is True
    assert terms.of("tester", "").pics["offline_authorization"] is False
    assert terms.of("tester", "").pics["basic_authentication"] is True, "the SUT file has a password"


@pytest.mark.parametrize("id_tag", ["EC000001", "ABC", "X"])
def test_a_card_reads_as_the_id_tag(plan: Plan, id_tag: str) -> None:
    class Stands:
        class virtual:
            pics = plan.faced["etrel-inch.toml"]

    uid = ScriptedChargePoint.uid_of(Stands(), id_tag)  # type: ignore[arg-type]
    assert id_tag_of(uid, plan.faced["etrel-inch.toml"]) == id_tag


def test_a_moved_case_and_a_spoken_one_pass(plan: Plan) -> None:
    cases = plan.law.cases
    results = run(plan, [cases["OCPP16-CS-TX-01"], cases["OCPP16-CS-OFFLINE-06"], cases["OCPP16-CS-TX-02"]])
    assert [result.verdict for result in results] == [Verdict.PASS] * 3


def test_a_charge_point_stays_away_as_long_as_it_is_told_to(plan: Plan) -> None:
    waited: list[float] = []

    class Waits:
        async def wait(self, seconds: float) -> None:
            waited.append(seconds)

    pixit = plan.sut.pixit.model_copy(update={"away": 2.5})
    for embedded in (True, False):
        campaign = SimpleNamespace(plan=SimpleNamespace(embedded=embedded), control=None)
        stands = SimpleNamespace(campaign=campaign, pixit=pixit, clock=Waits(), _status_was_set=False, _left={})
        asyncio.run(ScriptedChargePoint.base(stands, plan.law.cases["OCPP16-CS-TX-05"]))  # type: ignore[arg-type]
    assert waited == [2.5], "an embedded central system has nothing to clear up"
