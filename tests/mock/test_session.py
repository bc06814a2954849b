"""``evconform mock``: a mock in a terminal, played here with lists of lines and of what it says."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from evconform.harness.wire import GENESIS
from evconform.mock import COMMANDS, Mocked, play
from evconform.ocpp.central_system import CentralSystemEndpoint
from evconform.ocpp.channel import Answer, Channel, Payload
from evconform.ocpp.soap.central_system import SoapCentralSystem
from tests.mock.terminal import Terminal, plain, played

PASSWORD = "correct horse battery staple"


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
