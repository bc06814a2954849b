"""The difference between two sides: newly failing, newly passing, newly open; what is broken more or less often; what takes
longer, or is kept more narrowly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from evconform.harness.standing import Exit
from evconform.report.difference.side import OPEN, RED, Side, State

SCHEMA = "evconform-diff/1"
SECONDS, SHARE = 1.0, 0.2
"""A time changed if it did so by more than both: seconds, and the share of what it was."""
TITLES = {
    "newly failing": "Newly failing",
    "newly inconclusive": "Newly inconclusive",
    "newly passing": "Newly passing",
    "newly judged": "Newly judged",
    "no longer seen": "No longer seen",
    "changed counts": "Broken more or less often",
    "changed timings": "Changed timings",
    "only in one": "Only in one of them",
}
"""The parts of a difference, in the order in which they are told."""


@dataclass(frozen=True)
class Change:
    """One thing that changed."""

    part: str
    id: str
    about: str
    """The role of a requirement; ``case`` for a case."""
    says: str
    before: str
    after: str
    seen: str = ""
    """What was seen, where it fails."""


@dataclass
class Difference:
    """What changed from ``a`` to ``b``."""

    a: Side
    b: Side

    @property
    def changes(self) -> list[Change]:
        found = [*self._of(self.a.requirements, self.b.requirements, lambda key: key)]
        if self.a.kind == self.b.kind == "run":
            found += self._of(self.a.cases, self.b.cases, lambda key: (key, "case"))
        order = list(TITLES)
        return sorted(found, key=lambda change: (order.index(change.part), change.about == "case", change.id))

    def _of(self, before: Mapping[Any, State], after: Mapping[Any, State], split: Any) -> Iterator[Change]:
        for key in [*before, *(key for key in after if key not in before)]:
            id, about = split(key)
            words = self.b.words.get(id) or self.a.words.get(id, "")
            then, now = before.get(key), after.get(key)
            if then is None or now is None:
                missing = then is None and now is not None
                yield Change("only in one", id, about, words, "–" if missing else then.state, now.state if now else "–")  # type: ignore[union-attr]
                continue
            for part, was, is_ in changed(then, now):
                yield Change(part, id, about, words, was, is_, now.says if part == "newly failing" else "")

    def as_json(self) -> dict[str, Any]:
        changes = self.changes
        parts = {part: [asdict(change) for change in changes if change.part == part] for part in TITLES}
        sides = {name: {"name": s.name, "kind": s.kind, "product": s.product} for name, s in (("a", self.a), ("b", self.b))}
        return {"schema": SCHEMA, **sides, "counts": {part: len(rows) for part, rows in parts.items()}, "changes": parts,
                "exit": int(self.exit)}  # fmt: skip

    @property
    def exit(self) -> Exit:
        """1 if something newly fails, 2 if something is newly inconclusive, else 0."""
        after = {change.after for change in self.changes if change.part in ("newly failing", "newly inconclusive")}
        if after & {"fail", "error"}:
            return Exit.NONCONFORMITY
        return Exit.INCONCLUSIVE if after & {"inconclusive", "untested"} else Exit.CONFORMANT


def changed(then: State, now: State) -> Iterator[tuple[str, str, str]]:
    """The parts that a change belongs to, each with what was and what is."""
    if part := moved(then.state, now.state):
        yield part, then.state, now.state
    elif then.state in RED and then.count != now.count:
        yield "changed counts", times(then.count), times(now.count)
    if noticeable(then.margin, now.margin):
        yield "changed timings", f"kept by {then.margin:.1f} s", f"kept by {now.margin:.1f} s"
    if noticeable(then.seconds, now.seconds):
        yield "changed timings", f"{then.seconds:.1f} s", f"{now.seconds:.1f} s"


def moved(then: str, now: str) -> str:
    """The part that a change of state belongs to; empty if it is none."""
    if now == then:
        return ""
    if now in RED:
        return "newly failing"
    if now == "pass":
        return "newly passing" if then in RED else "newly judged" if then in OPEN else ""
    if now in OPEN and then not in OPEN:
        return "no longer seen" if now == "not seen" else "newly inconclusive"
    return ""


def noticeable(then: float | None, now: float | None) -> bool:
    return then is not None and now is not None and abs(now - then) > max(SECONDS, SHARE * abs(then))


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")
