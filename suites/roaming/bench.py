"""What the bench did to a connector, and what the charge point may tell of it then (OCPP 1.6, 4.9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evconform.roaming.log import Act, Log

IN_USE = ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE")
CHARGES = ("Charging", "SuspendedEV", "SuspendedEVSE")
WITH_CABLE = (*IN_USE, "Finishing")
WITHOUT_CABLE = ("Available", "Preparing")
"""Preparing: somebody presented a card, and has not plugged in yet."""
OF_THE_OPERATOR = ("Reserved", "Unavailable")
"""What no bench makes, and no bench forbids."""
AWAY = ("cut_power", "power_cycle", "cut_network")
"""What takes the charge point away from its CPO."""
SETS = {
    "plug_in": {"cable": True},
    "unplug": {"cable": False},
    "provoke_fault": {"broken": True},
    "clear_fault": {"broken": False},
}
"""Act to what it makes of a connector."""
UNCLEAR = ("plug_in_halfway", "unplug_at_ev", "plug_in_at_ev", "jam_lock")
"""Acts after which several statuses are right."""
Offence = tuple[Any, str]


def allowed(log: Log, connector: int, before: float) -> tuple[str, ...]:
    """What a connector may be told to be, by what was done up to the entry ``before``; none if that is not clear."""
    state = {"cable": False, "broken": False}
    for act in log.acts(*SETS, *UNCLEAR):
        if act.n < before and act.connector == connector:
            if act.action in UNCLEAR:
                return ()
            state |= SETS[act.action]
    return ("Faulted",) if state["broken"] else WITH_CABLE if state["cable"] else WITHOUT_CABLE


def late(log: Log, act: Act, wanted: tuple[str, ...], *undone_by: str) -> Iterator[Offence]:
    """What was not told within the charge point's time after an act, unless it was told before, or an act undid that."""
    due = act.t + log.pixit["patience"] + log.tolerance
    notified = log.notified(act.connector)
    last = next((f.get("status") for f in reversed(notified) if f.n < act.n), None)
    if last in wanted or not log.is_online(act):
        return
    told = next((f for f in notified if f.n > act.n and f.get("status") in wanted), None)
    if told is not None and told.t <= due:
        log.saw()
        log.keeps(due - told.t)
        return
    undone = any(
        a.n > act.n and a.t < due for a in log.acts(*AWAY, *undone_by) if a.action in AWAY or a.connector == act.connector
    )
    if not undone and log.is_over(due):
        log.saw()
        instead = next((f for f in reversed(notified) if f.t <= due), None)
        yield (
            (act, *([instead] if instead else [])),
            f"the charge point told {words(wanted)} {when(act, told)}{last_told(instead)}",
        )


def words(statuses: tuple[str, ...]) -> str:
    return " or ".join(statuses)


def when(act: Act, told: Any) -> str:
    return f"only {told.t - act.t:g} s after it was due (frame {told.n})" if told else "not in time"


def last_told(frame: Any) -> str:
    return f"; the last that it told is {frame.get('status')} (frame {frame.n})" if frame else ""
