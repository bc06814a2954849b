"""SUTs that send garbage, or well-formed nonsense: recorded, judged, and the run goes on. Never our error, never their pass."""

from __future__ import annotations

from typing import Any

import pytest

EMBEDDED = """
[sut]
product = "broken"
version = "1"
role = "{role}"
speaks = ["ocpp1.6-json"]
pics = "plain-{role}.toml"
[endpoint]
identity = "BROKEN 1"
password = "0123456789abcdef0123"
[control]
kind = "embedded"
party = "{party}"
"""


@pytest.mark.parametrize(
    ("role", "party"),
    [
        ("charge-point", "charge point: garbage in turn"),
        ("central-system", "central system: garbage in turn"),
        ("charge-point", "strange in turn"),
        ("central-system", "booted in turn"),
    ],
)
def test_garbage_is_a_nonconformity_and_never_an_error_of_ours(run: Any, role: str, party: str) -> None:
    """Each case meets the next kind of garbage."""
    outcome = run(EMBEDDED.format(role=role, party=party))
    assert outcome.code == 1, outcome.said
    assert outcome.report["footer"]["interrupted"] == ""
    counts = outcome.report["footer"]["counts"]
    assert counts["ran"] == counts["planned"]
    assert counts["error"] == 0
    assert counts["fail"] > 0


@pytest.mark.parametrize("kind", ["broken JSON", "no JSON", "empty text", "odd ids", "a lone surrogate", "no UTF-8"])
def test_a_charge_point_that_answers_with_garbage(run: Any, kind: str) -> None:
    outcome = run(EMBEDDED.format(role="charge-point", party=f"charge point: {kind}"), "OCPP16-CP-CONN-01")
    assert outcome.code == 1, outcome.said
    assert outcome.cases == {"OCPP16-CP-CONN-01": "fail"}


@pytest.mark.parametrize("kind", ["connector is a list", "connector is an object", "time is a list"])
def test_a_status_of_the_wrong_type_is_a_nonconformity(run: Any, kind: str) -> None:
    outcome = run(EMBEDDED.format(role="charge-point", party=f"strange: {kind}"), "OCPP16-CP-CONN-01")
    assert outcome.code == 1, outcome.said
    assert outcome.requirements["OCPP16-6.47-01"] == "fail"


def test_an_interval_that_no_clock_can_wait_for(run: Any) -> None:
    cases = ("OCPP16-CS-CONN-01", "OCPP16-CS-BOOT-01", "OCPP16-CS-BOOT-05")
    outcome = run(EMBEDDED.format(role="central-system", party="booted: interval is huge"), *cases)
    assert list(outcome.cases) == list(cases)
    assert "error" not in outcome.cases.values(), outcome.said
