"""OCPP-S in the wire log: which message of HTTP is whose, which answers which, and when a charge point was out of reach.

SOAP has no connection that lasts, so a charge point has a *link*: one name from one interruption to the next. A link begins
with a message, and ends with what the bench does to network or power, with a request that got no SOAP answer at all, and
before a registration that nobody asked for. What begins and ends is told by frames of kind ``open`` and ``lost`` under the
name of the link; what a TCP connection did stays under its own, as ``http-open``, ``http-request``, ``http-lost`` …
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from evconform.harness.wire import Entry, Side
from evconform.ocpp.frame import LINK, Frame
from evconform.ocpp.soap.frames import frame_of
from evconform.ocpp.soap.stations import Stations

RAW = {kind: f"http-{kind}" for kind in ("open", "eof", "close", "lost")}
"""Kinds that would mean something else of a link."""
OVER = ("lost", "close")
"""Kinds after which nobody says anything on a connection."""
ENDED = tuple(RAW[kind] for kind in OVER)
INTERRUPTS = ("power_cycle", "cut_power", "restore_power", "cut_network", "restore_network")
"""Bench actions with which a link ends."""
END = "\r\n\r\n"

Ended = list[tuple[str, Frame]]
"""Keys of charge points, each with the end of its link."""


@dataclass
class Shown:
    """What an entry comes to. ``key``: the charge point whose it is; None as long as that is nobody's."""

    frame: Frame
    key: str | None
    ended: Ended = field(default_factory=list)
    """The links that end with it."""
    opening: Frame | None = None
    """The begin of the link that begins with it; what ended before it ends before it."""


def is_http(entry: Entry) -> bool:
    """Whether an entry is a whole message of HTTP, body and all, that asks for no other protocol."""
    if entry.kind not in ("request", "response"):
        return False
    data = entry.data if isinstance(entry.data, str) else entry.data.decode("latin-1")
    head, end, _ = data.partition(END)
    return bool(end) and "\r\nupgrade:" not in head.lower()


class SoapView:
    """Takes the entries of HTTP connections, one at a time."""

    def __init__(self, roles: dict[Side, str], identity: str) -> None:
        self._roles = roles
        self._stations = Stations(identity)
        self._waiting: dict[str, deque[tuple[Frame, str | None]]] = {}
        """Connection to the requests on it that have no answer yet, in order, and whose they are."""
        self._secure: set[str] = set()
        self._links: dict[str, str] = {}
        """Key to the name of its link."""
        self._count = 0
        self._accepted: set[str] = set()
        self._triggered: set[str] = set()
        """The keys that were asked for a BootNotification."""

    @property
    def column(self) -> str:
        """What the SUT is to speak now; empty where nobody says it."""
        return self._stations.column

    @column.setter
    def column(self, speaks: str) -> None:
        self._stations.column = speaks

    def takes(self, entry: Entry) -> bool:
        """Whether this is an entry of an HTTP connection."""
        return entry.conn in self._waiting or is_http(entry)

    def feed(self, entry: Entry) -> Shown:
        waiting = self._waiting.setdefault(entry.conn, deque())
        role = self._roles[entry.by or "tester"]
        if entry.kind == "request":
            return self._asked(frame_of(entry, role), entry)
        if entry.kind == "response":
            return self._answered(entry, role, waiting)
        frame = Frame(entry, role)
        frame.kind = RAW.get(entry.kind, entry.kind)
        key = self._stations.on(entry.conn)
        ended = self._ended(self._unanswered(entry, waiting), entry)
        if entry.kind in OVER:
            self._forgets(entry.conn)
        return Shown(frame, key, ended)

    def on(self, conn: str) -> str | None:
        """The key of the charge point that was heard last on a connection."""
        return self._stations.on(conn)

    def interrupts(self, entry: Entry) -> Ended:
        """The links that end with a mark: all."""
        return [(key, self._ends(key, entry)) for key in list(self._links)]

    # ── requests and responses ──

    def _asked(self, frame: Frame, entry: Entry) -> Shown:
        key = self._stations.of(frame, entry.conn, secure=entry.conn in self._secure)
        self._waiting[entry.conn].append((frame, key))
        shown = Shown(frame, key)
        if key is None or frame.kind != "text":
            return shown
        if frame.type == "CALL" and frame.action == "BootNotification" and frame.role == "charge-point":
            if key in self._links and key in self._accepted and key not in self._triggered:
                shown.ended.append((key, self._ends(key, entry)))
            self._triggered.discard(key)
        if key not in self._links:
            shown.opening = self._begins(key, entry)
        frame.conn = self._links[key]
        return shown

    def _answered(self, entry: Entry, role: str, waiting: deque[tuple[Frame, str | None]]) -> Shown:
        asked, key = waiting[0] if waiting and waiting[0][0].by != entry.by else (None, self._stations.on(entry.conn))
        frame = frame_of(entry, role, asked)
        if asked is None:
            return Shown(frame, key)
        frame.call = asked
        if frame.http is not None and 100 <= (frame.status or 0) < 200:
            return Shown(frame, key)  # an interim response (RFC 9110, 15.2)
        waiting.popleft()
        shown = Shown(frame, key)
        if frame.kind == "text":
            frame.conn = asked.conn
        if frame.type in ("CALLRESULT", "CALLERROR") or asked.kind != "text":
            asked.answer = frame
        if frame.kind != "text":
            shown.ended = self._ended([(asked, key)], entry)
        elif key is not None and frame.type == "CALLRESULT":
            self._learns(asked, frame, key)
        return shown

    def _learns(self, asked: Frame, answer: Frame, key: str) -> None:
        if asked.action == "BootNotification":
            (self._accepted.add if answer.says(status="Accepted") else self._accepted.discard)(key)
        elif asked.action == "TriggerMessage" and asked.says(requestedMessage="BootNotification"):
            self._triggered.add(key)

    def _unanswered(self, entry: Entry, waiting: deque[tuple[Frame, str | None]]) -> list[tuple[Frame, str | None]]:
        """The requests that this entry leaves without an answer."""
        if entry.kind in OVER:
            return list(waiting)
        if entry.kind == "eof":
            return [each for each in waiting if each[0].by != entry.by]
        if entry.facts.get("of") == "response" and entry.kind in ("garbage", "too-long"):
            return [waiting.popleft()] if waiting and waiting[0][0].by != entry.by else []
        return []

    # ── links ──

    def _begins(self, key: str, entry: Entry) -> Frame:
        self._count += 1
        self._links[key] = f"link {self._count}"
        return self._about(self._links[key], "open", entry)

    def _ends(self, key: str, entry: Entry) -> Frame:
        return self._about(self._links.pop(key), "lost", entry)

    def _ended(self, over: Iterable[tuple[Frame, str | None]], entry: Entry) -> Ended:
        """The links that end because these requests got no answer."""
        ended: Ended = []
        for asked, key in over:
            if key is not None and asked.type == "CALL" and self._links.get(key) == asked.conn:
                ended.append((key, self._ends(key, entry)))
        return ended

    def _about(self, link: str, kind: str, entry: Entry) -> Frame:
        return Frame(Entry(entry.n, entry.t, link, entry.by, kind), LINK)

    def _forgets(self, conn: str) -> None:
        del self._waiting[conn]
        self._stations.forgets(conn)
        self._secure.discard(conn)

    def secures(self, conn: str) -> None:
        """There is TLS on a connection."""
        self._secure.add(conn)
