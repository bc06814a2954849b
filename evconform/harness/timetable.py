"""The plan as a person reads it: section by section what is asked for, how long it takes, and when there is time for a break.

Minutes are estimates: what the cases wait for by themselves, as our own product shows it, and ``SECONDS_AN_ACTION`` a hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from evconform.harness.actions import named
from evconform.harness.itinerary import Act, Visit
from evconform.harness.walk import LONG, NOBODY, needs

SECONDS_AN_ACTION = 20.0
"""What a person takes to read, to do and to answer."""
BREAK = 300.0
"""Seconds without a hand from which on a person may go away."""


def lines(visits: list[Visit]) -> Iterator[str]:
    """The whole plan, a heading a section and a line a case, and what it comes to."""
    for (column, section), group in groupby(visits, lambda visit: (visit.column, visit.section)):
        its = list(group)
        yield f"── {f'{column}: ' if column else ''}{heading(section, its)}"
        for visit in its:
            yield from case_lines(visit)
        yield ""
    yield from brief(visits)
    if visits and visits[-1].left:
        yield f"left to be put back at the end: {', '.join(in_words(act) for act in visits[-1].left)}"
    needless = sum(visit.needless for visit in visits)
    per_case = needless / max(1, len(visits))
    yield f"needless repetitions: {needless} of {counted(actions_of(visits), 'action')}, {per_case:.2f} per case"


def heading(section: str, visits: list[Visit]) -> str:
    """What is in hand, and what the section asks for."""
    if section == NOBODY:
        title = section
    else:
        used = needs([act for visit in visits for act in (*visit.before, *visit.acts)])
        others = [name for name in used if name != section]
        title = section + (f", with {', '.join(others)}" if others else "")
    asked = f", {counted(actions_of(visits), 'action')}" if actions_of(visits) else ""
    return f"{title}: {counted(len(visits), 'case')}{asked}, about {in_time(sum(map(takes, visits)))}"


def case_lines(visit: Visit) -> Iterator[str]:
    asked = counted(visit.actions, "action") if visit.actions else ""
    yield f"  {visit.case.id:22} {asked:>10}  {in_time(takes(visit)):>8}  {visit.case.title}"
    if visit.before:
        set_to = [act for act in visit.before if act[0] == "speaks"]
        back = [in_words(act) for act in visit.before if act not in set_to]
        yield from (f"  {'':22} first is set to another column: {in_words(act)}" for act in set_to)
        yield from [f"  {'':22} first puts back: {', '.join(back)}"] if back else []
    if visit.acts:
        yield f"  {'':22} {', '.join(in_words(act) for act in visit.acts)}"
    for n, gap in enumerate(visit.gaps if visit.acts else ()):
        if gap >= BREAK:
            when = f"after {in_words(visit.acts[n - 1])}" if n else "at first"
            yield f"  {'':22} a break is possible: {when} nobody is needed for {in_time(gap)}"
    if visit.open_end:
        yield f"  {'':22} may ask for more: our own product did not go through with it: {visit.open_end}"


def brief(visits: list[Visit]) -> Iterator[str]:
    """What the plan comes to, in a few lines."""
    by_hand = [visit for visit in visits if visit.actions]
    yield f"{counted(len(visits), 'case')}, {len(by_hand)} of them with a hand: {counted(actions_of(visits), 'action')}"
    waits = [gap for visit in by_hand for gap in visit.gaps if gap >= BREAK]
    short = [gap for gap in waits if gap < LONG]
    bench = sum(map(takes, by_hand)) - sum(waits)
    alone = [visit for visit in visits if not visit.actions and visit.seconds < LONG]
    unattended = [f"{in_time(sum(map(takes, alone)))} at first"] if alone else []
    unattended += [f"{in_time(sum(short))} in {counted(len(short), 'wait')} that leave time for a break"] if short else []
    yield f"at the bench: about {in_time(bench)}" + (f"; unattended: about {' and '.join(unattended)}" if unattended else "")
    for visit in visits:
        if (gap := max(visit.gaps)) >= LONG:
            yield f"{visit.case.id} comes last: it runs for {in_time(gap)} without a hand"


def counted(number: int, word: str) -> str:
    """``1 case``, ``2 cases``."""
    return f"{number} {word}{'s' * (number != 1)}"


def actions_of(visits: list[Visit]) -> int:
    return sum(visit.actions for visit in visits)


def takes(visit: Visit) -> float:
    """Seconds that it takes with a person."""
    return visit.seconds + visit.actions * SECONDS_AN_ACTION


def in_time(seconds: float) -> str:
    """``0.7 min``, ``12 min``, ``24.0 h``."""
    minutes = seconds / 60
    if minutes >= 120:
        return f"{minutes / 60:.1f} h"
    return f"{minutes:.1f} min" if minutes < 10 else f"{minutes:.0f} min"


def in_words(act: Act) -> str:
    action, parameters = act
    inner = ", ".join(map(named, parameters.values()))
    return f"{action}({inner})" if inner else action
