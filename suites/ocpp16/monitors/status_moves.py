"""OCPP 1.6, 4.9: what successive StatusNotifications may say, and when; 3.8: the numbers of connectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.monitors.registration import triggered
from suites.ocpp16.states import MOVES
from suites.ocpp16.told import Clock, Settings, content, seconds_of, told_by, whole

Offences = Iterator[tuple[Any, str]]

MINIMUM = "MinimumStatusDuration"
WITH_COMMUNICATION_ERROR = ("Preparing", "SuspendedEV", "SuspendedEVSE", "Finishing")


@monitor("OCPP16-3.8-01")
def connector_ids_are_counted(log: Log) -> Offences:
    for call in log.calls(by="charge-point"):
        connector = whole(call.get("connectorId"))
        first, last = int(call.action == "StartTransaction"), log.pics["connectors"]
        if connector is None:
            log.moot(call)
        elif not first <= connector <= last:
            yield call, f"{call.action} /connectorId is {connector}; expected {first} to {last}"


@monitor("OCPP16-4.9-03", accumulates=dict)
def status_moves_by_the_table(log: Log, memory: dict[str, Any]) -> Offences:
    clock, settings = Clock.of(log), Settings(log, memory, MINIMUM)
    last: dict[int, Frame] = {}
    for call in log.calls("BootNotification", "StatusNotification", by="charge-point"):
        connector, status = whole(call.get("connectorId")), call.get("status")
        if call.action == "BootNotification":
            last.clear()  # what follows is no move
        before = last.get(connector or 0)
        was = before.get("status") if before else None
        if connector and call.action == "StatusNotification":
            last[connector] = call
        # one that was too short, or offline, need not be told: then we do not see the moves
        unseen = before is None or before.answer is None or before.conn != call.conn or clock.told_late(before)
        if unseen or settings.at(MINIMUM, call.n) or not (is_status(was) and is_status(status)) or was == status:
            log.moot(call)
        elif status not in MOVES[str(was)]:
            log.needs("beginning", "connections")
            settings.needs(MINIMUM, call.n)
            yield (before, call), f"connector {connector} went from {was} to {status}"


def is_status(value: Any) -> bool:
    return isinstance(value, str) and value in MOVES


@monitor("OCPP16-4.9-06")
def communication_error_is_a_warning(log: Log) -> Offences:
    for call in log.calls("StatusNotification", by="charge-point"):
        if call.get("status") in WITH_COMMUNICATION_ERROR:
            log.moot(call)
        elif call.get("errorCode") == "EVCommunicationError":
            yield call, f"/errorCode is EVCommunicationError, and /status is {call.get('status')!r}"


@monitor("OCPP16-4.9-15")
def faulted_says_why(log: Log) -> Offences:
    for call in log.calls("StatusNotification", by="charge-point"):
        if call.get("status") != "Faulted":
            log.moot(call)
        elif call.get("errorCode") == "NoError":
            yield call, f"connector {call.get('connectorId')!r} is Faulted, and /errorCode is NoError"


@monitor("OCPP16-4.9-08")
def tells_no_history(log: Log) -> Offences:
    clock = Clock.of(log)
    booted = {call.conn for call in log.conversation.called("BootNotification")}
    following = {earlier.n: later for of_one in by_connector(log).values() for earlier, later in pairwise(of_one)}
    for call in log.calls("StatusNotification", by="charge-point"):
        then, now = following.get(call.n), clock.happened(following[call.n]) if call.n in following else None
        if not clock.told_late(call) or call.conn in booted or call.get("errorCode") != "NoError":
            log.moot(call)
        elif then and now is not None and now < call.t - clock.margin and then.get("status") != call.get("status"):
            log.needs("beginning", "connections")
            says = f"connector {call.get('connectorId')!r} was {call.get('status')!r} before frame {call.n} was sent"
            yield (call, then), f"{says}, and {then.get('status')!r} since {call.t - now:.1f} s"


def by_connector(log: Log) -> dict[int, list[Frame]]:
    """The StatusNotifications of every connector, without those that were sent again."""
    told: dict[int, list[Frame]] = defaultdict(list)
    unanswered: set[str] = set()
    for call in told_by(log, "StatusNotification"):
        connector, said = whole(call.get("connectorId")), content(call)
        if connector is not None and said not in unanswered:
            told[connector].append(call)
        if call.answer is None:
            unanswered.add(said)
    return told


@monitor("OCPP16-4.9-09")
def status_in_the_order_of_events(log: Log) -> Offences:
    clock = Clock.of(log)
    before = {later.n: earlier for of_one in by_connector(log).values() for earlier, later in pairwise(of_one)}
    for call in log.calls("StatusNotification", by="charge-point"):
        earlier = before.get(call.n)
        was, is_ = seconds_of(earlier.get("timestamp")) if earlier else None, seconds_of(call.get("timestamp"))
        if earlier is None or was is None or is_ is None or triggered(log, "StatusNotification", earlier, call):
            log.moot(call)
        elif was - is_ > clock.slack(earlier, call):
            log.needs("beginning")  # it may be told for the second time
            says = f"/timestamp is {call.get('timestamp')}, and {earlier.get('timestamp')} was told before"
            yield (earlier, call), f"{says}: {was - is_:.1f} s back"


@monitor("OCPP16-4.9-16", accumulates=dict)
def faulted_starts_nothing(log: Log, memory: dict[str, Any]) -> Offences:
    clock, settings, statuses = Clock.of(log), Settings(log, memory, MINIMUM), by_connector(log)
    seen: set[str] = set()
    for start in log.calls("StartTransaction", by="charge-point"):
        again = content(start) in seen
        seen.add(content(start))
        told = statuses.get(whole(start.get("connectorId")) or 0, [])
        last = next((call for call in reversed(told) if call.n < start.n), None)
        if again or last is None or last.get("status") != "Faulted" or settings.at(MINIMUM, start.n):
            log.moot(start)
            continue
        later = next((call for call in told if call.n > start.n), None)
        mended = clock.happened(later) if later and later.get("status") != "Faulted" else None
        began, since = clock.happened(start), clock.happened(last)
        since = last.t - clock.margin if since is None else since
        if began is None or began < since or (mended is not None and mended < began):
            log.moot(start)  # begun before the fault, or after it, and only told now
        else:
            log.needs("beginning")
            settings.needs(MINIMUM, start.n)
            yield (last, start), f"connector {start.get('connectorId')} was Faulted for {began - since:.1f} s when it started"
