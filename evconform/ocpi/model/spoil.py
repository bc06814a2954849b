"""The values that are tried in the place of one value of a field, and what each is: legal, or against which atom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evconform.ocpi.model.engines import has_decimals
from evconform.ocpi.model.model import Model
from evconform.ocpi.model.notation import Enum, Field, Narrow, Primitive


@dataclass(frozen=True)
class Try:
    """A value, what it is tried for (``kind``), and the word of the atom that it is against; empty if it is legal."""

    kind: str
    value: Any
    against: str = ""
    variant: str = ""


OTHERS: dict[str, tuple[Any, ...]] = {
    "string": (5, True, {}, []),
    "number": ("1", True, {}, []),
    "integer": ("1", True, 1.5, []),
    "boolean": ("true", 1, {}, []),
    "object": ("text", 5, []),
    "array": ("text", 5, {}),
    "any": (),
}
"""Values of another JSON type than the one that a field has."""
BAD = {"ascii": "not-ascii", "printable": "control-character", "date-time": "bad-date", "url": "bad-url", "regex": "bad-pattern"}
"""What is tried, by the word of the atom that a text is against."""


def tries(model: Model, field: Field) -> Iterator[Try]:
    """All that is tried for a value of a field; of a list, for one item."""
    if field.type in model.classes:
        yield from wrong_types("object")
    elif enum := model.enum(field.type):
        yield from wrong_types("string")
        yield from _enumerated(enum)
    else:
        of = model.types[field.type]
        yield from wrong_types(of.json)
        yield from _TEXTS_OR_NUMBERS[of.json](of, field)


def wrong_types(json: str) -> Iterator[Try]:
    for value in OTHERS[json]:
        yield Try("wrong-type", value, "type", f"{value!r}")


def _enumerated(enum: Enum) -> Iterator[Try]:
    for value in enum.values:
        yield Try("enum-value", value, variant=value)
    against = "" if enum.open else "value"
    others = {"evconform-custom", enum.values[0].swapcase(), f"{enum.values[0]} "} - set(enum.values)
    for value in sorted(others):
        yield Try("unknown-enum", value, against, value)


def _texts(of: Primitive, field: Field) -> Iterator[Try]:
    most = field.length or of.length
    narrow = field.narrow
    special: Primitive | Narrow = narrow if narrow.regex else of
    kind = "regex" if narrow.regex else of.kind
    for text in special.good:
        if most is None or len(text) <= most:
            yield Try("other-form", text, variant=text)
    for text in special.bad:
        yield Try(BAD[kind], text, kind, f"{text!r}")
    for text in () if narrow.regex else of.too_long:
        yield Try("too-long", text, "length", text)
    if most and of.pad:
        if not narrow.regex:
            yield Try("longest", _padded(of, most), variant=f"{most}")
        yield Try("too-long", _padded(of, most + 1), "length", f"{most + 1}")


def _padded(of: Primitive, length: int) -> str:
    return str(of.sample)[:length].ljust(length, of.pad)


def _numbers(of: Primitive, field: Field) -> Iterator[Try]:
    narrow = field.narrow
    least, most = narrow.minimum, narrow.maximum
    digits = 10**field.length - 1 if field.length else None
    bounds = [bound for bound in (least, most if most is not None else digits) if bound is not None]
    for number in (*of.good, *narrow.good, *bounds):
        yield Try("other-form", number, _against(field, number), f"{number!r}")
    if least is not None:
        yield Try("out-of-range", least - 1, "range", f"{least - 1}")
    if most is not None or digits is not None:
        above = max(bounds) + 1
        yield Try("out-of-range", above, "range", f"{above}")
    for number in narrow.bad:
        yield Try("decimals", number, "decimals", f"{number!r}")


def _against(field: Field, number: float) -> str:
    """The atom that a number of the type is against, once the field is looked at."""
    narrow = field.narrow
    if narrow.decimals is not None and not has_decimals(number, narrow.decimals):
        return "decimals"
    low = narrow.minimum is not None and number < narrow.minimum
    return "range" if low or (narrow.maximum is not None and number > narrow.maximum) else ""


def _booleans(of: Primitive, field: Field) -> Iterator[Try]:
    for value in (True, False):
        yield Try("other-form", value, variant=f"{value}".lower())


def _any(of: Primitive, field: Field) -> Iterator[Try]:
    yield from ()


_TEXTS_OR_NUMBERS = {"string": _texts, "number": _numbers, "integer": _numbers, "boolean": _booleans, "any": _any}
