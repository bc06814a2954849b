"""``evconform serve cpo``: alone, on wall time, in a process of its own."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from evconform.cli import app
from evconform.harness.clock import Clock, Tasks
from evconform.harness.verdict import UsageError
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected
from evconform.ocpp.soap.charge_point import SoapChargePoint
from tests.reference.bench import BOOT
from tests.reference.served import TOKEN, Served

PROVISION = """
[settings]
retry_interval = 30
[[station]]
identity = "CP/1"
password = "0123456789abcdef"
[[station]]
identity = "CP2"
registration = "Pending"
[[token]]
id_tag = "AABB01"
parent_id_tag = "FLEET"
[vendor."org.Example"]
ping = { status = "Accepted", data = "pong" }
"""


@pytest.fixture
def provision(tmp_path: Path) -> Path:
    file = tmp_path / "provision.toml"
    file.write_text(PROVISION)
    return file


@pytest.fixture
def served(tmp_path: Path, provision: Path) -> Iterator[Served]:
    made = Served(f"sqlite:///{tmp_path / 'cpo.db'}", "--provision", str(provision), output=tmp_path / "errors")
    yield made
    if made.process.poll() is None:
        made.kill()
    assert (tmp_path / "errors").read_text() == ""


async def charges(served: Served) -> tuple[str, int]:
    """A charge point at its door: the interval for the pending one aside, a DataTransfer and a transaction."""
    tasks = Tasks()
    clock = Clock(asyncio.get_running_loop())
    point = ChargePointEndpoint(clock, tasks)
    with pytest.raises(NotConnected, match="401"):
        await point.connect(Handshake(served.charge_points, "CP/1", password="wrong"))
    channel = await point.connect(Handshake(served.charge_points, "CP/1", password="0123456789abcdef"))
    assert (await channel.call("BootNotification", BOOT))["status"] == "Accepted"
    pong = await channel.call("DataTransfer", {"vendorId": "org.example", "messageId": "ping"})
    start = {"connectorId": 1, "idTag": "AABB01", "meterStart": 0, "timestamp": "2026-01-05T11:00:00Z"}
    started = await channel.call("StartTransaction", start)
    assert started["idTagInfo"] == {"status": "Accepted", "parentIdTag": "FLEET"}
    await point.disconnect()
    other = ChargePointEndpoint(clock, tasks)
    pending = await (await other.connect(Handshake(served.charge_points, "CP2"))).call("BootNotification", BOOT)
    assert (pending["status"], pending["interval"]) == ("Pending", 30)
    await other.disconnect()
    await tasks.cancel()
    return pong["data"], started["transactionId"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_stops_in_order_and_goes_on_where_it_was(
    served: Served, provision: Path, tmp_path: Path, number: signal.Signals
) -> None:
    assert asyncio.run(charges(served)) == ("pong", 1)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert "CP/1" in httpx.get(f"{served.operator}/", headers=headers).text
    with httpx.stream("GET", f"{served.operator}/wire", headers=headers) as wire:
        assert wire.headers["content-type"].startswith("text/event-stream")
        assert served.stop(number) == 0, "who looks at the wire does not keep it"
    assert served.said[-2:] == ["stopping", "stopped"]
    again = Served(f"sqlite:///{tmp_path / 'cpo.db'}", output=tmp_path / "errors")
    assert httpx.get(f"{again.operator}/transactions/1", headers=headers).json()["state"] == "open"
    assert again.stop() == 0


def test_it_serves_both_transports_and_calls_by_soap_after_a_kill(served: Served, provision: Path, tmp_path: Path) -> None:
    """The address that a charge point told is on disk before it is answered, and needs no new boot after kill -9."""
    database, soap = f"sqlite:///{tmp_path / 'soap.db'}", ("--soap", "http://127.0.0.1:0/ocpp", "--allow", "loopback")
    headers = {"Authorization": f"Bearer {TOKEN}"}

    async def asks(client: httpx.AsyncClient, served: Served) -> dict[str, Any]:
        """A Reset, and what became of it."""
        url = f"{served.operator}/stations/CP%2F1/commands/Reset"
        command = (await client.post(url, json={"type": "Soft"})).json()
        while command["state"] in ("asked", "sent"):
            command = (await client.get(f"{served.operator}/commands/{command['id']}")).json()
        found: dict[str, Any] = command
        return found

    def starts() -> Served:
        return Served(database, "--provision", str(provision), *soap, output=tmp_path / "errors")

    async def story() -> None:
        tasks = Tasks()
        point = SoapChargePoint(Clock(asyncio.get_running_loop()), tasks)
        point.handlers["Reset"] = lambda payload, _: {"status": "Accepted"}
        program = await asyncio.to_thread(starts)
        channel = await point.connect(Handshake(program.soap, "CP/1", password="0123456789abcdef"))
        assert (await channel.call("BootNotification", BOOT))["status"] == "Accepted"
        await asyncio.to_thread(program.kill)
        program = await asyncio.to_thread(starts)
        async with httpx.AsyncClient(headers=headers) as client:
            command = await asks(client, program)
            assert (command["state"], command["outcome"]) == ("answered", {"status": "Accepted"})
            station = (await client.get(f"{program.operator}/stations/CP%2F1")).json()
            assert (station["speaks"], station["address"], station["connected"]) == ("ocpp1.6-soap", point.address, False)
            page = (await client.get(f"{program.operator}/")).text
            assert "ocpp1.6-soap" in page
            assert point.address in page
            assert "Reset" in page, "the wire shows what went by SOAP"
        await point.disconnect()
        assert await asyncio.to_thread(program.stop) == 0
        await tasks.cancel()

    asyncio.run(story())


def serve(*line: str) -> str:
    """What ``evconform serve cpo`` says of a usage error."""
    with pytest.raises(UsageError) as caught:
        app(["serve", "cpo", *line], standalone_mode=False)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["--listen", "http://127.0.0.1:1"], "--listen: expected ws://HOST:PORT"),
        (["--http", "ws://127.0.0.1:1"], "--http: expected http://HOST:PORT"),
        (["--http", "http://127.0.0.1:99999999"], "--http: expected"),
        (["--database", "mysql://x"], "--database: expected sqlite:///FILE or postgresql://"),
        (["--database", "cpo.db"], "--database: expected"),
        (["--database", "sqlite:////nowhere/at/all/cpo.db"], "--database: "),
        (["--database", f"sqlite:///{__file__}"], "file is not a database"),
        (["--database", "sqlite:////"], "unable to open"),
        (["--database", "postgresql://nobody@127.0.0.1:1/none"], "--database: "),
        (["--strangers", "perhaps"], "--strangers: expected one of"),
        (["--provision", "missing.toml"], "missing.toml"),
        (["--listen", "ws://127.0.0.1:{taken}/ocpp"], "--listen: cannot listen"),
        (["--http", "http://127.0.0.1:{taken}"], "--http: cannot listen"),
        (["--soap", "ws://127.0.0.1:1"], "--soap: expected http://HOST:PORT or https://HOST:PORT"),
        (["--soap", "http://127.0.0.1:{taken}"], "--soap: cannot listen"),
        (["--soap", "https://127.0.0.1:0"], "--certificate: is missing, and --soap https://127.0.0.1:0 needs one"),
        (["--allow", "everything"], "--allow: expected one of loopback, link-local, private"),
    ],
    ids=lambda each: each[:12] if isinstance(each, str) else each[1][:12],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, line: list[str], says: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        filled = [each.replace("{taken}", str(taken.getsockname()[1])) for each in line]
        rest = {"--http": "http://127.0.0.1:0", "--listen": "ws://127.0.0.1:0/ocpp", "--token": "t"}
        rest["--database"] = f"sqlite:///{tmp_path / 'cpo.db'}"
        left = [word for option, value in rest.items() if option not in line for word in (option, value)]
        assert says in serve(*filled, *left)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[station]]\nidentity = 3", "station.1.identity"),
        ("[[station]]", "station.1.identity: is missing"),
        ("[[token]]\nid_tag = 'way too long for an idTag'", "token.1.id_tag"),
        ("[[token]]\nid_tag = 'T'\nexpiry_date = 'soon'", "expected a date"),
        ("[settings]\nstrangers = 'maybe'", "settings.strangers"),
        ("[vendor.v]\nm = { status = 'Fine' }", "vendor.v.m.status"),
        ("x = 1", "x"),
        ("[soap]\nurl = 'ws://cpo'", "soap.url"),
        ("[[", "end of document"),
    ],
)
def test_a_broken_provision_file_is_told_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "provision.toml"
    file.write_text(text)
    told = serve("--provision", str(file), "--token", "t", "--database", f"sqlite:///{tmp_path / 'cpo.db'}")
    assert str(file) in told
    assert says in told


def test_a_token_is_made_up_and_printed(tmp_path: Path) -> None:
    line = ["serve", "cpo", "--http", "http://127.0.0.1:0", "--listen", "ws://127.0.0.1:0/ocpp"]
    with subprocess.Popen([sys.executable, "-m", "evconform", *line], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(4)]
        token, operator = said[0].split()[1], said[2].split()[1]
        assert httpx.get(f"{operator}stations", headers={"Authorization": f"Bearer {token}"}).json()["items"] == []
        process.terminate()
        assert process.wait(30) == 0
    assert (tmp_path / "cpo.db").exists()
