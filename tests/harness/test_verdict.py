"""The verdict lattice."""

from __future__ import annotations

import pytest

from evconform.harness.verdict import Level, Verdict, worst

PASS, WARN, INCONCLUSIVE, FAIL, ERROR = Verdict


def test_the_order_is_pass_warn_inconclusive_fail_error() -> None:
    assert [str(v) for v in sorted(Verdict)] == ["pass", "warn", "inconclusive", "fail", "error"]


@pytest.mark.parametrize("one", Verdict)
@pytest.mark.parametrize("other", Verdict)
def test_the_worst_of_two_wins_in_either_order(one: Verdict, other: Verdict) -> None:
    assert worst([one, other]) == worst([other, one]) == max(one, other)


def test_the_worst_of_nothing_is_inconclusive() -> None:
    assert worst([]) is INCONCLUSIVE


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_read_as_it_is_written(verdict: Verdict) -> None:
    assert Verdict.parse(str(verdict)) is verdict


def test_an_unknown_word_is_no_verdict() -> None:
    with pytest.raises(KeyError):
        Verdict.parse("green")


@pytest.mark.parametrize(("verdict", "red"), [(PASS, False), (WARN, True), (INCONCLUSIVE, False), (FAIL, True), (ERROR, False)])
def test_only_what_was_seen_broken_is_red(verdict: Verdict, red: bool) -> None:
    assert verdict.red is red


@pytest.mark.parametrize(("level", "broken"), [("must", FAIL), ("should", WARN), ("interop", WARN)])
def test_only_a_broken_must_fails(level: str, broken: Verdict) -> None:
    assert Level(level).broken is broken
