"""What monitors read: one conversation, seen with one role as the subject, through queries that count situations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from evconform.harness.context import EVERYTHING, WORDS, Context, Lacks
from evconform.harness.conversation import FramesInOrder, Situations
from evconform.harness.judge import Terms, Window
from evconform.ocpp.frame import LINK, Frame
from evconform.ocpp.schemas import ACTIONS, SECURITY_ACTIONS, date_members, dates

SCHEMAS = tuple(name + suffix for name in (*ACTIONS, *SECURITY_ACTIONS) for suffix in ("", "Response"))
DATED = frozenset(name for name in SCHEMAS if date_members(name))
"""The schemas with a member that holds a date and time."""


class Conversation(FramesInOrder[Frame]):
    """One station's frames and marks from one registration to the next. ``context``: what else the log holds of it."""

    def __init__(self, station: str, context: Context = EVERYTHING) -> None:
        super().__init__()
        self.station = station
        self.speaks = "ocpp1.6-json"
        """As SUT files say it: ``ocpp1.6-json``, ``ocpp1.6-soap``, ``ocpp1.5-soap``."""
        self.context = context
        self.closed = False
        self.ended = float("inf")
        """Seconds at which the next registration began."""
        self.powered_on = False
        """It began with a power-on that the bench announced."""
        self.accepted: Frame | None = None
        self.resetting = False
        """The charge point accepted a Reset; once its connection is gone it boots."""
        self._calls: dict[str, list[Frame]] = defaultdict(list)

    def add(self, frame: Frame) -> None:
        super().add(frame)
        if frame.type == "CALL" and isinstance(frame.action, str):
            self._calls[frame.action].append(frame)

    def notes(self, facts: dict[str, Any]) -> None:
        """A hostile answer is none: the proper one that follows it is the answer of the CALL."""
        super().notes(facts)
        answers = [f for f in self.frames if f.n in facts["frames"] and f.call] if facts["kind"] == "answer" else ()
        for each in answers:
            if each.call:
                each.call.answer, each.call.doubted = each, True

    def was_sent(self, frame: Frame) -> bool:
        return frame.role != LINK

    @property
    def stranger(self) -> bool:
        """A browser, a scanner: it made an HTTP request, and neither offered an OCPP subprotocol nor said anything else."""
        requests = [f for f in self.frames if f.kind in ("request", "http-request")]
        offers = any("ocpp" in (f.header("Sec-WebSocket-Protocol") or "") for f in requests)
        return bool(requests) and not offers and not any(f.kind in ("text", "binary") for f in self.frames)

    def called(self, action: str) -> list[Frame]:
        return self._calls.get(action, [])

    def log(self, subject: str, terms: Terms, window: Window) -> Log:
        return Log(self, subject, terms, window)


