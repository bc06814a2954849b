"""OCPP-S in a HAR: the entries that are no WebSockets. What a browser or a proxy wrote has the bodies without transfer coding and
compression; each exchange stands as a connection of its own."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from evconform.ocpp.field.parties import OTHER
from evconform.ocpp.field.said import Item, Said, Unread
from evconform.ocpp.field.soap import Callers
from evconform.ocpp.field.stamps import stamp_of

FACTS = {"resolution": 0.001}
MISSING = "the body of a message is not in the HAR"


def exchanges(rows: list[Any], place: int) -> Iterator[Item]:
    """What was said over HTTP, in the order of its time; messages are counted on from ``place``."""
    callers = Callers()
    for row in (each for each in rows if isinstance(each, dict)):  # one that says it may come behind one that does not
        callers.of(netloc_of(row), *(body_of(content) or "" for content in contents(row)))
    told: list[tuple[float, int, Said | Unread]] = []
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict) and "_webSocketMessages" not in row:
            told += [(item.at or 0.0, len(told) + n, item) for n, item in enumerate(exchange(row, f"entry {number}", callers))]
    for _, _, item in sorted(told, key=lambda each: each[:2]):
        place += item.kind in ("request", "response") if isinstance(item, Said) else 1
        item.line = max(place, 1)
        yield item


def exchange(row: dict[str, Any], conn: str, callers: Callers) -> Iterator[Said | Unread]:
    """The request of an entry, its response, and the end of the connection; nothing if it is not about OCPP."""
    request, response = part(row, "request"), part(row, "response")
    asked, answer = map(body_of, contents(row))
    caller = callers.of(netloc_of(row), asked or "", answer or "")
    if not caller:
        return
    url = urlsplit(str(request.get("url", "")))
    stamp = stamp_of(str(row.get("startedDateTime", "")))
    begun = stamp[0] if stamp else None
    done = None if begun is None else begun + milliseconds(row.get("time")) / 1000
    if asked is None or (answer is None and response.get("status")):
        yield Unread(1, MISSING, at=begun)
        return
    host = [] if any(line.lower().startswith("host:") for line in heads(request)) else [f"Host: {url.netloc}"]
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    first = f"{request.get('method', 'POST')} {target} HTTP/1.1"
    yield Said(1, message(first, [*heads(request), *host], asked), "request", begun, conn=conn, role=caller, facts=FACTS)
    if response.get("status"):
        first = f"HTTP/1.1 {response['status']} {response.get('statusText', '')}"
        yield Said(1, message(first, heads(response), answer or ""), "response", done, conn=conn, role=OTHER[caller], facts=FACTS)
        yield Said(1, "", "close", done, conn=conn, role=caller, facts=FACTS)
    else:
        yield Said(1, "", "lost", done, conn=conn, role=caller, facts=FACTS)


def part(row: dict[str, Any], name: str) -> dict[str, Any]:
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def contents(row: dict[str, Any]) -> tuple[Any, Any]:
    """What holds the bodies of request and response."""
    return part(row, "request").get("postData"), part(row, "response").get("content")


def netloc_of(row: dict[str, Any]) -> str:
    """Host and port of a request; empty for a URL that is none."""
    try:
        return urlsplit(str(part(row, "request").get("url", ""))).netloc
    except ValueError:
        return ""


def milliseconds(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9 else 0.0


def body_of(content: Any) -> str | bytes | None:
    """A body, as ``postData`` or ``content`` holds it; None if there was one that the HAR has not."""
    if not isinstance(content, dict):
        return ""
    text = content.get("text")
    if not isinstance(text, str):
        return None if content.get("size") not in (None, 0, -1) else ""
    if content.get("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def message(first: str, lines: list[str], body: str | bytes) -> str | bytes:
    head = "\r\n".join([first, *lines]) + "\r\n\r\n"
    if isinstance(body, str):
        return head + body
    try:
        return head + body.decode()
    except UnicodeDecodeError:
        return head.encode() + body


def heads(message: dict[str, Any]) -> list[str]:
    """The headers, but for those of HTTP/2 that are none."""
    rows = message.get("headers")
    told = [(str(row.get("name")), row.get("value")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [f"{name}: {value}" for name, value in told if not name.startswith(":")]
