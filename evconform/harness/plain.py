"""The plain cases with the scripted party and with one of ours in front of the SUT: the same verdict for the same product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evconform.harness.campaign import Plan
from evconform.harness.judge import CaseResult
from evconform.harness.plan import applicable, faced_with
from evconform.harness.prove import run


@dataclass(frozen=True)
class Pair:
    """What one plain case came to, twice."""

    scripted: CaseResult
    played: CaseResult

    @property
    def id(self) -> str:
        return self.scripted.id

    @property
    def differs(self) -> bool:
        """The verdict of the case, or of a requirement in it that turned red."""
        return self.scripted.verdict is not self.played.verdict or reds(self.scripted) != reds(self.played)

    def line(self) -> str:
        words = f"  {self.id:20} scripted: {self.scripted.verdict!s:12} played: {self.played.verdict}"
        if not self.differs:
            return words
        return f"{words}  DIFFERS: scripted: {self.scripted.reason or 'nothing'}; played: {self.played.reason or 'nothing'}"


def reds(result: CaseResult) -> frozenset[str]:
    """The requirements that a case found broken."""
    return frozenset(finding.requirement for finding in result.findings if finding.verdict.red)


def pairs(plan: Plan, opposite: str, ids: frozenset[str] | None = None) -> Iterator[Pair]:
    """Every plain case that applies to an embedded SUT, or those of ``ids``, with either party. Raises UsageError."""
    played = faced_with(plan, opposite)
    cases = [case for case in applicable(plan)[0] if case.plain and (ids is None or case.id in ids)]
    for scripted, other in zip(run(plan, cases), run(played, cases), strict=True):
        yield Pair(scripted, other)
