"""OCPI 2.2.1, transport_and_format, authorization header: ``Token``, one space, the credentials token in Base64."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

Encoding = Literal["base64", "raw"]
"""``raw``: as many implementations of 2.1.1 and 2.2 send it."""
SCHEME = "Token"
TOKEN_AT_MOST = 64
"""OCPI 2.2.1, credentials: a token has 1 to 64 characters, printable ASCII without spaces."""


def authorization(token: str, encoding: Encoding = "base64") -> str:
    """The value of the header that carries ``token``."""
    return f"{SCHEME} {base64.b64encode(token.encode('utf-8', 'surrogatepass')).decode() if encoding == 'base64' else token}"


def token_of(header: str | None, encoding: Encoding = "base64") -> str:
    """The credentials token in the header's value, exactly as it was encoded. Raises ValueError, which says what is wrong;
    never with the token in its words."""
    if header is None:
        raise ValueError("no Authorization header")
    scheme, space, encoded = header.partition(" ")
    if scheme != SCHEME or not space:
        raise ValueError(f"the Authorization header does not begin with {SCHEME!r} and one space")
    if encoded != encoded.strip() or not encoded:
        raise ValueError(f"not one space and then the encoded token after {SCHEME!r}")
    if encoding == "raw":
        return encoded
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):  # ValueError: octets that are no UTF-8, characters that are no ASCII
        raise ValueError("the token is not encoded in Base64 of UTF-8") from None


def is_proper(token: str) -> bool:
    """Whether it can be a credentials token at all."""
    return 1 <= len(token) <= TOKEN_AT_MOST and all("!" <= character <= "~" for character in token)
