"""Expectations: their outcome is a function of the frames, and live it is the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from evconform.harness.clock import Clock, LabLoop
from evconform.harness.expect import Expectation, Expectations, settle
from evconform.harness.verdict import Nonconformity, NotReached
from evconform.harness.wire import Side, WireLog, read


@dataclass
class Shown:
    """A frame that says one word."""

    n: int
    word: str
    t: float = 0.0
    by: Side = "sut"

    def matches(self, what: dict[str, Any]) -> bool:
        return self.word in what["word"]


def frames(words: str) -> list[Shown]:
    """One frame a letter, numbered from 1; a dot is a number without one."""
    return [Shown(n, word) for n, word in enumerate(words, 1) if word != "."]


def expect(word: str, *, demand: str = "", since: int = 0, closed: int | None = None, silence: bool = False) -> Expectation:
    kind: Literal["expect", "silence"] = "silence" if silence else "expect"
    return Expectation(1, kind, {"word": word}, {"word": demand} if demand else None, since, None, 10.0, closed=closed)


@pytest.mark.parametrize(
    ("each", "said", "outcome", "frame"),
    [
        (expect("a", closed=9), "xa", "met", 2),
        (expect("a", closed=9), "aa", "met", 1),
        (expect("ab", demand="b", closed=9), "b", "met", 1),
        (expect("ab", demand="b", closed=9), "ab", "contradicted", 1),
        (expect("a", closed=9), "xx", "timed-out", None),
        (expect("a", closed=9), "", "timed-out", None),
        (expect("a", closed=None), "xx", "unfinished", None),
        (expect("a", closed=None), "xa", "met", 2),
        (expect("a", since=1, closed=9), "a", "timed-out", None),
        (expect("a", since=1, closed=9), "aa", "met", 2),
        (expect("a", closed=2), ".a", "timed-out", None),
        (expect("a", closed=2), "..a", "timed-out", None),
        (expect("a", closed=3), ".a", "met", 2),
        (expect("a", closed=9, silence=True), "xx", "kept", None),
        (expect("a", closed=9, silence=True), "xa", "broken", 2),
        (expect("a", closed=None, silence=True), "xx", "unfinished", None),
        (expect("a", closed=None, silence=True), "a", "broken", 1),
        (expect("a", since=1, closed=9, silence=True), "a", "kept", None),
        (expect("a", closed=2, silence=True), "..a", "kept", None),
    ],
)
def test_the_outcome_follows_from_the_frames(each: Expectation, said: str, outcome: str, frame: int | None) -> None:
    settle([each], frames(said))
    assert (each.outcome, each.frame.n if each.frame else None) == (outcome, frame)


def test_two_expectations_never_share_a_frame() -> None:
    first, second, third = (expect("a", closed=9) for _ in range(3))
    settle([first, second, third], frames("axa"))
    assert [e.frame.n if e.frame else None for e in (first, second, third)] == [1, 3, None]
    assert third.outcome == "timed-out"


def test_a_contradicted_expectation_consumes_its_frame() -> None:
    first, second = expect("ab", demand="b", closed=9), expect("a", closed=9)
    settle([first, second], frames("a"))
    assert (first.outcome, second.outcome) == ("contradicted", "timed-out")


def test_a_silence_consumes_nothing_and_sees_nothing_that_was_awaited() -> None:
    silence, awaited, silence_after = (
        expect("a", closed=9, silence=True),
        expect("a", closed=9),
        expect("a", silence=True, closed=9),
    )
    settle([silence, awaited, silence_after], frames("a"))
    assert [e.outcome for e in (silence, awaited, silence_after)] == ["broken", "met", "kept"]


class Live:
    """Expectations on a log, and frames that come at their time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, wire: WireLog) -> None:
        self.loop, self.wire = loop, wire
        self.expectations = Expectations(wire, wire.clock)
        self.shown: list[Shown] = []

    def says(self, word: str) -> None:
        entry = self.wire.frame("c1", "sut", "text", word)
        frame = Shown(entry.n, word, entry.t)
        self.shown.append(frame)
        self.expectations.offer(frame)

    def later(self, **words: float) -> None:
        for word, at in words.items():
            self.loop.call_later(at, self.says, word)

    def settled(self) -> list[tuple[str, int | None]]:
        """The outcomes that the log alone gives."""
        entries = list(read(self.wire.path))
        opened = {e.facts["x"]: Expectation.of(e) for e in entries if e.mark == "expect"}
        for entry in entries:
            if entry.mark and entry.mark != "expect":
                opened[entry.facts["x"]].closed = entry.n
        settle(opened.values(), self.shown)
        return [(e.outcome, e.frame.n if e.frame else None) for e in opened.values()]

    def told(self) -> list[tuple[str, int | None]]:
        """The outcomes that the live verbs wrote down."""
        return [(e.mark, e.facts["frame"]) for e in read(self.wire.path) if e.mark and e.mark != "expect"]


