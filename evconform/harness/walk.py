"""The order of the cases for a person: as little that is needless, and as little walking, as there can be.

What is in hand makes the sections: the cable, the EV, cards, faults, the network, the power. Most cases begin with the cable
and leave it in, and where one of them follows another, a cable is taken out to be plugged in again. Where a case follows that
begins with something else, it is not: so each of those is led in by one that leaves the cable in, lent by the cable's own
section if need be. Within its section, a case is moved where that makes less needless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evconform.harness.actions import ACTIONS, PUT_BACK
from evconform.harness.campaign import Plan
from evconform.harness.itinerary import Act, Visit, recorded, repeated
from evconform.harness.law import TestCase

IN_HAND = {
    "the cable": ("plug_in", "plug_in_halfway", "unplug"),
    "the EV": ("unplug_at_ev", "plug_in_at_ev", "suspend_ev", "resume_ev"),
    "the cards": ("present_card", "transfer_data"),
    "the faults": ("provoke_fault", "clear_fault", "jam_lock", "free_lock"),
    "the network": ("cut_network", "restore_network", "change_address"),
    "the power": ("power_cycle", "cut_power", "restore_power"),
    "the settings": ("speaks",),
    "the back office": (
        *("sends", "registers", "invites", "renews", "leaves"),
        *("publishes", "reports", "removes", "offers", "withdraws", "pulls"),
    ),
}
"""What a person has in hand, in the order of the walk, to the actions that need it."""
NOBODY = "nobody is needed"
HOURS = "it takes hours"
LONG = 3600.0
"""Seconds from which on a case goes last, so that nobody waits for it."""


def ordered(visits: list[Visit]) -> list[Visit]:
    """The smoke cases, those that need no hand in one stretch, then a section for each thing in hand, then what takes hours."""
    sections: dict[str, list[Visit]] = {name: [] for name in (NOBODY, *IN_HAND, HOURS)}
    for visit in visits:
        sections[section_of(visit)].append(visit)
    first = [visit for visit in visits if visit.case.smoke]
    sections[NOBODY] = [visit for visit in sections[NOBODY] if not visit.case.smoke]
    lend(sections)
    order = [replace(visit, section=NOBODY) for visit in first]
    for name, its in sections.items():
        left = order[-1].left if order else []
        walk = mended(walked(its, left), left)
        order += [replace(visit, section=name) for visit in sorted(walk, key=lambda visit: visit.seconds >= LONG)]
    return [replace(visit, before=order[n - 1].left if n else []) for n, visit in enumerate(order)]


def section_of(visit: Visit) -> str:
    """Where a case belongs: with the last thing in hand that it needs."""
    if visit.case.smoke:
        return NOBODY
    if visit.seconds >= LONG:
        return HOURS
    return next(reversed(needs(visit.acts)), NOBODY)


def needs(acts: list[Act]) -> list[str]:
    """What is in hand for these actions."""
    done = {action for action, _ in acts}
    return [name for name, actions in IN_HAND.items() if done.intersection(actions)]


def begins_with_cable(visit: Visit) -> bool:
    return bool(visit.acts) and PUT_BACK.get(visit.acts[0][0]) == "unplug"


def leads(visit: Visit) -> bool:
    """Whether it may lead another one in, and gains nothing where it stands: it begins with the cable and leaves something."""
    return begins_with_cable(visit) and bool(visit.left)


def lacking(visits: list[Visit]) -> int:
    """How many cases that lead in a section lacks; below 0, how many it has to spare."""
    led = [visit for visit in visits if visit.acts and not begins_with_cable(visit)]
    chains = max(sum(not visit.left for visit in led), bool(led))  # one that leaves something itself leads on
    return chains - sum(map(leads, visits))


def lend(sections: dict[str, list[Visit]]) -> None:
    """Moves cases that lead from where they gain nothing to where they are lacking."""
    for visits in sections.values():
        while lacking(visits) > 0 and (lender := next(spare(sections), None)):
            lent = min(filter(leads, lender), key=lambda visit: len(needs(visit.acts)))
            lender.remove(lent)
            visits.append(lent)


def spare(sections: dict[str, list[Visit]]) -> Iterator[list[Visit]]:
    return (visits for name, visits in sections.items() if name != HOURS and lacking(visits) < 0)


def walked(visits: list[Visit], left: list[Act]) -> list[Visit]:
    """The cases of a section: at each step one for which least is repeated. ``left``: what the section before left."""
    waiting, order = list(visits), []
    while waiting:
        best = min(waiting, key=lambda visit: (repeated(left, visit.acts), rank(visit, bool(left))))
        waiting.remove(best)
        order.append(best)
        left = best.left
    return order


def mended(order: list[Visit], left: list[Act]) -> list[Visit]:
    """The same cases, each moved to where fewer actions are needless, as long as one can be."""
    least = needless_in(order, left)
    moves = [(at, to) for at in range(len(order)) for to in range(len(order)) if at != to]
    while better := next((each for each in (moved(order, *move) for move in moves) if needless_in(each, left) < least), None):
        order, least = better, needless_in(better, left)
    return order


def moved(order: list[Visit], at: int, to: int) -> list[Visit]:
    rest = order[:at] + order[at + 1 :]
    return [*rest[:to], order[at], *rest[to:]]


def needless_in(order: list[Visit], left: list[Act]) -> int:
    lefts = [left, *(visit.left for visit in order)]
    return sum(repeated(before, visit.acts) for before, visit in zip(lefts, order, strict=False))


def rank(visit: Visit, after_something: bool) -> int:
    """Which of several goes first: those that are good for a border are not spent where there is none."""
    if after_something:
        return int(not visit.left)
    return 2 * (not begins_with_cable(visit)) + (bool(visit.left) if begins_with_cable(visit) else not visit.left)


def for_a_person(plan: Plan, cases: list[TestCase]) -> list[Visit]:
    """The cases in the order that asks least of a person: one column after the other, for the product is set to one at a time."""
    visits = recorded(plan, cases)
    if len(plan.speaks) == 1:
        return ordered(visits)
    order: list[Visit] = []
    for speaks in plan.speaks:
        walk = ordered([replace(visit, column=plan.law.columns[speaks]) for visit in visits if visit.case.speaks == speaks])
        if walk and "speaks" in ACTIONS[plan.sut.sut.role] and (order or speaks != plan.speaks[0]):
            left = order[-1].left if order else []
            walk[0] = replace(walk[0], before=[("speaks", {"speaks": speaks}), *left])
        elif walk and order:
            walk[0] = replace(walk[0], before=order[-1].left)
        order += walk
    return order
