"""No rule chokes on what a SUT may say: any value in any member, any depth, any head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from evconform.harness import wire
from evconform.harness.judge import CaseResult, Judge, Terms
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.wire import Entry
from evconform.ocpp.json import read
from evconform.ocpp.view import Transcript

Judges = Callable[..., CaseResult]
OPENS = [
    (0, ">", "request", "GET /ocpp/CP-1 HTTP/1.1\r\nSec-WebSocket-Protocol: ocpp1.6"),
    (0, "<", "response", "HTTP/1.1 101 S\r\nSec-WebSocket-Protocol: ocpp1.6"),
]
BOOT = (0, ">", "text", '[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]')
BOOTS = [
    (3, ">", "text", '[2,"2","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'),
    (3, "<", "text", '[3,"2",{"status":"Accepted","currentTime":"2024-01-01T00:00:03Z","interval":300}]'),
    (4, ">", "text", '[2,"3","Heartbeat",{}]'),
    (4, "<", "text", '[3,"3",{"currentTime":"2024-01-01T00:00:04Z"}]'),
]


class Strict(Judge):
    """Lets a monitor that breaks break the test."""

    def _offences(self, case: Any, monitor: Any, role: str, conversation: Any, log: Any) -> list[tuple[list[int], str]]:
        return list(self._run(monitor, role, conversation, log))


@pytest.fixture(scope="module")
def judge() -> Judges:
    """Judges a log: (seconds, ">" from the charge point or "<" from the central system, kind, data)."""
    content = load_content()

    def run(*lines: Any, role: str = "charge-point") -> CaseResult:
        plan = make_plan(content, find_sut(f"plain-{role}.toml", []))
        terms = Terms(role, "CP-1", 1.0, plan.terms.pixit, plan.pics, plan.faced)
        judge = Strict(plan.law, terms, Transcript(terms))
        judge.feed(
            Entry(1, 0.0, mark="case-begin", facts={"case": next(c.id for c in plan.law.cases.values() if c.role == role)})
        )
        for n, (t, by, kind, data) in enumerate(lines, 2):
            judge.feed(Entry(n, t, "c1", "sut" if (by == ">") == (role == "charge-point") else "tester", kind, data))
        judge.feed(Entry(len(lines) + 2, lines[-1][0] + 100, mark="case-end"))
        return judge.results[-1]

    return run


def deepest() -> int:
    """The deepest nesting of arrays that can be read here."""
    return max(depth for depth in range(100, 1100) if read(f'[2,{"[" * depth}{"]" * depth},"A",{{}}]').type == "CALL")


VALUES = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e999",
    "1e400",
    "9" * 400,
    '""',
    '"\\ud800"',
    "[]",
    "{}",
    "[[]]",
    '{"a":{}}',
    '"9999-99-99T99:99:99Z"',
]
FRAMES = [
    '[2,"h","StatusNotification",{"connectorId":@,"errorCode":@,"status":@,"timestamp":@}]',
    '[2,"h","BootNotification",@]',
    '[2,@,"Heartbeat",{}]',
    '[2,"h",@,{}]',
    "[@]",
    '[3,"1",{"status":"Accepted","currentTime":@,"interval":@}]',
    '[3,"1",{"status":"Rejected","currentTime":@,"interval":@}]',
    '[3,"1",{"status":@,"currentTime":"2024-01-01T00:00:00Z","interval":1}]',
    "[3,@,@]",
    '[4,"1",@,@,@]',
    '[2,"h","ChangeConfiguration",{"key":"HeartbeatInterval","value":@}]',
    '[2,"h","TriggerMessage",{"requestedMessage":@}]',
    '[2,"h","Authorize",{"idTag":@}]',
    '[2,"h","StartTransaction",{"connectorId":@,"idTag":@,"meterStart":@,"timestamp":@,"reservationId":@}]',
    '[2,"h","StopTransaction",{"transactionId":@,"idTag":@,"meterStop":@,"timestamp":@,"reason":@,"transactionData":@}]',
    '[2,"h","MeterValues",{"connectorId":@,"transactionId":@,"meterValue":[{"timestamp":@,"sampledValue":[{"value":@}]}]}]',
    '[2,"h","RemoteStartTransaction",{"idTag":@,"connectorId":@,"chargingProfile":@}]',
    '[2,"h","ReserveNow",{"connectorId":@,"expiryDate":@,"idTag":@,"parentIdTag":@,"reservationId":@}]',
    '[2,"h","CancelReservation",{"reservationId":@}]',
    '[2,"h","SendLocalList",{"listVersion":@,"localAuthorizationList":[{"idTag":@,"idTagInfo":@}],"updateType":@}]',
    '[2,"h","SetChargingProfile",{"connectorId":@,"csChargingProfiles":{"chargingProfileId":@,"transactionId":@,"stackLevel":@,'
    '"chargingProfilePurpose":@,"chargingProfileKind":@,"validFrom":@,"chargingSchedule":{"chargingSchedulePeriod":[@]}}}]',
    '[2,"h","ClearChargingProfile",{"id":@,"connectorId":@,"chargingProfilePurpose":@,"stackLevel":@}]',
    '[2,"h","UpdateFirmware",{"location":@,"retrieveDate":@,"retries":@}]',
    '[2,"h","DataTransfer",{"vendorId":@,"messageId":@,"data":@}]',
    '[3,"1",{"transactionId":@,"idTagInfo":{"status":@,"parentIdTag":@,"expiryDate":@}}]',
]


@pytest.mark.parametrize("role", ["charge-point", "central-system"])
@pytest.mark.parametrize("said", FRAMES)
def test_no_rule_chokes_on_any_value(judge: Judges, said: str, role: str) -> None:
    for value in VALUES:
        for by in "<>":
            again = [
                (1.0, by, "text", said.replace("@", value)),
                (2.0, "<" if by == ">" else ">", "text", '[3,"h",{"status":"Accepted"}]'),
            ]
            assert judge(*OPENS, BOOT, *again, *BOOTS, *again, role=role)


def test_no_rule_chokes_on_the_deepest_message_that_can_be_read(judge: Judges) -> None:
    for depth in range(deepest() - 60, deepest()):
        nest = "[" * depth + "]" * depth
        assert judge(
            *OPENS,
            *BOOTS,
            (5, ">", "text", f'[2,{nest},"A",{nest}]'),
            (6, ">", "text", f'[2,{nest},"A",{nest}]'),
            (6, "<", "text", f"[3,{nest},{nest}]"),
        )


HEADS = [
    "HTTP/1.1 ² X",
    "HTTP/1.1",
    "",
    "HTTP/1.1 " + "9" * 9000,
    "HTTP/1.1 101 \r\n:\r\nSec-WebSocket-Protocol",
    "GET //[ HTTP/1.1",
    "GET",
]


@pytest.mark.parametrize("role", ["charge-point", "central-system"])
@pytest.mark.parametrize("head", HEADS, ids=lambda head: head[:16])
def test_no_rule_chokes_on_any_head(judge: Judges, head: str, role: str) -> None:
    assert judge((0, ">", "request", head), (0, "<", "response", head), (1, ">", "lost", ""), role=role)
    assert judge(*OPENS, (0, "<", "response", head), (1, ">", "lost", ""), role=role)


def test_what_a_sut_said_can_be_told_in_a_mark(lab: Any) -> None:
    plan = make_plan(load_content(), find_sut("plain-charge-point.toml", []))
    for said in ('[4,"1","\\ud800","",{}]', '[2,"1","\\ud800",{}]', '[2,"1",{},"\\ud800"]', "\x00"):
        lab.wire.mark("not-reached", why=f"heard {Transcript(plan.terms).feed(lab.wire.frame('c1', 'sut', 'text', said))}")
    assert len(list(wire.read(lab.wire.path))) == 8
