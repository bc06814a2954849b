"""The runs against hostile peers: all at once, each in a process of its own, with what it came to and what memory it took."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.broken.claims import CLAIMS

HOSTILE = Path(__file__).with_name("hostile")
SUITES = HOSTILE / "suites"
SMOKE = {"charge-point": "OCPP16-CP-CONN-01", "central-system": "OCPP16-CS-CONN-01"}
SUT = """
[sut]
product = "hostile"
version = "1"
role = "{role}"
speaks = ["ocpp1.6-json"]
pics = "{pics}"
[endpoint]
{endpoint}
identity = "HOSTILE-1"
[control]
kind = "python"
entry = "bench:{control}"
[control.options]
{options}
[pixit]
patience = {patience}
tolerance = 0.5
reconnect_within = 1
boot_within = 3
"""
PICS = CLAIMS.format(model="hostile")


@dataclass
class HostileRun:
    """``python -m evconform run`` with a user's own suites, started at once."""

    stem: str
    folder: Path
    sut: str
    cases: list[str]
    environment: dict[str, str]
    code: int = -1
    judged: tuple[int, str] = (-1, "")
    """Exit code and words of ``evconform judge``."""
    peak: int = 0
    """The largest resident memory of a process of this run, in MB."""

    def start(self) -> None:
        file = self.folder / f"{self.stem}.toml"
        file.write_text(self.sut, "utf-8")
        words = ["run", "--sut", file, "--report", self.folder / "reports", "--suites", SUITES]
        words += [word for case in self.cases for word in ("--case", case)]
        with (self.folder / f"{self.stem}.txt").open("wb") as said:
            line = [sys.executable, "-m", "evconform", *map(str, words)]
            self._process = subprocess.Popen(line, stdout=said, stderr=subprocess.STDOUT, env=self.environment)
        self._waiter = threading.Thread(target=self._wait)
        self._waiter.start()

    def _wait(self) -> None:
        _, status, usage = os.wait4(self._process.pid, 0)
        self.code, self.peak = os.waitstatus_to_exitcode(status), usage.ru_maxrss // 1024
        self._process.returncode = self.code
        line = [sys.executable, "-m", "evconform", "judge", str(self.bundle), "--suites", str(SUITES)]
        again = subprocess.run(line, capture_output=True, text=True, env=self.environment, check=False)
        self.judged = again.returncode, again.stdout + again.stderr

    def ends(self) -> HostileRun:
        self._waiter.join(300)
        assert not self._waiter.is_alive(), f"{self.stem} did not end"
        return self

    @property
    def bundle(self) -> Path:
        return self.folder / "reports" / self.stem

    @cached_property
    def said(self) -> str:
        return (self.folder / f"{self.stem}.txt").read_text("utf-8", "replace")

    @cached_property
    def report(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.bundle / "report.json").read_text("utf-8"))
        return loaded

    @cached_property
    def came_to(self) -> dict[str, dict[str, Any]]:
        return {case["id"]: case for case in self.report["cases"]}

    @cached_property
    def evidence(self) -> dict[str, list[str]]:
        """Case to the lines of the wire log from its beginning to the end of the next case: a connection may end late."""
        found: dict[str, list[str]] = {}
        current: list[str] = []
        for line in (self.bundle / "wire.jsonl").read_text("utf-8").splitlines():
            if '"mark":"case-begin"' in line:
                current.append(json.loads(line)["case"])
                found[current[-1]] = []
            for case in current[-2:]:
                found[case].append(line)
        return found


def free_port() -> tuple[socket.socket, int]:
    """A port that nobody else is given while the socket is open, and that we may still listen at."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    return bound, bound.getsockname()[1]


def charge_point(port: int, patience: int, pki: Path | None) -> str:
    """The SUT file of the hostile charge point."""
    options = f'script = "{HOSTILE / "charge_points.py"}"'
    endpoint = f'listen = "ws://127.0.0.1:{port}/ocpp"'
    if pki:
        endpoint = f'listen = "wss://127.0.0.1:{port}/ocpp"\ncertificate = "{pki / "good.pem"}"'
        options += f'\ntrust = "{pki / "ca.pem"}"'
    pics = "hostile.pics.toml"
    return SUT.format(role="charge-point", pics=pics, endpoint=endpoint, control="Bench", options=options, patience=patience)


def central_system(ports: dict[str, int], patience: int, pki: Path) -> str:
    """The SUT file of the hostile central system."""
    endpoint = f'url = "ws://127.0.0.1:{ports["plain"]}/ocpp"\npassword = "0123456789abcdef0123"\ntrust = "{pki / "ca.pem"}"'
    options = "[control.options.ports]\n" + "\n".join(f'"{name}" = {port}' for name, port in ports.items())
    pics = "plain-central-system.toml"
    return SUT.format(role="central-system", pics=pics, endpoint=endpoint, control="Nothing", options=options, patience=patience)
