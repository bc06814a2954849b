"""OCPI 2.2.1, mod_locations: the exceptions to the hours of a location."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from evconform.harness.law import monitor
from evconform.ocpi.moments import moment
from evconform.ocpi.view import Log
from suites.ocpi221.monitors.locations import children, objects

Period = tuple[datetime, datetime, str]


@monitor("OCPI221-LOC-61")
def closings_do_not_overlap_openings(log: Log) -> Iterator[tuple[Any, str]]:
    for held in objects(log, "Hours"):
        closings = list(periods(held.value, "exceptional_closings"))
        openings = list(periods(held.value, "exceptional_openings"))
        if not closings or not openings:
            log.moot(held.frame)
        for begin, end, closed in closings:
            for opens, closes, opened in openings:
                if begin < closes and opens < end:
                    yield held.frame, f"{held.frame}: {held.pointer}: closed {closed}, and open {opened}"


def periods(hours: dict[str, Any], name: str) -> Iterator[Period]:
    """Begin, end and words of the exceptional periods that can be read; the form of the others is another rule's matter."""
    for row in children(hours, name):
        try:
            begin, end = moment(row.get("period_begin")), moment(row.get("period_end"))
        except ValueError:
            continue
        yield begin, end, f"from {row['period_begin']} to {row['period_end']}"
