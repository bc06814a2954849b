"""What can be done to a number: of JSON's own grammar (RFC 8259, 6), of JSON Schema, of machines."""

from __future__ import annotations

from collections.abc import Iterator

from evconform.ocpp.hostile.item import Kind, Mutation

NO_JSON = {"leading-zero": "01", "plus": "+1", "hexadecimal": "0x10", "nan": "NaN", "infinity": "-Infinity", "bare-point": "1."}
LARGEST = "2147483647"

INTEGERS = {
    "zero": "0",
    "minus-one": "-1",
    "minus-zero": "-0",
    "2-to-31": "2147483648",
    "minus-2-to-31": "-2147483648",
    "2-to-53-plus-1": "9007199254740993",
    "2-to-63": "9223372036854775808",
    "thirty-digits": "1" + "0" * 30,
    "5000-digits": "9" * 5000,
    "exponent-400": "1e400",
}
"""Integers to some reader, whose range OCPP leaves open."""


def of_integer(base: int, large: bool) -> Iterator[Mutation]:
    kind: Kind = "legal" if large else "unclear"
    yield Mutation("2-to-31-minus-1", "valid" if large else "range", kind, LARGEST)
    yield from (Mutation(name, "range", "unclear", raw) for name, raw in INTEGERS.items())
    yield Mutation("point-zero", "range", "unclear", f"{base}.0")
    yield Mutation("exponent-zero", "range", "unclear", f"{base}e0")
    yield Mutation("half", "wrong-type", "illegal", f"{base}.5")
    yield from no_json()


DECIMALS = {"one-decimal": "21.4", "tenth": "0.1", "whole": "16", "whole-with-point": "16.0", "exponent": "1e1"}
"""Multiples of a tenth, some of which binary fractions miss (errata 3.39 and 3.76 want one decimal)."""
EXTREMES = {"zero": "0", "minus-one": "-1", "exponent-400": "1e400", "exponent-minus-400": "1e-400", "1e308": "1e308"}
TOO_FINE = {"two-decimals": "21.45", "three-decimals": "16.001"}


def of_number(base: float) -> Iterator[Mutation]:
    yield from (Mutation(name, "valid", "legal", raw) for name, raw in DECIMALS.items())
    yield from (Mutation(name, "range", "unclear", raw) for name, raw in EXTREMES.items())
    yield from (Mutation(name, "range", "illegal", raw) for name, raw in TOO_FINE.items())
    yield from no_json()


def no_json() -> Iterator[Mutation]:
    """What looks like a number, and makes the whole message no JSON."""
    yield from (Mutation(name, "no-json", "unreadable", raw) for name, raw in NO_JSON.items())
