"""report.pdf: what one hands to a customer, and files for ten years (PDF/A-2a, PDF/UA-1). Every figure is the report model's;
what is done here is to shorten, and to make whatever a SUT sent printable. The pictures of the pages: reports/report.typ.

Every case stands in it with what was done and a diagram; the frames of those that passed are on the pages beside report.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import typst

from evconform.harness.content import shipped
from evconform.harness.roles import spoken
from evconform.harness.verdict import Level, Verdict
from evconform.report.exchange import Line, exchanges_of, hides_secrets
from evconform.report.html import as_told, title_of
from evconform.report.model import Report
from evconform.report.pdf_cases import all_cases, pasteable, split
from evconform.report.pdf_form import questionnaire, side_by_side
from evconform.report.pdf_hostile import hostile_messages
from evconform.report.pdf_modules import modules, readings, tables
from evconform.report.pdf_text import printable, shortened_in_lines

STEPS_AT_MOST = 12
"""The last ones, for there it went wrong."""
FINDINGS_AT_MOST = 4
"""Shown of one requirement in one case; the page of the case in report.html has them all."""
FRAMES_AT_MOST = {"inconclusive": 3}
"""Shown of one case, by its verdict, and else six: the cited ones first, then their neighbours."""
CASES_AT_MOST = 3
"""Named beside a requirement."""
MARKS = {
    "kept": "the silence was kept",
    "broken": "the silence was broken",
    "timed-out": "what was waited for did not come",
    "case-begin": "the case begins",
    "case-end": "the case ends",
}
"""What a mark says that is no step of a case."""
UNTESTED_AT_MOST = 4
"""Of one reason; report.html has them all."""
PLAIN_AT_MOST, MARKED_AT_MOST, PIECES_AT_MOST = 260, 240, 24
"""Characters shown of a piece of a frame that is not marked, and of one that is; pieces of a frame."""


def render(report: Report, wire_log: Path) -> bytes:
    """The PDF; the same bytes for the same report."""
    facts = json.dumps(document(report, wire_log), ensure_ascii=False)
    # Nothing of a report is part of the source, so there is nothing to escape: Typst reads it as strings.
    compiler = typst.Compiler((shipped() / "reports" / "report.typ").read_bytes(), ignore_system_fonts=True)
    pdf = compiler.compile(
        format="pdf", sys_inputs={"report": facts}, pdf_standards=["a-2a", "ua-1"], timestamp=int(report.began.timestamp())
    )
    assert isinstance(pdf, bytes)
    return pdf


def document(report: Report, wire_log: Path) -> dict[str, Any]:
    """What the pages show, as texts that the embedded fonts can show."""
    report = replace(report)  # a copy, for a Report remembers what it worked out
    whole = replace(report, finished=True).as_json()  # the state of every requirement, also of a run that did not end
    exchanges, torn = exchanges_of(report, wire_log, hides_secrets(report))
    found: dict[str, Any] = {
        "product": f"{report.plan.sut.sut.product} {report.plan.sut.sut.version}",
        "law": report.plan.law.title,
        "incomplete": incomplete(report),
        "sentences": [list(pair) for pair in zip(map(str, map(report.set_verdict, report.sets)), report.sentences, strict=True)],
        "head": head(report, whole["header"]),
        "untested": untested(report),
        "unlawed": report.claimed_without_law,
        "modules": modules(report),
        "readings": readings(report),
        "tables": tables(report),
        "sets": [set_table(report, each) for each in report.sets],
        "words": [*map(str, Verdict), "untested"],
        "counts": report.counts,
        "chapters": chapters(whole, exchanges, torn),
        "waivers": waivers(report),
        "questionnaire": questionnaire(report, whole),
        "beside": side_by_side(whole),
        "hostile": hostile_messages(whole),
        "cases": list(all_cases(report, whole["cases"], wire_log)),
        "requirements": [requirement(id, row) for id, row in whole["requirements"].items()],
        "identity": whole["identity"],
        "colophon": colophon(report, whole["header"]),
    }
    return printable(found, hides_secrets(report))  # type: ignore[no-any-return]


def incomplete(report: Report) -> str:
    if report.finished and not report.interrupted:
        return ""
    return report.interrupted or "The run has not ended, or was killed"


def head(report: Report, header: dict[str, Any]) -> list[tuple[str, str]]:
    """Date, who, what: in the order in which one asks."""
    sut, tool = report.plan.sut.sut, header["tool"]
    edition = f", edition {digest[:12]}" if (digest := header["environment"].get("suites")) else ""
    mode = (
        "certification: every applicable case; waivers are printed and not honoured"
        if report.mode == "certify"
        else "gate: waivers are honoured"
    )
    clock = ": both ends in one process, waits take no real time" if report.clock == "lab" else ""
    rows = [
        ("Date", report.began.strftime("%d %B %Y, %H:%M:%S %Z")),
        ("Tested by", sut.tested_by or "not named"),
        ("Tested with", f"{tool['name']} {tool['version']}, suite {header['law']['title']}{edition}"),
        ("Kind of run", mode),
        ("Product", f"{sut.product}, version {sut.version}"),
        ("Role", f"{spoken(sut.role)}, speaking {', '.join(sut.speaks)}"),
        ("Clock", f"{report.clock} time{clock}"),
        *([("Resumed", f"The run was {report.resumptions}")] if report.resumed else []),
        ("Outcome", f"{report.exit.name.replace('_', ' ').lower()} (exit code {report.exit.value})"),
    ]
    return rows


def untested(report: Report) -> list[dict[str, Any]]:
    """Why, and what: those with one reason together."""
    rows = sorted(report.untested, key=lambda row: row[1])
    groups = [(why, sorted({id for id, _ in group})) for why, group in groupby(rows, key=lambda row: row[1])]
    return [
        {
            "why": f"{why[:1].upper()}{why[1:]}",
            "rows": [{"id": id, "title": title_of(report, id)} for id in ids[:UNTESTED_AT_MOST]],
            "more": max(0, len(ids) - UNTESTED_AT_MOST),
        }
        for why, ids in groups
    ]


def set_table(report: Report, each: Any) -> dict[str, Any]:
    counts = {level: report.set_counts(each, level) for level in Level}
    return {
        "title": each.title,
        "verdict": str(report.set_verdict(each)),
        "rows": [{"level": str(level), "counts": n, "of": sum(n.values())} for level, n in counts.items() if n],
        "members": len(report.members(each)),
        "size": len(each.requirements),
    }


def waivers(report: Report) -> list[dict[str, Any]]:
    rows = [waiver.model_dump(mode="json") for waiver in report.waivers.values()]
    return [{name: str(value) for name, value in row.items()} for row in rows]


def requirement(id: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the list of all requirements: what tests it, or why nothing can."""
    named, more = row["cases"][:CASES_AT_MOST], len(row["cases"]) - CASES_AT_MOST
    by = [*named, *([f"and {more} more"] if more > 0 else []), *([] if named else row["monitors"][:1])]
    by += [row["why"]] if row["why"] else []
    return {"id": id, "by": by, **{name: row[name] for name in ("verdict", "level", "clause", "says")}}


