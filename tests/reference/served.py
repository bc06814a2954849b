"""``evconform serve cpo`` in a process of its own, and what a person does with it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

TOKEN = "operator-token"


class Served:
    """The program, ready. ``operator`` and ``charge_points`` are its URLs, ``soap`` too if it was asked for."""

    def __init__(self, database: str, *more: str, output: Path) -> None:
        line = [sys.executable, "-m", "evconform", "serve", "cpo", "--database", database, "--http", "http://127.0.0.1:0"]
        line += ["--listen", "ws://127.0.0.1:0/ocpp", *more]
        self.errors = output.open("ab")
        environment = os.environ | {"EVCONFORM_TOKEN": TOKEN}
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=self.errors, env=environment, text=True)
        self.said: list[str] = []
        self.charge_points = self._says(r"charge points: (\S+)/IDENTITY")
        self.soap = self._says(r"charge points by SOAP: (\S+)") if "--soap" in more else ""
        self.operator = self._says(r"operator: (\S+)/ ")
        self._says("(ready)")

    def _says(self, pattern: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if found := re.match(pattern, line):
                return found[1]
        raise AssertionError(f"it ended with {self.process.wait()}, having said {self.said}")

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self._gone()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        self._gone()
        return self.process.returncode

    def _gone(self) -> None:
        assert self.process.stdout is not None
        self.said += [line.rstrip() for line in self.process.stdout]
        self.process.wait(30)
        self.process.stdout.close()
        self.errors.close()
