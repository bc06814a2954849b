"""The heads of a handshake: whatever stands in them, reading them gives a value or none."""

from __future__ import annotations

import pytest

from evconform.harness.judge import Terms
from evconform.harness.pics import Pics
from evconform.harness.wire import Entry
from evconform.ocpp.frame import Frame
from evconform.ocpp.view import Transcript

TERMS = Terms("charge-point", "CP-1", 0.0, {"patience": 10.0}, Pics({"connectors": 1}))


@pytest.mark.parametrize("target", ["//[", "http://[/CP-1", "", "*", "/%FF", "?", "/" * 1000])
def test_any_request_target_is_taken(target: str) -> None:
    transcript = Transcript(TERMS)
    transcript.feed(Entry(1, 0.0, "c1", "sut", "request", f"GET {target} HTTP/1.1"))
    assert len(transcript.conversations()) == 1


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("HTTP/1.1 101 X", 101),
        ("HTTP/1.1 404", 404),
        ("HTTP/1.1 ² X", None),
        ("HTTP/1.1 ٣", None),
        ("SSH", None),
        ("", None),
        ("A " + "9" * 9999, None),
    ],
)
def test_a_status_is_a_number_or_none(line: str, status: int | None) -> None:
    assert Frame(Entry(1, 0.0, "c1", "tester", "response", line), "central-system").status == status
