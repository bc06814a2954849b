"""Which news a push tells of: messages may wait in a queue, and news may come to nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.judge import Window
from evconform.roaming.log import Conversation, Log, Told
from evconform.roaming.mapping import READINGS, evses, statuses, unheard
from suites.roaming.monitors.cpo import News, paired

FITS = {"A": "AVAILABLE", "C": "CHARGING", "F": "OUTOFORDER"}


@dataclass
class Stamp:
    n: int
    t: float


def pairs(plan: Plan, story: str, seconds: float = 1.0) -> list[tuple[int, bool]]:
    """``story``: news in small letters, pushes in capitals, one every so many seconds. The place of what each push tells of,
    and whether it is right."""
    heard: list[News] = []
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
    "aA": [0],
    "aAcC": [0, 1],
    "acaACA": [0, 1, 2],
    "acA": [0],
    "acC": [1],
    "acfF": [2],
    "aAcaA": [0, 2],
}
"""A queue in order, news that are left out, and a status that came and went."""


@pytest.mark.parametrize("story", RIGHT)
def test_a_push_tells_of_news_in_their_order(chain: Plan, story: str) -> None:
    assert pairs(chain, story) == [(of, True) for of in RIGHT[story]]


@pytest.mark.parametrize("story", ["aAcA", "aAcCA", "aC", "acCA", "aAfC"])
def test_a_push_of_what_is_told_already_or_of_nothing_is_wrong(chain: Plan, story: str) -> None:
    assert not pairs(chain, story)[-1][1]


def test_what_no_longer_is_may_be_told_only_for_the_agreed_time(chain: Plan) -> None:
    assert pairs(chain, "acA", seconds=20) == [(0, True)]
    assert pairs(chain, "acA", seconds=40) == [(1, False)]


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
