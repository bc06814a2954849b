"""A message that came in several frames (RFC 6455, 5.4) is one message of the view, and stays what it was."""

from __future__ import annotations

from typing import Any

from evconform.harness.judge import Terms
from evconform.harness.pics import Pics
from evconform.harness.wire import Entry
from evconform.ocpp.view import Frame, Transcript


def frames_of(*lines: Any) -> list[Frame]:
    """The frames that entries of one connection complete: (kind, data, facts …)."""
    transcript = Transcript(Terms("charge-point", "CP-1", 0.0, {}, Pics({})))
    entries = (Entry(n, 0.0, "c1", "sut", kind, data, "", *facts) for n, (kind, data, *facts) in enumerate(lines, 1))
    return [frame for entry in entries if (frame := transcript.feed(entry))]


def test_fragments_are_one_message_with_the_number_of_the_last() -> None:
    first, second = '[2,"1","Heart', 'beat",{}]'
    lines = [
        ("text", first, {"fin": False}),
        ("ping", ""),
        ("continuation", second),
    ]
    assert [(f.n, f.kind, f.action) for f in frames_of(*lines)] == [(2, "ping", None), (3, "text", "Heartbeat")]


def test_a_character_cut_by_a_fragment_is_whole_again() -> None:
    snow = '"☃"'.encode()
    lines = [("text", snow[:2], {"fin": False}), ("continuation", snow[2:])]
    assert frames_of(*lines)[-1].text == '"☃"'


def test_a_binary_message_in_fragments_stays_binary() -> None:
    lines = [("binary", b'[2,"1",', {"fin": False}), ("continuation", '"Heartbeat",{}]')]
    frame = frames_of(*lines)[-1]
    assert (frame.kind, frame.type) == ("binary", "none")


def test_a_text_that_is_no_utf8_has_no_message() -> None:
    frame = frames_of(("text", b"[2\xff"))[-1]
    assert (frame.text, frame.type) == (b"[2\xff", "none")
