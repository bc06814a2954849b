"""Golden logs: tricky behaviour that is legal and must not be red, what is red and why, and what no rule may choke on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evconform.harness.judge import CaseResult, Judge, Terms
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.verdict import Verdict
from evconform.harness.wire import Entry, Side
from evconform.ocpp.json import CallError, call, call_error, call_result
from evconform.ocpp.view import Transcript
from tests.ocpp.transports import TRANSPORTS, Line

Judges = Callable[..., CaseResult]
OTHER: dict[Side, Side] = {"sut": "tester", "tester": "sut"}


@pytest.fixture(scope="module")
def judge() -> Judges:
    """Judges a log: (seconds, ">" from the charge point or "<" from the central system, kind, data); ends a second later."""
    content = load_content()

    def run(*lines: Line, role: str = "charge-point", end: float | None = None, transport: str = "json") -> CaseResult:
        plan = make_plan(content, find_sut(f"plain-{role}.toml", []))
        terms = Terms(role, "CP-1", 1.0, plan.terms.pixit, plan.pics, plan.faced)
        judge = Judge(plan.law, terms, Transcript(terms))
        case = next(c.id for c in plan.law.cases.values() if (c.role, c.speaks) == (role, f"ocpp1.6-{transport}"))
        judge.feed(Entry(1, 0.0, mark="case-begin", facts={"case": case}))
        n = 1
        for t, each in TRANSPORTS[transport](lines):
            n += 1
            if isinstance(each, Entry):
                judge.feed(replace(each, n=n, by=each.by if role == "charge-point" else OTHER[each.by or "sut"]))
            else:
                _, _, kind, data = each
                facts = {"why": data, "frames": [n - 1]} if kind == "deviation" else {"action": data, "says": data}
                judge.feed(Entry(n, t, mark=kind, facts=facts))
        last = lines[-1][0] + 1 if end is None else end
        judge.feed(Entry(n + 1, last, mark="case-end", facts={}))
        return judge.results[-1]

    return run


def opens(t: float) -> list[Line]:
    request = "GET /ocpp/CP-1 HTTP/1.1\r\nSec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: Basic CP-1:⟪secret⟫"
    return [
        (t, ">", "open", ""),
        (t, ">", "request", request),
        (t, "<", "response", "HTTP/1.1 101 S\r\nSec-WebSocket-Protocol: ocpp1.6"),
    ]


def at(t: float) -> str:
    return f"2024-01-01T{int(t) // 3600:02}:{int(t) % 3600 // 60:02}:{t % 60:06.3f}Z"


def asks(t: float, by: str, id: str, action: str, **payload: Any) -> Line:
    return (t, by, "text", call(id, action, payload))


def answers(t: float, by: str, id: str, **payload: Any) -> Line:
    return (t, by, "text", call_result(id, payload))


def boots(t: float, id: str, status: str = "Accepted", interval: Any = 300) -> list[Line]:
    boot = asks(t, ">", id, "BootNotification", chargePointVendor="evconform", chargePointModel="plain")
    return [boot, answers(t, "<", id, status=status, currentTime=at(t), interval=interval)]


def reports(t: float, *connectors: int) -> list[Line]:
    return [
        line
        for c in connectors or (0, 1, 2)
        for line in (
            asks(t, ">", f"s{t}{c}", "StatusNotification", connectorId=c, errorCode="NoError", status="Available"),
            answers(t, "<", f"s{t}{c}"),
        )
    ]


def beats(t: float, id: str) -> list[Line]:
    return [asks(t, ">", id, "Heartbeat"), answers(t, "<", id, currentTime=at(t))]


START = [*opens(0), *boots(0, "1"), *reports(0)]
EXCUSED: Line = (0, "<", "deviation", "on purpose")
TRIGGER = [asks(50, "<", "t", "TriggerMessage", requestedMessage="Heartbeat"), answers(50, ">", "t", status="Accepted")]
UNANSWERED = asks(10, ">", "r", "StatusNotification", connectorId=1, errorCode="NoError", status="Charging")
LEGAL: dict[str, list[Line]] = {
    "a retry under the same id after no answer": [*START, UNANSWERED, EXCUSED, (45, *UNANSWERED[1:]), answers(45, "<", "r")],
    "a heartbeat that was triggered within the interval": [*START, *beats(40, "a"), *TRIGGER, *beats(50, "b"), *beats(350, "c")],
    "an interval that ChangeConfiguration made shorter": [
        *START, *beats(290, "a"), asks(291, "<", "x", "ChangeConfiguration", key="HeartbeatInterval", value="10"),
        answers(291, ">", "x", status="Accepted"), *beats(301, "b"), *beats(311, "c"), *beats(321, "d"),
    ],
    "a triggered StatusNotification that crosses the answer, with another after it": [
        *START, asks(5, "<", "t", "TriggerMessage", requestedMessage="StatusNotification"), *reports(5, 1),
        answers(5, ">", "t", status="Accepted"),
        *reports(6, 1),
    ],
    "a triggered boot before the wait of Pending is over": [
        *opens(0), *boots(0, "1", "Pending", 60), asks(5, "<", "t", "TriggerMessage", requestedMessage="BootNotification"),
        answers(5, ">", "t", status="Accepted"), *boots(6, "2"), *reports(6),
    ],
    "a CALLERROR with the id -1 to broken JSON": [
        *START, (5, "<", "text", "[2,"), EXCUSED, (5, ">", "text", call_error("-1", CallError("FormationViolation"))),
    ],
    "an interval of 0 when accepted": [
        *opens(0), *boots(0, "1", interval=0), EXCUSED, *reports(0), *beats(60, "a"), *beats(100, "b"),
    ],
    "an interval of 0 when pending": [
        *opens(0), *boots(0, "1", "Pending", 0), *boots(5, "2", "Rejected", 0), *boots(15, "3"), *reports(15),
    ],
    "a log that ends early": [*opens(0), *boots(0, "1"), asks(0.5, "<", "g", "GetConfiguration")],
    "a connection that went before the answer": [
        *START, asks(5, "<", "g", "GetConfiguration"), (6, ">", "lost", ""), (100, "<", "act", "look"),
    ],
    "error codes as the specification misspells them": [
        *START, asks(5, "<", "g", "GetConfiguration"), (5, ">", "text", call_error("g", CallError("FormationViolation"))),
        asks(6, "<", "h", "GetConfiguration"), (6, ">", "text", call_error("h", CallError("OccurenceConstraintViolation"))),
    ],
    "silence while rejected, also to a CALL": [
        *opens(0), *boots(0, "1", "Rejected", 60), asks(5, "<", "g", "GetConfiguration"), EXCUSED, *boots(61, "2"), *reports(61),
    ],
    "a status report on a new connection before any boot there": [*START, (5, ">", "lost", ""), *opens(9), *reports(9)],
    "an acceptance that came when the charge point had given it up (seen with CitrineOS)": [
        *opens(0), boots(0, "1")[0], (32, *boots(32, "1")[1][1:]), EXCUSED, *boots(40, "2"), *reports(40),
    ],
    "an answer to a CALL that came before the Rejected": [
        *opens(0), *boots(0, "1", "Pending", 5), asks(5, "<", "g", "GetConfiguration"),
        asks(5, ">", "2", "BootNotification", chargePointVendor="evconform", chargePointModel="plain"),
        answers(5.1, ">", "g", configurationKey=[], unknownKey=[]),
        answers(5.2, "<", "2", status="Accepted", currentTime=at(5), interval=300), *reports(6),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", LEGAL)
def test_legal_behaviour_is_not_red(judge: Judges, name: str) -> None:
    result = judge(*LEGAL[name])
    assert result.reds == set()
    assert result.verdict is not Verdict.ERROR, result.reason


OF_JSON = {
    "a CALLERROR with the id -1 to broken JSON": "there is no JSON to be broken",
    "error codes as the specification misspells them": "it has other codes, and what failed is not asked again at once",
}
"""What has no meaning over SOAP, and why."""


@pytest.mark.parametrize("name", [name for name in LEGAL if name not in OF_JSON])
def test_legal_behaviour_is_not_red_over_soap_either(judge: Judges, name: str) -> None:
    result = judge(*LEGAL[name], transport="soap")
    assert result.reds == set()
    assert result.verdict is not Verdict.ERROR, result.reason


def test_ids_that_begin_again_on_a_new_connection_break_only_the_rule_about_ever(judge: Judges) -> None:
    result = judge(
        *START, (5, ">", "lost", ""), *opens(9), asks(9, ">", "1", "Heartbeat"), answers(9, "<", "1", currentTime=at(9))
    )
    assert {requirement for _, requirement in result.reds} == {"OCPP16J-4.1.4-04"}


RED: dict[str, tuple[str, list[Line]]] = {
    "an id used twice": ("OCPP16J-4.1.4-03", [*START, *beats(300, "1")]),
    "a heartbeat too early": ("OCPP16-4.2-10", [*START, *beats(100, "a"), *beats(200, "b")]),
    "no status after an acceptance": ("OCPP16-4.9-01", [*opens(0), *boots(0, "1"), *beats(299, "a")]),
    "silence beyond the interval": ("OCPP16-4.6-01", [*START, *beats(700, "a")]),
    "no answer": ("OCPP16J-4.2-01", [*START, asks(5, "<", "g", "GetConfiguration"), *beats(100, "a")]),
    "a boot before the wait is over": ("OCPP16-4.2-03", [*opens(0), *boots(0, "1", "Rejected", 60), *boots(30, "2")]),
    "a flood of boots": ("OCPP16-4.2-07", [*opens(0), *boots(0, "1", "Rejected", 0), *boots(0.2, "2")]),
    "an unknown error code": (
        "OCPP16J-4.2.3-02",
        [*START, asks(5, "<", "g", "GetConfiguration"), (5, ">", "text", '[4,"g","Oops","",{}]')],
    ),
    "an answer to nobody": ("OCPP16J-4.1.4-05", [*START, (5, ">", "text", '[3,"-1",{}]')]),
    "a binary message": ("OCPP16J-4.1.2-03", [*START, (5, ">", "binary", b"[]")]),
    "broken JSON": ("OCPP16J-4.1.2-01", [*START, (5, ">", "text", "[2,")]),
    "no UTF-8": ("OCPP16J-4.1.2-02", [*START, (5, ">", "text", b"\xff")]),
}


@pytest.mark.parametrize("name", RED)
def test_illegal_behaviour_is_red(judge: Judges, name: str) -> None:
    requirement, lines = RED[name]
    assert requirement in {broken for _, broken in judge(*lines).reds}


@pytest.mark.parametrize("name", [name for name, (requirement, _) in RED.items() if not requirement.startswith("OCPP16J-")])
def test_illegal_behaviour_is_red_over_soap_too(judge: Judges, name: str) -> None:
    requirement, lines = RED[name]
    assert requirement in {broken for _, broken in judge(*lines, transport="soap").reds}
