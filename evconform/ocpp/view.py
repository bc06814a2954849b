"""A typed view of the wire log of OCPP-J: frames, who called and who answered, conversations. Monitors read this.

A *conversation* is one station's frames from one registration to the next, over all connections in between. It is built
one entry at a time and indexed; a log of any length needs the memory of its open conversations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from evconform.harness.judge import Terms
from evconform.harness.wire import Entry, Side
from evconform.ocpp.json import Message, read
from evconform.ocpp.schemas import ACTIONS, DATE_TIME, SECURITY_ACTIONS, date_members, dates, violations

DATA = ("text", "binary", "continuation")
NOTHING = Message("none")
SCHEMAS = tuple(name + suffix for name in (*ACTIONS, *SECURITY_ACTIONS) for suffix in ("", "Response"))
DATED = frozenset(name for name in SCHEMAS if date_members(name))
"""The schemas with a member that holds a date and time."""


class Frame:
    """One frame of the log, or one message that came in several. ``kind``: what the tap calls it; for a text message
    the members of its Message stand here too."""

    __slots__ = ("action", "answer", "by", "call", "code", "conn", "facts", "id", "kind", "message", "n", "payload", "role", "t", "text", "type", "_faulty")

    def __init__(self, entry: Entry, role: str, text: str | bytes | None = None) -> None:
        self.n, self.t, self.conn, self.kind, self.facts = entry.n, entry.t, entry.conn, entry.kind, entry.facts
        self.by: Side = entry.by or "tester"
        self.role = role
        self.text = entry.data if text is None else text
        if text is not None:
            self.kind = "text"
        self.message = read(self.text) if self.kind == "text" and isinstance(self.text, str) else NOTHING
        self.type, self.id, self.action = self.message.type, self.message.id, self.message.action
        self.payload, self.code = self.message.payload, self.message.code
        self.answer: Frame | None = None
        self.call: Frame | None = None
        self._faulty: bool | None = None

    def since(self, other: Frame) -> float:
        """Seconds from ``other`` to this."""
        return self.t - other.t

    def says(self, **members: Any) -> bool:
        """Whether the payload has these members with these values; a list stands for alternatives."""
        if not isinstance(self.payload, dict):
            return not members
        got = self.payload
        return all(got.get(k, None) in v if isinstance(v, list) else k in got and got[k] == v for k, v in members.items())

    def get(self, member: str, default: Any = None) -> Any:
        """A member of the payload, if there is one."""
        return self.payload.get(member, default) if isinstance(self.payload, dict) else default

    @property
    def schema(self) -> str:
        """The name of the schema for this CALL or CALLRESULT; empty if the call is unknown."""
        if self.type == "CALL":
            return self.action if isinstance(self.action, str) else ""
        return f"{self.call.action}Response" if self.call and isinstance(self.call.action, str) else ""

    @property
    def proper(self) -> bool:
        """A CALL that its receiver has no reason to refuse as a message (OCPP-J 4.2.3)."""
        if self._faulty is None:
            from evconform.ocpp.channel import refuse

            self._faulty = self.type != "CALL" or not isinstance(self.id, str) or refuse(self.message) is not None
        return not self._faulty

    def matches(self, what: dict[str, Any]) -> bool:
        """Whether an expectation's predicate picks this frame."""
        for key, wanted in what.items():
            match key:
                case "kind" | "type" | "action" | "code":
                    if getattr(self, key) not in (wanted if isinstance(wanted, list) else [wanted]):
                        return False
                case "answer_to":
                    if self.type not in ("CALLRESULT", "CALLERROR") or self.id != wanted:
                        return False
                case "payload":
                    if not self.says(**wanted):
                        return False
                case "conn":
                    if self.conn != wanted:
                        return False
                case "status":
                    if self.status not in (wanted if isinstance(wanted, list) else [wanted]):
                        return False
                case "header":
                    name, values = wanted
                    if self.header(name) not in values:
                        return False
                case "time_near":
                    moment = instant(self.get("timestamp"))
                    if moment is None or abs(moment.timestamp() - wanted[0]) > wanted[1]:
                        return False
                case "text":
                    if self.text != wanted:
                        return False
                case _:
                    raise KeyError(f"no predicate is called {key}")
        return True

    # ── the heads of a handshake ──

    @property
    def status(self) -> int | None:
        """The HTTP status of a response."""
        words = str(self.text).split("\r\n", 1)[0].split(" ") if self.kind == "response" else []
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else None

    @property
    def target(self) -> str:
        """The target of a request line."""
        words = str(self.text).split("\r\n", 1)[0].split(" ") if self.kind == "request" else []
        return words[1] if len(words) > 1 else ""

    def header(self, name: str) -> str | None:
        """The value of a header, all of them joined by commas; None if there is none."""
        lines = (line.partition(":") for line in str(self.text).split("\r\n")[1:])
        values = [value.strip() for key, _, value in lines if key.strip().lower() == name.lower()]
        return ", ".join(values) if values else None

    def __str__(self) -> str:
        if self.type == "CALL":
            return f"{self.action} CALL"
        if self.type in ("CALLRESULT", "CALLERROR"):
            about = f" for {self.call.action}" if self.call else ""
            return f"{self.type}{about} {self.code or self.payload}"
        return f"{self.kind} {str(self.text)[:80]!r}" if self.text else self.kind


