"""Credentials tokens: made at random, and kept as a digest where others show them to us.

A token that we show a partner has to be kept as it is. One that a partner shows us is only compared, so the store has its SHA-256
(no salt: ours have 256 random bits); answers that must repeat it (OCPI 2.2.1, credentials: GET) take it from the request.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress

from evconform.ocpi.authorization import SCHEME, Encoding, token_of


def new_token() -> str:
    """43 characters, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def shown(header: str | None) -> list[tuple[str, Encoding]]:
    """What the Authorization header may mean: its token in Base64, or raw as older versions send it."""
    scheme, space, token = (header or "").partition(" ")
    meant: list[tuple[str, Encoding]] = [(token, "raw")] if scheme == SCHEME and space and token else []
    with suppress(ValueError):  # it may be raw
        meant.insert(0, (token_of(header), "base64"))
    return meant
