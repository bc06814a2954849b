"""A difference on the terminal, as Markdown and as a page, over what it says as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evconform.report.checked.html import environment
from evconform.report.checked.markdown import plain as escaped
from evconform.report.checked.terminal import cut, plain
from evconform.report.difference.model import TITLES


def head(difference: dict[str, Any]) -> Iterator[str]:
    """What is compared, and how much changed."""
    for name in ("a", "b"):
        side = difference[name]
        yield f"{name.upper()}: {side['name']} ({side['kind']} of {side['product']})"
    counts = [f"{n} {part}" for part, n in difference["counts"].items() if n]
    yield ", ".join(counts) if counts else "Nothing changed."


def on_terminal(difference: dict[str, Any]) -> Iterator[str]:
    yield from map(plain, head(difference))
    for part, title in TITLES.items():
        rows = difference["changes"][part]
        if rows:
            yield f"{title}:"
        for row in rows:
            yield f"  {row['id']} ({row['about'].replace('-', ' ')}): {row['before']} → {row['after']}; {cut(plain(row['says']))}"
            if row["seen"]:
                yield f"    {cut(plain(row['seen']))}"


def as_markdown(difference: dict[str, Any]) -> str:
    lines = ["# What changed", "", *(f"- {escaped(line)}" for line in head(difference)), ""]
    for part, title in TITLES.items():
        rows = difference["changes"][part]
        if not rows:
            continue
        lines += [f"## {title}", "", "| what | about | before | after | says |", "|---|---|---|---|---|"]
        for row in rows:
            says = f"{row['says']} Seen: {row['seen']}" if row["seen"] else row["says"]
            cells = [row["id"], row["about"].replace("-", " "), row["before"], row["after"], says]
            lines.append(f"| {' | '.join(map(escaped, cells))} |")
        lines.append("")
    return "\n".join(lines) + "\n"


def as_html(difference: dict[str, Any]) -> str:
    page = environment(Path(__file__).parent).get_template("diff.html.jinja")
    return page.render(difference=difference, head=list(head(difference)), titles=TITLES)
