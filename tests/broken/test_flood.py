"""Ten thousand legal frames more: the same verdicts as without."""

from __future__ import annotations

from typing import Any

import pytest

EMBEDDED = """
[sut]
product = "flood"
version = "1"
role = "charge-point"
speaks = ["ocpp1.6-json"]
pics = "plain-charge-point.toml"
[endpoint]
identity = "FLOOD 1"
password = "0123456789abcdef0123"
[control]
kind = "embedded"
party = "{party}"
"""
FLOOD = 10_000
CASE = "OCPP16-CP-FRAME-01"
"""It lasts long enough for the whole flood to pass, and verifies what every message must obey."""


@pytest.mark.parametrize("kind", ["pings", "pongs", "calls"])
def test_a_flood_of_legal_frames_changes_no_verdict(run: Any, kind: str) -> None:
    plain = run(EMBEDDED.format(party="inch"), CASE, name="plain")
    flood = run(EMBEDDED.format(party=f"flood: {kind}"), CASE, name="flood")
    assert flood.bundle.joinpath("wire.jsonl").read_bytes().count(b"\n") > FLOOD
    assert flood.code == plain.code == 0, flood.said
    assert flood.cases == plain.cases
    assert flood.requirements == plain.requirements
