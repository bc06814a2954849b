"""What only some protocols have, in report.pdf: the operations of their modules, the readings in force, the tables seen."""

from __future__ import annotations

from typing import Any

from evconform.harness.roles import spoken
from evconform.report.model import Report
from evconform.report.operations import TO_COME, by_module, counted, covered


def modules(report: Report) -> list[dict[str, Any]]:
    """Module by module: what became of it, and its operations; none of one that is to come."""
    found = []
    for name, rows in by_module(report.operations).items():
        later = [row for row in rows if row["state"] == TO_COME]
        shown = {"name": name, "told": counted(rows), "rows": [] if later else [operation(row) for row in rows]}
        found.append(shown | {"claimed": list(dict.fromkeys(row["message"] for row in later if row["claimed"]))})
    return found


def operation(row: dict[str, Any]) -> dict[str, Any]:
    seen = f"{row['seen']}, the first in frame {row['first']}" if row["seen"] else "never"
    served = f"{row['served'] or 'neither'} ({spoken(row['role'])})"
    shown = {name: row[name] for name in ("operation", "state", "broken")}
    return shown | {"served": served, "claimed": "✓ yes" if row["claimed"] else "– no", "seen": seen}


def readings(report: Report) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "where": rule["where"],
            "reading": rule["reading"],
            "says": rule["readings"][rule["reading"]],
            "others": "; ".join(f"{other}: {says}" for other, says in rule["readings"].items() if other != rule["reading"]),
        }
        for name, rule in report.readings.items()
    ]


def tables(report: Report) -> dict[str, int]:
    """The sums; ``of`` is how many tables there are, none if the law counts nothing."""
    return covered(report.coverage) | {"of": len(report.coverage)}
