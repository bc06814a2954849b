"""RFC 6455 below the library: what passes stands in the log as it was, however it was cut, and no secret with it."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from typing import Any

import pytest

from evconform.ocpp.tap import Tap

Frame = Callable[..., bytes]
REQUEST = b"GET /ocpp/CP-1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"
RESPONSE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


def pieces(data: bytes, *cuts: int) -> list[bytes]:
    return [data[a:b] for a, b in zip((0, *cuts), (*cuts, len(data)), strict=True)]


def tapped(stage: Any, *parts: tuple[str, bytes], end: str = "") -> list[tuple[Any, ...]]:
    """What a tap logs of these bytes, the SUT being the client."""
    tap = Tap(stage.wire, "sut")
    for by, data in parts:
        tap.passes(by, data)
    if end:
        tap.ends("sut", end)
    return [(e.by, e.kind, e.data, e.facts) for e in stage.log if e.conn == tap.conn]


def test_a_log_does_not_depend_on_how_the_bytes_were_cut(lab: Any, ws_frame: Frame) -> None:
    said = (
        REQUEST + ws_frame(1, b'[2,"1","Heartbeat",{}]') + ws_frame(9, b"?") + ws_frame(1, b"a" * 130) + ws_frame(2, b"\x00\xff")
    )
    said += ws_frame(1, b"ab", fin=False) + ws_frame(10) + ws_frame(0, b"c") + ws_frame(8, b"\x03\xe8bye")
    whole = tapped(lab, ("sut", said))
    assert len(whole) == 9
    for cut in range(1, len(said)):
        assert tapped(lab, *(("sut", piece) for piece in pieces(said, cut))) == whole
    assert tapped(lab, *(("sut", said[i : i + 1]) for i in range(len(said)))) == whole


@pytest.mark.parametrize("kind", ["text", "binary"])
@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_of_any_length_is_read(lab: Any, ws_frame: Frame, size: int, kind: str) -> None:
    data = b"x" * size
    bytes_ = ws_frame({"text": 1, "binary": 2}[kind], data)
    [*_, got] = tapped(lab, ("sut", REQUEST + bytes_))
    assert got == ("sut", kind, data.decode() if kind == "text" else data, {})


@pytest.mark.parametrize(
    ("shape", "kind", "data", "facts"),
    [
        ({"opcode": 1, "data": b"x", "mask": False}, "text", "x", {"masked": False}),
        ({"opcode": 1, "data": b"x", "fin": False}, "text", "x", {"fin": False}),
        ({"opcode": 1, "data": b"x", "rsv": 4}, "text", "x", {"rsv": 4}),
        ({"opcode": 1, "data": b"x", "rsv": 3, "fin": False}, "text", "x", {"rsv": 3, "fin": False}),
        ({"opcode": 1, "data": b"\xff\xfe"}, "text", b"\xff\xfe", {}),
        ({"opcode": 0, "data": b"x"}, "continuation", "x", {}),
        ({"opcode": 3, "data": b"x"}, "opcode-3", "x", {}),
        ({"opcode": 15}, "opcode-15", "", {}),
        ({"opcode": 8}, "close", "", {}),
        ({"opcode": 8, "data": b"\x03\xe9going"}, "close", "going", {"code": 1001}),
        ({"opcode": 8, "data": b"\x03"}, "close", "\x03", {}),
        ({"opcode": 8, "data": b"\x00\x00\xff"}, "close", b"\xff", {"code": 0}),
        ({"opcode": 9, "data": b"?"}, "ping", "?", {}),
        ({"opcode": 10, "data": b"!"}, "pong", "!", {}),
        ({"opcode": 9, "data": b"p" * 300, "fin": False}, "ping", "p" * 300, {"fin": False}),
    ],
)
def test_a_clients_frame_stands_with_its_facts(lab: Any, ws_frame: Frame, shape: Any, kind: str, data: Any, facts: Any) -> None:
    assert tapped(lab, ("sut", REQUEST + ws_frame(**shape)))[1:] == [("sut", kind, data, facts)]


@pytest.mark.parametrize(("mask", "facts"), [(False, {}), (True, {"masked": True})])
def test_a_servers_mask_is_noted(lab: Any, ws_frame: Frame, mask: bool, facts: Any) -> None:
    got = tapped(lab, ("sut", REQUEST), ("tester", RESPONSE + ws_frame(1, b"x", mask=mask)))
    assert got[1:] == [("tester", "response", RESPONSE[:-4].decode(), {}), ("tester", "text", "x", facts)]


@pytest.mark.parametrize("phrase", ["404 Not Found", "503 see rule 101 of ours", "200 101 "])
def test_what_follows_a_refusal_is_a_body_and_no_frame(lab: Any, phrase: str) -> None:
    head = f"HTTP/1.1 {phrase}\r\nContent-Length: 5"
    got = tapped(lab, ("sut", REQUEST), ("tester", head.encode() + b"\r\n\r\nsorry"))
    assert got[1:] == [("tester", "response", head, {}), ("tester", "bytes", "sorry", {})]


@pytest.mark.parametrize("end", ["eof", "lost"])
@pytest.mark.parametrize("garbage", [b"\x16\x03\x01\x02\x00\x01\x00", b"hello\n", b"\r\n\r", b"GET / HTT"])
def test_garbage_that_is_no_head_is_logged_as_cut(lab: Any, garbage: bytes, end: str) -> None:
    [(by, kind, data, facts), last] = tapped(lab, ("sut", garbage), end=end)
    assert (by, kind, facts) == ("sut", "bytes", {"cut": True})
    assert (data.encode() if isinstance(data, str) else data) == garbage
    assert last[1] == end


def test_half_a_frame_at_the_end_is_logged_as_cut(lab: Any, ws_frame: Frame) -> None:
    whole = ws_frame(1, b"abc")
    for size in range(1, len(whole)):
        got = tapped(lab, ("sut", REQUEST + whole[:size]), end="lost")
        assert [(kind, facts) for _, kind, _, facts in got[1:]] == [("bytes", {"cut": True}), ("lost", {})]


@pytest.mark.parametrize("step", [1000, 70_000, 200_000])
def test_a_head_over_64_kib_is_logged_whole_as_bytes_however_it_was_cut(lab: Any, step: int) -> None:
    head = b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n"
    got = tapped(lab, *(("sut", head[i : i + step]) for i in range(0, len(head), step)))
    assert {kind for _, kind, _, _ in got} == {"bytes"}
    assert "".join(data for _, _, data, _ in got).encode() == head


def test_the_user_stays_in_the_open_and_the_password_becomes_a_token(lab: Any) -> None:
    secret = base64.b64encode("CP 1/ä:pass:word-1".encode()).decode()
    [(_, _, head, _)] = tapped(lab, ("sut", f"GET / HTTP/1.1\r\nAuthorization: Basic {secret}\r\nA: b\r\n\r\n".encode()))
    assert head.startswith("GET / HTTP/1.1\r\nAuthorization: Basic CP 1/ä:⟪secret length=11 ")
    assert head.endswith("\r\nA: b")


@pytest.mark.parametrize("credentials", ["%%%", "abc", "QUJD=QUJD", "pässword", "Zm9v\xa0YmFy"])
def test_credentials_that_cannot_be_decoded_become_a_token(lab: Any, credentials: str) -> None:
    [(_, _, head, _)] = tapped(lab, ("sut", f"GET / HTTP/1.1\r\nAuthorization: Basic {credentials}\r\n\r\n".encode()))
    assert head.startswith("GET / HTTP/1.1\r\nAuthorization: Basic ⟪secret ")
    assert credentials not in head


SECRET = base64.b64encode(b"CP-1:correct horse").decode()
LEAKS = {
    "the head is cut": (f"GET / HTTP/1.1\r\nAuthorization: Basic {SECRET}\r\nHos", "lost"),
    "the head is too long": (f"GET / HTTP/1.1\r\nAuthorization: Basic {SECRET}\r\nX: {'x' * 70_000}", ""),
    "a space before the colon": (f"GET / HTTP/1.1\r\nAuthorization : Basic {SECRET}\r\n\r\n", ""),
    "a tab after the scheme": (f"GET / HTTP/1.1\r\nAuthorization: Basic\t{SECRET}\r\n\r\n", ""),
    "two spaces after the scheme": (f"GET / HTTP/1.1\r\nAuthorization: Basic  {SECRET}\r\n\r\n", ""),
    "a folded line": (f"GET / HTTP/1.1\r\nAuthorization: Basic\r\n {SECRET}\r\n\r\n", ""),
    "bare line feeds": (f"GET / HTTP/1.1\nAuthorization: Basic {SECRET}\n\n", "lost"),
    "capitals": (f"GET / HTTP/1.1\r\nAUTHORIZATION: BASIC {SECRET}\r\n\r\n", ""),
    "twice": (f"GET / HTTP/1.1\r\nAuthorization: Basic {SECRET}\r\nAuthorization: Basic {SECRET}\r\n\r\n", ""),
}


@pytest.mark.parametrize("way", LEAKS)
def test_a_password_in_a_head_never_reaches_the_disk(lab: Any, way: str) -> None:
    text, end = LEAKS[way]
    tapped(lab, ("sut", text.encode()), end=end)
    on_disk = lab.wire.path.read_text("utf-8")
    assert SECRET not in on_disk
    assert "correct horse" not in on_disk


@pytest.mark.parametrize("password", ["2", '"', "Heartbeat", "["])
def test_a_password_that_is_a_piece_of_every_message_does_not_garble_them(lab: Any, ws_frame: Frame, password: str) -> None:
    secret = base64.b64encode(f"CP-1:{password}".encode()).decode()
    text = '[2,"12","Heartbeat",{}]'
    head = f"GET / HTTP/1.1\r\nAuthorization: Basic {secret}\r\n\r\n".encode()
    assert tapped(lab, ("sut", head + ws_frame(1, text.encode())))[1:] == [("sut", "text", text, {})]


def test_random_bytes_never_raise(lab: Any) -> None:
    chance = random.Random(1)
    openings = (b"", REQUEST, b"GET / HTTP/1.1\r\nAuthorization: Basic ")
    for _ in range(3000):
        data = chance.choice(openings) + chance.randbytes(chance.randrange(80)) + chance.choice((b"", b"\r\n\r\n"))
        answer = chance.choice((RESPONSE, b"", b"HTTP/1.1 \xb2\r\n\r\n")) + chance.randbytes(chance.randrange(40))
        cut = chance.randrange(len(data) + 1)
        parts = [*(("sut", piece) for piece in pieces(data, cut)), ("tester", answer)]
        assert tapped(lab, *parts, end=chance.choice(("eof", "lost")))
        lab.log.clear()
