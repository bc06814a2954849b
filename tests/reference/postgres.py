"""A PostgreSQL server of our own, from the system's packages, in a folder that goes with the test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WHY_NOT = "no PostgreSQL here: its server programs (initdb, postgres) are not installed"


def programs() -> Path | None:
    """The folder of the server's programs; Debian's is not on the path."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]) if p.parts[-3].isdigit() else 0
    )
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as the user that its package made."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Runs a server on loopback below ``folder``, a new one; gives its URL without a database name."""
    found = programs()
    assert found is not None, WHY_NOT
    folder.mkdir()
    who = unprivileged()
    if who:
        shutil.chown(folder, "postgres", "postgres")
    said = folder / "log"
    data = folder / "data"

    def run(program: str, *given: str | Path) -> None:
        subprocess.run([found / program, *given], check=True, cwd=folder, capture_output=True, **who)

    run("initdb", "--auth=trust", "--username=evconform", "--encoding=UTF8", data)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    run("pg_ctl", "-D", data, "-w", "-l", said, "-o", options, "start")
    try:
        yield f"postgresql://evconform@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
