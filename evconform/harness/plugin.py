"""The pytest plugin: a test case is a pytest item. The only file that touches pytest's internals.

The command line builds a pytest command line and nothing else; ``pytest suites/ocpp16 --sut FILE`` runs the same items.
"""

from __future__ import annotations

import signal
from collections.abc import Generator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from evconform.harness.law import TestCase
from evconform.harness.roles import ROLES
from evconform.harness.standing import Exit, Standing
from evconform.harness.verdict import UsageError, Verdict

if TYPE_CHECKING:
    from evconform.report.session import Session

HOSTILE = ("quick", "full")
SESSION = pytest.StashKey["Session"]()
"""What a pytest session with a SUT runs."""
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
    from evconform.report.session import Asked, Session

    try:
        session = config.stash[SESSION] = Session(
            Asked(**{option.name: config.getoption(option.name) for option in fields(Asked)})
        )
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(Hooks(config, session), "evconform-session")


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


class Hooks:
    """What pytest asks of a session with a SUT."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self.config = config
        self.session = session
        self._variants = {(case.declared, case.speaks): case for case in session.plan.law.cases.values()}

    # ── collection ──

    def case_of(self, item: pytest.Item) -> TestCase | None:
        """The test case that an item is, on its column, if it is one of this law that there is."""
        declared = getattr(getattr(item, "function", None), "testcase", None)
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        return self._variants.get((declared.id, parameters.get(COLUMN, ""))) if declared else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keeps the applicable cases of the SUT, in the order of the catalogue."""
        order = {case.id: place for place, case in enumerate(self.session.cases)}
        mine = [(order[case.id], item) for item in items if (case := self.case_of(item)) and case.id in order]
        mine.sort(key=lambda placed: placed[0])
        kept = [item for _, item in mine]
        other = [item for item in items if item not in kept]
        if other:
            config.hook.pytest_deselected(items=other)
        items[:] = kept
        self.session.keeps({self.session.cases[place].id for place, _ in mine})

    # ── the run ──

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        if session.config.option.collectonly or session.testsfailed:
            return (yield)
        signal.signal(signal.SIGTERM, _interrupt)
        if self.session.for_a_person:  # the names of files tell a person nothing
            reporter: Any = self.config.pluginmanager.get_plugin("terminalreporter")
            reporter.showfspath = False
        try:
            self.session.open()
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        try:
            return (yield)
        except KeyboardInterrupt:
            self.session.report.interrupted = self.session.report.interrupted or "the run was interrupted"
            raise
        finally:  # who wants to stop the run by now has what they want
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self.session.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        case = self.case_of(pyfuncitem)
        if case is None:
            return None
        report = self.session.report
        if why := report.interrupted or report.unreached.get(case.speaks, ""):
            pyfuncitem.session.shouldstop = report.interrupted or False
            raise NotGreen(why)
        result = self.session.run(case)
        if report.interrupted:
            pyfuncitem.session.shouldstop = report.interrupted
        if result is None:
            raise NotGreen(report.interrupted)
        pyfuncitem.stash[RESULT] = result
        if result.verdict > Verdict.WARN:
            raise NotGreen(result.reason)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        report = yield
        result = item.stash.get(RESULT, None)
        if result is not None and call.when == "call":
            self.session.report.results = self.session.campaign.judge.results
            report.evconform = (str(result.verdict), str(self.session.report.standing_of(result)))
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
        if self.session.for_a_person:  # they are told in words, among the frames
            return Verdict.parse(word).name.lower(), "", word.upper()
        if stands == Standing.WAIVED:
            return "waived", "x", "WAIVED"
        return LETTERS[Verdict.parse(word)]

    # ── what it came to ──

    def pytest_report_header(self) -> list[str]:
        return [f"evconform: {line}" for line in self.session.introduces()]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """The exit code of the run, unless pytest itself failed."""
        if exitstatus in (Exit.HARNESS_ERROR, Exit.USAGE) or not self.session.opened:
            collected_badly = exitstatus == pytest.ExitCode.INTERRUPTED
            session.exitstatus = Exit.HARNESS_ERROR if collected_badly else exitstatus
            return
        session.exitstatus = self.session.report.exit

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.session.opened:
            from evconform.report.terminal import summarize

            terminalreporter.section("evconform")
            for line in summarize(self.session.report, self.session.folder):
                terminalreporter.write_line(line)


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