class Log(Situations[Frame]):
    """A conversation as one monitor sees it. What its queries yield counts as a situation: put the condition of a rule
    into the query, then the rule passes only where its condition came about."""

    def __init__(self, conversation: Conversation, subject: str, terms: Terms, window: Window) -> None:
        super().__init__(conversation.context, window.since)
        self.conversation = conversation
        self.subject = subject
        self._identity = terms.identity
        self.pics = terms.pics
        self.pixit = terms.pixit
        self.tolerance = terms.tolerance + window.lag
        self.end = min(window.end, conversation.ended)
        """Seconds at which the log, as far as it goes, ends: what is not due by then is not missing."""
        self._ends: list[Frame] | None = None

    @property
    def identity(self) -> str:
        """The identity of the charge point."""
        if not self._identity:
            raise Lacks(WORDS["identity"])
        return self._identity

    @property
    def other(self) -> str:
        """The role that the subject talks to."""
        return "central-system" if self.subject == "charge-point" else "charge-point"

    def calls(
        self,
        *actions: str,
        by: str | None = None,
        answered: dict[str, Any] | None = None,
        proper: bool = False,
        registered: str = "",
    ) -> Iterator[Frame]:
        """CALLs of these actions (of any if none is named), by this role, whose one answer, a CALLRESULT, says ``answered``; with
        ``proper`` only those that are proper messages; sent while the registration status was ``registered``."""
        source = self.conversation.called(actions[0]) if len(actions) == 1 else self.conversation.frames
        for frame in source:
            if frame.type != "CALL" or (actions and frame.action not in actions) or (by and frame.role != by):
                continue
            if answered is not None and not (
                not frame.doubted and frame.answer and frame.answer.type == "CALLRESULT" and frame.answer.says(**answered)
            ):
                continue
            if (proper and not frame.proper) or (registered and self.status_at(frame) != registered):
                continue
            yield self._seen(frame)

    def hostile(self, *kinds: str) -> Iterator[Frame]:
        """Hostile frames of ours of these kinds (legal, illegal …), or those that read back (kind ``read-back``)."""
        for frame in self.conversation.frames:
            if frame.item and frame.item["kind"] in kinds:
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
            offered = (frame.header("Sec-WebSocket-Protocol") or "").split(",") if frame.kind == "request" else ()
            if offering in map(str.strip, offered):
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

    def dialled_again(self, frame: Frame) -> bool:
        """Whether the station had a newer connection before ``frame`` ended this one."""
        began = next((f.n for f in self.conversation.frames if f.conn == frame.conn), 0)
        return any(f.kind == "request" and f.conn != frame.conn and began < f.n < frame.n for f in self.conversation.frames)

    def was_told_to_close(self, frame: Frame) -> bool:
        """Whether the other side began to close the connection before ``frame``."""
        return any(
            f.conn == frame.conn and f.role != frame.role and f.kind in ("close", "eof", "lost") and f.n < frame.n
            for f in self.conversation.frames
        )

    def dated(self, by: str, *types: str) -> Iterator[tuple[Frame, str, str]]:
        """CALLs and CALLRESULTs (or these types) of a role that hold a date and time: frame, JSON pointer, text."""
        for frame, where, text in self.conversation.index(("dated", by), lambda: list(self._dated(by))):
            if frame.type in (types or ("CALL", "CALLRESULT")):
                yield self._seen(frame), where, text

    def _dated(self, by: str) -> Iterator[tuple[Frame, str, str]]:
        for frame in self.conversation.frames:
            if frame.role == by and frame.type in ("CALL", "CALLRESULT") and frame.schema in DATED:
                yield from ((frame, where, text) for where, text in dates(frame.schema, frame.payload))

    def payloads(self, *schemas: str, by: str) -> Iterator[tuple[Frame, str]]:
        """CALLs and CALLRESULTs of a role by the name of their schema, as far as their payload is an object or none."""
        for frame in self.conversation.frames:
            fits = frame.role == by and frame.type in ("CALL", "CALLRESULT") and frame.schema in schemas
            if fits and (frame.payload is None or isinstance(frame.payload, dict)):
                yield self._seen(frame), frame.schema

    def status_at(self, frame: Frame) -> str | None:
        """The registration status that the last answered BootNotification before ``frame`` gave; None if there was none."""
        boots = reversed(self.conversation.called("BootNotification"))
        said = next((b.answer for b in boots if b.answer and b.answer.n < frame.n), None)
        if said is None:
            self.needs("beginning")
        return said.get("status") if said else None

    def hung_up(self, call: Frame, due: float) -> bool:
        """Whether the subject itself closed the connection of a CALL before it was due to answer it."""
        if self._ends is None:
            self.gone(call)
        ends = [f for f in self._ends or () if f.conn == call.conn and f.n > call.n and f.t <= due]
        return bool(ends) and ends[0].kind == "close" and ends[0].role == self.subject

    def is_over(self, due: float, frame: Frame) -> bool:
        """Whether the log, and the connection of ``frame``, lasted until ``due``; a wait that ends just then counts. Where
        nobody says what was done to the subject, it must be heard of later: it may have lost its power."""
        over = due <= min(self.end, self.gone(frame)) + 0.001
        return over and (self.context.acts or self._heard_last(frame.conn) >= due)

    def _heard_last(self, conn: str) -> float:
        """The time of the last frame of the subject on a connection."""
        heard = self.conversation.index(("heard last", self.subject), lambda: {f.conn: f.t for f in self._own()})
        return heard.get(conn, float("-inf"))

    def _own(self) -> Iterator[Frame]:
        return (f for f in self.conversation.frames if f.role == self.subject and f.kind not in ("lost", "eof", "act"))

    def needs_answers(self) -> None:
        """Raises Lacks if nothing of the other side is there: a log may be of one direction only."""
        frames = self.conversation.frames
        if not self.context.acts and not self.conversation.index(
            ("speaks", self.other), lambda: any(f.kind == "text" and f.role == self.other for f in frames)
        ):
            raise Lacks(WORDS["answers"])

    def needs_one_life(self, one: Frame, other: Frame) -> None:
        """Raises Lacks if the product may have been restarted between two frames, and nobody says so."""
        if not self.context.acts:
            self.needs("connections")
            if one.conn != other.conn:
                self.needs("acts")

    def gone(self, frame: Frame) -> float:
        """The time at which the connection of ``frame`` ended; infinite if it did not."""
        self.needs("connections")
        if self._ends is None:
            self._ends = [f for f in self.conversation.frames if f.kind in ("lost", "eof", "close")]
        return next((f.t for f in self._ends if f.conn == frame.conn and f.n > frame.n), float("inf"))

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
