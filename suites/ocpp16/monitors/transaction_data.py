"""OCPP 1.6, 3.16.1 and 3.16.2: the meter values that a StopTransaction has of the time in between."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Log
from suites.ocpp16.measurands import UNITS, listed_measurands
from suites.ocpp16.metered import Transaction, Transactions
from suites.ocpp16.monitors.configuration import Configuration
from suites.ocpp16.monitors.meter_values import AT_WILL, CLOCK, PERIODIC, SLACK, seconds

Offences = Iterator[tuple[Any, str]]

FEW = 10
"""So many intervals: of a longer transaction some values may be dropped (3.16.6)."""
MOST = "StopTransactionMaxMeterValues"


@monitor("OCPP16-3.16.1-04")
def stop_holds_the_samples(log: Log) -> Offences:
    yield from hold_every_interval(log, PERIODIC, "StopTxnSampledData", "MeterValueSampleInterval")


@monitor("OCPP16-3.16.2-04")
def stop_holds_the_clock_samples(log: Log) -> Offences:
    yield from hold_every_interval(log, CLOCK, "StopTxnAlignedData", "ClockAlignedDataInterval")


def hold_every_interval(log: Log, context: str, list_key: str, interval_key: str) -> Offences:
    """A rule: a StopTransaction has each measurand of a list, with this context, once an interval of its transaction."""
    configuration, book = Configuration.of(log), Transactions.of(log)
    for stop in log.calls("StopTransaction", by="charge-point"):
        transaction = book.stopped_by(stop)
        listed = book.steady(configuration, list_key, transaction) if transaction else None
        interval = seconds(book.steady(configuration, interval_key, transaction)) if transaction else None
        wanted = [m for m in listed_measurands(listed or "") if m in UNITS and m not in AT_WILL]
        # the interval may be counted from the answer to the StartTransaction, and clock-aligned values may be dated with the
        # begin of theirs (9.1.5)
        late, early = log.pixit["patience"], interval if interval and context == CLOCK else 0.0
        most = (interval or 0.0) + SLACK + log.tolerance
        sure = transaction and transaction.stop is stop and interval and judged(transaction, interval, most + late + early)
        if not (transaction and interval and wanted and sure) or may_drop(configuration, transaction, interval, len(wanted)):
            log.moot(stop)
            continue
        for measurand in wanted:
            longest = longest_gap(transaction, measurand, context, late, early)
            if longest > most:
                says = f"/transactionData lacks {measurand} ({context}) for {longest:.0f} s"
                yield (transaction.start, stop), f"{says}, and {interval_key} is {interval:g} s"
                break


def judged(transaction: Transaction, interval: float, least: float) -> bool:
    """Whether a transaction lasted so long that there must be values, and not so long that some may be missing."""
    lasted = (transaction.ended or transaction.began) - transaction.began
    return transaction.accepted and least < lasted <= FEW * interval


def may_drop(configuration: Configuration, transaction: Transaction, interval: float, measurands: int) -> bool:
    """Whether there were more values than StopTransactionMaxMeterValues allows (erratum 3.91), each phase for one."""
    most = seconds(configuration.value_at(MOST, transaction.stop)) if transaction.stop else None
    lasted = (transaction.ended or transaction.began) - transaction.began
    return most is not None and (lasted / interval + 2) * measurands * 3 > most


def longest_gap(transaction: Transaction, measurand: str, context: str, late: float, early: float) -> float:
    """The longest time without a value, where the first may come ``late``, and all may be dated so ``early``."""
    fits = [v.at for v in transaction.data if any((r.measurand, r.context) == (measurand, context) for r in v.readings)]
    times = [transaction.began + late, *sorted(at for at in fits if at is not None and transaction.lasted(at))]
    within = max((later - earlier for earlier, later in pairwise(times)), default=0.0)
    return max(within, (transaction.ended or times[-1]) - times[-1] - early)
