"""A capture file: OCPP-J and OCPP-S in plain traffic. Who opens a WebSocket is the charge point; of SOAP the namespace of the
called service says who calls."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from evconform.harness.context import FIELD
from evconform.ocpp.field.capture.connections import Heard, heard_in
from evconform.ocpp.field.parties import CHARGE_POINT, OTHER
from evconform.ocpp.field.said import Format, Item, Line, Said, Unread
from evconform.ocpp.field.soap import Callers

MARK = '{"capture":'
FACTS = {"resolution": 1e-6}
CUT = "the capture ends in the middle of a packet"
GAP = "bytes of the connection are not in the capture"
COMPRESSED = "a message that is compressed"
TOLD = ("request", "response", "garbage")
"""Kinds of what may show whose service it is."""
HELD_AT_MOST = 100
"""Messages of a connection that wait until it is known who calls there."""


def lines_of(path: Path) -> Iterator[str]:
    """What is in a capture, a line for each message. Raises UsageError, OSError."""
    for heard in heard_in(path):
        row: dict[str, Any] = {"n": heard.n, "t": round(heard.t, 6), "conn": heard.conn, "client": heard.by_client}
        row |= {"kind": heard.kind, "server": heard.server, "websocket": heard.websocket, "facts": heard.facts}
        row |= {"b64": base64.b64encode(heard.data).decode()} if isinstance(heard.data, bytes) else {"data": heard.data}
        yield f"{MARK}{json.dumps(row)}}}"


def fits(line: str) -> bool:
    return line.startswith(MARK)


def read(lines: Iterable[Line], options: Any) -> Iterator[Item]:
    callers = Callers()
    held: dict[str, list[Heard]] = {}
    for line in lines:
        heard = heard_on(line.text)
        if heard is None:
            yield Unread(line.n, "no line of a capture")
        elif heard.kind == "cut":
            yield Unread(heard.n, CUT)
        elif heard.websocket:
            yield said(heard, CHARGE_POINT)
        elif caller := callers.of(heard.server, heard.data if heard.kind in TOLD else ""):
            for each in (*held.pop(heard.conn, ()), heard):
                yield said(replace(each, t=heard.t), caller)
        elif heard.kind in ("lost", "close"):  # it was not about OCPP
            held.pop(heard.conn, None)
        else:
            waiting = held.setdefault(heard.conn, [])
            waiting.append(heard)
            del waiting[:-HELD_AT_MOST]


def heard_on(text: str) -> Heard | None:
    try:
        row = json.loads(text)["capture"]
        data = base64.b64decode(row["b64"]) if "b64" in row else row["data"]
        facts = (row["kind"], data, row["server"], row["websocket"], row["facts"])
        return Heard(row["n"], row["t"], row["conn"], row["client"], *facts)
    except (ValueError, KeyError, TypeError):
        return None


def said(heard: Heard, client: str) -> Item:
    """``client``: the role of who opened the connection."""
    if heard.kind == "gap":
        return Unread(heard.n, GAP, at=heard.t)
    if heard.facts.get("rsv"):
        return Unread(heard.n, COMPRESSED, at=heard.t)
    role = client if heard.by_client else OTHER[client]
    facts = FACTS | {name: heard.facts[name] for name in ("fin", "of") if name in heard.facts}
    return Said(heard.n, heard.data, heard.kind, heard.t, conn=heard.conn, role=role, facts=facts)


FORMAT = Format("pcap", "a capture", fits, read, replace(FIELD, bytes=True), place="packet")
