"""A campaign: whatever of ours breaks within a case makes that case an error, and the campaign goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.judge import CaseResult
from evconform.harness.party import PARTIES, Site
from evconform.harness.verdict import NotReached, Verdict

CASE = "OCPP16-CP-CONN-01"
RunCase = Callable[..., CaseResult]


def with_party(plan: Plan, monkeypatch: pytest.MonkeyPatch, party: Any) -> Plan:
    """The plan with a party of the test's own as SUT."""
    monkeypatch.setitem(PARTIES, "mine", ("charge-point", party))
    control = plan.sut.control.model_copy(update={"party": "mine"})
    return replace(plan, sut=plan.sut.model_copy(update={"control": control}))


def plain(site: Site) -> Any:
    return PARTIES["inch"][1](site)


async def breaks(*_: Any) -> Any:
    raise KeyError("a bug of ours")


def breaks_at_once(*_: Any) -> Any:
    raise KeyError("a bug of ours")


@pytest.mark.parametrize("handler", [breaks, breaks_at_once])
def test_a_handler_that_raises_makes_the_case_an_error(
    plan: Plan, run_case: RunCase, monkeypatch: pytest.MonkeyPatch, handler: Any
) -> None:
    def party(site: Site) -> Any:
        party = plain(site)
        party.endpoint.handlers["GetConfiguration"] = handler
        return party

    result = run_case(with_party(plan, monkeypatch, party), CASE)
    assert result.verdict is Verdict.ERROR
    assert "KeyError: 'a bug of ours'" in result.reason


@pytest.mark.parametrize("method", ["start", "stop"])
def test_a_party_that_cannot_start_or_stop_makes_the_case_an_error(
    plan: Plan, run_case: RunCase, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def party(site: Site) -> Any:
        party = plain(site)
        stop = party.stop

        async def fails() -> None:
            await stop() if method == "stop" else None
            raise KeyError("a bug of ours")

        setattr(party, method, fails)
        return party

    result = run_case(with_party(plan, monkeypatch, party), CASE)
    assert result.verdict is Verdict.ERROR
    assert "KeyError: 'a bug of ours'" in result.reason


def test_a_background_task_that_dies_as_the_case_ends_makes_it_an_error(
    plan: Plan, run_case: RunCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def party(site: Site) -> Any:
        party = plain(site)
        stop = party.stop

        async def stops() -> None:
            await asyncio.wait([site.tasks.spawn(breaks())])
            await stop()

        party.stop = stops
        return party

    result = run_case(with_party(plan, monkeypatch, party), CASE)
    assert result.verdict is Verdict.ERROR


def with_case(plan: Plan, function: Any) -> Plan:
    """The plan with another body of the smoke case."""
    case = replace(plan.law.cases[CASE], function=function)
    return replace(plan, law=replace(plan.law, cases=plan.law.cases | {CASE: case}))


async def raises_key_error() -> None:
    raise KeyError("a bug of the case")


async def is_cancelled() -> None:
    raise asyncio.CancelledError


async def wants_a_fixture_that_there_is_not(tmp_path: Any) -> None:
    assert tmp_path


async def skips() -> None:
    pytest.skip("not today")


async def leaves() -> None:
    raise SystemExit(0)


def is_no_coroutine() -> None:
    return None


BUGS: list[Callable[..., Any]] = [
    *(raises_key_error, is_cancelled, wants_a_fixture_that_there_is_not, skips, leaves, is_no_coroutine)
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda f: f.__name__)
def test_a_bug_in_a_case_is_an_error_of_that_case(plan: Plan, run_case: RunCase, bug: Callable[..., Any]) -> None:
    try:
        result = run_case(with_case(plan, bug), CASE)
    except BaseException as escaped:  # noqa: BLE001 - a skip that escapes would skip this test
        pytest.fail(f"{type(escaped).__name__} escaped the campaign")
    assert result.verdict is Verdict.ERROR
    assert result.reason


def test_a_bug_in_a_case_is_told_with_its_place(plan: Plan, run_case: RunCase) -> None:
    result = run_case(with_case(plan, raises_key_error), CASE)
    line = raises_key_error.__code__.co_firstlineno + 1
    assert result.reason == f"KeyError: 'a bug of the case' at test_campaign.py:{line}"


@pytest.mark.parametrize("why", ["plain", "a lone surrogate \\ud83d", "a lone surrogate \ud83d", ""], ids=range(4))
def test_a_situation_that_was_not_reached_makes_the_case_inconclusive(plan: Plan, run_case: RunCase, why: str) -> None:
    async def not_reached() -> None:
        raise NotReached(why)

    assert run_case(with_case(plan, not_reached), CASE).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(("longest", "verdict"), [(None, Verdict.PASS), (86_500.0, Verdict.PASS), (900.0, Verdict.INCONCLUSIVE)])
def test_what_would_take_longer_than_the_pixit_allows_is_not_waited_for(
    plan: Plan, run_case: RunCase, longest: float | None, verdict: Verdict
) -> None:
    """Never green, and with its reason."""
    pixit = plan.sut.pixit.model_copy(update={"longest_wait": longest})
    result = run_case(replace(plan, sut=plan.sut.model_copy(update={"pixit": pixit})), "OCPP16-CP-HB-02")
    assert result.verdict is verdict
    assert ("longest_wait in [pixit] is 900 s" in result.reason) == (verdict is Verdict.INCONCLUSIVE)
    assert (result.ended - result.began > 80_000) == (verdict is Verdict.PASS)
