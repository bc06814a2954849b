"""Content codings (RFC 9110, 8.4.1): gzip and deflate are taken off, within the limit for bodies."""

from __future__ import annotations

import zlib

from evconform.http import limits
from evconform.http.message import Headers, all_of

WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""zlib's ``wbits`` that a coding may mean: some senders' deflate has no zlib header."""


class BodyTooLong(ValueError):
    """What the body decompresses to is beyond the limit."""


def codings(headers: Headers) -> list[str]:
    """The codings of a body in the order in which they were applied; ``identity`` is none."""
    named = [name.strip().lower() for value in all_of(headers, "Content-Encoding") for name in value.split(",")]
    return [name for name in named if name not in ("", "identity")]


def decoded(headers: Headers, body: bytes) -> bytes:
    """The body without its codings. Raises ValueError, with words, where that cannot be; BodyTooLong."""
    for name in reversed(codings(headers)) if body else ():
        if name not in WINDOWS:
            raise ValueError(f"the coding {name} is not known here")
        body = inflated(body, name)
    return body


def inflated(body: bytes, name: str) -> bytes:
    """Raises ValueError, BodyTooLong."""
    why = ""
    for wbits in WINDOWS[name]:
        stream = zlib.decompressobj(wbits)
        try:
            data = stream.decompress(body, limits.BODY_AT_MOST + 1)
        except zlib.error as error:
            why = why or str(error)
            continue
        if len(data) > limits.BODY_AT_MOST:
            raise BodyTooLong(f"it decompresses to more than {limits.BODY_AT_MOST} bytes")
        if not stream.eof:
            raise ValueError(f"its {name} has no end")
        return data
    raise ValueError(f"it is no {name}: {why}")
