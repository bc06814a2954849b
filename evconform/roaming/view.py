"""A typed view of the wire log of a chain: one link is OCPP, one OCPI, one the driver's. Each connection is of the link that its
first request shows: an upgrade to a WebSocket, the address of the driver view, or else OCPI.

A *conversation* is all of them together over one case, for a chain is fresh in each.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from evconform.harness.judge import Terms
from evconform.harness.wire import Entry
from evconform.ocpi.view import Transcript as OcpiTranscript
from evconform.ocpp.view import Transcript as OcppTranscript
from evconform.roaming.frame import DRIVER, OCPI, OCPP, PREDICATES, Frame, Shown, host_of, is_upgrade
from evconform.roaming.log import Act, Conversation, Log

SERVES = {OCPP: "central-system", OCPI: "cpo"}
"""Link of the CPO to its role there: it is the side that the wire log calls the SUT."""


class Transcript:
    """Builds the conversation from the entries of a log, in order. ``lifelines``: a report's two do for no chain, so each frame
    says between whom it went."""

    lifelines = ("", "")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._forgets_all()

    def _forgets_all(self) -> None:
        ocpp, ocpi = (replace(self.terms, role=SERVES[link]) for link in (OCPP, OCPI))
        self._protocols: dict[str, Any] = {OCPP: OcppTranscript(ocpp), OCPI: OcpiTranscript(ocpi)}
        self._links: dict[str, str] = {}
        """Connection to its link."""
        self._early: dict[str, list[Entry]] = {}
        """Connection to what came on it before its first request."""
        self._asked: dict[str, deque[Shown]] = {}
        self._driver_at = ""
        """Host and port of the driver view."""
        self._current = Conversation()

    def check(self, what: dict[str, Any]) -> None:
        """Raises KeyError for a predicate that there is not."""
        for name in what:
            PREDICATES[name]

    def conversations(self) -> list[Conversation]:
        return [self._current]

    def forget(self) -> None:
        """The one conversation lives until the chain is another one."""

    def feed(self, entry: Entry) -> Frame | None:
        if entry.mark:
            self._mark(entry)
            return None
        if entry.conn not in self._links:
            if entry.kind != "request":
                self._early.setdefault(entry.conn, []).append(entry)
                return None
            self._links[entry.conn] = self._link_of(entry)
            for early in self._early.pop(entry.conn, ()):
                self._place(early)
        return self._place(entry)

    def _link_of(self, request: Entry) -> str:
        if is_upgrade(request):
            return OCPP
        return DRIVER if self._driver_at and host_of(request) == self._driver_at else OCPI

    def _place(self, entry: Entry) -> Frame | None:
        link = self._links[entry.conn]
        frame = self._shown(entry) if link == DRIVER else self._protocols[link].feed(entry)
        if frame is None:
            return None
        placed = Frame(frame, link)
        self._current.add(placed)
        return placed

    def _shown(self, entry: Entry) -> Shown:
        """A frame of the driver's link; a response with the request that it answers."""
        frame = Shown(entry, self.terms.roles[entry.by or "tester"])
        waiting = self._asked.setdefault(entry.conn, deque())
        if frame.kind == "request":
            waiting.append(frame)
        elif frame.kind == "response" and waiting:
            frame.request = waiting.popleft()
            frame.request.answer = frame
        return frame

    def _mark(self, entry: Entry) -> None:
        if entry.mark == "fresh":
            self._forgets_all()
            return
        for protocol in self._protocols.values():
            protocol.feed(entry)
        if entry.mark == "driver-view":
            self._driver_at = urlsplit(entry.facts["url"]).netloc
        elif entry.mark == "act":
            self._current.acts.append(Act(entry.n, entry.t, entry.facts["action"], entry.facts["parameters"]))


__all__ = ["Conversation", "Frame", "Log", "Transcript"]
