"""report.json: the model as it stands. A header with the planned cases, written before the first case, the results, and a
footer with the counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from evconform.harness.catalogue import RequirementSet
from evconform.harness.columns import Claims
from evconform.harness.form import Form
from evconform.harness.judge import CaseResult
from evconform.harness.law import Requirement
from evconform.harness.pics import Pics
from evconform.harness.verdict import Level, Verdict
from evconform.report.hostile import hostile
from evconform.report.remedy import remedy

if TYPE_CHECKING:
    from evconform.report.model import Report

SCHEMA = "evconform-report/1"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of report.json."""
    loaded: dict[str, Any] = json.loads(files("evconform.report").joinpath("report.schema.json").read_text("utf-8"))
    return loaded


def document(report: Report) -> dict[str, Any]:
    body: dict[str, Any] = {"schema": SCHEMA, "header": header(report)}
    body["cases"] = [case(report, result) for result in report.results]
    body["requirements"] = requirements(report) if report.finished else {}
    body["messages"] = report.messages if report.finished else {}
    body["claims"] = report.claims if report.finished else {}
    body["review"] = report.review
    body["identity"] = report.identity if report.finished else []
    body["chapters"] = report.chapters
    body |= where_there_is_any(report)
    body["hostile"] = hostile(report.thrown, report.results)
    if report.finished:
        body["footer"] = footer(report)
    return body


def where_there_is_any(report: Report) -> dict[str, Any]:
    """What only some protocols have: operations of modules, tables that are counted, columns, rules that may be read in
    several ways."""
    law, found = report.plan.law, {}
    if law.matrix:
        found["operations"] = report.operations if report.finished else []
    if law.coverage:
        found["coverage"] = report.coverage if report.finished else []
    if law.columns:
        found["columns"] = report.columns if report.finished else []
    if len(report.plan.speaks) > 1:
        found["side_by_side"] = report.side_by_side
    return found | ({"readings": report.readings} if law.contested else {})


def header(report: Report) -> dict[str, Any]:
    """What was known before the first case; it stands in the wire log too."""
    sut, law = report.plan.sut, report.plan.law
    columns = {speaks: told_claims(claims) for speaks, claims in report.plan.columns.items()}
    return {
        "tool": report.tool,
        "mode": report.mode,
        "began": report.began.isoformat(timespec="seconds"),
        "clock": report.clock,
        "command": report.command,
        "law": {"name": law.name, "title": law.title},
        "sut": sut.sut.model_dump(),
        "endpoint": sut.told_endpoint,
        "control": sut.control.kind,
        "pixit": sut.told_pixit,
        "pics": {
            "answers": report.plan.pics.answers,
            "assumed": list(report.plan.pics.assumed),
            "sections": report.sections,
            "messages": report.plan.pics.messages,
        },
        "faced": told_faced(report.plan.faced),
        "tolerance": report.plan.terms.tolerance,
        "hostile": report.plan.hostile,
        "opposite": report.plan.opposite,
        "policy": report.plan.policy,
        "planned": [each.id for each in report.planned],
        "not_applicable": report.not_applicable,
        "deselected": report.deselected,
        "waivers": [w.model_dump(mode="json") for w in report.waivers.values()],
        "environment": report.environment,
    } | ({"columns": columns} if columns else {})


def told_claims(claims: Claims) -> dict[str, Any]:
    """What is claimed in a column besides the first, as far as the columns differ."""
    return {"answers": claims.pics.answers, "faced": told_faced(claims.faced)}


def told_faced(faced: Mapping[str, Pics]) -> dict[str, Any]:
    return {name: {"answers": pics.answers, "sections": pics.sections} for name, pics in sorted(faced.items())}


