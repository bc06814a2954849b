"""What was said on the connections of a capture: each is read by the tap that reads it in a run of ours, that of OCPP-J where its
first request asks for a WebSocket, that of HTTP otherwise. What is neither (TLS above all) is passed over.

Where the capture lacks bytes, or begins in the middle, a connection goes on under another name from the next message of HTTP
whose begin is there; of a WebSocket nothing can be read then.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness.wire import Side
from evconform.http.tap import HttpTap
from evconform.ocpp.field.capture.packets import Cut, Segment, segments
from evconform.ocpp.field.capture.streams import MASK, Direction
from evconform.ocpp.limits import HEAD_AT_MOST
from evconform.ocpp.tap import Tap

REQUEST = re.compile(rb"[A-Z]{3,20} \S")
BEGUN = re.compile(rb"[A-Z]{1,20}(?: |\Z)")
"""What may become a request."""
RESPONSE = b"HTTP/1."
UPGRADE = re.compile(rb"(?im)^upgrade[ \t]*:[ \t]*websocket")
END = b"\r\n\r\n"
OVER_AT_MOST = 1000
"""Connections that are over and are still known."""
CLIENT: Side = "sut"
SERVER: Side = "tester"
"""The sides of a tap: who dialled stands where the SUT does."""


@dataclass
class Heard:
    """What a tap found. ``n``: the packet with its last byte; ``server``: address and port."""

    n: int
    t: float
    conn: str
    by_client: bool
    kind: str
    data: str | bytes
    server: str
    websocket: bool
    facts: dict[str, Any] = field(default_factory=dict)


class Connection:
    """One TCP connection. Stands where a wire log does for its tap, which may be another one after a gap."""

    def __init__(self, client: str, server: str, name: str, whole: bool) -> None:
        self.client, self.server, self.name = client, server, name
        self.heard: list[Heard] = []
        self.over = False
        self._directions = {client: Direction(), server: Direction()}
        self._ended: set[Side] = set()
        self._at = (0, 0.0)
        self._stretch = 0
        self._begins(whole)

    def _begins(self, whole: bool) -> None:
        """``whole``: what comes next is the begin of a message."""
        self._tap: Tap | HttpTap | None = None
        self._websocket = False
        self._deaf = False
        self._in_step: dict[Side, bool] = {CLIENT: whole, SERVER: whole}
        self._early: dict[Side, bytearray] = {CLIENT: bytearray(), SERVER: bytearray()}
        self._stretch += 1

    # ── what a tap asks of a wire log ──

    def names_connection(self) -> str:
        return self.name if self._stretch == 1 else f"{self.name}/{self._stretch}"

    def token(self, secret: str) -> str:
        return "⟪secret⟫"

    def frame(self, conn: str, by: Side, kind: str, data: str | bytes = "", **facts: Any) -> Heard:
        self.heard.append(Heard(*self._at, conn, by == CLIENT, kind, data, self.server, self._websocket, facts))
        return self.heard[-1]

    # ── segments ──

    def is_another(self, segment: Segment) -> bool:
        """Whether a segment opens another connection between the same ends."""
        opens = segment.syn and not segment.acknowledges
        return opens and self._directions[segment.source].next not in (None, (segment.seq + 1) & MASK)

    def takes(self, segment: Segment) -> None:
        self._at = (segment.n, segment.t)
        by: Side = CLIENT if segment.source == self.client else SERVER
        direction = self._directions[segment.source]
        if segment.acknowledges:
            self._directions[segment.target].acknowledged(segment.ack)
        if segment.syn:
            direction.begins(segment.seq + 1)
        elif segment.data or segment.missing or segment.fin:
            self._takes_data(by, direction, segment)
        if segment.rst:
            self.ends(by, "lost")
        elif direction.ended and by not in self._ended:
            self._ended.add(by)
            self.ends(by, "eof" if len(self._ended) == 1 else "lost")

    def _takes_data(self, by: Side, direction: Direction, segment: Segment) -> None:
        end = (segment.seq + len(segment.data) + segment.missing) & MASK
        if segment.fin:
            direction.end = end
        self._hears(by, direction.takes(segment.seq, segment.data))
        if segment.missing:
            self._misses(by, b"")
            direction.begins(end)
        elif direction.gap:
            rest = direction.skips()
            self._misses(by, rest)

    def _hears(self, by: Side, data: bytes) -> None:
        if not data or self._deaf:
            return
        if not self._in_step[by]:
            if not (data.startswith(RESPONSE) if by == SERVER else REQUEST.match(data)):
                return  # in the middle of a message
            self._in_step[by] = True
        if self._tap:
            self._tap.passes(by, data)
        else:
            self._early[by] += data
            self._looks()

    def _looks(self) -> None:
        """Which tap reads the connection, that shows with the head of its first request."""
        asked, answered = self._early[CLIENT], self._early[SERVER]
        head, end, _ = bytes(asked).partition(END)
        if not end and (asked or not answered.startswith(RESPONSE)):  # of an answer alone, the request was before the capture
            begun = bytes(asked or answered)
            self._deaf = len(begun) > HEAD_AT_MOST or not BEGUN.match(begun)
            return
        self._websocket = bool(UPGRADE.search(head))
        wire: Any = self
        self._tap = Tap(wire, CLIENT) if self._websocket else HttpTap(wire, CLIENT)
        for side, early in self._early.items():
            self._tap.passes(side, bytes(early))
            early.clear()

    def _misses(self, by: Side, rest: bytes) -> None:
        """Bytes are not there: what was under way ends, and the rest is another connection."""
        websocket, deaf = self._websocket, self._deaf
        if self._tap:
            self._tap.ends(CLIENT, "lost")
        if not deaf:
            self.frame(self.names_connection(), CLIENT, "gap")
        self._begins(whole=False)
        self._deaf = websocket or deaf
        self._hears(by, rest)

    def breaks_off(self) -> None:
        """The capture ends."""
        if not self._deaf and any(direction.lacks for direction in self._directions.values()):
            self.frame(self.names_connection(), CLIENT, "gap")

    def ends(self, by: Side, kind: str) -> None:
        if self._tap:
            self._tap.ends(by, kind)
        if kind == "lost":
            self._tap, self._deaf, self.over = None, True, True


def heard_in(path: Path) -> Iterator[Heard]:
    """What was said on the connections of a capture, in its order. Raises UsageError, OSError."""
    connections: dict[frozenset[str], Connection] = {}
    over: deque[frozenset[str]] = deque()
    count, cut = 0, 0
    try:
        for segment in segments(path):
            key = frozenset((segment.source, segment.target))
            known = connections.get(key)
            if known and known.is_another(segment):
                known.ends(CLIENT, "lost")
                yield from known.heard
                known = None
            if known is None:
                ends = ends_of(segment)
                if ends is None:
                    continue
                count += 1
                known = connections[key] = Connection(*ends, f"tcp {count}", whole=segment.syn)
            known.takes(segment)
            yield from known.heard
            known.heard.clear()
            if known.over and key not in over:  # what comes late of it must not seem to be another
                over.append(key)
                if len(over) > OVER_AT_MOST:
                    connections.pop(over.popleft(), None)
    except Cut as why:
        cut = why.n
    for known in connections.values():
        known.breaks_off()
        yield from known.heard
    if cut:
        yield Heard(cut, 0.0, "", True, "cut", "", "", False)


def ends_of(segment: Segment) -> tuple[str, str] | None:
    """Client and server, by who opens the connection; where that is not there, by who asks. None if it is not clear yet."""
    if segment.syn:
        from_client = not segment.acknowledges
    else:
        from_client = REQUEST.match(segment.data) is not None
        if not from_client and not segment.data.startswith(RESPONSE):
            return None
    return (segment.source, segment.target) if from_client else (segment.target, segment.source)
