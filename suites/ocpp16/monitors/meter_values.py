"""OCPP 1.6, 3.16, 4.7, 7.45: which meter values are sent, when, and in which units."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import gcd
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.measurands import REGISTER, UNITS, MeterValue, Reading, listed_measurands, meter_values
from suites.ocpp16.metered import Moment, Transaction, Transactions, judge_moments, moments_of
from suites.ocpp16.monitors.configuration import Configuration

Offences = Iterator[tuple[Any, str]]

PERIODIC, CLOCK = "Sample.Periodic", "Sample.Clock"
SLACK = 1.0
"""Seconds, besides the tolerance, that a time stamp may be off: some have whole seconds only."""
QUIET = 10.0
"""Seconds that a transaction must have been seen for its silence to say something."""
ZONE = 900
"""Seconds: midnight is a multiple of this away from midnight UTC, wherever the charge point is (spec-gaps)."""
AT_WILL = frozenset(("SoC",))
"""Measurands that only the vehicle knows: it may not tell."""


def of_context(log: Log, transaction: Transaction, context: str) -> list[MeterValue]:
    """The meter values of a context, one for each time; those at about one time are one."""
    found: list[MeterValue] = []
    for value in transaction.values:
        fits = value.at is not None and any(r.context == context for r in value.readings)
        if fits and transaction.lasted(value.at) and not (found and value.at - (found[-1].at or 0.0) < SLACK):  # type: ignore[operator]
            found.append(value)
    return found


def seconds(value: str | None) -> float | None:
    """An interval as a key has it."""
    text = (value or "").strip()
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def gaps(
    log: Log, book: Transactions, transaction: Transaction, found: list[MeterValue], interval: float, last_more: float = 0.0
) -> Offences:
    """Where within a transaction a meter value is missing: at its begin, between two, and at its end, where so many seconds
    more may be between."""
    slack = SLACK + log.tolerance
    points = [(transaction.began, transaction.start), *((v.at or 0.0, v.frame) for v in found)]
    if transaction.ended is not None and transaction.stop is not None:
        points.append((transaction.ended, transaction.stop))
    for (earlier, before), (later, after) in pairwise(points):
        allowed = interval + slack
        if after is transaction.stop:  # the last may be dated with the begin of its interval (9.1.4)
            allowed += last_more
        if later - earlier > allowed and not book.offline(earlier, later):
            yield (before, after), f"{later - earlier:.1f} s without a sample, and the interval is {interval:g} s"
    frame = points[-1][1]
    due = frame.t + interval + slack + log.pixit["patience"]  # one that was queued came late, and so may the next
    due += last_more if frame is transaction.start else 0.0
    if transaction.stop is None and not book.stuck(transaction) and log.is_over(due, frame):
        yield frame, f"nothing was sampled since, and the interval is {interval:g} s"


# ── 3.16.1: sampled ──


@monitor("OCPP16-3.16.1-01")
def samples_are_an_interval_apart(log: Log) -> Offences:
    configuration, book = Configuration.of(log), Transactions.of(log)
    slack = SLACK + log.tolerance
    for transaction in book.started():
        interval = seconds(book.steady(configuration, "MeterValueSampleInterval", transaction))
        found = of_context(log, transaction, PERIODIC)
        if not interval or not transaction.accepted or any(book.doubtful(v, PERIODIC) for v in found):
            log.moot(transaction.start)
            continue
        missing = list(gaps(log, book, transaction, found, interval))
        yield from missing
        for n, (earlier, later) in enumerate(pairwise(found)):
            apart, since = (later.at or 0) - (earlier.at or 0), (later.at or 0) - transaction.began
            log.keeps(slack - abs(apart - interval))
            early = apart < interval - slack
            # a first sample at once is no part of the rhythm from the start
            if early and not (n == 0 and abs(since - interval) <= slack):
                says = f"{later.pointer}/timestamp is {apart:.1f} s after the sample before, and the interval is {interval:g} s"
                yield (earlier.frame, later.frame), says
        if not found and not missing:
            log.moot(transaction.start)


@monitor("OCPP16-3.16.1-02")
def no_samples_where_the_interval_is_0(log: Log) -> Offences:
    configuration, book = Configuration.of(log), Transactions.of(log)
    for transaction in book.started():
        if seconds(book.steady(configuration, "MeterValueSampleInterval", transaction)) != 0 or not book.seen(transaction, QUIET):
            log.moot(transaction.start)
            continue
        for value in of_context(log, transaction, PERIODIC):
            if not book.doubtful(value, PERIODIC):
                yield value.frame, f"{value.pointer} is a Sample.Periodic, and MeterValueSampleInterval is 0"


@monitor("OCPP16-3.16.1-03")
def samples_hold_the_measurands_of_the_list(log: Log) -> Offences:
    yield from hold_the_measurands(log, PERIODIC, "MeterValuesSampledData")


def hold_the_measurands(log: Log, context: str, key: str) -> Offences:
    """A rule: what was measured at one time of a connector holds the measurands that a key lists, and no other."""
    configuration, book = Configuration.of(log), Transactions.of(log)

    def rule(frame: Frame, moment: Moment) -> str | None:
        listed = configuration.steady(key, book.lab(moment.at, frame) - 2 * SLACK, frame)
        if listed is None or not moment.connector or any(book.doubtful(v, context) for v in moment.values):
            return None
        wanted = listed_measurands(listed) or {REGISTER: set()}
        extra = [r for r in moment.readings if r.measurand in UNITS and r.measurand not in wanted]
        if extra:
            return f"{extra[0].pointer}/measurand is {extra[0].measurand!r}, which {key} does not name"
        lacks = lacking(moment, wanted)
        if lacks and not log.is_over(frame.t + SLACK, frame):  # the rest may come in a message of its own
            return None
        return f"{moment.values[-1].pointer}/sampledValue lacks {', '.join(lacks)}, which {key} names" if lacks else ""

    yield from judge_moments(log, rule, context)


def lacking(moment: Moment, wanted: dict[str, set[str]]) -> list[str]:
    """The measurands, and the phases where phases are named, that a moment does not have."""
    lines: dict[str, set[str]] = {}
    for r in moment.readings:
        lines.setdefault(r.measurand, set()).add(r.line)
    lacks = [name for name in wanted if name in UNITS and name not in lines and name not in AT_WILL]
    for name, phases in wanted.items():
        lacks += [f"{name}.{each}" for each in sorted(phases) if name in lines and each.partition("-")[0] not in lines[name]]
    return lacks


# ── 3.16.2: aligned to the clock ──


@monitor("OCPP16-3.16.2-01")
def clock_samples_are_aligned(log: Log) -> Offences:
    configuration, book = Configuration.of(log), Transactions.of(log)
    for transaction in book.started():
        # 3.16 speaks of the time during a transaction; outside one they may be sent
        interval = seconds(book.steady(configuration, "ClockAlignedDataInterval", transaction))
        if not interval or not transaction.accepted or not book.seen(transaction, interval + SLACK):
            log.moot(transaction.start)
        else:
            yield from gaps(log, book, transaction, of_context(log, transaction, CLOCK), interval, last_more=interval)

    def rule(frame: Frame, moment: Moment) -> str | None:
        interval = clock_interval(configuration, book, frame, moment)
        if not interval:
            return None
        step = gcd(int(interval), ZONE)
        off = min(moment.at % step, -moment.at % step)
        where = moment.values[-1].pointer
        return f"{where}/timestamp is {off:.1f} s off the multiples of {interval:g} s from midnight" if off > SLACK else ""

    yield from judge_moments(log, rule, CLOCK)


def clock_interval(configuration: Configuration, book: Transactions, frame: Frame, moment: Moment) -> float | None:
    """ClockAlignedDataInterval from a moment until its message; None if it is not known, or changed."""
    since = book.lab(moment.at, frame) - 2 * SLACK
    return seconds(configuration.steady("ClockAlignedDataInterval", since, frame))


@monitor("OCPP16-3.16.2-02")
def no_clock_samples_where_the_interval_is_0(log: Log) -> Offences:
    configuration, book = Configuration.of(log), Transactions.of(log)
    for transaction in book.started():
        if seconds(book.steady(configuration, "ClockAlignedDataInterval", transaction)) != 0 or not book.seen(transaction, QUIET):
            log.moot(transaction.start)

    def rule(frame: Frame, moment: Moment) -> str | None:
        known = clock_interval(configuration, book, frame, moment)
        says = f"{moment.values[-1].pointer} is a Sample.Clock, and ClockAlignedDataInterval is 0"
        return says if known == 0 else None

    yield from judge_moments(log, rule, CLOCK)


@monitor("OCPP16-3.16.2-03")
def clock_samples_hold_the_measurands_of_the_list(log: Log) -> Offences:
    yield from hold_the_measurands(log, CLOCK, "MeterValuesAlignedData")


# ── 3.16.3: phases ──


@monitor("OCPP16-3.16.3-01")
def every_phase_once(log: Log) -> Offences:
    measured: dict[tuple[Any, ...], set[str]] = {}
    changes = [c.n for c in log.conversation.called("ChangeConfiguration")]

    def kinds(frame: Frame, moment: Moment) -> Iterator[tuple[str, set[str], set[str]]]:
        """Measurand, the phases that it came for here, and those that it came for anywhere under one configuration."""
        for kind, found in phases_of(moment).items():
            key = (sum(n < frame.n for n in changes), moment.connector, *kind)
            yield kind[0], found, measured.setdefault(key, set())

    def rule(frame: Frame, moment: Moment) -> str | None:
        for r in (r for value in moment.values for r in repeated(value)):
            return f"{r.pointer}/phase {r.phase} of {r.measurand} is there for the second time"
        compared = list(kinds(frame, moment))
        for measurand, found, everywhere in compared:
            if everywhere - found and log.is_over(frame.t + SLACK, frame):
                lacks = ", ".join(sorted(everywhere - found))
                return f"{moment.values[-1].pointer}/sampledValue lacks {measurand} of {lacks}, which was sent at another time"
        return "" if compared else None

    for moment in (moment for each in moments_of(log, "").values() for moment in each):
        for _, found, everywhere in kinds(moment.last, moment):
            everywhere.update(found)
    yield from judge_moments(log, rule)


def phases_of(moment: Moment) -> dict[tuple[str, str, str], set[str]]:
    """(measurand, context, location) to the phases that it came for, if it came for any."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for r in moment.readings:
        if r.phase:
            found.setdefault((r.measurand, r.context, r.location), set()).add(r.phase)
    return found


