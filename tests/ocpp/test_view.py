"""The typed view of a log: conversations, pairs, whole messages, queries that count, and memory that stays level."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.harness.judge import Terms, Window
from evconform.harness.pics import Pics
from evconform.harness.wire import Entry
from evconform.ocpp import json as ocppj
from evconform.ocpp.view import Conversation, Log, Transcript

TERMS = Terms("charge-point", "CP-1", 0.0, {"patience": 10.0}, Pics({"connectors": 1}))
GET = "GET /ocpp/CP-1 HTTP/1.1\r\nSec-WebSocket-Protocol: ocpp1.5\r\nsec-websocket-protocol: ocpp1.6"
AGREED = "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: ocpp1.6"


def boot(id: str) -> str:
    return ocppj.call(id, "BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})


def booted(id: str, status: str = "Accepted", interval: int = 300) -> str:
    return ocppj.call_result(id, {"status": status, "currentTime": "2024-01-01T00:00:00Z", "interval": interval})


def feed(*lines: Any) -> Transcript:
    """Feeds lines: (conn, by, kind, data, facts …), or a mark with its facts; a second for each."""
    transcript = Transcript(TERMS)
    for n, line in enumerate(lines, 1):
        if isinstance(line, dict):
            transcript.feed(Entry(n, float(n), facts={k: v for k, v in line.items() if k != "mark"}, mark=line["mark"]))
        else:
            conn, by, kind, data, *facts = line
            transcript.feed(Entry(n, float(n), conn, "sut" if by == ">" else "tester", kind, data, "", *facts))
    return transcript


def opens(conn: str, get: str = GET) -> list[Any]:
    return [(conn, ">", "open", ""), (conn, "<", "tls", ""), (conn, ">", "request", get), (conn, "<", "response", AGREED)]


def says(conn: str, by: str, text: str) -> Any:
    return (conn, by, "text", text)


REGISTERED = [*opens("c1"), says("c1", ">", boot("1")), says("c1", "<", booted("1"))]


def shape(transcript: Transcript) -> list[tuple[str, list[int]]]:
    return [(c.station, [f.n for f in c.frames]) for c in transcript.conversations()]


def log_of(*lines: Any, end: float = 1e9, since: int = 0) -> Log:
    [*_, last] = feed(*lines).conversations()
    assert isinstance(last, Conversation)
    return last.log("charge-point", TERMS, Window(since, end))


def test_a_registration_once_accepted_begins_the_next_conversation() -> None:
    again = [says("c1", ">", boot("2")), says("c1", "<", booted("2"))]
    assert shape(feed(*REGISTERED, *again)) == [("CP-1", [1, 2, 3, 4, 5, 6]), ("CP-1", [7, 8])]


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_a_registration_that_was_not_accepted_goes_on(status: str) -> None:
    lines = [*opens("c1"), says("c1", ">", boot("1")), says("c1", "<", booted("1", status)), says("c1", ">", boot("2"))]
    assert len(feed(*lines).conversations()) == 1


def test_the_handshake_of_a_new_connection_goes_with_its_registration() -> None:
    lines = [*REGISTERED, ("c1", ">", "lost", ""), *opens("c2"), says("c2", ">", boot("1"))]
    assert shape(feed(*lines)) == [("CP-1", [1, 2, 3, 4, 5, 6, 7]), ("CP-1", [8, 9, 10, 11, 12])]


def test_a_reconnection_without_a_registration_stays_in_its_conversation() -> None:
    lines = [
        *REGISTERED,
        ("c1", ">", "lost", ""),
        *opens("c2"),
        says("c2", ">", '[2,"2","Heartbeat",{}]'),
        says("c2", ">", boot("3")),
    ]
    assert shape(feed(*lines)) == [("CP-1", list(range(1, 13))), ("CP-1", [13])]


def test_a_power_cycle_begins_a_conversation_that_knows_it() -> None:
    transcript = feed(*REGISTERED, {"mark": "act", "action": "power_cycle", "says": "", "parameters": {}}, *opens("c2"))
    first, second = transcript.conversations()
    assert (first.closed, first.ended, first.powered_on) == (True, 7.0, False)
    assert (second.closed, second.powered_on, [f.n for f in second.frames]) == (False, True, [7, 8, 9, 10, 11])


def test_a_fresh_party_begins_from_nothing() -> None:
    assert feed(*REGISTERED, {"mark": "fresh"}).conversations() == []


def test_two_stations_have_two_conversations() -> None:
    lines = [*opens("c1"), *opens("c2", GET.replace("CP-1", "CP%202")), says("c1", ">", boot("1")), says("c2", ">", boot("1"))]
    assert [(station, len(n)) for station, n in shape(feed(*lines))] == [("CP-1", 5), ("CP 2", 5)]


def test_a_connection_without_a_request_is_nobodys() -> None:
    assert shape(feed(("c1", ">", "open", ""), ("c1", ">", "bytes", b"\xff"), ("c1", ">", "lost", ""))) == [("?c1", [1, 2, 3])]


def test_answers_are_paired_by_connection_and_side() -> None:
    lines = [
        *opens("c1"), *opens("c2"),
        says("c1", ">", '[2,"a","Heartbeat",{}]'),
        says("c1", "<", '[2,"a","Reset",{"type":"Soft"}]'),
        says("c2", "<", '[3,"a",{}]'),
        says("c1", ">", '[3,"a",{"status":"Accepted"}]'),
        says("c1", "<", '[4,"a","GenericError","",{}]'), says("c1", "<", '[3,"a",{}]'),
    ]  # fmt: skip
    [conversation] = feed(*lines).conversations()
    heartbeat, reset, stranger, result, error, duplicate = conversation.frames[-6:]
    assert stranger.call is None
    assert (reset.answer, result.call, result.schema) == (result, reset, "ResetResponse")
    assert (heartbeat.answer, error.call, duplicate.call) == (error, heartbeat, heartbeat)


def test_of_two_open_calls_of_one_id_each_gets_an_answer() -> None:
    twice = [says("c1", ">", '[2,"a","Heartbeat",{}]')] * 2 + [says("c1", "<", '[3,"a",{}]')] * 2
    first, second, *answers = feed(*opens("c1"), *twice).conversations()[0].frames[-4:]
    assert {first.answer, second.answer} == set(answers)


TALK = [
    *REGISTERED,
    says("c1", ">", '[2,"2","Heartbeat",{}]'),  # 7
    says("c1", ">", '[2,"3","Heartbeat",{}]'),
    says("c1", "<", '[3,"2",{"currentTime":"2024-01-01T00:00:08Z"}]'),
    says("c1", ">", '[2,"4","Warp",{}]'),  # 10
    says("c1", ">", '[2,"5","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"t","sampledValue":[]}]}]'),
    says("c1", "<", '[2,"6","Reset",{"type":"Soft"}]'),
    ("c1", ">", "close", "", {"code": 1000}),  # 13
    ("c1", ">", "lost", ""),
]


def test_queries_find_what_they_say_and_count_it() -> None:
    def found(query: Any) -> list[int]:
        log = log_of(*TALK)
        frames = [each[0] if isinstance(each, tuple) else each for each in query(log)]
        assert log.situations == len(frames)
        return [f.n for f in frames]

    assert found(lambda log: log.calls("Heartbeat", by="charge-point")) == [7, 8]
    assert found(lambda log: log.calls("Heartbeat", answered={})) == [7]
    assert found(lambda log: log.calls(by="charge-point", proper=True)) == [5, 7, 8]
    assert found(lambda log: log.calls("Heartbeat", "Reset")) == [7, 8, 12]
    assert found(lambda log: log.successive("Heartbeat", by="charge-point")) == [7]
    assert found(lambda log: log.handshakes(offering="ocpp1.6")) == [3]
    assert found(lambda log: log.handshakes(offering="ocpp2.0.1")) == []
    assert found(lambda log: log.dated("charge-point")) == [11]
    assert found(lambda log: log.dated("central-system")) == [6, 9]
    assert found(lambda log: log.payloads("HeartbeatResponse", "Reset", by="central-system")) == [9, 12]
    assert found(lambda log: log.messages("CALL", by="central-system")) == [12]
    assert found(lambda log: log.frames("close", "lost")) == [13, 14]


def test_situations_before_the_window_are_not_counted() -> None:
    log = log_of(*TALK, since=8)
    assert [f.n for f in log.calls("Heartbeat")] == [7, 8]
    assert log.situations == 1


def test_looking_around_counts_nothing() -> None:
    log = log_of(*TALK)
    first = next(iter(log.conversation.called("BootNotification")))
    assert [f.n for f in log.sent_by("charge-point", after=first)] == [7, 8, 10, 11]
    assert [f.n for f in log.sent_by("charge-point", after=first, within=3.0)] == [7]
    assert getattr(log.until(first, "Reset", "Heartbeat"), "n", None) == 7
    assert log.until(first, "BootNotification") is None
    assert (log.status_at(first), log.status_at(log.last_frame)) == (None, "Accepted")
    assert (log.gone(first), log.gone(log.last_frame)) == (13.0, float("inf"))
    assert [log.is_over(due, first) for due in (12.0, 13.0, 13.1)] == [True, True, False]
    assert not log_of(*TALK, end=5.0).is_over(6.0, first)
    assert log.situations == 0
