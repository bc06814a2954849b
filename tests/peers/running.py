"""Our own programs from the command line, each in a process of its own, for foreign software to call."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .conftest import started

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
        yield said(process, "charge points by SOAP: ", "ready")


def said(process: subprocess.Popen[bytes], begins: str, until: str) -> str:
    """What stands behind these words, once ``until`` was said too."""
    assert process.stdout
    found = ""
    for each in process.stdout:
        line = each.decode().strip()
        found = line.removeprefix(begins) if line.startswith(begins) else found
        if line == until:
            return found
    raise AssertionError(f"it ended before it said {until!r}")
