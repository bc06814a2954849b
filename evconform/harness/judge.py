"""The judge: verdicts as functions of the wire log alone, frames and marks. Live and offline it is this one class."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from evconform.harness.catalogue import Law
from evconform.harness.columns import Claims
from evconform.harness.expect import Expectation, FrameView, settle
from evconform.harness.law import Monitor, TestCase
from evconform.harness.open_case import ANSWER_TO, OpenCase, outcome_words
from evconform.harness.pics import Pics, names_in
from evconform.harness.roles import ROLES
from evconform.harness.verdict import Verdict, on_a_line, worst
from evconform.harness.wire import Entry, Side


@dataclass(frozen=True)
class Terms:
    """What judging depends on besides the log: kept in the report, so that a bundle can be judged again."""

    role: str
    """The role of the SUT."""
    identity: str
    """The charge point identity that the SUT has, or knows."""
    tolerance: float
    pixit: dict[str, float]
    pics: Pics
    faced: dict[str, Pics] = field(default_factory=dict)
    """Name to the PICS of the party that we play; the empty name: of the scripted one."""
    policy: dict[str, str] = field(default_factory=dict)
    """Contested rule to the reading in force."""
    columns: Mapping[str, Claims] = field(default_factory=dict)
    """What is claimed in the columns that the SUT speaks besides its first."""

    def on(self, speaks: str) -> Terms:
        """The terms on a column."""
        claims = self.columns.get(speaks)
        return replace(self, pics=claims.pics, faced=dict(claims.faced)) if claims else self

    def of(self, side: Side, faces: str) -> Terms:
        """The terms for a side: our own party is judged by what it claims."""
        return self if side == "sut" else replace(self, pics=self.faced.get(faces, self.pics))

    @property
    def roles(self) -> dict[Side, str]:
        return {"sut": self.role, "tester": ROLES[self.role].opposite}


@dataclass(frozen=True)
class Window:
    """What of a log is being judged: a situation is what came from number ``since`` on, up to ``end`` seconds; ``lag``: how
    late the loop was."""

    since: int
    end: float
    lag: float = 0.0


class Log(Protocol):
    """A conversation as one monitor sees it: it counts the situations that the monitor's queries yield."""

    situations: int
    margin: float | None


class Conversation(Protocol):
    """One station's frames from one registration to the next."""

    station: str
    closed: bool
    began: float
    """The number of its first frame."""
    stranger: bool
    """Somebody who knocked at our port and does not speak the protocol: not the SUT."""
    speaks: str
    """The column that it is of. It may have none: then it is that of the case."""

    def log(self, subject: str, terms: Terms, window: Window) -> Log: ...


class Transcript(Protocol):
    """The typed view of a protocol: built from entries, one at a time."""

    def feed(self, entry: Entry) -> FrameView | None: ...
    def check(self, what: dict[str, Any]) -> None: ...
    def conversations(self) -> list[Any]: ...
    def forget(self) -> None: ...


@dataclass
class Finding:
    """What one check came to on one requirement in one case."""

    requirement: str
    check: str
    """``case``, or ``monitor:<name>``."""
    verdict: Verdict
    says: str
    frames: list[int] = field(default_factory=list)
    situations: int = 0
    margin: float | None = None
    """Seconds by which a time rule was kept, the smallest seen."""


@dataclass
class Attempt:
    """A case that was begun, and was begun anew later: because the run was cut short in it, or because it was asked for."""

    begin: int
    end: int
    verdict: Verdict
    reason: str

    @property
    def frames(self) -> str:
        return f"frames {self.begin} to {self.end}"

    @property
    def words(self) -> str:
        """As the first step of the attempt after it."""
        why = f": {self.reason}" if self.reason else ""
        return f"[{self.begin}] an attempt before this one, {self.frames}, came to {self.verdict}{why}"


