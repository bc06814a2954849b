"""What a verdict counts for, given a waiver, and the exit code of a run: two total functions."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum

from evconform.harness.verdict import Verdict


class Standing(StrEnum):
    STANDS = "stands"
    """The verdict counts as it is."""
    WAIVED = "waived"
    """A fail or inconclusive that a waiver excuses."""
    STALE = "stale"
    """There is a waiver, and nothing left that it could excuse, or it has expired: it must go."""


class Exit(IntEnum):
    """0 conformant (warnings included) · 1 nonconformity or stale waiver · 2 inconclusive or interrupted · 3 harness
    error · 4 usage · 5 nothing applicable ran."""

    CONFORMANT = 0
    NONCONFORMITY = 1
    INCONCLUSIVE = 2
    HARNESS_ERROR = 3
    USAGE = 4
    NOTHING_RAN = 5


WAIVABLE = (Verdict.INCONCLUSIVE, Verdict.FAIL)


def standing(verdict: Verdict, *, waiver: bool, expired: bool = False, covers: bool = True) -> Standing:
    """``covers``: all that is wrong with the case is what the waiver names."""
    if not waiver or verdict is Verdict.ERROR:
        return Standing.STANDS
    if expired or verdict not in WAIVABLE:
        return Standing.STALE
    return Standing.WAIVED if covers else Standing.STANDS


def exit_code(cases: Iterable[tuple[Verdict, Standing]], *, interrupted: bool = False) -> Exit:
    """The exit code of a run: error before nonconformity before inconclusive."""
    seen = list(cases)
    counted = {verdict for verdict, stands in seen if stands is not Standing.WAIVED}
    if Verdict.ERROR in counted:
        return Exit.HARNESS_ERROR
    if Verdict.FAIL in counted or any(stands is Standing.STALE for _, stands in seen):
        return Exit.NONCONFORMITY
    if Verdict.INCONCLUSIVE in counted or interrupted:
        return Exit.INCONCLUSIVE
    return Exit.CONFORMANT if seen else Exit.NOTHING_RAN
