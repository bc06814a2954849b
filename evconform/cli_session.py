"""A run of the command line is a pytest session for each SUT, in a process of its own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from evconform.harness.standing import Exit
from evconform.harness.verdict import UsageError


def again(resume: bool, redo: bool, suts: list[str] | None) -> list[str]:
    """The options with which a session goes on with the one before. Raises UsageError."""
    if (resume or redo) and len(suts or []) != 1:
        raise UsageError("--resume: expected one --sut, the one whose run is gone on with")
    return ["--resume"] * resume + ["--redo"] * redo


def named(**given: object) -> list[str]:
    """Options by name, those that were given: ``waivers=FILE`` is ``--waivers FILE``."""
    return [item for name, value in given.items() if value for item in (f"--{name}", str(value))]


def each_named(name: str, values: list[str] | None) -> list[str]:
    """An option that may be given several times."""
    return [item for value in values or [] for item in (f"--{name}", value)]


def sessions(
    mode: str,
    suts: list[str],
    suites: list[Path] | None,
    mocks: list[Path] | None,
    report: Path,
    options: Sequence[str] = (),
    aside: Sequence[str] = (),
    jobs: int = 1,
) -> int:
    """One pytest session a SUT, each in a process of its own, ``jobs`` at a time; the worst exit code. ``aside``: options that
    are no part of how the run is done again."""
    stems = [Path(sut).stem for sut in suts]
    if "" in stems:
        raise UsageError("--sut: expected a SUT file, or the name of a shipped one")
    if twice := [stem for stem in stems if stems.count(stem) > 1]:
        raise UsageError(f"--sut: two SUT files are called {twice[0]}, and each needs a folder of its own; run them apart")
    common = [item for folder in suites or [] for item in ("--suites", str(folder))]
    common += [item for folder in mocks or [] for item in ("--mocks", str(folder))]
    common += options
    lines = []
    for sut in suts:
        folder = report / Path(sut).stem
        command = ["evconform", mode, "--sut", sut, *common]
        line = pytest_line(mode, sut, folder, suites or [], [*common, *aside])
        # the user's other pytest plugins, and options in the environment, have no say in a verdict
        environment = {k: v for k, v in os.environ.items() if k != "PYTEST_ADDOPTS"}
        environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "EVCONFORM_COMMAND": shlex.join(command)}
        lines.append((line, environment))
    return worst_exit([session(*each) for each in lines] if jobs == 1 else sessions_beside(lines, jobs))


def session(line: list[str], environment: dict[str, str]) -> int:
    """Runs one session; who stops us stops it, and it finishes its report."""
    with handed_down() as (terminal, variables):
        process = subprocess.Popen(line, env=environment | variables, pass_fds=terminal)
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()
        finally:
            if process.returncode is not None:
                signal.signal(signal.SIGTERM, before)


def sessions_beside(lines: list[tuple[list[str], dict[str, str]]], jobs: int) -> list[int]:
    """Runs sessions on lab time, which no neighbour slows down, side by side; what each says comes whole, in their order. Nobody
    is asked anything there. Who stops us stops those that run, and no more are begun."""
    running: list[subprocess.Popen[str]] = []
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True
        for process in running:
            process.terminate()

    def whole(each: tuple[list[str], dict[str, str]]) -> tuple[int, str]:
        if stopped:
            return int(Exit.INCONCLUSIVE), ""
        line, environment = each
        process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        running.append(process)
        said, _ = process.communicate()
        return process.returncode, said

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        with ThreadPoolExecutor(jobs) as pool:
            codes = []
            for code, said in pool.map(whole, lines):
                print(said, end="", flush=True)
                codes.append(code)
            return codes
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def handed_down() -> Iterator[tuple[list[int], dict[str, str]]]:
    """Copies of our standard input and output for a session, which pytest leaves alone: a person may be asked there."""
    from evconform.harness.terminal import HANDED_DOWN

    copies: list[int] = []
    with suppress(OSError):  # they may be closed; then there is nobody to ask
        copies += [os.dup(0)]
        copies += [os.dup(1)]
    try:
        yield copies, {HANDED_DOWN: ",".join(map(str, copies))} if len(copies) == 2 else {}
    finally:
        for each in copies:
            os.close(each)


def pytest_line(mode: str, sut: str, folder: Path, suites: list[Path], common: list[str]) -> list[str]:
    """The pytest command line of one session: our own ini, whatever the user's folder holds."""
    from evconform.harness import content

    roots = [content.shipped() / "suites", *suites]
    ini = content.PACKAGE / "pytest.ini"
    return [
        sys.executable, "-m", "pytest", "-c", str(ini), f"--rootdir={content.shipped()}", "-p", "evconform.harness.plugin",
        "-rN",
        "--mode", mode, "--sut", sut, "--report", str(folder), *common, *map(str, roots),
    ]  # fmt: skip


def worst_exit(codes: list[int]) -> int:
    """Of several sessions: error, usage, nonconformity, inconclusive, nothing ran, conformant. One that a signal ended before it
    could say so (its code is negative) was interrupted."""
    codes = [code if code >= 0 else int(Exit.INCONCLUSIVE) for code in codes]
    for code in (Exit.HARNESS_ERROR, Exit.USAGE, Exit.NONCONFORMITY, Exit.INCONCLUSIVE, Exit.NOTHING_RAN):
        if code in codes:
            return int(code)
    return max(codes, default=int(Exit.NOTHING_RAN))
