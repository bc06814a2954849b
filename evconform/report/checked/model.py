"""The model of a check: every figure that a writer shows is computed here, once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import evconform
from evconform.harness.catalogue import Law
from evconform.harness.context import Lacks
from evconform.harness.examination import Examination, Example, Found, Rule
from evconform.harness.standing import Exit, Standing, exit_code
from evconform.harness.verdict import Verdict
from evconform.report.checked.stations import Station

SCHEMA = "evconform-check/1"
FRAME = re.compile(r"\bframe (\d{1,12})\b")
"""How a rule names another frame: by its number, which a reader of the log does not know."""


@dataclass
class Check:
    """What came of the examination of one log or several."""

    law: Law
    examination: Examination
    numbers: list[Any]
    """What became of the lines of each log."""
    stations: dict[str, Station] = field(default_factory=dict)
    complete: bool = False
    """The user says that the logs are whole: what lacks its context is inconclusive."""
    interrupted: bool = False

    @property
    def messages(self) -> int:
        return sum(numbers.messages for numbers in self.numbers)

    @property
    def unread(self) -> int:
        return sum(numbers.unread for numbers in self.numbers)

    @property
    def findings(self) -> list[Found]:
        return self.examination.findings()

    def verdict_of(self, rule: Rule) -> Verdict | None:
        return rule.verdict(self.law.requirements[rule.requirement].level.broken, self.complete)

    def state_of(self, rule: Rule) -> str:
        """The verdict, ``lacks context`` or ``not seen``."""
        verdict = self.verdict_of(rule)
        return str(verdict) if verdict is not None else "lacks context" if rule.lacking else "not seen"

    @property
    def rules(self) -> list[Rule]:
        return list(self.examination.rules.values())

    @property
    def counts(self) -> dict[str, int]:
        """State to the number of rules that are in it."""
        return dict(Counter(self.state_of(rule) for rule in self.rules))

    @property
    def lacking(self) -> dict[str, list[Rule]]:
        """What is lacking, to the rules that say nothing for want of it."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            if self.state_of(rule) in ("lacks context", "inconclusive"):
                for what in rule.lacking:
                    found.setdefault(what, []).append(rule)
        return dict(sorted(found.items(), key=lambda item: -len(item[1])))

    @property
    def exit(self) -> Exit:
        if self.examination.errors:
            return Exit.HARNESS_ERROR
        verdicts = [(v, Standing.STANDS) for rule in self.rules if (v := self.verdict_of(rule)) is not None]
        return exit_code(verdicts if self.messages else [], interrupted=False)

    def place_of(self, frame: Any) -> str:
        """Where a frame stands: file and line."""
        numbers = self.numbers[frame.facts.get("source", 0)]
        line = frame.facts.get("line", 0)
        return f"{numbers.name}:{line}" if numbers.place == "line" else f"{numbers.name}, {numbers.place} {line}"

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "tool": {"name": "evconform", "version": evconform.__version__},
            "law": {"name": self.law.name, "title": self.law.title},
            "complete": self.complete,
            "logs": [log_as_json(numbers) for numbers in self.numbers],
            "stations": [station_as_json(station) for station in self.stations.values()],
            "findings": [self._finding(found) for found in self.findings],
            "rules": [self._rule(rule) for rule in self.rules],
            "counts": self.counts,
            "errors": self.examination.errors,
            "interrupted": self.interrupted,
            "exit": int(self.exit),
        }

    def _finding(self, found: Found) -> dict[str, Any]:
        row = self.law.requirements[found.requirement]
        return {
            "requirement": row.id,
            "clause": row.clause,
            "level": str(row.level),
            "says": row.says,
            "check": found.check,
            "verdict": str(found.verdict),
            "role": found.role,
            "station": found.station,
            "count": found.count,
            "seen": [self._example(example) for example in found.examples],
        }

    def _example(self, example: Example) -> dict[str, Any]:
        places = {str(frame.n): self.place_of(frame) for frame in example.frames}
        says = FRAME.sub(lambda found: places.get(found[1], "an earlier one"), example.says)
        return {"says": says, "frames": [self._frame(frame) for frame in example.frames]}

    def _frame(self, frame: Any) -> dict[str, Any]:
        text = frame.text if isinstance(frame.text, str) else frame.text.decode("utf-8", "backslashreplace")
        return {
            "place": self.place_of(frame),
            "t": time_of(frame),
            "role": frame.role,
            "kind": frame.kind,
            "data": text,
        }

    def _rule(self, rule: Rule) -> dict[str, Any]:
        row = self.law.requirements[rule.requirement]
        return {
            "requirement": row.id,
            "clause": row.clause,
            "level": str(row.level),
            "says": row.says,
            "role": rule.role,
            "state": self.state_of(rule),
            "situations": rule.situations,
            "broken": rule.broken,
            "margin": None if rule.margin is None else round(rule.margin, 3),
            "lacks": [{"what": what, "conversations": n} for what, n in rule.lacking.items()],
        }


def time_of(frame: Any) -> float | None:
    """Seconds since the first message, if the log has times."""
    try:
        return round(float(frame.t), 3)
    except Lacks:
        return None


def log_as_json(numbers: Any) -> dict[str, Any]:
    return {
        "name": numbers.name,
        "format": numbers.says,
        "lines": numbers.lines,
        "messages": numbers.messages,
        "unread": numbers.unread,
        "unread_places": [{numbers.place: line, "why": why} for line, why in numbers.places],
        "not_utf8": numbers.foreign,
        "cut_lines": numbers.long,
        "clock_went_back": numbers.jumps,
    }


def station_as_json(station: Station) -> dict[str, Any]:
    return {
        "name": station.name,
        "product": station.product,
        "told": station.told,
        "messages": station.messages,
        "seconds": round(station.ends - station.begins, 3),
    }


def words_for(count: int) -> str:
    """How often, as a word or two."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def sentences(check: dict[str, Any]) -> Iterator[str]:
    """What a check came to, in sentences: for every writer."""
    counts = check["counts"]
    broken = counts.get("fail", 0) + counts.get("warn", 0)
    judged = broken + counts.get("pass", 0)
    if not any(log["messages"] for log in check["logs"]):
        yield "No OCPP message was found: nothing was judged."
        return
    yield (
        f"{judged} of {sum(counts.values())} rules had something to judge: {counts.get('fail', 0)} broken, "
        f"{counts.get('warn', 0)} with a warning, {counts.get('pass', 0)} kept."
    )
    lacking = counts.get("lacks context", 0) + counts.get("inconclusive", 0)
    counted = "inconclusive, for the log was said to be complete" if check["complete"] else "not counted"
    yield f"{lacking} lack their context ({counted}); what the other {counts.get('not seen', 0)} are about did not come about."
