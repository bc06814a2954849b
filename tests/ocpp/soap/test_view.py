"""OCPP-S in the typed view: whose a message is, which answers which, links, and what is no envelope."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evconform.harness.judge import Terms
from evconform.harness.pics import Pics
from evconform.harness.wire import Entry
from evconform.ocpp import json as ocppj
from evconform.ocpp.soap.codec import encode, encode_fault
from evconform.ocpp.soap.fault import Fault
from evconform.ocpp.soap.headers import of_answer, of_request
from evconform.ocpp.soap.table import service
from evconform.ocpp.view import Conversation, Frame, Transcript

TERMS = Terms("charge-point", "CP-1", 0.0, {"patience": 10.0}, Pics({"connectors": 1}))
CS, CP = "http://cs.test:8080/ocpp", "http://cp.test:8081/cp"
Line = tuple[Any, ...]


def feed(*lines: Any) -> Transcript:
    """Feeds lines: (conn, ``>`` from the charge point or ``<``, kind, data, facts …), or a mark with its facts; a second each."""
    transcript = Transcript(TERMS)
    for n, line in enumerate(lines, 1):
        if isinstance(line, dict):
            facts = {"says": "", "parameters": {}} | {k: v for k, v in line.items() if k != "mark"}
            transcript.feed(Entry(n, float(n), facts=facts, mark=line["mark"]))
        else:
            conn, by, kind, data, *facts = line
            transcript.feed(Entry(n, float(n), conn, "sut" if by == ">" else "tester", kind, data, "", *facts))
    return transcript


def only(*lines: Any) -> Conversation:
    [conversation] = feed(*lines).conversations()
    return conversation


def texts(*lines: Any) -> list[Frame]:
    return [frame for frame in only(*lines).frames if frame.kind == "text"]


def post(conn: str, by: str, body: str, media: str = "application/soap+xml", url: str = "") -> Line:
    host, _, path = (url or (CS if by == ">" else CP)).removeprefix("http://").partition("/")
    return (conn, by, "request", f"POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {media}\r\n\r\n{body}")


def back(conn: str, by: str, body: str, status: str = "200 OK", media: str = "application/soap+xml") -> Line:
    return (conn, by, "response", f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n\r\n{body}")


def xml(by: str, action: str, id: str | None = "m", version: str = "1.6", identity: str | None = "CP-1", **payload: Any) -> str:
    role = "central-system" if by == ">" else "charge-point"
    headers = replace(of_request(identity or "", id or "", CP if by == ">" else CS, CS if by == ">" else CP), identity=identity)
    headers = headers if id else replace(headers, message_id=None)
    return encode(payload, action, headers, service(version, role)).decode()


def asks(conn: str, by: str, action: str, id: str | None = "m", **more: Any) -> Line:
    return post(conn, by, xml(by, action, id, **more))


def answers(conn: str, by: str, action: str, relates: str = "m", version: str = "1.6", **payload: Any) -> Line:
    of = service(version, "charge-point" if by == ">" else "central-system")
    headers = of_answer(of_request("CP-1", relates, "", ""), "answer")
    return back(conn, by, encode(payload, action, headers, of, "response").decode())


def faults(conn: str, by: str, subcode: str, status: str = "500 Internal Server Error") -> Line:
    of = service("1.6", "charge-point" if by == ">" else "central-system")
    fault = encode_fault(Fault("Sender", subcode, "no"), of_answer(of_request("CP-1", "m", "", ""), "a"), of)
    return back(conn, by, fault.decode(), status)


def opens(conn: str, by: str = ">") -> Line:
    return (conn, by, "open", "", {"peer": "127.0.0.1:1"})


def act(action: str) -> dict[str, Any]:
    return {"mark": "act", "action": action}


NAMED = {"chargePointVendor": "V", "chargePointModel": "M"}
ACCEPTED = {"status": "Accepted", "currentTime": "2024-01-01T00:00:00Z", "interval": 300}
BOOT = [asks("c1", ">", "BootNotification", **NAMED), answers("c1", "<", "BootNotification", **ACCEPTED)]
BEAT = asks("c1", ">", "Heartbeat")
NOW = answers("c1", "<", "Heartbeat", currentTime="2024-01-01T00:00:00Z")


def shape(conversation: Conversation) -> list[tuple[int, str, str]]:
    return [(f.n, f.kind, f.conn) for f in conversation.frames]


def test_a_message_is_a_frame_as_of_json() -> None:
    boot, answer = texts(*BOOT)
    assert (boot.type, boot.id, boot.action, boot.payload, boot.role) == ("CALL", "m", "BootNotification", NAMED, "charge-point")
    assert (answer.type, answer.id, answer.payload, answer.call, boot.answer) == ("CALLRESULT", "m", ACCEPTED, boot, answer)
    assert (boot.proper, boot.schema, answer.schema) == (True, "BootNotification", "BootNotificationResponse")
    assert str(boot.text).startswith("<?xml")
    assert boot.envelope
    assert boot.envelope.headers.sender == CP
    assert (boot.target, boot.header("content-type"), answer.status) == ("/ocpp", "application/soap+xml", 200)
    assert boot.completes is None
    assert answer.completes == ("BootNotification", boot)
    assert answer.matches({"answer_to": "m", "type": "CALLRESULT", "payload": {"status": "Accepted"}})


def test_the_conversation_says_what_it_speaks() -> None:
    assert only(*BOOT).speaks == "ocpp1.6-soap"
    older = [asks("c1", ">", "BootNotification", version="1.5", **NAMED)]
    older.append(answers("c1", "<", "BootNotification", version="1.5", **ACCEPTED))
    conversation = only(*older)
    assert (conversation.station, conversation.speaks) == ("CP-1", "ocpp1.5-soap")
    assert conversation.accepted
    assert conversation.accepted.payload == ACCEPTED


def test_a_station_that_speaks_json_too_has_a_conversation_of_each() -> None:
    get = "GET /ocpp/CP-1 HTTP/1.1\r\nSec-WebSocket-Protocol: ocpp1.6"
    boot = ocppj.call("1", "BootNotification", NAMED)
    both = feed(("c9", ">", "request", get), ("c9", ">", "text", boot), *BOOT, act("plug_in")).conversations()
    assert [(c.station, c.speaks, len(c.frames)) for c in both] == [("CP-1", "ocpp1.6-json", 3), ("CP-1", "ocpp1.6-soap", 4)]


def test_what_tcp_did_stands_under_its_own_name_and_the_link_under_another() -> None:
    conversation = only(
        opens("c1"), *BOOT, ("c1", ">", "eof", ""), ("c1", "<", "close", ""), opens("c2"), asks("c2", ">", "Heartbeat")
    )
    assert shape(conversation) == [
        (1, "http-open", "c1"), (2, "open", "link 1"), (2, "text", "link 1"), (3, "text", "link 1"),
        (4, "http-eof", "c1"), (5, "http-close", "c1"), (6, "http-open", "c2"), (7, "text", "link 1"),
    ]  # fmt: skip


# ── which answers which ──


def test_an_answer_is_that_of_its_request_whatever_it_relates_to() -> None:
    beat, answer = texts(BEAT, answers("c1", "<", "Heartbeat", relates="another", currentTime="2024-01-01T00:00:00Z"))
    assert (beat.answer, answer.id) == (answer, "m")
    assert answer.envelope
    assert answer.envelope.headers.relates_to == "another"


def test_calls_on_two_connections_at_once_and_one_after_the_other_on_one() -> None:
    resets = [asks("d1", "<", "Reset", "a", type="Soft"), asks("d2", "<", "ClearCache", "b")]
    back_to_front = [answers("d2", ">", "ClearCache", status="Accepted"), answers("d1", ">", "Reset", status="Rejected")]
    reset, cache, cleared, refused = texts(*BOOT, *resets, *back_to_front)[2:]
    assert (reset.answer, cache.answer, cleared.id, refused.id) == (refused, cleared, "b", "a")
    pipelined = [asks("d1", "<", "Reset", "a", type="Soft"), asks("d1", "<", "ClearCache", "b")]
    in_order = [answers("d1", ">", "Reset", status="Accepted"), answers("d1", ">", "ClearCache", status="Accepted")]
    assert [f.id for f in texts(*BOOT, *pipelined, *in_order)[4:]] == ["a", "b"]


def test_an_interim_response_answers_nothing() -> None:
    interim = ("c1", "<", "response", "HTTP/1.1 100 Continue\r\n\r\n")
    conversation = only(BEAT, interim, NOW)
    assert [f.kind for f in conversation.frames] == ["open", "text", "http-response", "text"]
    assert conversation.frames[1].answer is conversation.frames[3]


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Internal Server Error", "200 OK"])
def test_a_fault_is_a_callerror_whatever_its_status(status: str) -> None:
    beat, fault = texts(BEAT, faults("c1", "<", "SecurityError", status))
    assert (fault.type, fault.code, fault.message.description, beat.answer) == ("CALLERROR", "SecurityError", "no", fault)
    assert (str(fault), fault.label) == ("CALLERROR for Heartbeat SecurityError", "Heartbeat ◂ error SecurityError")


@pytest.mark.parametrize(
    "response",
    [
        back("c1", "<", "", "500 Internal Server Error"),
        back("c1", "<", "<html>busy</html>", "503 Busy", "text/html"),
        ("c1", "<", "garbage", "HTTQ", {"of": "response"}),
        ("c1", "<", "eof", ""),
        ("c1", ">", "close", ""),
        ("c1", "<", "lost", ""),
    ],
)
def test_a_call_without_a_soap_answer_stays_unanswered_and_ends_its_link(response: Line) -> None:
    conversation = only(*BOOT, BEAT, response, asks("c2", ">", "Heartbeat"))
    beat, raw, lost, opened, again = conversation.frames[3:]
    assert (beat.answer, beat.conn, raw.kind.removeprefix("http-")) == (None, "link 1", response[2])
    assert [(f.n, f.kind, f.conn, f.role) for f in (lost, opened)] == [
        (4, "lost", "link 1", "link"),
        (5, "open", "link 2", "link"),
    ]
    assert again.conn == "link 2"


def test_the_client_may_end_its_stream_and_wait() -> None:
    beat, answer = texts(BEAT, ("c1", ">", "eof", ""), NOW)
    assert (beat.answer, answer.conn) == (answer, "link 1")


def test_what_dies_of_an_old_link_does_not_end_the_new_one() -> None:
    waits, newer = asks("c1", ">", "Heartbeat"), asks("c2", ">", "Heartbeat")
    frames = texts(waits, act("cut_network"), newer, ("c1", "<", "lost", ""), asks("c3", ">", "Heartbeat"))
    assert [f.conn for f in frames] == ["link 1", "link 2", "link 2"]


# ── links ──


@pytest.mark.parametrize("action", ["cut_network", "restore_network", "cut_power", "plug_in"])
def test_a_link_ends_with_what_the_bench_does_to_network_or_power(action: str) -> None:
    conversation = only(*BOOT, act(action), BEAT)
    names = {f.conn for f in conversation.frames if f.kind == "text"}
    assert names == ({"link 1"} if action == "plug_in" else {"link 1", "link 2"})


def test_after_a_power_cycle_there_is_a_conversation_that_knows_it() -> None:
    first, second = feed(*BOOT, act("power_cycle"), asks("c1", ">", "BootNotification", **NAMED)).conversations()
    assert (first.frames[-1].kind, first.closed, first.ended) == ("lost", True, 3.0)
    assert (second.powered_on, [f.kind for f in second.frames]) == (True, ["act", "open", "text"])


def test_a_registration_that_nobody_asked_for_is_of_another_link() -> None:
    first, second = feed(*BOOT, *BOOT).conversations()
    assert shape(second)[:2] == [(3, "open", "link 2"), (3, "text", "link 2")]
    assert shape(first)[-1] == (3, "lost", "link 1")
    trigger = [asks("d1", "<", "TriggerMessage", requestedMessage="BootNotification")]
    trigger.append(answers("d1", ">", "TriggerMessage", status="Accepted"))
    first, second = feed(*BOOT, *trigger, *BOOT).conversations()
    assert [f.conn for f in second.frames] == ["link 1", "link 1"]


def test_a_registration_that_was_not_accepted_goes_on() -> None:
    pending = answers("c1", "<", "BootNotification", **ACCEPTED | {"status": "Pending"})
    frames = texts(BOOT[0], pending, *BOOT)
    assert {f.conn for f in frames} == {"link 1"}


# ── whose it is ──


def test_a_central_system_means_who_is_at_the_address_whatever_it_says() -> None:
    frames = texts(*BOOT, asks("d1", "<", "ClearCache", identity="ANOTHER"))
    assert (len(frames), frames[-1].envelope and frames[-1].envelope.headers.identity) == (3, "ANOTHER")


def test_two_stations_at_one_address_are_told_apart_by_name() -> None:
    second = asks("c1", ">", "Heartbeat", identity="CP-2")
    calls = [asks("d1", "<", "ClearCache", identity=name) for name in ("CP-1", "CP-2")]
    assert [(c.station, len(c.frames)) for c in feed(*BOOT, second, *calls).conversations()] == [("CP-1", 4), ("CP-2", 3)]


def test_a_new_address_replaces_the_old_one() -> None:
    elsewhere = xml(">", "Heartbeat").replace(CP, "http://cp.test:9999/")
    at_new = post("d1", "<", xml("<", "ClearCache", identity="ANOTHER"), url="http://cp.test:9999/")
    at_old = post("d2", "<", xml("<", "ClearCache", identity="ANOTHER"), url=CP)
    found = feed(post("c1", ">", elsewhere), at_new, at_old).conversations()
    assert [(c.station, len(c.frames)) for c in found] == [("CP-1", 3), ("ANOTHER", 2)]


def test_who_gives_no_name_is_taken_for_the_one_that_there_is_or_for_the_sut() -> None:
    nameless = xml(">", "Heartbeat", identity=None)
    assert [(c.station, c.speaks) for c in feed(post("c1", ">", nameless)).conversations()] == [("CP-1", "ocpp1.6-soap")]
    other = asks("c1", ">", "Heartbeat", identity="CP-7")
    assert [(c.station, len(c.frames)) for c in feed(other, post("c2", ">", nameless)).conversations()] == [("CP-7", 3)]


@pytest.mark.parametrize(
    "knocks",
    [
        ("c8", ">", "request", "GET / HTTP/1.1\r\nHost: cs.test\r\n\r\n"),
        ("c8", ">", "request", "POST /login HTTP/1.1\r\nContent-Type: text/plain\r\n\r\nuser=admin"),
        ("c8", ">", "request", b"POST / HTTP/1.1\r\n\r\n\xff\xfe\x00"),
    ],
)
def test_who_speaks_no_ocpp_is_a_stranger(knocks: Line) -> None:
    page = ("c8", "<", "response", "HTTP/1.1 405 No\r\nContent-Type: text/html\r\n\r\n<html/>")
    [stranger] = feed(opens("c8"), knocks, page, ("c8", "<", "close", "")).conversations()
    assert (stranger.station, stranger.stranger, stranger.closed) == ("?c8", True, True)
    assert [f.kind for f in stranger.frames] == ["http-open", "http-request", "http-response", "http-close"]
    assert stranger.frames[2].call is stranger.frames[1]
    assert feed(opens("c8"), knocks, page).conversations() == []


def test_a_known_station_may_ask_for_a_page() -> None:
    conversation = only(*BOOT, ("c1", ">", "request", "GET /ocpp?wsdl HTTP/1.1\r\nHost: h\r\n\r\n"))
    assert (conversation.stranger, shape(conversation)[-1]) == (False, (3, "http-request", "c1"))


# ── what cannot be read ──


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (xml(">", "Heartbeat")[:-40], "xml"),
        ("<!DOCTYPE x []>" + xml(">", "Heartbeat").partition("?>")[2], "doctype"),
        ('{"not": "xml"}', "xml"),
        ("<Envelope/>", "soap-version"),
    ],
)
def test_what_was_to_be_an_envelope_and_cannot_be_read_is_a_broken_text(body: str, problem: str) -> None:
    conversation = only(post("c1", ">", body), faults("c1", "<", "ProtocolError", "400 Bad Request"))
    broken, fault = (f for f in conversation.frames if f.kind == "text")
    assert (conversation.station, conversation.stranger) == ("CP-1", False)
    assert (broken.type, broken.proper, broken.text, broken.payload) == ("broken", False, body, None)
    assert broken.envelope
    assert [p.name for p in broken.envelope.problems] == [problem]
    assert broken.message.problem
    assert (fault.type, fault.call, broken.answer) == ("CALLERROR", broken, fault)


def test_a_cut_envelope_is_of_whom_it_names() -> None:
    cut = xml(">", "Heartbeat", identity="CP-3")[:-30]
    found = feed(*BOOT, asks("c2", ">", "Heartbeat", identity="CP-2"), post("c3", ">", cut)).conversations()
    assert [c.station for c in found] == ["CP-1", "CP-2", "CP-3"]


def test_an_answer_that_cannot_be_read_answers_nothing() -> None:
    beat, broken = texts(BEAT, back("c1", "<", "<Envelope"))
    assert (beat.answer, broken.type, broken.conn) == (None, "broken", "link 1")


def test_a_body_that_is_no_utf_8_is_kept_as_bytes() -> None:
    body = xml(">", "DataTransfer", vendorId="Ä").encode("utf-16")
    head = b"POST /ocpp HTTP/1.1\r\nContent-Type: application/soap+xml\r\n\r\n"
    [frame] = texts(("c1", ">", "request", head + body))
    assert (frame.text, frame.payload) == (body, {"vendorId": "Ä"})


def test_an_unknown_action_is_a_call_by_its_wsa_action() -> None:
    unknown = xml(">", "Heartbeat").replace("heartbeatRequest", "warpRequest").replace("/Heartbeat", "/Warp")
    [frame] = texts(post("c1", ">", unknown))
    assert (frame.type, frame.action, frame.proper, frame.payload) == ("CALL", "Warp", False, None)


def test_a_request_in_a_response_and_an_answer_in_a_request_are_neither() -> None:
    answer = answers("c1", "<", "Heartbeat", currentTime="2024-01-01T00:00:00Z")[3].partition("\r\n\r\n")[2]
    assert [f.type for f in texts(BEAT, back("c1", "<", xml(">", "Heartbeat")))] == ["CALL", "other"]
    assert [f.type for f in texts(post("c1", ">", answer))] == ["other"]


def test_a_call_without_a_message_id_has_none() -> None:
    beat, answer = texts(asks("c1", ">", "Heartbeat", None), NOW)
    assert (beat.id, beat.proper, answer.call, answer.id) == (None, False, beat, None)


def test_a_payload_against_the_schema_is_read_as_far_as_it_goes() -> None:
    [start] = texts(asks("c1", ">", "StartTransaction", connectorId="one", idTag="A" * 21, meterStart=1))
    assert (start.proper, start.get("connectorId"), start.get("meterStart")) == (False, "one", 1)
    assert start.envelope
    assert [p.pointer for p in start.envelope.problems] == ["/connectorId", "/idTag", "/meterStart"]


def test_a_resend_says_the_same_under_another_id() -> None:
    first, again, other = texts(
        *(asks(f"c{i}", ">", "StatusNotification", f"m{i}", **payload) for i, payload in enumerate(STATUSES))
    )
    assert first.content == again.content != other.content


STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
STATUSES = (STATUS, STATUS, STATUS | {"status": "Faulted"})


# ── from nothing ──


def test_a_fresh_party_begins_from_nothing() -> None:
    assert feed(*BOOT, {"mark": "fresh"}).conversations() == []
    [conversation] = feed(BOOT[0], {"mark": "fresh"}, *BOOT).conversations()
    assert shape(conversation)[0] == (3, "open", "link 1")


def test_a_storm_of_connections_leaves_no_trace() -> None:
    storm = [line for i in range(50) for line in (opens(f"s{i}"), asks(f"s{i}", ">", "Heartbeat"), (f"s{i}", ">", "lost", ""))]
    after = [(f"s{i}", "<", "eof", "") for i in range(50)]
    transcript = feed(*storm, *after)
    view = transcript._soap
    assert (view._waiting, view._secure, view._stations._on, dict(transcript._handshakes)) == ({}, set(), {}, {})
