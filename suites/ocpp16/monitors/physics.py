"""OCPP 1.6, 7.31, 4.8, 4.10: what a meter reads must agree with itself. Everything is in Wh and W."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpp.view import Frame, Log
from suites.ocpp16.measurands import PHASES, POWER, REGISTER, MeterValue, Reading, meter_values
from suites.ocpp16.metered import NEAR, Moment, Transaction, Transactions, judge_moments
from suites.ocpp16.review import connector_ids, rows

Offences = Iterator[tuple[Any, str]]

SHARE = 0.05
"""Meters, and what they are compared with, may differ by so much."""
BETWEEN = 0.3
"""The share by which an EV may draw more or less between two samples than at them."""
ENERGY, WATTS = 20.0, 100.0
"""Besides that: Wh in an integral, W in a product."""
MAIN_METER = repr(0)
AT_ENDS = 10.0
"""Wh by which the register at the begin and the end may differ from meterStart and meterStop: they are read in turn."""
UNKNOWN_FACTOR = 0.8
"""A power factor that is not sent is 1, or as low as this."""


# ── the register ──


def registers(value: MeterValue) -> list[Reading]:
    """The overall readings of the energy register of the connector."""
    fits = (REGISTER, "", "Outlet")
    return [r for r in value.readings if (r.measurand, r.phase, r.location) == fits and r.value is not None]


@monitor("OCPP16-METER-01")
def register_never_falls(log: Log) -> Offences:
    book = Transactions.of(log)
    series = series_of(log, book)
    broken: dict[int, tuple[Frame, str]] = {}
    compared: set[int] = set()
    for connector, readings in series.items():
        for (then, frame, before), (at, later, r) in pairwise(readings):
            # between transactions a register may begin anew, though it should not (erratum 3.78); a main meter has none
            if connector != MAIN_METER and not book.one_holds(connector, then, at):
                continue
            compared.add(later.n)
            slack = 0.0 if r.unit == before.unit else max(r.resolution, before.resolution)
            if (r.value or 0.0) < (before.value or 0.0) - slack - 1e-6:
                says = f"{r.pointer}/value is {r.value:g} Wh, and it was {before.value:g} Wh {at - then:.0f} s before"
                broken.setdefault(later.n, (frame, says))
    for frame in log.calls("MeterValues", "StopTransaction", by="charge-point"):
        if frame.n in broken:
            earlier, says = broken[frame.n]
            yield (frame if earlier is frame else (earlier, frame)), says
        elif frame.n not in compared:
            log.moot(frame)


def series_of(log: Log, book: Transactions) -> dict[str, list[tuple[float, Frame, Reading]]]:
    """Connector to the readings of its register, in order of time."""
    found: dict[str, list[tuple[float, Frame, Reading]]] = {}
    for frame in (f for action in ("MeterValues", "StopTransaction") for f in log.conversation.called(action)):
        transaction = book.stopped_by(frame) if frame.action == "StopTransaction" else None
        connector = transaction.connector if transaction else frame.get("connectorId")
        if connector is None:
            continue
        read = ((v.at, frame, r) for v in meter_values(frame) if v.at is not None for r in registers(v))
        found.setdefault(repr(connector), []).extend(read)
    for readings in found.values():
        readings.sort(key=lambda each: (each[0], each[2].value))
    return found


@monitor("OCPP16-METER-04")
def register_lies_between_start_and_stop(log: Log) -> Offences:
    for transaction in Transactions.of(log).started():
        start, stop = transaction.start, transaction.stop
        least = start.number("meterStart")
        most = stop.number("meterStop") if stop else None
        read = [(v.frame, r) for v in (*transaction.values, *transaction.data) if v.at is not None for r in registers(v)]
        if least is None or not read:
            log.moot(start)
            continue
        if most is not None and stop and most < least:
            yield (start, stop), f"/meterStop is {most:g} Wh, and /meterStart is {least:g} Wh"
        finest = min(r.resolution for _, r in read)
        for frame, r in read:
            low = least if r.context != "Transaction.End" or most is None else most
            high = least if r.context == "Transaction.Begin" else most
            value, slack = r.value or 0.0, AT_ENDS + finest
            if value < low - slack or (high is not None and value > high + slack):
                bounds = f"{low:g} Wh" if low == high else f"{low:g} Wh or more" if high is None else f"{low:g} to {high:g} Wh"
                yield (start, frame), f"{r.pointer}/value ({r.context}) is {value:g} Wh, and must be {bounds}"


# ── energy and power ──


@dataclass(frozen=True)
class Sample:
    """A register and a power of one time."""

    at: float
    frame: Frame
    register: Reading
    power: Reading


def merged(values: Iterable[MeterValue]) -> list[MeterValue]:
    """Meter values, those with the same time stamp and contexts as one: each measurand may come by itself."""
    found: dict[Any, MeterValue] = {}
    for value in values:
        key = (value.at, frozenset(r.context for r in value.readings))
        before = found.get(key)
        found[key] = replace(value, readings=(*before.readings, *value.readings)) if before else value
    return list(found.values())


def samples(transaction: Transaction) -> list[Sample]:
    """The times of a transaction at which both were read."""
    found: list[Sample] = []
    for value in (*merged(transaction.values), *transaction.data):
        register, power = value.total(REGISTER), value.total(POWER)
        if register and power and value.at is not None and transaction.lasted(value.at):
            found.append(Sample(value.at, value.frame, register, power))
    found.sort(key=lambda sample: sample.at)
    return [s for n, s in enumerate(found) if n == 0 or s.at > found[n - 1].at]


def bounds(found: list[Sample], unsteady: list[float]) -> tuple[float, float]:
    """What the register may gain, in Wh: between two samples the power is between theirs; where the status changed, or
    samples are missing, it may have been anything between nothing and the most that was seen."""
    usual = median(b.at - a.at for a, b in pairwise(found))
    most = max(s.power.value or 0.0 for s in found)
    least_energy = most_energy = 0.0
    for a, b in pairwise(found):
        powers = (a.power.value or 0.0, b.power.value or 0.0)
        open_ = b.at - a.at > 2 * usual or any(a.at - NEAR <= at <= b.at + NEAR for at in unsteady)
        least_energy += (0.0 if open_ else min(powers)) * (b.at - a.at) / 3600
        most_energy += (most if open_ else max(powers)) * (b.at - a.at) / 3600
    return least_energy, most_energy


@monitor("OCPP16-METER-02")
def register_gains_what_the_power_gives(log: Log) -> Offences:
    book = Transactions.of(log)
    for transaction in book.started():
        found = samples(transaction)
        if len(found) < 3:
            log.moot(transaction.start)
            continue
        changes = [c for c in log.conversation.called("StatusNotification") if c.get("connectorId") == transaction.connector]
        unsteady = [book.stamp(c) for c in changes]
        least, most = bounds(found, unsteady)
        gained = (found[-1].register.value or 0.0) - (found[0].register.value or 0.0)
        hours = (found[-1].at - found[0].at) / 3600
        slack = ENERGY + min(s.register.resolution for s in found) + min(s.power.resolution for s in found) * hours
        if not least * (1 - BETWEEN) - slack <= gained <= most * (1 + BETWEEN) + slack:
            says = f"{found[-1].register.pointer}/value gained {gained:.0f} Wh in {hours * 3600:.0f} s"
            yield (found[0].frame, found[-1].frame), f"{says}, and the power gives {least:.0f} to {most:.0f} Wh"


# ── power, voltage and current ──


@dataclass(frozen=True)
class Product:
    """What voltage, current and power factor of one time come to, in W, and by how much that may be off."""

    least: float
    most: float


def product(readings: list[Reading], total_is_enough: bool) -> Product | None:
    """The sum over the phases of U·I·cos φ, where it can be formed."""
    current = {r.line: r for r in readings if r.measurand == "Current.Import" and (not r.phase or r.line in PHASES)}
    voltage = {r.line: r for r in readings if r.measurand == "Voltage" and r.phase in ("", *PHASES, "L1-N", "L2-N", "L3-N")}
    factor = {r.line: abs(r.value or 0.0) for r in readings if r.measurand == "Power.Factor"}
    lines = [line for line in current if line] or ([""] if total_is_enough and "" in current else [])
    if not lines or any(line not in voltage for line in lines):
        return None
    least = most = off = 0.0
    for line in lines:
        u, i = voltage[line], current[line]
        apparent = (u.value or 0.0) * (i.value or 0.0)
        known = factor.get(line, factor.get(""))
        share = known / 100 if known is not None and known > 1.5 else known  # some send it in percent
        least += apparent * (UNKNOWN_FACTOR if share is None else share)
        most += apparent * (1.0 if share is None else share)
        off += abs((u.value or 0.0) * i.resolution + (i.value or 0.0) * u.resolution) / 2
    return Product(least * (1 - SHARE) - WATTS - off, most * (1 + SHARE) + WATTS + off)


@monitor("OCPP16-METER-03")
def power_is_voltage_times_current(log: Log) -> Offences:
    def rule(frame: Frame, moment: Moment) -> str | None:
        alone = frame.by == "sut" and total_is_enough(log, moment.connector)
        said = [each for value in merged(moment.values) if (each := contradiction(value, alone)) is not None]
        return next(filter(None, said), "") if said else None

    yield from judge_moments(log, rule)


def contradiction(value: MeterValue, alone: bool) -> str | None:
    """What is wrong with the power of a meter value; None if nothing can be said of it."""
    power = value.total(POWER)
    here = [r for r in value.readings if r.location == "Outlet" and r.value is not None]
    expected = product(here, alone) if power else None
    if power is None or expected is None:
        return None
    watts, slack = power.value or 0.0, power.resolution
    if expected.least - slack <= watts <= expected.most + slack:
        return ""
    says = f"{power.pointer}/value is {watts:.0f} W, and voltage and current"
    return f"{says} give {expected.least:.0f} to {expected.most:.0f} W"


def total_is_enough(log: Log, connector: Any) -> bool:
    """Whether a connector is known to have one line only: direct current, or one phase."""
    if not log.pics.filled_in:
        return False
    ids = connector_ids(log.pics)
    mine = [row for row in rows(log.pics, "connector") if ids[row["evse"], row["code"]] == connector]
    return any(row["charging_type"] == "DC" or row.get("phases") == 1 for row in mine)
