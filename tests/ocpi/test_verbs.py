"""Every verb of the scripted platforms, against a dummy back office."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.harness.verdict import Verdict
from evconform.ocpi.endpoint import Reply
from evconform.ocpi.expected import client_error, ok, one_of, refused, status
from evconform.ocpi.paging import link
from tests.ocpi.conftest import ROW, Bench
from tests.ocpi.dummy import Dummy

THEN = "2026-01-01T00:00:00Z"
LATER = "2026-01-02T00:00:00Z"


def location(id: str = "L1", **over: Any) -> dict[str, Any]:
    connector = {"id": "1", "last_updated": THEN}
    evse = {"uid": "E1", "status": "AVAILABLE", "connectors": [connector], "last_updated": THEN}
    return {"country_code": "XE", "party_id": "EVC", "id": id, "name": "one", "evses": [evse], "last_updated": THEN} | over


def run(bench: Bench, role: str, case: Any, verdict: Verdict = Verdict.PASS) -> Any:
    result = bench.run(role, case)
    assert result.verdict is verdict, (result.reason, result.steps)
    return result


# ── the eMSP that faces a CPO ──


def test_pushes_are_heard_kept_and_given_back(bench: Bench) -> None:
    async def case(emsp: Any, operations: Any) -> None:
        await operations.publishes(location=location("L1", country_code="NL", party_id="DUM"))
        frame = await emsp.hears("PUT", "locations", "l1", data={"name": "one", "evses/0/uid": "E1"}, proves=ROW)
        assert (frame.interface, frame.owner, frame.ids, frame.depth) == ("RECEIVER", ("NL", "DUM"), ("L1",), 3)
        assert frame.answer.http_status == 201
        assert emsp.keeps["locations"].kept["NL", "DUM", "L1"]["name"] == "one"
        got = await bench.target.asks("GET", bench.target.url("locations") + "/NL/DUM/L1/E1/1", bench.target.registration.key)
        assert got["data"] == {"id": "1", "last_updated": THEN}

    run(bench, "cpo", case)


def test_a_pull_follows_the_links_and_gives_every_object(bench: Bench) -> None:
    async def case(emsp: Any) -> None:
        bench.target.senders["locations"].limit = 3
        for n in range(8):
            bench.target.senders["locations"].holds(location(f"L{n}"))
        pulled = await emsp.pulls("locations", proves=ROW)
        assert pulled.ids == [f"L{n}" for n in range(8)]
        assert [len(page.data) for page in pulled.pages] == [3, 3, 2]
        some = await emsp.pulls("locations", query={"offset": 4, "limit": 2, "date_from": THEN})
        assert some.ids == ["L4", "L5", "L6", "L7"]
        none = await emsp.pulls("locations", query={"date_from": LATER})
        assert none.ids == []

    run(bench, "cpo", case)


def test_a_single_object_is_got_at_three_depths(bench: Bench) -> None:
    async def case(emsp: Any) -> None:
        bench.target.senders["locations"].holds(location())
        await emsp.gets("locations", "L1", expects=ok(data={"id": "L1"}), proves=ROW)
        await emsp.gets("locations", "L1", "E1", expects=ok(data={"uid": "E1"}), proves=ROW)
        await emsp.gets("locations", "L1", "E1", "1", expects=ok(equals={"id": "1", "last_updated": THEN}), proves=ROW)
        await emsp.gets("locations", "L9", expects=refused(404), proves=ROW)
        await emsp.gets("locations", query={"limit": "x"}, expects=status(2001), proves=ROW)
        await emsp.gets("locations", query={"limit": "x"}, expects=one_of(refused(400), client_error()), proves=ROW)
        await emsp.asks("DELETE", emsp.of("locations"), expects=refused(405), proves=ROW, deviates="no such method")

    run(bench, "cpo", case)


def links_to(url: Any) -> Any:
    def page(asked: Any) -> Reply:
        return Reply([], headers={"Link": link(url(asked)), "X-Total-Count": "0", "X-Limit": "1"})

    return page


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (lambda _: "https://elsewhere.example/next", "leads to another origin"),
        (lambda asked: f"?again={asked.query.get('again', '')}", "was there before"),
    ],
)
def test_a_pull_follows_no_link_astray_nor_in_circles(bench: Bench, url: Any, says: str) -> None:
    async def case(emsp: Any) -> None:
        bench.target.endpoint.handlers["locations", "SENDER", "GET"] = links_to(url)
        await emsp.pulls("locations")

    assert says in run(bench, "cpo", case, Verdict.INCONCLUSIVE).reason


def test_what_does_not_come_is_a_nonconformity_if_it_proves_something(bench: Bench) -> None:
    async def case(emsp: Any) -> None:
        await emsp.hears("PATCH", "locations", within=5, proves=ROW)

    result = run(bench, "cpo", case, Verdict.FAIL)
    assert "expected PATCH locations request within 5 s: nothing of the kind came" in result.reason


def test_silence_is_kept_or_broken(bench: Bench) -> None:
    async def case(emsp: Any, operations: Any) -> None:
        await emsp.hears_no(for_=60, proves=ROW)
        await operations.publishes(location=location("L1", country_code="NL", party_id="DUM"))
        await emsp.hears_no("PUT", "locations", for_=60, proves=ROW)

    result = run(bench, "cpo", case, Verdict.FAIL)
    assert "heard PUT /ocpi/2.2.1/receiver/locations/NL/DUM/L1" in result.reason


@pytest.mark.parametrize(
    ("how", "http", "code", "kept"),
    [
        ({"http": 503, "status_code": 3000}, 503, 3000, False),
        ({"status_code": 2001, "message": "no"}, 200, 2001, False),
        ({"body": b"<html>", "headers": {"Content-Type": "text/html"}}, 201, None, True),
        ({"after": 5}, 201, 1000, True),
        ({"data": {"more": 1}}, 201, 1000, True),
        ({"http": 500, "times": 0}, 201, 1000, True),
    ],
)  # fmt: skip
def test_an_answer_is_what_the_case_scripts(bench: Bench, how: dict[str, Any], http: int, code: Any, kept: bool) -> None:
    async def case(emsp: Any, operations: Any) -> None:
        emsp.answers("locations", "PUT", **how, deviates="on purpose")
        await operations.publishes(location=location("L1", country_code="NL", party_id="DUM"))
        frame = await emsp.hears("PUT", "locations", proves=ROW)
        assert (frame.answer.http_status, frame.answer.status_code) == (http, code)
        assert bool(emsp.keeps["locations"].kept) is kept
        assert frame.answer.since(frame) == pytest.approx(how.get("after", 0))

    async def tries(self: Any, method: str, url: str, token: str, body: Any = None) -> Any:
        from evconform.http.client import NoAnswer

        try:
            return await plain(self, method, url, token, body)
        except NoAnswer:
            return None

    plain = Dummy.asks
    Dummy.asks = tries  # type: ignore[method-assign]
    try:
        run(bench, "cpo", case)
    finally:
        Dummy.asks = plain  # type: ignore[method-assign]
    deviations = [entry.facts["why"] for entry in bench.log if entry.mark == "deviation"]
    assert deviations == (["on purpose"] if how.get("times") != 0 else [])


@pytest.mark.parametrize("how", ["withholds", "closes", "raw"])
def test_an_answer_that_never_comes(bench: Bench, how: str) -> None:
    from evconform.http.client import NoAnswer

    async def case(emsp: Any, operations: Any) -> None:
        if how == "withholds":
            emsp.withholds("locations", "PUT")
        else:
            emsp.answers(
                "locations", "PUT", **({"closes": True} if how == "closes" else {"raw": b"\x00\x01"}), deviates="nothing"
            )
        with pytest.raises(NoAnswer):
            await operations.publishes(location=location("L1", country_code="NL", party_id="DUM"))
        frame = await emsp.hears("PUT", "locations", proves=ROW)
        assert frame.answer is None
        emsp.answers_as_usual("locations", "PUT")
        await operations.publishes(location=location("L1", country_code="NL", party_id="DUM"))
        assert (await emsp.hears("PUT", "locations", proves=ROW)).answer.ok

    run(bench, "cpo", case)


# ── the CPO that faces an eMSP ──


def test_what_is_pushed_is_read_back(bench: Bench) -> None:
    async def case(cpo: Any) -> None:
        await cpo.puts("locations", "L1", body=location(), expects=ok(http=201), proves=ROW)
        await cpo.reads_back("locations", "L1", name="one", proves=ROW)
        await cpo.patches("locations", "L1", "E1", body={"status": "CHARGING", "last_updated": LATER}, expects=ok(), proves=ROW)
        raised = ok(data={"evses/0/status": "CHARGING"}, not_before={"last_updated": LATER, "evses/0/last_updated": LATER})
        await cpo.reads_back("locations", "L1", expects=raised, proves=ROW)
        await cpo.puts("locations", "L1", "E2", body={"uid": "E2", "last_updated": LATER}, expects=ok(), proves=ROW)
        await cpo.reads_back("locations", "L1", "E2", uid="E2", proves=ROW)
        await cpo.puts("locations", "L1", body=location(name="two"), expects=ok(http=200), proves=ROW)
        await cpo.reads_back("locations", "l1", expects=ok(equals=location(name="two")), proves=ROW)
        await cpo.patches("locations", "L1", body={"name": "three"}, expects=status(2001), proves=ROW, deviates="no last_updated")
        await cpo.puts("locations", "L1", body=location("L2"), expects=client_error(), proves=ROW, deviates="another id")
        await cpo.puts("locations", "L1", owner=("DE", "XXX"), body=location(), expects=refused(404), proves=ROW)

    run(bench, "emsp", case)


def test_tariffs_are_put_and_deleted(bench: Bench) -> None:
    async def case(cpo: Any) -> None:
        tariff = {"country_code": "XE", "party_id": "EVC", "id": "T1", "currency": "EUR", "elements": [], "last_updated": THEN}
        await cpo.puts("tariffs", "T1", body=tariff, expects=ok(), proves=ROW)
        await cpo.reads_back("tariffs", "T1", expects=ok(equals=tariff), proves=ROW)
        await cpo.deletes("tariffs", "T1", expects=ok(), proves=ROW)
        await cpo.gets("tariffs", "T1", expects=refused(404), proves=ROW)

    run(bench, "emsp", case)


def test_a_body_that_is_no_json_is_sent_as_it_is_and_marked(bench: Bench) -> None:
    async def case(cpo: Any) -> None:
        frame = await cpo.puts("locations", "L1", body=b"{", expects=refused(400), proves=ROW, deviates="no JSON")
        assert frame.request.problem.startswith("no JSON")

    run(bench, "emsp", case)
    [mark] = [entry for entry in bench.log if entry.mark == "deviation"]
    [frame] = [entry for entry in bench.log if entry.n in mark.facts["frames"]]
    assert str(frame.data).endswith("\r\n\r\n{")


@pytest.mark.parametrize(
    ("how", "head"),
    [
        ({"headers": {"Authorization": None}}, None),
        ({"encoding": "raw"}, "raw"),
        ({"token": "unknown-unknown"}, None),
        ({"headers": {"authorization": "Bearer abcdefghijkl"}}, None),
    ],
)
def test_a_request_is_sent_without_a_right_to_it(bench: Bench, how: dict[str, Any], head: str | None) -> None:
    async def case(cpo: Any) -> None:
        frame = await cpo.gets("locations", "L1", **how, expects=refused(401), proves=ROW, deviates="no right")
        assert (frame.request.token[1] if frame.request.token else None) == head

    run(bench, "emsp", case)


def test_what_we_offer_is_pulled_in_pages(bench: Bench) -> None:
    async def case(cpo: Any, operations: Any) -> None:
        cpo.offers("locations", *(location(f"L{n}") for n in range(5)))
        cpo.withdraws("locations", "L4")
        cpo.limits("locations", 2)
        await operations.pulls(module="locations")
        frame = await cpo.hears("GET", "locations", proves=ROW)
        answer = frame.answer
        assert [each["id"] for each in answer.data] == ["L0", "L1"]
        assert (answer.header("X-Total-Count"), answer.header("X-Limit")) == ("4", "2")
        assert answer.header("Link") == f'<{cpo.endpoint.endpoint_url("locations", "SENDER")}?offset=2&limit=2>; rel="next"'

    run(bench, "emsp", case)


def test_a_list_with_a_broken_object_is_given_as_scripted(bench: Bench) -> None:
    async def case(cpo: Any, operations: Any) -> None:
        cpo.offers("locations", location("L1"))
        cpo.answers("locations", "GET", data=lambda plain: [{"id": 7}, *plain], deviates="a broken object in a list")
        await operations.pulls(module="locations")
        await cpo.hears("GET", "locations", proves=ROW)
        assert [each["id"] for each in bench.target.pulled["locations"]] == [7, "L1"]

    run(bench, "emsp", case)


def test_time_passes_and_bytes_are_sent(bench: Bench) -> None:
    async def case(cpo: Any) -> None:
        before = cpo.clock.now()
        await cpo.passes(3600)
        assert cpo.clock.now() - before == pytest.approx(3600)
        await cpo.sends(cpo.of("locations"), b"NONSENSE\r\n\r\n", proves=ROW)
        raw = b"GET /ocpi/cpo/versions HTTP/1.1\r\nHost: x\r\n\r\n"
        await cpo.sends(cpo.of("locations"), raw, http_status=401, proves=ROW)

    run(bench, "emsp", case)


def test_a_module_that_was_not_announced_cannot_be_asked(bench: Bench) -> None:
    async def case(cpo: Any) -> None:
        await cpo.gets("tokens")

    result = run(bench, "emsp", case, Verdict.INCONCLUSIVE)
    assert result.reason == "the SUT announced no tokens RECEIVER"


def test_an_unknown_predicate_is_our_error(bench: Bench) -> None:
    async def case(cpo: Any) -> None:
        await cpo.gets("credentials", expects={"colour": "red"})

    assert "colour" in run(bench, "emsp", case, Verdict.ERROR).reason


@pytest.mark.parametrize(
    ("expects", "says"),
    [
        (ok(equals=location(name="two", evses=None)), '/name is "one", not "two"; /evses is [{"uid": "E1"'),
        (
            ok(data={"name": "two", "evses/0/status": "CHARGING", "city": "x"}),
            'name is "one"; evses/0/status is "AVAILABLE"; city is missing',
        ),
        (ok(http=201), "heard HTTP 200 1000 to GET /ocpi/cpo/2.2.1/receiver/locations/XE/EVC/L1 (frame"),
    ],
)
def test_a_disappointment_says_what_was_different(bench: Bench, expects: dict[str, Any], says: str) -> None:
    async def case(cpo: Any) -> None:
        await cpo.puts("locations", "L1", body=location())
        await cpo.reads_back("locations", "L1", expects=expects, proves=ROW)

    assert says in run(bench, "emsp", case, Verdict.FAIL).reason
