"""report.html: one file that a person can decide with, and repair a red; and beside it a page a case with its whole wire log.
Every figure is the report model's; what is done here is to pick what a reader needs, and to make whatever a SUT sent safe."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evconform.harness.content import shipped
from evconform.harness.roles import spoken
from evconform.harness.verdict import Level, Verdict
from evconform.report.exchange import CITED_AT_MOST, as_lines, citations, exchanges_of, safe, words_of
from evconform.report.hostile import GROUPS, LISTED, by_action
from evconform.report.model import Report
from evconform.report.operations import by_module, counted, covered
from evconform.report.sequence import svg
from evconform.report.trace import Trace, traces

CASES = "cases"
"""The folder beside report.html with a page a case."""
ROWS_OF_A_PAGE = 400
"""Rows of the diagram on a case's own page."""
FRAMES_OF_A_PAGE = 5000
"""Entries of the wire log that a case's page shows; wire.jsonl has them all."""
STEPS_AT_MOST = 12
"""The last steps that the evidence of a case shows; the list of all cases has every one."""
UNTESTED_AT_MOST = 4
"""Of one reason; a fold holds the others."""
AT_MOST = {
    "cited_at_most": CITED_AT_MOST,
    "steps_at_most": STEPS_AT_MOST,
    "untested_at_most": UNTESTED_AT_MOST,
    "hostile_listed": LISTED,
}
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")

Page = Callable[[str, str], None]
"""Takes the name of a page below ``cases/``, and its text."""


def render(report: Report, wire_log: Path, page: Page | None = None) -> str:
    """The text of report.html; gives the page of each case to ``page`` on the way."""
    # A copy, for a Report remembers what it worked out, and it is rendered once before its first result.
    report = replace(report)
    whole = replace(report, finished=True).as_json()  # the state of every requirement, also of a run that did not end
    clean = safe(report)
    environment = environment_with(clean)
    shared = (
        {"operations": [], "coverage": [], "readings": {}, "columns": [], "side_by_side": []}
        | whole
        | {
            "report": report,
            "cases": {case["id"]: case for case in whole["cases"]},
            "page_of": {result.id: page_name(result.id) for result in report.results},
            "verdicts": [str(verdict) for verdict in Verdict],
        }
    )
    exchanges, torn = exchanges_of(report, wire_log, clean)
    diagrams: dict[str, Markup] = {}
    broken: list[str] = []
    for trace in whole_ones(report, wire_log, broken):
        cited = citations(trace.result)
        diagrams[trace.result.id] = svg(trace, cited, clean)
        if page:
            page(page_name(trace.result.id), case_page(environment, shared, trace, cited, clean))
    shown = environment.get_template("report.html.jinja").render(
        **shared,
        **tables(report, whole),
        **AT_MOST,
        exchanges=exchanges,
        diagrams=diagrams,
        torn=torn or clean(" ".join(broken)),
    )
    return shown.lstrip()


def tables(report: Report, whole: dict[str, Any]) -> dict[str, Any]:
    """What the page shows of the model, in the shape of its tables. ``whole``: the model as JSON."""
    return {
        "endpoint": {k: re.sub(r"//[^/]*@", "//…@", str(v)) for k, v in whole["header"]["endpoint"].items()},
        "case_of": {n: case for case, n in first_cases(report)},
        "not_run": not_run(report),
        "sets": list(sets(report)),
        "as_told": as_told(whole),
        "unlawed": report.claimed_without_law,
        "title_of": lambda id: title_of(report, id),
        "modules": by_module(whole.get("operations", [])),
        "counted": counted,
        "spoken": spoken,
        "changed": changed_readings(report),
        "covered": covered(whole.get("coverage", [])),
        "hostile_groups": GROUPS,
        "hostile_rows": by_action(whole["hostile"]),
    }


def environment_with(clean: Callable[[Any], Any]) -> Environment:
    strict = {"autoescape": True, "undefined": StrictUndefined, "finalize": clean, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(loader=FileSystemLoader(shipped() / "reports"), **strict)  # type: ignore[arg-type]


def whole_ones(report: Report, wire_log: Path, torn: list[str]) -> Iterator[Trace]:
    """The cases on the wire; where the log is torn they end, and ``torn`` says why."""
    try:
        yield from traces(report, wire_log)
    except (OSError, ValueError, KeyError, TypeError) as error:
        torn.append(f"{type(error).__name__}: {error}")


def case_page(
    environment: Environment, shared: dict[str, Any], trace: Trace, cited: dict[int, list[str]], clean: Callable[[Any], Any]
) -> str:
    """The page of a case: every finding, its connections, all frames and marks."""
    entries = {entry.n: entry for entry in trace.entries[:FRAMES_OF_A_PAGE]}
    return environment.get_template("case.html.jinja").render(
        **shared,
        case=shared["cases"][trace.result.id],
        connections=trace.connections,
        websocket=trace.websocket,
        diagram=svg(trace, cited, clean, ROWS_OF_A_PAGE),
        lines=as_lines(entries, trace.result.begin, cited, words_of(trace.result), clean),
        labels=trace.labels,
        more=len(trace.entries) - len(entries),
    )


def page_name(case: str) -> str:
    """The file name of a case's page, whatever its id is made of."""
    if PLAIN.fullmatch(case) and ".." not in case:
        return f"{case}.html"
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", case)[:60]
    return f"{plain}-{hashlib.sha256(case.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.html"


def first_cases(report: Report) -> Iterator[tuple[str, int]]:
    """The case in which each message was first seen, and the frame."""
    for seen in (each for column in report.sight.columns.values() for each in column.values()):
        yield from ((result.id, seen.first) for result in report.results if result.begin <= seen.first <= result.end)


def changed_readings(report: Report) -> list[str]:
    """The contested rules whose reading a policy chose otherwise than the law."""
    contested = report.plan.law.contested
    return [name for name, rule in report.readings.items() if rule["reading"] != contested[name].reading]


def as_told(whole: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The requirements, those found broken in the order in which the report tells them."""
    place = {case["id"]: n for n, case in enumerate(whole["cases"])}
    return sorted(whole["requirements"].items(), key=lambda row: place[row[1]["broken_in"][0]] if row[1]["broken_in"] else -1)


def title_of(report: Report, id: str) -> str:
    """What must hold, of a case or a requirement."""
    law = report.plan.law
    return law.requirements[id].says if id in law.requirements else law.case(id).title


def not_run(report: Report) -> dict[str, tuple[str, str]]:
    """Every case of the role without a result, on the columns of the SUT: its state, and why."""
    why = dict(reversed(report.untested))
    state = dict.fromkeys(report.not_applicable, "not applicable") | dict.fromkeys(report.deselected, "deselected")
    ran = {result.id for result in report.results}
    plan, role = report.plan, report.plan.sut.sut.role
    cases = [case for speaks in plan.speaks for case in plan.law.cases_for(role, speaks)]
    cases += [case for case in plan.law.absent if case.role == role and case.speaks in plan.speaks]
    return {c.id: (state.get(c.id, "not run"), why.get(c.id, "")) for c in cases if c.id not in ran}


def sets(report: Report) -> Iterator[dict[str, Any]]:
    for each in report.sets:
        counts = {level: report.set_counts(each, level) for level in Level}
        yield {
            "title": each.title,
            "verdict": str(report.set_verdict(each)),
            "rows": [(level, by_verdict, sum(by_verdict.values())) for level, by_verdict in counts.items() if by_verdict],
            "members": len(report.members(each)),
            "size": len(each.requirements),
        }
