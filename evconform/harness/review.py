"""The review of a PICS before any traffic: claims that contradict the standard or each other, and what was not asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from evconform.harness.catalogue import Law
from evconform.harness.law import law_of
from evconform.harness.pics import Pics


@dataclass(frozen=True)
class ReviewFinding:
    """``item``: the item of the form; ``clause``: where the standard says otherwise, empty for a question."""

    item: str
    clause: str
    says: str

    @property
    def is_question(self) -> bool:
        return not self.clause


Rule = Callable[[Pics], Iterable[tuple[str, str]]]
RULES: list[tuple[str, Rule]] = []


def reviews(clause: str) -> Callable[[Rule], Rule]:
    """Declares a function over a PICS that yields ``(item, says)`` for what contradicts ``clause``."""

    def declare(rule: Rule) -> Rule:
        RULES.append((clause, rule))
        return rule

    return declare


def review(law: Law, pics: Pics) -> list[ReviewFinding]:
    """The contradictions, then the questions."""
    found = [
        ReviewFinding(item, clause, says)
        for clause, rule in RULES
        if law_of(rule.__module__) == law.name
        for item, says in rule(pics)
    ]
    return [*found, *questions(pics)]


def questions(pics: Pics) -> Iterator[ReviewFinding]:
    """What the form does not ask, and the answer that is assumed."""
    for name in pics.assumed:
        if name in pics.form.unasked:
            yield ReviewFinding(name, "", f"is {name} supported? The form does not ask; assumed: {'yes' if pics[name] else 'no'}")
        else:
            assumed = pics[name]
            words = {True: "yes", False: "no"}.get(assumed, str(assumed)) if isinstance(assumed, bool) else assumed
            yield ReviewFinding(name, "", f"{pics.form.asks[name]} Assumed: {words}")
