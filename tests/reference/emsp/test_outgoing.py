"""The eMSP's pulls against everything that may come back: what is held stays, the trouble is told, and what may pass is tried
again. Each single request is tested with the shared half (tests/reference/ocpi/test_calls.py)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import respx
from sqlalchemy import select

from evconform.ocpi.authorization import authorization
from evconform.ocpi.headers import Routing
from evconform.reference.emsp.resync import passes
from evconform.reference.emsp.schema import HELD
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.records import Partner
from evconform.reference.ocpi.secrets import digest
from tests.reference.emsp.bench import Lab, lab, location
from tests.reference.ocpi.test_calls import THERE, WAYS, link, ok

ROLES = [{"role": "CPO", "party_id": "EVC", "country_code": "SI", "business_details": {"name": "CPO"}}]
ENDPOINTS = [
    {"identifier": module, "role": "SENDER", "url": f"{THERE}/{module}"} for module in ("credentials", "locations", "tariffs")
]
PAGE = f"{THERE}/locations"
SECOND = f"{PAGE}?page=2"


class Far:
    """An eMSP whose one partner is far away: it answers what a test says, by query; ``asked`` is what it was asked."""

    def __init__(self, made: Lab) -> None:
        self.lab = made
        self.locations: dict[str, Any] = {}
        self.asked: list[httpx.Request] = []

    def answers(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.locations.get(request.url.query.decode(), self.locations.get("*"))
        if isinstance(answer, Exception):
            raise answer
        made: httpx.Response = answer(request) if callable(answer) else answer
        return made

    def pulls(self) -> Any:
        return self.lab.run(self.lab.emsp.pulls(self.lab.partner, "locations"))

    def fails(self) -> Failed:
        with pytest.raises(Failed) as caught:
            self.pulls()
        return caught.value

    @property
    def held(self) -> list[str]:
        return sorted(row["id"] for row in self.lab.run(self.lab.emsp.store.read(select(HELD.c.id))))

    @property
    def trouble(self) -> str:
        return self.lab.emsp.platform.partners.troubles["p"].says


@pytest.fixture
def far() -> Iterator[Far]:
    with lab() as made, respx.mock(assert_all_called=False) as router:
        made.run(made.open())
        made.emsp.platform.guard.allowed = frozenset(("private",))
        partner = Partner(
            "p", state="registered", token=digest("ours"), their_token="theirs", versions_url=f"{THERE}/versions",
            version="2.2.1", endpoints=json.dumps(ENDPOINTS), roles=json.dumps(ROLES),
        )  # fmt: skip
        made.run(made.emsp.platform.partners.becomes(partner))
        there = Far(made)
        router.get(url__startswith=PAGE).mock(side_effect=there.answers)
        there.locations["*"] = ok([location("A"), location("B")])
        there.pulls()
        there.asked.clear()
        yield there


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize("name", WAYS)
def test_a_pull_that_fails_loses_nothing(far: Far, name: str, page: int) -> None:
    way, answer = WAYS[name]
    far.locations = {"": answer} if page == 1 else {"": ok([location("C")], **link(SECOND)), "page=2": answer}
    failed = far.fails()
    assert failed.way == way
    assert way in far.trouble
    assert "theirs" not in far.trouble
    came = ["a", "b"] + ["c"] * (page - 1)
    assert far.held == came, "nothing is dropped, and what came before is good"
    assert len(far.asked) == page
    far.locations = {"*": ok([location("B")])}
    far.lab.run(far.lab.settles(100))
    again = [request.url.query.decode() for request in far.asked[page:]]
    assert again == (["date_from=2026-01-05T10:00:00Z"] if passes(failed) else []), "and that once it may have passed"
    assert far.held == came, "a delta drops nothing"


LISTS: dict[str, tuple[str, Callable[[httpx.Request], httpx.Response]]] = {
    "to itself": ("endless", lambda _: ok([location("C")], **link(PAGE))),
    "in a ring": ("endless", lambda request: ok([location("C")], **link(PAGE if request.url.query else SECOND))),
    "on and on, with the same": (
        "endless",
        lambda request: ok([location("C")], Link=f'<{PAGE}?page={int(request.url.params.get("page", "1")) + 1}>; rel="next"'),
    ),
    "into our house": ("forbidden", lambda _: ok([location("C")], **link("http://169.254.169.254/locations"))),
    "to an object": ("improper", lambda _: ok(location("C"))),
}


@pytest.mark.parametrize("how", LISTS)
def test_a_list_that_leads_nowhere_ends(far: Far, how: str) -> None:
    way, far.locations["*"] = LISTS[how]
    assert far.fails().way == way
    assert way in far.trouble
    assert len(far.asked) <= 12
    assert {"a", "b"} <= set(far.held), "nothing is dropped"
    asked = len(far.asked)
    far.lab.run(far.lab.settles(2000))
    assert len(far.asked) == asked, "and it is not asked again"


def test_what_a_pull_carries(far: Far) -> None:
    far.locations = {"": ok([location("A")], **link(f"{SECOND}&cursor=%2Fa%20b")), "*": ok([location("B")])}
    far.pulls()
    first, second = far.asked
    assert second.url.raw_path == b"/ocpi/locations?page=2&cursor=%2Fa%20b", "a Link is followed as it is"
    for request in (first, second):
        assert request.headers["authorization"] == authorization("theirs")
        routed = Routing.of(request.headers.items())
        assert (routed.to, routed.sender) == (("SI", "EVC"), ("NL", "DRV"))
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_a_hub_is_asked_for_all(far: Far) -> None:
    """transport_and_format, GET ALL via hub: one list, of many owners."""
    roles: Any = [{"role": "HUB", "party_id": "HUB", "country_code": "DE", "business_details": {"name": "Hub"}}]
    known = {"their_token": "hubs", "version": "2.2.1", "endpoints": json.dumps(ENDPOINTS), "roles": json.dumps(roles)}
    far.lab.run(far.lab.clock.wait(1))
    far.lab.run(far.lab.emsp.platform.partners.becomes(Partner("h", state="registered", **known)))
    far.locations = {"*": ok([location("X", country_code="AT", party_id="ONE"), location("Y", party_id="TWO")])}
    outcome = far.pulls()
    assert (outcome.taken, outcome.broken, outcome.dropped) == (2, 0, 0)
    assert [request.headers["ocpi-to-party-id"] for request in far.asked] == ["HUB"]
    assert far.held == ["a", "b", "x", "y"]
