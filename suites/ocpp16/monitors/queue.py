"""OCPP 1.6, 3.7: the queue of transaction-related messages, and what happens when one of them fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.ledger import Ledger
from suites.ocpp16.monitors.framing import SHORTEST_TIMEOUT
from suites.ocpp16.told import Clock, Settings, content, delivered, failed, seconds_of, told_by, whole

Offences = Iterator[tuple[Any, str]]
Memory = dict[str, Any]

RELATED = ("StartTransaction", "StopTransaction", "MeterValues")
PERIODIC, CLOCK = "Sample.Periodic", "Sample.Clock"
ATTEMPTS, INTERVAL = "TransactionMessageAttempts", "TransactionMessageRetryInterval"


@dataclass
class Message:
    """A transaction-related message, with all its transmissions."""

    calls: list[Frame] = field(default_factory=list)

    def before(self, frame: Frame) -> list[Frame]:
        return [call for call in self.calls if call.n < frame.n]

    def after(self, frame: Frame) -> Frame | None:
        return next((call for call in self.calls if call.n > frame.n), None)

    def failures(self, until: Frame) -> int:
        """The number of transmissions that failed, with ``until`` as the last."""
        return sum(failed(call) for call in self.calls if call.n <= until.n)


class Queue:
    """The transaction-related messages of a conversation, in the order of their first transmission."""

    def __init__(self, log: Log) -> None:
        said: dict[str, Message] = {}
        self.of: dict[int, Message] = {}
        for call in told_by(log, *RELATED):
            if call.action != "MeterValues" or (whole(call.get("transactionId")) is not None and context_of(call)):
                message = self.of[call.n] = said.setdefault(content(call), Message())
                message.calls.append(call)
        self.messages = list(said.values())


def context_of(call: Frame) -> str:
    """The context of MeterValues that are all periodic, or all clock-aligned; empty for any other (7.35)."""
    elements = call.get("meterValue")
    contexts = set()
    for element in elements if isinstance(elements, list) else ():
        values = element.get("sampledValue") if isinstance(element, dict) else None
        contexts |= {str(v.get("context", PERIODIC)) for v in values if isinstance(v, dict)} if isinstance(values, list) else {""}
    return contexts.pop() if len(contexts) == 1 and contexts <= {PERIODIC, CLOCK} else ""


def told_of(call: Frame) -> float | None:
    """The instant that a message tells: of MeterValues, the first of its values."""
    if call.action != "MeterValues":
        return seconds_of(call.get("timestamp"))
    elements = call.get("meterValue")
    first = elements[0] if isinstance(elements, list) and elements else None
    return seconds_of(first.get("timestamp")) if isinstance(first, dict) else None


@monitor("OCPP16-3.7-01", accumulates=dict)
def in_the_order_of_what_they_tell(log: Log, memory: Memory) -> Offences:
    queue, ledger, clock = Queue(log), Ledger.shared(log, memory), Clock.of(log)
    last: dict[Any, Frame] = {}
    for call in log.calls(*RELATED, by="charge-point"):
        message, at = queue.of.get(call.n), told_of(call)
        if message is None or message.calls[0] is not call or at is None:
            log.moot(call)  # one that was sent again comes when it can
            continue
        rows = rows_of(call, ledger)
        earlier = max((last[row] for row in rows if row in last), key=lambda f: told_of(f) or 0.0, default=None)
        last.update(dict.fromkeys(rows, call))
        back = (told_of(earlier) or 0.0) - at if earlier else 0.0
        if earlier is None:
            log.moot(call)
        elif back > clock.margin + clock.slack(earlier, call):
            log.needs("beginning")  # it may have been sent before
            yield (earlier, call), f"{call.action} tells of {back:.1f} s before {earlier.action}, which was sent before it"


def rows_of(call: Frame, ledger: Ledger) -> list[Any]:
    """The rows that a message stands in: that of all starts and stops, and that of its connector. Clock-aligned values have
    one of their own, as their time stamp may be that of the interval's begin."""
    if call.action == "MeterValues":
        return [(context_of(call), call.get("connectorId"))] if whole(call.get("connectorId")) is not None else []
    about = ledger.of(call)
    return ["start and stop", *([(PERIODIC, about.connector)] if about and about.connector is not None else [])]


