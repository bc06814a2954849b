"""A case that is being judged: what its marks say so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from evconform.harness.expect import Expectation, FrameView, in_words
from evconform.harness.verdict import Verdict
from evconform.harness.wire import Entry

ASKED_AT_MOST = 240
"""Characters of a CALL of ours in the list of what was done."""
ANSWER_TO = re.compile(r"frame \(answer_to=([^()]*)\)")
"""How the words of an expectation name the answer that it waits for."""


@dataclass
class OpenCase:
    """What the marks of a case say so far."""

    begin: Entry
    frames: list[FrameView] = field(default_factory=list)
    expectations: dict[int, Expectation] = field(default_factory=dict)
    problems: list[tuple[Verdict, str]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    lag: float = 0.0
    sent: dict[str, FrameView] = field(default_factory=dict)
    """Message id to the frame of ours that has it."""
    since: int = 0
    """The entry from which on what is seen is a situation of this case: its begin, or the end of its base state."""

    def __post_init__(self) -> None:
        self.since = self.begin.n

    @property
    def id(self) -> str:
        return str(self.begin.facts["case"])

    def heard(self, frame: FrameView) -> None:
        if frame.by == "sut":
            self.frames.append(frame)
        else:
            self.sent[str(getattr(frame, "id", ""))] = frame

    def waits(self, each: Expectation) -> str:
        """What an expectation waits for; for an answer, what was asked too."""
        asked = self.sent.get(str(each.what["answer_to"])) if "answer_to" in each.what else None
        if asked is None:
            return f"waits for {each.words}" if each.kind == "expect" else each.words
        wanted = in_words(each.demand) if each.demand else "an answer"
        return f"sends {shortened(asked.whole)} (frame {asked.n}) and waits for {wanted} within {each.within:g} s"

    def told(self, text: str) -> str:
        """The text with what was asked in place of the id of the message that asked it."""

        def asked(found: re.Match[str]) -> str:
            frame = self.sent.get(found[1])
            return f"answer to our {frame} (frame {frame.n})" if frame else found[0]

        return ANSWER_TO.sub(asked, text)

    def mark(self, entry: Entry) -> None:
        facts = entry.facts
        match entry.mark:
            case "expect":
                each = Expectation.of(entry)
                self.expectations[each.x] = each
                self.steps.append(f"[{entry.n}] {self.waits(each)}")
            case "met" | "contradicted" | "timed-out" | "kept" | "broken":
                self.expectations[facts["x"]].closed = entry.n
            case "deviation":
                self.steps.append(f"[{entry.n}] deviates on purpose: {facts['why']}")
            case "error":
                self.problems.append((Verdict.ERROR, facts["why"]))
            case "not-reached":
                self.problems.append((Verdict.INCONCLUSIVE, self.told(facts["why"])))
            case "base-state":
                self.since = entry.n
            case "lag":
                self.lag = max(self.lag, facts["seconds"])
            case "act" | "script":
                self.steps.append(f"[{entry.n}] {facts['says']}")


def shortened(text: str) -> str:
    """The text, its end left out where it is longer than what one reads."""
    return text if len(text) <= ASKED_AT_MOST else f"{text[:ASKED_AT_MOST]}…"


def outcome_words(each: Expectation) -> str:
    """How an expectation came out, as a phrase."""
    if each.frame is not None:
        why = getattr(each.frame, "why_not", None)
        details = why(each.demand) if why and each.demand and each.outcome == "contradicted" else ""
        return f"heard {each.frame} (frame {each.frame.n})" + (f": {details}" if details else "")
    return "nothing of the kind came" if each.outcome == "timed-out" else "the case ended before"