def repeated(value: MeterValue) -> Iterator[Reading]:
    """Readings of a phase that was read already."""
    seen = set()
    for r in value.readings:
        what = (r.measurand, r.phase, r.context, r.location, r.unit, r.value is None)
        if r.phase and what in seen:
            yield r
        seen.add(what)


# ── 3.16.5, 3.16.6: in the StopTransaction ──


def stops(log: Log) -> Iterator[tuple[Frame, str, str]]:
    """StopTransactions with StopTxnSampledData and StopTxnAlignedData, where both were known all the time."""
    configuration, book = Configuration.of(log), Transactions.of(log)
    for stop in log.calls("StopTransaction", by="charge-point"):
        transaction = book.stopped_by(stop)
        keys = ("StopTxnSampledData", "StopTxnAlignedData")
        sampled, aligned = (book.steady(configuration, key, transaction) if transaction else None for key in keys)
        if sampled is None or aligned is None:
            log.moot(stop)
        else:
            yield stop, sampled.strip(), aligned.strip()


@monitor("OCPP16-3.16.5-01")
def no_transaction_data_where_none_is_configured(log: Log) -> Offences:
    for stop, sampled, aligned in stops(log):
        if sampled or aligned:
            log.moot(stop)
        elif stop.get("transactionData"):
            yield stop, "/transactionData is there, and StopTxnSampledData and StopTxnAlignedData are empty"


