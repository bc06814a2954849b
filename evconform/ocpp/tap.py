"""The tap of an OCPP-J connection: turns the bytes of each direction into frames of the wire log.

It sits below the WebSocket library and reads RFC 6455 on its own, so that what the library refuses, mends or answers by
itself is evidence all the same. It never raises: bytes that are no frame are logged as ``bytes``. What is longer than
``limits`` allow is never held: its beginning, its length and its digest are logged.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from evconform.harness.wire import Side, WireLog
from evconform.ocpp import limits
from evconform.ocpp.too_long import TooLong, as_text

try:
    from websockets.speedups import apply_mask as unmasked
except ImportError:
    from websockets.utils import apply_mask as unmasked

CONTINUATION, TEXT, BINARY = 0, 1, 2
OPCODES = {CONTINUATION: "continuation", TEXT: "text", BINARY: "binary", 8: "close", 9: "ping", 10: "pong"}
CREDENTIALS = re.compile(rb"(?im)(^[ \t]*authorization[ \t]*:\s*basic\s+)([^\r\n]+)")
"""The credentials in a head, however it is written, cut or folded."""


@dataclass
class Direction:
    """One direction of one connection: first an HTTP head, then WebSocket frames (RFC 6455, 5.2) or plain bytes."""

    by: Side
    client: bool
    reads: str = "head"
    buffer: bytearray = field(default_factory=bytearray)
    message: int = 0
    """Bytes of the parts that came of a message."""
    too_long: TooLong | None = None
    """A frame beyond the limit, while it passes."""
    spoiled: bool = False
    """There was one: what follows is heard by nobody (RFC 6455, 7.1.7), and logged as long as bytes would be."""
    logged: int = 0
    """What the logged bytes that are no frame count for."""
    unlogged: int = 0
    """Bytes that are no frame and came after as many as are logged."""


class Tap:
    """Logs both directions of one connection. ``client``: which side dialled."""

    def __init__(self, wire: WireLog, client: Side) -> None:
        self.wire = wire
        self.conn = wire.names_connection()
        self._directions: dict[Side, Direction] = {side: Direction(side, client=side == client) for side in ("sut", "tester")}

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
        if direction.reads == "bytes" and direction.buffer:
            self._rest(direction)

    def ends(self, by: Side, kind: str) -> None:
        """Logs the end of a direction (``eof``) or of the connection (``lost``), and what was left half said."""
        for direction in self._directions.values():
            if kind == "lost" or direction.by == by:
                if direction.buffer:
                    self._rest(direction, cut=True)
                if direction.too_long:
                    self._passed(direction, direction.too_long, cut=True)
                if direction.unlogged:
                    self.log(direction.by, "bytes", unlogged=direction.unlogged)
                    direction.unlogged = 0
        self.log(by, kind)

    def _rest(self, direction: Direction, **facts: object) -> None:
        data = bytes(direction.buffer)
        direction.buffer.clear()
        if direction.logged >= limits.BYTES_AT_MOST:
            direction.unlogged += len(data)
            return
        self._spends(direction, len(data))
        if CREDENTIALS.search(data):
            self.log(direction.by, "bytes", self._without_password(data), **facts)
        else:
            self.log(direction.by, "bytes", as_text(data), **facts)

    def _head(self, direction: Direction) -> None:
        end = direction.buffer.find(b"\r\n\r\n")
        if max(end, 0 if end >= 0 else len(direction.buffer)) > limits.HEAD_AT_MOST:
            direction.reads = "bytes"
        if end < 0 or direction.reads == "bytes":
            return
        head = bytes(direction.buffer[:end])
        del direction.buffer[: end + 4]
        text = self._without_password(head)
        self.log(direction.by, "request" if direction.client else "response", text)
        direction.reads = "frames"
        if not direction.client and head.split(b"\r\n", 1)[0].split(b" ")[1:2] != [b"101"]:
            for each in self._directions.values():  # what follows is a body, whoever sends it
                each.reads = "bytes"

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
        while size > done:
            if direction.too_long:
                done += direction.too_long.takes(bytes(buffer[done:]))
                if direction.too_long.left == 0:
                    self._passed(direction, direction.too_long)
                continue
            if size - done < 2 or direction.reads == "bytes":
                break
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
                if size < start:
                    break
            key = bytes(buffer[start - 4 : start]) if masked else b""
            if length > limits.MESSAGE_AT_MOST - (direction.message if first & 0x0F <= BINARY else 0):
                direction.too_long = self._refused(direction, first, masked, TooLong(length, key))
                done = start
                continue
            if size < start + length:
                break
            data = bytes(buffer[start : start + length])
            done = start + length
            self._frame(direction, first, masked, unmasked(data, key) if masked else data)
        return done

    def _frame(self, direction: Direction, first: int, masked: bool, data: bytes) -> None:
        facts = facts_of(direction, first, masked)
        self._counts(direction, first, len(data))
        if direction.spoiled:
            self._spends(direction, len(data))
        kind = OPCODES.get(first & 0x0F, f"opcode-{first & 0x0F}")
        if kind == "close" and len(data) >= 2:
            facts["code"] = int.from_bytes(data[:2], "big")
            data = data[2:]
        self.log(direction.by, kind, data if kind == "binary" else as_text(data), **facts)

    def _counts(self, direction: Direction, first: int, length: int) -> None:
        if first & 0x0F <= BINARY:
            direction.message = 0 if first & 0x80 else direction.message + length

    def _spends(self, direction: Direction, length: int) -> None:
        direction.logged += max(length, limits.BYTES_AN_ENTRY)
        if direction.logged >= limits.BYTES_AT_MOST:
            direction.reads = "bytes"

    def _refused(self, direction: Direction, first: int, masked: bool, frame: TooLong) -> TooLong:
        """Logs what a frame beyond the limit says of itself, before anybody answers it. What it holds is nobody's to judge."""
        opcode = OPCODES.get(first & 0x0F, f"opcode-{first & 0x0F}")
        facts = facts_of(direction, first, masked)
        direction.spoiled = True
        self._counts(direction, first, frame.length)
        frame.n = self.log(direction.by, "too-long", opcode=opcode, length=frame.length, **facts)
        return frame

    def _passed(self, direction: Direction, frame: TooLong, **facts: object) -> None:
        """Logs what there was of a frame beyond the limit."""
        direction.too_long = None
        self._spends(direction, 0)
        self.log(direction.by, "bytes", frame.beginning, of=frame.n, length=frame.passed, sha256=frame.digest, **facts)


def facts_of(direction: Direction, first: int, masked: bool) -> dict[str, Any]:
    """What is out of the ordinary in the header of a frame: FIN, RSV, the mask."""
    facts: dict[str, Any] = {}
    if not first & 0x80:
        facts["fin"] = False
    if first & 0x70:
        facts["rsv"] = (first & 0x70) >> 4
    if masked != direction.client:
        facts["masked"] = masked
    return facts


def credentials_text(credentials: str) -> str:
    """``user:password`` of Basic authentication (RFC 7617): UTF-8, or else Latin-1. Raises ValueError."""
    raw = base64.b64decode(credentials.strip(), validate=True)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
