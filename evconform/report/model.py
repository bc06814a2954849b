"""The report model: every figure that any writer shows is computed here, once.

``report.json`` (``json_document.py``) is the model as it stands. A report without a footer is incomplete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import evconform
from evconform.harness.campaign import Plan
from evconform.harness.catalogue import RequirementSet
from evconform.harness.clauses import rows_of
from evconform.harness.columns import word_of, words
from evconform.harness.judge import CaseResult, requirement_verdicts
from evconform.harness.law import Requirement, TestCase
from evconform.harness.plan import left_out, nothing_ticked
from evconform.harness.standing import Exit, Standing, exit_code, standing
from evconform.harness.verdict import Level, Verdict, worst
from evconform.harness.waivers import Waiver
from evconform.harness.wire import Entry
from evconform.report import json_document
from evconform.report.claims import claims, findings
from evconform.report.columns import columns, sentence, side_by_side, worst_of
from evconform.report.hostile import Thrown
from evconform.report.identity import identity
from evconform.report.json_document import json_schema, open_sections
from evconform.report.messages import messages
from evconform.report.operations import operations
from evconform.report.provenance import run_environment
from evconform.report.remedy import reproduce
from evconform.report.sight import Sight, nothing_seen


@dataclass
class Report:
    """One run against one SUT."""

    plan: Plan
    mode: str
    """``run`` (a CI gate, honours waivers) or ``certify`` (prints them and ignores them)."""
    planned: list[TestCase]
    not_applicable: dict[str, str]
    """Case id to why the PICS makes it so."""
    command: str
    began: datetime
    clock: str
    waivers: dict[str, Waiver] = field(default_factory=dict)
    deselected: list[str] = field(default_factory=list)
    results: list[CaseResult] = field(default_factory=list)
    sight: Sight = field(default_factory=Sight)
    """What the wire log shows besides verdicts: messages, operations, what the product says of itself."""
    thrown: list[Thrown] = field(default_factory=list)
    """The hostile messages that the wire log shows."""
    wall_seconds: float = 0.0
    interrupted: str = ""
    unreached: dict[str, str] = field(default_factory=dict)
    """Columns on which the SUT could not be reached, so that the rest of their cases was not run, with the reason."""
    resumed: list[dict[str, Any]] = field(default_factory=list)
    """Where the run was gone on with: the frame, when, and how many bytes of a torn line were dropped."""
    finished: bool = False
    environment: dict[str, Any] = field(default_factory=run_environment)
    tool: dict[str, str] = field(default_factory=lambda: {"name": "evconform", "version": evconform.__version__})
    _judged: tuple[int, ...] = (-1,)
    _requirements_now: dict[str, Verdict] = field(default_factory=dict)
    _on_column: dict[tuple[tuple[int, ...], str], dict[str, Verdict]] = field(default_factory=dict)

    def gives_up(self, speaks: str, why: str, cases: Iterable[TestCase]) -> None:
        """The SUT cannot be reached on a column: those of other columns are run all the same, if there are any."""
        self.unreached[speaks] = f"the SUT cannot be reached: {why}"
        if all(case.speaks in self.unreached for case in cases):
            self.interrupted = self.unreached[speaks]

    @property
    def not_reached(self) -> str:
        """The columns on which it could not be, each with the reason; empty if there are none."""
        return "; ".join(f"{self.plan.law.columns.get(speaks, speaks)}: {why}" for speaks, why in self.unreached.items())

    # ── what the run came to ──

    @property
    def today(self) -> date:
        """The day on which waivers are held to account."""
        return self.began.date()

    @property
    def honours_waivers(self) -> bool:
        return self.mode == "run"

    def standing_of(self, result: CaseResult) -> Standing:
        waiver = self.waivers.get(result.id) if self.honours_waivers else None
        if waiver is None:
            return Standing.STANDS
        wrong = {r for r, v in result.requirements.items() if v in (Verdict.FAIL, Verdict.INCONCLUSIVE)}
        covers = not waiver.requirement or wrong == {waiver.requirement}
        return standing(result.verdict, waiver=True, expired=waiver.expired(self.today), covers=covers)

    @property
    def exit(self) -> Exit:
        cases = [(result.verdict, self.standing_of(result)) for result in self.results]
        return exit_code(cases, interrupted=not self.complete)

    @property
    def requirements(self) -> dict[str, Verdict]:
        """The verdict on each requirement that was touched so far: the worst of the columns that it binds and the SUT speaks,
        where nothing is known of a column that it was not touched in."""
        if self._judged != self._judged_now:
            by = {speaks: self.requirements_on(speaks) for speaks in self.plan.speaks}
            touched = [row for row in self.plan.law.requirements.values() if any(row.id in each for each in by.values())]
            found = {row.id: [by[speaks].get(row.id) for speaks in self.bound_to(row)] for row in touched}
            self._requirements_now = {id: worst_of(verdicts) for id, verdicts in found.items()}
            self._judged = self._judged_now
        return self._requirements_now

    @property
    def _judged_now(self) -> tuple[int, ...]:
        return (len(self.results), *(result.end for result in self.results[-1:]))  # one that is begun anew ends later

    def requirements_on(self, speaks: str) -> dict[str, Verdict]:
        """The verdict on each requirement that was touched so far in a column."""
        now = (self._judged_now, speaks)
        if now not in self._on_column:
            results = [result for result in self.results if self.plan.law.cases[result.id].speaks == speaks]
            self._on_column = {key: value for key, value in self._on_column.items() if key[0] == self._judged_now}
            self._on_column[now] = requirement_verdicts(self.plan.law, results)
        return self._on_column[now]

    def bound_to(self, row: Requirement) -> list[str]:
        """The columns of the SUT in which a requirement counts: it binds and applies there, or was judged all the same."""
        spoken = [speaks for speaks in self.plan.speaks if row.binds(speaks)]
        return [
            speaks
            for speaks in spoken
            if row.id in self.requirements_on(speaks)
            or (self.plan.ticks(speaks) and self.plan.pics_of(speaks).claims(row.applies))
        ]

    @property
    def complete(self) -> bool:
        """Every planned case came to an end."""
        return self.finished and not self.interrupted and len(self.results) == len(self.planned)

    @property
    def resumptions(self) -> str:
        """Where the run was gone on with, as one phrase; empty if it is of one piece."""
        times = [f"{each['at']} (frame {each['frame']})" for each in self.resumed]
        return f"stopped or killed, and resumed {', '.join(times)}" if times else ""

    @property
    def sets(self) -> list[RequirementSet]:
        return [s for s in self.plan.law.sets if s.role == self.plan.sut.sut.role and self.columns_of(s)]

    def columns_of(self, each: RequirementSet) -> list[str]:
        """The columns of the SUT that a set has requirements for; not those that its PICS leaves empty, unless it leaves all."""
        rows = [self.plan.law.requirements[id] for id in each.requirements]
        spoken = [speaks for speaks in self.plan.speaks if any(row.binds(speaks) for row in rows)]
        return [speaks for speaks in spoken if self.plan.ticks(speaks) or len(self.plan.speaks) == 1]

    def applies(self, requirement: Requirement) -> bool:
        return bool(self.bound_to(requirement))

    def members(self, each: RequirementSet, speaks: str | None = None) -> list[Requirement]:
        """The applicable requirements of a set that the wire can show, in one column or in any."""
        rows = (self.plan.law.requirements[id] for id in each.requirements)
        shown = [row for row in rows if not row.not_observable]
        return [row for row in shown if (self.applies(row) if speaks is None else speaks in self.bound_to(row))]

    def set_verdict(self, each: RequirementSet, speaks: str | None = None) -> Verdict:
        """Inconclusive as long as one of its requirements was not tested in one of its columns, or the run is not complete."""
        known = self.requirements if speaks is None else self.requirements_on(speaks)
        verdicts = [known.get(row.id, Verdict.INCONCLUSIVE) for row in self.members(each, speaks)]
        return worst(verdicts if self.complete else [*verdicts, Verdict.INCONCLUSIVE])

    def set_counts(self, each: RequirementSet, level: Level) -> dict[str, int]:
        """Verdict, or ``untested``, to the number of requirements of a level."""
        rows = [row for row in self.members(each) if row.level is level]
        words = (str(self.requirements[row.id]) if row.id in self.requirements else "untested" for row in rows)
        return dict(Counter(words))

    @property
    def counts(self) -> dict[str, int]:
        """Verdict to number of cases; with ``planned``, ``ran``, ``not_applicable``, ``deselected`` and ``waived``."""
        by_verdict = Counter(str(result.verdict) for result in self.results)
        return {
            "planned": len(self.planned),
            "ran": len(self.results),
            **{str(verdict): by_verdict[str(verdict)] for verdict in Verdict},
            "waived": sum(self.standing_of(r) is Standing.WAIVED for r in self.results),
            "not_applicable": len(self.not_applicable),
            "deselected": len(self.deselected),
        }

    @property
    def untested(self) -> list[tuple[str, str]]:
        """What was not tested, and why: cases and requirements."""
        found = [(id, why) for id, why in self.not_applicable.items()]
        why = f"it needs a scripted answer, and {self.plan.opposite} faced the SUT (--opposite)"
        scripted = dict.fromkeys(left_out(self.plan, list(self.plan.law.cases.values())), why)
        found += [(id, scripted.get(id, "deselected by the person who ran it")) for id in self.deselected]
        ran = {result.id for result in self.results}
        why = self.interrupted or "the run ended before"
        found += [(case.id, self.unreached.get(case.speaks, why)) for case in self.planned if case.id not in ran]
        for row in self.plan.law.requirements.values():
            spoken = [speaks for speaks in self.plan.speaks if row.binds(speaks)]
            if self.plan.sut.sut.role in row.subject and spoken:
                found += [(row.id, why) for why in self._untested_row(row, spoken)]
        return found

    def _untested_row(self, row: Requirement, spoken: list[str]) -> Iterator[str]:
        """Why a requirement was not tested, or not in every column."""
        if row.not_observable:
            yield row.not_observable
        elif not self.applies(row):
            unclaimed = [speaks for speaks in spoken if self.plan.ticks(speaks)]
            first = unclaimed[0] if unclaimed else spoken[0]
            missing = self.plan.pics_of(first).missing_for(row.applies) if row.applies else ""
            yield missing or nothing_ticked(self.plan, first)
        elif self.requirements.get(row.id, Verdict.INCONCLUSIVE) is Verdict.INCONCLUSIVE:
            bound = self.bound_to(row)
            unseen = [s for s in bound if self.requirements_on(s).get(row.id, Verdict.INCONCLUSIVE) is Verdict.INCONCLUSIVE]
            where = f" on {words(self.plan.law, unseen)}" if len(unseen) < len(bound) else ""
            ended = "" if self.complete else "the run ended before, or "
            yield f"{ended}no situation that shows it came about{where}"

    @property
    def claimed_without_law(self) -> list[str]:
        """The messages that the vendor claims, in any column of the SUT, and that nothing here is about."""
        by = [self.messages_on(speaks) for speaks in self.plan.speaks]
        return [name for name in by[0] if any(rows[name]["state"] == "no law yet" for rows in by)]

    @property
    def sentences(self) -> list[str]:
        """One sentence for each requirement set."""
        says = {verdict: conformity(verdict) for verdict in Verdict}
        return [sentence(self, each, says) for each in self.sets]

    @property
    def messages(self) -> dict[str, dict[str, Any]]:
        """The messages of the questionnaire: claimed, and verified, in the first column of the SUT."""
        return self.messages_on(self.plan.speaks[0])

    def messages_on(self, speaks: str) -> dict[str, dict[str, Any]]:
        """The same in any column of the law."""
        return dict(messages(self.plan, self.requirements_on(speaks), self.sight.columns.get(speaks, {}), speaks))

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Each column of the law, and what the messages of the form came to in it."""
        return columns(self)

    @property
    def side_by_side(self) -> list[dict[str, Any]]:
        """Each case, and what it came to in each column of the SUT."""
        return list(side_by_side(self))

    @property
    def operations(self) -> list[dict[str, Any]]:
        """Module × operation × role, where the law's protocol has modules: claimed, and verified."""
        return operations((self.sight if self.sight.operations else nothing_seen(self.plan)).operations, self.messages)

    @property
    def coverage(self) -> list[dict[str, Any]]:
        """How much of the protocol's tables the product gave and took, of all that there is, class by class."""
        return (self.sight if self.sight.coverage else nothing_seen(self.plan)).coverage

    @property
    def readings(self) -> dict[str, dict[str, Any]]:
        """The rules that may be read in several ways: which reading was in force, and what the readings are."""
        policy = self.plan.policy
        return {
            name: {"where": rule.where, "reading": policy.get(name, rule.reading), "readings": rule.readings}
            for name, rule in self.plan.law.contested.items()
        }

    @property
    def claims(self) -> dict[str, dict[str, Any]]:
        """``profile:``, ``section:`` and ``item:`` of the questionnaire to what the run says about it."""
        return dict(claims(self.plan, self.requirements, self.messages))

    @property
    def sections(self) -> dict[str, Any]:
        """The questionnaire as it was answered, without what its form calls secret."""
        return open_sections(self.plan.pics.form, self.plan.pics.sections)

    @property
    def review(self) -> list[dict[str, str]]:
        """What in the questionnaire contradicts the standard or itself, then the questions that it leaves open."""
        return findings(self.plan, self.sections)

    @property
    def identity(self) -> list[dict[str, Any]]:
        """Who the product says it is on the wire, beside who it was declared to be."""
        return identity(self.plan, self.sight.told)

    @property
    def broken_in(self) -> dict[str, list[str]]:
        """Requirement to the cases in which it was found broken: the one that shows it best first."""
        found: dict[str, list[tuple[bool, int, int, str]]] = {}
        for place, result in enumerate(self.results):
            reds = {f.requirement for f in result.findings if f.verdict.red}
            for id in reds:
                aside = id not in self.plan.law.cases[result.id].verifies
                found.setdefault(id, []).append((aside, len(reds), place, result.id))
        return {id: [row[-1] for row in sorted(rows)] for id, rows in found.items()}

    def reproduce(self, case: str) -> str:
        """The command that runs one case again, on its column."""
        law, spoken = self.plan.law, self.plan.speaks
        variants = [each for each in law.named(case) if each.speaks in spoken]
        column = word_of(law, law.cases[case].speaks) if len(variants) > 1 else ""
        return reproduce(self.command, self.mode, self.plan.sut.file.name, case, column)

    @property
    def chapters(self) -> dict[str, dict[str, Any]]:
        """The chapters of the standard that were read for the SUT's role: what became of their sentences."""
        law, role = self.plan.law, self.plan.sut.sut.role
        return {
            each.name: {
                "title": each.title,
                "sentences": each.sentences,
                "as_rows": each.as_rows,
                "rows": len(rows_of(law, each)),
                "other_role": each.other_role,
                "no_check": list(each.no_check),
                "open": list(each.open),
                "note": each.note,
            }
            for each in law.chapters
            if each.role == role
        }

    # ── as JSON ──

    def as_json(self) -> dict[str, Any]:
        return json_document.document(self)

    def header(self) -> dict[str, Any]:
        """What was known before the first case; it stands in the wire log too."""
        return json_document.header(self)


def resumption(mark: Entry) -> dict[str, Any]:
    """What the report says of a mark ``resumed``."""
    return {"frame": mark.n, "at": mark.facts["at"], "torn": mark.facts["torn"]}


def conformity(verdict: Verdict) -> str:
    """What a set's verdict says, as tested by us."""
    match verdict:
        case Verdict.PASS | Verdict.WARN:
            return "conforms to"
        case Verdict.FAIL:
            return "does not conform to"
        case Verdict.ERROR:
            return "could not be judged, for an error of ours, against"
    return "was not shown to conform to"


__all__ = ["Report", "conformity", "json_schema", "resumption"]
