"""The hostile messages in report.pdf: a line an action, and what was not borne; the table field by mutation is in report.html."""

from __future__ import annotations

from typing import Any

from evconform.report.hostile import NUMBERS, summary

ITEMS_AT_MOST = 12
"""Broken items that are listed; report.html has more, report.json all."""


def hostile_messages(whole: dict[str, Any]) -> dict[str, Any]:
    table = whole["hostile"]
    items = table["broken_items"]
    return {
        "set": whole["header"]["hostile"],
        **{name: table[name] for name in NUMBERS},
        "rows": [[action, *map(str, sums)] for action, sums in summary(table)],
        "items": items[:ITEMS_AT_MOST],
        "more": max(0, len(items) - ITEMS_AT_MOST),
    }