@pytest.fixture
def live(loop: LabLoop, wire: WireLog) -> Live:
    return Live(loop, wire)


A = {"word": "a"}


@pytest.mark.parametrize(
    ("verb", "outcome"),
    [
        (lambda e: e.hears(A, 10), "met"),
        (lambda e: e.hears(A, 10, {"word": "a"}, "R-1"), "met"),
        (lambda e: e.hears(A, 10, {"word": "b"}, "R-1"), "contradicted"),
        (lambda e: e.hears({"word": "z"}, 10, None, "R-1"), "timed-out"),
        (lambda e: e.hears(A, 4.9, None, "R-1"), "timed-out"),
        (lambda e: e.hears_no({"word": "z"}, 10, "R-1"), "kept"),
        (lambda e: e.hears_no(A, 10, "R-1"), "broken"),
        (lambda e: e.hears_no(A, 4.9, "R-1"), "kept"),
    ],
)
def test_live_and_from_the_log_the_outcome_is_the_same(live: Live, verb: Callable[[Expectations], Any], outcome: str) -> None:
    live.later(x=1, a=5)

    async def scenario() -> None:
        try:
            await verb(live.expectations)
        except Nonconformity:
            assert outcome in ("contradicted", "timed-out", "broken")

    live.loop.run_until_complete(scenario())
    assert [word for word, _ in live.told()] == [outcome]
    assert live.settled() == live.told()


@pytest.mark.parametrize(("proves", "raised"), [("R-1", Nonconformity), (None, NotReached)])
def test_what_did_not_come_breaks_the_requirement_it_proves_or_else_was_not_reached(
    live: Live, proves: str | None, raised: type[Exception]
) -> None:
    with pytest.raises(raised, match=r"expected frame \(word=a\) within 10 s, heard none"):
        live.loop.run_until_complete(live.expectations.hears(A, 10, None, proves))
    assert live.wire.clock.now() == 10


def test_a_frame_that_came_since_the_tester_acted_is_found_and_an_older_one_is_not(live: Live) -> None:
    live.says("a")
    live.expectations.acts()
    live.says("b")
    assert live.loop.run_until_complete(live.expectations.hears({"word": "b"}, 10)).n == 2
    with pytest.raises(NotReached):
        live.loop.run_until_complete(live.expectations.hears(A, 10))
    assert live.settled() == live.told()


def test_two_that_wait_at_once_do_not_share_a_frame(live: Live) -> None:
    live.later(a=1)

    async def both() -> list[Any]:
        verbs = (live.expectations.hears(A, 10) for _ in range(2))
        return await asyncio.gather(*verbs, return_exceptions=True)

    first, second = live.loop.run_until_complete(both())
    assert first.n == 3
    assert isinstance(second, NotReached)
    assert sorted(live.settled()) == sorted(live.told())


def test_on_wall_time_a_frame_that_the_log_has_before_the_time_out_was_heard(tmp_path: Path) -> None:
    """The frame comes in the turn of the loop in which the patience ends."""
    loop = asyncio.new_event_loop()
    live = Live(loop, WireLog(tmp_path / "wire.jsonl", Clock(loop)))

    async def scenario() -> None:
        verb = asyncio.ensure_future(live.expectations.hears(A, 0, None, "R-1"))
        loop.call_soon(loop.call_soon, live.says, "a")
        await asyncio.wait([verb])
        verb.exception()

    loop.run_until_complete(scenario())
    live.wire.close()
    loop.close()
    assert live.settled() == live.told()
