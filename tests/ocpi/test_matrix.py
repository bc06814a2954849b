"""Module × operation × role: every operation at everybody who serves it, and what a log shows of it."""

from __future__ import annotations

from collections import Counter

import pytest

from evconform.harness.content import shipped
from evconform.harness.form import Form
from evconform.harness.user_file import read_toml
from evconform.ocpi.matrix import Matrix, Row
from evconform.ocpi.operations import EITHER, OPERATIONS, SLICE
from tests.ocpi.entries import Written, said

SERVED = {"cpo": {"product": 27, "tester": 30, "": 1}, "emsp": {"product": 30, "tester": 27, "": 1}}
"""Counted by hand in the tables of 2.2.1: only the list of a hub is served by neither."""


def find(matrix: Matrix, operation: str, served: str, module: str) -> Row:
    [row] = [r for r in matrix.rows() if (r.module, r.operation, r.served) == (module, operation, served)]
    return row


@pytest.mark.parametrize("role", SERVED)
def test_every_operation_stands_at_everybody_who_serves_it(role: str) -> None:
    rows = Matrix(role).rows()
    assert Counter(row.served for row in rows) == SERVED[role]
    assert len({(row.module, row.operation, row.interface, row.role) for row in rows}) == len(rows)
    assert {(row.module, row.interface) for row in rows} == {(each.module, each.interface) for each in OPERATIONS}
    both = [row.served for row in rows if row.interface == EITHER]
    assert both.count("product") == both.count("tester") == 6
    assert {row.module for row in rows if row.here} == set(SLICE)
    assert not any(row.seen or row.first for row in rows)


@pytest.mark.parametrize("role", ["cpo", "emsp"])
def test_the_form_asks_for_each_of_them_and_for_nothing_else(role: str) -> None:
    file = shipped() / "suites" / "ocpi221" / role / "pics.toml"
    form = Form.read(read_toml(file), file)
    assert set(form.messages) == {row.message for row in Matrix(role).rows()}


def test_other_roles_have_none() -> None:
    assert Matrix("chain").rows() == []


def test_what_a_log_shows_counts_where_it_was_served() -> None:
    written, matrix = Written(), Matrix("cpo")
    written.announces()
    first = written.asks("tester", "GET", "/cpo/locations")
    for frame in (
        first,
        written.answers("sut", said([])),
        written.asks("tester", "GET", "/cpo/locations/1"),
        written.answers("sut", said(None, 2003)),  # no success
        written.asks("tester", "GET", "/cpo/locations?offset=2"),
        written.answers("sut", said([])),
        written.asks("sut", "PUT", "/emsp/locations/NL/CPO/1", {"id": "1"}),
        written.answers("tester", said(None), status="201 Created"),
    ):
        matrix.add(frame)
    pulled, pushed = find(matrix, "GET list", "product", "locations"), find(matrix, "PUT location_id", "tester", "locations")
    assert (pulled.seen, pulled.first, pulled.message) == (2, first.n, "locations_sender_get")
    assert (pushed.seen, pushed.message, pushed.role) == (1, "locations_receiver_put", "emsp")
    assert find(matrix, "GET location_id", "product", "locations").seen == 0
    assert sum(row.seen for row in matrix.rows()) == 3


def test_a_platform_says_who_it_is() -> None:
    written = Written()
    written.announces()
    roles = [
        {"role": "CPO", "country_code": "nl", "party_id": "CPO", "business_details": {"name": "B"}},
        {"role": "CPO", "country_code": "BE", "party_id": "ABC", "business_details": {"name": "A"}},
        "odd",
    ]
    sent = written.asks("sut", "PUT", "/emsp/cred", {"token": "t", "roles": roles})
    assert sent.tells == {"roles": "BE*ABC CPO, NL*CPO CPO", "business": "A, B"}
    written.answers("tester", said({"roles": []}))
    written.asks("tester", "GET", "/cpo/versions")
    offered = written.answers("sut", said([{"version": "2.2.1", "url": "x"}, {"version": "2.1.1"}, 7]))
    assert offered.tells == {"versions": "2.1.1, 2.2.1"}
    written.asks("tester", "GET", "/cpo/locations")
    assert written.answers("sut", said([{"version": "1"}])).tells == {}
