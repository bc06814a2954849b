"""OCPP 1.6, 4.1, 4.7, 4.8, 4.10: which StartTransaction, StopTransaction and MeterValues belong together."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.frame import sampled_values
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.ledger import Ledger, Transaction, folded
from suites.ocpp16.told import GRAIN, Clock, Settings, content, delivered, seconds_of, told_by, whole

Offences = Iterator[tuple[Any, str]]
Memory = dict[str, Any]

REFUSED = ("Blocked", "Expired", "Invalid")
"""7.2; ConcurrentTx says nothing against the idTag."""
NO_TRANSACTION = ("Available", "Reserved")
AFTER_A_BOOT = ("HardReset", "PowerLoss", "Reboot", "SoftReset")
OVER = ("Available", "Finishing")
IN_TURN = 10.0
"""Wh by which a register may be off: it is rounded, and meterStop is read a little later than it stops."""
ALIGNED = "ClockAlignedDataInterval"
DURING = ("Sample.Clock", "Sample.Periodic", "Trigger")
"""The contexts (7.35) of what is sampled while a transaction goes on."""


def verdict_on(answer: Frame | None) -> Any:
    """The authorization status that an answer gives."""
    info = answer.get("idTagInfo") if answer else None
    return info.get("status") if isinstance(info, dict) else None


@monitor("OCPP16-4.1-01", accumulates=dict)
def refused_id_tag_starts_nothing(log: Log, memory: Memory) -> Offences:
    listed = any(call.answer and call.answer.says(status="Accepted") for call in log.conversation.called("SendLocalList"))
    memory["listed"] = listed = listed or memory.get("listed", False)
    clock, starts = Clock.of(log), told_by(log, "StartTransaction")
    for ask in log.calls("Authorize", "StartTransaction", by="charge-point", answered={}):
        if listed or verdict_on(ask.answer) not in REFUSED or not folded(ask):
            log.moot(ask)  # what the local list says of it may count
            continue
        assert ask.answer
        since = ask.answer.t - clock.margin
        until, old = allowed_again(log, ask), {content(start) for start in starts if start.n < ask.answer.n}
        for start in starts:
            began = clock.happened(start)
            fits = ask.answer.n < start.n < until and folded(start) == folded(ask) and content(start) not in old
            # one that was begun before the refusal, or offline, went by what was known then
            online = start.conn == ask.conn or (began is not None and began > clock.opened(start) + clock.margin)
            if fits and online and began is not None and began >= since:
                log.needs("beginning", "connections")
                if not listed:
                    log.needs("life")  # a local list may know the idTag
                ago = f"{began - ask.answer.t:.1f} s before it started a transaction"
                yield (ask.answer, start), f"/idTag {start.get('idTag')!r} was {verdict_on(ask.answer)} {ago}"
                break


def allowed_again(log: Log, refused: Frame) -> float:
    """The frame number at which a refusal no longer counts: the idTag was asked again, or started remotely."""
    answer = refused.answer or refused
    asked = [c for c in told_by(log, "Authorize", "StartTransaction") if c.n > answer.n and folded(c) == folded(refused)]
    answers = [c.answer.n if c.answer else c.n for c in asked if c.action == "Authorize" or c.answer]
    remote = [c.n for c in log.conversation.called("RemoteStartTransaction") if c.n > answer.n and folded(c) == folded(refused)]
    return min((*answers, *remote), default=inf)


@monitor("OCPP16-4.1-02", accumulates=dict)
def own_id_tag_stops_without_authorize(log: Log, memory: Memory) -> Offences:
    ledger, clock = Ledger.shared(log, memory), Clock.of(log)
    for stop in log.calls("StopTransaction", by="charge-point"):
        ended = ledger.ended_by(stop)
        if ended is None or not ended.here or not ended.id_tag or folded(stop) != ended.id_tag:
            log.moot(stop)
            continue
        until = clock.happened(stop)
        for ask in told_by(log, "Authorize"):
            within = ended.start.n < ask.n < stop.n and until is not None and ask.t <= until + clock.margin
            if within and folded(ask) == ended.id_tag and meant_for(log, ended, ask):
                log.needs("beginning")
                yield (ended.start, ask, stop), f"/idTag {ask.get('idTag')!r} had started the transaction that it stops"
                break


def meant_for(log: Log, running: Transaction, ask: Frame) -> bool:
    """Whether an Authorize can only be about the connector of a transaction, and comes of nothing but a card."""
    remote = log.conversation.called("RemoteStartTransaction")
    if any(running.start.n < call.n < ask.n and folded(call) == folded(ask) for call in remote):
        return False
    if log.pics["connectors"] == 1:
        return True
    acts = [f for f in log.conversation.frames if f.kind == "act" and running.start.n < f.n < ask.n]
    parameters = acts[-1].facts.get("parameters") if acts and acts[-1].text == "present_card" else None
    return isinstance(parameters, dict) and parameters.get("connector", 1) == running.connector


@monitor("OCPP16-4.8-03", accumulates=dict)
def one_transaction_on_a_connector(log: Log, memory: Memory) -> Offences:
    ledger, clock = Ledger.shared(log, memory), Clock.of(log)
    for start in log.calls("StartTransaction", by="charge-point"):
        mine = ledger.of(start)
        of_connector = list(ledger.on(mine.connector)) if mine and mine.connector is not None else []
        earlier = next((t for t in reversed(of_connector) if t.start.n < start.n), None)
        if not (mine and earlier and mine.start is start and mine.began is not None):
            log.moot(start)
        elif earlier.stops:
            allowed = log.tolerance + clock.slack(earlier.stops[0], start)
            if earlier.ended is None or earlier.doubtful:
                log.moot(start)
            elif earlier.ended > mine.began + allowed:
                log.needs("beginning")
                says = f"started {earlier.ended - mine.began:.1f} s before the transaction of frame {earlier.start.n} was stopped"
                yield (earlier.start, start), f"connector {mine.connector}: {says}"
        elif may_be_over(log, ledger, earlier, start):
            log.moot(start)
        else:
            log.needs("beginning", "connections")
            yield (earlier.start, start), f"connector {mine.connector}: no StopTransaction for the one of frame {earlier.start.n}"


def may_be_over(log: Log, ledger: Ledger, earlier: Transaction, start: Frame) -> bool:
    """Whether a transaction without a StopTransaction may have come to its end before ``start``, or still be told to have."""
    told = [call for call in told_by(log, "StatusNotification") if call.get("connectorId") == earlier.connector]
    signs = [*ledger.strays, *(call.n for call in told if call.get("status") in OVER)]
    refused = any(verdict_on(call.answer) in REFUSED for call in earlier.starts)
    # a queue in the wrong order (3.7) may tell the end of the one after the begin of the other
    soon = start.conn != earlier.starts[-1].conn and not log.is_over(start.t + log.pixit["patience"], start)
    return refused or soon or not earlier.here or any(earlier.start.n < n < start.n for n in signs)


@monitor("OCPP16-4.10-05", accumulates=dict)
def meter_does_not_fall(log: Log, memory: Memory) -> Offences:
    ledger = Ledger.shared(log, memory)
    for stop in log.calls("StopTransaction", by="charge-point"):
        ended = ledger.ended_by(stop)
        first, last = ended.start.number("meterStart") if ended else None, stop.number("meterStop")
        if ended is None or first is None or last is None:
            log.moot(stop)
        elif last < first:
            yield (ended.start, stop), f"/meterStop is {last:g}, and /meterStart was {first:g}"


@monitor("OCPP16-3.16-01", accumulates=dict)
def register_goes_on(log: Log, memory: Memory) -> Offences:
    ledger = Ledger.shared(log, memory)
    for start in log.calls("StartTransaction", by="charge-point"):
        mine = ledger.of(start)
        on_it = list(ledger.on(mine.connector)) if mine and mine.connector is not None and mine.start is start else []
        earlier = next((t for t in reversed(on_it) if t.start.n < start.n), None)
        stop = earlier.stops[0] if earlier and earlier.stops and not earlier.doubtful else None
        first, last = start.number("meterStart"), stop.number("meterStop") if stop else None
        if stop is None or first is None or last is None:
            log.moot(start)
        elif first < last - IN_TURN:
            yield (stop, start), f"/meterStart is {first:g}, and /meterStop of frame {stop.n} was {last:g}"


@monitor("OCPP16-4.10-06", accumulates=dict)
def stop_is_after_start(log: Log, memory: Memory) -> Offences:
    ledger, clock = Ledger.shared(log, memory), Clock.of(log)
    for stop in log.calls("StopTransaction", by="charge-point"):
        ended = ledger.ended_by(stop)
        if ended is None or ended.began is None or ended.ended is None:
            log.moot(stop)
        elif ended.began - ended.ended > GRAIN + clock.slack(ended.start, stop):
            says = f"/timestamp is {stop.get('timestamp')}, {ended.began - ended.ended:.1f} s before the start"
            yield (ended.start, stop), says


@monitor("OCPP16-4.10-07", accumulates=dict)
def stop_names_a_running_transaction(log: Log, memory: Memory) -> Offences:
    ledger, clock = Ledger.shared(log, memory), Clock.of(log)
    free = idle_since(log, memory)
    known = max(free.values()) if len(free) == log.pics["connectors"] else inf
    for stop in log.calls("StopTransaction", by="charge-point"):
        at = clock.happened(stop)
        if stop.n not in ledger.strays:
            continue
        older = not ledger.transactions and stop.get("reason") in AFTER_A_BOOT
        if at is None or at < known + GRAIN or older or whole(stop.get("transactionId")) is None:
            log.moot(stop)  # it may be of one that was begun before the log
        else:
            log.needs("beginning")
            yield stop, ledger.strays[stop.n]


def idle_since(log: Log, memory: Memory) -> dict[int, float]:
    """Connector to the second from which on the log knows its transactions: none from before runs there."""
    free: dict[int, float] = dict(memory.get("free", {}))
    for call in told_by(log, "StartTransaction", "StatusNotification"):
        connector = whole(call.get("connectorId"))
        free_here = call.action == "StartTransaction" or call.get("status") in NO_TRANSACTION
        if connector and 1 <= connector <= log.pics["connectors"] and free_here:
            free.setdefault(connector, call.t)
    memory["free"] = free
    return free


@monitor("OCPP16-4.7-01", accumulates=dict)
def meter_values_name_their_transaction(log: Log, memory: Memory) -> Offences:
    ledger, clock, settings = Ledger.shared(log, memory), Clock.of(log), Settings(log, memory, ALIGNED)
    for call in log.calls("MeterValues", by="charge-point"):
        interval = settings.at(ALIGNED, call.n)
        times = sampled(call, interval)
        connector, named = whole(call.get("connectorId")), whole(call.get("transactionId"))
        blurred = interval is None and named is not None and is_aligned(call)
        if not times or not connector or None in times or blurred:
            log.moot(call)
            continue
        within = {t.start.n: (t, during(log, clock, t, call, times)) for t in ledger.on(connector)}
        running = [t for t, fits in within.values() if fits == "within"]
        if len(running) == 1:
            if is_aligned(call):
                settings.needs(ALIGNED, call.n)
            yield from named_rightly(log, ledger, call, running[0])
            continue
        meant = [t for t in ledger.transactions if named in t.ids and t.began is not None]
        if meant and all(within.get(t.start.n, (t, "outside"))[1] == "outside" for t in meant):
            log.needs("beginning")
            says = f"sampled while transaction {named} was not running on connector {connector}"
            yield (meant[-1].start, call), f"/transactionId is {named!r}: {says}"
        else:
            log.moot(call)


def is_aligned(call: Frame) -> bool:
    return any(context == "Sample.Clock" for _, context in sampled_values(call))


def sampled(call: Frame, interval: float | None) -> list[Any]:
    """When the values of a MeterValues were sampled that belong to a running transaction; None for a date that is none. A
    clock-aligned one is of the whole interval: its date may be that of the begin (9.1.4), or of the end."""
    elements = call.get("meterValue")
    found = []
    for element in elements if isinstance(elements, list) else ():
        values = element.get("sampledValue") if isinstance(element, dict) else None
        dicts = [v for v in values if isinstance(v, dict)] if isinstance(values, list) else []
        if any(v.get("context", "Sample.Periodic") in DURING for v in dicts):
            at = seconds_of(element.get("timestamp"))
            found.append(at)
            if at is not None and interval and is_aligned(call):
                found.append(at + interval)
    return found


def during(log: Log, clock: Clock, transaction: Transaction, call: Frame, times: list[float]) -> str:
    """How samples lie to a transaction: all ``within``, all ``outside``, or too near to an end of it to say."""
    if transaction.began is None:
        return "near"
    low = log.tolerance + clock.slack(transaction.start, call)
    high = log.tolerance + (clock.slack(transaction.stops[0], call) if transaction.stops else 0.0)
    end = inf if transaction.ended is None else transaction.ended
    if all(transaction.began + low < at < end - high for at in times):
        return "within"
    return "outside" if all(at < transaction.began - low or at > end + high for at in times) else "near"


def named_rightly(log: Log, ledger: Ledger, call: Frame, running: Transaction) -> Offences:
    """The offence of MeterValues that were sampled within one transaction, if they do not name it."""
    named = whole(call.get("transactionId"))
    known = any(delivered(start, by=call) for start in running.starts) and not ledger.untold(running)
    unsure = running.ended is None and (not running.here or not log.is_over(call.t + log.pixit["patience"], call))
    if named in running.ids:
        return
    if not known or unsure or running.doubtful:
        log.moot(call)
    else:
        log.needs("beginning")
        says = "there is no transactionId" if named is None else f"/transactionId is {named}"
        yield (running.start, call), f"{says}; transaction {running.ids[-1]} was running on connector {running.connector}"


@monitor("OCPP16-4.7-02")
def connector_0_has_no_transaction(log: Log) -> Offences:
    for call in log.calls("MeterValues", by="charge-point"):
        if call.get("connectorId") != 0:
            log.moot(call)
        elif call.get("transactionId") is not None:
            yield call, f"/transactionId is {call.get('transactionId')!r}, and /connectorId is 0"
