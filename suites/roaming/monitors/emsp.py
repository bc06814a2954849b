"""The eMSP takes what the CPO tells it, and shows that to its drivers: OCPI 2.2.1, mod_locations."""

from __future__ import annotations

from collections.abc import Iterator

from evconform.harness.law import monitor
from evconform.roaming.frame import Frame
from evconform.roaming.log import Log, Told
from suites.roaming.bench import Offence, words

REMOVED = "REMOVED"


@monitor("ROAM-EMSP-01")
def shows_what_it_was_told(log: Log) -> Iterator[Offence]:
    told = list(log.told())
    for view in log.shown():
        for uid, status in view.statuses.items():
            known = of(told, uid, view)
            if known:
                log.saw()
            if known and status not in [each.status for each in known]:
                last = known[-1]
                how = "pushed" if last.pushed else "told"
                yield (
                    (view, last.frame),
                    f"the eMSP showed the driver {uid.upper()} as {status}, the CPO had {how} "
                    f"{words(tuple(str(each.status) for each in known))} (frame {last.frame.n})",
                )


@monitor("ROAM-EMSP-02")
def takes_each_push(log: Log) -> Iterator[Offence]:
    told = list(log.told())
    for push in log.pushes():
        answer = push.frame.answer
        if answer is None or is_overtaken(push, told):
            continue
        log.saw()
        if not answer.ok:
            yield (answer, push.frame), f"the eMSP refused {push.status} of {push.uid.upper()} (frame {push.frame.n}): {answer}"


@monitor("ROAM-EMSP-03")
def shows_every_evse(log: Log) -> Iterator[Offence]:
    told = list(log.told())
    for view in log.shown():
        for uid in log.evses.values():
            known = of(told, uid, view)
            if not known or any(each.status == REMOVED for each in known):
                continue
            log.saw()
            if uid not in view.statuses:
                yield view, f"the eMSP shows no EVSE {uid.upper()}, which the CPO told it of (frame {known[-1].frame.n})"


def of(told: list[Told], uid: str, view: Frame) -> list[Told]:
    """What the eMSP may show of an EVSE: what it was told last before it was asked, or as of last, since a pull may overtake a
    push; and what came while it answered."""
    asked = view.request
    settled = [each for each in told if each.uid == uid and is_settled(each) < asked.t]
    under_way = [each for each in told if each.uid == uid and each.frame.n < view.n and is_settled(each) >= asked.t]
    newest = max((each.since for each in settled), default=0.0)
    return [*(each for each in settled if each.since == newest), *settled[-1:], *under_way] if settled else []


def is_overtaken(push: Told, told: list[Told]) -> bool:
    """Whether the eMSP was told something newer before of an EVSE in that push: it pulled meanwhile, and may refuse this."""
    older = {each.uid: each.since for each in told if each.frame is push.frame}
    before = (each for each in told if each.uid in older and each.frame.n < push.frame.n)
    return any(each.since > older[each.uid] for each in before)


def is_settled(told: Told) -> float:
    """When the eMSP has it: when it answered the push, or got the answer to its pull. Infinite if it did not."""
    end = told.frame.answer if told.pushed else told.frame
    return float(end.t) if end is not None else float("inf")
