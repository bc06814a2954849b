"""A mock on its own, in a terminal: ``evconform mock inch --connect ws://…`` plays the charge point against anybody's
central system, on wall time, and one line of input is one act of the driver or of the bench."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evconform.harness import content
from evconform.harness.catalogue import Law, read_toml
from evconform.harness.clock import Clock, Tasks
from evconform.harness.control import ACTIONS
from evconform.harness.party import Site, find_party
from evconform.harness.pics import Pics
from evconform.harness.sut import Pixit
from evconform.harness.wire import Entry, WireLog

ROLE = "charge-point"
COMMANDS: dict[str, str] = {
    "plug": "plug_in",
    "half": "plug_in_halfway",
    "unplug": "unplug",
    "pull": "unplug_at_ev",
    "replug": "plug_in_at_ev",
    "swipe": "present_card",
    "suspend": "suspend_ev",
    "resume": "resume_ev",
    "fault": "provoke_fault",
    "mend": "clear_fault",
    "jam": "jam_lock",
    "free": "free_lock",
    "cut": "cut_network",
    "restore": "restore_network",
    "dark": "cut_power",
    "light": "restore_power",
}
"""What is typed to the bench action that it is."""


@dataclass(frozen=True)
class Mocked:
    """What is played: a party, its PICS, and whom it faces."""

    name: str
    law: Law
    pics_file: Path
    url: str
    identity: str
    password: str | None = None
    log: Path | None = None

    @property
    def pics(self) -> Pics:
        return Pics.fill(self.law.form, read_toml(self.pics_file), self.pics_file, self.law.form.columns["ocpp1.6-json"])


def pics_of(name: str, own: list[Path]) -> Path:
    """A PICS file by path, or a shipped one by name. Raises UsageError."""
    path = Path(name)
    return path if path.is_file() else content.find(path.name, "pics", path, own)


async def play(mocked: Mocked, lines: Callable[[], str], says: Callable[[str], None]) -> None:
    """Plays until the input ends, or says ``quit``. ``lines``: gives a line of input, empty at its end; may block."""
    clock = Clock(asyncio.get_running_loop())
    tasks = Tasks(lambda failure: says(f"! {type(failure).__name__}: {failure}"))
    site = Site(clock, tasks, mocked.pics, mocked.identity, mocked.password, mocked.url)
    mock = find_party(mocked.name, ROLE)(site)
    wire = WireLog(mocked.log or Path(f"{mocked.name}.wire.jsonl"), clock)
    if mocked.password:
        wire.keep_secret(mocked.password)
    wire.subscribe(lambda entry: shown(entry, says))
    mock.endpoint.wire = wire  # type: ignore[attr-defined]
    await mock.start()
    try:
        while line := await asyncio.to_thread(lines):
            words = line.split()
            if words[:1] == ["quit"]:
                break
            await obey(mock, words, wire, says)
    finally:
        await mock.stop()
        await tasks.cancel()
        wire.close()


async def obey(mock: Any, words: list[str], wire: WireLog, says: Callable[[str], None]) -> None:
    """One command: what it says, or why not."""
    action = COMMANDS.get(words[0]) if words else None
    if action is None:
        says(helped())
        return
    try:
        parameters = parameters_of(action, words[1:])
        act = getattr(mock, action)
        inspect.signature(act).bind(**parameters)
    except (TypeError, ValueError) as error:
        says(f"! {' '.join(words)}: {error}")
        return
    wire.mark("act", action=action, says=ACTIONS[ROLE][action], parameters=parameters)
    try:
        done = act(**parameters)
        if inspect.isawaitable(done):
            await done
    except KeyError as error:
        says(f"! {' '.join(words)}: there is no connector {error}")


def parameters_of(action: str, words: list[str]) -> dict[str, Any]:
    """``swipe 04A1B2C3 2``: a UID where one is wanted, and a connector. Raises ValueError."""
    parameters: dict[str, Any] = {}
    if action == "present_card":
        parameters["uid"] = words.pop(0).upper() if words else Pixit.model_validate({}).card
        bytes.fromhex(parameters["uid"])
    if words:
        parameters["connector"] = int(words.pop(0))
    if words:
        raise ValueError(f"expected no more than that, not {' '.join(words)}")
    return parameters


def shown(entry: Entry, says: Callable[[str], None]) -> None:
    """A frame as one line: > what the mock sent, < what it heard."""
    if entry.mark == "act":
        says(f"* {entry.facts['says']}")
    elif entry.kind == "text":
        says(f"{'<' if entry.by == 'sut' else '>'} {entry.data!s}")
    elif entry.kind in ("open", "lost"):
        says(f"- connection {entry.kind}")


def helped() -> str:
    """The commands, a line each."""
    rows = [f"  {word:8} {ACTIONS[ROLE][action]}" for word, action in COMMANDS.items()]
    return "\n".join(["commands, each with a connector number (1) if it is not the first:", *rows, "  quit     leave"])


def run(mocked: Mocked) -> None:
    """Plays with this terminal's input and output."""
    find_party(mocked.name, ROLE)
    asyncio.run(play(mocked, sys.stdin.readline, lambda text: print(text, flush=True)))
