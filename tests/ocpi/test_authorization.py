"""OCPI 2.2.1, transport_and_format, authorization header: read exactly, refused with words that keep the token."""

from __future__ import annotations

import pytest

from evconform.ocpi.authorization import authorization, is_proper, token_of


@pytest.mark.parametrize("token", ["example-token", "ebf3b399-779f-4497-9b9d-ac6ad3cc44d2", "!~", "x" * 64, "é"])
def test_a_token_comes_back_as_it_went(token: str) -> None:
    assert token_of(authorization(token)) == token


def test_the_encoding_is_base64_and_raw_only_when_asked() -> None:
    assert authorization("example-token") == "Token ZXhhbXBsZS10b2tlbg=="
    assert authorization("example-token", "raw") == "Token example-token"


def test_the_line_feed_of_the_printed_examples_is_part_of_the_token() -> None:
    assert token_of("Token ZXhhbXBsZS10b2tlbgo=") == "example-token\n"


@pytest.mark.parametrize(
    "header",
    [
        None, "", "Token", "Token ", "ZXhhbXBsZS10b2tlbg==", "Bearer ZXhhbXBsZS10b2tlbg==", "token ZXhhbXBsZS10b2tlbg==",
        "Token  ZXhhbXBsZS10b2tlbg==", "Token ZXhhbXBsZS10b2tlbg== ", "Token ZXhhbXBsZS10b2tlbg", "Token example-token",
        "Token\tZXhhbXBsZS10b2tlbg==", "Token _-8=", "Token /w==", "Token é===",
    ],
)  # fmt: skip
def test_another_header_is_refused_with_words_that_keep_the_token(header: str | None) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+") as refused:
        token_of(header)
    assert "ZXhh" not in str(refused.value)
    assert "example" not in str(refused.value)


@pytest.mark.parametrize(
    ("token", "proper"),
    [("a", True), ("x" * 64, True), ("x" * 65, False), ("", False), ("a b", False), ("é", False), ("a\n", False)],
)
def test_a_token_is_printable_ascii_without_spaces(token: str, proper: bool) -> None:
    assert is_proper(token) is proper
