"""WS-Addressing and the identity header: what a request, a response and a fault carry, and what is wrong without it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evconform.ocpp.soap.codec import decode, encode, encode_fault, same_action
from evconform.ocpp.soap.fault import SUBCODES, Fault, fault_for
from evconform.ocpp.soap.headers import REQUIRED, Headers, of_answer
from evconform.ocpp.soap.names import ANONYMOUS, WSA, WSA_OLDER, content_type
from evconform.ocpp.soap.problem import PROBLEMS, Problem
from evconform.ocpp.soap.table import service
from tests.ocpp.soap.samples import CENTRAL_SYSTEM, CHARGE_POINT, HEADERS, STATUS, changed

FROM = "<wsa:From><wsa:Address>http://127.0.0.1:8081/cp</wsa:Address></wsa:From>"
RELATES = "<wsa:RelatesTo>m-0</wsa:RelatesTo>"
IDENTITY = '<ocpp:chargeBoxIdentity soap:mustUnderstand="true">INCH-1</ocpp:chargeBoxIdentity>'


def test_the_headers_of_a_request_come_back() -> None:
    assert decode(STATUS).headers == replace(HEADERS, action="/StatusNotification")
    assert IDENTITY.encode() in STATUS


def test_the_headers_of_an_answer_relate_to_the_request() -> None:
    read = decode(encode({}, "StatusNotification", of_answer(HEADERS, "m-2"), CENTRAL_SYSTEM, "response"))
    wanted = Headers("/StatusNotificationResponse", "m-2", relates_to="m-1", to=ANONYMOUS)
    assert (read.headers, read.problems) == (wanted, ())


@pytest.mark.parametrize(
    ("old", "new", "problem", "where"),
    [
        (FROM, "", "header-missing", "From"),
        (FROM, "<wsa:From/>", "header-missing", "From"),
        (IDENTITY, "", "header-missing", "chargeBoxIdentity"),
        ("<wsa:MessageID>m-1</wsa:MessageID>", "", "header-missing", "MessageID"),
        ("<wsa:MessageID>m-1</wsa:MessageID>", "<wsa:MessageID> </wsa:MessageID>", "header-missing", "MessageID"),
        (FROM, FROM * 2, "header-twice", "From"),
        (FROM, FROM + RELATES, "header-value", "RelatesTo"),
        (ANONYMOUS, "http://127.0.0.1/", "header-value", "ReplyTo"),
        ("<wsa:Action>/", "<wsa:Action>urn://Ocpp/Cs/2015/10/", "action", "Action"),
        ("<wsa:Action>/Status", "<wsa:Action>/status", "action", "Action"),
        (FROM, FROM + "<x:S xmlns:x='urn:x' soap:mustUnderstand='1'/>", "must-understand", "S"),
    ],
)
def test_what_is_wrong_with_a_header_has_a_name_and_a_place(old: str, new: str, problem: str, where: str) -> None:
    read = decode(changed(old, new))
    assert [(each.name, each.pointer) for each in read.problems] == [(problem, where)]
    assert read.payload == decode(STATUS).payload


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FROM, FROM + "<x:S xmlns:x='urn:x'/>"),
        (FROM, FROM + "<wsa:FaultTo><wsa:Address>http://a/</wsa:Address></wsa:FaultTo>"),
        ("ocpp:chargeBoxIdentity", "ocpp:ChargeBoxIdentity"),
    ],
)
def test_what_a_header_may_also_hold_is_no_problem(old: str, new: str) -> None:
    assert decode(changed(old, new)) == decode(STATUS)


def test_a_response_needs_what_it_relates_to() -> None:
    read = decode(encode({}, "ClearCache", Headers(), CHARGE_POINT, "response"))
    assert [(each.name, each.pointer) for each in read.problems if each.name == "header-missing"] == [
        ("header-missing", "RelatesTo")
    ]
    assert REQUIRED["response"] == ("action", "relates_to")


def test_an_identity_of_the_other_service_is_missing_and_read() -> None:
    other = "<x:chargeBoxIdentity xmlns:x='urn://Ocpp/Cp/2015/10/' soap:mustUnderstand='true'>INCH-1</x:chargeBoxIdentity>"
    read = decode(changed(IDENTITY, other))
    assert [(each.name, each.pointer) for each in read.problems] == [("header-missing", "chargeBoxIdentity")]
    assert read.headers.identity == "INCH-1"


@pytest.mark.parametrize("older", WSA_OLDER)
def test_blocks_of_an_older_ws_addressing_are_missing_and_read(older: str) -> None:
    read = decode(STATUS.replace(f'xmlns:wsa="{WSA}"'.encode(), f'xmlns:wsa="{older}"'.encode()))
    missing = ["Action", "MessageID", "From", "ReplyTo", "To"]
    assert [(each.name, each.pointer) for each in read.problems] == [("header-missing", each) for each in missing]
    assert read.headers == decode(STATUS).headers


def test_of_two_blocks_the_right_one_counts() -> None:
    older = f"<o:From xmlns:o='{WSA_OLDER[0]}'>http://127.0.0.1:1/</o:From>"
    read = decode(changed(FROM, older + FROM))
    assert (read.problems, read.headers.sender) == ((), "http://127.0.0.1:8081/cp")


def test_a_from_without_an_address_is_missing_and_read() -> None:
    read = decode(changed(FROM, "<wsa:From>http://127.0.0.1:8081/cp</wsa:From>"))
    assert [(each.name, each.pointer) for each in read.problems] == [("header-missing", "From")]
    assert read.headers.sender == "http://127.0.0.1:8081/cp"


def test_the_identity_is_read_beside_a_body_that_is_nobodys() -> None:
    read = decode(changed("<soap:Body>", "<soap:Body xmlns:ocpp='urn://Ocpp/Cs/2031/01/'>"))
    assert read.headers.identity == "INCH-1"
    assert [each.name for each in read.problems] == ["namespace"]


def test_an_action_is_known_by_its_last_segment() -> None:
    assert same_action("urn://Ocpp/Cs/2012/06/HeartbeatResponse", "Heartbeat", "response")
    assert not same_action("/Heartbeat", "Heartbeat", "response")
    assert not same_action(None, "Heartbeat", "request")


@pytest.mark.parametrize(("subcode", "code"), SUBCODES.items())
def test_a_fault_comes_back(subcode: str, code: str) -> None:
    body = encode_fault(Fault(code, subcode, "why & <what>\n"), of_answer(HEADERS, "m-2"), CHARGE_POINT)
    read = decode(body)
    assert (read.kind, read.version, read.problems, read.payload) == ("fault", "1.6", (), None)
    assert read.fault == Fault(code, subcode, "why & <what>", CHARGE_POINT.namespace)
    assert read.headers.relates_to == "m-1"


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        (Fault("Receiver", "IdentityMismatch"), ["Subcode"]),
        (Fault("Client", "SecurityError"), ["Code"]),
        (Fault("Sender", "ProtocolError", namespace="urn:x"), ["Subcode"]),
        (Fault("Sender", "UrlNotFound", namespace="urn:x"), []),
        (Fault("MustUnderstand"), []),
    ],
)
def test_a_fault_off_the_table_has_a_problem_and_a_subcode_of_ones_own_has_none(fault: Fault, where: list[str]) -> None:
    read = decode(encode_fault(fault, of_answer(HEADERS, "m-2"), CENTRAL_SYSTEM))
    assert [(each.name, each.pointer) for each in read.problems] == [("fault", each) for each in where]


def test_a_fault_without_words_or_with_an_unbound_code_has_problems() -> None:
    body = encode_fault(Fault("Sender", "ProtocolError", "x"), of_answer(HEADERS, "m-2"), CENTRAL_SYSTEM)
    assert [p.pointer for p in decode(changed('<soap:Text xml:lang="en">x</soap:Text>', "", body)).problems] == ["Reason"]
    assert [p.pointer for p in decode(changed("soap:Sender", "Sender", body)).problems] == ["Code"]


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_problem_has_a_fault_that_answers_it_by_the_table(name: str) -> None:
    fault = fault_for(Problem(name, "says", "/at"))
    read = decode(encode_fault(fault, of_answer(HEADERS, "m-2"), CENTRAL_SYSTEM))
    assert read.problems == ()
    assert read.fault is not None
    assert (read.fault.code, read.fault.subcode, read.fault.reason) == (*PROBLEMS[name], "/at: says")


def test_the_content_type_carries_the_action() -> None:
    assert content_type("/Heartbeat") == 'application/soap+xml; charset=utf-8; action="/Heartbeat"'


OLD = encode({"connectorId": 1}, "UnlockConnector", HEADERS, service("1.5", "charge-point"))
BARE = encode({"connectorId": 1}, "UnlockConnector", Headers(action="", identity="CP-1"), service("1.5", "charge-point"))


def test_1_5_needs_the_identity_alone() -> None:
    assert decode(OLD).problems == decode(BARE).problems == ()
    nobody = decode(BARE.replace(b">CP-1<", b"><"))
    assert [(each.name, each.pointer) for each in nobody.problems] == [("header-missing", "chargeBoxIdentity")]


def test_the_text_of_1_5_has_a_namespace_of_its_own_for_subcodes() -> None:
    fault = Fault("Sender", "SecurityError", "no", "urn://Ocpp/2012/02/")
    read = decode(encode_fault(fault, HEADERS, service("1.5", "charge-point")))
    assert (read.fault, read.problems) == (fault, ())
