"""A typed view of the wire log of OCPI: builds conversations from entries, one at a time.

A *conversation* is one partner's frames from one registration to the next, over all connections in between, and at most over
one case: what is known of the registration then goes on, and the frames do not. So a log of any length needs the memory of the
cases that are under way.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from evconform.harness.conversation import OpenAndDone
from evconform.harness.judge import Terms
from evconform.harness.wire import Entry, Side
from evconform.ocpi.frame import ENDS, Frame
from evconform.ocpi.headers import AUTHORIZATION, HOST, LINK
from evconform.ocpi.log import Conversation, Log
from evconform.ocpi.paging import next_link
from evconform.ocpi.places import Announced
from evconform.ocpi.predicates import PREDICATES
from evconform.ocpi.tokens import Tokens

UNREADABLE = ("garbage", "too-long")
PARTNER = "partner"
"""Who talks to the SUT where nothing else is said."""


class Transcript(OpenAndDone[Conversation]):
    """Builds conversations from the entries of a log, in order."""

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms
        self._roles = terms.roles
        self._tokens = Tokens()
        self._waiting: dict[str, deque[Frame]] = {}
        """Connection to the requests on it that have no answer yet, in order."""
        self._partners: dict[str, str] = {}
        """Connection to the partner whose it is."""
        self._handshakes: dict[str, list[Frame]] = {}

    def check(self, what: dict[str, Any]) -> None:
        """Raises KeyError for a predicate that there is not."""
        for name in what:
            PREDICATES[name]

    def feed(self, entry: Entry) -> Frame | None:
        if entry.mark:
            self._mark(entry)
            return None
        frame = Frame(entry, self._roles[entry.by or "tester"])
        if frame.kind == "request":
            self._asked(frame)
        elif frame.kind == "response":
            self._answered(frame)
        elif frame.kind in UNREADABLE and frame.facts.get("of") == "response":
            self._answered_unreadably(frame)
        if frame.kind == "open":
            self._handshakes[frame.conn] = []
        if frame.conn in self._handshakes:
            self._handshakes[frame.conn].append(frame)
            if frame.kind in ENDS:  # somebody who never asked for anything
                self._stranger(frame.conn)
            return frame
        self._of(self._partners.get(frame.conn, PARTNER)).add(frame)
        if frame.kind in ENDS:  # a storm of connections must leave no trace
            self._forgets(frame.conn)
        return frame

    # ── requests and responses ──

    def _asked(self, frame: Frame) -> None:
        frame.token = self._tokens.named(frame.header(AUTHORIZATION))
        partner = (frame.token[0].partner if frame.token else "") or self._partners.get(frame.conn) or PARTNER
        self._partners[frame.conn] = partner
        current = self._of(partner)
        frame.place = current.announced[_other(frame.by)].find(frame.target, frame.method, frame.header(HOST) or "")
        self._waiting.setdefault(frame.conn, deque()).append(frame)
        if frame.module == "credentials" and frame.method == "POST" and current.over:
            current = self._begin(partner, frame.t, current)
            current.over = False
        for early in self._handshakes.pop(frame.conn, ()):
            current.add(early)

    def _answered(self, frame: Frame) -> None:
        waiting = self._waiting.get(frame.conn)
        asked = waiting[0] if waiting else None
        if asked is None or asked.by == frame.by:
            return
        frame.request, frame.place = asked, asked.place
        if frame.interim:
            return
        assert waiting
        waiting.popleft()
        asked.answer = frame
        self._learns(asked, frame)

    def _answered_unreadably(self, frame: Frame) -> None:
        """What came where a response was due, and is none."""
        waiting = self._waiting.get(frame.conn)
        if waiting and waiting[0].by != frame.by:
            frame.request, frame.place = waiting[0], waiting[0].place
            waiting.popleft()

    # ── what is announced, and who is registered ──

    def _learns(self, asked: Frame, answer: Frame) -> None:
        current = self._of(self._partners[asked.conn])
        announced = current.announced[answer.by]
        if asked.module == "versions" and answer.ok:
            if asked.place.version:
                announced.details_version(asked.place.version, answer.data)
            else:
                announced.lists_versions(answer.data)
        elif asked.module == "credentials":
            self._registers(current, asked, answer)
        elif (url := next_link(answer.header(LINK))) is not None:
            announced.links_to(url, asked.target, asked.place)

    def _registers(self, current: Conversation, asked: Frame, answer: Frame) -> None:
        for frame in (asked, answer):
            self._tokens.belongs(frame.get("token"), self._partners[asked.conn])
        if not answer.ok:
            return
        if asked.method == "DELETE":
            current.unregistered = answer
            current.over = True
        elif asked.method in ("POST", "PUT"):
            current.registered, current.unregistered = answer, None
        for frame in (asked, answer):
            if frame.get("url") and frame.json is not None:
                current.announced[frame.by].has_versions_at(frame.get("url"))
                current.credentials[frame.by] = frame

    # ── conversations ──

    def _of(self, partner: str) -> Conversation:
        if partner not in self._open:
            self._begin(partner, 0.0, None)
        return self._open[partner]

    def _begin(self, partner: str, at: float, old: Conversation | None) -> Conversation:
        fresh = Conversation(partner)
        if old:
            old.closed, old.ended = True, at
            self._done.append(old)
            fresh.goes_on(old)
        else:
            tester = self._open.get(PARTNER)
            if tester:  # the SUT's URLs are the same for every partner, ours too
                fresh.announced = {side: each.copy() for side, each in tester.announced.items()}
        self._open[partner] = fresh
        return fresh

    def _stranger(self, conn: str) -> None:
        stranger = Conversation(f"?{conn}")
        stranger.closed = stranger.stranger = True
        for early in self._handshakes.pop(conn):
            stranger.add(early)
        self._done.append(stranger)
        self._forgets(conn)

    def _forgets(self, conn: str) -> None:
        for known in (self._partners, self._waiting, self._handshakes):
            known.pop(conn, None)

    # ── marks ──

    def _mark(self, entry: Entry) -> None:
        facts = entry.facts
        if entry.mark == "fresh":
            self._tokens.forget()
            for known in (self._open, self._partners, self._waiting, self._handshakes):
                known.clear()
            self._done.clear()
        elif entry.mark == "credentials-token":
            self._tokens.learns(facts)
        elif entry.mark == "versions-url":
            announced = self._of(facts.get("partner") or PARTNER).announced[facts["side"]]
            announced.has_versions_at(facts["url"])
            announced.https = str(facts["url"]).lower().startswith("https:")
        elif entry.mark in ("case-begin", "case-end"):
            for partner, current in list(self._open.items()):
                if current.frames:
                    self._begin(partner, entry.t, current)
        elif entry.mark == "hostile":
            for conversation in self._open.values():
                conversation.notes(facts)
        elif entry.mark == "act":
            act = Frame(Entry(entry.n, entry.t, by="tester", kind="act", data=facts["action"], facts=facts), "control")
            for conversation in self._open.values():
                conversation.add(act)


def _other(side: Side) -> Side:
    return "tester" if side == "sut" else "sut"


__all__ = ["Announced", "Conversation", "Frame", "Log", "Transcript"]
