"""Runs the command line against all peers at the same time, once a session."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from evconform.harness.plan import applicable, find_sut, load_content, make_plan

from . import java_build
from .old_environment import EXTRAWEST, python_of

HERE = Path(__file__).parent
TOO_LONG = ("OCPP16-CP-HB-02", "OCPP16-CP-HB-02.soap", "OCPP16S-CP-FAIL-03.soap", "OCPP16S-CP-FAIL-04.soap")
"""Cases that do not end within reason on wall time: they last a day, or a heartbeat or two for each of many answers."""
TOO_MUCH = ("OCPP16S-CP-HOSTILE-01.soap", "OCPP16S-CP-HOSTILE-02.soap")
"""Cases that the Java charge point does not always survive: it obeys one spoilt Reset after the other, and is gone for good."""
RUN_WITHIN = 500
"""Seconds; the charge point's run takes 205 of them on a machine that has nothing else to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path != HERE / "test_begun.py")


def environment() -> dict[str, str]:
    """The environment without what the surrounding pytest put into it."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "EVCONFORM", "PYTHONWARNINGS"))}


@dataclass
class Run:
    """One run of the command line, and where its bundle lies."""

    process: subprocess.Popen[bytes]
    bundle: Path
    said: Path
    environment: dict[str, str]

    def ended(self) -> Run:
        self.process.wait(RUN_WITHIN)
        return self

    @property
    def report(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.bundle / "report.json").read_text("utf-8"))
        return loaded


class Runs(dict[str, Run]):
    def __missing__(self, peer: str) -> Run:
        assert peer.startswith("soap-"), peer
        pytest.skip(java_build.NO_JDK)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this folder, in which the SUT files get their ports."""
    return Path(shutil.copytree(HERE, tmp_path_factory.mktemp("peers") / "peers", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture(scope="session")
def charge_point(folder: Path) -> Iterator[Path]:
    """The SUT file of the charge point, with a port of ours."""
    with reserved_port() as port:
        yield with_ports(folder / "charge-point.toml", {"9000": port})


@pytest.fixture(scope="session")
def central_system(folder: Path) -> Iterator[Path]:
    """The SUT file of the central system, which is started here and says its ports."""
    line = [sys.executable, str(folder / "peer_central_system.py")]
    with (folder / "central-system.log").open("wb") as log, started(line, log, subprocess.PIPE) as peer:
        assert peer.stdout
        said = json.loads(peer.stdout.readline())
        port = said["url"].split(":")[2].split("/")[0]
        yield with_ports(folder / "central-system.toml", {"9000": port, "9001": said["commands"]})


@pytest.fixture(scope="session")
def back_offices(folder: Path, pytestconfig: pytest.Config) -> Iterator[list[Path]]:
    """The SUT files of the CPO and the eMSP, each started here in the old environment."""
    python = python_of(EXTRAWEST, pytestconfig.rootpath / ".tox" / "peers")
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(back_office(role, python, folder)) for role in ("cpo", "emsp")]


@contextlib.contextmanager
def back_office(role: str, python: Path, folder: Path) -> Iterator[Path]:
    """The SUT file of a back office, which says its ports."""
    line = [str(python), str(folder / "peer_back_office.py"), role]
    with (folder / f"ocpi-{role}.log").open("wb") as log, started(line, log, subprocess.PIPE) as peer:
        assert peer.stdout
        said = json.loads(peer.stdout.readline())
        ports = {"9000": said["url"].split(":")[2].split("/")[0], "9001": said["commands"]}
        yield with_ports(folder / f"ocpi-{role}.toml", ports)


@pytest.fixture(scope="session")
def command(pytestconfig: pytest.Config) -> Callable[[str], list[str]]:
    """The command line of a Java program of ours, which is built first."""
    return lambda program: java_build.java(pytestconfig.rootpath / ".tox" / "peers", program)


@pytest.fixture(scope="session")
def java_peers(folder: Path, command: Callable[[str], list[str]]) -> Iterator[list[Path]]:
    """The SUT files of the Java peers over SOAP: none where no JDK is."""
    if not java_build.installed():
        yield []
        return
    with contextlib.ExitStack() as stack:
        office = stack.enter_context(java_office(command("Office"), folder))
        point = with_ports(folder / "soap-charge-point.toml", {"9000": stack.enter_context(reserved_port())})
        point.write_text(point.read_text("utf-8").replace('["java"]', json.dumps(command("ChargePoint"))), "utf-8")
        yield [office, point]


@contextlib.contextmanager
def java_office(line: list[str], folder: Path) -> Iterator[Path]:
    """The SUT file of the Java central system, which is started here and says its ports."""
    log_file = folder / "soap-central-system.log"
    with reserved_port() as ours, log_file.open("wb") as log, started(line, log, subprocess.PIPE) as peer:
        assert peer.stdout
        said = json.loads(peer.stdout.readline())
        ports = {"9000": said["url"].split(":")[2], "9001": said["commands"], "9002": ours}
        yield with_ports(folder / "soap-central-system.toml", ports)


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """Bound, never listening: the run may bind it too, and nobody gets it by chance."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def with_ports(sut_file: Path, ports: dict[str, Any]) -> Path:
    text = sut_file.read_text("utf-8")
    for old, new in ports.items():
        assert old in text
        text = text.replace(old, str(new))
    sut_file.write_text(text, "utf-8")
    return sut_file


@pytest.fixture(scope="session")
def runs(
    charge_point: Path, central_system: Path, back_offices: list[Path], java_peers: list[Path], folder: Path
) -> Iterator[dict[str, Run]]:
    """All runs, under way."""
    sut_files = (charge_point, central_system, *back_offices, *java_peers)
    with contextlib.ExitStack() as stack:
        yield Runs({sut_file.stem: stack.enter_context(run(sut_file, folder)) for sut_file in sut_files})


@contextlib.contextmanager
def run(sut_file: Path, folder: Path) -> Iterator[Run]:
    cases = applicable(make_plan(load_content(), find_sut(sut_file, [])))[0]
    selected = [word for case in cases if case.id not in TOO_LONG + TOO_MUCH for word in ("--case", case.id)]
    line = [sys.executable, "-m", "evconform", "run", "--sut", str(sut_file), "--report", str(folder / "reports"), *selected]
    said = folder / f"{sut_file.stem}.said"
    with said.open("wb") as output, started(line, output, output) as process:
        yield Run(process, folder / "reports" / sut_file.stem, said, environment())


@contextlib.contextmanager
def started(line: list[str], errors: IO[bytes], output: int | IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A process, ended at the end with all that it started."""
    process = subprocess.Popen(
        line, stdin=subprocess.PIPE, stdout=output, stderr=errors, env=environment(), start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
