"""The examination of a log that nobody drove: every monitor over every conversation, both roles, once each.

There are no cases and no expectations here, so nothing can be said of what a product might do; only of what it did. A rule
that lacks its context in a conversation is listed with what it lacks. Findings of one kind are one, with a count. Memory is
that of the open conversations.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from evconform.harness.catalogue import Law
from evconform.harness.context import WORDS, Context, Lacks
from evconform.harness.expect import FrameView
from evconform.harness.judge import Terms, Window
from evconform.harness.law import Monitor
from evconform.harness.pics import Pics, names_in
from evconform.harness.verdict import Verdict
from evconform.harness.wire import Entry

EXAMPLES = 3
"""Offences of one kind that are kept with their frames; the others are counted."""
KINDS = 2000
"""Kinds of findings that are kept apart; more are counted with the first of their rule."""
VARIES = re.compile(r"'[^']*'|\"[^\"]*\"|[-+]?\d[\w.:+-]*")
"""What differs between two findings of one kind: names and numbers."""


class Examined(Protocol):
    """A conversation in a log from the field."""

    station: str
    stranger: bool
    context: Context
    terms: Terms
    after_gap: bool
    """Something may be missing before it: what was remembered of the station does not count."""

    def log(self, subject: str, terms: Terms, window: Window) -> Any: ...


class Reader(Protocol):
    """The typed view of a protocol, over a log from the field."""

    def feed(self, entry: Entry) -> FrameView | None: ...
    def closed(self) -> list[Any]: ...
    def conversations(self) -> list[Any]: ...


@dataclass
class Example:
    """One offence: what was seen, and the frames that show it."""

    says: str
    frames: list[Any]


@dataclass
class Found:
    """The offences of one kind: one rule, one station, the same words but for names and numbers."""

    requirement: str
    check: str
    role: str
    station: str
    verdict: Verdict
    count: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass
class Rule:
    """What became of one requirement for one role."""

    requirement: str
    role: str
    situations: int = 0
    margin: float | None = None
    """Seconds by which a time rule was kept, the smallest seen."""
    lacking: Counter[str] = field(default_factory=Counter)
    """What was lacking, to the number of conversations that lacked it."""
    broken: int = 0

    def verdict(self, level: Verdict, complete: bool) -> Verdict | None:
        """None if it says nothing; with ``complete``, what lacks its context is inconclusive."""
        if self.broken:
            return level
        if self.lacking and complete:
            return Verdict.INCONCLUSIVE
        return Verdict.PASS if self.situations else None


class Examination:
    """Takes the entries of a log in order, and ``close`` at its end."""

    def __init__(self, law: Law, reader: Reader) -> None:
        self.law = law
        self.reader = reader
        self.found: dict[tuple[str, ...], Found] = {}
        self.rules: dict[tuple[str, str], Rule] = {}
        self.errors: list[str] = []
        self._memory: dict[tuple[str, str, str], Any] = {}
        self._excused: set[int] = set()
        self._in_case = False
        self._cut = False
        """The log ends within a case of ours."""
        self._checks: list[tuple[Monitor, str, str]] = []
        self._claimed: dict[int, tuple[Pics, list[tuple[Monitor, str, Rule, str]]]] = {}
        """Each PICS, and the checks that it lets apply."""
        for monitor in law.monitors:
            row = law.requirements[monitor.requirement]
            for role in law.opposite:
                if role in row.subject:
                    self._checks.append((monitor, role, row.applies))
                    self.rules.setdefault((row.id, role), Rule(row.id, role))

    def feed(self, entry: Entry) -> FrameView | None:
        """Takes one entry; gives back the frame that it completes, if it does."""
        if entry.mark in ("deviation", "hostile"):
            self._excused.update(entry.facts["frames"])
        if entry.mark in ("case-begin", "case-end"):
            self._in_case = entry.mark == "case-begin"
        frame = self.reader.feed(entry)
        for conversation in self.reader.closed():
            self._judge(conversation, entry.t)
        if entry.mark == "fresh":
            self._memory.clear()
            self._excused.clear()
        return frame

    def close(self, at: float) -> None:
        """The log has ended."""
        self._cut = self._in_case
        for conversation in self.reader.conversations():
            self._judge(conversation, at)

    def so_far(self, at: float) -> Examination:
        """What the log comes to if it ended now; it goes on all the same."""
        now = copy.copy(self)
        now.found = {key: copy.copy(found) for key, found in self.found.items()}
        for found in now.found.values():
            found.examples = list(found.examples)
        now.rules = {key: copy.copy(rule) for key, rule in self.rules.items()}
        for rule in now.rules.values():
            rule.lacking = Counter(rule.lacking)
        now.errors, now._claimed = list(self.errors), {}
        now._memory = {key: copy.copy(memory) for key, memory in self._memory.items()}
        now.close(at)
        return now

    def _judge(self, conversation: Examined, at: float) -> None:
        if conversation.stranger:
            return
        if conversation.after_gap:
            self._memory = {key: memory for key, memory in self._memory.items() if key[2] != conversation.station}
        window = Window(0, at)
        speaks = getattr(conversation, "speaks", "") or next(iter(self.law.columns), "")
        for monitor, role, rule, lacks in self._applicable(conversation.terms.pics):
            if not self.law.requirements[monitor.requirement].binds(speaks):
                continue
            if lacks:
                rule.lacking[lacks] += 1
                continue
            try:
                self._check(monitor, role, rule, conversation, window)
            except Lacks as lacking:
                rule.lacking[str(lacking)] += 1

    def _applicable(self, pics: Pics) -> list[tuple[Monitor, str, Rule, str]]:
        """The checks that a PICS lets apply; and what is lacking to say whether one does."""
        if id(pics) in self._claimed:
            return self._claimed[id(pics)][1]
        checks: list[tuple[Monitor, str, Rule, str]] = []
        for monitor, role, applies in self._checks:
            rule = self.rules[monitor.requirement, role]
            try:
                if pics.filled_in and not names_in(applies) <= pics.answers.keys():
                    checks.append((monitor, role, rule, WORDS["claims"]))  # it is the form of the other role
                elif pics.claims(applies):
                    checks.append((monitor, role, rule, ""))
            except Lacks as lacks:
                checks.append((monitor, role, rule, str(lacks)))
        self._claimed[id(pics)] = (pics, checks)
        return checks

    def _check(self, monitor: Monitor, role: str, rule: Rule, conversation: Examined, window: Window) -> None:
        log = conversation.log(role, conversation.terms, window)
        arguments = [log]
        if monitor.accumulates:
            key = (monitor.name, role, conversation.station)
            arguments.append(self._memory.setdefault(key, monitor.accumulates()))
        try:
            for frames, says in monitor.function(*arguments):
                self._offence(monitor, role, conversation, list(frames) if isinstance(frames, tuple) else [frames], says)
        except Lacks:
            log.situations -= log.situations > 0  # the one that it lacked its context for
            raise
        except Exception as error:  # noqa: BLE001 - a product may have said what no rule foresaw
            self.errors.append(f"the monitor {monitor.name} broke: {type(error).__name__}: {error}")
        finally:
            rule.situations += log.situations
            if log.margin is not None and (rule.margin is None or log.margin < rule.margin):
                rule.margin = log.margin

    def _offence(self, monitor: Monitor, role: str, conversation: Examined, frames: list[Any], says: str) -> None:
        if role == conversation.context.tester:
            if self._excused.intersection(f.n for f in frames):
                return
            if self._cut:
                raise Lacks(WORDS["marks"])
        rule = self.rules[monitor.requirement, role]
        rule.broken += 1
        kind = VARIES.sub("#", says) if len(self.found) < KINDS else ""
        key = (monitor.requirement, monitor.name, role, conversation.station, kind)
        level = self.law.requirements[monitor.requirement].level
        found = self.found.get(key)
        if found is None:
            found = self.found[key] = Found(monitor.requirement, monitor.name, role, conversation.station, level.broken)
        found.count += 1
        if len(found.examples) < EXAMPLES:
            found.examples.append(Example(says, frames))

    # ── what it came to ──

    def findings(self) -> list[Found]:
        """What was found broken, the worst first, then in the order of the law."""
        place = {id: n for n, id in enumerate(self.law.requirements)}
        return sorted(self.found.values(), key=lambda f: (-f.verdict, place[f.requirement], f.role, f.station))

    def verdicts(self, complete: bool) -> Iterator[tuple[Rule, Verdict]]:
        """The rules that the log says something about."""
        for rule in self.rules.values():
            level = self.law.requirements[rule.requirement].level.broken
            if (verdict := rule.verdict(level, complete)) is not None:
                yield rule, verdict
