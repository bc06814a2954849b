"""The frames that explain a case that did not pass: those that findings cite, in both directions, with what they point at
marked; made safe to show, whatever the SUT sent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from markupsafe import Markup

from evconform.harness import wire
from evconform.harness.expect import Expectation
from evconform.harness.judge import ANSWER_TO, CaseResult, Finding
from evconform.harness.verdict import Verdict
from evconform.harness.wire import Entry
from evconform.report.http_pointers import END, marked_in_message
from evconform.report.model import Report
from evconform.report.pointers import Piece, marked
from evconform.report.xml_pointers import holds_xml, marked_in_envelope
from evconform.report.xml_text import essence, indented, is_xml

AROUND = 2
"""Frames shown before and after a cited one; the page of the case has them all."""
DATA_AT_MOST = 2000
MEMBER_AT_MOST = 200
NEAR_A_MEMBER = 120
"""Characters shown before and after a member far behind."""
BODY_AT_MOST = 400
"""Characters of the body of an HTTP message that nothing cites, in the evidence; the page of the case has the rest."""
CITED_AT_MOST = 3
"""Findings on one requirement of one case whose frames are shown; the page of the case lists them all."""
SECRET_AT_LEAST = 6
"""A shorter password would blank out ordinary words of the page."""

UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
"""What HTML or UTF-8 cannot hold, and what would hide or reorder its neighbours."""


@dataclass
class Line:
    """One entry of the wire log as the page shows it."""

    entry: Entry
    text: list[Piece]
    """In pieces: marked are the members that the findings point at."""
    notes: list[str]
    cited: list[str] | None
    """The requirements that it shows broken; None if nothing cites it."""
    absent: bool
    """Cited as the moment since when something was missing."""
    skipped: int
    """Entries between the line before and this one that are not shown."""


def hides_secrets(report: Report) -> Callable[[str], str]:
    """Takes what must not reach the disk out of a text."""
    secrets = sorted((each for each in report.plan.sut.secrets if len(each) >= SECRET_AT_LEAST), key=len, reverse=True)

    def hide(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "⟪secret⟫")
        return text

    return hide


def safe(report: Report) -> Callable[[Any], Any]:
    """Takes secrets and what breaks a page out of text; leaves markup, whose parts went through here before."""
    hide = hides_secrets(report)

    def clean(value: Any) -> Any:
        if not isinstance(value, str) or isinstance(value, Markup):
            return value
        return UNSAFE.sub(lambda found: visible(ord(found[0])), hide(str(value)))

    return clean


def visible(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def exchanges_of(report: Report, wire_log: Path, clean: Callable[[Any], Any]) -> tuple[dict[str, list[Line]], str]:
    """For each case that did not pass the lines that explain it; and what is wrong with the wire log, if anything."""
    told = told_at(report)
    results = [result for result in report.results if told.get(result.id) or result.verdict in UNJUDGED]
    about = {r.id: None if r.verdict in UNJUDGED else told[r.id] for r in results}
    cited = {result.id: citations(result, about[result.id]) for result in results}
    says = {result.id: words_of(result, about[result.id]) for result in results}
    kept: dict[str, dict[int, Entry]] = {result.id: {} for result in results}
    torn = ""
    try:
        for id, entry in needed(wire.read(wire_log, verify=False), results, cited) if results else ():
            kept[id][entry.n] = entry
    except (OSError, ValueError, KeyError, TypeError) as error:
        torn = clean(f"{type(error).__name__}: {error}")
    lines = {r.id: list(as_lines(kept[r.id], r.begin, cited[r.id], says[r.id], clean, brief=True)) for r in results}
    return lines, torn


UNJUDGED = (Verdict.ERROR, Verdict.INCONCLUSIVE)


def told_at(report: Report) -> dict[str, set[str]]:
    """Case to the broken requirements that are told there: in the case that shows them best."""
    found: dict[str, set[str]] = {}
    for requirement, cases in report.broken_in.items():
        found.setdefault(cases[0], set()).add(requirement)
    return found


def citations(result: CaseResult, about: Container[str] | None = None) -> dict[int, list[str]]:
    """Frame number to the requirements, of those ``about``, that it shows broken; for an error of ours, the frame that the
    reason names."""
    named = re.findall(r"\bframe (\d{1,12})\b", result.reason) if result.verdict is Verdict.ERROR else []
    by: dict[int, list[str]] = {int(n): [] for n in named}
    shown: Counter[str] = Counter()
    for finding in findings_about(result, about):
        shown[finding.requirement] += finding.verdict.red
        if finding.verdict.red and shown[finding.requirement] <= CITED_AT_MOST:
            for n in finding.frames:
                by[n] = sorted({*by.get(n, []), finding.requirement})
    return by


def findings_about(result: CaseResult, about: Container[str] | None) -> Iterator[Finding]:
    yield from (finding for finding in result.findings if about is None or finding.requirement in about)


def words_of(result: CaseResult, about: Container[str] | None = None) -> dict[int, list[str]]:
    """Frame number to what the findings that cite it say."""
    by: dict[int, list[str]] = {}
    for finding in findings_about(result, about):
        for n in finding.frames if finding.verdict.red else ():
            by.setdefault(n, []).append(finding.says)
    return by


def needed(
    log: Iterable[Entry], results: list[CaseResult], cited: dict[str, dict[int, list[str]]]
) -> Iterator[tuple[str, Entry]]:
    """The entries to show, each with its case; no more than one case is held at a time."""
    begins = {result.begin: result for result in results}
    citing: dict[int, list[str]] = {}
    for id, frames in cited.items():
        for n in frames:
            citing.setdefault(n, []).append(id)
    current: CaseResult | None = None
    held: list[Entry] = []
    for entry in log:
        yield from ((id, entry) for id in citing.get(entry.n, ()))
        if current := begins.get(entry.n, current):
            held.append(entry)
            if entry.n >= current.end:
                yield from ((current.id, each) for each in around(held, cited[current.id]))
                current, held = None, []
    if current:
        yield from ((current.id, each) for each in around(held, cited[current.id]))


def around(entries: list[Entry], cited: Container[int]) -> list[Entry]:
    """The cited entries and four frames on either side, with the marks between; the last ones if none is cited."""
    rank = list(accumulate(not entry.mark for entry in entries))
    anchors = [rank[i] for i, entry in enumerate(entries) if entry.n in cited] or rank[-1:]
    near = {anchor + d for anchor in anchors for d in range(-AROUND, AROUND + 1)}
    return [entry for i, entry in enumerate(entries) if rank[i] in near]


def as_lines(
    entries: dict[int, Entry],
    begin: int,
    cited: dict[int, list[str]],
    says: dict[int, list[str]],
    clean: Callable[[Any], Any],
    brief: bool = False,
) -> Iterator[Line]:
    """The entries as lines. ``brief``: of the head of a handshake that nothing cites only its first line."""
    due = begin
    for n, entry in sorted(entries.items()):
        text, notes = data_of(entry, says.get(n, []), clean)
        if entry.mark == "expect":  # the words say what its facts hold
            text, notes = [(clean(ANSWER_TO.sub("the answer", Expectation.of(entry).words)), False)], []
        elif brief and entry.kind in ("request", "response") and n not in cited and text:
            text, notes = without_headers("".join(piece for piece, _ in text)), [*notes, "headers not shown"]
        yield Line(entry, text, notes, cited.get(n), missing_since(says.get(n, [])), n - due)
        due = n + 1


def without_headers(text: str) -> list[Piece]:
    """A message of HTTP by its first line and the beginning of its body."""
    head, _, body = text.partition(END)
    first = head.partition("\r\n")[0]
    body = essence(body) if is_xml(body) else body
    shown = body if len(body) <= BODY_AT_MOST else f"{body[:BODY_AT_MOST]} …"
    return [(f"{first}\n\n{shown}" if body else first, False)]


ABSENT = ("nothing of the kind came", "the case ended before")
"""How a finding ends whose frame only says since when something was missing."""


def missing_since(says: list[str]) -> bool:
    return bool(says) and all(each.endswith(ABSENT) for each in says)


def data_of(entry: Entry, says: list[str], clean: Callable[[Any], Any]) -> tuple[list[Piece], list[str]]:
    """A frame's data in pieces, and what to know about it. It is made clean before it is cut: a secret must not be halved."""
    notes = [f"{k} {v}" for k, v in entry.facts.items()]
    text = entry.data
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
        notes.append("not UTF-8: \\xNN stands for a byte")
    text = clean(text)
    own = entry.by == "sut" and not missing_since(says)
    pieces = marked_in(text, says, own, is_http=entry.kind in ("request", "response"))
    if (length := sum(len(piece) for piece, _ in pieces)) > DATA_AT_MOST:
        notes.append(f"cut: the first {DATA_AT_MOST} of {length} characters; wire.jsonl has the whole")
    return list(cut(pieces)), notes


