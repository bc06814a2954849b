"""badges/<set>.svg: a badge for each requirement set. It loads nothing, and says in words what its colour says."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from evconform.harness.verdict import Verdict
from evconform.report.exchange import safe
from evconform.report.html import page_name
from evconform.report.model import Report

FOLDER = "badges"
SAYS = {
    Verdict.PASS: ("✓ conforms", "#0b6b4f"),
    Verdict.WARN: ("! conforms, with warnings", "#7a4b00"),
    Verdict.INCONCLUSIVE: ("? not shown to conform", "#57606a"),
    Verdict.FAIL: ("✗ does not conform", "#b3261e"),
    Verdict.ERROR: ("‼ error of the tester", "#8a1163"),
}
"""Verdict of a set to the words of its badge, and their ground; white on each of them has a contrast of 4.5 or more."""
WIDE, NARROW = 6.7, 4.0
"""Pixels of a character at 11 px; ``textLength`` makes it so whatever the font is."""


def badges(report: Report) -> Iterator[tuple[str, str]]:
    """File name and SVG of each set."""
    clean = safe(report)
    for each, sentence in zip(report.sets, report.sentences, strict=True):
        words, colour = SAYS[report.set_verdict(each)]
        told = f"{sentence} As tested by evconform {report.tool['version']} on {report.today.isoformat()}."
        yield f"{page_name(each.id).removesuffix('.html')}.svg", svg(clean(each.title), words, colour, clean(told))


def svg(label: str, words: str, colour: str, sentence: str) -> str:
    left, right = width(label), width(words)
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", width=f"{left + right:g}", height="20", role="img")
    root.set("aria-label", f"{label}: {words}")
    ET.SubElement(root, "title").text = sentence
    for x, wide, fill in ((0.0, left, "#333a42"), (left, right, colour)):
        ET.SubElement(root, "rect", x=f"{x:g}", width=f"{wide:g}", height="20", fill=fill)
    group = ET.SubElement(root, "g", fill="#fff")
    group.set("font-family", "Verdana,DejaVu Sans,sans-serif")
    group.set("font-size", "11")
    for x, wide, text in ((6.0, left, label), (left + 6, right, words)):
        ET.SubElement(group, "text", x=f"{x:g}", y="14", textLength=f"{wide - 12:g}").text = text
    return ET.tostring(root, "unicode") + "\n"


def width(text: str) -> float:
    """How wide a half of the badge is."""
    return round(12 + sum(NARROW if c in " .,-:;'iIjl|1!" else WIDE for c in text), 1)
