"""Rules of the law on logs written by hand: what OCPI 2.2.1 allows beside the nearest thing that it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from evconform.harness.judge import Terms, Window
from evconform.harness.pics import Pics
from suites.ocpi221.monitors import credentials, locations, pagination, pushes, references, registration, requests, responses
from tests.ocpi.entries import STAMP, Written, said

CLAIMS = {"several_parties": False, "hub_connected": False}
Tells = Callable[[Written], None]


def judged(rule: Any, tells: Tells, at_first: Any = None, **claims: bool) -> list[str]:
    """What a rule has against the log that ``tells`` writes; the SUT is a CPO that announced itself."""
    written = Written()
    written.announces()
    tells(written)
    terms = Terms("cpo", "", 0.0, {}, Pics(CLAIMS | claims), policy={"token-encoding": "base64"})
    log = written.view.conversations()[-1].log("cpo", terms, Window(0, written.t))
    found = rule(log) if at_first is None else rule(log, at_first)
    return [says for _, says in found]


def feeds(written: Written, by: Any, kind: str, *lines: str, body: str = "") -> None:
    written.feed(conn="tester" if by == "sut" else "sut", by=by, kind=kind, data="\r\n".join(lines) + f"\r\n\r\n{body}")


# ── transport ──


def interim(written: Written, *ids: str) -> None:
    written.asks("tester", "GET", "/cpo/locations", X_Request_ID="1")
    written.answers("sut", status="103 Early Hints")
    written.answers("sut", said([]), X_Request_ID=ids[0])


def test_an_interim_response_answers_nothing() -> None:
    assert judged(responses.request_ids_come_back, lambda written: interim(written, "1")) == []
    assert len(judged(responses.request_ids_come_back, lambda written: interim(written, "2"))) == 1


def asks_again(written: Written, answer: bool, target: str = "/emsp/locations/NL/CPO/1") -> None:
    written.asks("sut", "GET", "/emsp/locations/NL/CPO/1", conn="c1", X_Request_ID="1")
    if answer:
        written.answers("tester", said({}), conn="c1")
    written.asks("sut", "GET", target, conn="c2", X_Request_ID="1")


def test_http_may_send_a_request_again_that_a_connection_lost() -> None:
    rule = requests.request_ids_are_unique
    assert judged(rule, lambda written: asks_again(written, answer=False), {}) == judged(rule, lambda _: None, {})
    unlike = (lambda w: asks_again(w, answer=True), lambda w: asks_again(w, answer=False, target="/emsp/locations/NL/CPO/2"))
    for each in unlike:
        assert [says for says in judged(rule, each, {}) if "of frame" in says]


def spells(written: Written, first: str, second: str, refused: bool) -> None:
    spelt = {"base64": "⟪b⟫", "raw": "⟪r⟫"}
    written.mark("credentials-token", name="B1", side="tester", partner="partner", raw="⟪r⟫", spelt=spelt)
    written.asks("sut", "GET", "/emsp/versions", Authorization=f"Token {spelt[first]}")
    written.answers("tester", said([]), status="401 Unauthorized" if refused else "200 OK")
    written.asks("sut", "GET", "/emsp/versions", Authorization=f"Token {spelt[second]}")


def test_the_other_spelling_of_a_token_may_be_tried_once_the_right_one_was_refused() -> None:
    rule = requests.tokens_are_encoded
    assert judged(rule, lambda written: spells(written, "base64", "raw", refused=True)) == []
    assert len(judged(rule, lambda written: spells(written, "base64", "raw", refused=False))) == 1
    assert len(judged(rule, lambda written: spells(written, "raw", "base64", refused=True))) == 1


def stamps(written: Written, asked: float, answered: float, second: str) -> None:
    written.asks("tester", "GET", "/cpo/cred")
    written.answers("sut", said({}))
    written.t = asked
    written.asks("tester", "GET", "/cpo/cred")
    written.t = answered
    written.answers("sut", said({}, timestamp=second))


def test_a_response_may_be_stamped_when_it_is_begun() -> None:
    rule = responses.timestamps_go_on
    assert judged(rule, lambda written: stamps(written, 20, 60, "2026-01-01T00:00:20Z")) == []
    assert judged(rule, lambda written: stamps(written, 20, 60, "2026-01-01T00:01:00Z")) == []
    assert len(judged(rule, lambda written: stamps(written, 60, 60, "2026-01-01T00:00:20Z"))) == 1


def fails(written: Written, code: Any) -> None:
    written.asks("tester", "GET", "/cpo/locations/x")
    written.answers("sut", said(None, code), status="404 Not Found")


@pytest.mark.parametrize(("code", "offences"), [(2003, 0), (4001, 0), (404, 1), (20030, 1), ("2003", 1), (True, 1)])
def test_a_status_code_has_four_digits(code: Any, offences: int) -> None:
    assert len(judged(responses.answers_are_enveloped, lambda written: fails(written, code))) == offences


# ── routing ──


def registers(written: Written, *parties: str) -> None:
    def roles(*names: str) -> list[dict[str, str]]:
        return [{"role": "CPO", "country_code": "NL", "party_id": name} for name in names]

    written.asks("tester", "POST", "/cpo/cred", {"token": "B", "url": "http://emsp/emsp/versions", "roles": roles("EMS")})
    written.answers("sut", said({"token": "C", "url": "http://cpo/cpo/versions", "roles": roles(*parties)}))


def pushes_to(written: Written, to: str) -> None:
    registers(written, "CPO")
    headers = {"OCPI_from_party_id": "CPO", "OCPI_from_country_code": "NL"}
    headers |= {"OCPI_to_party_id": to, "OCPI_to_country_code": "NL"} if to else {}
    written.asks("sut", "PUT", "/emsp/locations/NL/CPO/1", {}, **headers)


@pytest.mark.parametrize(
    ("to", "hub", "offences"), [("EMS", False, 0), ("XYZ", False, 1), ("", False, 1), ("", True, 0), ("XYZ", True, 0)]
)
def test_a_request_goes_to_the_partner_or_to_whom_a_hub_finds(to: str, hub: bool, offences: int) -> None:
    rule = requests.functional_requests_are_routed
    assert len(judged(rule, lambda written: pushes_to(written, to), hub_connected=hub)) == offences


def answers_unrouted(written: Written, *parties: str) -> None:
    registers(written, *parties)
    routed = dict.fromkeys(("OCPI_to_country_code", "OCPI_from_country_code"), "NL")
    written.asks("tester", "GET", "/cpo/locations", OCPI_to_party_id="CPO", OCPI_from_party_id="EMS", **routed)
    written.answers("sut", said([]))


def test_a_platform_of_several_parties_routes_its_answers() -> None:
    assert judged(responses.answers_are_routed_back, lambda written: answers_unrouted(written, "CPO")) == []
    assert len(judged(responses.answers_are_routed_back, lambda written: answers_unrouted(written, "CPO", "CPX"))) == 1


def test_endpoints_may_differ_in_their_host_alone() -> None:
    written = Written()
    written.announces()
    written.asks("tester", "GET", "/cpo/2.2.1")
    names = ("locations", "tariffs")
    rows = [{"identifier": name, "role": "SENDER", "url": f"https://{name}.example.com/ocpi"} for name in names]
    written.answers("sut", said({"version": "2.2.1", "endpoints": rows}))
    asked = [written.asks("tester", "GET", "/ocpi?limit=1", Host=f"{name}.example.com") for name in names]
    assert [frame.module for frame in asked] == [*names]


# ── registration ──


def gives(written: Written, code: int) -> None:
    written.asks("sut", "POST", "/emsp/cred", {"token": "B", "url": "http://cpo/cpo/versions", "roles": []})
    written.answers("tester", said({"token": "C"}, code))
    written.asks("sut", "POST", "/emsp/cred", {"token": "B", "url": "http://cpo/cpo/versions", "roles": []})


def test_a_token_that_was_not_taken_may_be_given_again() -> None:
    assert judged(registration.tokens_that_are_given_are_new, lambda written: gives(written, 3001), {}) == []
    assert len(judged(registration.tokens_that_are_given_are_new, lambda written: gives(written, 1000), {})) == 1


def calls_later(written: Written, seconds: float) -> None:
    written.mark("credentials-token", name="B0", side="tester", partner="partner", raw="B0", spelt={"base64": "QjA="})
    registers(written, "CPO")
    written.t += seconds
    written.asks("sut", "PUT", "/emsp/locations/NL/CPO/1", {}, Authorization="Token QjA=")


def test_a_new_token_is_in_use_within_seconds() -> None:
    assert judged(requests.the_last_token_is_used, lambda written: calls_later(written, 3)) == []
    assert len(judged(requests.the_last_token_is_used, lambda written: calls_later(written, 5))) == 1


@pytest.mark.parametrize(
    ("token", "should", "must"),
    [("x" * 64, 0, 0), ("x" * 65, 0, 1), ("", 0, 1), ("two words", 1, 0), ("žeton", 1, 0)],
)
def test_a_token_should_be_ascii_and_must_not_be_long(token: str, should: int, must: int) -> None:
    def tells(written: Written) -> None:
        role = {"role": "CPO", "country_code": "NL", "party_id": "CPO", "business_details": {"name": "x"}}
        written.asks("tester", "GET", "/cpo/cred")
        written.answers("sut", said({"token": token, "url": "http://cpo/cpo/versions", "roles": [role]}))

    assert len(judged(credentials.tokens_are_printable, tells)) == should
    assert len(judged(credentials.credentials_have_their_shape, tells)) == must


# ── pages ──


def pages(written: Written, *told: tuple[list[dict[str, Any]], int, str]) -> None:
    """One page after the other: objects, X-Total-Count, the query that its Link leads to."""
    query = "limit=2"
    for objects, total, link in told:
        written.asks("tester", "GET", f"/cpo/locations?{query}")
        more = {"Link": f'<http://x/cpo/locations?{link}>; rel="next"'} if link else {}
        written.answers("sut", said(objects), X_Total_Count=str(total), X_Limit="2", **more)
        query = link


def one(id: str, at: str = STAMP, party: str = "CPO") -> dict[str, Any]:
    return {"country_code": "NL", "party_id": party, "id": id, "last_updated": at}


LATER = "2026-01-01T00:00:05Z"


@pytest.mark.parametrize(
    ("told", "offences"),
    [
        ([([one("1"), one("2")], 3, "offset=2"), ([one("3")], 3, "")], 0),
        ([([one("1"), one("2")], 3, "offset=2"), ([one("2")], 3, "")], 1),  # twice
        ([([one("1"), one("2")], 3, "offset=2"), ([one("2", LATER)], 3, "")], 0),  # updated, and moved
        ([([one("1"), one("2")], 3, "offset=2"), ([one("2"), one("3")], 4, "")], 0),  # a new one came before it
        ([([one("1"), one("1", party="CPX")], 2, "")], 0),  # ids of two parties
        ([([one("1"), one("1")], 2, "")], 1),
        ([([one("1"), one("2")], 4, "offset=2"), ([one("3")], 4, "")], 1),  # one is missing
        ([([one("1"), one("2")], 4, "offset=2"), ([one("3")], 3, "")], 0),  # one was taken away
    ],
)
def test_pages_hold_each_object_once_unless_something_changes_meanwhile(told: Any, offences: int) -> None:
    assert len(judged(pagination.pages_hold_each_object_once, lambda written: pages(written, *told))) == offences


@pytest.mark.parametrize(
    ("told", "offences"),
    [
        ([([one("1"), one("2")], 3, "cursor=a"), ([one("3")], 3, "")], 0),
        ([([one("1"), one("2")], 4, "cursor=a"), ([one("3")], 4, "")], 1),
        ([([one("1"), one("2")], 3, "cursor=a"), ([one("3")], 4, "")], 0),  # the new one is on a page of before
        ([([one("1"), one("2")], 3, "")], 1),
        ([([one("1"), one("2")], 3, "cursor=a"), ([one("3")], 3, "limit=2")], 1),  # back to the first
    ],
)
def test_links_lead_to_the_end_unless_something_changes_meanwhile(told: Any, offences: int) -> None:
    assert len(judged(pagination.links_lead_on_until_the_end, lambda written: pages(written, *told))) == offences


def test_a_list_of_links_may_stand_in_several_headers() -> None:
    def tells(written: Written) -> None:
        written.asks("tester", "GET", "/cpo/locations?limit=1")
        links = ('Link: <http://x/cpo/locations?limit=1>; rel="first"', 'Link: <http://x/cpo/locations?offset=1>; rel="next"')
        body = '{"data": [{}], "status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"}'
        feeds(written, "sut", "response", "HTTP/1.1 200 OK", "X-Total-Count: 2", "X-Limit: 1", *links, body=body)

    assert judged(pagination.links_lead_on_until_the_end, tells) == []


def test_the_limit_that_was_asked_for_may_hide_in_a_link() -> None:
    def tells(written: Written, limit: str) -> None:
        pages(written, ([one("1"), one("2")], 3, "cursor=a"), ([one("3")], 3, ""))
        written.asks("tester", "GET", "/cpo/locations")
        written.answers("sut", said([]), X_Total_Count="3", X_Limit="100")
        written.asks("tester", "GET", "/cpo/locations?limit=2")
        written.answers("sut", said([]), X_Total_Count="3", X_Limit=limit)

    assert judged(pagination.x_limit_is_the_maximum, lambda written: tells(written, "2")) == []
    assert len(judged(pagination.x_limit_is_the_maximum, lambda written: tells(written, "1"))) == 1


@pytest.mark.parametrize(
    ("since", "updated", "offences"),
    [
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z", 0),  # .7, told in whole seconds
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.4Z", 1),
        ("2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z", 1),
    ],
)
def test_a_date_in_whole_seconds_may_be_cut(since: str, updated: str, offences: int) -> None:
    def tells(written: Written) -> None:
        written.asks("tester", "GET", f"/cpo/locations?date_from={since}")
        written.answers("sut", said([one("1", updated)]))

    assert len(judged(pagination.only_what_lies_in_the_window, tells)) == offences


@pytest.mark.parametrize(("filters", "offences"), [("date_to=2026-02-01T00:00:00Z", 0), ("date_from=2025-01-01T00:00:00Z", 1)])
def test_what_is_updated_is_before_date_to_no_more(filters: str, offences: int) -> None:
    def tells(written: Written) -> None:
        for total in ("3", "2"):
            written.asks("tester", "GET", f"/cpo/locations?{filters}")
            written.answers("sut", said([one("1")]), X_Total_Count=total)

    assert len(judged(pagination.the_total_is_of_the_filters, tells)) == offences


# ── locations and tariffs ──


def lists(written: Written, *objects: dict[str, Any]) -> None:
    written.asks("tester", "GET", "/cpo/locations")
    written.answers("sut", said(list(objects)))


@pytest.mark.parametrize(("party", "offences"), [("CPO", 1), ("CPX", 0)])
def test_the_uids_of_a_party_are_its_own(party: str, offences: int) -> None:
    rows = (one("1") | {"evses": [{"uid": "E"}]}, one("2", party=party) | {"evses": [{"uid": "e"}]})
    assert len(judged(locations.uids_are_of_one_evse, lambda written: lists(written, *rows), {})) == offences


@pytest.mark.parametrize(
    ("evse", "offences"), [("2026-01-01T00:00:00.9Z", 0), ("2026-01-01T00:00:01Z", 1), ("2025-01-01T00:00:00Z", 0)]
)
def test_a_parent_may_tell_its_date_in_whole_seconds(evse: str, offences: int) -> None:
    row = one("1") | {"evses": [{"uid": "E", "last_updated": evse}]}
    assert len(judged(locations.parents_are_not_older, lambda written: lists(written, row))) == offences


@pytest.mark.parametrize(("party", "offences"), [("CPO", 1), ("CPX", 0)])
def test_the_tariffs_of_a_party_are_its_own(party: str, offences: int) -> None:
    def tells(written: Written) -> None:
        written.asks("sut", "DELETE", "/emsp/tariffs/NL/CPO/T")
        written.answers("tester", said())
        lists(written, one("1", party=party) | {"evses": [{"uid": "E", "connectors": [{"id": "1", "tariff_ids": ["t"]}]}]})

    assert len(judged(references.deleted_tariffs_are_named_no_more, tells)) == offences


@pytest.mark.parametrize(("code", "offences"), [(1000, 1), (2001, 0)])
def test_what_was_not_taken_may_be_patched_whole(code: int, offences: int) -> None:
    def tells(written: Written) -> None:
        for method, body in (("PUT", one("1") | {"name": "a"}), ("PATCH", {"name": "a", "last_updated": STAMP})):
            written.asks("sut", method, "/emsp/locations/NL/CPO/1", body)
            written.answers("tester", said(None, code))

    assert len(judged(pushes.patches_hold_changes_only, tells)) == offences
