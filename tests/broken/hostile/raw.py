"""A WebSocket peer on blocking sockets and nothing else, that can say anything. For processes of their own."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import socket
import struct
import threading
from typing import Any

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
SMALL = 4096
"""Bytes that the kernel takes for a peer that does not read: little, so that it shows soon."""
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(
    opcode: int, data: bytes = b"", *, mask: bool = True, fin: bool = True, rsv: int = 0, length: int | None = None
) -> bytes:
    """The bytes of a frame (RFC 6455, 5.2), legal or not; its mask is zero. ``length``: what its header claims."""
    claimed = len(data) if length is None else length
    bit = 0x80 if mask else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    if claimed < 126:
        head += bytes([bit | claimed])
    elif claimed < 65_536:
        head += struct.pack("!BH", bit | 126, claimed)
    else:
        head += struct.pack("!BQ", bit | 127, claimed)
    return head + (b"\0\0\0\0" if mask else b"") + data


class Peer:
    """One connection. ``client``: it masks what it says."""

    def __init__(self, sock: socket.socket, client: bool) -> None:
        self.sock, self.client = sock, client
        self.stop = threading.Event()
        """Set when this life is to end."""
        self._read = b""

    def says(self, data: bytes) -> None:
        """Sends it; a peer that hung up is no surprise to anybody."""
        with contextlib.suppress(OSError):
            self.sock.sendall(data)

    def text(self, text: str | bytes, **how: Any) -> None:
        self.says(frame(1, text.encode() if isinstance(text, str) else text, mask=self.client, **how))

    def frame(self, opcode: int, data: bytes = b"", **how: Any) -> None:
        self.says(frame(opcode, data, **({"mask": self.client} | how)))

    def exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            more = self.sock.recv(65_536)
            if not more:
                raise ConnectionError("the other side ended")
            self._read += more
        taken, self._read = self._read[:size], self._read[size:]
        return taken

    def head(self) -> str:
        """An HTTP head."""
        while b"\r\n\r\n" not in self._read:
            more = self.sock.recv(65_536)
            if not more:
                raise ConnectionError(f"the other side ended after {self._read!r}")
            self._read += more
        head, self._read = self._read.split(b"\r\n\r\n", 1)
        return head.decode("latin-1")

    def hears(self) -> tuple[int, bytes]:
        """The next frame: opcode and data."""
        first, second = self.exactly(2)
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(self.exactly(2 if length == 126 else 8), "big")
        key = self.exactly(4) if second & 0x80 else b"\0\0\0\0"
        data = self.exactly(length)
        stream = (key * (length // 4 + 1))[:length]
        return first & 0x0F, (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(length, "big")

    def hears_message(self) -> list[Any]:
        """The next message; pings are answered on the way."""
        while True:
            opcode, data = self.hears()
            if opcode == 1:
                return list(json.loads(data))
            if opcode == 9:
                self.frame(10, data)
            elif opcode == 8:
                raise ConnectionError("closed")

    def calls(self, action: str, payload: dict[str, Any], message_id: str) -> None:
        """Sends a CALL and waits for its answer."""
        self.text(json.dumps([2, message_id, action, payload]))
        while self.hears_message()[1] != message_id:
            pass

    def leaves(self) -> None:
        """Closes properly, and waits until the other side is gone."""
        with contextlib.suppress(OSError):
            self.sock.settimeout(2)
            self.frame(8, b"\x03\xe8")
            while self.sock.recv(65_536):
                pass
        self.drops()

    def drops(self) -> None:
        """Ends the connection, and wakes up who reads from it."""
        self.stop.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # below TLS, which another thread may be reading


def request(target: str, *more: str, version: str = "HTTP/1.1") -> bytes:
    """An opening handshake for this target, with these lines on top."""
    lines = [f"GET {target} {version}", "Host: x", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY}"]
    lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: ocpp1.6", *more]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def response(head: str) -> bytes:
    """The answer that lets in whoever said this head."""
    key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1((key + MAGIC).encode()).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Accept: {accept}", "Sec-WebSocket-Protocol: ocpp1.6", "", ""]
    return "\r\n".join(lines).encode()
