"""The member that a finding points at is found in the text of its frame, and nothing else is marked."""

from __future__ import annotations

import json

import pytest

from evconform.report.pointers import find, marked, pointers_in

CALL = '[2, "1", "MeterValues", {"connectorId": 1, "meterValue" : [ {"sampledValue":[{"unit":"Hertz"},{"a/b~c": [7,8]}]}]}]'


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("/connectorId is 1", ["/connectorId"]),
        ("MeterValues /meterValue/0/sampledValue/4/unit: 'Hertz' is not one of", ["/meterValue/0/sampledValue/4/unit"]),
        ("the members (/a, /b/1) differ", ["/a", "/b/1"]),
        ("ws://host/ocpp, and 3/4 of it", []),
        ("MeterValues /: a member is missing", []),
    ],
)
def test_pointers_are_seen_in_words(words: str, expected: list[str]) -> None:
    assert pointers_in(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("/connectorId is 1", ['"connectorId": 1']),
        ("MeterValues /meterValue/0/sampledValue/0/unit: no", ['"unit":"Hertz"']),
        ("/meterValue/0/sampledValue/1/a~1b~0c/1 is 8", ["8"]),
        ("/meterValue/0/sampledValue/0 holds /meterValue/0/sampledValue/0/unit", ['{"unit":"Hertz"}']),
        ("/connectorId and /meterValue/0/sampledValue/0/unit", ['"connectorId": 1', '"unit":"Hertz"']),
        ("/meterValue/9/unit", ['"MeterValues"']),
        ("/connectorId/x", ['"MeterValues"']),
        ("/nothing", ['"MeterValues"']),
        ("silence", ['"MeterValues"']),
        ("the message id has 37 characters", ['"1"']),
        ("heard MeterValues CALL that says CALL (connectorId=2)", ['"connectorId": 1']),
    ],
)
def test_the_member_that_is_pointed_at_is_marked(words: str, expected: list[str]) -> None:
    pieces = marked(CALL, [words])
    assert [text for text, is_marked in pieces if is_marked] == expected
    assert "".join(text for text, _ in pieces) == CALL


def test_a_document_without_a_wrapper_is_searched_itself() -> None:
    text = json.dumps({"a": 1, "b": {"c": [2]}})
    assert marked(text, ["/b/c is odd"]) == [('{"a": 1, "b": {', False), ('"c": [2]', True), ("}}", False)]


def test_of_two_members_with_one_name_the_last_counts() -> None:
    assert find('{"a": 1, "a": 2}', "/a") == (9, 15)


@pytest.mark.parametrize(
    "text", ["", "   ", "[2,", '{"a"', '{"a":', '{"a":1', '"a"', "7", "[" * 100_000, '{"a":' * 100_000, "[1 2]"]
)
def test_what_is_no_json_has_no_member(text: str) -> None:
    assert find(text, "/a") is None
    assert "".join(piece for piece, _ in marked(text, ["/a is odd"])) == text


def test_a_number_longer_than_python_reads_does_no_harm() -> None:
    assert find('{"a": 1, "b": ' + "9" * 10_000 + "}", "/a") is None
