"""What a run asks of a person at the bench: each case with its actions, and what has to be put back before it.

What a case asks for is recorded: it runs once against our own product with the same PICS, embedded, which takes seconds.
Between two cases comes what the first one left to be put back (``actions.PUT_BACK``). An action is *needless* where it only
puts back what the next case does again before anything else: the cable taken out, to be plugged in where it was.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from evconform.harness import sut
from evconform.harness.actions import ACTIONS, PUT_BACK
from evconform.harness.campaign import Campaign, Plan
from evconform.harness.clock import Clock, LabLoop
from evconform.harness.control import Owed, note_owed
from evconform.harness.control_file import Control
from evconform.harness.law import TestCase
from evconform.harness.plan import find_sut
from evconform.harness.sut import Endpoint
from evconform.harness.verdict import Verdict
from evconform.harness.wire import Entry, WireLog

Act = tuple[str, dict[str, Any]]
PUTS_BACK = list(PUT_BACK.values())


@dataclass
class Visit:
    """A case in its place. ``before``: what the case before it left to be put back; ``acts``: what it asks for itself."""

    case: TestCase
    acts: list[Act]
    seconds: float
    """What it takes besides what a person takes."""
    at: list[float] = field(default_factory=list)
    """Seconds from its begin to each of its acts."""
    before: list[Act] = field(default_factory=list)
    section: str = ""
    """What is in hand where it has its place."""
    column: str = ""
    """The word of its column, where the cases of several are taken one after the other."""
    open_end: str = ""
    """Why our own product did not go through with it, so that it may ask for more."""

    @property
    def left(self) -> list[Act]:
        """What has to be put back after it, in the order in which a bench is put back."""
        owed: Owed = {}
        for action, parameters in self.acts:
            note_owed(owed, action, parameters)
        return sorted(((action, parameters) for (action, _), parameters in owed.items()), key=lambda act: PUTS_BACK.index(act[0]))

    @property
    def needless(self) -> int:
        return repeated(self.before, self.acts)

    @property
    def actions(self) -> int:
        return len(self.before) + len(self.acts)

    @property
    def gaps(self) -> list[float]:
        """Seconds from its begin to its first act, from one act to the next, and from the last one to its end."""
        return [until - since for since, until in pairwise((0.0, *self.at, self.seconds))]


def repeated(before: list[Act], acts: list[Act]) -> int:
    """How many actions only put back what a case does again before anything else."""
    back = [(action, parameters) for action, parameters in before]
    for action, parameters in acts:
        undone = (PUT_BACK.get(action, ""), parameters)
        if undone not in back:
            break
        back.remove(undone)
    return len(before) - len(back)


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
        "endpoint": Endpoint(identity=given.identity, password=given.password, token=given.token, party=given.party),
    }
    return replace(plan, sut=plan.sut.model_copy(update=parts))


async def _record(plan: Plan, cases: list[TestCase], folder: Path) -> list[Visit]:
    clock = Clock(asyncio.get_running_loop())
    wire = WireLog(folder / "wire.jsonl", clock)
    acts: list[tuple[float, Act]] = []

    def notes(entry: Entry) -> None:
        if entry.mark == "act" and entry.facts["action"] in ACTIONS[plan.sut.sut.role]:  # not what our own charger is made to do
            acts.append((entry.t, (entry.facts["action"], entry.facts["parameters"])))

    wire.subscribe(notes)
    campaign = Campaign(plan, wire, clock)
    visits = []
    try:
        await campaign.open()
        for case in cases:
            result = await campaign.run(case)
            open_end = result.reason if result.verdict >= Verdict.INCONCLUSIVE else ""
            at = [t - result.began for t, _ in acts]
            visits.append(Visit(case, [act for _, act in acts], result.ended - result.began, at, open_end=open_end))
            acts.clear()
        await campaign.close()
    finally:
        wire.close()
    return visits
