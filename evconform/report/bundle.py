"""The bundle: the folder of one run, complete and checkable. report.json · report.html · junit.xml · wire.jsonl · inputs/ ·
MANIFEST.sha256."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from evconform.harness import wire
from evconform.harness.verdict import UsageError
from evconform.report import html, junit
from evconform.report.model import Report

MANIFEST = "MANIFEST.sha256"
WIRE = "wire.jsonl"
FILES = ("report.json", "report.html", "junit.xml", WIRE, "inputs", MANIFEST)


def write(report: Report, folder: Path) -> None:
    """Writes every file of the bundle but the wire log, which is there already; the manifest last."""
    put(folder / "report.json", json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n")
    put(folder / "report.html", html.render(report, folder / WIRE))
    put(folder / "junit.xml", junit.render(report))
    if report.finished:
        put(folder / MANIFEST, manifest(folder))


def put(file: Path, text: str) -> None:
    """Replaces a file at once: a killed run leaves the old one or the new one."""
    part = file.with_name(file.name + ".part")
    part.write_text(text, "utf-8", newline="\n")
    os.replace(part, file)


def fresh(folder: Path, inputs: list[Path], secret: str = "") -> None:
    """Makes the folder of a run, with a copy of the files that the user gave, but for the secret in them. Raises
    UsageError if it holds what is not ours to delete."""
    if folder.exists():
        strange = [f.name for f in folder.iterdir() if f.name.removesuffix(".part") not in FILES]
        if strange:
            raise UsageError(f"{folder}: holds {strange[0]}, which is not part of a bundle; name another folder")
        shutil.rmtree(folder)
    (folder / "inputs").mkdir(parents=True)
    for file in inputs:
        text = file.read_text("utf-8")
        (folder / "inputs" / f"{file.parent.name}-{file.name}").write_text(
            text.replace(secret, "⟪secret⟫") if secret else text, "utf-8"
        )


def manifest(folder: Path) -> str:
    """``digest  name`` of every file, in the order of names, as sha256sum writes it."""
    names = sorted(f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file() and f.name != MANIFEST)
    return "".join(f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names)


def tampered(folder: Path) -> list[str]:
    """What in a bundle is not what was written: a frame of the wire log, or a file."""
    found = []
    try:
        for _ in wire.read(folder / WIRE):
            pass
    except wire.Tampered as error:
        found.append(str(error))
    except (OSError, ValueError) as error:
        found.append(f"{WIRE}: {error}")
    if not (folder / MANIFEST).is_file():
        return [*found, f"{MANIFEST} is missing: the run did not end"]
    expected = dict(line.split("  ", 1)[::-1] for line in (folder / MANIFEST).read_text("utf-8").splitlines())
    actual = dict(line.split("  ", 1)[::-1] for line in manifest(folder).splitlines())
    for name in sorted(expected.keys() | actual.keys()):
        if name == WIRE and found:
            continue  # its frame is named already
        if name not in actual:
            found.append(f"{name}: is missing")
        elif name not in expected:
            found.append(f"{name}: is not in the manifest")
        elif expected[name] != actual[name]:
            found.append(f"{name}: is not what was written")
    return found
