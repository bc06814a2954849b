"""The tap of an OCPP-J connection: turns the bytes of each direction into frames of the wire log.

It sits below the WebSocket library and reads RFC 6455 on its own, so that what the library refuses, mends or answers by
itself is evidence all the same. It never raises: bytes that are no frame are logged as ``bytes``.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from evconform.harness.wire import Side, WireLog

OPCODES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
HEAD_AT_MOST = 65_536


@dataclass
class Direction:
    """One direction of one connection: first an HTTP head, then WebSocket frames (RFC 6455, 5.2) or plain bytes."""

    by: Side
    client: bool
    reads: str = "head"
    buffer: bytearray = field(default_factory=bytearray)


class Tap:
    """Logs both directions of one connection. ``client``: which side dialled."""

    def __init__(self, wire: WireLog, client: Side) -> None:
        self.wire = wire
        self.conn = wire.names_connection()
        self._directions: dict[Side, Direction] = {side: Direction(side, client=side == client) for side in ("sut", "tester")}
        self._upgraded = False

    def log(self, by: Side, kind: str, data: str | bytes = "", **facts: object) -> int:
        return self.wire.frame(self.conn, by, kind, data, **facts).n

    def passes(self, by: Side, data: bytes) -> None:
        """Takes bytes as they pass."""
        direction = self._directions[by]
        direction.buffer += data
        if direction.reads == "head":
            self._head(direction)
        if direction.reads == "frames":
            self._frames(direction)
        elif direction.reads == "bytes" and direction.buffer:
            self._rest(direction)

    def ends(self, by: Side, kind: str) -> None:
        """Logs the end of a direction (``eof``) or of the connection (``lost``), and what was left half said."""
        for direction in self._directions.values():
            if direction.buffer and (kind == "lost" or direction.by == by):
                self._rest(direction, cut=True)
        self.log(by, kind)

    def _rest(self, direction: Direction, **facts: object) -> None:
        data = bytes(direction.buffer)
        direction.buffer.clear()
        self.log(direction.by, "bytes", as_text(data), **facts)

    def _head(self, direction: Direction) -> None:
        end = direction.buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(direction.buffer) > HEAD_AT_MOST:
                direction.reads = "bytes"
            return
        head = bytes(direction.buffer[:end])
        del direction.buffer[: end + 4]
        text = self._without_password(head.decode("latin-1"))
        self.log(direction.by, "request" if direction.client else "response", text)
        direction.reads = "frames"
        if not direction.client and b" 101 " not in head.split(b"\r\n", 1)[0]:
            direction.reads = "bytes"

    def _without_password(self, head: str) -> str:
        """The head with the password of Basic authentication (RFC 7617) as a token, the user name in the open."""
        lines = head.split("\r\n")
        for i, line in enumerate(lines):
            name, _, value = line.partition(":")
            scheme, _, credentials = value.strip().partition(" ")
            if name.lower() != "authorization" or scheme.lower() != "basic":
                continue
            try:
                user, _, password = credentials_text(credentials).partition(":")
                lines[i] = f"{name}: {scheme} {user}:{self.wire.keep_secret(password) if password else ''}"
            except binascii.Error:
                lines[i] = f"{name}: {scheme} {self.wire.keep_secret(credentials)}"
        return "\r\n".join(lines)

    def _frames(self, direction: Direction) -> None:
        buffer = direction.buffer
        while len(buffer) >= 2:
            length, start = buffer[1] & 0x7F, 2
            if length >= 126:
                wide = 2 if length == 126 else 8
                if len(buffer) < 2 + wide:
                    return
                length, start = int.from_bytes(buffer[2 : 2 + wide], "big"), 2 + wide
            masked = bool(buffer[1] & 0x80)
            start += 4 if masked else 0
            if len(buffer) < start + length:
                return
            data = bytes(buffer[start : start + length])
            if masked:
                data = unmasked(data, bytes(buffer[start - 4 : start]))
            first = buffer[0]
            del buffer[: start + length]
            self._frame(direction, first, masked, data)

    def _frame(self, direction: Direction, first: int, masked: bool, data: bytes) -> None:
        facts: dict[str, object] = {}
        if not first & 0x80:
            facts["fin"] = False
        if first & 0x70:
            facts["rsv"] = (first & 0x70) >> 4
        if masked != direction.client:
            facts["masked"] = masked
        kind = OPCODES.get(first & 0x0F, f"opcode-{first & 0x0F}")
        if kind == "close" and len(data) >= 2:
            facts["code"] = int.from_bytes(data[:2], "big")
            data = data[2:]
        self.log(direction.by, kind, data if kind == "binary" else as_text(data), **facts)


def credentials_text(credentials: str) -> str:
    """``user:password`` of Basic authentication (RFC 7617): UTF-8, or else Latin-1. Raises binascii.Error."""
    raw = base64.b64decode(credentials, validate=True)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def unmasked(data: bytes, key: bytes) -> bytes:
    """``data`` without its mask (RFC 6455, 5.3)."""
    size = len(data)
    mask = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(mask, "big")).to_bytes(size, "big")


def as_text(data: bytes) -> str | bytes:
    """The text if the bytes are UTF-8, else the bytes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
