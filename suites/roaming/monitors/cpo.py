"""The CPO tells the eMSP what its charge point told: OCPI 2.2.1, mod_locations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from evconform.harness.law import monitor
from evconform.roaming.log import Log, Told
from evconform.roaming.mapping import UNHEARD, claimed, statuses, unheard
from suites.roaming.bench import Offence, words


@dataclass(frozen=True)
class News:
    """Something that the CPO learns of a connector. ``right``: what its EVSE may be called from then on."""

    frame: Any
    right: tuple[str, ...]
    says: str
    kind: str = "told"
    """told, lost (nothing more can be), again (it can be again), nothing (before the first of them)."""


def news(log: Log, connector: int) -> list[News]:
    """What the CPO learnt of a connector, in order: that nothing was told yet, what was told, that nothing more can be, and that
    it can be again: then what was told last may hold again, or not yet."""
    known: tuple[str, ...] = ()
    found = [News(first, unheard(log.pics, ()), "the charge point had told nothing", "nothing") for first in log.begin()]
    told = {frame.n for frame in log.notified(connector)}
    gone = {frame.n for frame, _ in log.breaks()}
    frames = [*log.notified(connector), *(frame for frame, _ in log.breaks()), *log.connections()]
    for frame in sorted(frames, key=lambda frame: frame.n):
        if frame.n in told:
            known = statuses(log.pics, frame.get("status"))
            found.append(News(frame, known, f"the charge point had told {frame.get('status')} (frame {frame.n})"))
        elif frame.n in gone:
            says = f"the charge point was not heard of (frame {frame.n})"
            found.append(News(frame, unheard(log.pics, known), says, "lost"))
        elif known:
            says = f"the charge point had told nothing since it was connected again (frame {frame.n})"
            found.append(News(frame, (*known, *unheard(log.pics, known)), says, "again"))
    return found


@dataclass(frozen=True)
class Push:
    """A push, the place among the news of the one that it tells of, and whether it tells it rightly."""

    told: Told
    of: int
    right: bool


def paired(log: Log, heard: list[News], pushes: list[Told]) -> Iterator[Push]:
    """Each push tells of the news that the push before it told of, or of later ones, for messages may wait in a queue; but of
    none that were out of date for longer than was agreed. What is no status of OCPP makes nothing right or wrong."""
    reached = 0
    for told in pushes:
        known = [each for each in heard if each.frame.n < told.frame.n]
        latest = len(known) - 1
        fits = [i for i in range(reached, len(known)) if told.status in known[i].right]
        fits = [i for i in fits if i == latest or told.frame.t <= known[i + 1].frame.t + log.pixit["push_within"]]
        unknown = not all(each.right for each in known[reached:])
        if fits:
            reached = fits[0]
        yield Push(told, reached if fits else latest, bool(fits) or unknown)


@monitor("ROAM-CPO-01")
def pushes_what_changed(log: Log) -> Iterator[Offence]:
    yield from in_time(log, "told", "again")


@monitor("ROAM-CPO-03")
def pushes_that_it_hears_nothing(log: Log) -> Iterator[Offence]:
    if claimed(log.pics, UNHEARD):
        yield from in_time(log, "lost")


def in_time(log: Log, *kinds: str) -> Iterator[Offence]:
    """News after which what the eMSP has is no longer right ask for a push, unless later ones take their place."""
    for connector, uid in log.evses.items():
        heard = news(log, connector)
        pushes = list(paired(log, heard, log.pushes(uid)))
        for number, each in enumerate(heard):
            if each.kind not in kinds or not each.right:
                continue
            due = each.frame.t + log.pixit["push_within"] + log.tolerance
            told = next((push.told for push in pushes if push.of >= number and push.told.frame.n > each.frame.n), None)
            has = next((push.told.status for push in reversed(pushes) if push.told.frame.t <= due), None)
            if told is not None and told.frame.t <= due:
                log.saw()
                log.keeps(due - told.frame.t)
            elif has not in (None, *each.right) and log.is_over(due) and not any(o.frame.t <= due for o in heard[number + 1 :]):
                log.saw()
                when = f"only {told.frame.since(each.frame):g} s later (frame {told.frame.n})" if told else "not in time"
                yield each.frame, f"the CPO pushed {words(each.right)} {when}: {each.says}, the eMSP has {has}"


@monitor("ROAM-CPO-02")
def pushes_what_it_was_told(log: Log) -> Iterator[Offence]:
    for connector, uid in log.evses.items():
        heard = news(log, connector)
        for push in paired(log, heard, log.pushes(uid)):
            log.saw()
            if not push.right:
                known = heard[push.of]
                yield (push.told.frame, known.frame), f"the CPO pushed {push.told.status}, {known.says}"
    for uid in sorted({told.uid for told in log.pushes()} - {*log.evses.values()}):
        yield from of_nobody(log, log.pushes(uid))


def of_nobody(log: Log, pushes: list[Told]) -> Iterator[Offence]:
    """An EVSE that is no connector of the charge point stays what the CPO called it first."""
    for told in pushes[1:]:
        log.saw()
        if told.status != pushes[0].status:
            says = f"of which nobody told anything; it was {pushes[0].status} (frame {pushes[0].frame.n})"
            yield told.frame, f"the CPO pushed {told.status} of the EVSE {told.uid.upper()}, {says}"


@monitor("ROAM-CPO-04")
def pushes_when_it_changed(log: Log) -> Iterator[Offence]:
    """By the order of what it says itself, for the clocks of the parties are not ours."""
    last: dict[str, Told] = {}
    for told in log.pushes():
        before = last.get(told.uid)
        last[told.uid] = told
        if before is None or before.status == told.status:
            continue
        if not all(map(isfinite, (before.since, told.since))):  # no DateTime: the law of OCPI says so
            continue
        if is_overlapped(log, before, told) or is_cut(log, before, told):
            continue
        log.saw()
        if told.since <= before.since:
            says = f"the CPO pushed {told.status} with last_updated {told.last_updated}"
            yield told.frame, f"{says}, not after that of {before.status} (frame {before.frame.n})"


def is_overlapped(log: Log, before: Told, told: Told) -> bool:
    """Whether two pushes were under way at once: which of them is the first, their order does not tell."""
    answer = before.frame.answer
    under_way = answer.n > told.frame.n if answer else told.frame.since(before.frame) <= log.pixit["push_within"]
    return before.frame is not told.frame and under_way


def is_cut(log: Log, before: Told, told: Told) -> bool:
    """Whether two statuses may be of the same second, which dates without fractions do not tell apart."""
    apart = told.frame.since(before.frame)
    return told.since == before.since and told.since.is_integer() and apart <= 1 + log.pixit["push_within"] + log.tolerance