@dataclass
class CaseResult:
    """What a case came to. ``requirements``: the verdict on each requirement that it verifies or found broken."""

    id: str
    begin: int
    end: int
    began: float
    ended: float
    verdict: Verdict = Verdict.PASS
    requirements: dict[str, Verdict] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    reason: str = ""
    steps: list[str] = field(default_factory=list)
    cut_short: bool = False
    """The run ended, or was killed, within it."""
    attempts: list[Attempt] = field(default_factory=list)
    """Those before this one."""

    def follows(self, earlier: CaseResult) -> None:
        """This is the attempt after ``earlier``: what that one showed broken was seen, and stays."""
        self.attempts = [*earlier.attempts, Attempt(earlier.begin, earlier.end, earlier.verdict, earlier.reason)]
        self.steps[:0] = [each.words for each in self.attempts]
        for finding in (each for each in earlier.findings if each.verdict.red):
            self.findings.append(finding)
            before = self.requirements.get(finding.requirement, Verdict.PASS)
            self.requirements[finding.requirement] = worst((finding.verdict, before))
            if finding.verdict > self.verdict:
                self.verdict = finding.verdict
                self.reason = f"{finding.requirement}: {finding.says} (in an attempt before this one)"

    @property
    def reds(self) -> set[tuple[str, str]]:
        """(check, requirement) of what was found broken."""
        return {(f.check, f.requirement) for f in self.findings if f.verdict.red}


Rule = tuple[Monitor, Side, str, Terms]
"""A monitor, the side and role that it judges, and the terms for that side."""


def binds(applies: str, side: Side, pics: Pics) -> bool:
    """Whether a row binds a side. Of our own side nobody may have said what it claims: then only what binds everybody does."""
    known = side == "sut" or names_in(applies) <= pics.answers.keys()
    return known and pics.claims(applies)


