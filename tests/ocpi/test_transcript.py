"""The typed view of a wire log: what is paired, where a request goes, when a conversation ends, and what a log of it yields."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from evconform.ocpi.json import NO_JSON
from evconform.ocpi.tokens import Tokens
from tests.ocpi.entries import STAMP, Written, locations, said


@pytest.fixture
def written() -> Written:
    written = Written()
    written.announces()
    return written


# ── pairs and places ──


def test_responses_belong_to_requests_by_the_order_on_their_connection(written: Written) -> None:
    first = written.asks("tester", "GET", "/cpo/locations/1", conn="c1")
    second = written.asks("tester", "GET", "/cpo/locations/2", conn="c1")
    elsewhere = written.asks("tester", "GET", "/cpo/locations/3", conn="c2")
    third = written.answers("sut", said({"id": "3"}), conn="c2")
    interim = written.answers("sut", status="103 Early Hints", conn="c1")
    one = written.answers("sut", said({"id": "1"}), conn="c1")
    two = written.answers("sut", said({"id": "2"}), conn="c1")
    unasked = written.answers("sut", said({"id": "4"}), conn="c1")
    assert (first.answer, second.answer, elsewhere.answer) == (one, two, third)
    assert (interim.request, one.request, two.request, unasked.request) == (first, first, second, None)
    assert (two.method, two.target, two.module, two.ids) == ("GET", "/cpo/locations/2", "locations", ("2",))


def test_what_is_no_response_takes_its_place(written: Written) -> None:
    asked = written.asks("tester", "GET", "/cpo/locations", conn="c1")
    frame = written.feed(conn="c1", by="sut", kind="garbage", data="HTML", facts={"of": "response"})
    assert frame is not None
    assert (frame.request, asked.answer) == (asked, None)


@pytest.mark.parametrize(
    ("by", "method", "target", "place"),
    [
        ("tester", "GET", "/cpo/locations", ("locations", "SENDER", ())),
        ("tester", "GET", "/cpo/locations/?limit=2", ("locations", "SENDER", ())),
        ("tester", "GET", "/cpo/locations/a%2Fb/E%201", ("locations", "SENDER", ("a/b", "E 1"))),
        ("sut", "PUT", "/emsp/locations/NL/CPO/1", ("locations", "RECEIVER", ("NL", "CPO", "1"))),
        ("sut", "GET", "/cpo/locations", ("", "", ())),
        ("sut", "PUT", "/emsp/cred", ("credentials", "", ())),
        ("tester", "GET", "/cpo/versions/", ("versions", "", ())),
        ("tester", "GET", "/cpo/2.2.1", ("versions", "", ())),
        ("tester", "GET", "/cpo/tokens", ("", "", ())),
        ("tester", "GET", "/cpo/locationsx", ("", "", ())),
        ("tester", "GET", "//[", ("", "", ())),
        ("tester", "GET", "*", ("", "", ())),
    ],
)
def test_a_place_is_what_the_side_that_serves_it_announced(
    written: Written, by: Any, method: str, target: str, place: Any
) -> None:
    frame = written.asks(by, method, target)
    assert (frame.module, frame.interface, frame.parts) == place


def test_an_operation_is_known_by_its_place_and_method(written: Written) -> None:
    operations = [
        written.asks("tester", "GET", "/cpo/versions").operation,
        written.asks("tester", "GET", "/cpo/2.2.1").operation,
        written.asks("sut", "PATCH", "/emsp/locations/NL/CPO/1/2").operation,
        written.asks("sut", "DELETE", "/emsp/locations/NL/CPO/1").operation,
    ]
    assert [each and (each.takes or each.gives) for each in operations] == ["Version", "VersionDetails", "EVSE", None]


def test_details_that_are_told_again_replace_those_of_before(written: Written) -> None:
    written.asks("tester", "GET", "/cpo/2.2.1")
    written.answers(
        "sut", said({"version": "2.2.1", "endpoints": [{"identifier": "locations", "role": "SENDER", "url": "http://x/new"}]})
    )
    assert written.asks("tester", "GET", "/cpo/locations").module == ""
    assert written.asks("tester", "GET", "/new/1").module == "locations"


@pytest.mark.parametrize(
    "data", [None, 7, [], {}, {"endpoints": 7}, {"endpoints": [7, {}, {"url": 7}, {"url": "http://[x"}]}, [{"url": 1}]]
)
def test_details_that_are_nonsense_announce_nothing(written: Written, data: Any) -> None:
    written.asks("tester", "GET", "/cpo/versions")
    written.answers("sut", said(data))
    written.asks("tester", "GET", "/cpo/2.2.1")
    written.answers("sut", said(data))
    assert written.asks("tester", "GET", "/cpo/2.2.1").module == "versions"


def test_a_next_page_may_lie_anywhere(written: Written) -> None:
    written.asks("tester", "GET", "/cpo/locations?limit=1")
    written.answers("sut", said([]), Link='<http://x/elsewhere?cursor=abc>; rel="next"')
    frame = written.asks("tester", "GET", "/elsewhere?cursor=abc")
    assert (frame.module, frame.interface, frame.operation and frame.operation.paged) == ("locations", "SENDER", True)


# ── what a frame holds ──


def test_a_body_that_is_no_text_or_no_json_says_why(written: Written) -> None:
    frame = written.feed(
        conn="c1", by="sut", kind="request", data=b"PUT /emsp/locations/a/b/c HTTP/1.1\r\nX: \xff\r\n\r\n\xff\xfe"
    )
    assert frame is not None
    assert (frame.method, frame.json, frame.data, frame.body) == ("PUT", NO_JSON, NO_JSON, b"\xff\xfe")
    assert frame.problem.startswith("no JSON")
    assert written.asks("sut", "PUT", "/x", "[" * 100_000).problem
    assert written.asks("sut", "PUT", "/x", '{"a":NaN}').problem == "no JSON: NaN is not JSON"
    assert written.asks("sut", "PUT", "/x", "9" * 10_000).json == float("inf")
    assert written.asks("sut", "DELETE", "/x").problem == "no body"


@pytest.mark.parametrize(
    ("status", "body", "ok"),
    [
        ("200 OK", said({}), True),
        ("201 Created", said(None, 1900), True),
        ("200 OK", said({}, 2000), False),
        ("200 OK", {"status_code": "1000"}, False),
        ("200 OK", {"status_code": True}, False),
        ("200 OK", [], False),
        ("200 OK", "", False),
        ("404 Not Found", said({}), False),
        ("99999 What", said({}), False),
        ("abc", said({}), False),
    ],
)
def test_success_is_said_by_both_layers(written: Written, status: str, body: Any, ok: bool) -> None:
    written.asks("tester", "GET", "/cpo/locations/1")
    frame = written.answers("sut", body, status=status)
    assert frame.ok is ok
    assert str(frame)
    assert frame.whole


def test_a_large_body_is_packed_and_read_again(written: Written) -> None:
    written.asks("tester", "GET", "/cpo/locations")
    many = list(locations(200))
    frame = written.answers("sut", said(many))
    assert len(frame._body) < 4096
    assert frame.data == many
    assert '"status_code": 1000' in str(frame.body)


def test_the_report_finds_its_words(written: Written) -> None:
    asked = written.asks("sut", "PUT", "/emsp/locations/NL/CPO/1", {"id": "1"})
    answer = written.answers("tester", said(None), status="201 Created")
    assert (asked.type, asked.action, asked.label) == ("CALL", "locations_receiver_put", "PUT locations NL/CPO/1")
    assert (answer.type, answer.call, answer.label) == ("CALLRESULT", asked, "locations ◂ 201 1000")
    assert answer.completes == ("locations_receiver_put", asked)
    assert asked.completes is None
    page = written.asks("tester", "GET", "/cpo/locations?offset=2")
    assert page.label == "GET locations ?offset=2"
    assert written.answers("sut", said([])).label == "locations ◂ 200 1000"
    unknown = written.asks("sut", "GET", "/elsewhere")
    refused = written.answers("tester", said(None, 2000), status="404 Not Found")
    assert (unknown.action, unknown.label, refused.type) == ("", "GET /elsewhere", "CALLERROR")
    assert (refused.completes, refused.label) == (None, "/elsewhere ◂ 404 2000")
    versions = written.asks("tester", "GET", "/cpo/versions")
    assert (versions.action, versions.payload, refused.payload) == ("versions_get", None, None)


# ── tokens ──


def test_a_token_is_known_by_what_stands_for_it(written: Written) -> None:
    spelt = {"base64": "⟪b⟫", "raw": "⟪r⟫", "newline": "⟪b⟫Cg=="}
    written.mark("credentials-token", name="B1", side="tester", partner="", raw="⟪r⟫", spelt=spelt)
    how = {
        "Token ⟪b⟫": ("B1", "base64"),
        "Token ⟪r⟫": ("B1", "raw"),
        "Token ⟪b⟫Cg==": ("B1", "newline"),
        "Token  ⟪b⟫": ("B1", "altered"),
        "Bearer ⟪b⟫": ("B1", "base64"),
        "⟪b⟫": ("B1", "altered"),
        "Token ⟪x⟫": None,
        "": None,
    }
    for header, wanted in how.items():
        token = written.asks("sut", "GET", "/emsp/versions", Authorization=header).token
        assert (token and (token[0].name, token[1])) == wanted, header
    assert Tokens().named(None) is None


# ── conversations ──


def test_a_case_ends_a_conversation_and_what_was_announced_goes_on(written: Written) -> None:
    written.registers()
    written.mark("case-end", case="A")
    old, fresh = written.view.conversations()
    assert (old.closed, fresh.closed, len(fresh.frames)) == (True, False, 0)
    written.view.forget()
    assert written.view.conversations() == [fresh]
    assert written.asks("tester", "GET", "/cpo/locations").module == "locations"
    assert written.log().roles_of() == {("NL", "CPO")}
    assert fresh.registered is old.registered is not None


def test_a_registration_after_a_registration_that_was_ended_begins_a_conversation(written: Written) -> None:
    written.registers()
    written.asks("tester", "DELETE", "/cpo/cred")
    written.answers("sut", said())
    old = written.view.conversations()[-1]
    assert old.unregistered is not None
    written.registers()
    assert [each.closed for each in written.view.conversations()] == [True, False]
    assert written.view.conversations()[-1].frames[0].method == "POST"
    assert written.view.conversations()[-1].unregistered is None


def test_a_fresh_product_is_known_by_nobody(written: Written) -> None:
    written.registers()
    written.mark("fresh")
    assert written.view.conversations() == []
    assert written.asks("tester", "GET", "/cpo/locations").module == ""


def test_who_asks_for_nothing_is_a_stranger_and_leaves_no_trace(written: Written) -> None:
    for n in range(100):
        written.feed(conn=f"s{n}", by="sut", kind="open")
        written.feed(conn=f"s{n}", by="sut", kind="garbage", data="\x16\x03")
        written.feed(conn=f"s{n}", by="sut", kind="lost")
    strangers = [each for each in written.view.conversations() if each.stranger]
    assert len(strangers) == 100
    written.view.forget()
    assert not written.view._handshakes
    assert len(written.view._partners) == 2


def test_an_unknown_predicate_is_refused(written: Written) -> None:
    written.view.check({"kind": "request", "method": "GET"})
    with pytest.raises(KeyError):
        written.view.check({"colour": "red"})


# ── queries ──


def test_queries_pick_and_count(written: Written) -> None:
    begin = written.n + 1
    written.registers()
    written.asks("sut", "PUT", "/emsp/locations/NL/CPO/1", {"id": "1"})
    written.answers("tester", said(), status="201 Created")
    written.asks("sut", "PATCH", "/emsp/locations/NL/CPO/1/E", {"status": "CHARGING"})
    written.answers("tester", said(None, 2001))
    log = written.log(since=begin)
    assert [f.method for f in log.requests(by="cpo")] == ["GET", "GET", "PUT", "PATCH"]
    assert log.situations == 2
    assert [f.method for f in log.requests(("PUT", "PATCH"), module="locations", interface="RECEIVER", depth=3)] == ["PUT"]
    assert [f.status_code for f in log.answers(by="emsp", ok=False)] == [2001]
    assert [f.http_status for f in log.answers(by="emsp", functional=True)] == [201, 200]
    assert [r.method for r, _ in log.exchanges(by="cpo", ok=True, module="locations")] == ["PUT"]
    assert [f.depth for f in log.enveloped(by="cpo")] == [0, 0, 0]
    post = next(log.requests("POST"))
    assert list(log.during(post)) == []
    assert [f.method for f in log.after(post, by="cpo")] == ["PUT", "PATCH"]
    assert (log.side, log.other, log.announced().url("locations", "SENDER")) == ("sut", "emsp", "http://x/cpo/locations/")


def test_every_object_is_found_with_its_pointer(written: Written) -> None:
    written.asks("tester", "GET", "/cpo/locations")
    written.answers("sut", said([*locations(2), 7]))
    written.asks("sut", "PATCH", "/emsp/locations/NL/CPO/1/E", {"connectors": [{"id": "9"}]})
    log = written.log()
    found = [(held.name, held.pointer, held.partial) for held in log.objects(by="cpo")]
    assert ("Location", "/data/0", False) in found
    assert ("EVSE", "/data/1/evses/0", False) in found
    assert ("Connector", "/data/1/evses/0/connectors/0", False) in found
    assert ("Location", "/data/2", False) in found
    assert ("EVSE", "", True) in found
    assert ("Connector", "/connectors/0", False) in found
    assert [held.value["uid"] for held in log.objects("EVSE", by="cpo") if not held.partial] == ["E0", "E1"]
    assert [len(held.chain) for held in log.objects("Connector", by="cpo")] == [2, 2, 1]
    assert [held.name for held in log.objects("Location", by="cpo", nested=False)] == ["Location"] * 3


def test_an_answer_that_is_no_success_carries_no_objects(written: Written) -> None:
    written.asks("tester", "GET", "/cpo/locations/1")
    written.answers("sut", said({"error": "?"}, 2003), status="404 Not Found")
    assert list(written.log().objects("Location", by="cpo")) == []


def test_a_pull_is_its_pages_in_order(written: Written) -> None:
    for offset in (0, 2, 4):
        written.asks("tester", "GET", f"/cpo/locations?offset={offset}&limit=2")
        following = {"Link": f'<http://x/cpo/locations?offset={offset + 2}&limit=2>; rel="next"'} if offset < 4 else {}
        written.answers("sut", said(list(locations(2, offset))), **following)
        written.asks("tester", "GET", "/cpo/tariffs")
        written.answers("sut", said([]))
    pulls = list(written.log().pages("locations", by="cpo"))
    assert [(len(pull.pages), pull.complete) for pull in pulls] == [(3, True)]
    assert [value["id"] for _, _, value in pulls[0].objects()] == [f"L{n}" for n in range(6)]
    assert len(list(written.log().pages())) == 4


# ── scale ──

PAGE = 100


def pull(count: int) -> tuple[int, int]:
    """Bytes that a pull of so many locations leaves in memory, and how many a rule found in it."""
    written = Written()
    written.announces()
    tracemalloc.start()
    for offset in range(0, count, PAGE):
        written.asks("tester", "GET", f"/cpo/locations?offset={offset}")
        following = {"Link": f'<http://x/cpo/locations?offset={offset + PAGE}>; rel="next"'} if offset + PAGE < count else {}
        written.answers("sut", said(list(locations(PAGE, offset, size=1000))), **following)
    found = sum(1 for _ in written.log().objects("Location", by="cpo", nested=False))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held, found


def test_a_long_pull_is_held_packed_and_a_few_pages_in_the_open() -> None:
    """What stays of a longer one is a few per cent of what came."""
    pull(100)
    (short, some), (long, many) = pull(3000), pull(9000)
    assert (some, many) == (3000, 9000)
    assert long - short < 0.1 * 6000 * 1100


def test_cases_leave_nothing_behind() -> None:
    written = Written()
    written.announces()
    for n in range(30):
        written.mark("case-begin", case=str(n))
        for _ in range(20):
            written.asks("sut", "PUT", "/emsp/locations/NL/CPO/1", {"id": "1", "last_updated": STAMP})
            written.answers("tester", said())
        written.mark("case-end", case=str(n))
        assert sum(len(each.frames) for each in written.view.conversations()) <= 48
        written.view.forget()
