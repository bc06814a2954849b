"""A secret is found in XML, however that spells it, and what was well-formed still is."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from lxml import etree

from evconform.harness.wire import WireLog
from evconform.harness.wire import read as entries_of
from evconform.harness.xml_spelling import NAMED, hidden, read

SECRET = "s3c&<ret>'\"é"
TOKENS = {SECRET: "⟪one⟫", "another-secret": "⟪two⟫"}

ENTITIES = {value: f"&{name};" for name, value in NAMED.items()}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "entities": lambda secret: "".join(ENTITIES.get(c, c) for c in secret),
    "numbers": lambda secret: "".join(f"&#{ord(c)};" for c in secret),
    "numbers in hex": lambda secret: "".join(f"&#x{ord(c):04X};" for c in secret),
    "numbers in hex with zeros": lambda secret: "".join(f"&#x000{ord(c):x};" for c in secret),
    "CDATA": lambda secret: f"<![CDATA[{secret}]]>",
    "CDATA about each": lambda secret: "".join(f"<![CDATA[{c}]]>" for c in secret),
    "CDATA from its midst": lambda secret: f"s3c&#38;<![CDATA[{secret[4:]}]]>",
    "CDATA to its midst": lambda secret: f"<![CDATA[{secret[:5]}]]>ret&gt;&apos;&quot;é",
}


@pytest.mark.parametrize("way", SPELLINGS)
def test_a_secret_is_found_and_the_rest_stays(way: str) -> None:
    document = f"<a x='&amp;'>before &amp; {SPELLINGS[way](SECRET)} and {SPELLINGS[way](SECRET)}<b/><![CDATA[&]]></a>"
    assert SECRET in "".join(etree.fromstring(document).itertext())  # type: ignore[arg-type]
    redacted = etree.fromstring(hidden(document, TOKENS))
    assert "".join(redacted.itertext()) == "before & ⟪one⟫ and ⟪one⟫&"  # type: ignore[arg-type]


@pytest.mark.parametrize("way", SPELLINGS)
def test_it_never_reaches_the_disk(wire: WireLog, way: str) -> None:
    token = wire.keep_secret(SECRET)
    body = f"<?xml version='1.0' encoding='utf-8'?><a>{SPELLINGS[way](SECRET)}</a>"
    for data in (body, body.encode() + b"\xff"):
        wire.frame("c1", "sut", "request", data)
    for entry in entries_of(wire.path):
        said = entry.data if isinstance(entry.data, str) else entry.data.decode("utf-8", "replace")
        assert token in said
        assert SECRET not in read(said).text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_it_is_found_in_utf_16(wire: WireLog, encoding: str) -> None:
    token = wire.keep_secret("another-secret")
    wire.frame("c1", "sut", "request", b"POST / HTTP/1.1\r\n\r\n" + "\ufeff<a>another-secret</a>".encode(encoding))
    [entry] = entries_of(wire.path)
    assert isinstance(entry.data, bytes)
    assert entry.data.endswith(f"<a>{token}</a>".encode(encoding))


def test_what_holds_none_stays_as_it_was() -> None:
    for text in ("plain", "a & b", "&#1114112;&#x110000;&nosuch;", "<![CDATA[]]>", "&amp;" * 3, "]]>&", SECRET):
        assert hidden(text, TOKENS) == text


def test_of_two_the_longer_is_hidden() -> None:
    assert hidden("&#97;nother-secret-more", TOKENS | {"another-secret-more": "⟪three⟫"}) == "⟪three⟫"


def test_however_its_characters_are_mixed() -> None:
    dice = random.Random(5)
    for _ in range(500):
        spelt = "".join(dice.choice([f"&#{ord(c)};", f"&#x{ord(c):x};", ENTITIES.get(c, c), f"<![CDATA[{c}]]>"]) for c in SECRET)
        text = hidden(f"<a>&lt;{spelt}</a>", TOKENS)
        assert SECRET not in read(text).text
        assert "".join(etree.fromstring(text).itertext()) == "<⟪one⟫"  # type: ignore[arg-type]


def test_what_is_hostile_takes_no_longer() -> None:
    began = time.perf_counter()
    for text in ("<![CDATA[" * 10**5, "&#" * 10**5, "]]>&amp;" * 10**5, "&#x73;3c&amp;" * 10**5):
        hidden(text, TOKENS)
    assert time.perf_counter() - began < 60
