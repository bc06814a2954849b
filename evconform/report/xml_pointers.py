"""What of a SOAP message a finding is about: the element to which a JSON pointer in its words leads, and the headers that it
names; and where in the text of the frame these stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from evconform.report.pointers import SAID, Piece, in_pieces, pointers_in
from evconform.report.xml_text import Node, Span, is_xml, message_in, tree

END = "\r\n\r\n"
ALSO = {
    "interval": "heartbeatInterval",
    "meterValue": "values",
    "sampledValue": "value",
    "localAuthorizationList": "localAuthorisationList",
}
"""A member of OCPP's JSON to the element that carries it where that has another name (OCPP 1.5)."""
NAMED = {"message id": "MessageID", "identity": "chargeBoxIdentity"}
"""Words of a finding, to the header that they are about."""
CODE = re.compile(r"\b(?:code|[Ss]ubcode|CALLERROR|fault)\b")
"""Words about the code of a fault."""
INDEX = re.compile(r"\d{1,6}", re.ASCII)


def holds_xml(text: str) -> bool:
    """Whether a message of HTTP, or a text without a head, is XML."""
    return is_xml(text) or is_xml(text.partition(END)[2])


def marked_in_envelope(text: str, says: Iterable[str], whole: bool = True) -> list[Piece]:
    """The message in pieces, its head before it or not: marked is what the words of findings point at; where they point at
    nothing, and with ``whole``, what stands for the message: the tag of what the body holds, of a fault its code."""
    told = list(says)
    start = 0 if is_xml(text) else len(text.partition(END)[0]) + len(END)
    root = tree(text[start:])
    message = message_in(root)
    spans = {span for words in told for span in spans_in(root, message, words, text[start:])}
    if whole and told and not spans:
        spans = {standing_for(root, message)}
    return in_pieces(text, sorted((start + a, start + b) for a, b in spans))


def spans_in(root: Node, message: Node | None, words: str, text: str) -> Iterator[Span]:
    yield from headers_in(root, words)
    if message is None:
        return
    if message.name == "Fault" and CODE.search(words):
        yield standing_for(root, message)
    for pointer in pointers_in(words):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")]
        if span := follow(message, steps, text):
            yield span


def headers_in(root: Node, words: str) -> Iterator[Span]:
    """The header blocks that the words name."""
    envelope = root.child("Envelope")
    header = envelope.child("Header") if envelope else None
    meant = {name for told, name in NAMED.items() if told in words}
    for block in header.children if header else ():
        if block.name in meant or re.search(rf"(?<![\w/-]){re.escape(block.name)}(?![\w-])", SAID.sub("", words)):
            yield block.whole


def standing_for(root: Node, message: Node | None) -> Span:
    if message is None:
        return root.children[0].tag if root.children else root.whole
    code = message.child("Code") if message.name == "Fault" else None
    subcode = code.child("Subcode") if code else None
    return (subcode or code or message).whole if code else message.tag


def follow(node: Node, steps: list[str], text: str) -> Span | None:
    """The span of the element, or of the attribute, that carries a member."""
    found, owner = [node], node
    for n, step in enumerate(steps):
        if INDEX.fullmatch(step):
            if int(step) >= len(found):
                return None
            found = [found[int(step)]]
            continue
        owner = found[0]
        found = [each for each in owner.children if each.name in (step, ALSO.get(step))]
        if not found:
            return attribute(owner, step, text) if n == len(steps) - 1 and n else None
    return found[0].whole if found[0] is not node else None


def attribute(node: Node, name: str, text: str) -> Span | None:
    """A sampled value of OCPP 1.5 is a text with attributes: its value is the element itself."""
    start, end = node.tag
    said = re.search(rf"(?<![\w:]){re.escape(name)}\s*=\s*(?:\"[^\"]*\"|'[^']*')", text[start:end])
    if said:
        return start + said.start(), start + said.end()
    return node.whole if name == "value" and not node.children else None
