"""A log of any length: memory stays level, and judging costs what the log has frames."""

from __future__ import annotations

import gc
import sys
from typing import Any

import pytest

from evconform.harness.judge import Judge, Terms
from evconform.harness.pics import Pics
from evconform.harness.plan import find_sut, load_content, make_plan
from evconform.harness.wire import Entry
from evconform.ocpp.frame import Frame
from evconform.ocpp.json import call, call_result
from evconform.ocpp.view import Transcript

REQUEST = "GET /ocpp/CP-1 HTTP/1.1\r\nSec-WebSocket-Protocol: ocpp1.6"
BOOT = {"chargePointVendor": "V", "chargePointModel": "M"}
BOOTED = {"status": "Accepted", "currentTime": "2024-01-01T00:00:00Z", "interval": 300}


class Feeder:
    """Feeds a transcript, or a judge, with one entry after the other."""

    def __init__(self, into: Any) -> None:
        self.into, self.n = into, 0

    def says(self, conn: str, by: Any, data: str, kind: str = "text") -> None:
        self.n += 1
        self.into.feed(Entry(self.n, self.n / 100, conn, by, kind, data))

    def mark(self, mark: str, **facts: Any) -> None:
        self.n += 1
        self.into.feed(Entry(self.n, self.n / 100, mark=mark, facts=facts))

    def boots(self, conn: str, id: str) -> None:
        self.says(conn, "sut", call(id, "BootNotification", BOOT))
        self.says(conn, "tester", call_result(id, BOOTED))


def retained() -> int:
    gc.collect()
    return sum(type(thing) is Frame for thing in gc.get_objects())


@pytest.mark.parametrize("connections", ["one", "many"])
def test_memory_stays_level_over_200000_entries(connections: str) -> None:
    transcript = Transcript(Terms("charge-point", "CP-1", 0.0, {"patience": 10.0}, Pics({"connectors": 1})))
    feeder = Feeder(transcript)
    before, most = retained(), 0
    for turn in range(2000):  # of 100 entries
        conn = "c1" if connections == "one" else f"c{turn}"
        if connections == "many" or turn == 0:
            feeder.says(conn, "sut", REQUEST, "request")
        feeder.boots(conn, f"boot-{turn}")
        for i in range(48):
            feeder.says(conn, "sut", f'[2,"{turn}-{i}","Heartbeat",{{}}]')
            feeder.says(conn, "tester", f'[3,"{turn}-{i}",{{}}]')
        if connections == "many":
            feeder.says(conn, "sut", "", "lost")
        transcript.forget()
        if turn % 500 == 499:
            most = max(most, retained() - before)
    assert most < 1000


def test_connections_that_never_say_who_they_are_leave_nothing_behind() -> None:
    transcript = Transcript(Terms("charge-point", "CP-1", 0.0, {"patience": 10.0}, Pics({"connectors": 1})))
    feeder = Feeder(transcript)
    for turn in range(500):
        feeder.says(f"c{turn}", "sut", "", "open")
        feeder.says(f"c{turn}", "sut", "", "lost")
        transcript.forget()
    assert len(transcript.conversations()) <= 1


FLOODS = {
    "Heartbeats": ("Heartbeat", {}, True),
    "CALLs without an answer": ("Heartbeat", {}, False),
    "StatusNotifications": ("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, True),
    "Authorizes": ("Authorize", {"idTag": "x"}, True),
}


def steps_to_judge(flood: str, size: int) -> int:
    """The lines of Python that judging a flood takes."""
    action, payload, answered = FLOODS[flood]
    plan = make_plan(load_content(), find_sut("plain-charge-point.toml", []))
    feeder = Feeder(Judge(plan.law, plan.terms, Transcript(plan.terms)))
    feeder.mark("case-begin", case=next(c.id for c in plan.law.cases.values() if c.role == "charge-point"))
    feeder.says("c1", "sut", REQUEST, "request")
    feeder.boots("c1", "boot")
    for i in range(size):
        feeder.says("c1", "sut", call(f"{i}", action, payload))
        if answered:
            feeder.says(
                "c1", "tester", call_result(f"{i}", {"currentTime": "2024-01-01T00:00:00Z"} if action == "Heartbeat" else {})
            )
    steps = 0

    def step(*_: Any) -> Any:
        nonlocal steps
        steps += 1
        return step

    feeder.n += 100 * 3600
    outer = sys.gettrace()
    sys.settrace(step)
    try:
        feeder.mark("case-end")
    finally:
        sys.settrace(outer)
    return steps


@pytest.mark.parametrize("flood", FLOODS)
def test_judging_four_times_as_many_frames_takes_about_four_times_as_many_steps(flood: str) -> None:
    steps_to_judge(flood, 10)  # caches
    assert steps_to_judge(flood, 400) < 6 * steps_to_judge(flood, 100)
