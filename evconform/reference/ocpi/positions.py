"""What was counted already: how many objects filters let through, and which object a page ends with.

Without it a page far down a long list costs as much as all before it, for the store counts its way to an offset. Objects are only
added at the end, so where pages end stays so until one is dropped; under a filter of dates any change moves them.
"""

from __future__ import annotations

from collections.abc import Hashable

KEPT_AT_MOST = 20_000
Table = dict[Hashable, int]


class Positions:
    """Whoever looks something up takes its table first and writes into that: what changed meanwhile has thrown it away."""

    def __init__(self) -> None:
        self.ends: Table = {}
        self.totals: Table = {}
        self.dated: Table = {}

    def changed(self) -> None:
        """An object is another than it was."""
        self.dated = {}

    def added(self) -> None:
        self.dated, self.totals = {}, {}

    def dropped(self) -> None:
        self.dated, self.totals, self.ends = {}, {}, {}

    def tables(self, dated: bool) -> tuple[Table, Table]:
        """The ends of pages and the totals, of a list with a filter of dates or without."""
        return (self.dated, self.dated) if dated else (self.ends, self.totals)


def keep(table: Table, key: Hashable, value: int) -> None:
    if len(table) >= KEPT_AT_MOST:
        table.clear()
    table[key] = value
