"""A check on the terminal: what was read, what was found, what could not be judged and for want of what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.report.checked.model import sentences, words_for
from evconform.report.exchange import UNSAFE, visible
from evconform.report.xml_text import essence, is_xml

WIDTH = 160
PLACES = 3


def plain(text: Any) -> str:
    """The text on one line, without what a terminal would obey."""
    return UNSAFE.sub(lambda found: visible(ord(found[0])), " ".join(str(text).split()))


def cut(text: str, width: int = WIDTH) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def on_a_line(data: str) -> str:
    """A message on one line; of a SOAP envelope what its body holds."""
    return plain(essence(data) if is_xml(data) else data)


def lines(check: dict[str, Any]) -> Iterator[str]:
    for log in check["logs"]:
        yield from read(log)
    for station in check["stations"]:
        known = f": {plain(station['product'])}" if station["product"] else ""
        yield f"  {plain(station['name'])}{known} ({station['messages']:,} messages)"
    for finding in check["findings"]:
        yield ""
        yield from told(finding)
    yield ""
    for error in check["errors"]:
        yield f"ERROR of ours: {plain(error)}"
    if check["interrupted"]:
        yield "INTERRUPTED: what follows is what was seen until then."
    yield from sentences(check)
    for what, rules in lacking(check).items():
        yield f"  lacking {what}: {', '.join(rules[:6])}{f' and {len(rules) - 6} more' if len(rules) > 6 else ''}"


def read(log: dict[str, Any]) -> Iterator[str]:
    yield f"{plain(log['name'])}: {log['format']}; {log['lines']:,} lines, {log['messages']:,} messages"
    if log["unread"]:
        places = [", ".join(f"{k} {v}" if k != "why" else str(v) for k, v in place.items()) for place in log["unread_places"]]
        more = f" … and {log['unread'] - PLACES:,} more" if log["unread"] > PLACES else ""
        yield f"  {log['unread']:,} places could not be read: {'; '.join(places[:PLACES])}{more}"
    notes = {
        "not_utf8": "lines are no UTF-8 and were read as Latin 1",
        "cut_lines": "lines are too long and were cut",
        "clock_went_back": "times the clock of the log went back; what follows is judged anew",
    }
    yield from (f"  {log[name]:,} {words}" for name, words in notes.items() if log[name])


def told(finding: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{finding['verdict'].upper()} {finding['requirement']} ({plain(finding['clause'])}), {plain(finding['station'])}, "
        f"{words_for(finding['count'])} by the {finding['role'].replace('-', ' ')}"
    )
    yield f"  {plain(finding['says'])}"
    for example in finding["seen"][:1]:
        yield f"  seen: {cut(plain(example['says']))}"
        for frame in example["frames"]:
            yield f"    {plain(frame['place'])}: {cut(on_a_line(frame['data']))}"
    if len(finding["seen"]) > 1:
        yield f"  also: {', '.join(plain(example['frames'][-1]['place']) for example in finding['seen'][1:])}" + (
            " …" if finding["count"] > len(finding["seen"]) else ""
        )


def lacking(check: dict[str, Any]) -> dict[str, list[str]]:
    """What is lacking, to the requirements that say nothing for want of it."""
    found: dict[str, list[str]] = {}
    for rule in check["rules"]:
        if rule["state"] in ("lacks context", "inconclusive"):
            for row in rule["lacks"]:
                if rule["requirement"] not in found.setdefault(row["what"], []):
                    found[row["what"]].append(rule["requirement"])
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))
