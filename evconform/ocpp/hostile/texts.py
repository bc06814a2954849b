"""What can be done to a text: its length, its alphabet, its enumeration, its date."""

from __future__ import annotations

import json
from collections.abc import Iterator

from evconform.ocpp.hostile.item import Kind, Mutation

HUGE = 10_000

ODD = {
    "empty": '""',
    "blank": '" "',
    "blank-before": '" evconform"',
    "blank-behind": '"evconform "',
    "control-characters": '"\\u0001\\u001b\\u007f"',
    "nul": '"a\\u0000b"',
    "line-break": '"a\\r\\nb"',
    "umlaut": '"\u00e4\u00df"',
    "emoji": '"\U0001f50c"',
    "right-to-left": '"\\u202eabc"',
    "lone-surrogate": '"\\ud800"',
    "sql": '"\' OR 1=1; --"',
    "path": '"../../etc/passwd"',
    "markup": '"<script>&amp;</script>"',
    "format": '"%s%n{0}${jndi:x}"',
    "word-null": '"null"',
}
"""Texts that a schema takes, and a program may choke on; whether a CiString has them is another question (3.9, 6.2)."""
NO_JSON = {"raw-line-break": '"a\nb"', "single-quotes": "'a'", "bad-escape": '"\\x41"', "unquoted": "evconform"}


def of_string(longest: int | None, base: str) -> Iterator[Mutation]:
    if longest:
        yield Mutation("longest", "valid", "legal", json.dumps("x" * longest))
        yield Mutation("too-long", "too-long", "illegal", json.dumps("x" * (longest + 1)))
        yield Mutation("twice-too-long", "too-long", "illegal", json.dumps("x" * (2 * longest)))
        yield Mutation("huge", "too-long", "illegal", json.dumps("x" * HUGE))
        yield Mutation("longest-in-umlauts", "text", "unclear", '"' + "\u00e4" * longest + '"')
        yield Mutation("longest-in-escapes", "text", "unclear", '"' + "\\u0078" * longest + '"')
    else:
        yield Mutation("huge", "text", "unclear", json.dumps("x" * HUGE))
    yield Mutation("one-character", "valid" if longest else "text", "legal" if longest else "unclear", '"x"')
    yield from (Mutation(name, "text", "unclear", raw) for name, raw in ODD.items())
    yield from (Mutation(name, "no-json", "unreadable", raw) for name, raw in NO_JSON.items())


def of_enumeration(values: list[str], base: str, every_value: bool) -> Iterator[Mutation]:
    """Values are told apart by case (OCPP-J 4.2: exactly as the specification writes them)."""
    if every_value:
        yield from (Mutation(f"value-{value}", "valid", "legal", json.dumps(value)) for value in values)
    wrong = {
        "unknown": "Evconform",
        "lower-case": base.lower(),
        "upper-case": base.upper(),
        "blank-before": f" {base}",
        "blank-behind": f"{base} ",
        "cut": base[:-1],
        "value-twice": base * 2,
        "two-of-them": f"{values[0]},{values[-1]}",
        "quoted": f'"{base}"',
        "empty": "",
        "huge": "x" * HUGE,
        "nul-behind": f"{base}\0",
        "place": "0",
    }
    for name, text in wrong.items():
        if text not in values:
            group = {"lower-case": "other-case", "upper-case": "other-case"}.get(name, "unknown-value")
            yield Mutation(name, group, "illegal", json.dumps(text))
    yield from (Mutation(name, "no-json", "unreadable", raw) for name, raw in NO_JSON.items())


LEGAL_DATES = {
    "fraction": "{moment}.123Z",
    "fraction-of-6": "{moment}.123456Z",
    "offset": "{moment}+02:00",
    "offset-west": "{moment}-05:30",
    "offset-zero": "{moment}+00:00",
    "fraction-and-offset": "{moment}.5+01:00",
    "leap-day": "{leap}-02-29T10:00:00Z",
}
UNCLEAR_DATES = {
    "no-offset": "{moment}",
    "basic-format": "{basic}Z",
    "lower-case": "{lower}z",
    "fraction-of-12": "{moment}.123456789012Z",
    "comma": "{moment},5Z",
    "no-seconds": "{minute}Z",
    "midnight-24": "{day}T24:00:00Z",
    "leap-second": "2016-12-31T23:59:60Z",
    "year-1": "0001-01-01T00:00:00Z",
    "year-9999": "9999-12-31T23:59:59Z",
    "day-only": "{day}",
    "blank-for-T": "{blank}Z",
    "offset-without-colon": "{moment}+0200",
}
NO_DATES = {
    "word": "yesterday",
    "empty": "",
    "month-13": "2026-13-01T10:00:00Z",
    "february-30": "2026-02-30T10:00:00Z",
    "hour-25": "{day}T25:00:00Z",
    "minute-60": "{day}T10:60:00Z",
    "offset-25": "{moment}+25:00",
    "posix-seconds": "1767261600",
    "american": "01/02/2026 10:00 AM",
    "rfc-1123": "Thu, 01 Jan 2026 10:00:00 GMT",
    "two-zones": "{moment}Z+02:00",
    "huge": "2" * HUGE,
}
"""Dates (3.15) that a receiver must bear, that ISO 8601 or OCPP leave open, and that are none."""


def of_date(base: str) -> Iterator[Mutation]:
    """``base``: like 2026-01-01T10:00:00Z."""
    moment = base[:19]
    parts = {"moment": moment, "day": base[:10], "minute": base[:16], "lower": moment.lower(), "blank": moment.replace("T", " ")}
    parts |= {"basic": moment.replace("-", "").replace(":", ""), "leap": "2096" if base > "2090" else "2024"}
    for forms, group, kind in DATES:
        yield from (Mutation(name, group, kind, json.dumps(form.format(**parts))) for name, form in forms.items())


DATES: tuple[tuple[dict[str, str], str, Kind], ...] = (
    (LEGAL_DATES, "valid", "legal"),
    (UNCLEAR_DATES, "date", "unclear"),
    (NO_DATES, "date", "undated"),
)
