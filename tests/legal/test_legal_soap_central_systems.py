"""No false red on a central system over SOAP: what SOAP 1.2, WS-Addressing, XML and HTTP allow is no offence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evconform.harness.plan import applicable, find_sut, load_content, make_plan
from evconform.harness.prove import run
from evconform.harness.verdict import Verdict

CONTENT = load_content([Path(__file__).parent / "mocks"])
from mocks.legal_soap_central_systems import SOAP_CENTRAL_SYSTEMS  # noqa: E402 - the line above puts it on the path

CASES = ("OCPP16S-", "OCPP16-CS-BOOT", "OCPP16-CS-TX", "OCPP16-CS-CONF", "OCPP16-CS-LIST", "OCPP16-CS-SC", "OCPP16-CS-DATA")
"""How the ids of the cases begin in which it says enough that it could fail."""


@pytest.mark.parametrize("name", SOAP_CENTRAL_SYSTEMS)
def test_a_legal_variant_passes(name: str) -> None:
    plain = make_plan(CONTENT, find_sut("plain-central-system.toml", []))
    control = plain.sut.control.model_copy(update={"party": f"legal soap {name}"})
    sut = plain.sut.sut.model_copy(update={"speaks": ["ocpp1.6-soap"]})
    plan = replace(plain, sut=plain.sut.model_copy(update={"control": control, "sut": sut}))
    results = run(plan, [case for case in applicable(plan)[0] if case.id.startswith(CASES)])
    assert len(results) > 30
    assert [f"{r.id}: {r.verdict}: {r.reason}" for r in results if r.verdict is not Verdict.PASS] == []
