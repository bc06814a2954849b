"""``evconform serve emsp``: alone, on wall time, in a process of its own, beside a CPO in one; and its store's migrations."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from evconform.cli import app as command
from evconform.harness.verdict import UsageError
from evconform.reference.emsp import migrate
from tests.reference.emsp.bench import evse, location, tariff
from tests.reference.served import TOKEN
from tests.reference.test_migrations import with_connection

BEARER = {"Authorization": f"Bearer {TOKEN}"}
PATIENCE = 60.0


class Program:
    """``evconform serve``, ready. ``urls``: what it says of its doors, by name."""

    def __init__(self, *line: str, output: Path) -> None:
        environment = os.environ | {"EVCONFORM_TOKEN": TOKEN}
        self.errors = output.open("ab")
        whole = [sys.executable, "-m", "evconform", "serve", *line]
        self.process = subprocess.Popen(whole, stdout=subprocess.PIPE, stderr=self.errors, env=environment, text=True)
        self.urls: dict[str, str] = {}
        assert self.process.stdout is not None
        for said in self.process.stdout:
            if found := re.match(r"([a-z ]+): (\S+)", said):
                self.urls[found[1]] = found[2].rstrip("/")
            if said == "ready\n":
                return
        raise AssertionError(f"it ended with {self.gone()}: {output.read_text()}")

    def asks(self, method: str, path: str, body: Any = None) -> Any:
        answer = httpx.request(method, f"{self.urls['operator']}{path}", headers=BEARER, json=body, timeout=PATIENCE)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.gone()

    def gone(self) -> int:
        assert self.process.stdout is not None
        self.process.stdout.read()
        code = self.process.wait(30)
        self.process.stdout.close()
        self.errors.close()
        return code


class Two:
    """A CPO and an eMSP."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        (folder / "cpo.toml").write_text('[ocpi]\nallowed = ["loopback"]\n')
        http = ["--http", "http://127.0.0.1:0", "--ocpi", "http://127.0.0.1:0/ocpi"]
        ends = ["--listen", "ws://127.0.0.1:0/ocpp", "--provision", str(folder / "cpo.toml")]
        self.cpo = Program("cpo", *http, *ends, "--database", f"sqlite:///{folder / 'theirs.db'}", output=folder / "errors")
        self.emsp = self.starts()

    def starts(self) -> Program:
        line = ["--http", "http://127.0.0.1:0", "--ocpi", "http://127.0.0.1:0/ocpi", "--allow", "loopback", "--party", "NL*EVD"]
        return Program("emsp", *line, "--database", self.database, output=self.folder / "errors")

    def sees(self) -> dict[str, str]:
        """EVSE to its status, as a driver sees it, who shows no token."""
        items = httpx.get(f"{self.emsp.urls['drivers']}/evses", timeout=PATIENCE).json()["items"]
        return {each["evse"]: each["status"] for each in items}

    def comes_to_see(self, expected: dict[str, str]) -> None:
        """Within our patience, on wall time: nobody tells a driver's page that something was pushed."""
        until = time.monotonic() + PATIENCE
        while (seen := self.sees()) != expected and time.monotonic() < until:
            httpx.get(f"{self.emsp.urls['drivers']}", timeout=PATIENCE)
        assert seen == expected


@pytest.fixture
def two(tmp_path: Path, database: str) -> Iterator[Two]:
    made = Two(tmp_path, database)
    yield made
    for program in (made.cpo, made.emsp):
        if program.process.poll() is None:
            program.process.kill()
            program.gone()
    assert (tmp_path / "errors").read_text() == ""


