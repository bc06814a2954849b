"""The truth tables of standing() and exit_code(), written out."""

from __future__ import annotations

from itertools import product

import pytest

from evconform.harness.standing import Exit, Standing, exit_code, standing
from evconform.harness.verdict import Verdict

PASS, WARN, INCONCLUSIVE, FAIL, ERROR = Verdict
STANDS, WAIVED, STALE = Standing

TABLE = """
verdict       none    good    other   expired expired-other
pass          stands  stale   stale   stale   stale
warn          stands  stale   stale   stale   stale
inconclusive  stands  waived  stands  stale   stale
fail          stands  waived  stands  stale   stale
error         stands  stands  stands  stands  stands
"""
"""``good``: a waiver that covers all that is wrong; ``other``: one that does not; ``expired``: a good one, too late."""

WAIVERS = {
    "none": {"waiver": False},
    "good": {"waiver": True},
    "other": {"waiver": True, "covers": False},
    "expired": {"waiver": True, "expired": True},
    "expired-other": {"waiver": True, "expired": True, "covers": False},
}
HEAD, *ROWS = (line.split() for line in TABLE.strip().splitlines())
CELLS = [(row[0], column, cell) for row in ROWS for column, cell in zip(HEAD[1:], row[1:], strict=True)]


@pytest.mark.parametrize(("verdict", "waiver", "expected"), CELLS)
def test_the_standing_of_a_verdict(verdict: str, waiver: str, expected: str) -> None:
    assert standing(Verdict.parse(verdict), **WAIVERS[waiver]) == expected


def test_the_table_of_standings_is_whole() -> None:
    assert len(CELLS) == len(Verdict) * len(WAIVERS)


@pytest.mark.parametrize(("verdict", "expired", "covers"), list(product(Verdict, (False, True), (False, True))))
def test_without_a_waiver_every_verdict_stands(verdict: Verdict, expired: bool, covers: bool) -> None:
    assert standing(verdict, waiver=False, expired=expired, covers=covers) is STANDS


# what there is among the cases of a run, of those that make a difference: its exit code, and that of an interrupted one
EXITS: list[tuple[list[tuple[Verdict, Standing]], int, int]] = [
    ([], 5, 2),
    ([(PASS, STANDS)], 0, 2),
    ([(PASS, STALE)], 1, 1),
    ([(WARN, STANDS)], 0, 2),
    ([(WARN, STALE)], 1, 1),
    ([(INCONCLUSIVE, STANDS)], 2, 2),
    ([(INCONCLUSIVE, WAIVED)], 0, 2),
    ([(INCONCLUSIVE, STALE)], 1, 1),
    ([(FAIL, STANDS)], 1, 1),
    ([(FAIL, WAIVED)], 0, 2),
    ([(FAIL, STALE)], 1, 1),
    ([(ERROR, STANDS)], 3, 3),
    ([(PASS, STANDS), (WARN, STANDS)], 0, 2),
    ([(PASS, STANDS), (INCONCLUSIVE, STANDS)], 2, 2),
    ([(PASS, STANDS), (FAIL, WAIVED)], 0, 2),
    ([(PASS, STANDS), (FAIL, STANDS)], 1, 1),
    ([(INCONCLUSIVE, STANDS), (FAIL, WAIVED)], 2, 2),
    ([(INCONCLUSIVE, WAIVED), (FAIL, STANDS)], 1, 1),
    ([(INCONCLUSIVE, STANDS), (FAIL, STANDS)], 1, 1),
    ([(INCONCLUSIVE, STANDS), (PASS, STALE)], 1, 1),
    ([(INCONCLUSIVE, STANDS), (ERROR, STANDS)], 3, 3),
    ([(FAIL, STANDS), (ERROR, STANDS)], 3, 3),
    ([(PASS, STALE), (ERROR, STANDS)], 3, 3),
    ([(FAIL, WAIVED), (ERROR, STANDS)], 3, 3),
    ([(FAIL, STANDS), (INCONCLUSIVE, STANDS), (ERROR, STANDS), (PASS, STALE)], 3, 3),
]


@pytest.mark.parametrize(("cases", "whole", "interrupted"), EXITS)
def test_the_exit_code_of_a_run(cases: list[tuple[Verdict, Standing]], whole: int, interrupted: int) -> None:
    assert exit_code(cases) == exit_code(reversed(cases)) == whole
    assert exit_code(cases, interrupted=True) == exit_code(reversed(cases), interrupted=True) == interrupted


def test_the_exit_table_holds_every_standing_that_there_is() -> None:
    possible = {(v, standing(v, **waiver)) for v in Verdict for waiver in WAIVERS.values()}
    assert possible == {case for cases, _, _ in EXITS for case in cases}


def test_the_exit_codes_are_the_promised_numbers() -> None:
    assert {code.name: int(code) for code in Exit} == {
        "CONFORMANT": 0,
        "NONCONFORMITY": 1,
        "INCONCLUSIVE": 2,
        "HARNESS_ERROR": 3,
        "USAGE": 4,
        "NOTHING_RAN": 5,
    }
