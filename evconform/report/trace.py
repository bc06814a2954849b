"""A case on the wire, whole: every frame and mark of it, what each frame is, and what became of each connection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness import wire
from evconform.harness.judge import CaseResult
from evconform.harness.named import import_string
from evconform.harness.wire import Entry, Side
from evconform.report.model import Report

ENDINGS = {"close": "closed it", "eof": "ended the TCP stream", "lost": "dropped it"}
"""Kinds of frames that end a connection, and what who sent the first of them did."""
LABEL_AT_MOST = 60
ENDS = ("case-begin", "fresh", "campaign-end", "interrupted", "resumed")
"""Marks with which a case is over, whatever becomes of it: it may be begun anew later."""


@dataclass
class Connection:
    """What became of one connection within a case."""

    name: str
    opened: float
    frames: dict[Side, int] = field(default_factory=lambda: {"sut": 0, "tester": 0})
    pings: int = 0
    ended: float | None = None
    ended_by: Side = "sut"
    how: str = ""


@dataclass
class Trace:
    """The entries of a case, and those behind its end until the next one begins: how its connections closed."""

    result: CaseResult
    entries: list[Entry] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)
    """Number of a frame to what it is, in few words."""
    lifelines: tuple[str, str] = ("product", "tester")
    """Whose the two sides of the log are; empty where the label of each frame says so."""

    @property
    def websocket(self) -> bool:
        """Whether there are frames of a WebSocket: HTTP by itself has no pings."""
        return any(entry.kind in ("text", "binary", "ping", "pong") for entry in self.entries)

    @property
    def connections(self) -> list[Connection]:
        found: dict[str, Connection] = {}
        for entry in self.entries:
            if entry.mark or not entry.by:
                continue
            each = found.setdefault(entry.conn, Connection(entry.conn, entry.t))
            each.frames[entry.by] += entry.kind not in ("open", "tls", "eof", "lost")
            each.pings += entry.kind in ("ping", "pong")
            if entry.kind in ENDINGS and each.ended is None:
                code = f" with code {entry.facts['code']}" if entry.facts.get("code") else ""
                each.ended, each.ended_by, each.how = entry.t, entry.by, ENDINGS[entry.kind] + code
        return list(found.values())


def traces(report: Report, log: Path) -> Iterator[Trace]:
    """The cases of a log, one after the other; no more than one is held. Raises what reading a torn log raises."""
    plan = report.plan
    begins = {result.begin: result for result in report.results}
    transcript = import_string(plan.law.view)(plan.terms)
    current: Trace | None = None
    for entry in wire.read(log, verify=False):
        frame = transcript.feed(entry)
        if entry.mark == "case-end":
            transcript.forget()
        if entry.n in begins or entry.mark in ENDS:
            if current:
                yield current
            current = Trace(begins[entry.n]) if entry.n in begins else None
            if current:
                current.lifelines = getattr(transcript, "lifelines", current.lifelines)
        if current:
            current.entries.append(entry)
            if not entry.mark:
                current.labels[entry.n] = label(entry, frame)
    if current:
        yield current


def label(entry: Entry, frame: Any) -> str:
    """What a frame is: as the view of its protocol says it in few words; else its kind."""
    text = frame.label if frame is not None else ""
    if not text and entry.kind in ("request", "response"):
        text = str(entry.data).split("\r\n", 1)[0]
    elif not text:
        text = " ".join([entry.kind, *(str(entry.facts[name]) for name in ("code", "reason") if entry.facts.get(name))])
    return text if len(text) <= LABEL_AT_MOST else f"{text[: LABEL_AT_MOST - 1]}…"
