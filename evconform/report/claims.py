"""The questionnaire, claimed beside verified: its feature profiles, its sections, its supplementary items. (Its messages:
``messages.py``.) Which rows are about a claim comes from the law."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from evconform.harness.campaign import Plan
from evconform.harness.form import Form, Section
from evconform.harness.law import Requirement
from evconform.harness.pics import Pics, names_in
from evconform.harness.review import review
from evconform.harness.verdict import Verdict
from evconform.report.messages import HELD, state_of

CLAUSE = "PICS, "
"""How the clause of a row about the questionnaire itself begins; the title of a section follows."""


def claims(plan: Plan, verdicts: dict[str, Verdict], messages: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``kind:name`` of each profile, section and supplementary item to what the run says about it."""
    form, role = plan.pics.form, plan.sut.sut.role
    rows = [row for row in plan.law.requirements.values() if role in row.subject and not row.not_observable]
    for name, members in form.profiles.items():
        yield f"profile:{name}", profile(name, members, plan.pics, messages)
    for part in form.sections.values():
        if part.name in plan.pics.sections:
            yield f"section:{part.name}", claim(plan, about_section(form, part, rows), verdicts)
    for name in form.supplementary:
        yield f"item:{name}", claim(plan, [row for row in rows if name in names_in(row.applies)], verdicts)


def claim(plan: Plan, about: list[Requirement], verdicts: dict[str, Verdict]) -> dict[str, Any]:
    """The state of a claim, by the rows about it that apply."""
    apply = [row.id for row in about if plan.pics.claims(row.applies)]
    judged = {id: verdicts[id] for id in apply if id in verdicts}
    return {
        "state": state_of(list(judged.values()), True, bool(apply)) if about else "no law yet",
        "requirements": apply,
        "judged": sum(verdict in HELD or verdict is Verdict.FAIL for verdict in judged.values()),
        "broken": [id for id, verdict in judged.items() if verdict.red],
    }


PROFILE_STATES = ("broken", "not verified", "no law yet", "verified with warnings", "verified")
"""The worst of its messages first: that is the state of a profile."""


def profile(name: str, members: tuple[str, ...], pics: Pics, messages: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The state of a feature profile: the worst of its messages."""
    rows = [messages[member] for member in members]
    states = {row["state"] for row in rows}
    worst = next((state for state in PROFILE_STATES if state in states), "not claimed")
    return {
        "state": worst if pics[name] else "not claimed",
        "requirements": [],
        "judged": sum(row["judged"] for row in rows),
        "broken": sorted({id for row in rows for id in row["broken"]}),
    }


def about_section(form: Form, part: Section, rows: list[Requirement]) -> list[Requirement]:
    """The rows about a section of the form: by the clause, or because an answer of it makes them apply."""
    derived = {name for name, each in form.derived.items() if each["section"] == part.name}
    return [row for row in rows if part is section_of(row.clause, form) or derived & names_in(row.applies)]


def section_of(clause: str, form: Form) -> Section | None:
    """The section that a clause of the questionnaire names."""
    if not clause.startswith(CLAUSE):
        return None
    title = letters(clause.removeprefix(CLAUSE).split(";")[0].split(":")[0])
    return next((each for each in form.sections.values() if title and letters(each.title).startswith(title)), None)


def letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def findings(plan: Plan, sections: dict[str, Any]) -> list[dict[str, str]]:
    """The review of the questionnaire, without the answers that the form calls secret."""
    found = review(plan.law, replace(plan.pics, sections=sections))
    return [{"item": each.item, "clause": each.clause, "says": each.says} for each in found]
