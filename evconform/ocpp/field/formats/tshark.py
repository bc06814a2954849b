"""A capture of the network through tshark's JSON (``tshark -r FILE -Y 'websocket or http' -T json``), where the traffic is
plain: OCPP-J only. Who opens the connection, or masks its frames (RFC 6455, 5.3), is the charge point."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from evconform.harness.context import FIELD
from evconform.ocpp.field.said import Format, Item, Line, Said, Unread

CLIENT, SERVER = "charge-point", "central-system"
KINDS = {"0": "continuation", "1": "text", "2": "binary", "8": "close", "9": "ping", "10": "pong"}


def fits(line: str) -> bool:
    return '"_source"' in line or '"layers"' in line


def read(lines: Iterable[Line], options: Any) -> Iterator[Item]:
    try:
        packets = json.loads("\n".join(line.text for line in lines), object_pairs_hook=several)
    except (ValueError, RecursionError) as error:
        yield Unread(1, f"no whole JSON of tshark: {' '.join(str(error).split())[:100]}")
        return
    for place, packet in enumerate(packets if isinstance(packets, list) else (), 1):
        source = packet.get("_source") if isinstance(packet, dict) else None
        layers = source.get("layers") if isinstance(source, dict) else None
        if isinstance(layers, dict):
            yield from said_in(layers, place)
        else:
            yield Unread(place, "no packet")


def several(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which a name that stands there more than once, as tshark writes it, has a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            found[name] = [*found[name], value] if isinstance(found[name], Many) else Many((found[name], value))
            found[name] = Many(found[name])
        else:
            found[name] = value
    return found


class Many(list[Any]):
    """The values of a name that was there several times."""


def each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Many) else [] if value is None else [value]


def first(layer: Any, name: str) -> str:
    """A field as text, wherever it is within the layer."""
    if isinstance(layer, dict):
        if name in layer:
            return str(each(layer[name])[0])
        return next((found for value in layer.values() if (found := first(value, name))), "")
    return next((found for value in layer if (found := first(value, name))), "") if isinstance(layer, list) else ""


def said_in(layers: dict[str, Any], place: int) -> Iterator[Item]:
    number = first(layers, "frame.number")
    place = int(number) if number.isdecimal() else place
    at = seconds(first(layers, "frame.time_epoch"))
    conn = f"tcp {first(layers, 'tcp.stream')}"
    for http in each(layers.get("http")):
        yield from head(http, conn, place, at)
    for websocket in each(layers.get("websocket")):
        for frame in websocket if isinstance(websocket, list) else [websocket]:
            yield said(frame, conn, place, at)
    if "1" in (first(layers, "tcp.flags.fin"), first(layers, "tcp.flags.reset")):
        yield Said(place, "", "lost", at, conn=conn, role=CLIENT)


def seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def said(frame: Any, conn: str, place: int, at: float | None) -> Item:
    masked = first(frame, "websocket.mask").lower() in ("1", "true")
    kind = KINDS.get(first(frame, "websocket.opcode"), "text")
    text = first(frame, "websocket.payload.text") or first(frame, "websocket.payload.text_unmask")
    if kind in ("text", "continuation") and not text and first(frame, "websocket.payload_length") not in ("0", ""):
        return Unread(place, "a message that tshark did not read: it is compressed, or its begin is not in the capture")
    final = first(frame, "websocket.fin").lower() in ("1", "true")
    facts: dict[str, Any] = {"resolution": 1e-6} if final else {"resolution": 1e-6, "fin": False}
    return Said(place, text, kind, at, conn=conn, role=CLIENT if masked else SERVER, facts=facts)


def head(http: Any, conn: str, place: int, at: float | None) -> Iterator[Said]:
    lines = [str(line).strip() for line in lines_of(http)]
    if target := first(http, "http.request.uri"):
        text = "\r\n".join([f"{first(http, 'http.request.method') or 'GET'} {target} HTTP/1.1", *lines])
        yield Said(place, text, "request", at, conn=conn, role=CLIENT)
    elif code := first(http, "http.response.code"):
        text = "\r\n".join([f"HTTP/1.1 {code} {first(http, 'http.response.phrase')}", *lines])
        yield Said(place, text, "response", at, conn=conn, role=SERVER)


def lines_of(http: Any) -> list[Any]:
    for name in ("http.request.line", "http.response.line"):
        if isinstance(http, dict) and name in http:
            value = http[name]
            return list(value) if isinstance(value, list) else [value]
    return []


FORMAT = Format("tshark", "a capture, through tshark", fits, read, replace(FIELD, bytes=True), place="packet")
