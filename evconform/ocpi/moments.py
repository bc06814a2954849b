"""OCPI 2.2.1, types, DateTime: RFC 3339 in UTC, 25 characters at most, fractions and the final Z left to choice, no offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

AT_MOST = 25
_FORM = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)(\.\d+)?Z?", re.ASCII)


def moment(text: Any) -> datetime:
    """The moment, in UTC. A leap second is the start of the next minute. Raises ValueError, which says what is wrong."""
    if not isinstance(text, str):
        raise ValueError(f"a DateTime is a string, not {type(text).__name__}")
    if len(text) > AT_MOST:
        raise ValueError(f"{text[:40]!r} has {len(text)} characters, a DateTime at most {AT_MOST}")
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"{text!r} is not written like 2015-06-29T20:39:09Z")
    minute, seconds, fraction = form.groups()
    leap = seconds == "60"
    try:
        read = datetime.fromisoformat(f"{minute}:{'59' if leap else seconds}").replace(tzinfo=UTC)
        return read + timedelta(seconds=1 if leap else float(fraction or 0))
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no moment of the calendar") from None


def stamp(at: datetime) -> str:
    """The DateTime of a moment that knows its offset: in UTC, with Z, to the millisecond where there is a fraction."""
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond // 1000 else "seconds") + "Z"
