"""An environment of its own for a peer whose pins are too old for ours: made once for a list of packages, and kept in a cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXTRAWEST = (
    "extrawest_ocpi==2025.7.16",
    "anyio==4.16.0",
    "fastapi==0.101.1",
    "h11==0.14.0",
    "httpcore==0.17.3",
    "httpx==0.24.1",
    "pydantic==1.10.12",
    "starlette==0.27.0",
    "uvicorn==0.54.0",
)
"""The package under test, and what it runs on: its verdicts are pinned, so these are too."""
BUILT_WITHIN = 300
"""Seconds; on a machine that has nothing else to do it is 15."""


class CannotBuild(Exception):
    """One line: what the environment lacks."""


def python_of(packages: tuple[str, ...], cache: Path) -> Path:
    """The interpreter of an environment with these packages. Raises CannotBuild."""
    named = hashlib.sha256("\n".join((sys.version, *packages)).encode()).hexdigest()[:16]
    kept = cache / f"peer-{named}"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="peer-", dir=cache))
        try:
            build(made, packages)
            made.rename(kept)  # whole or not at all; its interpreter does not mind where it lies
        except OSError:
            if not kept.exists():  # somebody else was faster
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return kept / "bin" / "python"


def build(folder: Path, packages: tuple[str, ...]) -> None:
    """Raises CannotBuild."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    for line in ([sys.executable, "-m", "venv", folder], [folder / "bin" / "python", "-m", "pip", "install", "-q", *packages]):
        try:
            done = subprocess.run(line, env=clean, capture_output=True, text=True, check=False, timeout=BUILT_WITHIN)
        except subprocess.TimeoutExpired:
            raise CannotBuild(f"the environment with {packages[0]} cannot be built within {BUILT_WITHIN} s") from None
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
            raise CannotBuild(f"the environment with {packages[0]} cannot be built: {said}")