def case(report: Report, result: CaseResult) -> dict[str, Any]:
    about = report.plan.law.cases[result.id]
    return {
        "id": result.id,
        "title": about.title,
        "oca": list(about.oca),
        "verdict": str(result.verdict),
        "standing": str(report.standing_of(result)),
        "reason": result.reason,
        "frames": [result.begin, result.end],
        "seconds": round(result.ended - result.began, 3),
        "requirements": {id: str(verdict) for id, verdict in result.requirements.items()},
        "findings": [
            {
                "requirement": f.requirement,
                "check": f.check,
                "verdict": str(f.verdict),
                "says": f.says,
                "frames": f.frames,
                "situations": f.situations,
                "margin": f.margin and round(f.margin, 3),
            }
            for f in result.findings
        ],
        "steps": result.steps,
        "attempts": [
            {"frames": [each.begin, each.end], "verdict": str(each.verdict), "reason": each.reason} for each in result.attempts
        ],
        "remedy": remedy(result.reason) if result.verdict is Verdict.INCONCLUSIVE else "",
        "reproduce": report.reproduce(result.id),
    }


def requirements(report: Report) -> dict[str, Any]:
    role = report.plan.sut.sut.role
    law, planned, why, broken = report.plan.law, {each.id for each in report.planned}, dict(report.untested), report.broken_in
    cases: dict[str, list[str]] = {}
    for each in law.cases.values():
        for id in each.verifies if each.id in planned else ():
            cases.setdefault(id, []).append(each.id)
    found = {}
    for row in law.requirements.values():
        if role in row.subject and any(row.binds(speaks) for speaks in report.plan.speaks):
            monitors = [monitor.name for monitor in law.monitors if monitor.requirement == row.id]
            gaps = [gap.words for gap in law.gaps if row.id in gap.requirements]
            checks = {"cases": cases.get(row.id, []), "monitors": monitors, "broken_in": broken.get(row.id, [])}
            found[row.id] = requirement(report, row) | checks | {"why": why.get(row.id, ""), "gaps": gaps}
    return found


def requirement(report: Report, row: Requirement) -> dict[str, Any]:
    verdict = report.requirements.get(row.id)
    status = str(verdict) if verdict is not None else "untested"
    if row.not_observable:
        status = "not observable"
    elif not report.applies(row):
        status = "not applicable"
    told: dict[str, Any] = {"clause": row.clause, "level": str(row.level), "says": row.says, "verdict": status}
    if len(report.plan.speaks) > 1:
        told["columns"] = {report.plan.law.columns[speaks]: on_column(report, row, speaks) for speaks in report.plan.speaks}
    return told


def on_column(report: Report, row: Requirement, speaks: str) -> str:
    """What a requirement came to in a column."""
    if not row.binds(speaks):
        return "does not bind"
    if row.not_observable:
        return "not observable"
    if speaks not in report.bound_to(row):
        return "not applicable"
    verdict = report.requirements_on(speaks).get(row.id)
    return "untested" if verdict is None else str(verdict)


def footer(report: Report) -> dict[str, Any]:
    return {
        "wall_seconds": round(report.wall_seconds, 3),
        "interrupted": report.interrupted,
        "resumed": report.resumed,
        "counts": report.counts,
        "sets": [
            {
                "id": each.id,
                "title": each.title,
                "verdict": str(report.set_verdict(each)),
                "counts": {str(level): report.set_counts(each, level) for level in Level},
            }
            | set_columns(report, each)
            for each in report.sets
        ],
        "sentences": report.sentences,
        "exit": int(report.exit),
    }


def set_columns(report: Report, each: RequirementSet) -> dict[str, Any]:
    """A set's verdict in each column, where the SUT speaks several."""
    if len(report.plan.speaks) < 2:
        return {}
    return {"columns": {report.plan.law.columns[s]: str(report.set_verdict(each, s)) for s in report.columns_of(each)}}


def open_sections(form: Form, sections: dict[str, Any]) -> dict[str, Any]:
    """The sections of the questionnaire as they were given, without the answers that its form calls secret."""
    found: dict[str, Any] = {}
    for name, given in sections.items():
        hidden = {item.name for item in form.sections[name].fields.values() if item.secret}
        rows = [{k: v for k, v in row.items() if k not in hidden} for row in (given if form.sections[name].many else [given])]
        found[name] = rows if form.sections[name].many else rows[0]
    return found
