"""The rules of OCPP-S at their edges: what is lawful and looks wrong, and what is wrong and looks nearly right."""

from __future__ import annotations

import re
from typing import Any

import pytest

from evconform.ocpp.soap.fault import Fault
from evconform.ocpp.soap.names import SOAP, SOAP_1_1, WSA, WSA_OLDER
from tests.ocpp.soap_logs import DATE, OTHER, Edit, Lines, asks, boots, judged, swaps
from tests.ocpp.test_monitors_soap import CP, ROLES, SAID, answer, beat, fault, request, stop

CS = "central-system"
REFUSED = Fault("Sender", "SecurityError", "who are you?")
MOVED = "http://127.0.0.1:8081/"
IN_KIND = (
    b'<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
    b"<faultcode>e:VersionMismatch</faultcode><faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>"
)
"""The fault of SOAP 1.1 that a node of SOAP 1.2 answers a message of SOAP 1.1 with (part 1, appendix A)."""


def asked(role: str, says: Any, t: float = 5, **how: Any) -> Lines:
    """The other role asks this one, which answers ``says``, or as it should where that is None."""
    action, payload, answered = SAID[OTHER[role]]
    return [*boots(), *asks(t, OTHER[role], action, answered if says is None else says, **payload, **how)]


def relates(before: str = "", behind: str = "") -> Edit:
    """More header blocks beside the RelatesTo of an answer."""
    return lambda body: re.sub(
        rb"(<wsa:RelatesTo>[^<]*</wsa:RelatesTo>)", lambda found: before.encode() + found[1] + behind.encode(), body
    )


def of_older_addressing(body: bytes) -> bytes:
    open_tag = f'<w:RelatesTo xmlns:w="{WSA_OLDER[0]}">'.encode()
    return body.replace(b"<wsa:RelatesTo>", open_tag).replace(b"</wsa:RelatesTo>", b"</w:RelatesTo>")


def of_another_operation(body: bytes) -> bytes:
    """The answer of another operation, Action and all."""
    body = re.sub(rb"ocpp:statusNotificationResponse|ocpp:meterValuesResponse", b"ocpp:stopTransactionResponse", body)
    body = body.replace(b"ocpp:changeAvailabilityResponse", b"ocpp:clearCacheResponse")
    return re.sub(rb"/(MeterValues|StatusNotification)Response<", b"/StopTransactionResponse<", body).replace(
        b"/ChangeAvailabilityResponse<", b"/ClearCacheResponse<"
    )


def latin(body: bytes) -> bytes:
    return body.replace(b"encoding='utf-8'", b"encoding='ISO-8859-1'").replace(b"m1", b"m\xe9")


