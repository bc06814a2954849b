"""Secrets as XML may spell them: characters by entities and by numbers (XML 1.0, 4.1 and 4.6), and sections of CDATA (2.7) that
begin and end in their midst."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
MARKS = ("<![CDATA[", "]]>")
"""What begins and ends a section, and is no text."""
PIECE = re.compile(
    rf"&(?:#(?P<number>\d{{1,9}})|#x(?P<hex>[0-9A-Fa-f]{{1,8}})|(?P<name>{'|'.join(NAMED)}));"
    rf"|(?P<mark>{'|'.join(map(re.escape, MARKS))})",
    re.ASCII,
)
LAST = 0x10FFFF
"""The last character that there is."""


@dataclass
class Reading:
    """A text of XML as it reads. ``begins``: where in it each run begins, ``stands``: where that stands in what was written, from
    and to; a run that is as long there is written as it reads."""

    text: str = ""
    begins: list[int] = field(default_factory=list)
    stands: list[tuple[int, int]] = field(default_factory=list)

    def written(self, start: int, end: int) -> tuple[int, int]:
        """From where to where stands what reads from ``start`` to ``end``."""
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, at: int) -> tuple[int, int]:
        n = bisect_right(self.begins, at) - 1
        first, last = self.stands[n]
        after = self.begins[n + 1] if n + 1 < len(self.begins) else len(self.text)
        if last - first != after - self.begins[n]:
            return first, last
        return first + at - self.begins[n], first + at - self.begins[n] + 1


def hidden(text: str, tokens: Mapping[str, str]) -> str:
    """The text with its token in the place of each secret that XML spells otherwise; the marks in it stay behind that, so that
    what was well-formed still is."""
    if "&" not in text and MARKS[0] not in text:
        return text
    reading = read(text)
    found = [secret for secret in tokens if secret in reading.text]
    if len(reading.begins) < 2 or not found:
        return text
    parts: list[str] = []
    last = 0
    either = re.compile("|".join(re.escape(secret) for secret in sorted(found, key=len, reverse=True)))
    for each in either.finditer(reading.text):
        start, end = reading.written(*each.span())
        marks = "".join(piece["mark"] for piece in PIECE.finditer(text, start, end) if piece["mark"])
        parts += [text[last:start], tokens[each[0]], marks]
        last = end
    return "".join([*parts, text[last:]])


def read(text: str) -> Reading:
    """A character that there is not is left as it was written."""
    reading, read_so_far, parts = Reading(), 0, []
    for start, end, said in runs(text):
        if said:
            reading.begins.append(read_so_far)
            reading.stands.append((start, end))
            parts.append(said)
            read_so_far += len(said)
    reading.text = "".join(parts)
    return reading


def runs(text: str) -> Iterator[tuple[int, int, str]]:
    """From where, to where, and what that reads."""
    last = 0
    for piece in PIECE.finditer(text):
        yield last, piece.start(), text[last : piece.start()]
        yield piece.start(), piece.end(), character(piece)
        last = piece.end()
    yield last, len(text), text[last:]


def character(piece: re.Match[str]) -> str:
    """What a piece reads; nothing for a mark."""
    if piece["mark"]:
        return ""
    if piece["name"]:
        return NAMED[piece["name"]]
    code = int(piece["number"]) if piece["number"] else int(piece["hex"], 16)
    return chr(code) if code <= LAST else piece[0]