def plain(value: Any) -> Any:
    """Without times, as an operator says it."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return {name: plain(each) for name, each in value.items() if name != "last_updated"} if isinstance(value, dict) else value


def test_a_driver_sees_what_the_cpo_publishes_also_after_a_power_cut(two: Two) -> None:
    cpo, emsp = two.cpo, two.emsp
    cpo.asks("PUT", "/ocpi/parties/SI/EVC", {"name": "a CPO"})
    cpo.asks("PUT", "/ocpi/tariffs/SI/EVC/T1", {"tariff": plain(tariff())})
    cpo.asks("PUT", "/ocpi/locations/SI/EVC/L1", {"location": plain(location(evses=[evse("E1", status="PLANNED")]))})
    invited = cpo.asks("POST", "/ocpi/invitations", {"name": "an eMSP"})
    partner = emsp.asks("POST", "/ocpi/registrations", {"url": invited["url"], "token": invited["token"]})
    assert emsp.asks("POST", f"/ocpi/partners/{partner['id']}/pulls/locations")["broken"] == 0
    two.comes_to_see({"E1": "PLANNED"})
    cpo.asks("PUT", "/ocpi/locations/SI/EVC/L2", {"location": plain(location("L2", evses=[evse("E2", status="BLOCKED")]))})
    two.comes_to_see({"E1": "PLANNED", "E2": "BLOCKED"})
    emsp.process.kill()
    emsp.gone()
    cpo.asks("POST", "/ocpi/evses/E1/remove")
    two.emsp = two.starts()
    assert two.sees().keys() >= {"E2"}, "what was held is there at once"
    two.comes_to_see({"E2": "BLOCKED"})
    assert two.emsp.stop() == 0
    assert two.cpo.stop(signal.SIGINT) == 0


def serve(*line: str) -> str:
    """What ``evconform serve emsp`` says of a usage error."""
    with pytest.raises(UsageError) as caught:
        command(["serve", "emsp", "--token", "t", *line], standalone_mode=False)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["--ocpi", "ws://127.0.0.1:1"], "--ocpi: expected http://HOST:PORT"),
        (["--http", "ftp://127.0.0.1:1"], "--http: expected http://HOST:PORT"),
        (["--database", "mysql://x"], "--database: expected sqlite:///FILE"),
        (["--database", f"sqlite:///{__file__}"], "file is not a database"),
        (["--party", "NLEVD"], "--party: expected COUNTRY*ID"),
        (["--party", "N1*EVD"], "--party: expected COUNTRY*ID"),
        (["--party", "NL*EVD*" + "n" * 101], "--party: "),
        (["--allow", "everything"], "--allow: expected one of loopback, link-local, private"),
        (["--poll-every", "-1"], "--poll-every: expected seconds"),
    ],
    ids=lambda each: each[:12] if isinstance(each, str) else each[0],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: list[str], says: str) -> None:
    monkeypatch.chdir(tmp_path)
    ends = ["--http", "http://127.0.0.1:{taken}", "--ocpi", "http://127.0.0.1:0/ocpi"]
    with socket.create_server(("127.0.0.1", 0)) as taken:  # should anything be let pass, it ends there
        at = [each.replace("{taken}", str(taken.getsockname()[1])) for each in ends]
        assert says in serve(*at, *line)


# ── the store ──


@pytest.mark.asyncio
async def test_the_migrations_make_what_the_tables_say(database: str) -> None:
    def differences(connection: Connection) -> Any:
        migrate.upgrade(connection)
        assert migrate.version(connection) == migrate.HEAD
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), migrate.METADATAS)

    assert await with_connection(database, differences) == []


def test_the_head_is_the_last_file_and_the_ways_back(tmp_path: Path) -> None:
    from alembic import command as alembic
    from alembic.config import Config

    folder = Path(migrate.__file__).with_name("migrations")
    assert max(re.findall(r"^m(\d{4})_", file.name)[0] for file in (folder / "versions").glob("m*.py")) == migrate.HEAD
    engine = create_engine(f"sqlite:///{tmp_path / 'emsp.db'}")
    with engine.begin() as connection:
        migrate.upgrade(connection)
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        alembic.downgrade(config, "base")
        names = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert names == {"alembic_version"}
    engine.dispose()
