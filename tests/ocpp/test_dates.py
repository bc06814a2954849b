"""OCPP 1.6, 3.15: which texts are a date and time of ISO 8601, and which instant they name."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.frame import instant
from evconform.ocpp.schemas import DATE_TIME


@pytest.mark.parametrize("text", [
    "2024-02-29T12:00:00Z", "2024-01-01T00:00:00.1Z", "2024-01-01T00:00:00.123456789Z", "2024-01-01t00:00:00z",
    "2024-01-01T00:00:00,5Z",
    "2024-01-01T24:00:00Z", "2016-12-31T23:59:60Z", "2024-01-01T00:00:00+01:00", "2024-01-01T00:00:00-0130",
    "2024-01-01T00:00:00+01",
    "2024-01-01T00:00:00", "2024-01-01T00:00Z",
])  # fmt: skip
def test_a_date_and_time_of_iso_8601_is_legal(text: str) -> None:
    assert DATE_TIME.fullmatch(text)


@pytest.mark.parametrize("text", [
    "", "now", "2024-01-01", "12:00:00Z", "2024-01-01 00:00:00Z", "2024-1-1T00:00:00Z", "24-01-01T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z", "2024-01-32T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-01T25:00:00Z", "2024-01-01T24:30:00Z",
    "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00ZZ", "2024-01-01T00:00:00Z\n",
    "2024-01-01T00:00:00+99:99", "2024-01-01T00:00:00+1:00", "01.01.2024 00:00", "1704067200", "٢٠٢٤-01-01T00:00:00Z",
    "20240101T00:00:00Z",
])  # fmt: skip
def test_another_text_is_no_date_and_time(text: str) -> None:
    assert not DATE_TIME.fullmatch(text)


@pytest.mark.parametrize("text", ["2024-01-01T00:00:00", "2024-02-30T00:00:00Z", "2016-12-31T23:59:60Z", "now", None, 7])
def test_what_names_no_instant_is_none(text: Any) -> None:
    assert instant(text) is None
