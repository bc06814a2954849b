"""A scripted person at a pseudo-terminal, and a virtual INCH in a process of its own at whose bench they stand."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evconform.harness.operator import table
from evconform.mock import COMMANDS

TYPED = {action: word for word, action in COMMANDS.items()}
ASKED = re.compile(r"▶ (.*?), (?:then press Enter|dann Enter drücken)\.")
ON_WITHIN = 120.0
"""Seconds; a machine may have much else to do."""
CASE = re.compile(r"── (\S+) ·")
SUT = """
[sut]
product = "virtual INCH, elsewhere"
version = "1.12"
role = "charge-point"
speaks = ["ocpp1.6-json"]
pics = "etrel-inch.toml"

[endpoint]
listen = "ws://127.0.0.1:{port}/ocpp"
identity = "INCH-1"
password = "0123456789abcdef0123"

[control]
{control}

[pixit]
patience = 3
longest_wait = 900
boot_within = 30
reconnect_within = 20
"""


def over_soap(sut: str) -> str:
    """A SUT file of JSON, for SOAP."""
    sut = sut.replace('["ocpp1.6-json"]', '["ocpp1.6-soap"]').replace('listen = "ws:', 'soap.listen = "http:')
    assert "soap.listen" in sut
    return sut


def environment() -> dict[str, str]:
    """The environment without what the surrounding pytest put into it."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "EVCONFORM", "PYTHONWARNINGS"))}


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """Bound and never listening: the run may bind it too, and nobody gets it by chance."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        yield int(reserved.getsockname()[1])


class Charger:
    """``evconform mock inch``: a line on its standard input is an act at its bench."""

    def __init__(self, folder: Path, port: int, scheme: str = "ws") -> None:
        """``scheme``: ws is JSON, http is SOAP."""
        line = [sys.executable, "-m", "evconform", "mock", "inch", "--connect", f"{scheme}://127.0.0.1:{port}/ocpp"]
        line += ["--identity", "INCH-1", "--password", "0123456789abcdef0123", "--log", str(folder / "charger.jsonl")]
        self.process = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(), cwd=folder
        )
        self._is_on = threading.Event()
        self._listener = threading.Thread(target=self._listens, args=(folder / "charger.said",), daemon=True)
        self._listener.start()
        assert self._is_on.wait(ON_WITHIN), "the charger does not come on"

    def _listens(self, file: Path) -> None:
        """Writes down what it says; its first line says that it is on."""
        assert self.process.stdout
        with file.open("wb", buffering=0) as said:
            for line in self.process.stdout:
                said.write(line)
                self._is_on.set()

    def does(self, action: str, connector: str = "", uid: str = "") -> None:
        words = {"power_cycle": ["dark", "light"]}.get(action) or [f"{TYPED[action]} {uid} {connector}"]
        assert self.process.stdin
        self.process.stdin.write("".join(f"{' '.join(word.split())}\n" for word in words).encode())
        self.process.stdin.flush()

    def ends(self) -> None:
        self.process.kill()
        self.process.wait()
        self._listener.join()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):  # what it did not read any more
                assert pipe
                pipe.close()


def understood(text: str, language: str = "en") -> tuple[str, dict[str, str]]:
    """The action that an instruction asks for, and its parameters."""
    for action, texts in table()["charge-point"].items():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>\\w+)", re.escape(texts[language]))
        if found := re.fullmatch(pattern, text):
            return action, found.groupdict()
    raise AssertionError(f"nobody understands {text!r}")


Answer = Callable[[str, str], str | None]
"""Case and action to what the person types; None to say nothing; the act itself is done when they type nothing but Enter."""


@dataclass
class Person:
    """Sits at the terminal of one run. ``asked``: (case, action) of each instruction."""

    charger: Charger
    answer: Answer = lambda case, action: ""
    language: str = "en"
    asked: list[tuple[str, str]] = field(default_factory=list)
    seen: str = ""
    within: float = 150.0
    """Seconds that the run may take."""
    run: int = 0
    """The process of the run, and its group."""

    def takes(self, words: list[str], folder: Path) -> int:
        """Runs ``evconform`` with these words on a pseudo-terminal of its own to its end; its exit code."""
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.execve(sys.executable, [sys.executable, "-m", "evconform", *words], environment() | {"TERM": "xterm"})
        self.run = pid
        try:
            self._watches(master)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        except BaseException:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise
        finally:
            os.close(master)

    def pulls_the_plug(self) -> None:
        """Kills the run where it is."""
        os.killpg(self.run, signal.SIGKILL)

    def _watches(self, master: int) -> None:
        until, raw, done = time.monotonic() + self.within, b"", 0
        while True:
            assert time.monotonic() < until, f"the run hangs:\n{self.seen[-3000:]}"
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                raw += os.read(master, 65536)
            except OSError:  # the run ended
                return
            self.seen = raw.decode("utf-8", "ignore")
            instructions = list(ASKED.finditer(self.seen))
            for found in instructions[done:]:
                self._acts(master, found)
            done = len(instructions)

    def _acts(self, master: int, found: re.Match[str]) -> None:
        case = (CASE.findall(self.seen[: found.start()]) or [""])[-1]
        action, parameters = understood(found[1], self.language)
        self.asked.append((case, action))
        said = self.answer(case, action)
        if said == "":
            self.charger.does(action, **parameters)
        if said is not None:
            os.write(master, f"{said}\n".encode())


def report_in(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return loaded


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {case["id"]: case["verdict"] for case in report["cases"]}
