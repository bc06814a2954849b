"""What a run came to in each column: the matrix of the questionnaire, column by column, and the cases side by side.

A column that was not tested stands there too, with the reason: the form may tick what the SUT file does not name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from evconform.harness.law import TestCase
from evconform.harness.plan import nothing_ticked
from evconform.harness.verdict import Verdict, worst
from evconform.report.claims import profile

if TYPE_CHECKING:
    from evconform.harness.catalogue import RequirementSet
    from evconform.report.model import Report

NOT_THERE = "not applicable"
SAYS_NOTHING = (Verdict.INCONCLUSIVE, Verdict.ERROR)
"""Verdicts that say nothing of the product."""
DESELECTED, NOT_RUN = "deselected", "not run"


def columns(report: Report) -> list[dict[str, Any]]:
    """Each column of the law: whether it was tested, and what the messages of the form came to in it. None where a law has
    one only."""
    return [column(report, speaks) for speaks in report.plan.law.columns]


def column(report: Report, speaks: str) -> dict[str, Any]:
    plan, form = report.plan, report.plan.pics.form
    name = form.columns.get(speaks, speaks)
    rows = report.messages_on(speaks)
    results = [result for result in report.results if plan.law.cases[result.id].speaks == speaks]
    words = {str(verdict): sum(result.verdict is verdict for result in results) for verdict in Verdict}
    return {
        "speaks": speaks,
        "word": plan.law.columns[speaks],
        "column": name,
        "untested": why_untested(report, speaks),
        "cases": {word: count for word, count in words.items() if count},
        "profiles": {each: profile_state(report, speaks, each, rows) for each in form.profiles},
        "messages": rows,
    }


def why_untested(report: Report, speaks: str) -> str:
    """Why nothing of a column was tested; empty if something was, or was to be."""
    plan = report.plan
    if speaks in plan.speaks:
        said = (result for result in report.results if plan.law.cases[result.id].speaks == speaks)
        if speaks in report.unreached and all(result.verdict in SAYS_NOTHING for result in said):
            return report.unreached[speaks]
        return "" if plan.ticks(speaks) else nothing_ticked(plan, speaks)
    ticked = plan.pics.messages.get(plan.pics.form.columns.get(speaks, ""), [])
    return "the SUT file does not name it under speaks" if ticked else nothing_ticked(plan, speaks)


def profile_state(report: Report, speaks: str, name: str, rows: dict[str, dict[str, Any]]) -> str:
    pics = report.plan.pics_of(speaks)
    tested = speaks in report.plan.speaks
    return str(profile(name, pics.form.profiles[name], pics, rows)["state"]) if tested else "not tested"


def side_by_side(report: Report) -> Iterator[dict[str, Any]]:
    """Each case of the role, and what it came to in each column that the SUT speaks; nothing where that is one only."""
    plan = report.plan
    spoken = plan.speaks
    if len(spoken) < 2:
        return
    role, law = plan.sut.sut.role, plan.law
    variants: dict[str, dict[str, TestCase]] = {}
    for case in (*law.cases_for(role), *(each for each in law.absent if each.role == role)):
        if case.speaks in spoken:
            variants.setdefault(case.declared, {})[case.speaks] = case
    came_to = {result.id: str(result.verdict) for result in report.results}
    came_to |= dict.fromkeys(report.not_applicable, NOT_THERE) | dict.fromkeys(report.deselected, DESELECTED)
    for declared, cases in variants.items():
        title = next(iter(cases.values())).title
        cells = {
            law.columns[speaks]: {
                "id": case.id,
                "verdict": came_to.get(case.id, NOT_RUN),
                "why": report.not_applicable.get(case.id, ""),
            }
            for speaks, case in ((speaks, cases[speaks]) for speaks in spoken if speaks in cases)
        }
        yield {"case": declared, "title": title, "columns": cells, "differs": differs(cells)}


def differs(cells: dict[str, dict[str, str]]) -> bool:
    """Whether a case came to more than one verdict, in the columns in which it ran."""
    return len({cell["verdict"] for cell in cells.values() if cell["verdict"] not in (NOT_THERE, DESELECTED, NOT_RUN)}) > 1


def sentence(report: Report, each: RequirementSet, says: dict[Verdict, str]) -> str:
    """What a run says of a requirement set: one phrase, or one for each verdict where columns differ."""
    product = f"{report.plan.sut.sut.product} {report.plan.sut.sut.version}"
    by: dict[Verdict, list[str]] = {}
    for speaks in report.columns_of(each):
        by.setdefault(report.set_verdict(each, speaks), []).append(report.plan.law.columns.get(speaks, ""))
    if sum(map(len, by.values())) < 2:
        return f"{product} {says[report.set_verdict(each)]} {each.title}."
    phrases = [f"{says[verdict]} {each.title} over {' and '.join(words)}" for verdict, words in sorted(by.items())]
    return f"{product} {', and '.join(phrases)}."


def worst_of(found: list[Verdict | None]) -> Verdict:
    """Of a requirement in several columns: where nothing was seen of it, nothing is known."""
    return worst(Verdict.INCONCLUSIVE if verdict is None else verdict for verdict in found)
