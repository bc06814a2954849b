"""Contested rules, their readings, and the file that chooses among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evconform.harness.policies import read_contested, read_policy
from evconform.harness.verdict import UsageError

DEFAULT = """
[policy.created]
reading = "201"
where = "status codes"
[policy.created.readings]
201 = "a creation is answered with 201"
either = "200 does too"
"""


@pytest.fixture
def law(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "default.toml").write_text(DEFAULT)
    (tmp_path / "policies" / "mild.toml").write_text('policy = {created = "either"}')
    return tmp_path


def test_without_a_policy_the_readings_of_the_law_are_in_force(law: Path) -> None:
    assert read_policy("", law, read_contested(law)) == {"created": "201"}


def test_a_shipped_policy_is_found_by_name_and_replaces_what_it_names(law: Path) -> None:
    for name in ("mild.toml", "mild"):
        assert read_policy(name, law, read_contested(law)) == {"created": "either"}


def test_a_file_of_the_users_own_comes_before_a_shipped_one(law: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[policy]\n")
    assert read_policy(str(own), law, read_contested(law)) == {"created": "201"}


def test_a_law_without_policies_has_no_contested_rules(tmp_path: Path) -> None:
    assert read_contested(tmp_path) == {}
    with pytest.raises(UsageError, match="no contested rules"):
        read_policy("strict.toml", tmp_path, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("policy = 1", "expected a table"),
        ('policy = {other = "201"}', "policy.other: expected one of created"),
        ('policy = {created = "204"}', "policy.created: expected one of 201, either, not '204'"),
        ("policy = [", "expected TOML"),
    ],
)
def test_a_broken_policy_is_one_line(law: Path, text: str, says: str) -> None:
    (law / "policies" / "broken.toml").write_text(text)
    with pytest.raises(UsageError, match=says) as raised:
        read_policy("broken.toml", law, read_contested(law))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (DEFAULT.replace('"201"', '"204"'), "reading: expected one of 201, either, not '204'"),
        (DEFAULT.replace("reading =", "read ="), "expected reading, where and readings"),
    ],
)
def test_a_contested_rule_names_its_readings(law: Path, text: str, says: str) -> None:
    (law / "policies" / "default.toml").write_text(text)
    with pytest.raises(UsageError, match=says):
        read_contested(law)
