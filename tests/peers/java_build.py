"""The Java peers, built once and kept in a cache: Maven brings what they run on, javac makes the classes. Both of them need the
network only on the first time."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from .old_environment import CannotBuild

JAVA = Path(__file__).parent / "java_oca_ocpp"
BUILT_WITHIN = 300
"""Seconds; with nothing in Maven's own cache it is 10."""
NO_JDK = "there is no JDK on this machine"


def installed() -> bool:
    """Whether there is a JDK at all."""
    return shutil.which("javac") is not None


def java(cache: Path, program: str) -> list[str]:
    """The command line of one of our Java programs. Raises CannotBuild."""
    pom, sources = JAVA / "pom.xml", sorted((JAVA / "src").glob("*.java"))
    libraries = kept(cache, "java-libraries", [pom], lambda folder: fetch(pom, folder))
    classes = kept(cache, "java-classes", [pom, *sources], lambda folder: compile(sources, libraries, folder))
    return ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", f"{libraries}/*{os.pathsep}{classes}", program]


def kept(cache: Path, name: str, of: Sequence[Path], build: Callable[[Path], None]) -> Path:
    """The folder that was built of these files, or is now."""
    named = hashlib.sha256(b"\0".join(file.read_bytes() for file in of)).hexdigest()[:16]
    folder = cache / f"{name}-{named}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=cache))
        try:
            build(made)
            made.rename(folder)  # whole or not at all
        except OSError:
            if not folder.exists():  # somebody else was faster
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return folder


def fetch(pom: Path, folder: Path) -> None:
    """Raises CannotBuild."""
    line = ["mvn", "-B", "-q", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    run(line, "Maven does not bring what the Java peers run on")


def compile(sources: Sequence[Path], libraries: Path, folder: Path) -> None:
    """Raises CannotBuild."""
    line = ["javac", "-Xlint:all", "-Werror", "-d", str(folder), "-cp", f"{libraries}/*", *map(str, sources)]
    run(line, "the Java peers do not compile")


def run(line: list[str], failed: str) -> None:
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=BUILT_WITHIN)
    except FileNotFoundError:
        raise CannotBuild(f"{failed}: there is no {line[0]} on this machine") from None
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"{failed} within {BUILT_WITHIN} s") from None
    if done.returncode:
        said = [each for each in (done.stdout + done.stderr).splitlines() if "ERROR" in each or "error:" in each]
        raise CannotBuild(f"{failed}: {said[0] if said else f'exit code {done.returncode}'}")
