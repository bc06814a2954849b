"""The order of the cases for a person, and what it asks of them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from evconform.harness.actions import ACTIONS
from evconform.harness.itinerary import Act, Visit, recorded, repeated
from evconform.harness.law import TestCase
from evconform.harness.plan import Content, applicable, find_sut, make_plan
from evconform.harness.timetable import brief, lines
from evconform.harness.walk import HOURS, IN_HAND, NOBODY, begins_with_cable, ordered

Run = Callable[..., "subprocess.CompletedProcess[str]"]
MODELS = ("etrel-inch.toml", "two-connector.toml", "fixed-cable-dc.toml")
IN: Act = ("plug_in", {"connector": 1})
OUT: Act = ("unplug", {"connector": 1})
PAUSE: Act = ("suspend_ev", {"connector": 1})
RESUME: Act = ("resume_ev", {"connector": 1})
BREAK: Act = ("provoke_fault", {"connector": 1})
POWER: Act = ("power_cycle", {})
CARD: Act = ("present_card", {"uid": "77FD2AFA", "connector": 1})


@pytest.fixture(scope="module")
def planned(loaded: Content) -> dict[str, list[Visit]]:
    plans = {model: make_plan(loaded, find_sut(model, [])) for model in MODELS}
    first = {model: [case for case in applicable(plan)[0] if case.speaks == plan.speaks[0]] for model, plan in plans.items()}
    return {model: recorded(plan, first[model]) for model, plan in plans.items()}


@pytest.fixture(scope="module")
def visits(planned: dict[str, list[Visit]]) -> list[Visit]:
    return planned["etrel-inch.toml"]


def visit(id: str, *acts: Act, smoke: bool = False, seconds: float = 1.0) -> Visit:
    case = TestCase(id, ("R-1",), print, "suites.small.charge_point.test_it", id, smoke=smoke)
    return Visit(case, list(acts), seconds, [0.0] * len(acts))


def ids(visits: list[Visit]) -> list[str]:
    return [each.case.id for each in visits]


def needless(visits: list[Visit]) -> int:
    return sum(each.needless for each in visits)


def test_what_a_case_asks_for_is_what_its_run_asked(visits: list[Visit]) -> None:
    acts = {each.case.id: each.acts for each in visits}
    assert acts["OCPP16-CP-BOOT-01"] == [POWER]
    assert [action for action, _ in acts["OCPP16-CP-TX-08"]] == ["plug_in", "unplug"] * 2, "a loop counts as often as it runs"
    assert [each.open_end for each in visits if each.open_end] == [], "our own product goes through with all of them"


@pytest.mark.parametrize("model", MODELS)
class TestOrder:
    def test_no_case_is_lost_and_the_smoke_case_is_first(self, planned: dict[str, list[Visit]], model: str) -> None:
        order = ordered(planned[model])
        assert sorted(ids(order)) == sorted(ids(planned[model]))
        assert order[0].case.smoke

    def test_at_most_one_action_in_three_cases_is_needless(self, planned: dict[str, list[Visit]], model: str) -> None:
        order = ordered(planned[model])
        assert 3 * needless(order) <= len(order)

    def test_no_order_has_much_less(self, planned: dict[str, list[Visit]], model: str) -> None:
        """A case that leaves the cable in is followed by one that begins with it, unless there is another one left; what
        faults and the EV repeat is not in this bound."""
        leaving = sum(OUT[0] in [action for action, _ in each.left] for each in planned[model])
        others = sum(bool(each.acts) and not begins_with_cable(each) for each in planned[model])
        assert needless(ordered(planned[model])) <= leaving - others + 3

    def test_what_is_in_hand_is_taken_up_once(self, planned: dict[str, list[Visit]], model: str) -> None:
        sections = [section for section, _ in groupby(ordered(planned[model]), lambda each: each.section)]
        assert sections == [name for name in (NOBODY, *IN_HAND, HOURS) if name in sections]

    def test_what_takes_a_day_comes_last(self, planned: dict[str, list[Visit]], model: str) -> None:
        assert ordered(planned[model])[-1].case.id == "OCPP16-CP-HB-02"

    def test_what_a_case_left_is_put_back_before_the_next(self, planned: dict[str, list[Visit]], model: str) -> None:
        assert all(after.before == before.left for before, after in pairwise(ordered(planned[model])))


def test_the_core_run_of_the_inch_asks_for_no_more_than_it_did(visits: list[Visit]) -> None:
    order = ordered(visits)
    assert sum(each.actions for each in order) <= 340
    assert needless(order) <= 51


def test_cases_that_need_no_hand_run_in_one_stretch(visits: list[Visit]) -> None:
    by_hand = [bool(each.acts) for each in ordered(visits) if not each.case.smoke]
    assert by_hand == sorted(by_hand)


def test_every_action_needs_something_in_hand() -> None:
    assert sorted(action for actions in IN_HAND.values() for action in actions) == sorted(
        {action for actions in ACTIONS.values() for action in actions}
    )


@pytest.mark.parametrize(
    ("before", "acts", "count"),
    [
        ([OUT], [IN], 1),
        ([OUT], [CARD, IN], 0),
        ([RESUME, OUT], [IN, PAUSE, RESUME], 2),
        ([RESUME, OUT], [IN, CARD, PAUSE], 1),
        ([("clear_fault", {"connector": 1}), OUT], [BREAK, IN], 2),
        ([("restore_network", {})], [("cut_network", {})], 1),
        ([OUT], [("plug_in", {"connector": 2})], 0),
        ([OUT], [("plug_in_halfway", {"connector": 1})], 1),
        ([], [("sends", {"identity": "CP", "key": ["HeartbeatInterval"]})], 0),
    ],
)
def test_needless_is_what_is_done_again_before_anything_else(before: list[Act], acts: list[Act], count: int) -> None:
    assert repeated(before, acts) == count


def test_a_border_where_the_cable_goes_out_and_in_is_avoided() -> None:
    order = ordered([visit("A", IN), visit("B", IN), visit("C", POWER), visit("S", smoke=True)])
    assert ids(order) == ["S", "B", "C", "A"]
    assert needless(order) == 0
    assert [each.before for each in order] == [[], [], [OUT], []]
    assert [each.section for each in order] == [NOBODY, "the cable", "the power", "the power"]


def test_what_begins_otherwise_is_led_in_by_a_case_that_leaves_the_cable_in() -> None:
    order = ordered([visit("A", IN), visit("B", IN), visit("C", POWER), visit("D", POWER), visit("S", smoke=True)])
    assert [(each.case.id, each.needless) for each in order[1:]] == [("A", 0), ("C", 0), ("B", 0), ("D", 0)]


def test_a_case_is_moved_where_less_is_repeated() -> None:
    """Not from one that pauses the EV to another, but by way of one that does not."""
    order = ordered([visit("A", IN, PAUSE), visit("B", IN, PAUSE), visit("C", IN, PAUSE, RESUME), visit("D", IN, CARD, PAUSE)])
    assert needless(order) == 4, ids(order)


def test_what_cannot_be_avoided_is_counted() -> None:
    order = ordered([visit("A", IN), visit("B", IN)])
    assert [each.needless for each in order] == [0, 1]
    assert list(lines(order))[-4:] == [
        "2 cases, 2 of them with a hand: 3 actions",
        "at the bench: about 1.0 min",
        "left to be put back at the end: unplug(1)",
        "needless repetitions: 1 of 3 actions, 0.50 per case",
    ]


def test_nobody_waits_for_what_takes_hours() -> None:
    """It is led in, comes last, and is no time at the bench."""
    order = ordered([visit("A", POWER, seconds=7200), visit("B", IN), visit("C", IN), visit("S", smoke=True)])
    assert ids(order) == ["S", "C", "B", "A"]
    assert list(brief(order)) == [
        "4 cases, 3 of them with a hand: 5 actions",
        "at the bench: about 1.7 min; unattended: about 0.0 min at first",
        "A comes last: it runs for 2.0 h without a hand",
    ]


def test_there_is_time_for_a_break_where_nobody_is_needed() -> None:
    long = Visit(visit("A").case, [IN, OUT], 700.0, [0.0, 600.0], section="the cable")
    assert "a break is possible: after plug_in(1) nobody is needed for 10 min" in "\n".join(lines([long]))
    assert list(brief([long]))[1] == "at the bench: about 2.3 min; unattended: about 10 min in 1 wait that leave time for a break"


def test_the_command_prints_the_plan(evconform: Run) -> None:
    done = evconform(
        *("plan", "--sut", "etrel-inch.toml", "--column", "json"), *("--case", "OCPP16-CP-TX-01", "--case", "OCPP16-CP-CONN-01")
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "The control is embedded, which asks nobody; so a person would be asked:",
        "── json: nobody is needed: 1 case, about 0.0 min",
        "  OCPP16-CP-CONN-01                   0.0 min  "
        "A charge point connects under its identity, with ocpp1.6, and authenticates itself as it claims.",
        "",
        "── json: the cards, with the cable: 1 case, 2 actions, about 0.7 min",
        "  OCPP16-CP-TX-01         2 actions   0.7 min  A cable, then a card: Preparing, Authorize, StartTransaction, Charging.",
        "                         plug_in(1), present_card(77FD2AFA, 1)",
        "",
        "2 cases, 1 of them with a hand: 2 actions",
        "at the bench: about 0.7 min; unattended: about 0.0 min at first",
        "left to be put back at the end: unplug(1)",
        "needless repetitions: 0 of 2 actions, 0.00 per case",
    ]


SUT = """
[sut]
product = "theirs"
version = "1"
role = "{role}"
speaks = ["ocpp1.6-json"]
pics = "{pics}"
[endpoint]
{endpoint}
identity = "THEIRS-1"
[control]
{control}
"""
OPERATOR = 'kind = "operator"'
CHARGE_POINT = {"role": "charge-point", "pics": "sparse-charge-point.toml", "endpoint": 'listen = "ws://127.0.0.1:0/ocpp"'}
CENTRAL_SYSTEM = {
    "role": "central-system",
    "pics": "plain-central-system.toml",
    "endpoint": 'url = "ws://127.0.0.1:9/ocpp"',
}


@pytest.mark.parametrize(
    ("given", "control", "first"),
    [
        (CHARGE_POINT, OPERATOR, "── nobody is needed"),
        (CENTRAL_SYSTEM, OPERATOR, "── nobody is needed"),
        (CHARGE_POINT, 'kind = "http"\naction.plug_in.url = "http://127.0.0.1:9/"', "The control is http, which asks nobody"),
    ],
)
def test_any_sut_file_has_a_plan(evconform: Run, tmp_path: Path, given: dict[str, str], control: str, first: str) -> None:
    (tmp_path / "theirs.toml").write_text(SUT.format(**given, control=control))
    done = evconform("plan", "--sut", tmp_path / "theirs.toml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(first)


def test_an_operators_run_shows_the_plan_in_short_first(evconform: Run, tmp_path: Path) -> None:
    """Also where the SUT cannot be faced after it: nobody was asked anything, and nothing of ours breaks."""
    (tmp_path / "theirs.toml").write_text(SUT.format(**CENTRAL_SYSTEM, control=OPERATOR))
    done = evconform("run", "--sut", tmp_path / "theirs.toml", "--report", tmp_path / "r")
    assert re.search(
        r"evconform: \d+ cases, \d+ of them with a hand: \d+ actions\nevconform: at the bench: about \d", done.stdout
    )
    assert "INTERNALERROR" not in done.stdout
    assert done.returncode == 2


@pytest.mark.parametrize("words", [("--sut", "nowhere.toml"), ("--sut", "etrel-inch.toml", "--case", "NONE"), ()], ids=" ".join)
def test_a_wrong_command_line_is_one_line_of_usage(evconform: Run, words: tuple[str, ...]) -> None:
    done = evconform("plan", *words)
    assert (done.returncode, len(done.stderr.splitlines())) == (4, 1)
