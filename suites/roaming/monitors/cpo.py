"""The CPO tells the eMSP what its charge point told: OCPI 2.2.1, mod_locations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.moments import moment
from evconform.roaming.log import Log, Told
from evconform.roaming.mapping import UNHEARD, claimed, statuses, unheard
from suites.roaming.bench import Offence, words


@dataclass(frozen=True)
class News:
    """Something that the CPO learns of a connector. ``right``: what its EVSE may be called from then on."""

    frame: Any
    right: tuple[str, ...]
    says: str
    lost: bool = False


def news(log: Log, connector: int) -> list[News]:
    """What the CPO learnt of a connector, in order: what was told, that nothing more can be, and that it can be again: then what
    was told last may hold again, or not yet."""
    found: list[News] = []
    known: tuple[str, ...] = ()
    told = {frame.n for frame in log.notified(connector)}
    gone = {frame.n for frame, _ in log.breaks()}
    frames = [*log.notified(connector), *(frame for frame, _ in log.breaks()), *log.connections()]
    for frame in sorted(frames, key=lambda frame: frame.n):
        if frame.n in told:
            known = statuses(log.pics, frame.get("status"))
            found.append(News(frame, known, f"the charge point had told {frame.get('status')} (frame {frame.n})"))
        elif frame.n in gone:
            says = f"the charge point was not heard of (frame {frame.n})"
            found.append(News(frame, unheard(log.pics, known), says, lost=True))
        elif found:
            says = f"the charge point had told nothing since it was connected again (frame {frame.n})"
            found.append(News(frame, (*known, *unheard(log.pics, known)), says))
    return found


@monitor("ROAM-CPO-01")
def pushes_what_changed(log: Log) -> Iterator[Offence]:
    for connector, uid in log.evses.items():
        pushes, heard = log.pushes(uid), news(log, connector)
        for number, each in enumerate(heard):
            if not each.lost and each.right:
                yield from in_time(log, each, heard[number + 1 :], pushes)


@monitor("ROAM-CPO-03")
def pushes_that_it_hears_nothing(log: Log) -> Iterator[Offence]:
    for connector, uid in log.evses.items():
        pushes, heard = log.pushes(uid), news(log, connector)
        for number, each in enumerate(heard):
            if each.lost and claimed(log.pics, UNHEARD):
                yield from in_time(log, each, heard[number + 1 :], pushes)


def in_time(log: Log, each: News, later: list[News], pushes: list[Told]) -> Iterator[Offence]:
    """News after which what the eMSP has is no longer right ask for a push, unless later ones make it right again."""
    due = each.frame.t + log.pixit["push_within"] + log.tolerance
    has = next((told.status for told in reversed(pushes) if told.frame.n < each.frame.n), None)
    told = next((told for told in pushes if told.frame.n > each.frame.n), None)
    if has in each.right or (told is None and not pushes):
        return
    if told is not None and told.frame.t <= due:
        log.saw()
        log.keeps(due - told.frame.t)
    elif log.is_over(due) and not any(other.frame.t <= due for other in later):
        log.saw()
        when = f"only {told.frame.since(each.frame):g} s later (frame {told.frame.n})" if told else "not in time"
        yield each.frame, f"the CPO pushed {words(each.right)} {when}: {each.says}, the eMSP has {has}"


@monitor("ROAM-CPO-02")
def pushes_what_it_was_told(log: Log) -> Iterator[Offence]:
    connectors = {uid: connector for connector, uid in log.evses.items()}
    last: dict[str, Told] = {}
    for told in log.pushes():
        before, last[told.uid] = last.get(told.uid), told
        if told.uid not in connectors:
            yield from of_nobody(log, told, before)
            continue
        heard = [each for each in news(log, connectors[told.uid]) if each.frame.n < told.frame.n]
        # each news since the last push may be what this one tells of; otherwise the last that there was
        since = [each for each in heard if before is None or each.frame.n > before.frame.n]
        candidates = [*heard[-1:], *since]
        if any(not each.right for each in candidates):
            continue
        right = {status for each in candidates for status in each.right} or set(unheard(log.pics, ()))
        log.saw()
        if told.status not in right:
            says = heard[-1].says if heard else "the charge point had told nothing"
            frames = (told.frame, heard[-1].frame) if heard else told.frame
            yield frames, f"the CPO pushed {told.status}, {says}"


def of_nobody(log: Log, told: Told, before: Told | None) -> Iterator[Offence]:
    """An EVSE that is no connector of the charge point stays what the CPO called it first."""
    if before is not None:
        log.saw()
        if told.status != before.status:
            says = f"of which nobody told anything; it was {before.status} (frame {before.frame.n})"
            yield told.frame, f"the CPO pushed {told.status} of the EVSE {told.uid.upper()}, {says}"


@monitor("ROAM-CPO-04")
def pushes_when_it_changed(log: Log) -> Iterator[Offence]:
    """By the order of what it says itself, for the clocks of the parties are not ours."""
    last: dict[str, Told] = {}
    for told in log.told():
        before = last.get(told.uid)
        last[told.uid] = told
        if before is None or not told.pushed or before.status == told.status:
            continue
        try:
            earlier, now = moment(before.last_updated), moment(told.last_updated)
        except ValueError:  # no DateTime: the law of OCPI says so
            continue
        log.saw()
        if now <= earlier:
            says = f"the CPO pushed {told.status} with last_updated {told.last_updated}"
            yield told.frame, f"{says}, not after that of {before.status} (frame {before.frame.n})"
