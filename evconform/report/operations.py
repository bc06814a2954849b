"""Module × operation × role: what is claimed, and what the run made of it. Which operations there are, who serves them and
what was seen comes from the law's ``matrix``; what of it holds from the messages of the questionnaire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from evconform.report.messages import STATES

TO_COME = "to come"
"""The state of an operation whose module no law of this version judges."""
SHOWN = (*STATES, TO_COME)
"""In the order in which counts are told."""

Rows = list[dict[str, Any]]


def operations(shown: Rows, messages: dict[str, dict[str, Any]]) -> Rows:
    """The rows of the matrix, each with ``claimed`` and ``state``."""
    found = []
    for row in shown:
        about = messages.get(row["message"], {"claimed": False, "state": "not claimed", "broken": []})
        told = {name: value for name, value in row.items() if name != "here"}
        found.append(told | {"claimed": about["claimed"], "state": state_of(row, about), "broken": about["broken"]})
    return found


def state_of(row: dict[str, Any], about: dict[str, Any]) -> str:
    """The state of one operation at one server: that of its message, but verified only if it was itself seen there."""
    if not row["here"]:
        return TO_COME
    if about["state"].startswith("verified") and not row["seen"]:
        return "not verified"
    return str(about["state"])


def by_module(rows: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for row in rows:
        found.setdefault(row["module"], []).append(row)
    return found


def counted(rows: Iterable[dict[str, Any]]) -> str:
    """``5 verified, 1 not verified``."""
    states = Counter(row["state"] for row in rows)
    return ", ".join(f"{states[state]} {state}" for state in SHOWN if states[state])


def summary(rows: Rows) -> Iterator[str]:
    """A line for all, then one for each module that is judged: what the product serves, and what the tester does."""
    if not rows:
        return
    claimed = [row for row in rows if row["claimed"] and row["state"] != TO_COME]
    later = list(dict.fromkeys(row["module"] for row in rows if row["state"] == TO_COME))
    to_come = f"; modules to come: {', '.join(later)}" if later else ""
    told = f": {counted(claimed)}" if claimed else ""
    yield f"operations: {len(claimed)} of {len(rows)} claimed and judged{told}{to_come}"
    for module, each in by_module(rows).items():
        if module not in later:
            sides = ((who, [row for row in each if row["served"] == who]) for who in ("product", "tester"))
            yield f"  {module}: " + "; ".join(f"the {who} serves {len(own)}: {counted(own)}" for who, own in sides if own)


def covered(rows: Rows) -> dict[str, int]:
    """The sums over the tables of a protocol, and how many of the tables the run did not touch."""
    sums = {name: sum(row[name] for row in rows) for name in ("there", "given", "taken")}
    return sums | {"untouched": sum(not row["given"] and not row["taken"] for row in rows)}