OTHER_RELATION = '<wsa:RelatesTo RelationshipType="urn:x">urn:other</wsa:RelatesTo>'
A_REPLY = f'<wsa:RelatesTo RelationshipType="{WSA}/reply">urn:other</wsa:RelatesTo>'
ANSWERS: dict[str, tuple[Edit, set[str]]] = {
    "another relation behind it": (relates(behind=OTHER_RELATION), set()),
    "another relation before it": (relates(before=OTHER_RELATION), set()),
    "another reply": (relates(behind=A_REPLY), {"OCPP16S-3-01"}),
    "only another relation": (
        lambda body: re.sub(rb"<wsa:RelatesTo>", OTHER_RELATION[:39].encode() + b">", body),
        {"OCPP16S-3.6-01"},
    ),
    "an older WS-Addressing": (of_older_addressing, {"OCPP16S-3.6-01"}),
    "another operation": (of_another_operation, {"OCPP16S-8-02"}),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer(name: str, role: str) -> None:
    edit, red = ANSWERS[name]
    assert judged(answer(role, response=edit), role)[0] == red


REQUESTS: dict[str, tuple[Edit, set[str]]] = {
    "in Latin-1": (latin, {"OCPP16S-3.1-01"}),
    "with a small letter in the Action": (
        lambda body: re.sub(rb":Action>/(.)", lambda found: b":Action>/" + found[1].lower(), body),
        {"OCPP16S-3.4-03"},
    ),
    "without the slash": (lambda body: body.replace(b":Action>/", b":Action>"), {"OCPP16S-3.4-03"}),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", REQUESTS)
def test_a_request(name: str, role: str) -> None:
    edit, red = REQUESTS[name]
    assert judged(request(role, request=edit), role)[0] == red


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("nowhere", [f"{WSA}/anonymous", f"{WSA}/none", "http://0.0.0.0:8080/", "http://[::]/"])
def test_nobody_listens_at_no_address(nowhere: str, role: str) -> None:
    assert "OCPP16S-3.7-02" in judged(request(role, sender=nowhere), role)[0]


@pytest.mark.parametrize("role", ROLES)
def test_soap_1_1_may_be_answered_in_kind(role: str) -> None:
    how = {"response": lambda body: IN_KIND, "heads_back": swaps("application/soap+xml", "text/xml")}
    mismatch = Fault("VersionMismatch", "", "x")
    assert judged(asked(role, mismatch, request=swaps(SOAP, SOAP_1_1), **how), role)[0] == set()
    assert judged(asked(role, mismatch, **how), role)[0] == {"OCPP16S-2-01", "OCPP16S-2-04", "OCPP16S-3.2-01"}


@pytest.mark.parametrize("role", ROLES)
def test_a_subcode_may_be_of_the_namespace_that_the_erratum_prints(role: str) -> None:
    printed = lambda body: body.replace(b'xmlns:ocpp="urn://Ocpp', b'xmlns:ocpp="urn:/Ocpp')  # noqa: E731
    assert judged(fault(role, response=printed), role)[0] == set()


@pytest.mark.parametrize(
    ("status", "who"),
    [
        (503, "nobody"),
        (502, "nobody"),
        (401, "nobody"),
        (403, "both"),
        (400, "both"),
        (404, "both"),
        (500, "both"),
        (415, "both"),
    ],
)
def test_what_http_says_of_itself_is_no_answer_withheld(status: int, who: str) -> None:
    for role in ROLES:
        assert judged(asked(role, status), role)[0] == ({"OCPP16S-3.2-01"} if who == "both" else set())


@pytest.mark.parametrize("role", ROLES)
def test_what_the_head_calls_something_else_may_be_refused_by_it(role: str) -> None:
    for media_type in ("text/xml", "application/json"):
        swapped = swaps("application/soap+xml", media_type)
        assert "OCPP16S-3.2-01" not in judged(asked(role, 415, head=swapped), role)[0]


def test_a_central_system_may_keep_out_whom_it_does_not_know() -> None:
    boot = asks(0, CP, "BootNotification", 403, chargePointVendor="evconform", chargePointModel="plain")
    assert judged(boot, CS)[0] == set()


def test_who_is_asked_for_credentials_asks_again_with_them() -> None:
    for role in ROLES:
        action, payload, answered = SAID[role]
        lines = [*boots(), *asks(5, role, action, 401, id="a", **payload), *asks(5.2, role, action, answered, id="a", **payload)]
        assert judged(lines, role)[0] == set()
    assert judged([*boots(), *stop(5, 401, id="q"), *stop(5.2, {}, id="q")])[0] == set()


def start(t: float) -> Lines:
    its = {"connectorId": 1, "idTag": "TAG", "meterStart": 0, "timestamp": DATE}
    return asks(t, CP, "StartTransaction", {"transactionId": 2, "idTagInfo": {"status": "Accepted"}}, **its)


PROBES: dict[str, tuple[Lines, bool]] = {
    "a probe that fails as well": ([*boots(), *stop(5, 503), *asks(6, CP, "Heartbeat", 503), *stop(65, {})], False),
    "a probe after the second try": ([*boots(), *stop(5, 503), *stop(35, 503), *beat(40), *stop(95, {})], False),
    "two tries without": ([*boots(), *stop(5, 503), *stop(35, 503), *stop(95, {}), *beat(96)], True),
    "given up without": ([*boots(), *stop(5, 503), *stop(35, 503), *start(65)], True),
    "still at it": ([*boots(), *stop(5, 503), *stop(35, 503)], False),
    "a heartbeat before it failed": ([*boots(), *beat(4), *stop(5, 503), *stop(35, {})], True),
}


@pytest.mark.parametrize("name", PROBES)
def test_a_connection_is_probed_before_the_message_gets_through(name: str) -> None:
    lines, red = PROBES[name]
    assert ("OCPP16S-4-09" in judged(lines)[0]) is red


def test_a_central_system_may_doubt_the_address_of_whom_it_refuses() -> None:
    calls = asks(6, CS, "ClearCache", {"status": "Accepted"})
    assert judged([*boots(), *asks(5, CP, "Heartbeat", REFUSED, sender=MOVED), *calls], CS)[0] == {"OCPP16S-7.1-02"}
    assert "OCPP16S-5-01" in judged([*boots(), *beat(5, sender=MOVED), *calls], CS)[0]


def test_a_central_system_serves_several_charge_points() -> None:
    def of_another(lines: Lines) -> Lines:
        return [
            (t, conn, by, kind, data.replace(b"CP-1", b"CP-2") if isinstance(data, bytes) else data)
            for t, conn, by, kind, data in lines
        ]

    there = "http://127.0.0.1:8099/"
    lines = [
        *boots(),
        *of_another(boots(1, sender=there)),
        *of_another(asks(7, CS, "ClearCache", {"status": "Accepted"}, to=there)),
    ]
    assert judged(lines, CS)[0] == set()
    mixed = [*boots(), *of_another(boots(1, sender=there)), *asks(7, CS, "ClearCache", {"status": "Accepted"}, to=there)]
    assert judged(mixed, CS)[0] == {"OCPP16S-3.3-02"}


SCHEDULE = {"duration": 60, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.2}]}


@pytest.mark.parametrize(("limit", "red"), [("16.2", False), ("16.20", False), ("16.25", True)])
def test_a_limit_of_a_charge_point_has_one_digit_too(limit: str, red: bool) -> None:
    planned = {"status": "Accepted", "connectorId": 1, "scheduleStart": DATE, "chargingSchedule": SCHEDULE}
    how: dict[str, Any] = {"connectorId": 1, "duration": 60, "response": swaps("16.2", limit)}
    assert ("OCPP16S-8-06" in judged([*boots(), *asks(5, CS, "GetCompositeSchedule", planned, **how)])[0]) is red