class Judge:
    """Takes the entries of a log in order; ``results`` grows at every end of a case."""

    def __init__(self, law: Law, terms: Terms, transcript: Transcript) -> None:
        self.law = law
        self.terms = terms
        self.transcript = transcript
        self.results: list[CaseResult] = []
        self._memory: dict[tuple[str, str, str], Any] = {}
        self._case: OpenCase | None = None
        self._last = Entry(0, 0.0)
        self._excused: set[int] = set()
        """Frames that our own party sent, or left unanswered, on purpose: while the SUT lives."""
        self._reported: set[tuple[object, ...]] = set()
        self._rules: dict[tuple[str, str], list[Rule]] = {}
        self._device = 0
        """The number of the mark since which ours is the device that it is now."""

    def _rules_for(self, case: TestCase) -> list[Rule]:
        """The monitors on each side of a case, with the terms of that side."""
        faces = (case.faces or self.law.virtual.get(case.role, {}).get("pics", "")) if case.moved else ""
        key = (faces, case.speaks)
        if key not in self._rules:
            rows = self.law.requirements
            self._rules[key] = [
                (m, side, role, terms)
                for m in self.law.monitors
                for side, role in self.terms.roles.items()
                for terms in [self.terms.on(case.speaks).of(side, faces)]
                if role in rows[m.requirement].subject and binds(rows[m.requirement].applies, side, terms.pics)
            ]
        return self._rules[key]

    def feed(self, entry: Entry) -> FrameView | None:
        """Takes one entry; gives back the frame that it completes, if it does."""
        if entry.mark == "fresh":
            self._memory.clear()
            self._excused.clear()
        elif entry.mark == "another-device":  # what ours told before does not bind it; what the SUT did is remembered
            self._device = entry.n
            ours = self.terms.roles["tester"]
            self._memory = {key: memory for key, memory in self._memory.items() if key[1] != ours}
        frame = self.transcript.feed(entry)
        if entry.mark == "resumed":
            self.cut_short(self._last)  # at the time at which it was cut: what came after that was seen by nobody
        self._last = entry
        if entry.mark == "case-begin":
            self._case = OpenCase(entry)
        elif self._case is None and entry.mark == "error" and self.results:  # ours broke while it left the case
            if self.results[-1].verdict is not Verdict.ERROR:
                self.results[-1].verdict, self.results[-1].reason = Verdict.ERROR, entry.facts["why"]
        elif self._case is not None:
            if frame is not None:
                self._case.heard(frame)
            if entry.mark in ("deviation", "hostile"):
                self._excused.update(entry.facts["frames"])
            if entry.mark:
                self._case.mark(entry)
            if entry.mark == "interrupted":
                self.cut_short(entry)
            elif entry.mark == "case-end":
                self._add(self._end(self._case, entry))
                self._case = None
        return frame

    def cut_short(self, last: Entry) -> None:
        """The log ended within a case: the run was interrupted, or killed."""
        if self._case is not None:
            self._case.problems.append((Verdict.INCONCLUSIVE, "the run was cut short"))
            self._add(self._end(self._case, last))
            self.results[-1].cut_short = True
            self._case = None

    def _add(self, result: CaseResult) -> None:
        """The last attempt at a case is its result; but what an earlier one showed broken was seen, and stays."""
        for earlier in [each for each in self.results if each.id == result.id]:
            self.results.remove(earlier)
            result.follows(earlier)
        self.results.append(result)

    def _end(self, case: OpenCase, entry: Entry) -> CaseResult:
        settle(case.expectations.values(), case.frames)
        declared = self.law.cases[case.id]
        result = CaseResult(case.id, case.begin.n, entry.n, case.begin.t, entry.t, steps=case.steps)
        result.findings += self._proofs(case, declared)
        for finding, side in self._monitored(case, entry):
            if side == "sut":
                result.findings.append(finding)
            elif finding.verdict.red and not self._excused.intersection(finding.frames):
                case.problems.append(
                    (Verdict.ERROR, f"our own party broke {finding.requirement} (frame {finding.frames[0]}): {finding.says}")
                )
        self._conclude(case, declared, result)
        self.transcript.forget()
        return result

    def _conclude(self, case: OpenCase, declared: TestCase, result: CaseResult) -> None:
        rows = self.law.requirements
        pics = self.terms.on(declared.speaks).pics
        applicable = {id for id in declared.verifies if pics.claims(rows[id].applies)}
        for requirement in applicable | {f.requirement for f in result.findings if f.verdict.red}:
            about = [f for f in result.findings if f.requirement == requirement]
            result.requirements[requirement] = worst(f.verdict for f in about)
        unreached = [e for e in case.expectations.values() if not self._judges(e, declared) and e.outcome not in ("met", "kept")]
        verdicts = [*result.requirements.values(), *(v for v, _ in case.problems)]
        verdicts += [Verdict.INCONCLUSIVE] if unreached else []
        result.verdict = worst(verdicts)
        result.requirements = dict(sorted(result.requirements.items()))
        result.reason = self._reason(case, result, unreached)

    def _reason(self, case: OpenCase, result: CaseResult, unreached: list[Expectation]) -> str:
        """One sentence: why the verdict is what it is; empty for a pass."""
        if result.verdict is Verdict.PASS:
            return ""
        for verdict, says in case.problems:
            if verdict is result.verdict:
                return on_a_line(says)
        for finding in result.findings:
            if finding.verdict is result.verdict:
                return f"{finding.requirement}: {finding.says}"
        if unreached:
            return on_a_line(f"the situation was not reached: {case.told(unreached[0].words)}, {outcome_words(unreached[0])}")
        missing = [r for r, v in result.requirements.items() if v is Verdict.INCONCLUSIVE]
        return f"nothing was seen that shows {', '.join(missing)}"

    def _judges(self, each: Expectation, declared: TestCase) -> bool:
        """Whether an expectation proves a row; one that does not bind the column of the case is only a way to the next step."""
        return bool(each.proves) and self.law.requirements[str(each.proves)].binds(declared.speaks)

    def _proofs(self, case: OpenCase, declared: TestCase) -> Iterator[Finding]:
        for each in case.expectations.values():
            if not each.proves or each.outcome == "unfinished" or not self._judges(each, declared):
                continue
            level = self.law.requirements[each.proves].level
            kept = each.outcome in ("met", "kept")
            frames = [each.frame.n] if each.frame else [each.since] if each.since else []
            says = on_a_line(case.told(f"{'saw' if kept else 'expected'} {each.words}"))
            verdict = Verdict.PASS if kept else level.broken
            says = says if kept else on_a_line(f"{says}: {outcome_words(each)}")
            yield Finding(each.proves, "case", verdict, says, frames)

    def _monitored(self, case: OpenCase, entry: Entry) -> Iterator[tuple[Finding, Side]]:
        conversations = [c for c in self.transcript.conversations() if not c.stranger]
        window = Window(case.since, entry.t, case.lag)
        declared = self.law.cases[case.id]
        for monitor, side, role, terms in self._rules_for(declared):
            row = self.law.requirements[monitor.requirement]
            level = row.level
            seen, margin, broken = 0, None, False
            for conversation in conversations:
                if side == "tester" and conversation.began < self._device:
                    continue
                speaks = getattr(conversation, "speaks", "") or declared.speaks
                if (declared.speaks and speaks != declared.speaks) or not row.binds(speaks):
                    continue  # what was said on another column shows nothing of this one
                log = conversation.log(role, terms, window)
                offences = self._offences(case, monitor, role, conversation, log)
                seen += log.situations
                margin = min((m for m in (margin, log.margin) if m is not None), default=None)
                for frames, says in offences:
                    key = (monitor.name, role, *frames)
                    if key not in self._reported:
                        self._reported.add(key)
                        broken = True
                        yield Finding(monitor.requirement, f"monitor:{monitor.name}", level.broken, says, frames), side
            if seen and not broken and side == "sut":
                says = f"held in {seen} situation{'s' * (seen != 1)}"
                yield Finding(monitor.requirement, f"monitor:{monitor.name}", Verdict.PASS, says, [], seen, margin), side

    def _offences(self, case: OpenCase, monitor: Monitor, role: str, conversation: Any, log: Any) -> list[tuple[list[int], str]]:
        """What a monitor finds. One that breaks is an error of ours, and the others go on."""
        try:
            return list(self._run(monitor, role, conversation, log))
        except Exception as error:  # noqa: BLE001 - a SUT may have said what no rule foresaw
            case.problems.append((Verdict.ERROR, f"the monitor {monitor.name} broke: {type(error).__name__}: {error}"))
            return []

    def _run(self, monitor: Monitor, role: str, conversation: Any, log: Any) -> Iterator[tuple[list[int], str]]:
        arguments = [log]
        if monitor.accumulates:
            key = (monitor.name, role, conversation.station)
            memory = self._memory.setdefault(key, monitor.accumulates())
            if not conversation.closed:
                memory = copy.copy(memory)  # an open conversation is judged again, so it must leave no trace
            arguments.append(memory)
        for frames, says in monitor.function(*arguments):
            yield [f.n for f in (frames if isinstance(frames, tuple) else (frames,))], on_a_line(says)


def requirement_verdicts(law: Law, results: Iterable[CaseResult]) -> dict[str, Verdict]:
    """The verdict on every requirement that a run touched: the worst of what its cases and monitors came to."""
    seen: dict[str, list[Verdict]] = {}
    for result in results:
        for finding in result.findings:
            seen.setdefault(finding.requirement, []).append(finding.verdict)
        for requirement, verdict in result.requirements.items():
            seen.setdefault(requirement, []).append(verdict)
    return {id: worst(seen[id]) for id in law.requirements if id in seen}


__all__ = ["ANSWER_TO", "CaseResult", "Finding", "Judge", "Terms", "Window", "requirement_verdicts"]
