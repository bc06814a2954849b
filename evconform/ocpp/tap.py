"""The tap of an OCPP-J connection: turns the bytes of each direction into frames of the wire log.

It sits below the WebSocket library and reads RFC 6455 on its own, so that what the library refuses, mends or answers by
itself is evidence all the same. It never raises: bytes that are no frame are logged as ``bytes``.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from evconform.harness.wire import Side, WireLog

try:
    from websockets.speedups import apply_mask as unmasked
except ImportError:
    from websockets.utils import apply_mask as unmasked

OPCODES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
HEAD_AT_MOST = 65_536
CREDENTIALS = re.compile(rb"(?im)(^[ \t]*authorization[ \t]*:\s*basic\s+)([^\r\n]+)")
"""The credentials in a head, however it is written, cut or folded."""


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
        if direction.reads == "frames" and not direction.buffer:
            data = data[self._frames(direction, data) :]
            if not data:
                return
        direction.buffer += data
        if direction.reads == "head":
            self._head(direction)
        if direction.reads == "frames":
            del direction.buffer[: self._frames(direction, direction.buffer)]
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
        if CREDENTIALS.search(data):
            self.log(direction.by, "bytes", self._without_password(data), **facts)
        else:
            self.log(direction.by, "bytes", as_text(data), **facts)

    def _head(self, direction: Direction) -> None:
        end = direction.buffer.find(b"\r\n\r\n")
        if max(end, 0 if end >= 0 else len(direction.buffer)) > HEAD_AT_MOST:
            direction.reads = "bytes"
        if end < 0 or direction.reads == "bytes":
            return
        head = bytes(direction.buffer[:end])
        del direction.buffer[: end + 4]
        text = self._without_password(head)
        self.log(direction.by, "request" if direction.client else "response", text)
        direction.reads = "frames"
        if not direction.client and head.split(b"\r\n", 1)[0].split(b" ")[1:2] != [b"101"]:
            direction.reads = "bytes"

    def _without_password(self, head: bytes) -> str:
        """The head with the password of Basic authentication (RFC 7617) as a token, the user name in the open."""

        def token(found: re.Match[bytes]) -> bytes:
            credentials = found[2].decode("latin-1")
            try:
                user, _, password = credentials_text(credentials).partition(":")
                shown = f"{user}:{self.wire.token(password) if password else ''}"
            except ValueError:
                shown = self.wire.token(credentials)
            return found[1] + shown.encode()

        return CREDENTIALS.sub(token, head).decode("utf-8", "replace")

    def _frames(self, direction: Direction, buffer: bytes | bytearray) -> int:
        """Logs the frames that ``buffer`` holds as a whole; gives back their length."""
        done, size = 0, len(buffer)
        while size - done >= 2:
            first, second = buffer[done], buffer[done + 1]
            length, start = second & 0x7F, done + 2
            if length >= 126:
                start += 2 if length == 126 else 8
                if size < start:
                    break
                length = int.from_bytes(buffer[done + 2 : start], "big")
            masked = second >= 0x80
            if masked:
                start += 4
            if size < start + length:
                break
            data = bytes(buffer[start : start + length])
            if masked:
                data = unmasked(data, bytes(buffer[start - 4 : start]))
            done = start + length
            self._frame(direction, first, masked, data)
        return done

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
    """``user:password`` of Basic authentication (RFC 7617): UTF-8, or else Latin-1. Raises ValueError."""
    raw = base64.b64decode(credentials.strip(), validate=True)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def as_text(data: bytes) -> str | bytes:
    """The text if the bytes are UTF-8, else the bytes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
