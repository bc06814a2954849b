"""Which link a connection is of, and what a driver view may be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.wire import Entry, Side
from evconform.roaming.frame import DRIVER, OCPI, OCPP, Frame
from evconform.roaming.view import Transcript

UPGRADE = "GET /ocpp/CP1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: Upgrade\r\nUPGRADE: WebSocket"
DRIVERS = "GET /driver/evses HTTP/1.1\r\nHost: 127.0.0.1:3\r\n\r\n"
OCPIS = "GET /ocpi/versions HTTP/1.1\r\nHost: 127.0.0.1:2\r\nAuthorization: Token x\r\n\r\n"


class Feeder:
    """Feeds a transcript with entries of its own."""

    def __init__(self, plan: Plan) -> None:
        self.transcript = Transcript(plan.terms)
        self.n = 0

    def mark(self, mark: str, **facts: Any) -> None:
        self.n += 1
        self.transcript.feed(Entry(self.n, float(self.n), mark=mark, facts=facts))

    def frame(self, conn: str, by: Side, kind: str, data: str | bytes = "") -> Frame | None:
        self.n += 1
        return self.transcript.feed(Entry(self.n, float(self.n), conn, by, kind, data))

    def shows(self, body: str | bytes) -> Frame:
        """What the driver is shown."""
        self.frame("d", "tester", "request", DRIVERS)
        head = "HTTP/1.1 200 OK\r\n\r\n"
        data = head + body if isinstance(body, str) else head.encode() + body
        frame = self.frame("d", "sut", "response", data)
        assert frame is not None
        return frame


@pytest.fixture
def feeder(chain: Plan) -> Feeder:
    feeder = Feeder(chain)
    feeder.mark("fresh")
    feeder.mark("driver-view", url="http://127.0.0.1:3/driver/evses")
    return feeder


@pytest.mark.parametrize(("request_", "link"), [(UPGRADE, OCPP), (DRIVERS, DRIVER), (OCPIS, OCPI)])
def test_a_connection_is_of_the_link_that_its_first_request_shows(feeder: Feeder, request_: str, link: str) -> None:
    assert feeder.frame("c", "tester", "open") is None, "nobody knows yet whose it is"
    frame = feeder.frame("c", "tester", "request", request_)
    later = feeder.frame("c", "sut", "lost")
    assert [each.link for each in (frame, later) if each] == [link, link]
    assert [each.kind for each in feeder.transcript.conversations()[0].frames] == ["open", "request", "lost"]


@pytest.mark.parametrize(
    "body",
    ["", "no JSON", "[]", "3", '{"items":3}', '{"items":[3,{"evse":3},{"status":"AVAILABLE"}]}', b"\xff\xfe", "[" * 100_000],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_view_shows_nothing(feeder: Feeder, body: str | bytes) -> None:
    frame = feeder.shows(body)
    assert frame.statuses == {}
    assert not frame.matches({"shows": {"J1-1": ["AVAILABLE"]}})
    assert frame.label


def test_what_is_shown_is_found_whatever_the_case_of_its_uid(feeder: Feeder) -> None:
    frame = feeder.shows(json.dumps({"items": [{"evse": "j1-1", "status": "CHARGING"}, {"evse": "J1-2", "status": None}]}))
    assert frame.matches({"link": "driver", "shows": {"J1-1": ["BLOCKED", "CHARGING"]}})
    assert not frame.matches({"shows": {"J1-1": ["AVAILABLE"]}})
    assert not frame.matches({"shows": {"J1-3": ["CHARGING"]}})


def test_an_answer_to_nothing_is_an_answer_to_nothing(feeder: Feeder) -> None:
    feeder.shows("{}")
    frame = feeder.frame("d", "sut", "response", "HTTP/1.1 200 OK\r\n\r\n{}")
    assert frame is not None
    assert frame.request is None


def test_a_fresh_chain_begins_anew(feeder: Feeder) -> None:
    feeder.shows("{}")
    feeder.mark("act", action="plug_in", parameters={"connector": 1})
    feeder.mark("fresh")
    conversation = feeder.transcript.conversations()[0]
    assert (conversation.frames, conversation.acts) == ([], [])


def test_a_predicate_that_there_is_not_is_an_error(feeder: Feeder) -> None:
    with pytest.raises(KeyError):
        feeder.transcript.check({"payload": {}})
