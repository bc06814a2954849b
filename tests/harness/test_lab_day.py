"""The must-show: a case of 24 lab hours comes to the same verdict on a loaded machine, with a store and HTTP going on."""

from __future__ import annotations

import asyncio
import http.client
import multiprocessing
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.campaign import Plan
from evconform.harness.clock import Clock
from evconform.harness.verdict import Verdict

CASE = "OCPP16-CP-HB-02"
DAY = 86_400


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, int]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield "127.0.0.1", server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def burn() -> None:
    while True:
        pass


@pytest.fixture
def full_load() -> Iterator[None]:
    burners = [multiprocessing.get_context("spawn").Process(target=burn) for _ in range(multiprocessing.cpu_count())]
    for burner in burners:
        burner.start()
    yield
    assert all(burner.is_alive() for burner in burners)
    for burner in burners:
        burner.kill()
        burner.join()


class Office:
    """Work that goes on beside a case: every ten lab minutes a commit in a thread, and an HTTP call."""

    def __init__(self, file: Path, address: tuple[str, int]) -> None:
        self.file, self.address = file, address
        self.commits = self.calls = 0

    def commit(self) -> None:
        store = sqlite3.connect(self.file)
        store.execute("create table if not exists sessions (n integer)")
        store.execute("insert into sessions values (1)")
        store.commit()
        store.close()

    def get(self) -> int:
        connection = http.client.HTTPConnection(*self.address)
        connection.request("GET", "/")
        status = connection.getresponse().status
        connection.close()
        return status

    async def runs(self, clock: Clock) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await clock.wait(600)
            await loop.run_in_executor(None, self.commit)
            self.commits += 1
            assert await loop.run_in_executor(None, self.get) == 204
            with clock.outside("an HTTP call"):
                reader, writer = await asyncio.open_connection(*self.address)
                writer.write(b"GET / HTTP/1.0\r\n\r\n")
                assert (await reader.read()).startswith(b"HTTP/1.0 204")
                writer.close()
                await writer.wait_closed()
            self.calls += 2


@pytest.mark.usefixtures("full_load")
def test_a_loaded_machine_turns_no_verdict_of_a_lab_day(
    plan: Plan, run_case: Any, tmp_path: Path, server: tuple[str, int]
) -> None:
    office = Office(tmp_path / "store.sqlite", server)
    quiet = run_case(plan, CASE)
    busy = run_case(plan, CASE, office.runs)
    assert (quiet.verdict, quiet.reason) == (busy.verdict, busy.reason) == (Verdict.PASS, "")
    assert quiet.requirements == busy.requirements
    assert [(f.requirement, f.check, f.verdict, f.situations) for f in quiet.findings] == [
        (f.requirement, f.check, f.verdict, f.situations) for f in busy.findings
    ]
    assert quiet.ended - quiet.began == pytest.approx(busy.ended - busy.began, abs=1e-3)
    assert busy.ended - busy.began >= DAY
    assert office.commits >= DAY // 600
    assert office.calls >= 2 * office.commits - 2
