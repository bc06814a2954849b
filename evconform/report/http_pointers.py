"""What of an HTTP message a finding is about: headers that it names, members of the JSON body that it points at, fields of an
object that it calls by its id; and where in the text of the frame these stand (head, blank line, body)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from evconform.report.pointers import POINTER, SAID, Piece, Span, follow, in_pieces

END = "\r\n\r\n"
"""What stands between head and body."""
IDS = ("id", "uid")
"""Members by which an object is called."""
FIELD = re.compile(r": (\w+)(?: (?:is|has|was)\b|:)")
"""How the words about an object tell the field: ``Location L1: time_zone is 'CET'``."""
FIRST_LINE = ("http_status", "http_class", "method", "path", "target", "query", "depth", "parts")
"""What an expectation calls a thing that stands in the first line of a message."""
CODE = "/status_code"
NAMED = {"status_code": CODE, "status_range": CODE}
"""What an expectation calls a member of the envelope, to the pointer."""
PLAIN = ("location", "date", "host", "server", "accept", "connection")
"""Headers whose names are words, or classes of a protocol, too: meant only where ``header`` follows."""


def marked_in_message(text: str, says: Iterable[str], whole: bool = True) -> list[Piece]:
    """The message in pieces: marked is what the words of findings point at; where they point at nothing, and with ``whole``,
    what stands for the message: its first line, and the status code of an envelope."""
    told = list(says)
    head, _, body = text.partition(END)
    start = len(head) + len(END)
    spans = [span for words in told for span in in_head(head, words)]
    if told and body:
        value = read(body)
        spans += [(start + a, start + b) for words in told for a, b in in_body(body, value, words)]
    if whole and told and not spans:
        code = at(body, ["status_code"])
        spans = [first_line(head), *([(start + code[0], start + code[1])] if code else [])]
    return in_pieces(text, sorted(set(spans)))


def first_line(head: str) -> Span:
    return 0, len(head.partition("\r\n")[0])


def in_head(head: str, words: str) -> Iterator[Span]:
    """The headers that the words name, and the first line where an expectation is about what stands there."""
    place = 0
    for line in head.split("\r\n"):
        name = line.partition(":")[0].strip()
        if place and name and names(words, name):
            yield place, place + len(line)
        place += len(line) + 2
    if any(name in FIRST_LINE for name in demanded(words)):
        yield first_line(head)


def names(words: str, header: str) -> bool:
    """Whether the words name a header, in whatever case it was sent: one without a hyphen only as it is written in a text."""
    spelt = re.escape(header if "-" in header else header.capitalize())
    behind = " header" if header.lower() in PLAIN else ""
    return bool(re.search(rf"(?<![\w-]){spelt}(?![\w-]){behind}", words, re.IGNORECASE if "-" in header else 0))


def demanded(words: str) -> list[str]:
    """The names that an expectation in the words demands something of."""
    return [name for inside in SAID.findall(words) for name in re.findall(r"\b(\w+)=", inside)]


def in_body(body: str, value: Any, words: str) -> Iterator[Span]:
    """The members that the words point at, from the document, its ``data``, or an object that they call by its id; if there is
    none, the id of that object."""
    named = list(called(value, words))
    bases = [[], ["data"], *sorted(named, key=len, reverse=True)]
    told = [NAMED.get(name, f"/{name}") for name in demanded(words)] + [f"/{name}" for name in FIELD.findall(words)]
    found = []
    for pointer in (*POINTER.findall(words), *told):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")]
        found += [span for base in bases if (span := at(body, [*base, *steps]))][:1]
    if not found:
        found = [span for base in named for name in IDS if (span := at(body, [*base, name]))]
    yield from found


def called(value: Any, words: str) -> Iterator[list[str]]:
    """The paths of the objects in a document whose id stands in the words, the outermost first."""
    waiting: list[tuple[list[str], Any]] = [([], value)]
    while waiting:
        path, each = waiting.pop(0)
        if isinstance(each, dict):
            ids = [each[name] for name in IDS if isinstance(each.get(name), str) and each[name]]
            if any(re.search(rf"(?<![\w-]){re.escape(id)}(?![\w-])", words) for id in ids):
                yield path
            waiting += [([*path, name], inner) for name, inner in each.items() if isinstance(inner, dict | list)]
        elif isinstance(each, list):
            waiting += [([*path, str(n)], inner) for n, inner in enumerate(each) if isinstance(inner, dict | list)]


def read(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # no JSON, cut short, too deep
        return None


def at(body: str, steps: list[str]) -> Span | None:
    """The span of the member at a path, with its name; None if there is none, or the body is no JSON."""
    try:
        return follow(body, len(body) - len(body.lstrip(" \t\r\n")), steps)
    except (ValueError, IndexError, RecursionError):
        return None
