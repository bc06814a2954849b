"""The member of a message that a finding is about: the JSON pointers (RFC 6901) in its words, and where in the text of a frame
they lead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from json import JSONDecodeError, JSONDecoder

POINTER = re.compile(r"(?:^|(?<=[\s(\"'`]))(?:/[^\s/,;:()\"'`]+)+")
BLANK = re.compile(r"[ \t\r\n]*")
DECODER = JSONDecoder(strict=False)

Span = tuple[int, int]
Piece = tuple[str, bool]
"""A part of a text, and whether it is marked."""


SAID = re.compile(r"\bthat says \w+ \(([^()]*)")
"""How the words of an expectation begin to tell the members that it demands: ``that says CALLRESULT (status=Accepted)``."""
NAMED = {
    "unknown_keys": "/unknownKey",
    "keys": "/configurationKey",
    "only_keys": "/configurationKey",
    "values": "/configurationKey",
    "access": "/configurationKey",
    "code": "/2",
    "info": "/info",
}
"""What an expectation calls a thing, to the member that it is."""
WORDS = {"message id": "/1", "error code": "/2"}
"""Words of a finding, to the element of the message that they are about."""
WHOLE = "/2"
"""What is marked where a message as a whole offends: the action of a CALL, the payload of a CALLRESULT."""


def pointers_in(words: str) -> list[str]:
    """What in the words of a finding may be a JSON pointer; whether it is one shows in the message."""
    said = [name for inside in SAID.findall(words) for name in re.findall(r"\b(\w+)=", inside)]
    told = [NAMED.get(name, f"/{name}") for name in said] + [place for word, place in WORDS.items() if word in words]
    return POINTER.findall(words) + told


def marked(text: str, says: Iterable[str], whole: bool = True) -> list[Piece]:
    """The text in pieces: marked are the members that the words of findings point at; where they point at none, and with
    ``whole``, what stands for the message."""
    told = list(says)
    spans = sorted({span for words in told for pointer in pointers_in(words) if (span := find(text, pointer))})
    if whole and told and not spans and text.lstrip().startswith("[") and (message := find(text, WHOLE)):
        spans = [message]
    return in_pieces(text, spans)


def in_pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """The text with these spans of it marked; they come in order."""
    pieces: list[Piece] = []
    done = 0
    for start, end in spans:
        if start >= done:  # one within another is marked with it
            pieces += [(text[done:start], False), (text[start:end], True)]
            done = end
    return [piece for piece in (*pieces, (text[done:], False)) if piece[0]]


def find(text: str, pointer: str) -> Span | None:
    """Where the member stands, with its name: in the document itself, or in an element of the array that wraps the
    payload. None where there is none, or the text is no JSON."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")]
    try:
        start = blank(text, 0)
        roots = [start, *(span[0] for _, span, _ in members(text, start))] if text[start : start + 1] == "[" else [start]
        return next((span for root in reversed(roots) if (span := follow(text, root, steps))), None)
    except (ValueError, IndexError, RecursionError):  # no JSON, cut short, too deep
        return None


def follow(text: str, at: int, steps: list[str]) -> Span | None:
    """The span of the member that the steps lead to from the value at ``at``."""
    shown: Span | None = None
    for step in steps:
        if text[at] not in "[{":
            return None
        found = [(whole, value) for name, value, whole in members(text, at) if name == step]
        if not found:
            return None
        shown, (at, _) = found[-1]  # of two with one name the last one counts
    return shown


def members(text: str, at: int) -> list[tuple[str, Span, Span]]:
    """Name or index, span of the value, and span with the name, of each member of the object or array at ``at``. Raises
    JSONDecodeError."""
    closing, named = ("}", True) if text[at] == "{" else ("]", False)
    found: list[tuple[str, Span, Span]] = []
    at = blank(text, at + 1)
    while text[at] != closing:
        begin, name = at, str(len(found))
        if named:
            key, at = DECODER.raw_decode(text, at)
            name, at = str(key), blank(text, blank(text, at) + 1)
        _, end = DECODER.raw_decode(text, at)
        found.append((name, (at, end), (begin, end)))
        at = blank(text, end)
        if text[at] == ",":
            at = blank(text, at + 1)
        elif text[at] != closing:
            raise JSONDecodeError("no comma", text, at)
    return found


def blank(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    return found.end() if found else at
