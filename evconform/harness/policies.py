"""Contested rules: where a standard leaves room, a law names the readings, and a policy chooses one of each.

``policies/default.toml`` of a law holds every contested rule with its readings and the one in force; a policy file, shipped
beside it or a user's own, has a table ``[policy]`` of rule to reading, and replaces those that it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evconform.harness.user_file import is_file, read_toml
from evconform.harness.verdict import UsageError

DEFAULT = "default.toml"


@dataclass(frozen=True)
class Contested:
    """One rule that may be read in several ways; ``reading``: the one in force unless a policy says otherwise."""

    name: str
    reading: str
    where: str
    readings: dict[str, str]


def read_contested(folder: Path) -> dict[str, Contested]:
    """The contested rules of a law; none if it has no policies. Raises UsageError."""
    file = folder / "policies" / DEFAULT
    if not file.is_file():
        return {}
    found = {}
    for name, row in read_toml(file).get("policy", {}).items():
        try:
            rule = Contested(name, str(row["reading"]), row["where"], dict(row["readings"]))
        except (KeyError, TypeError) as error:
            raise UsageError(f"{file}: policy.{name}: expected reading, where and readings: {error}") from error
        if rule.reading not in rule.readings:
            raise UsageError(f"{file}: policy.{name}.reading: expected one of {', '.join(rule.readings)}, not {rule.reading!r}")
        found[name] = rule
    return found


def read_policy(name: str, folder: Path, contested: dict[str, Contested]) -> dict[str, str]:
    """The readings in force: those of the law, and those that the policy file ``name`` (a path, or a shipped one) replaces.
    Raises UsageError: file, rule, what was expected."""
    chosen = {rule.name: rule.reading for rule in contested.values()}
    if not name:
        return chosen
    shipped = folder / "policies" / (Path(name).name if Path(name).suffix else f"{Path(name).name}.toml")
    file = Path(name) if is_file(Path(name)) else shipped
    if not is_file(file):
        there = ", ".join(sorted(each.name for each in (folder / "policies").glob("*.toml") if each.name != DEFAULT))
        raise UsageError(f"--policy {name}: expected a file, or one of {there or 'none: this law has no contested rules'}")
    table: Any = read_toml(file).get("policy")
    if not isinstance(table, dict):
        raise UsageError(f"{file}: expected a table [policy] of rule to reading")
    for rule, reading in table.items():
        if rule not in contested:
            raise UsageError(f"{file}: policy.{rule}: expected one of {', '.join(contested)}")
        if reading not in contested[rule].readings:
            raise UsageError(f"{file}: policy.{rule}: expected one of {', '.join(contested[rule].readings)}, not {reading!r}")
        chosen[rule] = reading
    return chosen
