"""The tap reads HTTP/1.1 by itself: the same frames whatever pieces the bytes come in, and never an exception."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.clock import Clock, LabLoop
from evconform.harness.wire import Entry, WireLog, read
from evconform.http import limits
from evconform.http.message import parse
from evconform.http.tap import HttpTap

Said = list[tuple[str, bytes]]
"""Who said what: c the client, which is the SUT; s the server."""
SIDES: dict[str, Any] = {"c": "sut", "s": "tester"}


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[WireLog]:
    loop = LabLoop()
    log = WireLog(tmp_path / "wire.jsonl", Clock(loop))
    yield log
    log.close()
    loop.close()


def taps(wire: WireLog, said: Said, ends: str = "close", piece: int = 0) -> list[Entry]:
    """The frames of a conversation that was said in pieces of this length; 0: at once."""
    found: list[Entry] = []
    wire.subscribe(found.append)
    tap = HttpTap(wire, "sut")
    for who, data in said:
        length = piece or len(data)
        for start in range(0, len(data), length):
            tap.passes(SIDES[who], data[start : start + length])
    tap.ends("tester", ends)
    wire.unsubscribe(found.append)
    return found


def shown(entry: Entry) -> tuple[str, str, Any, dict[str, Any]]:
    return str(entry.by), entry.kind, entry.data, {k: v for k, v in entry.facts.items() if k != "of" or isinstance(v, str)}


GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BIG = limits.BODY_AT_MOST + 1
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
RAW_DEFLATE = zlib.compress(b"hello" * 9, wbits=-15)


def sized(body: bytes, *more: str, first: str = "PUT /a HTTP/1.1") -> bytes:
    return "\r\n".join([first, f"Content-Length: {len(body)}", *more, "", ""]).encode() + body


CONVERSATIONS: dict[str, tuple[Said, list[str]]] = {
    "one": ([("c", GET), ("s", OK)], ["request", "response"]),
    "keep-alive": ([("c", GET), ("s", OK)] * 3, ["request", "response"] * 3),
    "pipelined": ([("c", GET * 3), ("s", OK * 3)], ["request"] * 3 + ["response"] * 3),
    "body": ([("c", sized(b'{"a":1}')), ("s", OK)], ["request", "response"]),
    "chunked": ([("c", GET), ("s", CHUNKED + b"3\r\nabc\r\n0A;x=y\r\n0123456789\r\n0\r\n\r\n")], ["request", "response"]),
    "trailers": (
        [("c", GET), ("s", CHUNKED + b"1\r\na\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n" + OK)],
        ["request", "response", "response"],
    ),
    "bare LF": (
        [("c", b"GET / HTTP/1.1\nHost: x\n\n"), ("s", b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx")],
        ["request", "response"],
    ),
    "blank lines before": ([("c", b"\r\n\r\n\n" + GET), ("s", OK)], ["request", "response"]),
    "HEAD": (
        [("c", b"HEAD / HTTP/1.1\r\n\r\n" + GET), ("s", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + OK)],
        ["request"] * 2 + ["response"] * 2,
    ),
    "204": ([("c", GET), ("s", b"HTTP/1.1 204 No Content\r\n\r\n" + OK)], ["request", "response", "response"]),
    "304": ([("c", GET), ("s", b"HTTP/1.1 304 \r\nContent-Length: 5\r\n\r\n" + OK)], ["request", "response", "response"]),
    "until the end": ([("c", GET), ("s", b"HTTP/1.0 200 OK\r\n\r\nall of this")], ["request", "response"]),
    "100": (
        [("c", sized(b"x", "Expect: 100-continue")), ("s", b"HTTP/1.1 100 Continue\r\n\r\n" + OK)],
        ["request"] + ["response"] * 2,
    ),
    "101": (
        [("c", b"GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n"), ("s", b"HTTP/1.1 101 Go\r\n\r\n\x00\x01"), ("c", b"\xff\xfe")],
        ["request", "response", "garbage", "garbage"],
    ),
    "gzip": (
        [("c", GET), ("s", sized(gzip.compress(b"hello", mtime=0), "Content-Encoding: gzip", first="HTTP/1.1 200 OK"))],
        ["request", "response"],
    ),
    "deflate": ([("c", sized(zlib.compress(b"hello"), "Content-Encoding: deflate"))], ["request"]),
    "raw deflate": ([("c", sized(RAW_DEFLATE, "Content-Encoding: deflate"))], ["request"]),
    "unasked": ([("s", OK)], ["response"]),
    "garbage": (
        [("c", b"\x16\x03\x01\x00\x05hello\nmore of it"), ("s", b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")],
        ["garbage", "response", "garbage"],
    ),
    "garbage without a line": ([("c", b"\x16\x03\x01\x00\x05hello")], ["garbage"]),
    "HTTP/2": ([("c", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")], ["request", "garbage", "garbage"]),
    "two lengths": ([("c", b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")], ["garbage", "garbage"]),
    "no length": ([("c", b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\nab")], ["garbage", "garbage"]),
    "unknown coding": ([("c", b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nab")], ["garbage", "garbage"]),
    "bad chunk": ([("c", GET), ("s", CHUNKED + b"3\r\nabc\r\nxyz\r\n")], ["request", "garbage", "garbage"]),
    "chunk beyond its size": ([("c", GET), ("s", CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n")], ["request", "garbage", "garbage"]),
    "head cut": ([("c", GET[:-5])], ["garbage"]),
    "body cut": ([("c", sized(b"abc")[:-1])], ["garbage"]),
    "chunks cut": ([("c", GET), ("s", CHUNKED + b"3\r\nab")], ["request", "garbage"]),
    "Latin-1": ([("c", b"GET /\xe4 HTTP/1.1\r\nX: \xfc\r\n\r\n")], ["request"]),
    "folded": ([("c", b"GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n")], ["request"]),
    "both framings": (
        [("c", b"PUT / HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" + GET)],
        ["request"] * 2,
    ),
    "early answer": ([("c", sized(b"abc")[:-1]), ("s", OK), ("c", b"c")], ["response", "request"]),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_frames_are_the_same_whatever_the_pieces(name: str, wire: WireLog) -> None:
    said, kinds = CONVERSATIONS[name]
    whole = [shown(entry) for entry in taps(wire, said)]
    assert [kind for _, kind, _, _ in whole] == [*kinds, "close"]
    for piece in (1, 2, 3, 7):
        assert [shown(entry) for entry in taps(wire, said, piece=piece)] == whole


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_frames_are_the_same_wherever_each_side_is_split(name: str, wire: WireLog) -> None:
    said, _ = CONVERSATIONS[name]
    whole = [shown(entry) for entry in taps(wire, said)]
    for at, (who, data) in enumerate(said):
        for cut in range(1, len(data)):
            parts = [*said[:at], (who, data[:cut]), (who, data[cut:]), *said[at + 1 :]]
            assert [shown(entry) for entry in taps(wire, parts)] == whole


def test_noise_raises_nothing(wire: WireLog) -> None:
    dice = random.Random(7)
    seeds = [data for said, _ in CONVERSATIONS.values() for _, data in said]
    for _ in range(2000):
        said = []
        for _ in range(dice.randrange(1, 5)):
            data = bytearray(dice.choice(seeds))
            for _ in range(dice.randrange(4)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            said.append((dice.choice("cs"), bytes(data)))
        whole = [shown(entry) for entry in taps(wire, said)]
        assert [shown(entry) for entry in taps(wire, said, piece=1)] == whole


FACTS: list[tuple[str, int, dict[str, Any], bytes]] = [
    ("chunked", 1, {"coding": "chunked"}, b"abc0123456789"),
    ("trailers", 1, {"coding": "chunked", "trailers": ["X-T: 1", "X-U: 2"]}, b"a"),
    ("gzip", 1, {"encoding": "gzip"}, b"hello"),
    ("deflate", 0, {"encoding": "deflate"}, b"hello"),
    ("raw deflate", 0, {"encoding": "deflate"}, b"hello" * 9),
    ("until the end", 1, {"until": "end"}, b"all of this"),
    ("HEAD", 2, {}, b""),
    ("unasked", 0, {"unasked": True}, b"ok"),
]


@pytest.mark.parametrize(("name", "index", "facts", "body"), FACTS)
def test_bodies_are_without_their_codings(name: str, index: int, facts: dict[str, Any], body: bytes, wire: WireLog) -> None:
    entry = taps(wire, CONVERSATIONS[name][0])[index]
    assert entry.facts == facts
    assert parse(entry).body == body


def test_messages_are_read_back_from_the_file(wire: WireLog) -> None:
    latin, head = CONVERSATIONS["Latin-1"][0], CONVERSATIONS["folded"][0]
    taps(wire, [*latin, *head, ("s", OK)])
    first, second, third = [parse(entry) for entry in read(wire.path) if entry.kind in ("request", "response")]
    assert (first.target, first.headers) == ("/ä", [("X", "ü")])  # type: ignore[union-attr]
    assert second.headers == [("X", "a b")]
    assert (third.status, third.reason, third.body, third.n) == (200, "OK", b"ok", 3)  # type: ignore[union-attr]


def test_what_is_no_message_is_not_read(wire: WireLog) -> None:
    garbage = taps(wire, CONVERSATIONS["garbage"][0])[0]
    with pytest.raises(ValueError, match="is no HTTP message"):
        parse(garbage)


WHY = {
    "garbage": "it does not begin as HTTP/1 does",
    "two lengths": "its Content-Length is no number, or more than one",
    "unknown coding": "nobody knows where a body ends whose coding is gzip",
    "bad chunk": "a chunk has no size",
    "chunk beyond its size": "a chunk is longer than its size",
}


@pytest.mark.parametrize("name", WHY)
def test_garbage_says_why(name: str, wire: WireLog) -> None:
    assert next(e for e in taps(wire, CONVERSATIONS[name][0]) if e.kind == "garbage").facts["why"] == WHY[name]


@pytest.mark.parametrize("ends", ["lost", "close"])
def test_a_message_that_was_cut_is_none(ends: str, wire: WireLog) -> None:
    found = taps(wire, [("c", GET), ("s", CHUNKED + b"3\r\nabc\r\n")], ends)
    facts = {"of": "response", "cut": True, "coding": "chunked"}
    assert shown(found[1]) == ("tester", "garbage", CHUNKED.decode() + "abc", facts)


def test_an_end_that_is_a_loss_ends_no_body(wire: WireLog) -> None:
    found = taps(wire, CONVERSATIONS["until the end"][0], "lost")
    assert [e.kind for e in found] == ["request", "garbage", "lost"]


TOO_LONG: dict[str, tuple[Said, dict[str, Any], int]] = {
    "by its length": (
        [("c", f"PUT / HTTP/1.1\r\nContent-Length: {BIG}\r\n\r\n".encode() + b"x" * BIG + GET)],
        {"what": "body", "length": BIG},
        0,
    ),
    "by a chunk": (
        [
            (
                "c",
                b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"
                + b"%x\r\n" % BIG
                + b"x" * BIG
                + b"\r\n0\r\n\r\n"
                + GET,
            )
        ],
        {"what": "body", "coding": "chunked"},
        2,
    ),
    "until the end": ([("c", GET), ("s", b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * BIG)], {"what": "body", "until": "end"}, 1024),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_body_that_is_too_long_is_told_at_once_and_never_held(name: str, wire: WireLog) -> None:
    said, facts, kept = TOO_LONG[name]
    for piece in (65_536, 0):
        found = taps(wire, said, piece=piece)
        first, then = (next(e for e in found if e.kind == kind) for kind in ("too-long", "discarded"))
        assert first.facts.items() >= facts.items()
        assert len(str(first.data).partition("\r\n\r\n")[2]) == kept
        assert then.facts["of"] == first.n
        assert then.facts["length"] in (BIG, BIG + 2)
        assert [e.kind for e in found if e.kind == "request"] == ["request"]


def test_a_too_long_head_is_told_and_what_follows_is_counted(wire: WireLog) -> None:
    said = [("c", b"GET / HTTP/1.1\r\nX: " + b"x" * limits.HEAD_AT_MOST + b"y" * limits.BYTES_AT_MOST)]
    whole = taps(wire, said)
    assert [e.kind for e in whole] == ["too-long", "garbage", "close"]
    assert whole[0].facts == {"of": "request", "what": "head"}
    assert whole[1].facts["unlogged"] == len(said[0][1]) - limits.BYTES_AT_MOST
    assert [shown(e) for e in taps(wire, said, piece=40_000)] == [shown(e) for e in whole]


def test_a_bomb_is_not_unpacked(wire: WireLog) -> None:
    bomb = gzip.compress(b"\0" * BIG, mtime=0)
    [entry, _] = taps(wire, [("c", sized(bomb, "Content-Encoding: gzip"))])
    assert (entry.kind, entry.facts["why"]) == ("too-long", f"it decompresses to more than {limits.BODY_AT_MOST} bytes")


@pytest.mark.parametrize(
    ("coding", "body", "why"),
    [
        ("gzip", b"no gzip", "it is no gzip: Error -3 while decompressing data: incorrect header check"),
        ("gzip", gzip.compress(b"hello", mtime=0)[:-3], "its gzip has no end"),
        ("br", b"hello", "the coding br is not known here"),
    ],
)
def test_a_body_that_cannot_be_unpacked_stands_as_it_came(coding: str, body: bytes, why: str, wire: WireLog) -> None:
    [entry, _] = taps(wire, [("c", sized(body, f"Content-Encoding: {coding}"))])
    assert entry.facts == {"encoding": coding, "undecoded": why}
    assert parse(entry).body == body


CREDENTIALS = [
    ("Authorization: Token c2VjcmV0", "Authorization: Token {token}", "c2VjcmV0"),
    ("AUTHORIZATION:token   c2VjcmV0", "AUTHORIZATION:token   {token}", "c2VjcmV0"),
    ("authorization: c2VjcmV0", "authorization: {token}", "c2VjcmV0"),
    ("Authorization: Basic dXNlcjpwYXNzLXdvcmQ=", "Authorization: Basic user:{token}", "pass-word"),
    ("Proxy-Authorization: Bearer abc", "Proxy-Authorization: Bearer {token}", "abc"),
]


@pytest.mark.parametrize(("line", "expected", "secret"), CREDENTIALS)
def test_credentials_are_tokens(line: str, expected: str, secret: str, wire: WireLog) -> None:
    for said in (f"GET / HTTP/1.1\r\n{line}\r\n\r\n", f"GET / HTTP/1.1\r\n{line}\r\n"):
        [entry, _] = taps(wire, [("c", said.encode())])
        assert expected.format(token=wire.token(secret)) in str(entry.data)
        assert secret not in str(entry.data)
