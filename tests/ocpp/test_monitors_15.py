"""The rules of OCPP 1.5 at their edges, on hand-made logs."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from evconform.harness.judge import Judge, Terms
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.wire import Entry
from evconform.ocpp.soap.fault import Fault
from evconform.ocpp.view import Transcript
from tests.ocpp.soap_logs import DATE, Edit, Lines, asks, boots
from tests.ocpp.test_columns import STATUS, of_1_5
from tests.ocpp.test_monitors_soap import CP

CS = "central-system"
SUTS = {CP: "three-columns.toml", CS: "plain-central-system.toml"}


@pytest.fixture(scope="module")
def content() -> Any:
    return load_content()


def in_1_5(lines: Lines) -> Lines:
    return [(t, conn, by, kind, of_1_5(data) if isinstance(data, bytes) else data) for t, conn, by, kind, data in lines]


def red(content: Any, lines: Lines, role: str, backup_power: bool = False) -> set[str]:
    """The rows of 1.5 that were broken. A line of kind ``act`` is what was done at the bench."""
    plan = make_plan(content, find_sut(SUTS[role], []))
    terms = Terms(role, "CP-1", 1.0, plan.terms.pixit, plan.pics, plan.faced, columns=plan.terms.columns)
    for claims in terms.columns.values():
        claims.pics.answers["backup_power"] = backup_power
    judge, n = Judge(plan.law, terms, Transcript(terms)), count(1)
    case = next(each.id for each in plan.law.cases.values() if (each.role, each.speaks) == (role, "ocpp1.5-soap"))
    judge.feed(Entry(next(n), 0.0, mark="case-begin", facts={"case": case, "speaks": "ocpp1.5-soap"}))
    for t, conn, by, kind, data in lines:
        if kind == "act":
            judge.feed(Entry(next(n), t, mark="act", facts={"action": data, "says": data, "parameters": {}}))
        else:
            text = data if isinstance(data, str) else data.decode()
            judge.feed(Entry(next(n), t, conn, "sut" if by == role else "tester", kind, text))
    judge.feed(Entry(next(n), lines[-1][0] + 20, mark="case-end"))
    assert [each.reason for each in judge.results if each.reason.startswith("the monitor")] == []
    found = [each for result in judge.results for each in result.findings if each.verdict.red]
    return {each.requirement for each in found if each.requirement.startswith("OCPP15-")}


def status(t: float, **how: Any) -> Lines:
    return asks(t, CP, "StatusNotification", {}, **STATUS, **how)


def boot_of(answer: Any, t: float = 0.0) -> Lines:
    return asks(t, CP, "BootNotification", answer, chargePointVendor="evconform", chargePointModel="plain")


def crossing(t: float) -> Lines:
    """A boot that is answered after a status was told."""
    asked, answered = boots(t)[:2], boots(t)[2:]
    conn = asked[0][1]
    late = [(t + 1.0, conn, by, kind, data) for _, _, by, kind, data in answered]
    return [*asked, *status(t + 0.5), *late]


OFF = [(9.0, "", "", "act", "power_cycle")]
REJECTED = {"status": "Rejected", "currentTime": DATE, "interval": 60}
BEFORE: dict[str, tuple[Lines, bool, bool]] = {
    "before the first boot": (status(0), False, True),
    "while the first boot waits": (crossing(0), False, True),
    "while a boot of one that was accepted waits": ([*boots(), *crossing(10)], False, False),
    "while the boot after a power cut waits": ([*boots(), *OFF, *crossing(10)], False, True),
    "after a power cut": ([*boots(), *OFF, *status(10), *boots(11)], False, True),
    "last words": ([*boots(), *OFF, *status(10), *boots(11)], True, False),
    "once it was refused": ([*boots(), *boot_of(REJECTED, 10), *status(12)], False, True),
    "after a refusal, and another boot": ([*boot_of(REJECTED), *crossing(10)], False, True),
}


@pytest.mark.parametrize("name", BEFORE)
def test_what_is_said_before_it_is_accepted(name: str, content: Any) -> None:
    lines, backup_power, wrong = BEFORE[name]
    assert ("OCPP15-4.2-03" in red(content, in_1_5(lines), CP, backup_power)) is wrong


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        (Fault("Sender", "SecurityError", "x"), False),
        (Fault("Sender", "IdentityMismatch", "x"), False),
        (Fault("Receiver", "InternalError", "x"), True),
    ],
)
def test_a_central_system_may_keep_out_whom_it_does_not_know(fault: Fault, wrong: bool, content: Any) -> None:
    assert ("OCPP15-4.2-31" in red(content, in_1_5(boot_of(fault)), CS)) is wrong


def of_another_operation(body: bytes) -> bytes:
    return body.replace(b"clearCacheResponse", b"resetResponse")


def too_long(body: bytes) -> bytes:
    return body.replace(b"?>", b"?><!--" + b" " * 2**23 + b"-->", 1)


@pytest.mark.parametrize(("edit", "wrong"), [(of_another_operation, True), (too_long, False)])
def test_an_answer(edit: Edit, wrong: bool, content: Any) -> None:
    lines = [*boots(), *asks(5, CS, "ClearCache", {"status": "Accepted"}, response=edit)]
    assert ("OCPP15-8-01" in red(content, in_1_5(lines), CP)) is wrong


def test_a_central_system_serves_several_charge_boxes(content: Any) -> None:
    def of_another(lines: Lines) -> Lines:
        return [
            (t, conn, by, kind, data.replace(b"CP-1", b"CP-2") if isinstance(data, bytes) else data)
            for t, conn, by, kind, data in lines
        ]

    there = "http://127.0.0.1:8099/"
    calls = asks(7, CS, "ClearCache", {"status": "Accepted"}, to=there)
    both = [*boots(), *of_another(boots(1, sender=there))]
    assert "OCPP15-8.1-31" not in red(content, in_1_5([*both, *of_another(calls)]), CS)
    assert "OCPP15-8.1-31" in red(content, in_1_5([*both, *calls]), CS)