class Conversation:
    """One station's frames and marks from one registration to the next."""

    def __init__(self, station: str) -> None:
        self.station = station
        self.closed = False
        self.ended = float("inf")
        """Seconds at which the next registration began."""
        self.powered_on = False
        """It began with a power-on that the bench announced."""
        self.frames: list[Frame] = []
        self.accepted: Frame | None = None
        self._calls: dict[str, list[Frame]] = defaultdict(list)

    def add(self, frame: Frame) -> None:
        self.frames.append(frame)
        if frame.type == "CALL" and isinstance(frame.action, str):
            self._calls[frame.action].append(frame)

    def called(self, action: str) -> list[Frame]:
        return self._calls.get(action, [])

    def log(self, subject: str, terms: Terms, lag: float, since: int, end: float) -> Log:
        return Log(self, subject, terms, lag, since, end)


class Log:
    """A conversation as one monitor sees it. What its queries yield counts as a situation: put the condition of a rule
    into the query, then the rule passes only where its condition came about."""

    def __init__(self, conversation: Conversation, subject: str, terms: Terms, lag: float, since: int, end: float) -> None:
        self.conversation = conversation
        self.subject = subject
        self.identity = terms.identity
        self.pics = terms.pics
        self.pixit = terms.pixit
        self.tolerance = terms.tolerance + lag
        self.end = min(end, conversation.ended)
        """Seconds at which the log, as far as it goes, ends: what is not due by then is not missing."""
        self.situations = 0
        self.margin: float | None = None
        self._since = since

    def _seen(self, frame: Frame) -> Frame:
        if frame.n >= self._since:
            self.situations += 1
        return frame

    @property
    def other(self) -> str:
        """The role that the subject talks to."""
        return "central-system" if self.subject == "charge-point" else "charge-point"

    def calls(
        self, *actions: str, by: str | None = None, answered: dict[str, Any] | None = None, proper: bool = False
    ) -> Iterator[Frame]:
        """CALLs of these actions (of any if none is named), by this role, whose CALLRESULT says ``answered``; with
        ``proper`` only those that are proper messages."""
        source = self.conversation.called(actions[0]) if len(actions) == 1 else self.conversation.frames
        for frame in source:
            if frame.type != "CALL" or (actions and frame.action not in actions) or (by and frame.role != by):
                continue
            if answered is not None and not (frame.answer and frame.answer.type == "CALLRESULT" and frame.answer.says(**answered)):
                continue
            if proper and not frame.proper:
                continue
            yield self._seen(frame)

    def successive(self, *actions: str, by: str) -> Iterator[tuple[Frame, Frame]]:
        """Pairs of successive text messages of a role on one connection, both CALLs of these actions."""
        last: dict[str, Frame] = {}
        for frame in self.conversation.frames:
            if frame.kind != "text" or frame.role != by:
                continue
            earlier, last[frame.conn] = last.get(frame.conn), frame
            if earlier and all(f.type == "CALL" and f.action in actions for f in (earlier, frame)):
                yield earlier, self._seen(frame)

    def handshakes(self, offering: str) -> Iterator[tuple[Frame, Frame]]:
        """Opening handshakes that succeeded, request and response, where the request offers this subprotocol."""
        requests: dict[str, Frame] = {}
        for frame in self.conversation.frames:
            if frame.kind == "request" and offering in (frame.header("Sec-WebSocket-Protocol") or ""):
                requests[frame.conn] = frame
            elif frame.status == 101 and frame.conn in requests:
                yield requests[frame.conn], self._seen(frame)

    @property
    def last_frame(self) -> Frame:
        return self.conversation.frames[-1]

    @property
    def last(self) -> int:
        """The number of the last frame."""
        return self.last_frame.n

    def was_told_to_close(self, frame: Frame) -> bool:
        """Whether the other side began to close the connection before ``frame``."""
        return any(
            f.conn == frame.conn and f.role != frame.role and f.kind in ("close", "eof", "lost") and f.n < frame.n
            for f in self.conversation.frames
        )

    def dated(self, by: str, *types: str) -> Iterator[tuple[Frame, str, str]]:
        """CALLs and CALLRESULTs (or these types) of a role that hold a date and time: frame, JSON pointer, text."""
        for frame in self.conversation.frames:
            if frame.role == by and frame.type in (types or ("CALL", "CALLRESULT")) and frame.schema in DATED:
                for where, text in dates(frame.schema, frame.payload):
                    yield self._seen(frame), where, text

    def payloads(self, *schemas: str, by: str) -> Iterator[tuple[Frame, str]]:
        """CALLs and CALLRESULTs of a role by the name of their schema, as far as their payload is an object or none."""
        for frame in self.conversation.frames:
            if frame.role == by and frame.type in ("CALL", "CALLRESULT") and frame.schema in schemas:
                if frame.payload is None or isinstance(frame.payload, dict):
                    yield self._seen(frame), frame.schema

    def status_at(self, frame: Frame) -> str | None:
        """The registration status that the last answered BootNotification before ``frame`` gave; None if unknown."""
        answers = [b.answer for b in self.conversation.called("BootNotification") if b.answer and b.answer.n < frame.n]
        return answers[-1].get("status") if answers else None

    def is_over(self, due: float, frame: Frame) -> bool:
        """Whether the log, and the connection of ``frame``, lasted until ``due``; a wait that ends just then counts."""
        return due <= min(self.end, self.gone(frame)) + 0.001

    def gone(self, frame: Frame) -> float:
        """The time at which the connection of ``frame`` ended; infinite if it did not."""
        ends = (f.t for f in self.conversation.frames if f.conn == frame.conn and f.kind in ("lost", "eof", "close") and f.n > frame.n)
        return next(ends, float("inf"))

    def messages(self, *types: str, by: str | None = None) -> Iterator[Frame]:
        """Text messages of these types (of any if none is named) by this role."""
        for frame in self.conversation.frames:
            if frame.kind == "text" and (not types or frame.type in types) and (not by or frame.role == by):
                yield self._seen(frame)

    def frames(self, *kinds: str, by: str | None = None) -> Iterator[Frame]:
        """Frames of these kinds (text, binary, ping, close, request, response, act, lost …) by this role."""
        for frame in self.conversation.frames:
            if frame.kind in kinds and (not by or frame.role == by):
                yield self._seen(frame)

    def sent_by(self, role: str, after: Frame, within: float | None = None) -> Iterator[Frame]:
        """Text messages of a role after a frame, for ``within`` seconds. No situation by itself: it looks around one."""
        for frame in self.conversation.frames:
            if frame.kind == "text" and frame.role == role and frame.n > after.n:
                if within is not None and frame.since(after) >= within:
                    return
                yield frame

    def until(self, frame: Frame, *actions: str) -> Frame | None:
        """The first CALL of one of these actions after ``frame``."""
        later = (f for action in actions for f in self.conversation.called(action) if f.n > frame.n)
        return min(later, key=lambda f: f.n, default=None)

    def keeps(self, seconds: float) -> None:
        """Reports by how much a time rule was kept."""
        self.margin = seconds if self.margin is None else min(self.margin, seconds)