@monitor("OCPP16-3.7-03", accumulates=dict)
def waits_for_those_before(log: Log, memory: Memory) -> Offences:
    queue, settings = Queue(log), Settings(log, memory, ATTEMPTS)
    waiting: list[Message] = []
    for call in log.calls(*RELATED, by="charge-point"):
        message = queue.of.get(call.n)
        if message is None or message is queue.messages[0]:
            log.moot(call)
        waiting = [m for m in waiting if not any(delivered(sent, by=call) for sent in m.before(call))]
        if message is None:
            continue
        for other in waiting:
            first = other.calls[0].n < message.calls[0].n
            # what was given up stays so, whatever may be tried from then on
            attempts = settings.least(ATTEMPTS, other.before(call)[-1].n, call.n)
            if first and (says := blocks(other, call, attempts)):
                log.needs("beginning", "connections")  # it may have been sent before, and given up
                settings.needs(ATTEMPTS, call.n)
                log.needs_answers()
                yield (other.before(call)[-1], call), f"{call.action} was sent while {says}"
                break
        if message.calls[0] is call:
            waiting.append(message)


def blocks(other: Message, call: Frame, attempts: float | None) -> str:
    """Why a message that was not delivered must go before ``call``; empty if it may have been given up."""
    sent = other.before(call)
    last = sent[-1]
    known = last.answer is not None and last.answer.n < call.n
    how = f"failed {other.failures(last)} times" if failed(last) and known else "was not answered"
    words = f"{last.action} of frame {last.n} {how}"
    if attempts:
        return f"{words}, sent {len(sent)} of {attempts:g} times" if len(sent) < attempts else ""
    if again := other.after(call):
        return f"{words}; it was sent again in frame {again.n}"
    open_still = last.conn == call.conn and (last.answer is None or last.answer.n > call.n)
    return f"{words} yet" if open_still and call.since(last) < SHORTEST_TIMEOUT else ""


@monitor("OCPP16-3.7.1-01", accumulates=dict)
def sends_again_what_failed(log: Log, memory: Memory) -> Offences:
    queue, settings = Queue(log), Settings(log, memory, ATTEMPTS, INTERVAL)
    for call in log.calls(*RELATED, by="charge-point"):
        message = queue.of.get(call.n)
        attempts = settings.steady(ATTEMPTS, call.n, log.last)
        interval = settings.steady(INTERVAL, call.n, log.last)
        failures = message.failures(call) if message and failed(call) else 0
        if not (message and call.answer and failures and attempts and interval is not None and failures < attempts):
            log.moot(call)
            continue
        due = call.answer.t + interval * failures + log.pixit["patience"]
        if message.after(call):
            continue
        if log.is_over(due, call.answer):
            log.needs("beginning")  # it may have failed before
            says = f"failed {failures} of {attempts:g} times, and was not sent again within {due - call.answer.t:g} s"
            yield (call, call.answer), f"{call.action} {says}"
        else:
            log.moot(call)


@monitor("OCPP16-3.7.1-02", accumulates=dict)
def waits_before_it_sends_again(log: Log, memory: Memory) -> Offences:
    queue, settings = Queue(log), Settings(log, memory, INTERVAL)
    for call in log.calls(*RELATED, by="charge-point"):
        message = queue.of.get(call.n)
        before = message.before(call)[-1:] if message else []
        interval = settings.steady(INTERVAL, before[0].n, call.n) if before else None
        if not (message and interval and failed(before[0]) and before[0].conn == call.conn):
            log.moot(call)  # once it was offline, a charge point sends its queue at once
            continue
        wait = interval * message.failures(before[0])
        waited = call.since(before[0])
        log.keeps(waited - wait)
        if waited < wait - log.tolerance:
            log.needs("connections")
            yield (before[0], call), f"sent again after {waited:.1f} s; expected {wait:g} s"


@monitor("OCPP16-3.7.1-03", accumulates=dict)
def gives_up_what_failed_too_often(log: Log, memory: Memory) -> Offences:
    queue, settings = Queue(log), Settings(log, memory, ATTEMPTS, INTERVAL)
    for call in log.calls(*RELATED, by="charge-point"):
        message = queue.of.get(call.n)
        attempts = settings.steady(ATTEMPTS, message.calls[0].n, log.last) if message else None
        failures = message.failures(call) if message and failed(call) else 0
        if not (message and call.answer and attempts and failures >= attempts):
            log.moot(call)
        elif again := message.after(call):
            yield (call, again), f"{call.action} failed {failures} times and was sent again; expected {attempts:g} at most"
        else:
            due = call.answer.t + (settings.at(INTERVAL, call.n) or 0.0) * failures + log.pixit["patience"]
            went_on = any(m.calls[-1].n > call.n for m in queue.messages if m is not message)
            if not went_on and not log.is_over(due, call.answer):
                log.moot(call)
