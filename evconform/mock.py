"""A mock on its own, in a terminal: ``evconform mock inch --connect ws://…`` (or ``http://…``, for SOAP) plays the charge point
against anybody's central system, on wall time, and one line of input is one act of the driver or of the bench."""

from __future__ import annotations

import asyncio
import json
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
from evconform.harness.catalogue import Law
from evconform.harness.clock import Clock, Tasks
from evconform.harness.party import PARTIES, Make, Site
from evconform.harness.pics import Pics
from evconform.harness.sut import Pixit
from evconform.harness.user_file import is_file, read_toml
from evconform.harness.verdict import UsageError
from evconform.harness.wire import Entry, WireLog
from evconform.http.message import Request, parse
from evconform.ocpp.cards import id_tag_of
from evconform.ocpp.channel import Channel
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected
from evconform.ocpp.soap.channel import SoapChannel
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.soap.codec import decode

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
    "data": "transfer_data",
    "jam": "jam_lock",
    "free": "free_lock",
    "cut": "cut_network",
    "restore": "restore_network",
    "move": "change_address",
    "dark": "cut_power",
    "light": "restore_power",
}
"""What is typed to the bench action that it is."""
OF_THE_WHOLE = ("data", "cut", "restore", "move", "dark", "light")
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
    speaks: str = "ocpp1.6-json"
    service: str = ""
    """Where it serves, if it speaks SOAP."""

    @property
    def soap(self) -> bool:
        return self.speaks.endswith("-soap")

    @property
    def pics(self) -> Pics:
        """Raises UsageError."""
        columns = self.law.form.columns
        if self.speaks not in columns:
            raise UsageError(f"--speaks: expected one of {', '.join(columns)}, not {self.speaks!r}")
        return Pics.fill(self.law.form, read_toml(self.pics_file), self.pics_file, columns[self.speaks])

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


def spoken(url: str, speaks: str) -> str:
    """What it speaks at a URL: SOAP over HTTP, 1.6 unless ``speaks`` says otherwise. Raises UsageError."""
    soap = url.startswith(("http://", "https://"))
    if not soap and not url.startswith(("ws://", "wss://")):
        raise UsageError(f"--connect: expected ws://host:port/path, or http://host:port/path for SOAP, not {url!r}")
    speaks = speaks or ("ocpp1.6-soap" if soap else "ocpp1.6-json")
    if speaks.endswith("-soap") != soap:
        raise UsageError(f"--speaks: {speaks} is not spoken at {url!r}")
    return speaks


def check_address(url: str, option: str = "--connect", schemes: tuple[str, ...] = ("ws", "wss", "http", "https")) -> None:
    """Raises UsageError; a password in the URL would be printed with it."""
    try:
        parts = urlsplit(url)
        whom = (parts.hostname, parts.port)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
    if parts.scheme not in schemes or not whom[0]:
        shown = " or ".join(f"{scheme}://host:port/path" for scheme in schemes)
        raise UsageError(f"{option}: expected {shown}, not {url!r}")
    if parts.username is not None:
        raise UsageError(f"{option}: expected no user name in the URL; the password goes into --password")


async def play(mocked: Mocked, lines: Callable[[], str], says: Says) -> None:
    """Plays until the input ends, or says ``quit``. ``lines``: gives a line of input, empty at its end; may block."""
    clock = Clock(asyncio.get_running_loop())
    tasks = Tasks(lambda failure: says(f"! {type(failure).__name__}: {failure}"))
    site = Site(clock, tasks, mocked.pics, mocked.identity, mocked.password, mocked.url)
    site.speaks, site.service = mocked.speaks, mocked.service
    make = mocked.make
    try:
        wire = site.wire = WireLog(mocked.wire_file, clock)
    except OSError as error:
        raise UsageError(f"--log: {error}") from error
    mock: Any = make(site)
    if mocked.password:
        wire.keep_secret(mocked.password)
    wire.subscribe(lambda entry: shown(entry, says, mocked.soap))
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


def tells_failures(endpoint: ChargePointEndpoint | SoapChargePoint, says: Says) -> None:
    """A connection that does not come about leaves no frame to show."""
    if isinstance(endpoint, SoapChargePoint):
        tells_silences(endpoint, says)
        return
    connect = endpoint.connect

    async def tells(handshake: Handshake) -> Channel:
        try:
            return await connect(handshake)
        except NotConnected as error:
            says(f"! not connected: {error}")
            raise

    endpoint.connect = tells  # type: ignore[method-assign]


def tells_silences(endpoint: SoapChargePoint, says: Says) -> None:
    """Nor does a request that nobody takes."""
    unanswered, told = endpoint.unanswered, [("", 0.0)]

    def tells(channel: SoapChannel, why: str, reachable: bool) -> None:
        if channel.connection.open and told[-1] != (why, int(endpoint.clock.now())):  # it is told where it is sent, and awaited
            told[:] = [(why, int(endpoint.clock.now()))]
            says(f"! not answered: {why}")
        unanswered(channel, why, reachable)

    endpoint.unanswered = tells  # type: ignore[method-assign]


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


def shown(entry: Entry, says: Says, soap: bool = False) -> None:
    """A frame as one line: > what the mock sent, < what it heard."""
    if entry.mark == "act":
        says(f"* {entry.facts['says']}")
    elif soap and entry.kind in ("request", "response"):
        says(f"{'<' if entry.by == 'sut' else '>'} {in_a_line(entry)}")
    elif soap:
        return  # connections come and go with each message
    elif entry.kind == "text":
        says(f"{'<' if entry.by == 'sut' else '>'} {entry.data!s}")
    elif entry.kind == "response":
        says(f"- connected: {str(entry.data).splitlines()[0]}")
    elif entry.kind == "lost":
        says("- connection lost")


def in_a_line(entry: Entry) -> str:
    """What is said by SOAP, as the JSON of its payload; of what is no SOAP message the first line of HTTP."""
    http = parse(entry)
    said = decode(http.body)
    if said.fault:
        return f"{said.fault.subcode or said.fault.code}: {said.fault.reason}"
    if said.kind:
        return f"{said.action}{'' if said.kind == 'request' else 'Response'} {json.dumps(said.payload, ensure_ascii=False)}"
    return f"{http.method} {http.target}" if isinstance(http, Request) else f"HTTP {http.status}"


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
    if mocked.service:
        check_address(mocked.service, "--service", ("http",))
    try:
        asyncio.run(play(mocked, StandardInput(sys.stdin.fileno()).line, lambda text: print(text, flush=True)))
    except KeyboardInterrupt:
        print("- left")
