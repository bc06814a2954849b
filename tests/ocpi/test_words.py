"""The small words of OCPI: status codes, envelope, routing headers, URLs and the table of operations."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from evconform.ocpi import status
from evconform.ocpi.envelope import envelope
from evconform.ocpi.headers import Routing, header
from evconform.ocpi.operations import OPERATIONS, methods, operation
from evconform.ocpi.urls import below, join

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_codes_are_those_of_the_text_and_none_is_custom() -> None:
    assert Counter(status.range_of(code) for code in status.CODES) == {
        "success": 1, "client error": 5, "server error": 4, "hub error": 4,
    }  # fmt: skip
    assert not any(status.is_custom(code) for code in status.CODES)
    assert all(status.is_custom(code) for code in (1900, 2999, 3900, 4950))


@pytest.mark.parametrize("value", [True, 1000.0, "1000", None, [], 999, 5000, -1, 200])
def test_what_is_no_code_has_no_range(value: Any) -> None:
    assert status.range_of(value) == ""
    assert not status.is_success(value)
    assert not status.is_custom(value)


def test_an_envelope_has_only_what_it_was_given() -> None:
    assert envelope([], at=NOON) == {"data": [], "status_code": 1000, "timestamp": "2026-03-01T12:00:00Z"}
    assert envelope(None, at=NOON)["data"] is None
    refused = envelope(status_code=2001, message="no id", at=NOON)
    assert refused == {"status_code": 2001, "status_message": "no id", "timestamp": "2026-03-01T12:00:00Z"}


def test_routing_headers_are_read_in_any_case_and_swapped_for_the_answer() -> None:
    sent = [("ocpi-to-party-id", "msp"), ("OCPI-TO-COUNTRY-CODE", "nl"), ("OCPI-from-party-id", "CPO"), ("X-Other", "1")]
    routing = Routing.of(sent)
    assert routing == Routing("msp", "nl", "CPO", None)
    assert (routing.to, routing.sender) == (("NL", "MSP"), None)
    assert routing.swapped() == Routing("CPO", None, "msp", "nl")
    assert Routing.of(routing.headers()) == routing
    assert Routing().headers() == []
    assert header(sent, "x-other") == "1"


@pytest.mark.parametrize(
    ("base", "parts", "url"),
    [
        ("http://a/ocpi/locations", ("NL", "TNM", "1"), "http://a/ocpi/locations/NL/TNM/1"),
        ("http://a/ocpi/locations/", ("NL", "TNM", "1"), "http://a/ocpi/locations/NL/TNM/1"),
        ("http://a/ocpi/locations/", (), "http://a/ocpi/locations/"),
        ("http://a", ("x",), "http://a/x"),
        ("http://a/?key=1", ("x",), "http://a/x?key=1"),
        ("http://[", ("x",), "http://[/x"),
        ("http://a/l", ("a/b", "ü ?#%", ".."), "http://a/l/a%2Fb/%C3%BC%20%3F%23%25/.."),
    ],
)
def test_parts_are_joined_with_one_slash_and_read_back(base: str, parts: tuple[str, ...], url: str) -> None:
    assert join(base, *parts) == url
    assert below(base, url) == (parts if "[" not in base else None)


@pytest.mark.parametrize(
    ("base", "url", "parts"),
    [
        ("http://a/locations", "http://a/locationsx/1", None),
        ("http://a/locations", "http://b/locations/1", None),
        ("http://a/locations", "/locations/1?x=2", ("1",)),
        ("http://a/locations/", "/locations", ()),
        ("http://A/locations/", "http://a/locations/", ()),
        ("http://a", "/x", ("x",)),
    ],
)
def test_a_url_is_below_another_only_part_by_part(base: str, url: str, parts: tuple[str, ...] | None) -> None:
    assert below(base, url) == parts


def test_there_are_50_operations_and_no_two_are_one() -> None:
    assert len(OPERATIONS) == len(set(OPERATIONS)) == 50
    assert Counter(each.module for each in OPERATIONS) == {
        "versions": 2, "credentials": 4, "locations": 13, "sessions": 5, "cdrs": 3, "tariffs": 4, "tokens": 5, "commands": 6,
        "chargingprofiles": 5, "hubclientinfo": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "takes", "gives"),
    [
        (("locations", "SENDER", "GET", 0), "", "Location"),
        (("locations", "SENDER", "GET", 3), "", "Connector"),
        (("locations", "RECEIVER", "PATCH", 4), "EVSE", ""),
        (("tariffs", "RECEIVER", "DELETE", 3), "", ""),
        (("credentials", "RECEIVER", "PUT", 0), "Credentials", "Credentials"),
        (("hubclientinfo", "RECEIVER", "PUT", 2), "ClientInfo", ""),
    ],
)
def test_an_operation_is_found_by_what_is_asked(asked: tuple[str, str, str, int], takes: str, gives: str) -> None:
    found = operation(*asked)
    assert found is not None
    assert (found.takes, found.gives) == (takes, gives)


def test_what_the_text_does_not_define_is_no_operation() -> None:
    assert operation("tariffs", "RECEIVER", "PATCH", 3) is None
    assert operation("locations", "SENDER", "PUT", 1) is None
    assert operation("cdrs", "RECEIVER", "GET", 0) is None
    assert methods("locations", "RECEIVER", 3) == {"GET", "PUT", "PATCH"}
    assert methods("locations", "SENDER", 0) == {"GET"}
