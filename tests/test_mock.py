"""``evconform mock``: a mock in a terminal, played here with lists of lines and of what it says."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.catalogue import Law
from evconform.harness.clock import Clock, Tasks
from evconform.harness.party import PARTIES
from evconform.harness.plan import load_content
from evconform.harness.verdict import UsageError
from evconform.harness.wire import GENESIS
from evconform.mock import COMMANDS, Mocked, StandardInput, check_address, parameters_of, pics_of, play, spoken
from evconform.ocpp import scripts
from evconform.ocpp.central_system import CentralSystemEndpoint
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.soap.central_system import SoapCentralSystem

PASSWORD = "correct horse battery staple"
PATIENCE = 20.0


@pytest.fixture(scope="session")
def law() -> Law:
    return load_content().catalogue.laws["ocpp16"]


@pytest.fixture
def mocked(law: Law, tmp_path: Path) -> Callable[..., Mocked]:
    def make(url: str = "ws://127.0.0.1:1", name: str = "inch", pics: str = "etrel-inch.toml", **more: Any) -> Mocked:
        return Mocked(name, law, pics_of(pics, []), url, "INCH 1", log=tmp_path / "wire.jsonl", **more)

    return make


class Terminal:
    """What it said; and what is typed, each line once something was said after the line before."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.loop = asyncio.get_running_loop()
        self.news = asyncio.Event()
        self._typed: list[str] = []
        self._more = threading.Condition()

    def says(self, text: str) -> None:
        self.said.append(text)
        self.news.set()

    def types(self, *lines: str) -> None:
        with self._more:
            self._typed += [line and f"{line}\n" for line in lines]
            self._more.notify()

    def lines(self) -> str:
        with self._more:
            self._more.wait_for(lambda: self._typed, PATIENCE)
            return self._typed.pop(0) if self._typed else ""

    async def hears(self, *words: str, since: int = 0) -> str:
        """The first line from the ``since``-th on that has all these words."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for line in self.said[since:]:
                    if all(word in line for word in words):
                        return line
                self.news.clear()
                await self.news.wait()


Story = Callable[[Terminal], Awaitable[Any]]


def played(mocked: Mocked, story: Story, central: Callable[[Any], Awaitable[Any]] | None = None) -> list[str]:
    """What it said while the story was told; it leaves when the story is over."""

    async def both() -> list[str]:
        loop = asyncio.get_running_loop()
        terminal, tasks = Terminal(), Tasks()
        endpoint = (SoapCentralSystem if mocked.soap else CentralSystemEndpoint)(Clock(loop), tasks)
        for action in scripts.CHARGE_POINT_INITIATED:
            endpoint.handlers[action] = answering(action)
        faces = mocked
        if central:
            url = await endpoint.listen(f"{'http' if mocked.soap else 'ws'}://127.0.0.1:0/ocpp")
            await central(endpoint)
            faces = replace(mocked, url=url)
        playing = asyncio.ensure_future(play(faces, terminal.lines, terminal.says))
        told = asyncio.ensure_future(story(terminal))
        try:
            await asyncio.wait((playing, told), return_when=asyncio.FIRST_COMPLETED)
            if told.done():
                told.result()
        finally:
            terminal.types("quit", "")
            await playing
            await told
            await endpoint.stop()
            await tasks.cancel()
        return terminal.said

    return asyncio.run(both())


def answering(action: str) -> Callable[[Payload, Channel], Answer]:
    def answer(payload: Payload, _: Channel) -> Answer:
        return scripts.of_central_system(action, lambda: datetime.now(UTC))

    return answer


async def plain(endpoint: CentralSystemEndpoint) -> None:
    """The central system is as it is."""


# ── commands ──


class FakeMock:
    """As much of a mock as its commands look at."""

    def __init__(self, law: Law) -> None:
        pics = Mocked("inch", law, pics_of("two-connector.toml", []), "", "").pics
        self.connectors = {1: None, 2: None}
        self.site = type("Site", (), {"pics": pics})
        for action in COMMANDS.values():
            setattr(self, action, None)


@pytest.mark.parametrize(
    ("line", "parameters"),
    [
        ("plug", {}),
        ("plug 2", {"connector": 2}),
        ("swipe", {"uid": "77FD2AFA"}),
        ("swipe 04a1b2c3", {"uid": "04A1B2C3"}),
        ("swipe 04A1B2C3D4E5F6 2", {"uid": "04A1B2C3D4E5F6", "connector": 2}),
        ("cut", {}),
        ("dark", {}),
    ],
)
def test_a_command_is_a_bench_action(law: Law, line: str, parameters: dict[str, Any]) -> None:
    command, *words = line.split()
    assert parameters_of(command, words, FakeMock(law)) == parameters


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("swipe XYZ", "expected a UID in hexadecimal digits, not 'XYZ'"),
        ("swipe 2", "expected a UID in hexadecimal digits, not '2'"),
        ("swipe 0x77", "expected a UID in hexadecimal digits"),
        ("swipe " + "AB" * 10, "at most 20 characters"),
        ("swipe 77FD2AFA 3", "expected a connector (1, 2), not '3'"),
        ("plug 0", "expected a connector (1, 2), not '0'"),
        ("plug -1", "not '-1'"),
        ("plug 1_0", "not '1_0'"),
        ("plug ²", "not '²'"),
        ("plug " + "9" * 5000, "expected a connector (1, 2)"),
        ("plug 1 2", "expected no more than that, not '2'"),
        ("cut 1", "expected no more than that, not '1'"),
    ],
)
def test_bad_parameters_are_told_in_words(law: Law, line: str, why: str) -> None:
    command, *words = line.split()
    with pytest.raises(ValueError, match=r".") as told:
        parameters_of(command, words, FakeMock(law))
    assert why in str(told.value)


def test_an_action_that_a_mock_does_not_have(law: Law) -> None:
    mock = FakeMock(law)
    del mock.jam_lock  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="cannot do that"):
        parameters_of("jam", [], mock)


# ── what cannot be played ──


@pytest.mark.parametrize(
    "url",
    ["", "x", "ftp://h", "ws:", "ws://", "ws:///ocpp", "ws://h:99999", "ws://h:x", "ws://[::1", "ws://user:secret@h/", "http://"],
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="--connect") as told:
        check_address(url)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "said", "speaks"),
    [
        ("ws://h", "", "ocpp1.6-json"),
        ("wss://h", "", "ocpp1.6-json"),
        ("http://h", "", "ocpp1.6-soap"),
        ("https://h", "", "ocpp1.6-soap"),
        ("http://h", "ocpp1.5-soap", "ocpp1.5-soap"),
    ],
)
def test_what_is_spoken_at_an_address(url: str, said: str, speaks: str) -> None:
    assert spoken(url, said) == speaks


@pytest.mark.parametrize(("url", "said"), [("ftp://h", ""), ("ws://h", "ocpp1.6-soap"), ("http://h", "ocpp1.6-json")])
def test_what_is_not_spoken_there(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=r"--connect|--speaks"):
        spoken(url, said)


@pytest.mark.parametrize("name", ["nobody", "", "plain-central-system"])
def test_a_mock_that_is_none(mocked: Callable[..., Mocked], name: str) -> None:
    assert name == "" or (name in PARTIES) == (name == "plain-central-system")
    with pytest.raises(UsageError, match=r"expected one of .*inch"):
        _ = mocked(name=name).make


def test_a_pics_that_is_none(mocked: Callable[..., Mocked], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.toml"):
        mocked(pics="nothing.toml")
    bad = tmp_path / "bad.toml"
    bad.write_text("[model\n")
    with pytest.raises(UsageError, match=r"bad\.toml"):
        _ = mocked(pics=str(bad)).pics


def test_a_log_that_cannot_be_written(mocked: Callable[..., Mocked], tmp_path: Path, law: Law) -> None:
    playing = Mocked("inch", law, pics_of("etrel-inch.toml", []), "ws://127.0.0.1:1", "X", log=tmp_path)
    with pytest.raises(UsageError, match="--log"):
        asyncio.run(play(playing, lambda: "", lambda _: None))


# ── a session ──


def test_a_session_in_a_terminal(mocked: Callable[..., Mocked], tmp_path: Path) -> None:
    async def story(terminal: Terminal) -> None:
        await terminal.hears("StatusNotification", '"connectorId":1')
        terminal.types("plug", "swipe")
        await terminal.hears(">", '"Charging"')
        await terminal.hears(">", "StartTransaction")
        terminal.types("swipe")
        await terminal.hears(">", "StopTransaction")
        terminal.types("unplug")
        await terminal.hears(">", '"Finishing"')
        await terminal.hears("take the cable out")

    said = played(mocked(password=PASSWORD), story, plain)
    assert said[0].startswith("INCH 1, a virtual ETREL INCH, dials ws://127.0.0.1:")
    assert "help" in said[0]
    assert "HTTP/1.1 101" in next(line for line in said if line.startswith("- connected"))
    assert next(line for line in said if line.startswith("<"))
    assert not [line for line in said if line.startswith("!")]
    log = (tmp_path / "wire.jsonl").read_text("utf-8")
    entries = [json.loads(line) for line in log.splitlines()]
    acts = [e["action"] for e in entries if e.get("mark") == "act"]
    assert acts == ["plug_in", "present_card", "present_card", "unplug"]
    assert {"BootNotification", "Authorize", "StartTransaction", "StopTransaction"} <= {
        json.loads(e["data"])[2] for e in entries if e.get("kind") == "text" and e["data"].startswith("[2")
    }
    assert PASSWORD not in log + "".join(said)


def test_a_session_over_soap(mocked: Callable[..., Mocked], tmp_path: Path) -> None:
    async def asks(endpoint: SoapCentralSystem) -> None:
        def answer(payload: Payload, channel: Channel) -> Answer:
            if payload["status"] == "Finishing":
                endpoint.tasks.spawn(channel.call("ClearCache", {}))
            return {}

        endpoint.handlers["StatusNotification"] = answer

    async def story(terminal: Terminal) -> None:
        await terminal.hears("StatusNotification", '"connectorId": 1')
        terminal.types("plug", "swipe")
        await terminal.hears("> StartTransaction ", '"idTag": "FA2AFD77"')
        terminal.types("swipe")
        await terminal.hears("> StopTransaction ")
        await terminal.hears("< ClearCache {}")
        await terminal.hears('> ClearCacheResponse {"status": "Accepted"}')
        since = len(terminal.said)
        terminal.types("move")
        await terminal.hears("> BootNotification", since=since)

    said = played(mocked(speaks="ocpp1.6-soap", service="http://127.0.0.1:0/cp"), story, asks)
    assert said[0].startswith("INCH 1, a virtual ETREL INCH, dials http://127.0.0.1:")
    assert not [line for line in said if line.startswith(("!", "-"))]
    assert "<wsa:Address>http://127.0.0.1:" in (tmp_path / "wire.jsonl").read_text("utf-8")


def test_nobody_takes_a_soap_message(mocked: Callable[..., Mocked]) -> None:
    async def story(terminal: Terminal) -> None:
        await terminal.hears("! not answered", "Connect call failed")

    with socket.socket() as bound:  # never listening
        bound.bind(("127.0.0.1", 0))
        said = played(mocked(f"http://127.0.0.1:{bound.getsockname()[1]}/ocpp", speaks="ocpp1.6-soap"), story)
    assert len([line for line in said if line.startswith("!")]) == 1


def test_what_is_no_command_does_nothing(mocked: Callable[..., Mocked], tmp_path: Path) -> None:
    async def story(terminal: Terminal) -> None:
        await terminal.hears("StatusNotification", '"connectorId":1')
        terminal.types("  ", "dance", "plug 7", "swipe XYZ", "PLUG", "help", "plug 1 2 3", "quit now")
        await terminal.hears("! unknown command 'quit'")

    said = played(mocked(), story, plain)
    assert [line for line in said if line.startswith("!")] == [
        "! unknown command 'dance'; `help` lists the commands",
        "! plug 7: expected a connector (1), not '7'",
        "! swipe XYZ: expected a UID in hexadecimal digits, not 'XYZ'",
        "! unknown command 'PLUG'; `help` lists the commands",
        "! plug 1 2 3: expected no more than that, not '2 3'",
        "! unknown command 'quit'; `help` lists the commands",
    ]
    (helped,) = [line for line in said if line.startswith("commands")]
    assert all(f"  {command} " in helped for command in COMMANDS)
    assert '"mark":"act"' not in (tmp_path / "wire.jsonl").read_text("utf-8"), "what was not done is no act"


def test_nobody_listens(mocked: Callable[..., Mocked]) -> None:
    async def story(terminal: Terminal) -> None:
        await terminal.hears("! not connected", "ConnectionRefusedError")
        terminal.types("plug", "swipe", "unplug")
        await terminal.hears("* take the cable out")

    with socket.socket() as bound:  # never listening
        bound.bind(("127.0.0.1", 0))
        said = played(mocked(f"ws://127.0.0.1:{bound.getsockname()[1]}/ocpp"), story)
    assert not [line for line in said if line.startswith((">", "<"))]


def test_a_central_system_that_refuses(mocked: Callable[..., Mocked]) -> None:
    async def refuses(endpoint: CentralSystemEndpoint) -> None:
        endpoint.admit = lambda _: HTTPStatus.UNAUTHORIZED

    async def story(terminal: Terminal) -> None:
        await terminal.hears("! not connected", "401")

    assert PASSWORD not in "".join(played(mocked(password=PASSWORD), story, refuses))


def test_a_central_system_that_does_not_answer(mocked: Callable[..., Mocked]) -> None:
    async def silent(endpoint: CentralSystemEndpoint) -> None:
        endpoint.handlers["BootNotification"] = lambda payload, channel: None

    async def story(terminal: Terminal) -> None:
        await terminal.hears("> ", "BootNotification")
        terminal.types("plug", "swipe", "help")
        await terminal.hears("commands")

    said = played(mocked(), story, silent)
    assert not [line for line in said if "Authorize" in line or line.startswith("!")]


def test_a_central_system_that_vanishes_and_comes_back(mocked: Callable[..., Mocked]) -> None:
    async def story(terminal: Terminal) -> None:
        await terminal.hears("StatusNotification", '"connectorId":1')
        terminal.types("cut")
        await terminal.hears("- connection lost")
        since = len(terminal.said)
        terminal.types("plug", "restore")
        await terminal.hears("- connected", since=since)
        await terminal.hears("Preparing", since=since)

    played(mocked(), story, plain)


def test_the_end_of_the_input_is_the_end(mocked: Callable[..., Mocked], tmp_path: Path) -> None:
    said: list[str] = []
    asyncio.run(play(mocked(), lambda: "", said.append))
    assert said[0].startswith("INCH 1")
    assert (tmp_path / "wire.jsonl").exists()


# ── standard input, and the command ──


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


def test_the_wire_log_is_one(mocked: Callable[..., Mocked], tmp_path: Path) -> None:
    """Its chain holds, and every line is an entry."""

    async def story(terminal: Terminal) -> None:
        await terminal.hears("StatusNotification", '"connectorId":1')

    played(mocked(), story, plain)
    chain = GENESIS.encode()
    for line in (tmp_path / "wire.jsonl").read_bytes().splitlines():
        head, _, tail = line.rpartition(b',"chain":"')
        chain = hashlib.sha256(chain + head + b"}").hexdigest().encode()
        assert tail == chain + b'"}'
