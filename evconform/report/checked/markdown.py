"""A check as Markdown, to paste into an issue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evconform.report.checked.model import sentences, words_for
from evconform.report.checked.terminal import cut, lacking, on_a_line
from evconform.report.checked.terminal import plain as one_line
from evconform.report.markdown import SYMBOLS
from evconform.report.markdown import plain as escaped

DATA_AT_MOST = 400
FINDINGS_AT_MOST = 50


def plain(text: Any) -> str:
    return escaped(one_line(text), str)


def lines(check: dict[str, Any]) -> Iterator[str]:
    yield from (f"# {plain(check['law']['title'])}: check of a log", "")
    if check["interrupted"]:
        yield from ("> **INTERRUPTED**: what follows is what was seen until then.", "")
    for sentence in sentences(check):
        yield f"- {plain(sentence)}"
    for error in check["errors"]:
        yield f"- ‼ an error of evconform: {plain(error)}"
    for log in check["logs"]:
        unread = f", {log['unread']:,} places could not be read" if log["unread"] else ""
        yield f"- {plain(log['name'])}: {plain(log['format'])}; {log['messages']:,} messages{unread}"
    for station in check["stations"]:
        yield f"- {plain(station['name'])}: {plain(station['product'] or 'names no product')}"
    yield ""
    for finding in check["findings"][:FINDINGS_AT_MOST]:
        yield from told(finding)
    if len(check["findings"]) > FINDINGS_AT_MOST:
        yield from (f"… and {len(check['findings']) - FINDINGS_AT_MOST} more.", "")
    missing = lacking(check)
    if missing:
        yield from ("<details><summary>What could not be judged, for want of what</summary>", "")
        yield from (f"- {plain(what)}: {', '.join(rules)}" for what, rules in missing.items())
        yield from ("", "</details>", "")
    yield f"As checked with {check['tool']['name']} {check['tool']['version']}."


def told(finding: dict[str, Any]) -> Iterator[str]:
    head = f"## {SYMBOLS[finding['verdict']]} {finding['requirement']}: {plain(finding['says'])}"
    yield from (head, "")
    who = f"by the {finding['role'].replace('-', ' ')}, {words_for(finding['count'])}"
    yield from (f"{finding['verdict']} ({finding['level']}), {plain(finding['clause'])}; {plain(finding['station'])}, {who}.", "")
    for example in finding["seen"][:1]:
        yield from (f"Seen: {plain(example['says'])}.", "")
        rows = [f"{one_line(f['place'])}: {cut(on_a_line(f['data']), DATA_AT_MOST)}" for f in example["frames"]]
        fence = "`" * max(3, 1 + max((len(run) for row in rows for run in re.findall("`+", row)), default=0))
        yield from (f"{fence}text", *rows, fence, "")
    others = [example["frames"][-1]["place"] for example in finding["seen"][1:]]
    if others:
        more = " …" if finding["count"] > len(finding["seen"]) else ""
        yield from (f"Also: {', '.join(map(plain, others))}{more}", "")


def render(check: dict[str, Any]) -> str:
    return "\n".join(lines(check)) + "\n"
