"""Secrets never reach the disk; the token that stands for one keeps what rules need."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from evconform.harness.clock import Clock, LabLoop
from evconform.harness.wire import WireLog, alphabet, read, ways

SECRET = "s3cret-pass"


@pytest.mark.parametrize(
    ("secret", "named"),
    [
        ("0123456789abcdefABCDEF", "hex"),
        ("s3cret-pass~", "ascii"),
        ("s3cret pass", "ascii with spaces"),
        ("tab\there", "unicode"),
        ("schlüssel", "unicode"),
    ],
)
def test_a_token_keeps_length_and_alphabet(wire: WireLog, secret: str, named: str) -> None:
    token = wire.keep_secret(secret)
    assert re.fullmatch(rf"⟪secret length={len(secret)} alphabet={named} digest=[0-9a-f]{{12}}⟫", token)
    assert alphabet(secret) == named


def test_the_same_secret_has_the_same_token_in_one_log(wire: WireLog) -> None:
    assert wire.keep_secret(SECRET) == wire.keep_secret(SECRET) != wire.keep_secret(SECRET + "x")


def test_the_same_secret_has_another_digest_in_another_log(wire: WireLog, loop: LabLoop, tmp_path: Path) -> None:
    other = WireLog(tmp_path / "other.jsonl", Clock(loop))
    assert other.keep_secret(SECRET) != wire.keep_secret(SECRET)
    other.close()


WAYS: dict[str, Callable[[WireLog], object]] = {
    "text": lambda wire: wire.frame("c1", "sut", "text", f'[2,"1","DataTransfer",{{"data":"{SECRET}"}}]'),
    "twice": lambda wire: wire.frame("c1", "sut", "text", SECRET + SECRET),
    "head": lambda wire: wire.frame("c1", "sut", "request", f"GET / HTTP/1.1\r\nAuthorization: Basic me:{SECRET}"),
    "bytes": lambda wire: wire.frame("c1", "sut", "bytes", b"\xff" + SECRET.encode()),
    "fact of a frame": lambda wire: wire.frame("c1", "sut", "close", "", reason=SECRET),
    "mark": lambda wire: wire.mark("not-reached", why=f"heard DataTransfer {SECRET}"),
    "payload in a mark": lambda wire: wire.mark("act", parameters={"value": SECRET}),
    "JSON escapes": lambda wire: wire.frame("c1", "sut", "text", '"' + "".join(f"\\u{ord(c):04x}" for c in SECRET) + '"'),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_never_reaches_the_disk(wire: WireLog, way: str) -> None:
    wire.keep_secret(SECRET)
    WAYS[way](wire)
    [entry] = read(wire.path)
    data = entry.data.decode("latin-1") if isinstance(entry.data, bytes) else entry.data
    found = f"{data} {entry.facts}"
    assert SECRET not in found.encode("latin-1", "replace").decode("unicode_escape")


def test_the_token_stands_where_the_secret_was(wire: WireLog) -> None:
    token = wire.keep_secret(SECRET)
    assert wire.frame("c1", "sut", "text", f"<{SECRET}>").data == f"<{token}>"
    assert next(read(wire.path)).data == f"<{token}>"


@pytest.mark.parametrize("order", [(SECRET, SECRET + "-longer"), (SECRET + "-longer", SECRET)])
def test_a_secret_that_begins_with_another_is_kept_whole(wire: WireLog, order: tuple[str, str]) -> None:
    tokens = {secret: wire.keep_secret(secret) for secret in order}
    wire.frame("c1", "sut", "text", f"{SECRET}-longer")
    assert next(read(wire.path)).data == tokens[SECRET + "-longer"]


def test_a_secret_that_is_a_word_of_a_token_leaves_the_token_whole(wire: WireLog) -> None:
    token = wire.keep_secret(SECRET)
    wire.keep_secret("digest")
    wire.frame("c1", "sut", "text", SECRET)
    assert next(read(wire.path)).data == token


def test_a_text_is_searched_only_if_it_may_hold_a_secret_and_then_always(wire: WireLog) -> None:
    """What is looked at first may not miss what the pattern would find."""
    dice = random.Random(3)
    hidden = ["plain-secret-token", "émigré-passwörd-😀", 'with"quote\\and\nline']
    for count in range(1, len(hidden) + 1):
        wire.keep_secret(hidden[count - 1])
        pattern, tokens = wire._compiled(), wire._tokens
        for _ in range(500):
            secret = dice.choice(hidden)
            forms = [[c, json.dumps(c)[1:-1], "".join(f"\\u{u:04x}" for u in units(c))] for c in secret]
            text = 'a\\"\\u00e9' * dice.randrange(2) + "".join(dice.choice(each) for each in forms) + "\\u12"
            expected = pattern.sub(lambda found: tokens[(found.lastindex or 1) - 1], text)  # noqa: B023
            assert wire.redact(text) == expected
            assert (expected != text) == (secret in hidden[:count])


def units(character: str) -> list[int]:
    data = character.encode("utf-16-be")
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]


@pytest.mark.parametrize("character", [*map(chr, range(0x80)), "é", "€", "😀", "\ud800"])
def test_no_way_of_writing_a_character_is_looked_for_twice(character: str) -> None:
    """Else a text that has all but the end of a secret keeps us for ever."""
    found = ways(character)
    alternatives = re.sub(r"\\(.)", "..", found.removeprefix("(?:").removesuffix(")").replace("(?i:", "(")).split("|")
    short = json.dumps(character)[1] == "\\" and json.dumps(character)[2] != "u"
    assert len(alternatives) == len(set(alternatives)) == (3 if short else 2)
    plain, as_json = character, json.dumps(character)[1:-1]
    assert [re.fullmatch(found, text) is not None for text in (plain, as_json, f"{plain}{plain}")] == [
        True,
        True,
        as_json == plain * 2,
    ]


def test_secrets_with_a_long_common_beginning_are_told_apart(wire: WireLog) -> None:
    one, other = f"{'x' * 70}1", f"{'x' * 70}2"
    tokens = {each: wire.keep_secret(each) for each in (one, other)}
    assert wire.redact(f"{other} {one} {'x' * 70}3") == f"{tokens[other]} {tokens[one]} {'x' * 70}3"
