"""Prices a session: tariffs, the location's time zone, readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evconform.ocpi.pricing.bill import explain
from evconform.ocpi.pricing.explanation import Explanation
from evconform.ocpi.pricing.pieces import pieces
from evconform.ocpi.pricing.session import Reading, spans
from evconform.ocpi.pricing.tariff import Tariff
from evconform.ocpi.pricing.wall_clock import zone_of


def price(readings: Sequence[Reading], tariffs: Iterable[Tariff], time_zone: str, *, expired: bool = False) -> Explanation:
    """``time_zone`` is the Location's; ``expired`` tells that the reservation ran out without a session.

    Raises ValueError: an unknown zone or tariff, readings out of order.
    """
    return explain(pieces(spans(readings), tariffs, zone_of(time_zone), expired))
