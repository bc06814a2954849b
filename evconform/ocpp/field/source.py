"""A source of lines: a file, standard input, a file that grows, a compressed file, a capture. Whatever the bytes are, there
are lines; what had to be guessed, or was left out, is counted."""

from __future__ import annotations

import gzip
import json
import re
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from evconform.harness.verdict import UsageError
from evconform.ocpp.field.formats.pcap import lines_of
from evconform.ocpp.field.said import Line

LONGEST = 32 * 1024 * 1024
"""Bytes of a line; what is behind is left out."""
LOOKS_AGAIN = 0.5
"""Seconds after which a growing file is looked at again."""
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
PCAP = (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x0a\x0d\x0d\x0a")
GZIP = b"\x1f\x8b"
UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass
class Source:
    """One log. ``follow``: go on when it ends, until ``stop``."""

    name: str
    follow: bool = False
    idle: Callable[[], None] | None = None
    """Is called when a growing file has nothing more for now."""
    foreign: int = 0
    """Lines that are no UTF-8, and were read as Latin 1."""
    long: int = 0
    """Lines of which the end was left out."""
    count: int = 0
    """Lines so far."""

    def __post_init__(self) -> None:
        self.stop = threading.Event()

    def lines(self) -> Iterator[Line]:
        """The lines, numbered from 1. Raises UsageError if the file cannot be read."""
        try:
            if self._is_capture():
                for text in lines_of(Path(self.name)):
                    self.count += 1
                    yield Line(self.count, text)
                return
            with self._opened() as stream:
                yield from self._lines(stream)
        except OSError as error:
            raise UsageError(f"{self.name}: {error.strerror or error}") from error

    def _is_capture(self) -> bool:
        path = Path(self.name)
        if self.name == "-" or not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(4) in PCAP

    def _opened(self) -> IO[bytes]:
        if self.name == "-":
            return open(sys.stdin.fileno(), "rb", closefd=False)
        path = Path(self.name)
        if path.is_dir():
            raise UsageError(f"{self.name}: expected a log, and it is a folder")
        with path.open("rb") as file:
            magic = file.read(4)
        return gzip.open(path, "rb") if magic[:2] == GZIP else path.open("rb")  # type: ignore[return-value]

    def _lines(self, stream: IO[bytes]) -> Iterator[Line]:
        encoding = "utf-8"
        held = b""
        while True:
            try:
                raw = stream.readline(LONGEST)
            except (EOFError, zlib.error, gzip.BadGzipFile):  # a compressed log that was cut
                self.long += 1
                return
            if not raw and self.follow and not self.stop.is_set():
                self._waits()
                continue
            if self.follow and raw and not raw.endswith(b"\n") and not self.stop.is_set():
                held += raw  # the rest of the line is still to come
                continue
            raw, held = held + raw, b""
            if not raw:
                return
            if len(raw) >= LONGEST and not raw.endswith(b"\n"):
                self._skip(stream)
            self.count += 1
            if self.count == 1 and raw[:2] in UTF16:
                encoding = UTF16[raw[:2]]
                yield from self._wide(raw[2:] + stream.read(), encoding)
                return
            yield Line(self.count, unwrapped(self._text(raw)))

    def _waits(self) -> None:
        if self.idle:
            self.idle()
        self.stop.wait(LOOKS_AGAIN)

    def _skip(self, stream: IO[bytes]) -> None:
        self.long += 1
        while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
            pass

    def _wide(self, raw: bytes, encoding: str) -> Iterator[Line]:
        for n, text in enumerate(raw.decode(encoding, "replace").split("\n"), 1):
            self.count = n
            yield Line(n, unwrapped(text.rstrip("\r")))

    def _text(self, raw: bytes) -> str:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            self.foreign += 1
            text = raw.decode("latin-1")
        text = text.removeprefix("\ufeff").rstrip("\r\n")
        return COLOURS.sub("", text) if "\x1b" in text else text


def unwrapped(text: str) -> str:
    """What a container wrote, out of the JSON in which Docker keeps it."""
    if text.startswith('{"log":"'):
        with suppress(ValueError, RecursionError):
            row: Any = json.loads(text)
            if isinstance(row, dict) and isinstance(row.get("log"), str) and "stream" in row:
                return f"{row.get('time', '')} {row['log'].rstrip()}"
    return text
