"""The rules of OCPP-S: each is kept by a proper message, and broken by one that is wrong in one place, whoever sends it."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.soap.fault import Fault
from tests.ocpp.soap_logs import DATE, Edit, Lines, asks, boots, judged, swaps

ROLES = ("charge-point", "central-system")
VALUES = [{"timestamp": DATE, "sampledValue": [{"value": "21", "measurand": "Temperature", "unit": "Celsius"}]}]
SAID: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "charge-point": ("MeterValues", {"connectorId": 1, "meterValue": VALUES}, {}),
    "central-system": ("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"}, {"status": "Accepted"}),
}
"""A request of each role, and its answer."""
FAILS = Fault("Receiver", "NotSupported", "there is no such thing")


CONNECTOR = "<ocpp:connectorId>1</ocpp:connectorId>"


def request(role: str, **how: Any) -> Lines:
    action, payload, answer = SAID[role]
    return [*boots(), *asks(5, role, action, answer, **payload, **how)]


def answer(role: str, **how: Any) -> Lines:
    """The role answers a request of the other one."""
    action, payload, answer = SAID["central-system" if role == "charge-point" else "charge-point"]
    return [*boots(), *asks(5, "central-system" if role == "charge-point" else "charge-point", action, answer, **payload, **how)]


def fault(role: str, *, says: Fault = FAILS, **how: Any) -> Lines:
    other = "central-system" if role == "charge-point" else "charge-point"
    action, payload, _ = SAID[other]
    return [*boots(), *asks(5, other, action, says, **payload, **how)]


def without(block: str) -> Edit:
    return lambda body: body.replace(f"<{block}".encode(), f"<x:{block[4:]} xmlns:x='urn:x'".encode(), 1).replace(
        f"</{block}>".encode(), f"</x:{block[4:]}>".encode(), 1
    )


REQUESTS: dict[str, Edit] = {
    "OCPP16S-2-01": swaps("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"),
    "OCPP16S-2-02": swaps("</soap:Body>", "<x/></soap:Body>"),
    "OCPP16S-2-03": swaps("?>", "?><!DOCTYPE x>"),
    "OCPP16S-3-01": swaps("</wsa:To>", "</wsa:To><wsa:To>http://127.0.0.1/</wsa:To>"),
    "OCPP16S-3-02": swaps("<wsa:To>", '<x xmlns="urn:x" soap:mustUnderstand="1"/><wsa:To>'),
    "OCPP16S-3.1-01": swaps("<?xml", "<!-- --><?y"),
    "OCPP16S-3.1-02": lambda body: body[:-9],
    "OCPP16S-3.3-01": lambda body: body.replace(b"ocpp:chargeBoxIdentity", b"wsa:chargeBoxIdentity"),
    "OCPP16S-3.3-02": swaps(">CP-1<", ">cp-1<"),
    "OCPP16S-3.4-01": without("wsa:Action"),
    "OCPP16S-3.4-02": lambda body: body.replace(b":Action>/", b":Action>/Re"),
    "OCPP16S-3.4-03": lambda body: body.replace(b":Action>/", b":Action>urn://Ocpp/Cs/2015/10/"),
    "OCPP16S-3.5-01": without("wsa:MessageID"),
    "OCPP16S-3.6-02": swaps("<wsa:To>", "<wsa:RelatesTo>m1</wsa:RelatesTo><wsa:To>"),
    "OCPP16S-3.7-01": without("wsa:From"),
    "OCPP16S-3.7-02": swaps("<wsa:From><wsa:Address>http", "<wsa:From><wsa:Address>urn"),
    "OCPP16S-3.8-01": without("wsa:ReplyTo"),
    "OCPP16S-3.8-02": swaps("addressing/anonymous", "addressing/none"),
    "OCPP16S-3.9-01": without("wsa:To"),
    "OCPP16S-3.9-02": lambda body: body.replace(b":To>http://127.0.0.1:", b":To>http://127.0.0.2:"),
    "OCPP16S-8-01": swaps("<soap:Body>", '<soap:Body xmlns:ocpp="urn://Opcc/Cs/2015/10/">'),
    "OCPP16S-8-03": lambda body: body.replace(b"ocpp:connectorId", b"connectorId"),
    "OCPP16S-8-04": swaps(CONNECTOR, 2 * CONNECTOR),
    "OCPP16S-8-05": swaps(CONNECTOR, ""),
    "OCPP16S-8-06": swaps("connectorId>1<", "connectorId>one<"),
    "OCPP16S-8-07": lambda body: body.replace(b"Celsius", b"Celcius").replace(b"Inoperative", b"Out"),
}
"""Row to what breaks it, in a request that is right otherwise."""
ALSO = {
    "OCPP16S-2-01": {"OCPP16S-3.2-01"},
    "OCPP16S-3.4-01": set(),
}
RESPONSES: dict[str, Edit] = {
    "OCPP16S-3.6-01": swaps("<wsa:RelatesTo>", "<wsa:RelatesTo>not-"),
    "OCPP16S-3.4-02": lambda body: body.replace(b"Response</wsa:Action>", b"</wsa:Action>"),
    "OCPP16S-3.4-03": lambda body: body.replace(b":Action>/", b":Action>http://Ocpp/"),
}


@pytest.mark.parametrize("role", ROLES)
def test_a_proper_log_breaks_nothing(role: str) -> None:
    for lines in (request(role), answer(role), fault(role)):
        assert judged(lines, role)[0] == set()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", REQUESTS)
def test_a_request_that_is_wrong_in_one_place(row: str, role: str) -> None:
    red, _ = judged(request(role, request=REQUESTS[row]), role)
    assert red == {row}
    assert row in judged(request(role), role)[1]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", RESPONSES)
def test_a_response_that_is_wrong_in_one_place(row: str, role: str) -> None:
    red, _ = judged(answer(role, response=RESPONSES[row]), role)
    assert red == {row}
    assert row in judged(answer(role), role)[1]


FAULTS: dict[str, tuple[Edit, Edit]] = {
    "OCPP16S-4-11": (swaps("soap:Receiver", "soap:Server"), lambda head: head),
    "OCPP16S-4-12": (swaps("soap:Reason", "soap:Why"), lambda head: head),
    "OCPP16S-4-13": (swaps("ocpp:NotSupported", "soap:NotSupported"), lambda head: head),
    "OCPP16S-4-14": (swaps("soap:Receiver", "soap:Sender"), swaps("500", "400")),
    "OCPP16S-2-05": (lambda body: body, swaps("500", "200")),
    "OCPP16S-2-06": (lambda body: body, swaps("500", "400")),
    "OCPP16S-2-04": (lambda body: body, swaps("application/soap+xml", "text/xml")),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", FAULTS)
def test_a_fault_that_is_wrong_in_one_place(row: str, role: str) -> None:
    body, head = FAULTS[row]
    if row == "OCPP16S-4-12":
        body = lambda said: said.replace(b"soap:Reason", b"soap:Why")  # noqa: E731 - both tags
    red, _ = judged(fault(role, response=body, heads_back=head), role)
    assert red == {row}
    assert row in judged(fault(role), role)[1]


def test_an_unknown_subcode_is_no_offence() -> None:
    assert judged(fault("central-system", says=Fault("Receiver", "UrlNotFound", "x")), "central-system")[0] == set()


def test_a_subcode_may_lack_the_slash_of_its_namespace() -> None:
    bare = Fault("Receiver", "NotSupported", "x", "urn://Ocpp/Cs/2015/10")
    assert judged(fault("central-system", says=bare), "central-system")[0] == set()


STATUS: dict[str, Any] = {"connectorId": 1, "status": "Available", "errorCode": "NoError", "timestamp": DATE}
STOP: dict[str, Any] = {"transactionId": 1, "timestamp": DATE, "meterStop": 5}
CP = "charge-point"


def status(t: float, answer: Any, **how: Any) -> Lines:
    return asks(t, CP, "StatusNotification", answer, **STATUS, **how)


def stop(t: float, answer: Any, **how: Any) -> Lines:
    return asks(t, CP, "StopTransaction", answer, **STOP, **how)


def beat(t: float, **how: Any) -> Lines:
    return asks(t, CP, "Heartbeat", {"currentTime": DATE}, **how)


SENDING: list[tuple[str, str, str, Lines]] = [
    ("OCPP16S-3.2-01", "red", "a request without an answer", [*boots(), *asks(5, "central-system", "ClearCache", None)]),
    ("OCPP16S-3.5-02", "red", "an id twice", [*boots(id="a"), *beat(5, id="a")]),
    ("OCPP16S-3.5-02", "held", "an id of a retry", [*boots(), *stop(5, 503, id="a"), *beat(6), *stop(65, {}, id="a")]),
    ("OCPP16S-4-07", "red", "a status that failed, again", [*boots(), *status(5, FAILS), *status(6, {})]),
    ("OCPP16S-4-07", "red", "a status that met an HTTP error, again", [*boots(), *status(5, 503), *status(6, {})]),
    ("OCPP16S-4-07", "held", "much later", [*boots(), *status(5, FAILS), *status(60, {})]),
    (
        "OCPP16S-4-07",
        "held",
        "told anew after it was offline",
        [*boots(), *status(5, 503), *asks(5.1, CP, "Heartbeat", 503), *status(6, {})],
    ),
    ("OCPP16S-4-07", "-", "a transaction message", [*boots(), *stop(5, FAILS), *stop(6, {})]),
    (
        "OCPP16S-4-07",
        "held",
        "what the bench asked for",
        [*boots(), *status(5, FAILS), (6, "", "", "act", "plug_in"), *status(7, {})],
    ),
    ("OCPP16S-4-09", "red", "no probe", [*boots(), *stop(5, 503), *stop(65, {})]),
    ("OCPP16S-4-09", "held", "a probe", [*boots(), *stop(5, 503), *beat(6), *stop(65, {})]),
    ("OCPP16S-4-09", "-", "a fault needs none", [*boots(), *stop(5, FAILS), *stop(65, {})]),
    ("OCPP16S-7.1-02", "red", "a new address in a Heartbeat", [*boots(), *beat(5, sender="http://127.0.0.1:8081/")]),
    ("OCPP16S-7.1-02", "held", "a new address in a boot", [*boots(), *boots(5, sender="http://127.0.0.1:8081/")]),
    ("OCPP16S-7.1-02", "-", "the same address", [*boots(), *beat(5)]),
]


@pytest.mark.parametrize(("row", "comes", "words", "lines"), SENDING, ids=[each[2] for each in SENDING])
def test_what_is_sent_again(row: str, comes: str, words: str, lines: Lines) -> None:
    red, held = judged(lines)
    assert ("red" if row in red else "held" if row in held else "-") == comes


@pytest.mark.parametrize(("to", "comes"), [("http://127.0.0.1:8080/", set()), ("http://127.0.0.1:8081/", {"OCPP16S-5-01"})])
def test_what_is_for_a_charge_point_goes_to_its_address(to: str, comes: set[str]) -> None:
    lines = [*boots(), *asks(5, "central-system", "ClearCache", {"status": "Accepted"}, to=to)]
    assert judged(lines, "central-system")[0] == comes