def marked_in(text: str, says: list[str], whole: bool, is_http: bool = False) -> list[Piece]:
    """A message in pieces, XML with an element a line."""
    if not holds_xml(text) or not (is_http or "Envelope" in text):  # a text that only begins as XML does is shown as it is
        return (marked_in_message if is_http else marked)(text, says, whole)
    head, end, body = text.partition(END) if is_http else ("", "", text)
    return marked_in_envelope(head + end + indented(body), says, whole)


def cut(pieces: list[Piece]) -> Iterator[Piece]:
    """The first pieces, ``DATA_AT_MOST`` characters of them; a marked one behind them is shown all the same, as it begins, with
    a little of what stands around it."""
    place, shown = 0, DATA_AT_MOST
    for i, (text, is_marked) in enumerate(pieces):
        if place < DATA_AT_MOST:
            yield text[: DATA_AT_MOST - place], is_marked
        elif is_marked:
            before = pieces[i - 1][0][-min(NEAR_A_MEMBER, place - shown) :] if place > shown else ""
            yield (" … " if place - len(before) > shown else "") + before, False
            yield text[:MEMBER_AT_MOST], True
            after = pieces[i + 1][0][:NEAR_A_MEMBER] if i + 1 < len(pieces) and len(text) <= MEMBER_AT_MOST else ""
            if after:
                yield after, False
            shown = place + min(len(text), MEMBER_AT_MOST) + len(after)
        place += len(text)
