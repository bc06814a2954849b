"""What a finding is about is found in the head and the JSON body of an HTTP message, and nothing else is marked."""

from __future__ import annotations

import json

import pytest

from evconform.report.exchange import BODY_AT_MOST, DATA_AT_MOST, NEAR_A_MEMBER, cut, without_headers
from evconform.report.http_pointers import marked_in_message

LOCATION = {"id": "L1", "time_zone": "CET", "evses": [{"uid": "E1", "status": "FREE"}, {"uid": "E2", "status": "BUSY"}]}
BODY = {"data": [{"id": "L0", "time_zone": "X"}, LOCATION], "status_code": 2001}
HEAD = 'HTTP/1.1 200 OK\r\nlink: <http://h/x?offset=2>; rel="next"\r\nx-limit: 50\r\nDate: now\r\nX-Request-ID: 7'
ANSWER = f"{HEAD}\r\n\r\n{json.dumps(BODY)}"
PUT = f"PUT /x/L1 HTTP/1.1\r\nX-Request-ID: 7\r\n\r\n{json.dumps(LOCATION)}"
STANDS_FOR_IT = ["HTTP/1.1 200 OK", '"status_code": 2001']


def marks(text: str, words: str, whole: bool = True) -> list[str]:
    pieces = marked_in_message(text, [words], whole)
    assert "".join(piece for piece, _ in pieces) == text
    return [piece for piece, is_marked in pieces if is_marked]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("HTTP 200 to GET /x: Location L1: /data/1/evses/0/status: no such value", ['"status": "FREE"']),
        ("Location L1: /evses/1/uid is too long", ['"uid": "E2"']),
        ("HTTP 200 to GET /x: Location L1: time_zone is 'CET'", ['"time_zone": "CET"']),
        ("EVSE E2: status is 'BUSY'", ['"status": "BUSY"']),
        ("EVSE E2: it is not known", ['"uid": "E2"']),
        ("Location L1: /nowhere: a member is missing", ['"id": "L1"']),
        ("it has another X-Request-ID than its request", ["X-Request-ID: 7"]),
        ("the Link does not keep date_from", ['link: <http://h/x?offset=2>; rel="next"']),
        ("X-Limit is '50', not what was asked", ["x-limit: 50"]),
        ("the Link, and X-Limit", ['link: <http://h/x?offset=2>; rel="next"', "x-limit: 50"]),
        ("X-Total-Count is None, not a whole number", STANDS_FOR_IT),
        ("a link, up to date", STANDS_FOR_IT),
        ("expected response that says frame (http_status=404), heard it", ["HTTP/1.1 200 OK"]),
        ("expected response that says frame (status_code=1000), heard it", ['"status_code": 2001']),
    ],
)
def test_what_an_answer_is_cited_for_is_marked(words: str, expected: list[str]) -> None:
    assert marks(ANSWER, words) == expected


def test_a_request_is_marked_too() -> None:
    assert marks(PUT, "PUT /x/L1: Location L1: /evses/0/status: no such value") == ['"status": "FREE"']
    assert marks(PUT, "PUT came without a Content-Type") == ["PUT /x/L1 HTTP/1.1"]
    assert marks(PUT, "PUT came without a Content-Type", whole=False) == []


@pytest.mark.parametrize("body", ["", "   ", "{", "[" * 100_000, "<html>", "null", "7"])
def test_a_body_that_is_no_json_does_no_harm(body: str) -> None:
    assert marks(f"HTTP/1.1 500 Oops\r\nA: b\r\n\r\n{body}", "Location L1: /data/0/id is odd") == ["HTTP/1.1 500 Oops"]


def test_a_text_without_a_blank_line_does_no_harm() -> None:
    assert marks("HTTP/1.1 200 OK", "the Link is odd") == ["HTTP/1.1 200 OK"]


def test_a_long_body_is_cut_around_what_is_marked() -> None:
    objects = [{"id": f"L{n}", "name": "n" * 50} for n in range(500)]
    text = f"HTTP/1.1 200 OK\r\n\r\n{json.dumps({'data': objects})}"
    shown = list(cut(marked_in_message(text, ["/data/300/name is long", "/data/301/name is long"])))
    joined = "".join(piece for piece, _ in shown)
    assert [piece for piece, is_marked in shown if is_marked] == [f'"name": "{"n" * 50}"'] * 2
    assert joined.startswith(text[:DATA_AT_MOST])
    assert '{"id": "L300", ' in joined
    assert '{"id": "L301", ' in joined
    assert "L310" not in joined
    assert joined.count(" … ") == 1
    assert len(joined) < DATA_AT_MOST + 6 * NEAR_A_MEMBER
    assert joined[DATA_AT_MOST:].replace(" … ", "") in text


def test_what_nothing_cites_shows_its_first_line_and_the_beginning_of_its_body() -> None:
    assert without_headers(PUT[: PUT.index("\r\n\r\n") + 4]) == [("PUT /x/L1 HTTP/1.1", False)]
    assert without_headers(f"GET / HTTP/1.1\r\nA: b\r\n\r\n{'x' * 1000}") == [
        (f"GET / HTTP/1.1\n\n{'x' * BODY_AT_MOST} …", False),
    ]
