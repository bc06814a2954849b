"""From pieces to lines: FLAT once an element, quantities summed for each Price Component, step_size as mod_cdrs has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from evconform.ocpi.pricing.charging_periods import charging_periods
from evconform.ocpi.pricing.cost import bounded, total
from evconform.ocpi.pricing.explanation import Explanation, Line
from evconform.ocpi.pricing.pieces import Piece
from evconform.ocpi.pricing.rounding import up_to_multiple
from evconform.ocpi.pricing.session import HOUR
from evconform.ocpi.pricing.tariff import Tariff
from evconform.ocpi.pricing.wall_clock import moment_of

Key = tuple[str, int, str, bool]
"""Tariff, element, dimension, whether of the reservation: a Price Component has one line."""
STEP_GROUPS = (("ENERGY", False), ("TIME", False), ("TIME", True))
"""step_size counts once for each: energy; time and parking time together; a reservation's time, which is before the session."""
STEPS_A_UNIT = {"ENERGY": 1000, "TIME": HOUR, "PARKING_TIME": HOUR}


@dataclass
class Bill:
    lines: dict[Key, Line] = field(default_factory=dict)
    last: dict[tuple[str, bool], Key] = field(default_factory=dict)
    tariffs: dict[str, Tariff] = field(default_factory=dict)
    session: bool = False

    def take(self, piece: Piece) -> None:
        reserved = piece.span.phase == "reserved"
        self.session = self.session or not reserved
        if piece.tariff is None:
            return
        self.tariffs[piece.tariff.id] = piece.tariff
        for dimension, found in piece.active.items():
            key = (piece.tariff.id, found.element, dimension, reserved)
            fresh = Line(
                piece.tariff.id, found.element, found.component, reserved, moment_of(piece.start), Fraction(0), Fraction(0)
            )
            line = self.lines.get(key, fresh)
            used = _used(piece, dimension)
            amount = Fraction(1) if dimension == "FLAT" else line.used + used
            self.lines[key] = replace(line, used=amount, billed=amount)
            if used:
                self.last[_group(dimension), reserved] = key

    def step(self) -> None:
        """What was used of the last component's dimension in the whole session is rounded up, and the rest is that component's.

        Whatever was active before, under this tariff or another, is billed as it was used.
        """
        for key in filter(None, map(self.last.get, STEP_GROUPS)):
            _, _, dimension, reserved = key
            line = self.lines[key]
            used = sum((each.used for other, each in self.lines.items() if other[2:] == (dimension, reserved)), Fraction(0))
            step = Fraction(line.component.step_size, STEPS_A_UNIT[dimension])
            rest = up_to_multiple(used, step) - used if used > 0 else Fraction(0)
            self.lines[key] = replace(line, billed=line.used + rest)


def _used(piece: Piece, dimension: str) -> Fraction:
    """In kWh or hours; FLAT has no quantity."""
    return {"ENERGY": piece.kwh, "FLAT": Fraction(0)}.get(dimension, piece.seconds / HOUR)


def _group(dimension: str) -> str:
    return "TIME" if dimension == "PARKING_TIME" else dimension


def explain(pieces: Iterable[Piece]) -> Explanation:
    """The bounds of a tariff hold for what ran under it."""
    pieces, bill = list(pieces), Bill()
    for piece in pieces:
        bill.take(piece)
    bill.step()
    lines = tuple(bill.lines.values())
    shares, says = [], []
    for tariff in bill.tariffs.values():
        share, moved = bounded(total(line.cost for line in lines if line.tariff == tariff.id), tariff, bill.session)
        shares.append(share)
        says += [f"tariff {tariff.id}, {each}" for each in moved]
    return Explanation(lines, charging_periods(pieces), total(line.cost for line in lines), total(shares), tuple(says))
