"""The products in a log: who they say they are, and how much is there of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from evconform.report.identity import CLAIMS, LONGEST

STATIONS_AT_MOST = 10_000
"""Stations of which more is kept than their messages' number."""


@dataclass
class Station:
    """One charge point in a log."""

    name: str
    messages: int = 0
    begins: float = 0.0
    ends: float = 0.0
    told: dict[str, str] = field(default_factory=dict)
    """Member of its BootNotification to what it said last."""

    @property
    def product(self) -> str:
        """Vendor, model and firmware, as far as they are known."""
        names = (self.told.get(m, "") for m in ("chargePointVendor", "chargePointModel", "firmwareVersion"))
        return " ".join(filter(None, names))

    def takes(self, frame: Any, t: float) -> None:
        self.begins = self.begins if self.messages else t
        self.ends = t
        self.messages += frame.kind == "text"
        said = frame.tells
        self.told |= {member: str(said[member])[:LONGEST] for member in CLAIMS["charge-point"] if member in said}
