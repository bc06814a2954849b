"""One session of a run: which cases it takes, the SUT faced, one case after the other on one loop, the bundle written.

``harness/plugin.py`` makes a pytest session of it; nothing here knows pytest.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from evconform.harness import waivers
from evconform.harness.campaign import Campaign
from evconform.harness.clock import Clock, LabLoop, wall_seconds
from evconform.harness.itinerary import Visit
from evconform.harness.judge import CaseResult
from evconform.harness.law import TestCase
from evconform.harness.plan import applicable, faced_with, find_sut, left_out, load_content, make_plan, selected
from evconform.harness.timetable import brief
from evconform.harness.verdict import Stopped, UsageError, Verdict
from evconform.harness.walk import for_a_person
from evconform.harness.wire import WireLog
from evconform.report import allure, bundle, resume
from evconform.report.model import Report, resumption


@dataclass(frozen=True)
class Asked:
    """What a user asks for: the options of the command line, by their names."""

    sut: str
    suites: list[str]
    mocks: list[str]
    waivers: str | None
    report: str | None
    allure: str | None
    mode: str
    resume: bool
    redo: bool
    hostile: str
    opposite: str
    policy: str
    case: list[str]
    column: list[str]


class Session:
    """One campaign, one loop, one report. ``cases``: those that are run in it. Raises UsageError."""

    def __init__(self, asked: Asked) -> None:
        own = [Path(folder) for folder in (*asked.suites, *asked.mocks)]
        self.asked = asked
        loaded = load_content(own)
        sut_file = find_sut(asked.sut, own)
        plan = faced_with(make_plan(loaded, sut_file, asked.policy), asked.opposite)
        self.plan = replace(plan, hostile=asked.hostile)
        self.itinerary: list[Visit] = []
        self.cases, self.not_applicable = applicable(self.plan)
        ids = {case.id for case in self.cases}
        self.waivers = waivers.read(Path(asked.waivers), self.plan.law, ids) if asked.waivers else {}
        self.folder = Path(asked.report or Path("reports") / sut_file.stem)
        inputs = {"sut.toml": sut_file, "pics.toml": self.plan.pics_file}
        inputs |= {"waivers.toml": Path(asked.waivers)} if asked.waivers else {}
        self.resumed = self._resume(inputs)
        if self.resumed is None:
            self._select()
            if self.for_a_person:
                self.itinerary = for_a_person(self.plan, self.cases)
                self.cases = [visit.case for visit in self.itinerary]
            bundle.fresh(self.folder, inputs, [*self.plan.pics.secrets, *self.plan.sut.secrets])
        self.allure = self._allure(asked.allure)
        self.loop: asyncio.AbstractEventLoop
        self.campaign: Campaign
        self.report: Report
        self._began = wall_seconds()

    @property
    def for_a_person(self) -> bool:
        return self.plan.sut.control.kind == "operator"

    @property
    def opened(self) -> bool:
        """Whether it came to a campaign, and so to a report."""
        return hasattr(self, "campaign")

    # ── what it runs ──

    def _allure(self, name: str | None) -> Path | None:
        """The folder of the Allure results; it must not be in the bundle, which holds what its manifest names."""
        if not name:
            return None
        folder = Path(name)
        if folder.resolve().is_relative_to(self.folder.resolve()):
            raise UsageError(f"--allure {name}: expected a folder outside {self.folder}, which is the bundle")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--allure {name}: {error.strerror}") from error
        return folder

    def _resume(self, inputs: dict[str, Path]) -> resume.Resumed | None:
        """The session before, and its report; ``cases`` are then those that are still to be run."""
        asked = self.asked
        if not asked.resume:
            if asked.redo:
                raise UsageError("--redo: is for --resume, and takes up again what was inconclusive")
            return None
        before = resume.read(self.folder, self.plan, inputs)
        self.report = resume.report_of(before, self.plan, asked.mode, self.not_applicable, self.waivers)
        due = resume.to_run(asked.case, before, self.report.planned, asked.redo)
        self.cases = selected(self.plan, due, [], asked.column)
        self.deselected = list(self.report.deselected)
        return before

    def _select(self) -> None:
        wanted = {case.id for case in selected(self.plan, self.cases, self.asked.case, self.asked.column)}
        wanted -= set(left_out(self.plan, self.cases))
        self.deselected = [case.id for case in self.cases if case.id not in wanted]
        self.cases = [case for case in self.cases if case.id in wanted]

    def keeps(self, ids: set[str]) -> None:
        """Runs none but these of its cases."""
        if self.resumed:  # what is not run now is still due
            return
        self.deselected += [case.id for case in self.cases if case.id not in ids]
        self.cases = [case for case in self.cases if case.id in ids]

    def introduces(self) -> list[str]:
        """What is under test, with what, and how much of it."""
        sut, plan = self.plan.sut.sut, self.plan
        clock = "lab time" if plan.embedded else "wall time"
        clock += f", faced by {plan.opposite}" if plan.opposite else ""
        asked = {case.id for id in self.asked.case for case in plan.law.named(id)}
        return [
            f"{sut.product} {sut.version}, {sut.role}, against {plan.law.title}, on {clock}",
            f"{self._to_run()}; evidence in {self.folder}",
            *(f"{case} does not apply: {why}" for case, why in self.not_applicable.items() if case in asked),
            *(brief(self.itinerary) if self.itinerary else ()),
        ]

    def _to_run(self) -> str:
        if self.resumed:
            return f"resumed: {len(self.cases)} of {len(self.report.planned)} cases are run now"
        apply = len(self.cases) + len(self.deselected)
        chosen = f", {len(self.cases)} of them selected" if self.deselected else ""
        return f"{apply} cases apply{chosen}, {len(self.not_applicable)} do not"

    # ── the run ──

    def open(self) -> None:
        """Begins the log and the report, and faces the SUT; where that fails, the report says so."""
        self.loop = LabLoop() if self.plan.embedded else asyncio.new_event_loop()
        if self.resumed:
            self._reopen(self.resumed)
            return
        self.clock = Clock(self.loop)
        self.wire = WireLog(self.folder / bundle.WIRE, self.clock)
        self.report = Report(
            self.plan,
            self.asked.mode,
            self.cases,
            self.not_applicable,
            command(),
            datetime.now(UTC),
            self.clock.kind,
            self.waivers,
            deselected=self.deselected,
        )
        bundle.write(self.report, self.folder)
        self.wire.mark("campaign-begin", header=self.report.header())
        self.campaign = Campaign(self.plan, self.wire, self.clock)
        self._face()

    def _reopen(self, before: resume.Resumed) -> None:
        """Goes on with the log of the session before; what came in between was seen by nobody."""
        past, now = before.past, datetime.now(UTC)
        since = past.t if self.plan.embedded else max(past.t, (now - past.began).total_seconds())
        self.clock = Clock(self.loop, past.began, since)
        self.wire = WireLog(self.folder / bundle.WIRE, self.clock, past)
        bundle.reopen(self.folder)
        self.campaign = Campaign(self.plan, self.wire, self.clock, past=True)
        mark = self.wire.mark("resumed", at=now.isoformat(timespec="seconds"), torn=past.torn, command=command())
        self.wire.mark("fresh")  # to the rules the SUT is one that they see for the first time
        self.report.resumed.append(resumption(mark))
        self.report.results = self.campaign.judge.results
        bundle.write(self.report, self.folder)
        self._face()

    def _face(self) -> None:
        self.campaign.size = len(self.cases)
        for case in self.cases[:1]:
            self.campaign.begins_with(case)
        try:
            self.loop.run_until_complete(self.campaign.open())
        except (OSError, UsageError) as error:
            self.report.interrupted = f"the SUT could not be faced: {getattr(error, 'strerror', None) or error}"

    def run(self, case: TestCase) -> CaseResult | None:
        """What a case came to; None if the person at the bench stopped the run. Should the run end here, the report says why."""
        try:
            result = self.loop.run_until_complete(self.campaign.run(case))
        except Stopped as why:
            self.report.interrupted = f"the run was stopped: {why}"
            return None
        unreached = case.smoke or (self.resumed is not None and not self.campaign.reached)
        unreached = unreached and case.speaks not in self.campaign.cannot  # other columns can be reached all the same
        if unreached and result.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR):
            self.report.gives_up(case.speaks, result.reason, self.cases)
            self.wire.mark("unreached", speaks=case.speaks, why=self.report.unreached[case.speaks])
        return result

    def close(self) -> None:
        """Leaves the SUT and finishes the report."""
        self.report.interrupted = self.report.interrupted or self.report.not_reached
        self.wire.mark("interrupted" if self.report.interrupted else "campaign-end", why=self.report.interrupted)
        with contextlib.suppress(KeyboardInterrupt):
            self.loop.run_until_complete(self.campaign.close())
            self.loop.run_until_complete(cancel_all())
        self.wire.close()
        self.loop.close()
        self.report.results = self.campaign.judge.results
        self.report.wall_seconds = wall_seconds() - self._began
        self.report.finished = True
        bundle.write(self.report, self.folder)
        if self.allure:
            allure.write(self.report, self.folder / bundle.WIRE, self.allure)


async def cancel_all() -> None:
    """Cancels what an interrupted case left behind."""
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def command() -> str:
    """How this run was started, to start it again."""
    return os.environ.get("EVCONFORM_COMMAND") or shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
