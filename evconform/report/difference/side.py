"""One side of a comparison: what a bundle, or the JSON of a check, says of each requirement and case."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness.verdict import UsageError

RED = ("warn", "fail", "error")
OPEN = ("inconclusive", "untested", "lacks context", "not seen")
"""States in which nothing is known."""


@dataclass(frozen=True)
class State:
    """What one requirement, or one case, came to."""

    state: str
    count: int = 0
    """How often it was seen broken."""
    margin: float | None = None
    """Seconds by which a time rule was kept."""
    seconds: float | None = None
    """How long a case took."""
    says: str = ""


@dataclass
class Side:
    """One of the two. Keys: a requirement and the role it is about; a case."""

    name: str
    kind: str
    product: str
    requirements: dict[tuple[str, str], State] = field(default_factory=dict)
    cases: dict[str, State] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    """Requirement or case to what it says."""


def read(name: str) -> Side:
    """The side that a bundle's folder, its report.json, or the JSON of a check gives. Raises UsageError."""
    path = Path(name)
    file = path / "report.json" if path.is_dir() else path
    try:
        said = json.loads(file.read_text("utf-8"))
        schema = said["schema"] if isinstance(said, dict) else ""
        if schema.startswith("evconform-report/"):
            return of_run(name, said)
        if schema.startswith("evconform-check/"):
            return of_check(name, said)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{file}: not what evconform writes: {type(error).__name__} {' '.join(str(error).split())}") from error
    raise UsageError(f"{file}: expected a bundle, its report.json, or the JSON of a check")


def of_run(name: str, said: dict[str, Any]) -> Side:
    sut = said["header"]["sut"]
    side = Side(name, "run", f"{sut['product']} {sut['version']}")
    findings = [finding for case in said["cases"] for finding in case["findings"]]
    for id, row in said["requirements"].items():
        mine = [finding for finding in findings if finding["requirement"] == id]
        red = [finding for finding in mine if finding["verdict"] in RED]
        margins = [finding["margin"] for finding in mine if finding["margin"] is not None]
        says = red[0]["says"] if red else ""
        side.requirements[id, sut["role"]] = State(row["verdict"], len(red), min(margins, default=None), says=says)
        side.words[id] = row["says"]
    for case in said["cases"]:
        side.cases[case["id"]] = State(case["verdict"], seconds=case["seconds"], says=case["reason"])
        side.words[case["id"]] = case["title"]
    return side


def of_check(name: str, said: dict[str, Any]) -> Side:
    products = dict.fromkeys(station["product"] for station in said["stations"] if station["product"])
    side = Side(name, "check", ", ".join(products) or "products without a name")
    says = {(finding["requirement"], finding["role"]): finding["seen"][0]["says"] for finding in reversed(said["findings"])}
    for row in said["rules"]:
        key = (row["requirement"], row["role"])
        side.requirements[key] = State(row["state"], row["broken"], row["margin"], says=says.get(key, ""))
        side.words[row["requirement"]] = row["says"]
    return side
