"""Which news a push tells of: messages may wait in a queue, and news may come to nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.judge import Window
from evconform.roaming.log import Conversation, Log, Told
from evconform.roaming.mapping import READINGS, evses, statuses, unheard
from suites.roaming.monitors.cpo import News, is_cut, is_overlapped, paired

FITS = {"U": "UNKNOWN", "A": "AVAILABLE", "C": "CHARGING", "F": "OUTOFORDER"}


@dataclass
class Stamp:
    n: int
    t: float
    answer: Any = None

    def since(self, other: Stamp) -> float:
        return self.t - other.t


def pairs(plan: Plan, story: str, seconds: float = 1.0) -> list[tuple[int, bool]]:
    """``story``: news in small letters, pushes in capitals, one every so many seconds. The place of what each push tells of,
    and whether it is right."""
    heard = [News(Stamp(-1, 0.0), ("UNKNOWN",), "nothing", "nothing")]
    pushes: list[Told] = []
    for n, letter in enumerate(story):
        frame: Any = Stamp(n, n * seconds)
        if letter.islower():
            heard.append(News(frame, (FITS[letter.upper()],), letter))
        else:
            pushes.append(Told(frame, "j1-1", FITS[letter], None, pushed=True))
    log = Log(Conversation(), "chain", plan.terms, Window(0, 1000.0))
    return [(push.of, push.right) for push in paired(log, heard, pushes)]


RIGHT = {
    "aA": [1],
    "aAcC": [1, 2],
    "acaACA": [1, 2, 3],
    "acA": [1],
    "acC": [2],
    "acfF": [3],
    "aAcaA": [1, 1],
    "aUA": [0, 1],
    "acUAAC": [0, 1, 1, 2],
}
"""A queue in order, news that are left out, a status that came and went, what was so before anything was told, and what is said
twice. The first news is that there was nothing."""


@pytest.mark.parametrize("story", RIGHT)
def test_a_push_tells_of_news_in_their_order(chain: Plan, story: str) -> None:
    assert pairs(chain, story) == [(of, True) for of in RIGHT[story]]


@pytest.mark.parametrize("story", ["aAcCA", "aC", "acCA", "aAfC", "aAU", "cCaAC"])
def test_a_push_of_what_was_before_or_of_nothing_is_wrong(chain: Plan, story: str) -> None:
    assert not pairs(chain, story)[-1][1]


def test_what_no_longer_is_may_be_told_only_for_the_agreed_time(chain: Plan) -> None:
    assert pairs(chain, "acA", seconds=20) == [(1, True)]
    assert pairs(chain, "acA", seconds=40) == [(2, False)]


def test_a_mapping_narrows_what_the_specifications_leave_open(chain: Plan) -> None:
    assert statuses(chain.pics, "Preparing") == ("CHARGING",)
    silent = replace(chain.pics, sections=chain.pics.sections | {"mapping": {}})
    assert statuses(silent, "Preparing") == READINGS["Preparing"]
    assert statuses(silent, "Charging") == ("CHARGING",)
    assert statuses(silent, ["no status"]) == ()
    assert unheard(chain.pics, ("CHARGING",)) == ("UNKNOWN",)
    assert unheard(silent, ("CHARGING",)) == ("CHARGING", "UNKNOWN")
    assert evses(chain.pics) == {1: "j1-1"}


def test_a_log_without_anything_is_no_situation(chain: Plan) -> None:
    log = Log(Conversation(), "chain", chain.terms, Window(0, 1000.0))
    for monitor in chain.law.monitors:
        assert list(monitor.function(log)) == []
    assert log.situations == 0


def told(at: float, date: str, answered: float | None = None, n: int = 0) -> Told:
    frame: Any = Stamp(n, at, None if answered is None else Stamp(int(answered), answered))
    return Told(frame, "j1-1", "CHARGING", date, pushed=True)


@pytest.mark.parametrize(
    ("later", "date", "cut"),
    [
        (0.4, "2026-01-01T00:00:01Z", True),
        (31.0, "2026-01-01T00:00:01Z", True),  # changed in one second, and the second was told late
        (60.0, "2026-01-01T00:00:01Z", False),
        (0.4, "2026-01-01T00:00:00Z", False),  # an earlier one is no later one
    ],
)
def test_two_statuses_of_one_second_may_have_one_date(chain: Plan, later: float, date: str, cut: bool) -> None:
    log = Log(Conversation(), "chain", chain.terms, Window(0, 1000.0))
    assert is_cut(log, told(0.0, "2026-01-01T00:00:01Z"), told(later, date)) is cut
    assert not is_cut(log, told(0.0, "2026-01-01T00:00:01.5Z"), told(later, "2026-01-01T00:00:01.5Z"))


def test_the_order_of_pushes_that_are_under_way_at_once_tells_nothing(chain: Plan) -> None:
    log = Log(Conversation(), "chain", chain.terms, Window(0, 1000.0))
    later = told(5.0, "2026-01-01T00:00:00Z", n=5)
    assert is_overlapped(log, told(0.0, "2026-01-01T00:00:01Z", answered=9.0), later)
    assert not is_overlapped(log, told(0.0, "2026-01-01T00:00:01Z", answered=1.0), later)
    assert is_overlapped(log, told(0.0, "2026-01-01T00:00:01Z"), later)
