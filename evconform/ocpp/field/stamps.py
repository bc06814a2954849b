"""Time stamps in the head of a line of a log: the finest of those that are there, and of two as fine the last, for that is
the program's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

DATED = re.compile(
    r"(?P<y>\d{4})[-/.](?P<m>\d\d)[-/.](?P<d>\d\d)[T ,]+(?P<h>\d\d):(?P<min>\d\d):(?P<s>\d\d)(?:[.,:](?P<f>\d{1,9}))?"
    r"\s?(?P<z>Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
DAY_FIRST = re.compile(
    r"(?<!\d)(?P<d>\d\d)[./-](?P<m>\d\d)[./-](?P<y>\d{4})[T ,]+(?P<h>\d\d):(?P<min>\d\d):(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?"
    r"(?P<z>(?!))?",
    re.ASCII,
)
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
OTHER_MONTHS = {"mai": 5, "mär": 3, "okt": 10, "dez": 12, "fév": 2, "avr": 4, "juin": 6, "juil": 7, "août": 8, "déc": 12}
SYSLOG = re.compile(
    r"(?<!\w)(?P<month>[^\W\d]{3,4})\.? +(?P<d>\d{1,2}) (?P<h>\d\d):(?P<min>\d\d):(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?"
)
TIME = re.compile(r"(?<![\d:.T-])(?P<h>[01]\d|2[0-3]):(?P<min>[0-5]\d):(?P<s>[0-5]\d)(?:[.,](?P<f>\d{1,9}))?(?![\d:])", re.ASCII)
EPOCH = re.compile(r"(?<![\d.\w])(1[0-9]{9})(?:\.(\d{1,9})|(\d{3}))?(?![\d.\w])", re.ASCII)
A_YEAR = 2000
"""Of a date that names none; a leap year, so that every day of one is there."""

Stamp = tuple[float, float]
"""POSIX seconds, and what the last digit is worth."""


def stamp_of(head: str) -> Stamp | None:
    """The time stamp in the head of a line."""
    best: Stamp | None = None
    for found in stamps_in(head):
        if best is None or found[1] <= best[1]:
            best = found
    return best


def stamps_in(head: str) -> Iterator[Stamp]:
    found = DATED.search(head) is not None  # also one that is no date
    for pattern in (DATED, DAY_FIRST):
        for match in pattern.finditer(head):
            if stamp := as_stamp(int(match["y"]), int(match["m"]), int(match["d"]), match, match["z"] or ""):
                found = True
                yield stamp
    if found:
        return
    for match in SYSLOG.finditer(head):
        name = match["month"].lower()
        month = MONTHS.index(name[:3]) + 1 if name[:3] in MONTHS else OTHER_MONTHS.get(name, 0)
        if month and (stamp := as_stamp(A_YEAR, month, int(match["d"]), match, "")):
            found = True
            yield stamp
    if not found and (epoch := EPOCH.search(head)):
        digits = epoch[2] or epoch[3] or ""
        yield float(f"{epoch[1]}.{digits or 0}"), 10.0 ** -len(digits)
    elif not found and (time := TIME.search(head)) and (stamp := as_stamp(A_YEAR, 1, 1, time, "")):
        yield stamp


def as_stamp(year: int, month: int, day: int, match: re.Match[str], zone: str) -> Stamp | None:
    """The stamp that these numbers are; None if there is no such day."""
    fraction = match["f"] or ""
    try:
        seconds = midnight(year, month, day, zone) + int(match["h"]) * 3600 + int(match["min"]) * 60 + int(match["s"])
    except ValueError:
        return None
    return seconds + (int(fraction) / 10 ** len(fraction) if fraction else 0.0), 10.0 ** -len(fraction)


@lru_cache(maxsize=256)
def midnight(year: int, month: int, day: int, zone: str) -> float:
    """POSIX seconds of the begin of a day. Raises ValueError."""
    offset = UTC
    if zone and zone != "Z":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        offset = timezone(timedelta(minutes=minutes if zone[0] == "+" else -minutes))
    return datetime(year, month, day, tzinfo=offset).timestamp()
