"""The tap of an HTTP connection: turns the bytes of each direction into frames of the wire log.

It sits below the library and reads HTTP/1.1 on its own (``reading.py``), so that what the library refuses, mends or
answers by itself is evidence all the same. Kinds of frames:

- ``open`` (``peer``) by who dialled; ``tls`` with its facts, or ``failed``;
- ``request`` and ``response``, at the last byte of each: head, blank line, body. The transfer coding is taken off
  (``coding``, ``trailers``), compression too (``encoding``; ``undecoded`` says why not). ``until="end"``: the end of the
  stream ended the body. ``unasked``: there was no request for it;
- ``too-long``: head and beginning of a message beyond the limits, as soon as that is known, and when it is over
  ``discarded`` (``of`` that entry, ``length``, ``sha256``);
- ``garbage``: bytes that are no HTTP (``why``), or were to become a message and did not (``cut``);
- ``eof``: this side ended its stream; ``close``: it closed the connection; ``lost``: the connection went.
"""

from __future__ import annotations

import base64
import re
from collections import deque
from typing import Any

from evconform.harness.wire import Side, WireLog
from evconform.http import limits
from evconform.http.coding import BodyTooLong, codings, decoded
from evconform.http.message import split
from evconform.http.reading import Reader

CREDENTIALS = re.compile(rb"(?im)^([ \t]*(?:proxy-)?authorization[ \t]*:[ \t]*(?:([!-~]+)[ \t]+)?)([^\r\n]+)")
"""The credentials in a head, however it is written; the scheme stays in the open, if there is one."""


class HttpTap:
    """Logs both directions of one connection. ``client``: which side dialled."""

    def __init__(self, wire: WireLog, client: Side) -> None:
        self.wire = wire
        self.conn = wire.names_connection()
        self.numbers: dict[Side, deque[int]] = {"sut": deque(), "tester": deque()}
        """Of the messages of each side that were logged and not yet asked for, but for 1xx."""
        methods: deque[str] = deque()
        self._readers: dict[Side, Reader] = {}
        for side in self.numbers:
            self._readers[side] = Reader(side == client, methods, self._telling(side), self._switched)

    def log(self, by: Side, kind: str, data: str | bytes = "", **facts: object) -> int:
        return self.wire.frame(self.conn, by, kind, data, **facts).n

    def passes(self, by: Side, data: bytes) -> None:
        """Takes bytes as they pass."""
        self._readers[by].takes(data)

    def ends(self, by: Side, kind: str) -> None:
        """Logs the end of a direction (``eof``) or of the connection (``close``, ``lost``), and what was left half said."""
        for side, reader in self._readers.items():
            if side == by or kind != "eof":
                reader.ends(cut=kind == "lost" or side != by)
        self.log(by, kind)

    def number(self, by: Side) -> int:
        """The entry of the next message of a side; 0 if there is none."""
        numbers = self.numbers[by]
        return numbers.popleft() if numbers else 0

    def _telling(self, by: Side) -> Any:
        def tells(kind: str, head: bytes, body: bytes, **facts: object) -> int:
            if kind in ("request", "response"):
                return self._message(by, kind, head, body, facts)
            return self.log(by, kind, self._shown(head, body), **facts)

        return tells

    def _message(self, by: Side, kind: str, head: bytes, body: bytes, facts: dict[str, Any]) -> int:
        first, headers = split(head)
        if body and (named := codings(headers)):
            facts["encoding"] = ", ".join(named)
            try:
                body = decoded(headers, body)
            except BodyTooLong as why:
                return self.log(by, "too-long", self._shown(head, b""), of=kind, what="body", why=str(why), **facts)
            except ValueError as why:
                facts["undecoded"] = str(why)
        n = self.log(by, kind, self._shown(head, body), **facts)
        if kind == "request" or not first.split(" ")[1].startswith("1"):
            self.numbers[by].append(n)
        return n

    def _shown(self, head: bytes, body: bytes) -> str | bytes:
        """Head, blank line, body: text if it is UTF-8, else bytes."""
        data = self._without_password(head) + b"\r\n\r\n" + body if head else self._without_password(body)
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data

    def _without_password(self, head: bytes) -> bytes:
        """The head with credentials as a token; of Basic (RFC 7617) the password, with the user name in the open."""

        def token(found: re.Match[bytes]) -> bytes:
            shown = None
            if (found[2] or b"").lower() == b"basic":
                shown = self._basic(found[3])
            return found[1] + (shown or self.wire.token(found[3].decode("utf-8", "replace").rstrip())).encode()

        return CREDENTIALS.sub(token, head[: limits.HEAD_AT_MOST]) + head[limits.HEAD_AT_MOST :]

    def _basic(self, credentials: bytes) -> str | None:
        try:
            raw = base64.b64decode(credentials.strip(), validate=True)
        except ValueError:
            return None
        user, _, password = raw.decode("utf-8", "replace").partition(":")
        return f"{user}:{self.wire.token(password) if password else ''}"

    def _switched(self) -> None:
        for reader in self._readers.values():
            reader.becomes_foreign()
