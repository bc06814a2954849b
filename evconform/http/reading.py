"""Our own reading of HTTP/1.1 (RFC 9112): the bytes of one direction become messages, whatever pieces they come in.

It never raises, and holds no more than ``limits`` allow: what it cannot read is told as ``garbage``, and whatever comes
after that in this direction too.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from evconform.http import limits
from evconform.http.message import REQUEST_LINE, STATUS_LINE, Headers, Unreadable, length_of, split

HEAD_END = re.compile(rb"\r?\n\r?\n")
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?")
WITHOUT_BODY = {"204", "304"}

Tells = Callable[..., int]
"""Is told ``(kind, head, body, **facts)``; gives back the number of the entry."""


class Passing:
    """A body that is too long to be held, while it passes."""

    def __init__(self, n: int, begun: bytes | bytearray) -> None:
        self.n = n
        self.length = 0
        self._digest = hashlib.sha256()
        self.takes(begun)

    def takes(self, data: bytes | bytearray) -> None:
        self.length += len(data)
        self._digest.update(data)

    @property
    def facts(self) -> dict[str, Any]:
        return {"of": self.n, "length": self.length, "sha256": self._digest.hexdigest()}


class Reader:
    """One direction. ``methods``: those of the requests that no response answered yet, shared by both directions."""

    def __init__(self, client: bool, methods: deque[str], tells: Tells, switches: Callable[[], None]) -> None:
        self.client = client
        self.kind = "request" if client else "response"
        self._methods = methods
        self._tells = tells
        self._switches = switches
        self._buffer = bytearray()
        self._step: Callable[[], bool] = self._reads_head
        self._unlogged = 0
        self._new_message()

    def _new_message(self) -> None:
        self._head = b""
        self._body = bytearray()
        self._left = self._searched = 0
        self._facts: dict[str, Any] = {}
        self._passing: Passing | None = None
        self._step = self._reads_head

    def takes(self, data: bytes) -> None:
        """The next bytes."""
        self._buffer += data
        while self._buffer and self._step():
            pass

    def ends(self, cut: bool) -> None:
        """There is no more. ``cut``: it was not the sender who ended it."""
        if self._step == self._reads_until_end and not cut:
            self._complete()
        elif self._passing:
            self._tells("discarded", b"", b"", **self._passing.facts, cut=True)
        elif self._head:
            self._tells("garbage", self._head, bytes(self._body + self._buffer), of=self.kind, cut=True, **self._facts)
        elif self._buffer or self._unlogged:
            facts: dict[str, Any] = {"unlogged": self._unlogged} if self._unlogged else {}
            if self._step == self._reads_head:
                facts |= {"of": self.kind, "cut": True}
            self._tells("garbage", b"", bytes(self._buffer), **facts)
        self._buffer.clear()
        self._unlogged = 0
        self._new_message()
        self._step = self._reads_nothing

    def becomes_foreign(self) -> None:
        """What follows is no HTTP."""
        self._new_message()
        self._step = self._reads_nothing
        self.takes(b"")

    # ── steps: each takes from the buffer, and says whether it got on ──

    def _reads_nothing(self) -> bool:
        if (beyond := len(self._buffer) - limits.BYTES_AT_MOST) > 0:
            self._unlogged += beyond
            del self._buffer[limits.BYTES_AT_MOST :]
        return False

    def _reads_head(self) -> bool:
        if self._buffer.startswith((b"\r", b"\n")):  # blank lines before a message are to be ignored (RFC 9112, 2.2)
            length = 1 if self._buffer[:1] == b"\n" else 2
            if self._buffer == b"\r":
                return False
            if length == 1 or self._buffer[1:2] == b"\n":
                del self._buffer[:length]
                return True
        line = self._buffer.find(b"\n", 0, limits.HEAD_AT_MOST)
        if line >= 0 and not self._is_first_line(bytes(self._buffer[:line])):
            return self._garbage(line + 1, "it does not begin as HTTP/1 does")
        found = HEAD_END.search(self._buffer, self._searched, limits.HEAD_AT_MOST)
        if found is None:
            self._searched = max(0, len(self._buffer) - 3)
            return len(self._buffer) >= limits.HEAD_AT_MOST and self._head_too_long()
        self._head = bytes(self._buffer[: found.start()])
        del self._buffer[: found.end()]
        try:
            self._begins_body(*split(self._head))
        except Unreadable as why:
            self._tells("garbage", self._head, b"", of=self.kind, why=str(why))
            self.becomes_foreign()
        return True

    def _is_first_line(self, line: bytes) -> bool:
        pattern = REQUEST_LINE if self.client else STATUS_LINE
        return pattern.fullmatch(line.rstrip(b"\r").decode("latin-1")) is not None

    def _garbage(self, length: int, why: str) -> bool:
        data = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._tells("garbage", b"", data, of=self.kind, why=why)
        self.becomes_foreign()
        return False

    def _head_too_long(self) -> bool:
        self._tells("too-long", b"", bytes(self._buffer[: limits.KEPT_OF_TOO_LONG]), of=self.kind, what="head")
        self.becomes_foreign()
        return False

    def _begins_body(self, first: str, headers: Headers) -> None:
        """How the body ends (RFC 9112, 6.3). Raises Unreadable."""
        if not self.client and self._has_no_body(first):
            self._complete()
            return
        codings = [
            name.strip().lower() for key, value in headers if key.lower() == "transfer-encoding" for name in value.split(",")
        ]
        length = length_of(headers)
        if self.client:
            self._methods.append(first.partition(" ")[0])
        if codings and codings[-1] == "chunked":
            self._facts["coding"] = ", ".join(codings)
            self._step = self._reads_chunk_line
        elif codings and self.client:
            raise Unreadable(f"nobody knows where a body ends whose coding is {', '.join(codings)}")
        elif length is None and not self.client:
            self._facts["until"] = "end"
            self._step = self._reads_until_end
        elif length:
            self._left = length
            self._step = self._reads_length
            self._grows(length)
        else:
            self._complete()

    def _has_no_body(self, first: str) -> bool:
        status = first.split(" ")[1]
        if status == "101":
            self._facts["switches"] = True
            return True
        if status.startswith("1"):
            return True
        if not self._methods:
            self._facts["unasked"] = True
        method = self._methods.popleft() if self._methods else "GET"
        return method == "HEAD" or status in WITHOUT_BODY

    def _reads_length(self) -> bool:
        self._keeps(self._left)
        if self._left == 0:
            self._complete()
        return True

    def _reads_until_end(self) -> bool:
        self._grows(len(self._buffer))
        self._left = len(self._buffer)
        self._keeps(self._left)
        return True

    def _reads_chunk_line(self) -> bool:
        end = self._buffer.find(b"\n", 0, limits.CHUNK_LINE_AT_MOST)
        if end < 0:
            return len(self._buffer) >= limits.CHUNK_LINE_AT_MOST and self._broken("a chunk has no size")
        found = CHUNK_LINE.fullmatch(bytes(self._buffer[:end]))
        if found is None:
            return self._broken("a chunk has no size")
        del self._buffer[: end + 1]
        self._left = int(found[1], 16)
        self._step = self._reads_chunk if self._left else self._reads_trailers
        self._grows(self._left)
        return True

    def _reads_chunk(self) -> bool:
        if self._left:
            self._keeps(self._left)
            return True
        if self._buffer == b"\r":
            return False
        if self._buffer[:1] != b"\n" and self._buffer[:2] != b"\r\n":
            return self._broken("a chunk is longer than its size")
        del self._buffer[: self._buffer.index(b"\n") + 1]
        self._step = self._reads_chunk_line
        return True

    def _reads_trailers(self) -> bool:
        end = self._buffer.find(b"\n", 0, limits.HEAD_AT_MOST)
        if end < 0:
            return len(self._buffer) >= limits.HEAD_AT_MOST and self._broken("the trailers have no end")
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        if line:
            trailers = self._facts.setdefault("trailers", [])
            if len(trailers) >= 128:
                return self._broken("the trailers have no end")
            trailers.append(line.decode("utf-8", "replace"))
        else:
            self._complete()
        return True

    # ── what was read ──

    def _grows(self, by: int) -> None:
        """The body is going to have so many bytes more."""
        if self._passing is None and len(self._body) + by > limits.BODY_AT_MOST:
            ahead = self._body + self._buffer[: limits.BODY_AT_MOST + 1] if self._facts.get("until") else self._body
            kept = bytes(ahead[: limits.KEPT_OF_TOO_LONG])
            known = {} if self._facts.get("until") or self._facts.get("coding") else {"length": by}
            n = self._tells("too-long", self._head, kept, of=self.kind, what="body", **known, **self._facts)
            self._passing = Passing(n, self._body)
            self._body.clear()

    def _keeps(self, length: int) -> None:
        data = self._buffer[:length]
        del self._buffer[:length]
        self._left -= len(data)
        if self._passing:
            self._passing.takes(data)
        else:
            self._body += data

    def _broken(self, why: str) -> bool:
        if self._passing:
            self._tells("discarded", b"", b"", **self._passing.facts, cut=True)
        self._tells("garbage", self._head, bytes(self._body), of=self.kind, why=why, **self._facts)
        self.becomes_foreign()
        return False

    def _complete(self) -> None:
        head, body, facts, passing = self._head, bytes(self._body), self._facts, self._passing
        self._new_message()
        if passing:
            self._tells("discarded", b"", b"", **passing.facts)
        else:
            self._tells(self.kind, head, body, **facts)
        if facts.get("switches"):
            self._switches()