@monitor("OCPP16-3.16.6-01")
def transaction_data_begins_and_ends(log: Log) -> Offences:
    for stop, sampled, _ in stops(log):
        contexts = {r.context for value in meter_values(stop) for r in value.readings}
        lacks = [each for each in ("Transaction.Begin", "Transaction.End") if each not in contexts]
        if not sampled:
            log.moot(stop)
        elif lacks:
            yield stop, f"/transactionData lacks {' and '.join(lacks)}, and StopTxnSampledData is {sampled!r}"


# ── 7.45: units ──


@monitor("OCPP16-7.45-01")
def frequency_has_no_unit(log: Log) -> Offences:
    for frame, readings in readings_of(log, lambda r: r.measurand == "Frequency"):
        wrong = [f"{r.pointer}/unit is {r.unit!r}" for r in readings if "unit" in r.given]
        if wrong:
            yield frame, f"{', '.join(wrong)}; a value of Frequency has none"


@monitor("OCPP16-7.45-02")
def unit_measures_the_measurand(log: Log) -> Offences:
    for frame, readings in readings_of(log, lambda r: r.measurand in UNITS and r.measurand != "Frequency" and "unit" in r.given):
        wrong = [r for r in readings if r.unit not in UNITS[r.measurand]]
        if wrong:
            says = (
                f"{r.pointer}/unit is {r.unit!r}; {r.measurand} comes in {' or '.join(UNITS[r.measurand]) or 'none'}"
                for r in wrong
            )
            yield frame, ". ".join(says)


def readings_of(log: Log, fits: Any) -> Iterator[tuple[Frame, list[Reading]]]:
    """Messages with meter values, as far as they have readings that fit."""
    for frame in log.calls("MeterValues", "StopTransaction", by="charge-point"):
        found = [r for value in meter_values(frame) for r in value.readings if fits(r)]
        if found:
            yield frame, found
        else:
            log.moot(frame)
