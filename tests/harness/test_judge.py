"""The judge: verdicts from frames and marks alone; what was not seen is never a pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from evconform.harness.catalogue import Law
from evconform.harness.judge import CaseResult, Judge, Terms, Window, requirement_verdicts
from evconform.harness.law import Monitor
from evconform.harness.pics import Pics
from evconform.harness.verdict import Level, Verdict
from evconform.harness.wire import Entry, Side

PASS, WARN, INCONCLUSIVE, FAIL, ERROR = Verdict
MakeLaw = Callable[..., Law]


@dataclass
class Shown:
    n: int
    t: float
    by: Side
    word: str

    def matches(self, what: dict[str, Any]) -> bool:
        return self.word in what["word"]


@dataclass
class Plain:
    """A transcript of one conversation that is its own log."""

    frames: list[Shown] = field(default_factory=list)
    situations: int = 0
    margin: float | None = None
    station: str = "one"
    closed: bool = False
    began: float = 0
    stranger: bool = False
    window: Window = field(default_factory=lambda: Window(0, math.inf))
    subject: str = ""

    def feed(self, entry: Entry) -> Shown | None:
        if entry.mark or entry.by is None:
            return None
        self.frames.append(Shown(entry.n, entry.t, entry.by, str(entry.data)))
        return self.frames[-1]

    def conversations(self) -> list[Any]:
        return [self]

    def forget(self) -> None:
        self.frames.clear()

    def log(self, subject: str, terms: Terms, window: Window) -> Plain:
        return replace(self, window=window, subject=subject, situations=0)


def no_bad_word(log: Plain) -> Iterator[tuple[Shown, str]]:
    side = "sut" if log.subject == "charge-point" else "tester"
    for frame in log.frames:
        if frame.by == side:
            log.situations += frame.n >= log.window.since
            if frame.word == "bad":
                yield frame, "a bad word"


def answered_within_ten_seconds(log: Plain) -> Iterator[tuple[Shown, str]]:
    for frame in log.frames:
        if frame.word == "question" and frame.t + 10 <= log.window.end:
            log.situations += 1
            if not any(f.word == "answer" and f.t <= frame.t + 10 for f in log.frames):
                yield frame, "no answer"


TERMS = Terms("charge-point", "CP", 0.0, {}, Pics({}))


def judged(law: Law, *steps: tuple[Any, ...], cut: bool = False) -> CaseResult:
    """What a case of these steps comes to: (side, word, time) is a frame, (mark, facts) a mark."""
    judge = Judge(law, TERMS, Plain())
    time = 0.0
    entries = [Entry(1, 0.0, mark="case-begin", facts={"case": "C-1"})]
    for n, step in enumerate(steps, 2):
        if isinstance(step[-1], dict):
            entries.append(Entry(n, time, mark=step[0], facts=step[1]))
        else:
            time = step[2] if len(step) > 2 else time
            entries.append(Entry(n, time, "c1", step[0], "text", step[1]) if step[0] else Entry(n, time, mark="tick"))
    if not cut:
        entries.append(Entry(len(entries) + 1, time, mark="case-end", facts={"case": "C-1"}))
    for entry in entries:
        judge.feed(entry)
    if cut:
        assert judge.results == []
        judge.cut_short(entries[-1])
    [result] = judge.results
    return result


def waits(word: str, proves: str | None = "R-1", since: int = 1, x: int = 1, kind: str = "expect") -> tuple[str, dict[str, Any]]:
    what = {"word": word}
    return "expect", {"x": x, "kind": kind, "what": what, "demand": None, "since": since, "proves": proves, "within": 5.0}


def outcome(word: str, x: int = 1) -> tuple[str, dict[str, Any]]:
    return word, {"x": x, "frame": None}


@pytest.fixture
def law(make_law: MakeLaw) -> Law:
    return make_law(monitors=[Monitor("no_bad_word", "R-1", no_bad_word, None, "m")])


def leveled(law: Law, level: Level) -> Law:
    law.requirements["R-1"] = replace(law.requirements["R-1"], level=level)
    return law


def test_no_traffic_is_inconclusive(law: Law) -> None:
    result = judged(law)
    assert (result.verdict, result.requirements) == (INCONCLUSIVE, {"R-1": INCONCLUSIVE})
    assert result.reason == "nothing was seen that shows R-1"


def test_traffic_of_ours_alone_is_inconclusive(law: Law) -> None:
    assert judged(law, ("tester", "good")).verdict is INCONCLUSIVE


def test_a_rule_that_held_in_a_situation_passes(law: Law) -> None:
    result = judged(law, ("sut", "good"))
    assert (result.verdict, result.reason) == (PASS, "")
    assert [(f.check, f.situations) for f in result.findings] == [("monitor:no_bad_word", 1)]


def test_what_comes_before_the_base_state_is_no_situation_of_the_case(law: Law) -> None:
    result = judged(law, ("sut", "good"), ("base-state", {}))
    assert (result.verdict, result.requirements) == (INCONCLUSIVE, {"R-1": INCONCLUSIVE})
    assert judged(law, ("sut", "good"), ("base-state", {}), ("sut", "good")).findings[0].situations == 1


def test_an_offence_before_the_base_state_is_one_all_the_same(law: Law) -> None:
    result = judged(law, ("sut", "bad"), ("base-state", {}), ("sut", "good"))
    assert (result.verdict, result.findings[0].frames) == (FAIL, [2])


@pytest.mark.parametrize(("level", "verdict"), [(Level.MUST, FAIL), (Level.SHOULD, WARN), (Level.INTEROP, WARN)])
def test_a_broken_rule_is_as_bad_as_its_level_and_cites_its_frame(law: Law, level: Level, verdict: Verdict) -> None:
    result = judged(leveled(law, level), ("sut", "good"), ("sut", "bad"))
    assert result.verdict is verdict
    assert result.reason == "R-1: a bad word"
    assert [f.frames for f in result.findings if f.verdict.red] == [[3]]


@pytest.mark.parametrize(("level", "verdict"), [(Level.MUST, FAIL), (Level.SHOULD, WARN)])
def test_a_proving_expectation_that_timed_out_breaks_its_requirement(law: Law, level: Level, verdict: Verdict) -> None:
    result = judged(leveled(law, level), waits("a"), outcome("timed-out"))
    assert result.requirements == {"R-1": verdict}
    assert result.verdict is verdict


def test_a_time_out_that_proves_nothing_is_inconclusive_whatever_passed(law: Law) -> None:
    result = judged(law, ("sut", "good"), waits("a", None), outcome("timed-out"))
    assert (result.verdict, result.requirements) == (INCONCLUSIVE, {"R-1": PASS})
    assert result.reason.startswith("the situation was not reached: ")


def test_an_outcome_is_taken_from_the_frames_and_not_from_its_mark(law: Law) -> None:
    assert judged(law, waits("a"), outcome("met")).verdict is FAIL
    assert judged(law, waits("a"), ("sut", "a"), outcome("timed-out")).verdict is PASS
    assert judged(law, waits("a", kind="silence"), ("sut", "a"), outcome("kept")).verdict is FAIL


def test_a_frame_of_ours_meets_no_expectation(law: Law) -> None:
    assert judged(law, waits("a"), ("tester", "a"), outcome("met")).verdict is FAIL


def test_an_expectation_that_was_not_settled_proves_nothing(law: Law) -> None:
    assert judged(law, waits("a")).verdict is INCONCLUSIVE
    assert judged(law, ("sut", "good"), waits("a", None)).verdict is INCONCLUSIVE


def test_an_illegal_frame_of_our_own_is_an_error(make_law: MakeLaw) -> None:
    law = make_law(monitors=[Monitor("no_bad_word", "R-1", no_bad_word, None, "m")])
    law.requirements["R-1"] = replace(law.requirements["R-1"], subject=("charge-point", "central-system"))
    result = judged(law, ("sut", "good"), ("tester", "bad"))
    assert result.verdict is ERROR
    assert result.reason == "our own party broke R-1 (frame 3): a bad word"


@pytest.mark.parametrize(("frames", "verdict"), [([3], PASS), ([2, 3, 4], PASS), ([2], ERROR), ([], ERROR)])
def test_a_deviation_mark_excuses_the_frames_that_it_names_and_no_other(
    make_law: MakeLaw, frames: list[int], verdict: Verdict
) -> None:
    law = make_law(monitors=[Monitor("no_bad_word", "R-1", no_bad_word, None, "m")])
    law.requirements["R-1"] = replace(law.requirements["R-1"], subject=("charge-point", "central-system"))
    result = judged(law, ("sut", "good"), ("tester", "bad"), ("deviation", {"why": "on purpose", "frames": frames}))
    assert result.verdict is verdict


def test_a_deviation_excuses_no_frame_of_the_sut(law: Law) -> None:
    assert judged(law, ("sut", "bad"), ("deviation", {"why": "on purpose", "frames": [2]})).verdict is FAIL


@pytest.mark.parametrize(("mark", "verdict"), [("error", ERROR), ("not-reached", INCONCLUSIVE)])
def test_a_problem_that_was_marked_is_the_verdict_and_the_reason(law: Law, mark: str, verdict: Verdict) -> None:
    result = judged(law, ("sut", "good"), (mark, {"why": "so it is"}))
    assert (result.verdict, result.reason, result.requirements) == (verdict, "so it is", {"R-1": PASS})


def test_a_nonconformity_outweighs_a_situation_that_was_not_reached(law: Law) -> None:
    assert judged(law, ("sut", "bad"), ("not-reached", {"why": "x"})).verdict is FAIL


def test_a_case_that_was_cut_short_is_inconclusive(law: Law) -> None:
    result = judged(law, ("sut", "good"), waits("a"), cut=True)
    assert (result.verdict, result.reason) == (INCONCLUSIVE, "the run was cut short")


def test_what_was_seen_broken_before_the_cut_stays_broken(law: Law) -> None:
    assert judged(law, ("sut", "bad"), cut=True).verdict is FAIL


@pytest.mark.parametrize(
    ("end", "answer", "verdict"), [(9.9, None, INCONCLUSIVE), (10.0, None, FAIL), (10.0, 9.0, PASS), (30.0, 11.0, FAIL)]
)
def test_a_frame_is_missing_only_once_it_was_due(make_law: MakeLaw, end: float, answer: float | None, verdict: Verdict) -> None:
    law = make_law(monitors=[Monitor("answered", "R-1", answered_within_ten_seconds, None, "m")])
    said = [("tester", "answer", answer)] if answer else []
    assert judged(law, ("sut", "question", 0.0), *said, ("", "", end)).verdict is verdict


def test_a_requirement_comes_to_the_worst_of_its_cases(law: Law) -> None:
    good, bad, nothing = judged(law, ("sut", "good")), judged(law, ("sut", "bad")), judged(law)
    assert requirement_verdicts(law, [good]) == {"R-1": PASS}
    assert requirement_verdicts(law, [good, nothing]) == {"R-1": INCONCLUSIVE}
    assert requirement_verdicts(law, [bad, good, nothing]) == {"R-1": FAIL}
    assert requirement_verdicts(law, []) == {}
