"""The view of a log from the field: conversations that know what the log holds of them, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evconform.harness.context import EVERYTHING, Context, Lacks, NoPics
from evconform.harness.judge import Terms, Window
from evconform.harness.pics import Pics
from evconform.harness.wire import Entry
from evconform.ocpp.frame import Frame
from evconform.ocpp.log import Conversation, Log
from evconform.ocpp.soap.stations import JSON, key_of, named_by
from evconform.ocpp.soap.view import ENDED, SoapView
from evconform.ocpp.view import Transcript

PART = 5_000
"""Frames after which a conversation is judged, and goes on as one whose begin is not there: memory must stay level."""
WAITING = 2_000
"""CALLs that are remembered for their answers."""
GONE = ("lost", *ENDED)
ROOM = 2_000
"""So many frames more it may have, if a CALL is open."""


class Undated(Frame):
    """A frame of a log without time stamps: whoever asks for its time lacks it."""

    __slots__ = ()

    @property
    def t(self) -> float:
        raise Lacks("time stamps")

    @t.setter
    def t(self, value: float) -> None:
        pass


class FieldConversation(Conversation):
    """A conversation with the terms of its own log."""

    def __init__(self, station: str, context: Context, terms: Terms, after_gap: bool) -> None:
        super().__init__(station, context)
        self.terms = terms
        self.after_gap = after_gap
        self.booted = False

    def add(self, frame: Frame) -> None:
        super().add(frame)
        self.booted = self.booted or frame.action == "BootNotification"

    def log(self, subject: str, terms: Terms, window: Window) -> Log:
        return Log(self, subject, terms, window)


class FieldTranscript(Transcript):
    """Builds conversations from the entries of logs. A mark ``source`` begins a log, and says what it holds; ``gap`` says that
    something is missing: of one station, or of all."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._context = EVERYTHING
        self._known: set[str] = set()
        """The stations whose life up to here is in the log, as far as it goes back."""
        self._openings: set[str] = set()
        self._gap = False
        self._shown: dict[str, dict[str, Any]] = {}
        """Station to what it showed of itself."""
        self._pics_by: dict[tuple[int, int], NoPics] = {}

    def feed(self, entry: Entry) -> Frame | None:
        if entry.kind in ("open", "request"):
            self._openings.add(entry.conn)
        if station := entry.facts.get("station"):
            self._stations[entry.conn] = station
        frame = super().feed(entry)
        if frame is None:
            return None
        key = self._key_of(entry.conn)
        if frame.type == "CALLRESULT" and frame.call and frame.call.action == "GetConfiguration":
            self._learn(key, frame)
        if frame.kind in GONE:
            self._openings.discard(entry.conn)
            self._stations.pop(entry.conn, None)
        else:
            self._divide(key)
        if len(self._calls) > WAITING:
            waiting = [key for key, calls in self._calls.items() if calls[-1].answer is None]
            self._calls = {key: self._calls[key] for key in waiting[-WAITING // 2 :]}
        return frame

    def name_of(self, conn: str) -> str:
        """The station whose connection it is; empty while that is not known."""
        return named_by(self._key_of(conn))[0]

    def _mark(self, entry: Entry) -> None:
        if entry.mark == "source":
            self.terms, self._context = entry.facts["terms"], entry.facts["context"]
            self._context = replace(self._context, openings=self._openings, beginning=False, life=False)
            self._lose("")
        elif entry.mark == "gap":
            self._lose(entry.facts.get("station", ""))
        elif entry.mark == "fresh":
            for station in list(self._open):
                self._close(station)
            done, self._done = self._done, []
            super()._mark(entry)
            self._done = done
            self._context = replace(self._context, beginning=True, life=True)
        else:
            super()._mark(entry)

    def _lose(self, station: str) -> None:
        """What follows is not joined to what was."""
        known = {*self._open, *self._known}
        for each in [key for key in known if not station or named_by(key)[0] == station]:
            self._close(each)
            self._known.discard(each)
            self._openings -= {conn for conn, name in self._stations.items() if name == each}
        if not station:
            self._context = replace(self._context, beginning=False, life=False)
            self._openings.clear()
            self._calls.clear()
            self._soap = SoapView(self._roles, self.terms.identity)

    def _close(self, station: str) -> None:
        if old := self._open.pop(station, None):
            old.closed, old.ended = True, self._at
            self._done.append(old)

    def _new(self, station: str) -> Conversation:
        context = self._context
        if station in self._known and not context.beginning:
            context = replace(context, beginning=True)
        terms = self.terms.on(named_by(station)[1])
        if not terms.pics.filled_in and station in self._shown:
            terms = replace(terms, pics=self._pics(terms.pics, station))
        if named_by(station)[1] != JSON and not context.acts:  # of SOAP nobody sees when it is out of reach
            context = replace(context, connections=False)
        fresh = FieldConversation(station, context, terms, after_gap=station not in self._known)
        self._known.add(station)
        return fresh

    def _begins(self, frame: Frame, current: Conversation) -> bool:
        """A BootNotification begins a registration too where it cannot be told whether there was one before."""
        unknown = not current.context.beginning and not getattr(current, "booted", True)
        first = unknown and frame.type == "CALL" and frame.action == "BootNotification"
        if first:  # it is judged as the first: what came before it is not there
            self._known.discard(key_of(current.station, current.speaks))
        return first or super()._begins(frame, current)

    def _divide(self, station: str) -> None:
        """Judges a conversation that became too long for the memory, and goes on in another."""
        current = self._open.get(station)
        if current is None or len(current.frames) < PART:
            return
        last = current.frames[-1]
        waits = last.type == "CALL" or (last.type != "CALLRESULT" and len(current.frames) < PART + ROOM)
        if waits and len(current.frames) < PART + ROOM:
            return
        self._close(station)
        context = replace(current.context, beginning=False, life=False)
        rest = FieldConversation(station, context, self.terms.on(current.speaks), after_gap=False)
        rest.station, rest.speaks = current.station, current.speaks
        rest.accepted, rest.resetting, rest.booted = current.accepted, current.resetting, True
        self._open[station] = rest
        self._calls = {key: calls for key, calls in self._calls.items() if calls[-1].answer is None}

    def _frame(self, entry: Entry) -> Frame | None:
        if self._context.times:
            return super()._frame(entry)
        return Undated(entry, self._roles[entry.by or "tester"])

    def _learn(self, station: str, answer: Frame) -> None:
        """The number of connectors, which the configuration gives (9.1.21)."""
        rows = answer.get("configurationKey")
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and str(row.get("key")).lower() == "numberofconnectors":
                value = str(row.get("value")).strip()
                if value.isascii() and value.isdecimal() and 0 < int(value[:6]) < 1000:
                    self._shown[station] = {"connectors": int(value)}

    def _pics(self, pics: Pics, station: str) -> Pics:
        if not isinstance(pics, NoPics):
            return pics
        shown = self._shown[station]
        key = (id(pics), shown["connectors"])
        if key not in self._pics_by:
            self._pics_by[key] = NoPics(pics.traffic, shown)
        return self._pics_by[key]
