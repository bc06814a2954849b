"""The hardware of one connector: control pilot (IEC 61851-1), cable, lock, contactor, and the EV at the other end."""

from __future__ import annotations

from dataclasses import dataclass, field

MAINS = 230.0
"""Volts between a phase and neutral."""
DC_BUS = 400.0
POWER_FACTOR = 0.98
LEAST_CURRENT = 6.0
"""Amperes below which a pilot cannot offer anything (IEC 61851-1)."""


@dataclass
class Ev:
    """An electric vehicle that takes what it is offered, up to what it can."""

    most_current: float = 16.0
    """Amperes for each phase; of DC ten times as many."""
    wants: bool = True


@dataclass
class Connector:
    """One connector. ``phases``: 0 for DC. A fixed cable is always in the charge point, and has no lock."""

    id: int
    phases: int
    most_power: float
    """Watts."""
    fixed: bool = False
    cable: bool = False
    """The cable is in the charge point."""
    halfway: bool = False
    """… but not so far that it can be locked."""
    ev_plugged: bool = False
    locked: bool = False
    jammed: bool = False
    contactor: bool = False
    fault: str = ""
    """The error code of what is wrong with it (7.6)."""
    offered: float = 0.0
    """Watts that the EVSE offers while a transaction runs; 0: it suspends."""
    ev: Ev = field(default_factory=Ev)

    def __post_init__(self) -> None:
        self.cable = self.cable or self.fixed

    @property
    def pilot(self) -> str:
        """The state of the control pilot: A no EV, B connected, C the EV takes energy, F not available."""
        if self.fault:
            return "F"
        if not (self.cable and self.ev_plugged):
            return "A"
        return "C" if self.contactor and self.offered > 0 and self.ev.wants else "B"

    @property
    def plugged(self) -> bool:
        """The EV is connected through."""
        return self.cable and self.ev_plugged

    @property
    def occupied(self) -> bool:
        """There is something for the driver to take out."""
        return self.ev_plugged or (self.cable and not self.fixed)

    def plug(self, fully: bool = True) -> None:
        self.cable, self.halfway, self.ev_plugged = True, not fully and not self.locked, True

    def unplug(self) -> None:
        """Takes the cable out at both ends, as far as it is not held."""
        self.ev_plugged = False
        if not self.locked and not self.fixed:
            self.cable = self.halfway = False

    def lock(self) -> bool:
        """Locks the cable. False: the lock failed."""
        self.locked = not self.fixed and not self.halfway and not self.jammed
        return self.locked or self.fixed

    def unlock(self) -> bool:
        """Opens the lock. False: it failed."""
        self.locked = self.locked and self.jammed
        return not self.jammed

    # ── what the meter sees ──

    @property
    def voltage(self) -> float:
        return MAINS if self.phases else DC_BUS

    @property
    def current(self) -> float:
        """Amperes, for each phase."""
        if self.pilot != "C":
            return 0.0
        offered = self.offered / (self.voltage * max(1, self.phases))
        return min(offered, self.ev.most_current * (1 if self.phases else 10))

    @property
    def power_factor(self) -> float:
        return POWER_FACTOR if self.phases else 1.0

    @property
    def power(self) -> float:
        """Watts."""
        return self.voltage * self.current * max(1, self.phases) * self.power_factor
