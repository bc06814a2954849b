"""The bundle: the folder of one run, complete and checkable. report.json · report.html · report.pdf (of a certification) ·
summary.md · badges/ · cases/ · junit.xml · wire.jsonl · inputs/ · MANIFEST.sha256."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from evconform.harness import wire
from evconform.harness.verdict import UsageError
from evconform.report import badge, html, junit, markdown, pdf
from evconform.report.hostile import thrown_in
from evconform.report.model import Report
from evconform.report.sight import seen_in

MANIFEST = "MANIFEST.sha256"
WIRE = "wire.jsonl"
PDF = "report.pdf"
FILES = ("report.json", "report.html", PDF, "summary.md", "junit.xml", WIRE, "inputs", html.CASES, badge.FOLDER, MANIFEST)
FOLDERS = ("inputs", html.CASES, badge.FOLDER)
INPUTS = ("sut.toml", "pics.toml", "waivers.toml")
"""What the copies of the user's files are called."""


def write(report: Report, folder: Path) -> None:
    """Writes every file of the bundle but the wire log, which is there already; the manifest last."""
    if report.finished:
        report.sight = seen_in(folder / WIRE, report.plan)
        report.thrown = thrown_in(folder / WIRE, report.plan)
    put(folder / "report.json", json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n")
    (folder / html.CASES).mkdir(exist_ok=True)
    put(folder / "report.html", html.render(report, folder / WIRE, lambda name, text: put(folder / html.CASES / name, text)))
    put(folder / "junit.xml", junit.render(report))
    put(folder / "summary.md", markdown.render(report))
    (folder / badge.FOLDER).mkdir(exist_ok=True)
    for name, svg in badge.badges(report):
        put(folder / badge.FOLDER / name, svg)
    if report.finished and report.mode == "certify":  # a gate runs often, and nobody hands out its report
        put(folder / PDF, pdf.render(report, folder / WIRE))
    if report.finished:
        put(folder / MANIFEST, manifest(folder))


def put(file: Path, content: str | bytes) -> None:
    """Replaces a file at once: a killed run leaves the old one or the new one."""
    part = file.with_name(file.name + ".part")
    part.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))  # a lone surrogate
    os.replace(part, file)


def fresh(folder: Path, inputs: dict[str, Path], secrets: Iterable[str] = ()) -> None:
    """Makes the folder of a run, with a copy of the files that the user gave (``INPUTS``), but for the secrets in them.
    Raises UsageError if it holds what is not ours to delete, a run that is under way, or cannot be made."""
    try:
        replaced(folder)
        (folder / "inputs").mkdir(parents=True)
        for name, file in inputs.items():
            put(folder / "inputs" / name, without_secrets(file, secrets))
    except OSError as error:
        raise UsageError(f"--report: cannot write to {folder}: {error.strerror}") from error


def replaced(folder: Path) -> None:
    """Deletes the bundle that is there, if one is. Raises UsageError, OSError."""
    if folder.exists():
        if not folder.is_dir():
            raise UsageError(f"{folder}: is a file, and the report needs a folder")
        for file in (*folder.iterdir(), *(f for name in FOLDERS for f in (folder / name).glob("*"))):
            name = file.name.removesuffix(".part")
            made = {html.CASES: "html", badge.FOLDER: "svg"}.get(file.parent.name, "")
            ours = {folder: FILES, folder / "inputs": INPUTS}.get(file.parent, (f"{Path(name).stem}.{made}",))
            if name not in ours:
                raise UsageError(f"{folder}: holds {file.name}, which is not part of a bundle; name another folder")
        if (folder / WIRE).is_file():
            with (folder / WIRE).open("rb") as log:
                wire.claim(log, folder / WIRE)
        shutil.rmtree(folder)


def without_secrets(file: Path, secrets: Iterable[str]) -> str:
    """The text of a user's file as the bundle keeps it."""
    text = file.read_text("utf-8")
    for secret in secrets:
        text = text.replace(secret, "⟪secret⟫")
    return text


def reopen(folder: Path) -> None:
    """Takes away what says that the run has ended."""
    for name in (MANIFEST, PDF):
        (folder / name).unlink(missing_ok=True)


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
    last = 0
    try:
        for _ in wire.read(log):
            last += 1
        with log.open("rb") as file:
            whole = file.read().endswith(b"\n")
    except wire.Tampered as error:
        return [str(error)]
    except OSError as error:
        return [f"{WIRE}: {error.strerror}"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return [f"{WIRE}: frame {last + 1} is no entry of a wire log"]
    return [] if whole else [f"{WIRE}: frame {last + 1} is not what was recorded"]


def parsed(text: str) -> dict[str, str]:
    """Name to digest of the lines of a manifest."""
    return {name: digest for digest, _, name in (line.partition("  ") for line in text.splitlines())}
