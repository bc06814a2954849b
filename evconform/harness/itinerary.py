"""The order of the cases for a person at the bench, and what it asks of them.

What a case asks for is recorded: it runs once against our own product with the same PICS, embedded, which takes seconds.
Between two cases comes what the first one left to be put back (``control.PUT_BACK``). An action is *needless* where it only
puts back what the next case does again at once: the cable taken out, to be plugged in where it was. The order keeps such
borders few, and lets the cases that need no hand run in one stretch.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evconform.harness import sut
from evconform.harness.campaign import Campaign, Plan
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.control import ACTIONS, Owed, note_owed
from evconform.harness.control_file import Control
from evconform.harness.law import TestCase
from evconform.harness.plan import find_sut
from evconform.harness.sut import Endpoint
from evconform.harness.wire import Entry, WireLog

Act = tuple[str, dict[str, Any]]
SECONDS_AN_ACTION = 20.0
"""What a person takes to read, to do and to answer; an estimate."""
DOES_AGAIN = {"unplug": ("plug_in", "plug_in_halfway")}
"""What puts the bench back, to what a case may begin with that does the opposite."""


@dataclass
class Visit:
    """A case in its place. ``before``: what the case before it left to be put back; ``acts``: what it asks for itself."""

    case: TestCase
    acts: list[Act]
    seconds: float
    before: list[Act] = field(default_factory=list)

    @property
    def left(self) -> list[Act]:
        """What has to be put back after it."""
        owed: Owed = {}
        for action, parameters in self.acts:
            note_owed(owed, action, parameters)
        return [(action, parameters) for (action, _), parameters in owed.items()]

    @property
    def needless(self) -> int:
        return repeated(self.before, self.acts)

    @property
    def actions(self) -> int:
        return len(self.before) + len(self.acts)


def repeated(before: list[Act], acts: list[Act]) -> int:
    """How many actions only put back what the first act does again at once."""
    first, given = acts[0] if acts else ("", {})
    return sum(first in DOES_AGAIN.get(action, ()) and parameters == given for action, parameters in before)


def recorded(plan: Plan, cases: list[TestCase]) -> list[Visit]:
    """What each case asks of a bench, and how long it takes, as our own product with this PICS shows it."""
    loop = LabLoop()
    with tempfile.TemporaryDirectory(prefix="evconform-") as folder:
        try:
            return loop.run_until_complete(_record(twin(plan), cases, Path(folder)))
        finally:
            loop.close()


def twin(plan: Plan) -> Plan:
    """The same claims and terms, for our own product on lab time."""
    ours = sut.read(find_sut(plan.law.reference[plan.sut.sut.role][0], []))
    given = plan.sut.endpoint
    parts = {
        "control": Control.model_validate({"kind": "embedded", "party": ours.control.party}),
        "endpoint": Endpoint(identity=given.identity, password=given.password),
    }
    return replace(plan, sut=plan.sut.model_copy(update=parts))


async def _record(plan: Plan, cases: list[TestCase], folder: Path) -> list[Visit]:
    clock = Clock(asyncio.get_running_loop())
    wire = WireLog(folder / "wire.jsonl", clock)
    acts: list[Act] = []

    def notes(entry: Entry) -> None:
        if entry.mark == "act" and entry.facts["action"] in ACTIONS[plan.sut.sut.role]:  # not what our own charger is made to do
            acts.append((entry.facts["action"], entry.facts["parameters"]))

    wire.subscribe(notes)
    campaign = Campaign(plan, wire, clock)
    visits = []
    try:
        await campaign.open()
        for case in cases:
            result = await campaign.run(case)
            visits.append(Visit(case, acts.copy(), result.ended - result.began))
            acts.clear()
        await campaign.close()
    finally:
        wire.close()
    return visits


def ordered(visits: list[Visit]) -> list[Visit]:
    """The smoke cases, those that need no hand, then the others so that few borders ask for what is needless."""
    smoke = [visit for visit in visits if visit.case.smoke]
    alone = [visit for visit in visits if not visit.acts and not visit.case.smoke]
    waiting = [visit for visit in visits if visit.acts and not visit.case.smoke]
    order = smoke + alone
    while waiting:
        left = order[-1].left if order else []
        # at a clean bench one that begins with the cable; else one that does not, and rather one that leaves nothing
        best = min(waiting, key=lambda visit: (repeated(left, visit.acts), rank(visit, bool(left))))
        waiting.remove(best)
        order.append(best)
    return [replace(visit, before=order[n - 1].left if n else []) for n, visit in enumerate(order)]


def rank(visit: Visit, after_something: bool) -> int:
    """Which of several cases that fit goes first: those that are good for a border are not spent where there is none."""
    begins_with_cable = any(visit.acts[0][0] in again for again in DOES_AGAIN.values())
    return int(bool(visit.left)) if after_something else int(not begins_with_cable)


def for_a_person(plan: Plan, cases: list[TestCase]) -> list[TestCase]:
    """The cases in the order that asks least of a person."""
    return [visit.case for visit in ordered(recorded(plan, cases))] if len(cases) > 1 else cases


def lines(visits: list[Visit]) -> Iterator[str]:
    """The plan, a line a case, and what it comes to."""
    for visit in visits:
        yield f"  {visit.case.id:22} {visit.actions:2} actions  {minutes(visit):7.1f} min  {visit.case.title}"
        if visit.before:
            yield f"  {'':22} first puts back: {', '.join(in_words(act) for act in visit.before)}"
        if visit.acts:
            yield f"  {'':22} {', '.join(in_words(act) for act in visit.acts)}"
    actions, needless = sum(visit.actions for visit in visits), sum(visit.needless for visit in visits)
    by_hand = sum(bool(visit.actions) for visit in visits)
    yield f"{len(visits)} cases, {by_hand} of them with a hand: {actions} actions, about {sum(map(minutes, visits)):.0f} minutes"
    yield f"needless repetitions: {needless}, {needless / max(1, len(visits)):.2f} per case"


def minutes(visit: Visit) -> float:
    return (visit.seconds + visit.actions * SECONDS_AN_ACTION) / 60


def in_words(act: Act) -> str:
    action, parameters = act
    inner = ", ".join(str(value) for value in parameters.values())
    return f"{action}({inner})" if inner else action
