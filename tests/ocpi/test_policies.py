"""The policies of OCPI 2.2.1: each contested rule is read by the law, and the shipped files name only such."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evconform.harness.policies import read_contested, read_policy

LAW = Path(__file__).parents[2] / "suites/ocpi221"
READ = re.compile(r'policy\("([a-z0-9-]+)"\)')


def test_every_contested_rule_is_read_by_the_law() -> None:
    read = {name for file in LAW.rglob("*.py") for name in READ.findall(file.read_text("utf-8"))}
    assert read == set(read_contested(LAW))


@pytest.mark.parametrize("file", sorted(each.name for each in (LAW / "policies").glob("*.toml") if each.name != "default.toml"))
def test_a_shipped_policy_chooses_readings_that_there_are(file: str) -> None:
    contested = read_contested(LAW)
    chosen = read_policy(file, LAW, contested)
    assert chosen.keys() == contested.keys()
    assert chosen != read_policy("", LAW, contested)


def test_every_rule_has_two_readings_at_least() -> None:
    assert all(len(rule.readings) > 1 for rule in read_contested(LAW).values())
