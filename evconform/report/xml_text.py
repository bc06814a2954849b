"""XML as a person reads it: a line an element, also where it is broken or cut short. Nothing is parsed that could be expanded,
and what it costs grows with the length of the text only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TAG = re.compile(r"<(?P<close>/?)(?P<name>[^\s/<>\"']+)(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
OTHERS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"))
"""How what is neither tag nor text begins and ends."""
STEP = "  "
DEEPEST = 20
"""Levels that are indented: each more would be written in front of every line."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Token:
    """``kind``: open, close, empty, text, other (a comment, a declaration)."""

    kind: str
    start: int
    end: int
    name: str = ""


def tokens(text: str) -> Iterator[Token]:
    """The parts of a text, in order and without a gap; from what is no XML on it is all text."""
    place = 0
    while place < len(text):
        if text[place] != "<":
            end = text.find("<", place)
            yield Token("text", place, end := len(text) if end < 0 else end)
        elif token := other(text, place):
            yield token
            end = token.end
        elif found := TAG.match(text, place):
            end = found.end()
            kind = "close" if found["close"] else "empty" if text[end - 2] == "/" else "open"
            yield Token(kind, place, end, found["name"].rpartition(":")[2])
        else:
            yield Token("text", place, end := len(text))
        place = end


def other(text: str, place: int) -> Token | None:
    for begins, ends in OTHERS:
        if text.startswith(begins, place):
            end = text.find(ends, place + len(begins))
            return Token("other", place, end + len(ends)) if end >= 0 else None
    return None


def is_xml(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def indented(text: str) -> str:
    """The text with each element on a line of its own, but for one that holds nothing but text."""
    lines: list[str] = []
    depth, before = 0, "other"
    for token in tokens(text):
        said = text[token.start : token.end]
        if token.kind == "text" and not said.strip():
            continue
        depth -= token.kind == "close"
        inline = token.kind == "text" or before == "text" or (token.kind == "close" and before == "open")
        if lines and inline:
            lines[-1] += said
        else:
            lines.append(STEP * max(0, min(depth, DEEPEST)) + said)
        depth += token.kind == "open"
        before = token.kind
    return "\n".join(lines)


@dataclass
class Node:
    """An element, by its local name. ``tag``: where its first tag stands; ``whole``: it all."""

    name: str
    tag: Span
    whole: Span
    children: list[Node] = field(default_factory=list)

    def child(self, name: str) -> Node | None:
        return next((each for each in self.children if each.name == name), None)


def tree(text: str) -> Node:
    """The elements of a text; those that are not closed end with it."""
    root = Node("", (0, 0), (0, len(text)))
    way = [root]
    for token in tokens(text):
        span = (token.start, token.end)
        if token.kind in ("open", "empty"):
            node = Node(token.name, span, span if token.kind == "empty" else (token.start, len(text)))
            way[-1].children.append(node)
            if token.kind == "open":
                way.append(node)
        elif token.kind == "close" and len(way) > 1:
            node = way.pop()
            node.whole = (node.whole[0], token.end)
    return root


def message_in(root: Node) -> Node | None:
    """The element that the body of a SOAP envelope holds."""
    envelope = root.child("Envelope")
    body = envelope.child("Body") if envelope else None
    return body.children[0] if body and body.children else None


def essence(text: str) -> str:
    """What an envelope holds, as a person reads it; all of what is no envelope."""
    message = message_in(tree(text))
    return indented(text if message is None else text[slice(*message.whole)])
