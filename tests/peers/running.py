"""Our own programs from the command line, each in a process of its own, for foreign software to call."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .conftest import reserved_port, started

PROVISION = """
[[station]]
identity = "ZEEP-1"
registration = "Accepted"

[[station]]
identity = "INCH-1"
registration = "Accepted"

[[token]]
id_tag = "EC00000A"

[vendor."org.example"]
ping = { status = "Accepted", data = "pong" }
"""


@contextlib.contextmanager
def cpo(folder: Path) -> Iterator[str]:
    """The reference CPO; gives the URL where charge points by SOAP find it."""
    provision = folder / "provision.toml"
    provision.write_text(PROVISION, "utf-8")
    line = [
        sys.executable, "-m", "evconform", "serve", "cpo", "--database", f"sqlite:///{folder / 'cpo.db'}", "--token", "secret",
        "--listen", "ws://127.0.0.1:0/ocpp", "--soap", "http://127.0.0.1:0/ocpp/", "--http", "http://127.0.0.1:0",
        "--provision", str(provision), "--allow", "loopback",
    ]  # fmt: skip
    with (folder / "cpo.log").open("wb") as log, started(line, log, subprocess.PIPE) as process:
        url = said(process, "charge points by SOAP: ")
        said(process, "ready")
        yield url


@contextlib.contextmanager
def inch(folder: Path, central_system: str) -> Iterator[str]:
    """The virtual INCH at a central system, accepted there; gives the URL of its own service."""
    with reserved_port() as port:
        service = f"http://127.0.0.1:{port}/"
    line = [
        sys.executable, "-m", "evconform", "mock", "inch", "--central", central_system, "--service", service,
        "--identity", "INCH-1", "--log", str(folder / "inch.jsonl"),
    ]  # fmt: skip
    with (folder / "inch.log").open("wb") as log, started(line, log, subprocess.PIPE) as process:
        assert '"Accepted"' in said(process, "< BootNotificationResponse")
        yield service


def said(process: subprocess.Popen[bytes], begins: str) -> str:
    """What stands behind these words, once they were said."""
    assert process.stdout
    for each in process.stdout:
        line = each.decode().strip()
        if line.startswith(begins):
            return line.removeprefix(begins)
    raise AssertionError(f"it ended before it said {begins!r}")
