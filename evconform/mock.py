"""A mock on its own, in a terminal: ``evconform mock inch --connect ws://…`` plays the charge point against anybody's
central system, on wall time, and one line of input is one act of the driver or of the bench."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evconform.harness import content
from evconform.harness.actions import ACTIONS
from evconform.harness.catalogue import Law, read_toml
from evconform.harness.clock import Clock, Tasks
from evconform.harness.party import PARTIES, Make, Site
from evconform.harness.pics import Pics
from evconform.harness.sut import Pixit
from evconform.harness.user_file import is_file
from evconform.harness.verdict import UsageError
from evconform.harness.wire import Entry, WireLog
from evconform.ocpp.cards import id_tag_of
from evconform.ocpp.channel import Channel
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected

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
OF_THE_WHOLE = ("cut", "restore", "dark", "light")
"""Commands without a connector."""
ID_TAG_AT_MOST = 20
"""Characters (OCPP 1.6, 7.28)."""
Says = Callable[[str], None]


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
        """Raises UsageError."""
        return Pics.fill(self.law.form, read_toml(self.pics_file), self.pics_file, self.law.form.columns["ocpp1.6-json"])

    @property
    def make(self) -> Make:
        """Raises UsageError."""
        known = {name: make for name, (role, make) in PARTIES.items() if role == ROLE}
        if self.name not in known:
            raise UsageError(f"mock: expected one of {', '.join(sorted(known))}, not {self.name!r}")
        return known[self.name]

    @property
    def wire_file(self) -> Path:
        return self.log or Path(f"{self.name}.wire.jsonl")


def pics_of(name: str, own: list[Path]) -> Path:
    """A PICS file by path, or a shipped one by name. Raises UsageError."""
    path = Path(name)
    return path if is_file(path) else content.find(path.name, "pics", path, own)


def check_address(url: str) -> None:
    """Raises UsageError; a password in the URL would be printed with it."""
    try:
        parts = urlsplit(url)
        whom = (parts.hostname, parts.port)
    except ValueError as error:
        raise UsageError(f"--connect: {error}") from error
    if parts.scheme not in ("ws", "wss") or not whom[0]:
        raise UsageError(f"--connect: expected ws://host:port/path or wss://host:port/path, not {url!r}")
    if parts.username is not None:
        raise UsageError("--connect: expected no user name in the URL; the password goes into --password")


async def play(mocked: Mocked, lines: Callable[[], str], says: Says) -> None:
    """Plays until the input ends, or says ``quit``. ``lines``: gives a line of input, empty at its end; may block."""
    clock = Clock(asyncio.get_running_loop())
    tasks = Tasks(lambda failure: says(f"! {type(failure).__name__}: {failure}"))
    site = Site(clock, tasks, mocked.pics, mocked.identity, mocked.password, mocked.url)
    mock: Any = mocked.make(site)
    try:
        wire = WireLog(mocked.wire_file, clock)
    except OSError as error:
        raise UsageError(f"--log: {error}") from error
    if mocked.password:
        wire.keep_secret(mocked.password)
    wire.subscribe(lambda entry: shown(entry, says))
    mock.endpoint.wire = wire
    tells_failures(mock.endpoint, says)
    model = mocked.pics.sections["model"]
    says(f"{mocked.identity}, a virtual {model['vendor']} {model['model']}, dials {mocked.url}; `help` lists the commands")
    says(f"the wire log is {mocked.wire_file}")
    given = read_aside(lines)
    await mock.start()
    try:
        while (line := await given.get()) and line.split() != ["quit"]:
            await obey(mock, line.split(), wire, says)
    finally:
        await mock.stop()
        await tasks.cancel()
        wire.close()


def read_aside(lines: Callable[[], str]) -> asyncio.Queue[str]:
    """The lines as they come, from a thread that nobody waits for: whoever leaves does not press Enter first."""
    given: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        line = " "
        while line:
            line = lines()
            if loop.is_closed():
                return
            loop.call_soon_threadsafe(given.put_nowait, line)

    threading.Thread(target=read, daemon=True).start()
    return given


def tells_failures(endpoint: ChargePointEndpoint, says: Says) -> None:
    """A connection that does not come about leaves no frame to show."""
    connect = endpoint.connect

    async def tells(handshake: Handshake) -> Channel:
        try:
            return await connect(handshake)
        except NotConnected as error:
            says(f"! not connected: {error}")
            raise

    endpoint.connect = tells  # type: ignore[method-assign]


async def obey(mock: Any, words: list[str], wire: WireLog, says: Says) -> None:
    """One command: what it says, or why not."""
    if not words:
        return
    if words[0] not in COMMANDS:
        says(helped() if words[0] == "help" else f"! unknown command {words[0]!r}; `help` lists the commands")
        return
    action = COMMANDS[words[0]]
    try:
        parameters = parameters_of(words[0], words[1:], mock)
    except ValueError as error:
        says(f"! {' '.join(words)}: {error}")
        return
    wire.mark("act", action=action, says=ACTIONS[ROLE][action], parameters=parameters)
    done = getattr(mock, action)(**parameters)
    if done is not None:
        await done


def parameters_of(command: str, words: list[str], mock: Any) -> dict[str, Any]:
    """``swipe 04A1B2C3 2``: a UID where one is wanted, and a connector. Raises ValueError."""
    parameters: dict[str, Any] = {}
    left = list(words)
    if command == "swipe":
        parameters["uid"] = uid_of(left.pop(0), mock.site.pics) if left else Pixit.model_validate({}).card
    if left and command not in OF_THE_WHOLE:
        parameters["connector"] = connector_of(left.pop(0), mock)
    if left:
        raise ValueError(f"expected no more than that, not {' '.join(left)!r}")
    if not hasattr(mock, COMMANDS[command]):
        raise ValueError("this mock cannot do that")
    return parameters


def uid_of(word: str, pics: Pics) -> str:
    """Raises ValueError."""
    if not re.fullmatch("([0-9A-Fa-f]{2})+", word):
        raise ValueError(f"expected a UID in hexadecimal digits, not {word!r}")
    if len(id_tag_of(word, pics)) > ID_TAG_AT_MOST:
        raise ValueError(f"expected a UID that makes an idTag of at most {ID_TAG_AT_MOST} characters")
    return word.upper()


def connector_of(word: str, mock: Any) -> int:
    """Raises ValueError."""
    known = [str(number) for number in mock.connectors]
    if word not in known:
        raise ValueError(f"expected a connector ({', '.join(known)}), not {word!r}")
    return int(word)


def shown(entry: Entry, says: Says) -> None:
    """A frame as one line: > what the mock sent, < what it heard."""
    if entry.mark == "act":
        says(f"* {entry.facts['says']}")
    elif entry.kind == "text":
        says(f"{'<' if entry.by == 'sut' else '>'} {entry.data!s}")
    elif entry.kind == "response":
        says(f"- connected: {str(entry.data).splitlines()[0]}")
    elif entry.kind == "lost":
        says("- connection lost")


def helped() -> str:
    """The commands, a line each."""
    rows = [f"  {word:8} {ACTIONS[ROLE][action]}" for word, action in COMMANDS.items()]
    return "\n".join(
        [
            "commands, with a connector number if it is not 1; swipe takes a UID before it, in hexadecimal digits:",
            *rows,
            "  quit     leave; so do Ctrl-D and Ctrl-C",
        ]
    )


class StandardInput:
    """Its lines, read without the locks of ``sys.stdin``: a thread may still be reading when the process ends."""

    def __init__(self, descriptor: int = 0) -> None:
        self.descriptor = descriptor
        self._left = b""

    def line(self) -> str:
        """Empty at the end."""
        while b"\n" not in self._left:
            block = os.read(self.descriptor, 4096)
            if not block:
                last, self._left = self._left, b""
                return last.decode("utf-8", "replace")
            self._left += block
        line, _, self._left = self._left.partition(b"\n")
        return line.decode("utf-8", "replace") + "\n"


def run(mocked: Mocked) -> None:
    """Plays with this terminal's input and output. Raises UsageError."""
    check_address(mocked.url)
    try:
        asyncio.run(play(mocked, StandardInput(sys.stdin.fileno()).line, lambda text: print(text, flush=True)))
    except KeyboardInterrupt:
        print("- left")
