"""What says the same in a payload: the case of an idTag does not count, and that of anything else does (7.15)."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.harness.wire import Entry
from evconform.ocpp.frame import Frame

CALL = '[2,"1","SendLocalList",{"idTag":"AbC","status":"Accepted","list":[{"idTag":"ab","idTagInfo":{"parentIdTag":"GROUP"}}]}]'


def frame() -> Frame:
    return Frame(Entry(1, 0.0, "c1", "sut", "text", CALL), "central-system")


@pytest.mark.parametrize(
    ("what", "matches"),
    [
        ({"payload": {"idTag": "aBc"}}, True),
        ({"payload": {"idTag": ["xyz", "ABC"]}}, True),
        ({"payload": {"idTag": "abcd"}}, False),
        ({"payload": {"status": "accepted"}}, False),
        ({"payload": {"status": ["accepted", "ACCEPTED"]}}, False),
        ({"payload": {"list": [[{"idTag": "AB", "idTagInfo": {"parentIdTag": "group"}}]]}}, True),
        ({"payload": {"list": [[{"idTag": "AB"}]]}}, False),
        ({"at": {"list/0/idTagInfo/parentIdTag": "Group"}}, True),
        ({"at": {"list/0/idTagInfo/parentIdTag": None}}, False),
        ({"at": {"status": "ACCEPTED"}}, False),
        ({"lists": {"list/idTag": ["AB"]}}, True),
        ({"lists": {"list/idTag": ["AB", "x"]}}, False),
    ],
)
def test_the_case_of_an_id_tag_does_not_count(what: dict[str, Any], matches: bool) -> None:
    assert frame().matches(what) is matches
