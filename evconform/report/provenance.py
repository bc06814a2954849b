"""Where a report comes from: the tool, its commit or its wheel, the suites that judged. No host name, no user."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from evconform.harness.content import PACKAGE, shipped

NAME = re.compile(r"[A-Za-z0-9._-]+")


def packages() -> dict[str, str]:
    """What evconform depends on, in the versions that ran."""
    needed = [line for line in metadata.requires("evconform") or () if "extra ==" not in line]
    names = sorted(found[0].lower() for line in needed if (found := NAME.match(line)))
    return {name: metadata.version(name) for name in names}


def run_environment() -> dict[str, Any]:
    """What the run ran on, and with what."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": packages(),
        "argv0": Path(sys.argv[0]).name,
        "suites": digest_of(shipped() / "suites"),
        **commit(),
        "wheel": wheel(),
    }


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of the texts of a folder: which edition of the law it is."""
    total = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.suffix in (".py", ".toml") and f.is_file()):
        total.update(file.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def commit() -> dict[str, Any]:
    """The commit of the checkout that we run from, and whether something in it differs; empty if it is no checkout."""
    root = PACKAGE.parent
    if not (root / ".git").exists():
        return {"commit": "", "changed": False}
    try:
        line = ["git", "-C", str(root), "status", "--porcelain=v2", "--branch"]
        told = subprocess.run(line, capture_output=True, text=True, check=True, timeout=10).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):  # no git here, or not our checkout: then it is not known
        return {"commit": "", "changed": False}
    oid = next((line.removeprefix("# branch.oid ") for line in told if line.startswith("# branch.oid ")), "")
    return {"commit": "" if oid == "(initial)" else oid, "changed": any(not line.startswith("#") for line in told)}


def wheel() -> str:
    """The hash of the wheel that was installed, where the installer wrote it down (PEP 610)."""
    try:
        text = metadata.distribution("evconform").read_text("direct_url.json")
        archive = json.loads(text or "{}").get("archive_info", {})
    except (metadata.PackageNotFoundError, ValueError, AttributeError):
        return ""
    hashes = archive.get("hashes") or {}
    return f"sha256={hashes['sha256']}" if "sha256" in hashes else str(archive.get("hash", ""))
