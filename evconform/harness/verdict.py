"""The verdict lattice (ISO/IEC 9646, TTCN-3): pass < warn < inconclusive < fail < error; the worst wins."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Verdict(IntEnum):
    """What a case, a check or a requirement came to; ordered, so that ``max`` is the worst."""

    PASS = 0
    WARN = 1
    INCONCLUSIVE = 2
    FAIL = 3
    ERROR = 4

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Verdict:
        """The verdict that a report spells ``word``; raises KeyError for any other word."""
        return cls[word.upper()]

    @property
    def red(self) -> bool:
        """A check that found its requirement broken (a broken SHOULD warns)."""
        return self in (Verdict.WARN, Verdict.FAIL)


class Level(StrEnum):
    """How binding a requirement is: the keyword of its sentence, or a risk known from the field."""

    MUST = "must"
    SHOULD = "should"
    INTEROP = "interop"

    @property
    def broken(self) -> Verdict:
        """The verdict on a requirement of this level that was seen broken."""
        return Verdict.FAIL if self is Level.MUST else Verdict.WARN


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of them; inconclusive if there are none, for what saw no traffic is never a pass."""
    return max(verdicts, default=Verdict.INCONCLUSIVE)


class Nonconformity(AssertionError):
    """A requirement was seen broken: the case ends here, and the judge finds the frames."""


class NotReached(Exception):
    """The situation that the case needs did not come about: inconclusive."""


class CannotAct(NotReached):
    """The control of the SUT does not know the action, or a person answered *cannot*."""


class Stopped(Exception):
    """The person at the bench wants no more: the run ends here, interrupted, with its evidence."""


class UsageError(Exception):
    """The user gave something unusable; the message is one line: file, place, what was expected."""


SAYS_AT_MOST = 600
"""Characters of what a finding says: a SUT may have put anything into it, and the frame holds it all."""


def on_a_line(says: str) -> str:
    """What is said, on one line of printable characters that is not too long."""
    cut = says if len(says) <= SAYS_AT_MOST else f"{says[:SAYS_AT_MOST]}… ({len(says)} characters)"
    return cut if cut.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)
