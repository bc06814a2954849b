"""OCPI 2.2.1, types, DateTime: what is read, what is refused, and what we write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from evconform.ocpi.moments import moment, stamp


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2016-12-29T17:45:09Z", 0),
        ("2016-12-29T17:45:09", 0),
        ("2016-12-29T17:45:09.2Z", 200_000),
        ("2016-12-29T17:45:09.2", 200_000),
        ("2016-12-29T17:45:09.123Z", 123_000),
        ("2016-12-29T17:45:09.12345", 123_450),
    ],
)
def test_the_forms_of_the_text_are_read(text: str, microsecond: int) -> None:
    assert moment(text) == datetime(2016, 12, 29, 17, 45, 9, microsecond, UTC)


def test_a_leap_second_is_the_start_of_the_next_minute() -> None:
    assert moment("2016-12-31T23:59:60Z") == datetime(2017, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-29T17:45:09+00:00", "2016-12-29T17:45:09+01:00", "2016-12-29 17:45:09Z", "2016-12-29t17:45:09z", "2016-12-29",
        "2016-12-29T17:45Z", "2016-12-29T17:45:09.Z", "2016-12-29T17:45:09,5Z", "2016-13-29T17:45:09Z", "2016-02-30T17:45:09Z",
        "2016-12-29T24:00:00Z", "2016-12-29T17:45:61Z", "2016-12-29T17:45:09.123456Z", "20161229T174509Z", "٢٠١٦-12-29T17:45:09Z",
        "9999-12-31T23:59:60Z", "", " 2016-12-29T17:45:09Z", "2016-12-29T17:45:09Z\n", 1451411109, None, True, [1],
    ],
)  # fmt: skip
def test_other_forms_are_refused_with_words(text: Any) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        moment(text)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2016, 12, 29, 17, 45, 9, tzinfo=UTC), "2016-12-29T17:45:09Z"),
        (datetime(2016, 12, 29, 17, 45, 9, 120_900, UTC), "2016-12-29T17:45:09.120Z"),
        (datetime(2016, 12, 29, 17, 45, 9, 900, UTC), "2016-12-29T17:45:09Z"),
        (datetime(2016, 12, 29, 18, 45, 9, tzinfo=timezone(timedelta(hours=1))), "2016-12-29T17:45:09Z"),
    ],
)
def test_what_we_write_is_utc_and_can_be_read(at: datetime, text: str) -> None:
    assert stamp(at) == text
    assert abs(moment(text) - at) < timedelta(milliseconds=1)
