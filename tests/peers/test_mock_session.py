"""The virtual INCH as a command, in a process of its own, against the foreign central system: a session on wall time."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from .conftest import HERE, started

PATIENCE = 15
IDENTITY = "MOCK-1"


class Terminal:
    """The command's standard input and output."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._reads, daemon=True)
        self._reader.start()

    def _reads(self) -> None:
        assert self.process.stdout
        for line in iter(self.process.stdout.readline, b""):
            self._lines.put(line.decode())

    def types(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def hears(self, *words: str) -> str:
        """The next line that has all these words."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"{words} was not said in {PATIENCE} s, but\n{''.join(self.said)}") from None
            self.said.append(line)
            if all(word in line for word in words):
                return line

    def hears_answered(self, action: str) -> Any:
        """The payload of the answer to the next CALL of this kind."""
        message_id = json.loads(self.hears("> [2", f'"{action}"')[2:])[1]
        return json.loads(self.hears("< [3", message_id)[2:])[2]

    def ended(self) -> int:
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


class Operator:
    """Of the foreign central system: a command is a request."""

    def __init__(self, port: int) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False)

    def sends(self, action: str, **payload: Any) -> None:
        answer = self.client.post(f"/stations/{IDENTITY}/{action}", json=payload)
        assert answer.json() == {"outcome": "asked"}

    def leaves(self) -> None:
        self.client.close()


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The foreign central system; its log is its standard error."""
    with ExitStack() as stack:
        log = stack.enter_context((tmp_path / "peer.log").open("wb"))
        process = stack.enter_context(started([sys.executable, str(HERE / "peer_central_system.py")], log, subprocess.PIPE))
        assert process.stdout
        yield json.loads(process.stdout.readline()) | {"log": tmp_path / "peer.log"}


@pytest.fixture
def terminal(peer: dict[str, Any], tmp_path: Path) -> Iterator[Terminal]:
    line = [sys.executable, "-m", "evconform", "mock", "inch", "--connect", peer["url"], "--identity", IDENTITY]
    line += ["--log", str(tmp_path / "wire.jsonl")]
    with (tmp_path / "errors").open("wb") as errors, started(line, errors, subprocess.PIPE) as process:
        yield Terminal(process)
    assert (tmp_path / "errors").read_text() == ""


@pytest.fixture
def operator(peer: dict[str, Any]) -> Iterator[Operator]:
    operator = Operator(peer["commands"])
    yield operator
    operator.leaves()


def test_a_session_in_a_terminal_against_a_foreign_central_system(
    terminal: Terminal, operator: Operator, peer: dict[str, Any], tmp_path: Path
) -> None:
    """Plug, swipe, charge, lose the network, charge on, swipe, unplug; what was measured meanwhile comes later."""
    assert terminal.hears_answered("BootNotification")["status"] == "Accepted"
    terminal.hears("> [2", '"StatusNotification"', '"connectorId":1', '"Available"')
    operator.sends("ChangeConfiguration", key="MeterValueSampleInterval", value="1")
    terminal.hears("> [3", '"Accepted"')
    terminal.types("plug")
    terminal.hears('"Preparing"')
    terminal.types("swipe")
    assert terminal.hears_answered("Authorize") == {"idTagInfo": {"status": "Accepted"}}
    transaction = terminal.hears_answered("StartTransaction")["transactionId"]
    assert terminal.hears_answered("MeterValues") == {}
    terminal.types("cut")
    terminal.hears("- connection lost")
    terminal.types("restore")
    terminal.hears("- connected")
    assert f'"transactionId":{transaction}' in terminal.hears("> [2", '"MeterValues"')
    terminal.types("swipe")
    assert terminal.hears_answered("StopTransaction") == {"idTagInfo": {"status": "Accepted"}}
    terminal.types("unplug")
    terminal.hears("> [2", '"StatusNotification"', '"Available"')
    terminal.types("quit")
    assert terminal.ended() == 0
    assert '"Charging"' in "".join(terminal.said)
    assert not [line for line in terminal.said if line.startswith("!")]
    log = peer["log"].read_text("utf-8")
    for action in ("BootNotification", "Authorize", "StartTransaction", "MeterValues", "StopTransaction"):
        assert f'"{action}"' in log
    assert "Error" not in log.replace("NoError", "")
    assert "StopTransaction" in (tmp_path / "wire.jsonl").read_text("utf-8")
