"""OCPP 1.6, 7.31-7.35, 7.43, 7.45: the measurands with their units, and sampled values as typed readings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import Any

from evconform.ocpp.view import Frame, instant

REGISTER = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"

UNITS: dict[str, tuple[str, ...]] = {
    "Current.Export": ("A",),
    "Current.Import": ("A",),
    "Current.Offered": ("A",),
    "Energy.Active.Export.Register": ("Wh", "kWh"),
    "Energy.Active.Import.Register": ("Wh", "kWh"),
    "Energy.Reactive.Export.Register": ("varh", "kvarh"),
    "Energy.Reactive.Import.Register": ("varh", "kvarh"),
    "Energy.Active.Export.Interval": ("Wh", "kWh"),
    "Energy.Active.Import.Interval": ("Wh", "kWh"),
    "Energy.Reactive.Export.Interval": ("varh", "kvarh"),
    "Energy.Reactive.Import.Interval": ("varh", "kvarh"),
    "Frequency": (),
    "Power.Active.Export": ("W", "kW"),
    "Power.Active.Import": ("W", "kW"),
    "Power.Factor": (),
    "Power.Offered": ("W", "kW", "VA", "kVA"),
    "Power.Reactive.Export": ("var", "kvar"),
    "Power.Reactive.Import": ("var", "kvar"),
    "RPM": (),
    "SoC": ("Percent",),
    "Temperature": ("Celsius", "Celcius", "Fahrenheit", "K"),
    "Voltage": ("V",),
}
"""Measurand (7.31) to the units (7.45) that measure it, the one that is implied first; Frequency has none (erratum 3.86)."""
EVERY_UNIT = frozenset(unit for units in UNITS.values() for unit in units)
"""7.45, with both spellings of Celsius (J errata 2025-04, 2.1)."""
SUMMED = frozenset(name for name in UNITS if name.startswith(("Energy.", "Power.")) and name != "Power.Factor")
"""What a total is the sum of, over the phases."""
FACTORS = dict.fromkeys(("kWh", "kvarh", "kW", "kVA", "kvar"), 1000.0)
"""Unit to its base unit; any other is one."""
PHASES = ("L1", "L2", "L3")
DECIMAL = re.compile(r"[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:[eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Reading:
    """A sampled value (7.43) with the defaults of the specification."""

    pointer: str
    """Where it stands in its payload."""
    given: frozenset[str]
    """The members that were sent."""
    measurand: str
    phase: str
    unit: str
    context: str
    location: str
    value: float | None
    """In the base unit; None if it is signed, or no number."""
    resolution: float
    """What its last digit is worth, in the base unit."""

    @property
    def line(self) -> str:
        """The phase conductor that it is about: L1 also for L1-N and L1-L2."""
        return self.phase.partition("-")[0]


@dataclass(frozen=True)
class MeterValue:
    """What was sampled at one time (7.33). ``at``: POSIX seconds; None if the time stamp is none."""

    frame: Frame
    pointer: str
    at: float | None
    readings: tuple[Reading, ...]

    def total(self, measurand: str, location: str = "Outlet") -> Reading | None:
        """The overall value of a measurand, or the sum where it came for all three phases."""
        found = [r for r in self.readings if (r.measurand, r.location) == (measurand, location) and r.value is not None]
        for reading in found:
            if not reading.phase:
                return reading
        lines = {r.line: r for r in found if r.phase in PHASES or r.phase.endswith("-N")}
        if measurand not in SUMMED or set(lines) != set(PHASES):
            return None
        first, whole = found[0], sum(r.value or 0.0 for r in lines.values())
        same = (first.unit, first.context, first.location)
        return Reading(first.pointer, first.given, measurand, "", *same, whole, 3 * first.resolution)


def parse(sampled: Any, pointer: str = "") -> Reading | None:
    """A sampled value as a reading; None if it is no object, or a member that says what it is has the wrong type."""
    if not isinstance(sampled, dict):
        return None
    words = {name: sampled.get(name, "") for name in ("measurand", "phase", "unit", "context", "location", "format")}
    if not all(isinstance(word, str) for word in words.values()):
        return None
    measurand = words["measurand"] or REGISTER
    unit = words["unit"] or next(iter(UNITS.get(measurand, ())), "")
    value, resolution = (None, 0.0) if words["format"] == "SignedData" else number(sampled.get("value"))
    factor = FACTORS.get(unit, 1.0)
    return Reading(
        pointer,
        frozenset(sampled),
        measurand,
        words["phase"],
        unit,
        words["context"] or "Sample.Periodic",
        words["location"] or "Outlet",
        None if value is None else value * factor,
        resolution * factor,
    )


def number(value: Any) -> tuple[float | None, float]:
    """A decimal number, and what its last digit is worth; None if it is none, or beyond any measure."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = repr(float(value)) if abs(value) < 1e15 else ""
    found = DECIMAL.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 64 else None
    if found is None or not isfinite(read := float(found[0])):
        return None, 0.0
    return read, 10.0 ** -len(found[1] or found[2] or "")


def meter_values(frame: Frame) -> tuple[MeterValue, ...]:
    """The meter values of a MeterValues or a StopTransaction; every rule asks for them, so the frame remembers them."""
    if frame.memo is None:
        frame.memo = read_values(frame)
    values: tuple[MeterValue, ...] = frame.memo
    return values


def read_values(frame: Frame) -> tuple[MeterValue, ...]:
    member = "transactionData" if frame.action == "StopTransaction" else "meterValue"
    listed = frame.get(member)
    found = []
    for n, each in enumerate(listed if isinstance(listed, list) else ()):
        if not isinstance(each, dict):
            continue
        moment = instant(each.get("timestamp"))
        sampled = each.get("sampledValue")
        where = f"/{member}/{n}"
        readings = (parse(s, f"{where}/sampledValue/{i}") for i, s in enumerate(sampled if isinstance(sampled, list) else ()))
        at = moment.timestamp() if moment else None
        found.append(MeterValue(frame, where, at, tuple(r for r in readings if r)))
    return tuple(found)


def listed_measurands(value: str) -> dict[str, set[str]]:
    """A list of measurands as a configuration key has it: measurand to the phases that it names; ``Voltage.L1`` names one."""
    found: dict[str, set[str]] = {}
    for item in filter(None, (item.strip() for item in value.split(","))):
        name, dot, phase = item.rpartition(".")
        by_phase = dot and re.fullmatch(r"L[123](-(L[123]|N))?|N", phase)
        found.setdefault(name if by_phase else item, set()).update({phase} if by_phase else ())
    return found
