"""What a log shows of the tables, for one side of it."""

from __future__ import annotations

import json
from typing import Any

from evconform.harness.wire import Entry, Side
from evconform.ocpi.coverage import Coverage, interface_of
from evconform.ocpi.frame import Frame
from evconform.ocpi.model.samples import full, minimal
from evconform.ocpi.places import Place

ROLES = {"sut": "cpo", "tester": "emsp"}
SENDER = Place("locations", "SENDER", (), "2.2.1")


def request(by: Side, method: str, target: str, place: Place, body: Any = None) -> Frame:
    text = "" if body is None else json.dumps(body)
    frame = Frame(Entry(1, 0.0, "1", by, "request", f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n{text}"), ROLES[by])
    frame.place = place
    return frame


def answer(asked: Frame, data: Any, status_code: int = 1000) -> Frame:
    by: Side = "tester" if asked.by == "sut" else "sut"
    body = json.dumps({"status_code": status_code, "timestamp": "2026-05-01T10:00:00Z", "data": data})
    frame = Frame(Entry(2, 0.1, "1", by, "response", f"HTTP/1.1 200 OK\r\n\r\n{body}"), ROLES[by])
    frame.request, frame.place = asked, asked.place
    return frame


def test_a_pull_of_locations() -> None:
    """The SUT is asked and gives: the method and its parameters are taken, the objects and the envelope given."""
    coverage = Coverage()
    asked = request("tester", "GET", "/locations?date_from=2026-05-01T10:00:00Z&limit=5", SENDER)
    for frame in (asked, answer(asked, [full("Location"), minimal("Location")])):
        coverage.add(frame)
    assert coverage.taken == {"locations SENDER GET", "locations SENDER GET date_from", "locations SENDER GET limit"}
    rows = {row.of: row for row in coverage.rows()}
    assert (rows["Location"].given, rows["Location"].taken, rows["Location"].there) == (26, 0, 26)
    assert (rows["Response"].given, rows["Response"].there) == (3, 4)
    assert (rows["locations SENDER"].taken, rows["locations SENDER"].given) == (3, 0)
    assert rows["Tariff"].given == 0
    assert rows["Location"].chapter == "mod_locations"
    assert sum(row.there for row in rows.values()) == 686


def test_a_patch_shows_what_it_holds() -> None:
    place = Place("locations", "RECEIVER", ("DE", "EVC", "L1", "E1"), "2.2.1")
    body = {"status": "CHARGING", "last_updated": "2026-05-01T10:00:00Z"}
    coverage = Coverage()
    coverage.add(request("sut", "PATCH", "/x/DE/EVC/L1/E1", place, body))
    assert coverage.given == {"locations RECEIVER PATCH", "EVSE.status", "EVSE.last_updated", "Status=CHARGING"}


def test_an_answer_that_is_no_success_shows_the_envelope_alone() -> None:
    coverage = Coverage()
    coverage.add(answer(request("tester", "GET", "/locations", SENDER), [full("Location")], status_code=2001))
    assert coverage.given == {"Response.status_code", "Response.timestamp", "Response.data"}


def test_a_url_that_nobody_announced_shows_no_row() -> None:
    coverage = Coverage()
    coverage.add(request("sut", "PUT", "/elsewhere", Place(), full("Location")))
    assert coverage.given == coverage.taken == set()


def test_interfaces_are_called_as_in_the_model() -> None:
    assert interface_of(request("sut", "GET", "/v", Place("versions"))) == "versions"
    assert interface_of(request("sut", "GET", "/v/2.2.1", Place("versions", version="2.2.1"))) == "versions details"
    assert interface_of(request("sut", "GET", "/c", Place("credentials", version="2.2.1"))) == "credentials"
    assert interface_of(request("sut", "GET", "/l", SENDER)) == "locations SENDER"
