"""From requests and responses to the events of h11, and back; what a message must have besides is added here."""

from __future__ import annotations

from http import HTTPStatus

import h11

from evconform.http.message import Headers, Request, Response

PHRASES = {status.value: status.phrase for status in HTTPStatus}
PORTS = {"http": 80, "https": 443}
WITH_LENGTH = {"POST", "PUT", "PATCH"}
"""Methods whose request says its length even if it has no body (RFC 9110, 8.6)."""

Origin = tuple[str, str, int]
"""Scheme, host, port."""


def fields(event: h11.Request | h11.Response) -> Headers:
    """The header fields as they were written, names too."""
    return [(name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in event.headers.raw_items()]


def of_request(request: Request, target: str, origin: Origin) -> list[h11.Event]:
    """The request with Host, and how its body ends. Raises ValueError."""
    scheme, host, port = origin
    headers = list(request.headers)
    if request.header("Host") is None:
        shown = f"[{host}]" if ":" in host else host
        headers.insert(0, ("Host", shown if port == PORTS[scheme] else f"{shown}:{port}"))
    if not framed(headers) and (request.body or request.method in WITH_LENGTH):
        headers.append(("Content-Length", str(len(request.body))))
    try:
        head = h11.Request(method=request.method.encode(), target=target.encode(), headers=pairs(headers))
    except h11.LocalProtocolError as error:
        raise ValueError(f"this is no request: {error}") from error
    return [head, *([h11.Data(data=request.body)] if request.body else []), h11.EndOfMessage()]


def of_response(response: Response, method: bytes, date: str) -> list[h11.Event]:
    """The response to a request of this method, with Date, and how its body ends. Raises ValueError."""
    headers = list(response.headers)
    if response.header("Date") is None:
        headers.append(("Date", date))
    if not framed(headers) and response.status not in (204, 304):
        headers.append(("Content-Length", str(len(response.body))))
    reason = response.reason or PHRASES.get(response.status, "")
    try:
        head = h11.Response(status_code=response.status, headers=pairs(headers), reason=reason.encode())
    except h11.LocalProtocolError as error:
        raise ValueError(f"this is no response: {error}") from error
    silent = not response.body or response.status in (204, 304) or method == b"HEAD"
    return [head, *([] if silent else [h11.Data(data=response.body)]), h11.EndOfMessage()]


def framed(headers: Headers) -> bool:
    """Whether the head says how the body ends."""
    return any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers)


def pairs(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers]
