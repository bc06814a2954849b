"""Which announced URLs, versions and routes the rules take for an offence, on logs written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from evconform.ocpi.log import Log
from suites.ocpi221.monitors.routing import nothing_is_got_by_broadcast
from suites.ocpi221.monitors.secure import what_is_announced_is_https
from suites.ocpi221.monitors.versions import no_version_is_deprecated
from tests.ocpi.entries import Written, said


def judged(written: Written, monitor: Callable[[Log], Iterator[tuple[Any, str]]], role: str = "cpo") -> tuple[list[str], int]:
    """What a monitor says, and how many situations it saw."""
    log = written.log(role)
    return [words for _, words in monitor(log)], log.situations


def reached_by(versions_url: str) -> Written:
    """A CPO that gave this versions URL, and whose versions and details name URLs of HTTP."""
    made = Written()
    made.announces()
    made.mark("versions-url", side="sut", url=versions_url)
    return made


def test_who_is_reached_by_http_is_not_judged() -> None:
    assert judged(reached_by("http://cpo/cpo/versions"), what_is_announced_is_https) == ([], 0)


def test_who_is_reached_by_https_announces_nothing_else() -> None:
    words, situations = judged(reached_by("HTTPS://cpo/cpo/versions"), what_is_announced_is_https)
    assert [each.split(" announces ")[1].split(",")[0] for each in words] == [
        *("http://x/cpo/2.2.1", "http://x/cpo/cred", "http://x/cpo/locations/", "http://x/cpo/tariffs/")
    ]
    assert situations == 2
    assert judged(reached_by("https://cpo/cpo/versions"), what_is_announced_is_https, "emsp") == ([], 0)


@pytest.mark.parametrize(
    ("link", "offences"),
    [
        ("<http://x/cpo/locations/?offset=2>; rel=next", 1),
        ("<https://x/cpo/locations/?offset=2>; rel=next", 0),
        ("<?offset=2>; rel=next", 0),
    ],
)
def test_a_next_page_is_announced_too(link: str, offences: int) -> None:
    made = reached_by("https://cpo/cpo/versions")
    before = judged(made, what_is_announced_is_https)
    made.asks("tester", "GET", "/cpo/locations/")
    made.answers("sut", said([]), Link=link)
    words, situations = judged(made, what_is_announced_is_https)
    assert (len(words) - len(before[0]), situations - before[1]) == (offences, 1)


@pytest.mark.parametrize(("version", "offences"), [("2.1", 1), ("2.2", 1), ("2.1.1", 0), ("2.3.0", 0)])
def test_two_versions_are_deprecated(version: str, offences: int) -> None:
    made = Written()
    made.announces(version)
    assert [len(part) for part in judged(made, no_version_is_deprecated)[:1]] == [offences]


def of_a_hub() -> Written:
    """A CPO that is registered with a platform whose one party is a hub."""
    made = Written()
    made.announces()
    roles = [{"role": "HUB", "country_code": "xe", "party_id": "hub", "business_details": {"name": "x"}}]
    made.asks("tester", "POST", "/cpo/cred", {"token": "B", "url": "http://emsp/emsp/versions", "roles": roles})
    made.answers("sut", said({"token": "C", "url": "http://cpo/cpo/versions", "roles": []}))
    return made


@pytest.mark.parametrize(
    ("method", "to", "offences", "situations"),
    [
        ("GET", {"OCPI_to_party_id": "HUB", "OCPI_to_country_code": "XE"}, 1, 1),
        ("GET", {"OCPI_to_party_id": "EVC", "OCPI_to_country_code": "XE"}, 0, 1),
        ("GET", {}, 0, 1),
        ("PUT", {"OCPI_to_party_id": "HUB", "OCPI_to_country_code": "XE"}, 0, 0),
    ],
)
def test_a_get_is_not_for_all(method: str, to: dict[str, str], offences: int, situations: int) -> None:
    made = of_a_hub()
    made.asks("sut", method, "/emsp/locations/NL/CPO/L1", {} if method == "PUT" else "", **to)
    words, seen = judged(made, nothing_is_got_by_broadcast)
    assert (len(words), seen) == (offences, situations)


def test_where_no_hub_is_there_is_no_broadcast() -> None:
    made = Written()
    made.announces()
    made.registers()
    made.asks("sut", "GET", "/emsp/locations/NL/CPO/L1", OCPI_to_party_id="HUB", OCPI_to_country_code="XE")
    assert judged(made, nothing_is_got_by_broadcast) == ([], 0)
