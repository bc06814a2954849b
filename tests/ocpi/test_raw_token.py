"""A partner who writes tokens as they are passes under the policy ``raw-token``, and fails by default."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.law import Fault
from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.harness.verdict import Verdict

CASES = ("OCPI221-CPO-CRE-01", "OCPI221-CPO-CRE-13", "OCPI221-CPO-TRN-05", "OCPI221-CPO-TRN-06", "OCPI221-CPO-TRN-10")


def writes_raw_tokens(party: Any) -> None:
    party.platform.settings = replace(party.platform.settings, encoding="raw")


RAW = Fault("writes_raw_tokens", "OCPI221-TRN-02", (), writes_raw_tokens, "suites.ocpi221.faults", "Writes tokens as they are.")


@pytest.fixture(scope="module", params=["raw-token.toml", ""])
def plan(request: pytest.FixtureRequest) -> Plan:
    sut = find_sut("reference-cpo-ocpi.toml", [])
    return replace(make_plan(load_content(), sut, request.param), fault=RAW)


def test_a_raw_token_is_a_matter_of_policy(plan: Plan) -> None:
    verdicts = {result.id: result.verdict for result in run(plan, [c for c in applicable(plan)[0] if c.id in CASES])}
    if plan.policy["token-encoding"] == "raw":
        assert verdicts == dict.fromkeys(CASES, Verdict.PASS)
    else:
        assert Verdict.PASS not in verdicts.values()