def colophon(report: Report, header: dict[str, Any]) -> list[tuple[str, str]]:
    environment, sut = header["environment"], report.plan.sut
    packages = ", ".join(f"{name} {version}" for name, version in environment["packages"].items())
    pixit = ", ".join(f"{k.replace('_', ' ')} {v}{' s' if isinstance(v, float) else ''}" for k, v in header["pixit"].items())
    endpoint = [f"{k} {re.sub(r'//[^/]*@', '//…@', str(v))}" for k, v in header["endpoint"].items()]
    endpoint += ["with a password, not shown"] if sut.endpoint.password else []
    changed = ", and the checkout was changed since" if environment.get("changed") else ""
    took = f"{report.wall_seconds:.1f} s of wall time" if report.finished else "not known: the run did not end"
    rows = [
        ("Tool", f"{header['tool']['name']} {header['tool']['version']}"),
        ("Commit", f"{environment['commit']}{changed}" if environment.get("commit") else ""),
        ("Wheel", environment.get("wheel", "")),
        ("Suite", f"{header['law']['title']} ({header['law']['name']}), digest {environment.get('suites') or 'not known'}"),
        ("Command", header["command"]),
        ("Began", header["began"]),
        ("Took", took),
        ("Environment", f"Python {environment['python']}, {environment['system']}; {packages}"),
        ("Control", header["control"]),
        ("Endpoint", ", ".join(endpoint)),
        ("PIXIT", f"{pixit}; time rules were judged with a tolerance of {header['tolerance']} s"),
    ]
    return [(name, text) for name, text in rows if text]


# ── a case that did not pass: half a page ──


