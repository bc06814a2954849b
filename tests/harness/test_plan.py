"""The order of the cases for a person, and what it asks of them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.itinerary import Visit, lines, ordered, recorded
from evconform.harness.law import TestCase
from evconform.harness.plan import Content, applicable, find_sut, make_plan

Run = Callable[..., "subprocess.CompletedProcess[str]"]
IN, OUT = ("plug_in", {"connector": 1}), ("unplug", {"connector": 1})
POWER: tuple[str, dict[str, Any]] = ("power_cycle", {})


@pytest.fixture(scope="module")
def inch(loaded: Content) -> Plan:
    return make_plan(loaded, find_sut("etrel-inch.toml", []))


@pytest.fixture(scope="module")
def visits(inch: Plan) -> list[Visit]:
    return recorded(inch, applicable(inch)[0])


def visit(id: str, *acts: tuple[str, dict[str, Any]], smoke: bool = False) -> Visit:
    return Visit(TestCase(id, ("R-1",), print, "suites.small.charge_point.test_it", id, smoke=smoke), list(acts), 1.0)


def ids(visits: list[Visit]) -> list[str]:
    return [each.case.id for each in visits]


def test_what_a_case_asks_for_is_what_its_run_asked(visits: list[Visit]) -> None:
    acts = {each.case.id: each.acts for each in visits}
    assert acts["OCPP16-CP-BOOT-01"] == [POWER]
    assert [action for action, _ in acts["OCPP16-CP-TX-08"]] == ["plug_in", "unplug"] * 2, "a loop counts as often as it runs"


def test_no_case_is_lost_and_the_smoke_case_is_first(visits: list[Visit]) -> None:
    order = ordered(visits)
    assert sorted(ids(order)) == sorted(ids(visits))
    assert order[0].case.smoke


def test_cases_that_need_no_hand_run_in_one_stretch(visits: list[Visit]) -> None:
    by_hand = [bool(each.acts) for each in ordered(visits) if not each.case.smoke]
    assert by_hand == sorted(by_hand)


def test_the_order_asks_for_less_that_is_needless_than_the_catalogue_does(visits: list[Visit]) -> None:
    plain = sum(before.left == [OUT] and each.acts[:1] == [IN] for before, each in pairwise(visits))
    assert sum(each.needless for each in ordered(visits)) < plain


def test_a_border_where_the_cable_goes_out_and_in_is_avoided() -> None:
    order = ordered([visit("A", IN), visit("B", IN), visit("C", POWER), visit("S", smoke=True)])
    assert ids(order) == ["S", "A", "C", "B"]
    assert [each.needless for each in order] == [0, 0, 0, 0]
    assert [each.before for each in order] == [[], [], [OUT], []]


def test_what_cannot_be_avoided_is_counted() -> None:
    order = ordered([visit("A", IN), visit("B", IN)])
    assert [each.needless for each in order] == [0, 1]
    assert list(lines(order))[-2:] == [
        "2 cases, 2 of them with a hand: 3 actions, about 1 minutes",
        "needless repetitions: 1, 0.50 per case",
    ]


def test_another_connector_is_no_repetition() -> None:
    other = ("plug_in", {"connector": 2})
    assert [each.needless for each in ordered([visit("A", IN), visit("B", other)])] == [0, 0]


def test_the_command_prints_the_plan(evconform: Run) -> None:
    done = evconform("plan", "--sut", "etrel-inch.toml", "--case", "OCPP16-CP-TX-01", "--case", "OCPP16-CP-CONN-01")
    assert done.returncode == 0, done.stderr
    assert "plug_in(1), present_card(77FD2AFA, 1)" in done.stdout
    assert "needless repetitions: 0, 0.00 per case" in done.stdout


@pytest.mark.parametrize("words", [("--sut", "nowhere.toml"), ("--sut", "etrel-inch.toml", "--case", "NONE"), ()], ids=" ".join)
def test_a_wrong_command_line_is_one_line_of_usage(evconform: Run, words: tuple[str, ...]) -> None:
    done = evconform("plan", *words)
    assert (done.returncode, len(done.stderr.splitlines())) == (4, 1)