class Transcript:
    """Builds conversations from the entries of a log, in order."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._roles = terms.roles
        self._open: dict[str, Conversation] = {}
        self._done: list[Conversation] = []
        self._stations: dict[str, str] = {}
        self._handshakes: dict[str, list[Frame]] = defaultdict(list)
        self._calls: dict[tuple[str, Side, Any], Frame] = {}
        self._parts: dict[tuple[str, Side], list[str | bytes]] = {}

    def conversations(self) -> list[Conversation]:
        """Those that are open and those that closed since ``forget``."""
        return [*self._done, *self._open.values()]

    def forget(self) -> None:
        self._done.clear()

    def feed(self, entry: Entry) -> Frame | None:
        if entry.mark:
            self._mark(entry)
            return None
        frame = self._frame(entry)
        if frame is None:
            return None
        self._pair(frame)
        if frame.kind == "request":
            self._stations[frame.conn] = station_of(frame)
        if frame.conn not in self._stations:
            self._handshakes[frame.conn].append(frame)
            if frame.kind == "lost":
                self._adopt(frame.conn, f"?{frame.conn}")
            return frame
        self._adopt(frame.conn, self._stations[frame.conn], frame)
        return frame

    def _adopt(self, conn: str, station: str, frame: Frame | None = None) -> None:
        """Puts a frame, and what its connection said before it had a name, into the station's conversation."""
        current = self._open.get(station)
        if current is None or (frame and begins_registration(frame, current)):
            current = self._begin(station, frame.t if frame else 0.0, frame)
        for early in self._handshakes.pop(conn, ()):
            current.add(early)
        if frame:
            current.add(frame)
        if frame and frame.type == "CALLRESULT" and frame.call and frame.call.action == "BootNotification":
            current.accepted = frame if frame.says(status="Accepted") else None

    def _begin(self, station: str, at: float, frame: Frame | None = None) -> Conversation:
        fresh = Conversation(station)
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
        if entry.mark == "fresh":
            self._done.clear()
            self._open.clear()
            self._stations.clear()
            self._handshakes.clear()
            self._calls.clear()
            self._parts.clear()
        elif entry.mark == "act":
            act = Frame(Entry(entry.n, entry.t, by="tester", kind="act", data=entry.facts["action"], facts=entry.facts), "bench")
            if entry.facts["action"] == "power_cycle":
                for station in list(self._open):
                    self._begin(station, entry.t).powered_on = True
            for conversation in self._open.values():
                conversation.add(act)

    def _frame(self, entry: Entry) -> Frame | None:
        """The frame of an entry; of a message in parts, with its last part."""
        side = entry.by or "tester"
        role = self._roles[side]
        if entry.kind not in DATA:
            return Frame(entry, role)
        key = (entry.conn, side)
        if entry.facts.get("fin", True) and key not in self._parts:
            return Frame(entry, role)
        self._parts.setdefault(key, []).append(entry.data)
        if not entry.facts.get("fin", True):
            return None
        parts = self._parts.pop(key)
        whole = b"".join(p.encode() if isinstance(p, str) else p for p in parts)
        try:
            return Frame(entry, role, whole.decode())
        except UnicodeDecodeError:
            return Frame(entry, role, whole)

    def _pair(self, frame: Frame) -> None:
        """Joins a CALLRESULT or CALLERROR to the CALL that it answers."""
        if frame.kind == "lost":
            self._calls = {k: v for k, v in self._calls.items() if k[0] != frame.conn}
        elif not isinstance(frame.id, str | int | float):
            return
        elif frame.type == "CALL":
            self._calls[frame.conn, frame.by, frame.id] = frame
        elif frame.type in ("CALLRESULT", "CALLERROR"):
            other: Side = "tester" if frame.by == "sut" else "sut"
            call = self._calls.get((frame.conn, other, frame.id))
            if call is not None:
                frame.call = call
                call.answer = call.answer or frame


HANDSHAKE = ("open", "tls", "request", "response", "act")


def station_of(request: Frame) -> str:
    """The identity in the target of an opening handshake."""
    return unquote(urlsplit(request.target).path.rsplit("/", 1)[-1])


def begins_registration(frame: Frame, current: Conversation) -> bool:
    """Whether a frame begins the next registration: a BootNotification of a station that is accepted."""
    return frame.type == "CALL" and frame.action == "BootNotification" and current.accepted is not None


def instant(text: Any) -> datetime | None:
    """The instant that an ISO 8601 date and time names; None if it is none, or has no offset."""
    if not isinstance(text, str) or not DATE_TIME.fullmatch(text):
        return None
    try:
        parsed = datetime.fromisoformat(text.replace(",", ".").upper())
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None


__all__ = ["SCHEMAS", "Conversation", "Frame", "Log", "Transcript", "instant", "violations"]