def chapters(whole: dict[str, Any], exchanges: dict[str, list[Line]], torn: str) -> dict[str, Any]:
    """Verdict to the requirements found broken, the cases told at length, and those that show nothing but what is told
    elsewhere."""
    rows = whole["requirements"]
    lost = [lost_row(id, row) for id, row in as_told(whole) if row["broken_in"]]
    found: dict[str, Any] = {}
    for word in ("fail", "error", "inconclusive", "warn"):
        cases = [case for case in whole["cases"] if case["verdict"] == word]
        blocks = [block(case, rows, exchanges.get(case["id"], []), torn) for case in cases]
        told = [each for each in blocks if each["told"] or word in ("error", "inconclusive")]
        rest = [each for each in blocks if each not in told]
        part = [each for each in lost if word == ("fail" if each["level"] == "must" else "warn")]
        found[word] = {"lost": part, "told": told, "rest": rest, "cases": len(cases)}
    return found


def lost_row(id: str, row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("level", "clause", "says")}
    return {"id": id, **shown, "at": row["broken_in"][0], "cases": len(row["broken_in"])}


def block(case: dict[str, Any], rows: dict[str, Any], lines: list[Line], torn: str) -> dict[str, Any]:
    """A case that did not pass. A requirement is told once, in the case that shows it best."""
    reds = [f for f in case["findings"] if f["verdict"] in ("fail", "warn")]
    ids = list(dict.fromkeys(f["requirement"] for f in reds))
    here = [id for id in ids if rows[id]["broken_in"][0] == case["id"]]
    shown = {name: case[name] for name in ("id", "verdict", "title", "oca", "standing", "remedy")}
    compact = case["verdict"] == "inconclusive"
    steps = [] if compact else case["steps"]
    more = len(steps) - STEPS_AT_MOST
    return shown | {
        "reason": case["reason"] if case["verdict"] in ("error", "inconclusive") else "",
        "told": [broken(id, rows[id], [f for f in reds if f["requirement"] == id]) for id in here],
        "elsewhere": [{"id": id, "at": rows[id]["broken_in"][0]} for id in ids if id not in here],
        "open": [{"id": id, "says": rows[id]["says"]} for id, word in case["requirements"].items() if word == "inconclusive"],
        "compact": compact,
        "steps": [*([("", f"… {more} before")] if more > 0 else []), *map(split, steps[-STEPS_AT_MOST:])],
        "reproduce": pasteable(case["reproduce"]),
        "span": case["frames"],
        "frames": list(frames(lines, FRAMES_AT_MOST.get(case["verdict"], 6), case["steps"])),
        "torn": torn,
    }


def broken(id: str, row: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    """A requirement that does not hold."""
    seen = [{"says": f["says"], "frames": f["frames"][:8], "check": f["check"]} for f in found[:FINDINGS_AT_MOST]]
    gaps = [f"{gap['where']}: {gap['unclear']} {gap['does']}" for gap in row["gaps"]]
    told = {"level": row["level"], "clause": row["clause"], "says": row["says"], "gaps": gaps}
    return {"id": id, "verdict": found[0]["verdict"], "seen": seen, "more": len(found) - len(seen), **told}


def frames(lines: list[Line], most: int, steps: list[str]) -> Iterator[dict[str, Any]]:
    """The frames to show, and what is cited of the marks; with how many lines stand between."""
    lines = [line for line in lines if not line.entry.mark or line.cited is not None]
    cited = [i for i, line in enumerate(lines) if line.cited is not None] or [len(lines) - 1]
    near = dict.fromkeys(i + d for d in (0, -1, 1, -2, 2) for i in cited if 0 <= i + d < len(lines))
    before = 0
    for i in sorted(list(near)[:most]):
        line, entry = lines[i], lines[i].entry
        done = next((step for step in steps if step.startswith(f"[{entry.n}] ")), MARKS.get(entry.mark, entry.mark))
        yield {
            "n": entry.n,
            "t": f"{entry.t:.3f} s",
            "by": entry.by or "",
            "kind": done.removeprefix(f"[{entry.n}] ") if entry.mark else entry.kind,
            "conn": entry.conn,
            "notes": [] if entry.mark else line.notes,
            "cited": line.cited,
            "absent": line.absent,
            "skipped": entry.n - before - 1 if before else 0,
            "pieces": [] if entry.mark else list(pieces(line)),
        }
        before = entry.n


def pieces(line: Line) -> Iterator[tuple[str, bool]]:
    """A frame's text, shortened between what is marked."""
    for text, is_marked in line.text[:PIECES_AT_MOST]:
        yield shortened_in_lines(text.replace("\r\n", "\n"), MARKED_AT_MOST if is_marked else PLAIN_AT_MOST), is_marked
    if len(line.text) > PIECES_AT_MOST:
        yield " …", False
