"""The energy meter of a connector: integrates its power, and reads the measurands that the PICS claims (7.31)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from evconform.harness.clock import Clock
from evconform.harness.pics import Pics
from mocks.charge_point.connector import Connector

REGISTER = "Energy.Active.Import.Register"
Reading = dict[str, Any]

READS: dict[str, Callable[[Connector, float], float]] = {
    REGISTER: lambda connector, register: float(int(register)),
    "Power.Active.Import": lambda connector, _: connector.power,
    "Power.Offered": lambda connector, _: connector.offered,
    "Current.Import": lambda connector, _: connector.current,
    "Current.Offered": lambda connector, _: connector.offered / connector.voltage / max(1, connector.phases),
    "Voltage": lambda connector, _: connector.voltage,
    "Power.Factor": lambda connector, _: connector.power_factor,
    "Frequency": lambda connector, _: 50.0,
    "Temperature": lambda connector, _: 31.0 if connector.contactor else 24.0,
}
"""Measurand to what the meter reads, in the first of its units."""
UNITS = {
    REGISTER: {"Wh": 1.0, "kWh": 1000.0},
    "Power.Active.Import": {"W": 1.0, "kW": 1000.0},
    "Power.Offered": {"W": 1.0, "kW": 1000.0},
    "Current.Import": {"A": 1.0},
    "Current.Offered": {"A": 1.0},
    "Voltage": {"V": 1.0},
    "Temperature": {"Celsius": 1.0},
}
"""Measurand to its units (7.45); Frequency (erratum 3.86) and Power.Factor have none."""


def letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


class Meter:
    """The meter of one connector. ``claims``: measurand to (by phase, unit), as the PICS has them."""

    def __init__(self, connector: Connector, pics: Pics, registers: dict[int, float], clock: Clock) -> None:
        self.connector = connector
        self.claims = dict(claimed(pics))
        self._registers = registers
        self._registers.setdefault(connector.id, 0.0)
        self._clock = clock
        self._read_at = clock.now()

    @property
    def register(self) -> float:
        """Wh, up to date."""
        self.integrate()
        return self._registers[self.connector.id]

    def integrate(self) -> None:
        """Adds the energy since the last time; to be called before anything changes the power."""
        hours = (self._clock.now() - self._read_at) / 3600
        self._registers[self.connector.id] += self.connector.power * hours
        self._read_at = self._clock.now()

    def wakes(self) -> None:
        """The power is back: what it did not measure it does not know."""
        self._read_at = self._clock.now()

    def read(self, measurands: list[str], context: str) -> list[Reading]:
        """The sampled values (7.43) of these measurands, of those it has; ``Voltage.L1`` is one phase of one."""
        names = measurands or [REGISTER]
        return [reading for name in names for reading in self._read(name, context)]

    def supports(self, measurand: str) -> bool:
        return any(True for _ in self._read(measurand, ""))

    def _read(self, name: str, context: str) -> Iterator[Reading]:
        measurand, _, phase = name.partition(".L") if re.search(r"\.L[123]$", name) else (name, "", "")
        if measurand not in self.claims and measurand != REGISTER:
            return
        by_phase, unit = self.claims.get(measurand, (False, "Wh"))
        value = READS[measurand](self.connector, self.register) / UNITS.get(measurand, {}).get(unit, 1.0)
        reading: Reading = {"value": f"{value:.3f}".rstrip("0").rstrip("."), "context": context, "measurand": measurand}
        if unit in UNITS.get(measurand, {}):
            reading["unit"] = unit
        phases = range(1, self.connector.phases + 1) if by_phase else ()
        if not phases:
            yield from () if phase else (reading,)
        for n in phases:
            if phase in ("", str(n)):
                yield reading | {"phase": f"L{n}" if measurand.startswith("Current") else f"L{n}-N"}


def claimed(pics: Pics) -> Iterator[tuple[str, tuple[bool, str]]]:
    """The measurands that the PICS claims of its connectors; a unit that OCPP does not have is none (the INCH's Hz)."""
    known = {letters(name): name for name in READS}
    for row in pics.sections.get("measurement", ()):
        measurand = known.get(letters(row["name"]))
        if measurand and row["level"] != "charge point":
            units = UNITS.get(measurand, {})
            unit = row.get("unit", "")
            yield measurand, (bool(row.get("phases")), unit if unit in units else next(iter(units), ""))
