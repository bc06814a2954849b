"""``evconform mock``: its standard input, and the command as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evconform.mock import StandardInput
from tests.mock.terminal import PATIENCE


def test_lines_come_whole_however_they_are_written() -> None:
    end, start = os.pipe()
    with os.fdopen(start, "wb", buffering=0) as writes:
        writes.write(b"plug 1\nswi")
        reads = StandardInput(end)
        assert reads.line() == "plug 1\n"
        writes.write(b"pe\xff\n\nlast")
        assert reads.line() == "swipe\ufffd\n"
        assert reads.line() == "\n"
    assert reads.line() == "last"
    assert reads.line() == ""
    os.close(end)


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the command, and ends whatever is left of it."""
    started: list[subprocess.Popen[str]] = []
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "EVCONFORM", "PYTHONWARNINGS"))}
    pipe = subprocess.PIPE

    def start(*words: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "evconform", "mock", *words]
        process = subprocess.Popen(
            line, cwd=tmp_path, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_ctrl_c_leaves_at_once_with_the_log(command: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    """Whether or not somebody presses Enter: its standard input stays open."""
    process = command("inch", "--connect", "ws://127.0.0.1:1/ocpp", "--log", "mine.jsonl")
    assert process.stdout
    assert "virtual ETREL INCH" in process.stdout.readline()
    assert "mine.jsonl" in process.stdout.readline()
    assert "! not connected" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    _, errors = process.communicate()
    assert errors == ""
    assert (tmp_path / "mine.jsonl").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nobody", "--connect", "ws://h"), "mock: expected one of"),
        (("inch", "--connect", "ftp://h"), "--connect: expected ws://"),
        (("inch", "--connect", "ws://h", "--speaks", "ocpp1.6-soap"), "--speaks: ocpp1.6-soap is not spoken at"),
        (("inch", "--central", "http://h", "--service", "nowhere"), "--service: expected http://"),
        (("inch", "--connect", "ws://h:99999"), "--connect: Port out of range"),
        (("inch", "--connect", "ws://h", "--pics", "no.toml"), "no.toml"),
        (("inch", "--connect", "ws://h", "--log", "."), "--log:"),
        (("inch",), "connect"),
    ],
)
def test_what_cannot_be_played_is_one_line_and_exit_4(
    command: Callable[..., subprocess.Popen[str]], words: tuple[str, ...], says: str
) -> None:
    process = command(*words)
    said, errors = process.communicate("", timeout=PATIENCE)
    assert process.returncode == 4
    assert says in errors
    assert len(errors.splitlines()) == 1
    assert "Traceback" not in said + errors
