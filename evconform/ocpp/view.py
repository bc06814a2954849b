"""A typed view of the wire log of OCPP, over WebSockets (OCPP-J) and SOAP (OCPP-S): builds conversations from entries, one at a
time.

A *conversation* is one station's frames from one registration to the next, over all connections in between. A log of any
length needs the memory of its open conversations.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import unquote

from evconform.harness.conversation import OpenAndDone
from evconform.harness.judge import Terms
from evconform.harness.wire import Entry, Side
from evconform.ocpp.frame import PREDICATES, Frame, instant
from evconform.ocpp.log import SCHEMAS, Conversation, Log
from evconform.ocpp.soap.stations import named_by
from evconform.ocpp.soap.view import ENDED, INTERRUPTS, RAW, Ended, SoapView

DATA = ("text", "binary", "continuation")


class Transcript(OpenAndDone[Conversation]):
    """Builds conversations from the entries of a log, in order."""

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms
        self._roles = terms.roles
        self._stations: dict[str, str] = {}
        self._handshakes: dict[str, list[Frame]] = defaultdict(list)
        self._calls: dict[tuple[str, Side, Any], list[Frame]] = {}
        self._parts: dict[tuple[str, Side], list[Entry]] = {}
        self._soap = SoapView(terms.roles, terms.identity)
        self._at = 0.0
        """Seconds of the last entry."""

    def check(self, what: dict[str, Any]) -> None:
        """Raises KeyError for a predicate that there is not."""
        for name in what:
            PREDICATES[name]

    def feed(self, entry: Entry) -> Frame | None:
        self._at = entry.t
        if entry.mark:
            self._mark(entry)
            return None
        if self._soap.takes(entry):
            return self._over_soap(entry)
        frame = self._frame(entry)
        if frame is None:
            return None
        self._pair(frame)
        if frame.kind == "request":
            self._stations[frame.conn] = station_of(frame)
        if frame.conn not in self._stations:
            if frame.kind != "eof" or frame.conn in self._handshakes:  # of a connection that we closed nothing is to come
                self._handshakes[frame.conn].append(frame)
            if frame.kind == "lost":
                self._stranger(frame.conn)
            return frame
        self._adopt(frame.conn, self._stations[frame.conn], frame)
        if frame.kind == "lost":  # a storm of connections must leave no trace
            del self._stations[frame.conn]
        return frame

    def _over_soap(self, entry: Entry) -> Frame:
        """A frame of an HTTP connection: with what that did before, it goes to the station whose the message is."""
        early = self._handshakes.pop(entry.conn, [])
        for frame in early:
            frame.kind = RAW.get(frame.kind, frame.kind)
            if frame.kind == "tls":
                self._soap.secures(entry.conn)
        shown = self._soap.feed(entry)
        frame = shown.frame
        if shown.key is None:
            self._handshakes[entry.conn] = [*early, frame]
            if frame.kind in ENDED:
                self._stranger(entry.conn)
            return frame
        if shown.opening:
            self._ends(shown.ended)
            early.append(shown.opening)
        self._handshakes[frame.conn] = early
        self._adopt(frame.conn, shown.key, frame)
        if not shown.opening:
            self._ends(shown.ended)
        return frame

    def _key_of(self, conn: str) -> str:
        """The key of the station that was heard last on a connection; empty while that is not known."""
        return self._stations.get(conn) or self._soap.on(conn) or ""

    def _ends(self, ended: Ended) -> None:
        """Puts the ends of links into the conversations of their stations."""
        for key, lost in ended:
            if key in self._open:
                self._open[key].add(lost)

    def _stranger(self, conn: str) -> None:
        """Somebody who never said who they are is gone."""
        self._adopt(conn, f"?{conn}")
        stranger = self._open.pop(f"?{conn}")
        stranger.closed = True
        self._done.append(stranger)

    def _adopt(self, conn: str, station: str, frame: Frame | None = None) -> None:
        """Puts a frame, and what its connection said before it had a name, into the station's conversation."""
        current = self._open.get(station)
        if current is None or (frame and self._begins(frame, current)):
            current = self._begin(station, self._at if frame else 0.0, frame)
        for early in self._handshakes.pop(conn, ()):
            current.add(early)
        if frame:
            current.add(frame)
        if frame and frame.type == "CALLRESULT" and frame.call and frame.call.action == "BootNotification":
            current.accepted = frame if frame.says(status="Accepted") else None
        elif frame and frame.type == "CALLRESULT" and frame.call and frame.call.action == "Reset":
            current.resetting = frame.says(status="Accepted")
        elif frame and frame.kind == "lost" and current.resetting:
            self._begin(station, self._at).powered_on = True

    def _new(self, station: str) -> Conversation:
        """A conversation without frames."""
        return Conversation(station)

    def _begins(self, frame: Frame, current: Conversation) -> bool:
        """Whether a frame begins the next registration: a BootNotification of a station that is accepted."""
        return frame.type == "CALL" and frame.action == "BootNotification" and current.accepted is not None

    def _begin(self, station: str, at: float, frame: Frame | None = None) -> Conversation:
        fresh = self._new(station)
        fresh.station, fresh.speaks = named_by(station)
        if frame:  # a CALL of a registration that is over is answered by nobody now
            mine = {conn for conn, name in self._stations.items() if name == station}
            self._calls = {k: v for k, v in self._calls.items() if k[0] not in mine or frame in v or v[-1].answer is None}
        if old := self._open.get(station):
            old.closed, old.ended = True, at
            self._done.append(old)
            # a registration on a new connection takes that connection's handshake with it
            if frame and all(f.conn != frame.conn or f.kind in HANDSHAKE for f in old.frames):
                for early in [f for f in old.frames if f.conn == frame.conn]:
                    old.frames.remove(early)
                    fresh.add(early)
        self._open[station] = fresh
        return fresh

    def _mark(self, entry: Entry) -> None:
        if entry.mark == "case-begin":
            self._soap.column = entry.facts.get("speaks", "")
        elif entry.mark == "fresh":
            self._done.clear()
            self._open.clear()
            self._stations.clear()
            self._handshakes.clear()
            self._calls.clear()
            self._parts.clear()
            self._soap = SoapView(self._roles, self.terms.identity)
        elif entry.mark == "power-off":
            self._ends(self._soap.interrupts(entry))
            for station in list(self._open):
                self._begin(station, entry.t)
        elif entry.mark == "hostile":
            for conversation in self._open.values():
                conversation.notes(entry.facts)
        elif entry.mark == "act":
            act = Frame(Entry(entry.n, entry.t, by="tester", kind="act", data=entry.facts["action"], facts=entry.facts), "bench")
            if entry.facts["action"] in INTERRUPTS:
                self._ends(self._soap.interrupts(entry))
            if entry.facts["action"] in ("power_cycle", "restore_power"):
                for station in list(self._open):
                    self._begin(station, entry.t).powered_on = True
            for conversation in self._open.values():
                conversation.add(act)

    def _frame(self, entry: Entry) -> Frame | None:
        """The frame of an entry; of a message in parts, with its last part."""
        side = entry.by or "tester"
        role = self._roles[side]
        if entry.kind in ("lost", "too-long"):
            for ended in ("sut", "tester") if entry.kind == "lost" else (side,):
                self._parts.pop((entry.conn, ended), None)
        if entry.kind not in DATA:
            return Frame(entry, role)
        key = (entry.conn, side)
        if entry.facts.get("fin", True) and key not in self._parts:
            return Frame(entry, role)
        self._parts.setdefault(key, []).append(entry)
        if not entry.facts.get("fin", True):
            return None
        parts = self._parts.pop(key)
        whole = b"".join(p.data.encode() if isinstance(p.data, str) else p.data for p in parts)
        if parts[0].kind == "binary":
            return Frame(Entry(entry.n, entry.t, entry.conn, side, "binary", whole), role)
        try:
            return Frame(entry, role, whole.decode())
        except UnicodeDecodeError:
            return Frame(entry, role, whole)

    def _pair(self, frame: Frame) -> None:
        """Joins a CALLRESULT or CALLERROR to the CALL that it answers: the first of its id that has no answer yet."""
        if frame.kind == "lost":
            self._calls = {k: v for k, v in self._calls.items() if k[0] != frame.conn}
        elif not isinstance(frame.id, str | int | float):
            return
        elif frame.type == "CALL":
            same = self._calls.setdefault((frame.conn, frame.by, frame.id), [])
            same[:] = [call for call in same if call.answer is None] + [frame]
        elif frame.type in ("CALLRESULT", "CALLERROR"):
            other: Side = "tester" if frame.by == "sut" else "sut"
            same = self._calls.get((frame.conn, other, frame.id), [])
            open_calls = [call for call in same if call.answer is None]
            if same:
                frame.call = (open_calls or same)[0]
                frame.call.answer = frame.call.answer or frame


HANDSHAKE = ("open", "tls", "request", "response", "act")


def station_of(request: Frame) -> str:
    """The identity in the target of an opening handshake."""
    return unquote(request.target.partition("?")[0].partition("#")[0].rsplit("/", 1)[-1])


__all__ = ["SCHEMAS", "Conversation", "Frame", "Log", "Transcript", "instant"]
