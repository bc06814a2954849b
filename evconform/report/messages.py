"""The questionnaire's messages: what the vendor claims beside what the run saw. Which rows are about a message comes from the
law, what was exercised from the wire log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evconform.harness.campaign import Plan
from evconform.harness.clauses import messages_of
from evconform.harness.verdict import Verdict

STATES = (
    "verified",
    "verified with warnings",
    "broken",
    "not verified",
    "no law yet",
    "not claimed",
    "no such message",
    "not tested",
)
"""Verified: the run saw it complete (a CALL with its answer, a request with a success), and each row about it that was judged
holds. Broken: a row about it does not. Not verified: neither. No law yet: it is claimed, and no row that a check can see is about
it, or none but of what is refused. Not tested: it is claimed in a column that the run was not about."""


@dataclass
class Seen:
    """How often one message was complete, from either side (a CALL with its CALLRESULT, a request with a success); the frame
    of the first."""

    calls: int
    first: int


def messages(
    plan: Plan, verdicts: dict[str, Verdict], seen: dict[str, Seen], speaks: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each message of the form: claimed or not, verified or not, and by what; in one column, or in the first of the SUT."""
    law, role, form = plan.law, plan.sut.sut.role, plan.pics.form
    speaks = speaks or plan.speaks[0]
    column = form.columns.get(speaks or plan.sut.sut.speaks[0], "")
    blank, pics, tested = form.blank.get(column, ()), plan.pics_of(speaks), speaks in plan.speaks
    about: dict[str, list[str]] = {name: [] for name in form.messages}
    for row in law.requirements.values():
        if role in row.subject and not row.not_observable and row.binds(speaks):
            for name in about.keys() & set(messages_of(law, row)):
                about[name].append(row.id)
    for name in form.messages:
        claimed = bool(pics[name]) if tested else name in pics.messages.get(column, ())
        judged = {id: verdicts[id] for id in about[name] if id in verdicts and pics.claims(law.requirements[id].applies)}
        traffic = seen.get(name)
        if name in blank:
            state = "no such message"
        else:
            has_law = any(not law.requirements[id].refusal for id in about[name])
            state = state_of(list(judged.values()), traffic is not None, has_law) if tested else "not tested"
            state = state if claimed else "not claimed"
        yield (
            name,
            {
                "claimed": claimed,
                "state": state,
                "calls": traffic.calls if traffic else 0,
                "first": traffic.first if traffic else None,
                "requirements": len(about[name]),
                "judged": sum(verdict in HELD or verdict is Verdict.FAIL for verdict in judged.values()),
                "broken": [id for id, verdict in judged.items() if verdict.red],
            },
        )


HELD = (Verdict.PASS, Verdict.WARN)


def state_of(verdicts: list[Verdict], exercised: bool, has_law: bool) -> str:
    """The state of a message that is claimed."""
    if Verdict.FAIL in verdicts:
        return "broken"
    if not has_law:
        return "no law yet"
    if not exercised or not any(verdict in HELD for verdict in verdicts):
        return "not verified"
    return "verified with warnings" if Verdict.WARN in verdicts else "verified"
