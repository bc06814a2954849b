"""The pytest plugin: a test case is a pytest item. The only file that touches pytest's internals.

The command line builds a pytest command line and nothing else; ``pytest suites/ocpp16 --sut FILE`` runs the same items.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evconform.harness.clock import Clock, LabLoop, wall_seconds
from evconform.harness.law import TestCase
from evconform.harness.roles import ROLES
from evconform.harness.standing import Exit, Standing
from evconform.harness.verdict import Stopped, UsageError, Verdict

if TYPE_CHECKING:
    from evconform.harness.campaign import Campaign
    from evconform.harness.itinerary import Visit
    from evconform.report.model import Report
    from evconform.report.resume import Resumed

HOSTILE = ("quick", "full")
SESSION = pytest.StashKey["Session"]()
RESULT = pytest.StashKey[Any]()
COLUMN = "speaks"
"""The parameter of an item whose test case is there for several columns."""
LETTERS = {
    Verdict.PASS: ("passed", ".", "PASS"),
    Verdict.WARN: ("warned", "w", "WARN"),
    Verdict.INCONCLUSIVE: ("inconclusive", "I", "INCONCLUSIVE"),
    Verdict.FAIL: ("failed", "F", "FAIL"),
    Verdict.ERROR: ("harness error", "E", "ERROR"),
}


class NotGreen(Exception):
    """Carries the one-line reason of a case that did not pass to pytest; it has no traceback worth showing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("evconform", "conformance testing of EV charging products")
    group.addoption("--sut", metavar="FILE", help="the SUT file, or the name of a shipped one")
    group.addoption("--suites", metavar="DIR", action="append", default=[], help="a folder `suites` of your own")
    group.addoption("--mocks", metavar="DIR", action="append", default=[], help="a folder `mocks` of your own")
    group.addoption("--waivers", metavar="FILE", help="waivers.toml; `run` honours it, `certify` only prints it")
    group.addoption("--report", metavar="DIR", help="where the bundle goes (reports/<sut>)")
    group.addoption("--allure", metavar="DIR", help="a folder that Allure results are added to")
    group.addoption("--mode", choices=("run", "certify"), default="run", help="a CI gate, or a certification")
    group.addoption("--resume", action="store_true", help="go on with the run whose bundle is in --report")
    group.addoption("--redo", action="store_true", help="with --resume: take up again what was inconclusive")
    group.addoption("--hostile", choices=HOSTILE, default=HOSTILE[0], help="how many of the generated hostile messages are sent")
    group.addoption("--opposite", metavar="PARTY", default="", help="a party of ours that faces the SUT: plain cases only")
    group.addoption("--policy", metavar="FILE", default="", help="readings of contested rules: a file, or a shipped one")
    group.addoption("--case", metavar="ID", action="append", default=[], help="run only this test case, or this of its columns")
    group.addoption("--column", metavar="WORD", action="append", default=[], help="run only this column: json, soap, soap15")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("sut") is None:
        return
    try:
        session = config.stash[SESSION] = Session(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(session, "evconform-session")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test case of several columns is an item for each that the SUT speaks: ``test_it[json]``."""
    case, session = getattr(metafunc.function, "testcase", None), metafunc.config.stash.get(SESSION, None)
    if case is None or session is None:
        return
    law = session.plan.law
    if spoken := [each.speaks for each in law.named(case.id) if each.speaks and each.speaks in session.plan.speaks]:
        metafunc.fixturenames.append(COLUMN)
        metafunc.parametrize(COLUMN, spoken, ids=[law.columns[speaks] for speaks in spoken])


def given(name: str) -> Any:
    """A fixture that pytest finds: what stands behind it is given to the case when it runs."""
    return pytest.fixture(name=name)(lambda: None)


globals().update({name: given(name) for role in ROLES.values() for name in role.fixtures})


class Session:
    """One pytest session with a SUT: one campaign, one loop, one report."""

    def __init__(self, config: pytest.Config) -> None:
        from evconform.harness.plan import applicable, faced_with, find_sut, load_content, make_plan
        from evconform.harness.walk import for_a_person
        from evconform.report import bundle

        own = [Path(folder) for name in ("suites", "mocks") for folder in config.getoption(name)]
        self.config = config
        loaded = load_content(own)
        sut_file = find_sut(config.getoption("sut"), own)
        plan = faced_with(make_plan(loaded, sut_file, config.getoption("policy")), config.getoption("opposite"))
        self.plan = replace(plan, hostile=config.getoption("hostile"))
        self.itinerary: list[Visit] = []
        self._variants = {(case.declared, case.speaks): case for case in self.plan.law.cases.values()}
        self.cases, self.not_applicable = applicable(self.plan)
        waivers_file = config.getoption("waivers")
        self.waivers = self._waivers(waivers_file)
        self.folder = Path(config.getoption("report") or Path("reports") / sut_file.stem)
        inputs = {"sut.toml": sut_file, "pics.toml": self.plan.pics_file}
        inputs |= {"waivers.toml": Path(waivers_file)} if waivers_file else {}
        self.resumed = self._resume(inputs)
        if self.resumed is None:
            self._select(config.getoption("case"), config.getoption("column"))
            if self.plan.sut.control.kind == "operator":
                self.itinerary = for_a_person(self.plan, self.cases)
                self.cases = [visit.case for visit in self.itinerary]
            bundle.fresh(self.folder, inputs, [*self.plan.pics.secrets, *self.plan.sut.secrets])
        self.allure = self._allure(config.getoption("allure"))
        self.loop: asyncio.AbstractEventLoop
        self.campaign: Campaign
        self.report: Report
        self._began = wall_seconds()

    def _waivers(self, file: str | None) -> dict[str, Any]:
        from evconform.harness import waivers

        return waivers.read(Path(file), self.plan.law, {case.id for case in self.cases}) if file else {}

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

    def _resume(self, inputs: dict[str, Path]) -> Resumed | None:
        """The session before, and its report; ``cases`` are then those that are still to be run."""
        from evconform.harness.plan import selected
        from evconform.report import resume

        redo, ids = self.config.getoption("redo"), self.config.getoption("case")
        if not self.config.getoption("resume"):
            if redo:
                raise UsageError("--redo: is for --resume, and takes up again what was inconclusive")
            return None
        before = resume.read(self.folder, self.plan, inputs)
        self.report = resume.report_of(before, self.plan, self.config.getoption("mode"), self.not_applicable, self.waivers)
        due = resume.to_run(ids, before, self.report.planned, redo)
        self.cases = selected(self.plan, due, [], self.config.getoption("column"))
        self.deselected = list(self.report.deselected)
        return before

    def _select(self, ids: list[str], columns: list[str]) -> None:
        from evconform.harness.plan import left_out, selected

        wanted = {case.id for case in selected(self.plan, self.cases, ids, columns)}
        wanted -= set(left_out(self.plan, self.cases))
        self.deselected = [case.id for case in self.cases if case.id not in wanted]
        self.cases = [case for case in self.cases if case.id in wanted]

    # ── collection ──

    def case_of(self, item: pytest.Item) -> TestCase | None:
        """The test case that an item is, on its column, if it is one of this law that there is."""
        declared = getattr(getattr(item, "function", None), "testcase", None)
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        return self._variants.get((declared.id, parameters.get(COLUMN, ""))) if declared else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keeps the applicable cases of the SUT, in the order of the catalogue."""
        order = {case.id: place for place, case in enumerate(self.cases)}
        mine = [item for item in items if (case := self.case_of(item)) and case.id in order]
        mine.sort(key=lambda item: order[self.case_of(item).id])  # type: ignore[union-attr]
        other = [item for item in items if item not in mine]
        if other:
            config.hook.pytest_deselected(items=other)
        items[:] = mine
        if self.resumed:  # what is not run now is still due
            return
        collected = {self.case_of(item).id for item in mine}  # type: ignore[union-attr]
        self.deselected += [case.id for case in self.cases if case.id not in collected]
        self.cases = [case for case in self.cases if case.id in collected]

    # ── the run ──

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        if session.config.option.collectonly or session.testsfailed:
            return (yield)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            self._open()
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        try:
            return (yield)
        except KeyboardInterrupt:
            self.report.interrupted = self.report.interrupted or "the run was interrupted"
            raise
        finally:
            self._close()

    def _open(self) -> None:
        from evconform.harness.campaign import Campaign
        from evconform.harness.wire import WireLog
        from evconform.report import bundle
        from evconform.report.model import Report

        self.loop = LabLoop() if self.plan.embedded else asyncio.new_event_loop()
        if self.resumed:
            self._reopen(self.resumed)
            return
        self.clock = Clock(self.loop)
        self.wire = WireLog(self.folder / bundle.WIRE, self.clock)
        self.report = Report(
            self.plan,
            self.config.getoption("mode"),
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

    def _reopen(self, before: Resumed) -> None:
        """Goes on with the log of the session before; what came in between was seen by nobody."""
        from evconform.harness.campaign import Campaign
        from evconform.harness.wire import WireLog
        from evconform.report import bundle
        from evconform.report.model import resumption

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
        if self.plan.sut.control.kind == "operator":  # the names of files tell a person nothing
            reporter: Any = self.config.pluginmanager.get_plugin("terminalreporter")
            reporter.showfspath = False
        try:
            self.loop.run_until_complete(self.campaign.open())
        except (OSError, UsageError) as error:
            self.report.interrupted = f"the SUT could not be faced: {getattr(error, 'strerror', None) or error}"

    def _close(self) -> None:
        """Leaves the SUT and finishes the report; who wants to stop the run by now has what they want."""
        from evconform.report import bundle

        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
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
            from evconform.report import allure

            allure.write(self.report, self.folder / bundle.WIRE, self.allure)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        case = self.case_of(pyfuncitem)
        if case is None:
            return None
        if self.report.interrupted:
            pyfuncitem.session.shouldstop = self.report.interrupted
            raise NotGreen(self.report.interrupted)
        try:
            result = self.loop.run_until_complete(self.campaign.run(case))
        except Stopped as why:
            self.report.interrupted = pyfuncitem.session.shouldstop = f"the run was stopped: {why}"
            raise NotGreen(self.report.interrupted) from None
        pyfuncitem.stash[RESULT] = result
        unreached = case.smoke or (self.resumed is not None and not self.campaign.reached)
        unreached = unreached and case.speaks not in self.campaign.cannot  # other columns can be reached all the same
        if unreached and result.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR):
            self.report.interrupted = f"the SUT cannot be reached: {result.reason}"
            pyfuncitem.session.shouldstop = self.report.interrupted
        if result.verdict > Verdict.WARN:
            raise NotGreen(result.reason)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        report = yield
        result = item.stash.get(RESULT, None)
        if result is not None and call.when == "call":
            self.report.results = self.campaign.judge.results
            report.evconform = (str(result.verdict), str(self.report.standing_of(result)))
            report.longrepr = f"{result.id}: {result.reason}" if result.reason else None
        elif call.excinfo is not None and isinstance(call.excinfo.value, NotGreen):
            report.evconform = (str(Verdict.INCONCLUSIVE), str(Standing.STANDS))
            report.longrepr = str(call.excinfo.value)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        if report.when != "call" or not hasattr(report, "evconform"):
            return None
        word, stands = report.evconform
        if self.plan.sut.control.kind == "operator":  # the person is told in words, among the frames
            return Verdict.parse(word).name.lower(), "", word.upper()
        if stands == Standing.WAIVED:
            return "waived", "x", "WAIVED"
        return LETTERS[Verdict.parse(word)]

    # ── what it came to ──

    def _to_run(self) -> str:
        if self.resumed:
            return f"resumed: {len(self.cases)} of {len(self.report.planned)} cases are run now"
        apply = len(self.cases) + len(self.deselected)
        chosen = f", {len(self.cases)} of them selected" if self.deselected else ""
        return f"{apply} cases apply{chosen}, {len(self.not_applicable)} do not"

    def pytest_report_header(self) -> list[str]:
        from evconform.harness.timetable import brief

        sut = self.plan.sut.sut
        clock = "lab time" if self.plan.embedded else "wall time"
        clock += f", faced by {self.plan.opposite}" if self.plan.opposite else ""
        asked = {case.id for id in self.config.getoption("case") for case in self.plan.law.named(id)}
        return [
            f"evconform: {sut.product} {sut.version}, {sut.role}, against {self.plan.law.title}, on {clock}",
            f"evconform: {self._to_run()}; evidence in {self.folder}",
            *(f"evconform: {case} does not apply: {why}" for case, why in self.not_applicable.items() if case in asked),
            *(f"evconform: {line}" for line in brief(self.itinerary) if self.itinerary),
        ]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """The exit code of the run, unless pytest itself failed."""
        if exitstatus in (Exit.HARNESS_ERROR, Exit.USAGE) or not hasattr(self, "campaign"):
            collected_badly = exitstatus == pytest.ExitCode.INTERRUPTED
            session.exitstatus = Exit.HARNESS_ERROR if collected_badly else exitstatus
            return
        session.exitstatus = self.report.exit

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if hasattr(self, "campaign"):
            from evconform.report.terminal import summarize

            terminalreporter.section("evconform")
            for line in summarize(self.report, self.folder):
                terminalreporter.write_line(line)


async def cancel_all() -> None:
    """Cancels what an interrupted case left behind."""
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def command() -> str:
    """How this run was started, to start it again."""
    return os.environ.get("EVCONFORM_COMMAND") or shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
