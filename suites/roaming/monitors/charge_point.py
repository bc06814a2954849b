"""The charge point tells its CPO, in time, what happens at its connectors: OCPP 1.6, 4.9."""

from __future__ import annotations

from collections.abc import Iterator

from evconform.harness.law import monitor
from evconform.roaming.log import Act, Log
from suites.roaming.bench import CHARGES, IN_USE, OF_THE_OPERATOR, SETS, Offence, allowed, late, words

ANY_BUT_FAULTED = ("Available", *IN_USE, "Finishing", *OF_THE_OPERATOR)


@monitor("ROAM-CP-01")
def tells_of_the_cable(log: Log) -> Iterator[Offence]:
    for act in log.acts("plug_in"):
        if last_told(log, act) == "Available":
            yield from late(log, act, IN_USE, "unplug", "provoke_fault")


@monitor("ROAM-CP-02")
def tells_that_it_charges(log: Log) -> Iterator[Offence]:
    for call in log.calls("StartTransaction"):
        info = call.answer.get("idTagInfo") if call.answer else None
        if isinstance(info, dict) and info.get("status") == "Accepted":
            began = Act(call.answer.n, call.answer.t, "starts", {"connector": call.get("connectorId")})
            if last_told(log, began) in CHARGES:  # it may say so before the transaction does
                log.saw()
            else:
                yield from late(log, began, CHARGES, "unplug", "provoke_fault", "present_card")


@monitor("ROAM-CP-03")
def tells_that_it_is_free(log: Log) -> Iterator[Offence]:
    for act in log.acts("unplug"):
        if last_told(log, act) != "Faulted":
            yield from late(log, act, ("Available", *OF_THE_OPERATOR), "plug_in", "provoke_fault")


@monitor("ROAM-CP-04")
def tells_of_its_fault(log: Log) -> Iterator[Offence]:
    for act in log.acts("provoke_fault"):
        yield from late(log, act, ("Faulted",), "clear_fault")


@monitor("ROAM-CP-05")
def tells_that_it_is_mended(log: Log) -> Iterator[Offence]:
    for act in log.acts("clear_fault"):
        if last_told(log, act) == "Faulted":
            yield from late(log, act, ANY_BUT_FAULTED, "provoke_fault")


@monitor("ROAM-CP-06")
def tells_what_is(log: Log) -> Iterator[Offence]:
    """A status that was true within the charge point's time may still be on its way."""
    for frame in log.calls("StatusNotification"):
        connector = frame.get("connectorId")
        since = frame.t - log.pixit["patience"] - log.tolerance
        acts = [act for act in log.acts() if act.n < frame.n and act.connector == connector]
        recent = [act.n for act in acts if act.t >= since]
        true = [allowed(log, connector, n) for n in (frame.n, *recent)]
        if connector not in log.evses or not acts or not all(true):
            continue
        log.saw()
        status, wanted = frame.get("status"), tuple(dict.fromkeys(each for some in true for each in some))
        if status not in (*wanted, *OF_THE_OPERATOR):
            done = next((act for act in reversed(acts) if act.action in SETS), acts[-1])
            yield frame, f"the charge point told {status} after {done.action.replace('_', ' ')}, which allows {words(wanted)}"


@monitor("ROAM-CP-07")
def tells_what_changed_meanwhile(log: Log) -> Iterator[Offence]:
    for gone, back in log.breaks():
        changed = {a.connector: a for a in log.acts(*SETS) if a.n > gone.n and a.t <= back}
        again = next((f for f in log.connections() if f.t == back and f.n > gone.n), None)
        for connector, act in changed.items():
            if again is not None and (wanted := allowed(log, connector, again.n)) and last_told(log, act) not in wanted:
                came = Act(again.n, again.t, act.action, {"connector": connector})
                yield from late(log, came, (*wanted, *OF_THE_OPERATOR), *SETS)


def last_told(log: Log, act: Act) -> str | None:
    """The status that was last told before an act."""
    return next((f.get("status") for f in reversed(log.notified(act.connector)) if f.n < act.n), None)
