"""What a request to the API says, and how it is refused: one clear line, never a trace."""

from __future__ import annotations

import hmac
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from evconform.ocpp.tap import credentials_text

BODY_AT_MOST = 16 * 2**20
"""Bytes; a local list of 100 000 entries fits."""
PAGE_AT_MOST = 1000


def refuse(status: int, line: str) -> HTTPException:
    return HTTPException(status, " ".join(line.split()))


def named(request: Request, name: str) -> str:
    """A path parameter, decoded: the router sees the path as it was sent, for an identity may hold a slash."""
    return unquote(str(request.path_params[name]))


async def body(request: Request) -> Any:
    """The JSON of the body; an empty body is an empty object. Raises HTTPException."""
    taken = bytearray()
    async for part in request.stream():
        taken += part
        if len(taken) > BODY_AT_MOST:
            raise refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {BODY_AT_MOST} bytes")
    if not taken:
        return {}
    try:
        return json.loads(taken, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise refuse(HTTPStatus.BAD_REQUEST, f"the body is no JSON: {error}") from None


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def number(request: Request, name: str, default: int, most: int = 2**62) -> int:
    """A number of the query. Raises HTTPException."""
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= most):
        raise refuse(HTTPStatus.BAD_REQUEST, f"{name}: expected a number up to {most}, not {text[:40]!r}")
    return int(text)


def page(request: Request) -> tuple[int, int]:
    """``limit`` and ``offset``. Raises HTTPException."""
    return number(request, "limit", 100, PAGE_AT_MOST), number(request, "offset", 0)


async def refused(request: Request, error: Exception) -> Response:
    """An HTTPException as JSON."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


async def broken(request: Request, error: Exception) -> Response:
    """A bug of ours; the trace goes to the program's own output."""
    return JSONResponse({"error": "internal error"}, HTTPStatus.INTERNAL_SERVER_ERROR)


class EncodedPath:
    """Routes by the path as it was sent: ``%2F`` within an identity is no separator."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("raw_path"):
            scope = {**scope, "path": scope["raw_path"].decode("latin-1")}
        await self.app(scope, receive, send)


class Doorkeeper:
    """Lets in who shows the token: as Bearer, or as the password of Basic authentication, which a browser asks for."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self.knows(Request(scope).headers.get("authorization", "")):
            line = {"error": "expected the operator's token as Bearer, or as the password of Basic authentication"}
            challenge = {"WWW-Authenticate": 'Basic realm="evconform", charset="UTF-8"'}
            await JSONResponse(line, HTTPStatus.UNAUTHORIZED, challenge)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def knows(self, header: str) -> bool:
        scheme, _, given = header.partition(" ")
        if scheme.lower() == "basic":
            try:
                given = credentials_text(given).partition(":")[2]
            except ValueError:
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(given.strip().encode(), self.token.encode())
