"""The bundle: the folder of one run, complete and checkable. report.json · report.html · junit.xml · wire.jsonl · inputs/ ·
MANIFEST.sha256."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from evconform.harness import wire
from evconform.harness.verdict import UsageError
from evconform.report import html, junit
from evconform.report.messages import seen_in
from evconform.report.model import Report

MANIFEST = "MANIFEST.sha256"
WIRE = "wire.jsonl"
FILES = ("report.json", "report.html", "junit.xml", WIRE, "inputs", MANIFEST)
INPUTS = ("sut.toml", "pics.toml", "waivers.toml")
"""What the copies of the user's files are called."""


def write(report: Report, folder: Path) -> None:
    """Writes every file of the bundle but the wire log, which is there already; the manifest last."""
    if report.finished:
        report.seen = seen_in(folder / WIRE, report.plan)
    put(folder / "report.json", json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n")
    put(folder / "report.html", html.render(report, folder / WIRE))
    put(folder / "junit.xml", junit.render(report))
    if report.finished:
        put(folder / MANIFEST, manifest(folder))


def put(file: Path, text: str) -> None:
    """Replaces a file at once: a killed run leaves the old one or the new one."""
    part = file.with_name(file.name + ".part")
    part.write_text(text, "utf-8", "backslashreplace", newline="\n")  # a SUT may say a lone surrogate
    os.replace(part, file)


def fresh(folder: Path, inputs: dict[str, Path], secrets: Iterable[str] = ()) -> None:
    """Makes the folder of a run, with a copy of the files that the user gave (``INPUTS``), but for the secrets in them.
    Raises UsageError if it holds what is not ours to delete."""
    if folder.exists():
        if not folder.is_dir():
            raise UsageError(f"{folder}: is a file, and the report needs a folder")
        for file in (*folder.iterdir(), *(folder / "inputs").glob("*")):
            if file.name.removesuffix(".part") not in (FILES if file.parent == folder else INPUTS):
                raise UsageError(f"{folder}: holds {file.name}, which is not part of a bundle; name another folder")
        shutil.rmtree(folder)
    (folder / "inputs").mkdir(parents=True)
    for name, file in inputs.items():
        text = file.read_text("utf-8")
        for secret in secrets:
            text = text.replace(secret, "⟪secret⟫")
        put(folder / "inputs" / name, text)


def manifest(folder: Path) -> str:
    """``digest  name`` of every file, in the order of names, as sha256sum writes it."""
    names = sorted(f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file() and f.name != MANIFEST)
    return "".join(f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names)


def tampered(folder: Path) -> list[str]:
    """What in a bundle is not what was written: a frame of the wire log, or a file."""
    found = torn(folder / WIRE)
    if not (folder / MANIFEST).is_file():
        return [*found, f"{MANIFEST} is missing: the run did not end"]
    written = (folder / MANIFEST).read_bytes()
    expected = parsed(written.decode("utf-8", "replace"))
    actual = parsed(manifest(folder))
    for name in sorted(expected.keys() | actual.keys()):
        if name == WIRE and found:
            continue  # its frame is named already
        if name not in actual:
            found.append(f"{name}: is missing")
        elif name not in expected:
            found.append(f"{name}: is not in the manifest")
        elif expected[name] != actual[name]:
            found.append(f"{name}: is not what was written")
    if not found and written != manifest(folder).encode():
        found.append(f"{MANIFEST}: is not what was written")
    return found


def torn(log: Path) -> list[str]:
    """The frame of a wire log that is not what was recorded."""
    try:
        last = sum(1 for _ in wire.read(log))
        with log.open("rb") as file:
            whole = file.read().endswith(b"\n")
    except wire.Tampered as error:
        return [str(error)]
    except (OSError, ValueError) as error:
        return [f"{WIRE}: {error}"]
    return [] if whole else [f"{WIRE}: frame {last + 1} is not what was recorded"]


def parsed(text: str) -> dict[str, str]:
    """Name to digest of the lines of a manifest."""
    return {name: digest for digest, _, name in (line.partition("  ") for line in text.splitlines())}
