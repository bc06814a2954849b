"""A sequence diagram of a case, as a small SVG: two lifelines, an arrow a frame, what was done as a note between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from evconform.report.trace import Trace

WIDTH, LEFT, RIGHT = 400, 40, 360
TOP, STEP = 40, 19
ROWS_AT_MOST = 26
"""Rows of a diagram; a longer conversation is cut in the middle, and says so."""
EDGE = 11
"""Rows that are kept at either end."""
TEXT_AT_MOST = 52
LATER = 1.0
"""Seconds without a frame that are worth a row."""

NOTED = {
    "act": "▶ {says}",
    "not-done": "✗ this was not done",
    "script": "✎ {says}",
    "deviation": "⚠ we deviate: {why}",
    "error": "‼ error of ours: {why}",
    "not-reached": "? not reached: {why}",
    "timed-out": "✗ waited in vain",
    "contradicted": "✗ not what was expected",
    "broken": "✗ the silence was broken",
    "interrupted": "the run was interrupted",
}
"""Marks that are worth a row."""


@dataclass
class Row:
    """One row: an arrow (``by``), or a note."""

    text: str
    by: str = ""
    n: int = 0
    cited: bool = False


def rows_of(trace: Trace, cited: Container[int]) -> list[Row]:
    """What the diagram shows, uncut: up to the end of the case."""
    rows: list[Row] = []
    last = trace.result.began
    for entry in trace.entries:
        if entry.n > trace.result.end:
            break
        if entry.mark and entry.mark not in NOTED:
            continue
        if entry.t - last >= LATER:
            rows.append(Row(f"{entry.t - last:g} s later" if entry.t - last < 600 else f"{(entry.t - last) / 60:.0f} min later"))
        last = entry.t
        if entry.mark:
            rows.append(Row(NOTED[entry.mark].format_map(defaultdict(str, entry.facts)), n=entry.n))
        else:
            rows.append(Row(trace.labels[entry.n], str(entry.by), entry.n, entry.n in cited))
    return rows


def without_base_state(trace: Trace, rows: list[Row]) -> list[Row]:
    """The rows from the first thing that was done on, for each case begins in the same way; all, where one before is cited."""
    places = (step.removeprefix("[").partition("]")[0] for step in trace.result.steps)
    first = min((int(place) for place in places if place.isdecimal()), default=0)
    begun = next((i for i, row in enumerate(rows) if row.n >= first - 1), 0)  # a CALL of ours stands right before the wait
    if not begun or any(row.cited for row in rows[:begun]):
        return rows
    return [Row(f"the base state: up to frame {max(row.n for row in rows[:begun])}"), *rows[begun:]]


def cut(rows: list[Row], most: int = ROWS_AT_MOST) -> list[Row]:
    """At most about ``most`` rows: the ends, and the cited ones with their neighbours; a row says what is left out."""
    if len(rows) <= most:
        return rows
    keep = {*range(EDGE), *range(len(rows) - EDGE, len(rows))}
    for i in [i for i, row in enumerate(rows) if row.cited][:4]:
        keep |= {i - 1, i, i + 1}
    shown: list[Row] = []
    skipped = 0
    for i, row in enumerate(rows):
        if i in keep:
            if skipped:
                shown.append(Row(f"… {skipped} more, all on the page of the case …"))
            shown.append(row)
            skipped = 0
        else:
            skipped += 1
    return shown


def svg(trace: Trace, cited: Container[int], clean: Callable[[Any], Any], most: int | None = None) -> Markup:
    """The diagram; without ``most`` the short one. Its style is the page's (report.style.jinja); attributes are short, for a
    page holds thousands."""
    rows = rows_of(trace, cited)
    rows = cut(without_base_state(trace, rows), ROWS_AT_MOST) if most is None else cut(rows, most)
    height = TOP + STEP * len(rows) + 4
    texts: list[str] = []
    arrows, marked = "", ""
    for i, row in enumerate(rows):
        y = TOP + STEP * i + 12
        name = f" class={'c' if row.cited else 's' if row.by == 'sut' else 't'}" if row.by else ""
        shown = f"{row.n} {row.text}" if row.by else row.text
        shown = shown if len(shown) <= TEXT_AT_MOST else f"{shown[: TEXT_AT_MOST - 1]}…"
        texts.append(f"<text x=200 y={y - 4}{name}>{'▲ ' if row.cited else ''}{escape(clean(shown))}</text>")
        if row.by:
            line = arrow(row.by, y)
            arrows, marked = (arrows, marked + line) if row.cited else (arrows + line, marked)
    frames = sum(1 for row in rows if row.by)
    left, right = trace.lifelines
    whose = f"arrows to the right are the {left}'s" if left else "each says between whom it went"
    title = f"Sequence of {trace.result.id}: {frames} frames shown, {whose}"
    lifelines = f"<path class=l d='M{LEFT} 26V{height}M{RIGHT} 26V{height}'/>"
    heads = f"<text x={LEFT} y=18 class=h>{left}</text><text x={RIGHT} y=18 class=h>{right}</text>"
    lines = f"<path class=a d='{arrows}'/>" + (f"<path class=m d='{marked}'/>" if marked else "")
    picture = f'<svg class=seq viewBox="0 0 {WIDTH} {height}" role=img aria-label="{escape(clean(title))}">'
    return Markup(f"{picture}{heads}{lifelines}{lines}{''.join(texts)}</svg>")


def arrow(by: str, y: int) -> str:
    """The path of an arrow with its head."""
    return f"M{LEFT} {y}H{RIGHT}l-6-3m6 3-6 3" if by == "sut" else f"M{RIGHT} {y}H{LEFT}l6-3m-6 3 6 3"
