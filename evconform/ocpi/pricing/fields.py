"""The members of an object as it is on the wire, read one by one; a ValueError names the place as a JSON pointer."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

from evconform.ocpi.moments import moment

T = TypeVar("T")

AT_MOST = Decimal(10) ** 12
"""The largest number that is read: beyond any price or meter, and small enough to calculate with exactly."""
FINEST = -30
"""The exponent of the last digit that is read: a double's shortest form has no more for what is worth anything."""
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")


class Fields:
    """One object. A member that is null counts as left out (transport_and_format)."""

    def __init__(self, value: Any, pointer: str = "") -> None:
        self.pointer = pointer
        if not isinstance(value, dict):
            raise ValueError(f"{pointer or '/'}: an object is expected")
        self.value: dict[str, Any] = value

    def wrong(self, name: str, expected: str) -> NoReturn:
        raise ValueError(f"{self.pointer}/{name}: {expected} is expected")

    def needed(self, name: str, value: T | None) -> T:
        if value is None:
            raise ValueError(f"{self.pointer}/{name}: is missing")
        return value

    def text(self, name: str) -> str | None:
        value = self.value.get(name)
        if value is not None and not isinstance(value, str):
            self.wrong(name, "a string")
        return value

    def number(self, name: str) -> Decimal | None:
        value = self.value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            self.wrong(name, "a number")
        try:
            number = Decimal(str(value))
        except (InvalidOperation, ValueError):
            self.wrong(name, "a number")
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or abs(number) > AT_MOST or exponent < FINEST:
            self.wrong(name, "a number of this world")
        return number

    def whole(self, name: str) -> int | None:
        number = self.number(name)
        if number is not None and number != int(number):
            self.wrong(name, "a whole number")
        return None if number is None else int(number)

    def one_of(self, name: str, values: Collection[str]) -> str | None:
        value = self.text(name)
        if value is not None and value not in values:
            self.wrong(name, f"one of {', '.join(sorted(values))}")
        return value

    def moment(self, name: str) -> datetime | None:
        if (value := self.value.get(name)) is None:
            return None
        try:
            return moment(value)
        except ValueError as wrong:
            raise ValueError(f"{self.pointer}/{name}: {wrong}") from None

    def time_of_day(self, name: str) -> time | None:
        value = self.text(name)
        if value is not None and not _TIME.fullmatch(value):
            self.wrong(name, "a time of day like 13:30")
        return None if value is None else time.fromisoformat(value)

    def day(self, name: str) -> date | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value if _DATE.fullmatch(value) else "")
        except ValueError:
            self.wrong(name, "a day of the calendar like 2015-12-24")

    def items(self, name: str) -> list[Any]:
        value = self.value.get(name)
        if value is not None and not isinstance(value, list):
            self.wrong(name, "a list")
        return value or []

    def objects(self, name: str) -> list[Fields]:
        return [Fields(item, f"{self.pointer}/{name}/{place}") for place, item in enumerate(self.items(name))]

    def object(self, name: str) -> Fields | None:
        value = self.value.get(name)
        return None if value is None else Fields(value, f"{self.pointer}/{name}")
