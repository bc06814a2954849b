"""Credentials tokens: made at random, and kept as a digest where others show them to us.

A token that we show a partner has to be kept as it is. One that a partner shows us is only compared, so the store has its SHA-256
(no salt: ours have 256 random bits); answers that must repeat it (OCPI 2.2.1, credentials: GET) take it from the request.
"""

from __future__ import annotations

import binascii
import hashlib
import secrets
from collections.abc import Iterator

from evconform.ocpi.authorization import SCHEME, Encoding, token_of


def new_token() -> str:
    """43 characters, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def shown(header: str | None) -> Iterator[tuple[str, Encoding]]:
    """What the Authorization header may mean: its token in Base64, or raw as older versions send it."""
    try:
        yield token_of(header), "base64"
    except (ValueError, binascii.Error):
        pass
    scheme, space, token = (header or "").partition(" ")
    if scheme == SCHEME and space and token:
        yield token, "raw"


