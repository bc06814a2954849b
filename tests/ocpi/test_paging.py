"""OCPI 2.2.1, transport_and_format, pagination: links in every form of RFC 8288, windows, and what is no window."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from evconform.ocpi.paging import Window, link, next_link

URL = "https://www.server.com/ocpi/cpo/2.2.1/cdrs/?offset=150&limit=50"


@pytest.mark.parametrize(
    ("header", "url"),
    [
        (f'<{URL}>; rel="next"', URL),
        (f"<{URL}>;rel=next", URL),
        (f'<{URL}>; REL="NEXT"', URL),
        (f'<https://a/?x=1>; rel="prev", <{URL}>; title="a, b; c"; rel="next"', URL),
        (f'<{URL}>; rel="last next"', URL),
        ('<https://a/?f=1,2>; rel="next"', "https://a/?f=1,2"),
        ('<https://www.server.com/?offset=100\n                 &limit=100>; rel="next"', "https://www.server.com/?offset=100&limit=100"),
        ('</cdrs?offset=2>; rel="next"', "/cdrs?offset=2"),
        (f'<{URL}>; rel="prev"', None),
        (f'{URL}; rel="next"', None),
        (f"<{URL}>", None),
        ("", None),
        (None, None),
    ],
)  # fmt: skip
def test_the_next_link_is_found(header: str | None, url: str | None) -> None:
    assert next_link(header) == url


def test_our_own_link_is_read_again() -> None:
    assert next_link(link(URL)) == URL


def test_a_window_is_read_and_written() -> None:
    window = Window.of("date_from=2016-01-01T00:00:00Z&date_to=2016-12-31T23:59:59Z&offset=100&limit=100&other=1")
    assert window == Window(datetime(2016, 1, 1, tzinfo=UTC), datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC), 100, 100)
    assert window.query() == "date_from=2016-01-01T00:00:00Z&date_to=2016-12-31T23:59:59Z&offset=100&limit=100"
    assert Window.of(window.query()) == window
    assert Window.of({}) == Window()
    assert Window().query() == ""


def test_from_is_inclusive_and_to_exclusive() -> None:
    window = Window.of("date_from=2016-01-01T00:00:00Z&date_to=2017-01-01T00:00:00Z")
    assert window.holds(datetime(2016, 1, 1, tzinfo=UTC))
    assert not window.holds(datetime(2017, 1, 1, tzinfo=UTC))
    assert not window.holds(datetime(2015, 12, 31, 23, 59, 59, 999_999, UTC))


@pytest.mark.parametrize(
    "query",
    ["offset=-1", "offset=a", "offset=", "limit=1.5", "limit=", "limit=%2B1", "date_from=", "date_to=2016-01-01", "date_from=now",
     "limit=" + "9" * 30],
)  # fmt: skip
def test_what_is_no_window_names_its_parameter(query: str) -> None:
    with pytest.raises(ValueError, match=f"^{query.partition('=')[0]}: "):
        Window.of(query)
