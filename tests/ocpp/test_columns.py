"""A message of another version than the case is about counts as a wrong one of what is to be spoken, and shows nothing of its
own column."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from evconform.harness.judge import CaseResult, Judge, Terms
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.wire import Entry
from evconform.ocpp.view import Transcript
from tests.ocpp.soap_logs import DATE, Lines, asks, boots
from tests.ocpp.test_monitors_soap import CP, beat

SOAP_1_6, SOAP_1_5 = "ocpp1.6-soap", "ocpp1.5-soap"


def of_1_5(body: bytes) -> bytes:
    return body.replace(b"2015/10", b"2012/06")


@pytest.fixture(scope="module")
def content() -> Any:
    return load_content()


def judged(content: Any, lines: Lines, speaks: str, told: bool = True) -> CaseResult:
    """A log, by all rules; ``told``: the mark says on which column the case is."""
    plan = make_plan(content, find_sut("three-columns.toml", []))
    terms = Terms(CP, "CP-1", 1.0, plan.terms.pixit, plan.pics, plan.faced, columns=plan.terms.columns)
    judge, n = Judge(plan.law, terms, Transcript(terms)), count(1)
    case = next(each.id for each in plan.law.cases.values() if (each.role, each.speaks) == (CP, speaks))
    judge.feed(Entry(next(n), 0.0, mark="case-begin", facts={"case": case} | ({"speaks": speaks} if told else {})))
    for t, conn, by, kind, data in lines:
        text = data if isinstance(data, str) else data.decode()
        judge.feed(Entry(next(n), t, conn, "sut" if by == CP else "tester", kind, text))
    judge.feed(Entry(next(n), lines[-1][0] + 20, mark="case-end"))
    return judge.results[-1]


def about(result: CaseResult) -> tuple[set[str], set[str]]:
    """The rows that were broken, and all that were judged."""
    found = result.findings
    return {each.requirement for each in found if each.verdict.red}, {each.requirement for each in found}


STATUS = {"connectorId": 1, "status": "Available", "errorCode": "NoError", "timestamp": DATE}


def status(t: float, **how: Any) -> Lines:
    return asks(t, CP, "StatusNotification", {}, **STATUS, **how)


def test_a_request_of_1_5_is_a_wrong_one_where_1_6_is_to_be_spoken(content: Any) -> None:
    red, seen = about(judged(content, [*boots(), *status(5, request=of_1_5, response=of_1_5)], SOAP_1_6))
    assert "OCPP16S-8-01" in red
    assert not any(row.startswith("OCPP15-") for row in seen)


def test_a_boot_of_1_5_is_one_too(content: Any) -> None:
    red, seen = about(judged(content, boots(request=of_1_5, response=of_1_5), SOAP_1_6))
    assert "OCPP16S-8-01" in red
    assert not any(row.startswith("OCPP15-") for row in seen)


def test_a_request_of_1_6_is_a_wrong_one_where_1_5_is_to_be_spoken(content: Any) -> None:
    red, seen = about(judged(content, [*boots(request=of_1_5, response=of_1_5), *status(5)], SOAP_1_5))
    assert "OCPP15-8-01" in red
    assert not any(row.startswith("OCPP16") for row in seen if row != "OCPP16S-3.3-03")


def test_what_is_left_of_the_column_before_is_no_offence(content: Any) -> None:
    lines = [*beat(0, request=of_1_5, response=of_1_5), *boots(1), *status(5)]
    red, seen = about(judged(content, lines, SOAP_1_6))
    assert red == about(judged(content, [*boots(1), *status(5)], SOAP_1_6))[0]
    assert not any(row.startswith("OCPP15-") for row in seen)


def test_a_log_that_does_not_say_its_column_is_read_as_it_was(content: Any) -> None:
    lines = [*boots(), *status(5, request=of_1_5, response=of_1_5)]
    red, seen = about(judged(content, lines, SOAP_1_6, told=False))
    assert "OCPP16S-8-01" not in red
    assert not any(row.startswith("OCPP15-") for row in seen)


def test_what_is_said_on_another_column_proves_nothing(content: Any) -> None:
    lines = [*boots(request=of_1_5, response=of_1_5), *beat(3, request=of_1_5, response=of_1_5)]
    assert about(judged(content, lines, SOAP_1_6, told=False)) == (set(), set())
