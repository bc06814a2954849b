"""HAR, as browsers and proxies write it. The messages of a WebSocket stand in ``_webSocketMessages``; its client is the charge
point. Those of OCPP-S are in entries like any other (``har_http``)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from evconform.harness.context import FIELD
from evconform.ocpp.field.formats.har_http import exchanges, heads
from evconform.ocpp.field.said import Format, Item, Line, Said, Unread
from evconform.ocpp.field.stamps import stamp_of

ROLES = {"send": "charge-point", "receive": "central-system"}
KINDS = {1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
"""RFC 6455, 5.2."""

MEMBERS = ("_webSocketMessages", "startedDateTime")
"""What no other format has, on whichever line it stands."""


def fits(line: str) -> bool:
    whole = '"log"' in line and '"entries"' in line and line.lstrip().startswith("{")
    return whole or any(f'"{name}"' in line for name in MEMBERS)


def read(lines: Iterable[Line], options: Any) -> Iterator[Item]:
    try:
        source = json.loads("\n".join(line.text for line in lines))
        rows = source["log"]["entries"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        yield Unread(1, f"no whole HAR: {' '.join(str(error).split())[:100]}")
        return
    place = 0
    rows = rows if isinstance(rows, list) else []
    for number, row in enumerate(rows, 1):
        messages = row.get("_webSocketMessages") if isinstance(row, dict) else None
        if not isinstance(messages, list):
            continue
        conn = f"entry {number}"
        last: float | None = None
        yield from handshake(row, conn, place)
        for message in messages:
            place += 1
            said = said_in(message, conn, place)
            last = said.at if isinstance(said, Said) else None
            yield said
        yield Said(place, "", "lost", last, conn=conn, role="charge-point")
    yield from exchanges(rows, place)


def said_in(message: Any, conn: str, place: int) -> Item:
    if not isinstance(message, dict) or not isinstance(message.get("data"), str) or message.get("type") not in ROLES:
        return Unread(place, "no message of a WebSocket")
    time = message.get("time")
    at = float(time) if isinstance(time, int | float) and not isinstance(time, bool) else None
    at = at / 1000 if at is not None and at > 1e11 else at  # browsers write seconds, and Playwright milliseconds
    kind = KINDS.get(message.get("opcode", 1), "text")
    return Said(place, message["data"], kind, at, conn=conn, role=ROLES[message["type"]], facts={"resolution": 0.001})


def handshake(row: dict[str, Any], conn: str, place: int) -> Iterator[Said]:
    """The opening handshake as HTTP heads."""
    request, response = row.get("request") or {}, row.get("response") or {}
    stamp = stamp_of(str(row.get("startedDateTime", "")))
    url = urlsplit(str(request.get("url", "")))
    target = url.path + (f"?{url.query}" if url.query else "")
    lines = [f"{request.get('method', 'GET')} {target} HTTP/1.1", *heads(request)]
    yield Said(max(place, 1), "\r\n".join(lines), "request", stamp and stamp[0], conn=conn, role="charge-point")
    if response.get("status"):
        lines = [f"HTTP/1.1 {response['status']} {response.get('statusText', '')}", *heads(response)]
        yield Said(max(place, 1), "\r\n".join(lines), "response", stamp and stamp[0], conn=conn, role="central-system")


FORMAT = Format("har", "HAR", fits, read, replace(FIELD, bytes=True), place="message")
