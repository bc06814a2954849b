"""The body of a request, read: JSON or nothing; what it is worth is decided later."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

BODY_AT_MOST = 8 * 2**20
"""Bytes; a Location with thousands of EVSEs fits."""


class Unreadable(Exception):
    """A request that does not come to OCPI. ``http``: the status that says so."""

    def __init__(self, http: HTTPStatus, says: str) -> None:
        super().__init__(says)
        self.http = http


async def body(request: Request) -> Any:
    """The JSON of a POST, PUT or PATCH. Raises Unreadable: 400 for what is no JSON (status_codes)."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Unreadable(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body is encoded; send it as it is")
    taken = bytearray()
    async for part in request.stream():
        taken += part
        if len(taken) > BODY_AT_MOST:
            raise Unreadable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {BODY_AT_MOST} bytes")
    try:
        return json.loads(taken.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        words = str(error) if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise Unreadable(HTTPStatus.BAD_REQUEST, f"the body is no JSON: {words}") from None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
