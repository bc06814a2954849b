"""The terminal of a person, read and written without holding up the loop.

A run is a pytest session in a process of its own, and pytest takes standard input and output for itself. So the command
line hands down copies of its own (``HANDED_DOWN``); where nobody did, there may be a controlling terminal.
"""

from __future__ import annotations

import asyncio
import os
import select
import stat
from collections import deque

from evconform.harness.verdict import UsageError

HANDED_DOWN = "EVCONFORM_TERMINAL"
"""The environment variable with the descriptors to read and to write, as ``3,4``."""
CONTROLLING = "/dev/tty"
LINE_AT_MOST = 4096
"""Bytes of an answer; a terminal has no longer line, and whatever else is there need not fill our memory."""


class Terminal:
    """Lines in, text out. ``interactive``: a person types; else answers were written beforehand, and none is dropped."""

    def __init__(self, reads: int, writes: int) -> None:
        self._reads, self._writes = reads, writes
        self.interactive = os.isatty(reads)
        self._lines: deque[str] = deque()
        self._rest = b""
        self._ended = False
        self._changed = asyncio.Event()
        self._watched = not stat.S_ISREG(os.fstat(reads).st_mode)  # a file is always ready, and no selector takes it
        if self._watched:
            asyncio.get_running_loop().add_reader(reads, self._reads_some)

    @classmethod
    def find(cls) -> Terminal:
        """The one that was handed down, or the controlling one. Raises UsageError."""
        try:
            if given := os.environ.get(HANDED_DOWN):
                reads, writes = (int(number) for number in given.split(","))
                return cls(os.dup(reads), os.dup(writes))
            if os.isatty(0):
                return cls(os.dup(0), os.dup(1))
            both = os.open(CONTROLLING, os.O_RDWR | os.O_NOCTTY)
            return cls(both, os.dup(both))
        except (OSError, ValueError) as error:
            raise UsageError(f"control.kind operator: there is no terminal to ask a person at ({error})") from error

    @property
    def columns(self) -> int:
        try:
            return os.get_terminal_size(self._writes).columns or 80
        except OSError:
            return 80

    def says(self, text: str) -> None:
        """Writes text; a terminal that is gone is found out when the answer is awaited."""
        left = text.encode("utf-8", "replace")
        try:
            while left:
                left = left[os.write(self._writes, left) :]
        except OSError:
            self._ends()

    async def line(self) -> str:
        """The next line, without its end. Raises EOFError when no more will come."""
        while not self._lines and not self._ended:
            if not self._watched:
                self._reads_some()
                continue
            self._changed.clear()
            await self._changed.wait()
        if not self._lines:
            raise EOFError
        return self._lines.popleft()

    def typed_ahead(self) -> list[str]:
        """What a person typed before they were asked; it answers nothing, and is taken away."""
        if not self.interactive:
            return []
        while not self._ended and self._is_ready():
            self._reads_some()
        lines = list(self._lines)
        self._lines.clear()
        self._rest = b""
        return lines

    def close(self) -> None:
        self._ends()
        os.close(self._reads)
        os.close(self._writes)

    def _is_ready(self) -> bool:
        return bool(select.select([self._reads], [], [], 0)[0])

    def _reads_some(self) -> None:
        if not self._is_ready():  # what made the loop call us was taken meanwhile, and a read would hold it up
            return
        try:
            read = os.read(self._reads, LINE_AT_MOST)
        except OSError:  # a terminal that was hung up
            read = b""
        *lines, self._rest = (self._rest + read).split(b"\n")
        if not read or len(self._rest) > LINE_AT_MOST:
            lines, self._rest = [*lines, self._rest] if self._rest else lines, b""
        self._lines.extend(line.decode("utf-8", "replace").strip() for line in lines)
        if not read:
            self._ends()
        self._changed.set()

    def _ends(self) -> None:
        if self._watched and not self._ended:
            asyncio.get_running_loop().remove_reader(self._reads)
        self._ended = True
        self._changed.set()
