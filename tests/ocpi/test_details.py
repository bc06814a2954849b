"""What the rules about texts, energy, hours and tariffs of one type take for an offence, and what not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from suites.ocpi221.monitors.display import markup
from suites.ocpi221.monitors.energy import WHOLE, rounding, share
from suites.ocpi221.monitors.hours import periods
from suites.ocpi221.monitors.references import overlap


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<b>Bold</b>", "<b>"),
        ("two lines<br/>", "<br/>"),
        ('see <a href="https://example.org">here</a>', '<a href="https://example.org">'),
        ("Fish &amp; chips", "&amp;"),
        ("5 &#8364;", "&#8364;"),
        ("<!-- nothing -->", "<!--"),
        ("I <3 charging", None),
        ("< 100 m & then left", None),
        ("P&R; level 2", None),
        ("<Gate 4>", None),
        ("*free* at night", None),
        (7, None),
    ],
)
def test_markup_is_what_html_has(text: Any, found: str | None) -> None:
    assert markup(text) == found


@pytest.mark.parametrize(
    ("percentages", "off"),
    [([100], False), ([33.3, 33.3, 33.3], False), ([33, 33, 33], False), ([60.5, 39.5], False), ([60.5], True), ([90, 20], True)],
)
def test_shares_may_be_rounded_and_no_more(percentages: list[float], off: bool) -> None:
    shares = [number for each in percentages if (number := share(each)) is not None]
    assert (abs(sum(shares, Decimal(0)) - WHOLE) > rounding(shares)) is off


@pytest.mark.parametrize("value", ["40", True, None, float("inf"), [40]])
def test_a_share_is_a_number(value: Any) -> None:
    assert share(value) is None


def test_periods_that_cannot_be_read_are_left_out() -> None:
    rows = [{"period_begin": "2027-01-01T00:00:00+01:00", "period_end": "2027-01-02T00:00:00Z"}, {"period_begin": 1}, "closed"]
    assert list(periods({"exceptional_closings": rows}, "exceptional_closings")) == []
    assert list(periods({"exceptional_closings": "never"}, "exceptional_closings")) == []


NEW_YEAR = "2030-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({}, {}, True),
        ({"end_date_time": NEW_YEAR}, {"start_date_time": NEW_YEAR}, False),
        ({"end_date_time": NEW_YEAR}, {"start_date_time": "2029-12-31T23:59:59Z"}, True),
        ({"end_date_time": NEW_YEAR}, {}, True),
        ({"end_date_time": "at New Year"}, {}, False),
        ({"start_date_time": 0}, {}, False),
    ],
)
def test_tariffs_overlap_where_both_are_active(one: dict[str, Any], other: dict[str, Any], both: bool) -> None:
    assert overlap(one, other) is both
    assert overlap(other, one) is both
