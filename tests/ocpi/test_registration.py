"""A registration from both sides, with both scripted platforms, on lab time; and what stands of it in the log."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from evconform.harness.verdict import Verdict
from evconform.ocpi.endpoint import Reply, announced
from evconform.ocpi.expected import ok, refused
from evconform.ocpi.json import write
from tests.ocpi.conftest import ROW, Bench
from tests.ocpi.dummy import Dummy

BOTH = pytest.mark.parametrize("role", ["cpo", "emsp"])


def passes(bench: Bench, role: str, case: Any, base: str = "") -> None:
    """Runs a case whose tester's argument is called as the role wants it."""

    async def cpo(emsp: Any, operations: Any) -> None:
        await case(emsp, operations)

    async def emsp(cpo: Any, operations: Any) -> None:
        await case(cpo, operations)

    result = bench.run(role, cpo if role == "cpo" else emsp, base)
    assert result.verdict is Verdict.PASS, (result.reason, result.steps)


@BOTH
def test_the_base_state_is_registered_on_the_wire(bench: Bench, role: str) -> None:
    async def stands(party: Any, _: Any) -> None:
        assert party.registration.stands
        assert party.owner == ("NL", "DUM")
        await party.gets("credentials", expects=ok(data={"roles/0/party_id": "DUM"}), proves=ROW)

    passes(bench, role, stands)
    posts = [entry for entry in bench.log if entry.kind == "request" and str(entry.data).startswith("POST ")]
    assert [entry.by for entry in posts] == ["tester"]
    assert bench.target.registration.stands


@BOTH
def test_we_register_step_by_step_as_the_sender(bench: Bench, role: str) -> None:
    async def case(party: Any, _: Any) -> None:
        assert not party.registration.stands
        token = await party.is_invited()
        await party.gets_versions(token=token, proves=ROW)
        await party.gets_details(token=token, proves=ROW)
        frame = await party.posts_credentials(token=token, expects=ok(data={"roles/0/role": party.opposite_role}), proves=ROW)
        assert frame.get("token").startswith("⟪secret")
        await party.asks("GET", party.of("credentials"), token=token, routed=False, expects=refused(401), proves=ROW)
        await party.gets("credentials", expects=ok(), proves=ROW)

    passes(bench, role, case, base="unregistered")


@BOTH
def test_we_renew_and_leave(bench: Bench, role: str) -> None:
    async def case(party: Any, _: Any) -> None:
        before = party.registration.key
        await party.renews(proves=ROW)
        assert party.registration.key != before
        old = {"token": before, "routed": False}
        await party.asks("GET", party.of("credentials"), **old, expects=refused(401), proves=ROW)
        key, url = party.registration.key, party.of("credentials")
        await party.leaves(proves=ROW)
        await party.asks("GET", url, token=key, routed=False, expects=refused(401), proves=ROW)

    passes(bench, role, case)


@BOTH
def test_the_sut_registers_renews_and_leaves_as_the_sender(bench: Bench, role: str) -> None:
    async def case(party: Any, operations: Any) -> None:
        await operations.registers(url=party.url, token=party.invites())
        await party.is_registered(proves=ROW)
        assert party.registration.stands
        first = party.registration.key
        await party.gets("credentials", expects=ok(), proves=ROW)
        await operations.renews()
        await party.is_renewed(proves=ROW)
        assert party.registration.key != first
        await operations.leaves()
        await party.is_left(proves=ROW)
        assert not party.registration.stands

    passes(bench, role, case, base="unregistered")


@BOTH
def test_no_token_reaches_the_disk_in_any_spelling(bench: Bench, role: str) -> None:
    tokens: set[str] = set()

    async def case(party: Any, _: Any) -> None:
        tokens.update(party.endpoint.accepts, bench.target.endpoint.accepts)
        await party.renews(proves=ROW)
        tokens.update(party.endpoint.accepts, bench.target.endpoint.accepts)

    passes(bench, role, case)
    log = bench.texts()
    secret = [token for token in tokens if len(token) >= 10]
    assert len(secret) >= 4
    for token in secret:
        assert token not in log
        assert base64.b64encode(token.encode()).decode() not in log
    assert "⟪secret length=" in log


@BOTH
def test_our_own_credentials_endpoint_keeps_the_rules(bench: Bench, role: str) -> None:
    """405 where it is registered already, or not at all (OCPI 2.2.1, credentials)."""

    async def case(party: Any, operations: Any) -> None:
        target = bench.target
        url = party.endpoint.endpoint_url("credentials", "")
        again = await target.asks("POST", url, target.registration.key, target.endpoint.credentials("another-token"))
        assert again["status_code"] == 2000
        answered = await party.hears("POST", "credentials")
        assert answered.answer.http_status == 405
        token = party.invites()
        await operations.leaves()
        party.endpoint.accepts[token] = False
        await target.asks("PUT", url, token, target.endpoint.credentials("another-token"))
        answered = await party.hears("PUT", "credentials", proves=ROW)
        assert answered.answer.http_status == 405

    passes(bench, role, case)


def said(data: Any, code: int = 1000) -> bytes:
    return write({"status_code": code, "timestamp": "2026-01-01T00:00:00Z", "data": data})


@pytest.mark.parametrize(
    ("versions", "details", "code"),
    [
        (b"{}", None, 3001),
        (b"no json", None, 3001),
        (said([{"version": "2.1.1", "url": "http://127.0.0.1:9/"}]), None, 3002),
        (said({"version": "2.2.1"}), None, 3002),
        (said([{"version": "2.2.1", "url": "http://127.0.0.1:9/"}]), None, 3001),
        (said([{"version": "2.2.1", "url": "file:///etc/passwd"}]), None, 3001),
        (said([{"version": "2.2.1", "url": 7}]), None, 3002),
        (None, said({"version": "2.2.1", "endpoints": []}), 3003),
        (None, said(None, 2000), 3001),
    ],
)
def test_a_call_back_that_fails_is_told_with_its_code(
    bench: Bench, versions: bytes | None, details: bytes | None, code: int
) -> None:
    async def case(emsp: Any, operations: Any) -> None:
        target = bench.target
        if versions is not None:
            target.endpoint.handlers["versions", "", "GET", 0] = lambda _: Reply(body=versions)
        if details is not None:
            target.endpoint.handlers["versions", "", "GET", 1] = lambda _: Reply(body=details)
        token = emsp.invites()
        own = target.registration.offers()
        target.registration.lists_versions(await target.registration._fetches(emsp.url, token))
        target.registration.has_details(
            "2.2.1", await target.registration._fetches(target.registration.details_urls["2.2.1"], token)
        )
        answer = await target.asks("POST", target.url("credentials"), token, target.endpoint.credentials(own))
        assert answer["status_code"] == code
        await emsp.hears("POST", "credentials", proves=ROW)
        assert not emsp.registration.stands

    result = bench.run("cpo", case, base="unregistered")
    assert result.verdict is Verdict.PASS, (result.reason, result.steps)


def test_a_token_a_of_the_sut_file_is_used_once(bench: Bench) -> None:
    bench.endpoint = '[endpoint]\ntoken = "a-token-of-the-file"\n'

    async def case(emsp: Any) -> None:
        await emsp.registers(proves=ROW)

    def invited(site: Any) -> Any:

        dummy = Dummy(site)
        dummy.invites(site.token)
        return dummy

    bench.parties["cpo"] = invited
    result = bench.run("cpo", case, base="unregistered")
    assert result.verdict is Verdict.PASS, (result.reason, result.steps)
    assert "a-token-of-the-file" not in bench.texts()


def test_without_any_token_a_the_situation_is_not_reached(bench: Bench) -> None:

    class Closed(Dummy):
        invites = None  # type: ignore[assignment]

    bench.parties["cpo"] = Closed

    async def case(emsp: Any) -> None:
        raise AssertionError("never")

    result = bench.run("cpo", case)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "no token A of the SUT" in result.reason


def test_another_platform_of_ours_has_a_registration_and_a_conversation_of_its_own(bench: Bench) -> None:
    partners: set[str] = set()

    def is_of_one_partner(log: Any) -> Any:
        for frame in log.requests(by="emsp"):
            partners.add(log.conversation.station)
            named = {each.token[0].partner for each in log.conversation.frames if each.token}
            if len(named) > 1:
                yield frame, f"tokens of {named}"

    bench.monitors = [is_of_one_partner]

    async def case(emsp: Any) -> None:
        other = await emsp.another("EV2")
        assert other.url != emsp.url
        await other.registers(proves=ROW)
        assert other.registration.key != emsp.registration.key
        await other.gets("locations", expects=ok(), proves=ROW)

    result = bench.run("cpo", case)
    assert result.verdict is Verdict.PASS, (result.reason, result.steps)
    assert partners == {"partner", "EV2"}
    assert "EV2" in bench.texts()


@pytest.mark.parametrize(
    ("asked", "actual", "towards", "url"),
    [
        ("http://lab.example:0/ocpi", "http://127.0.0.1:40000/ocpi", "", "http://lab.example:40000/ocpi"),
        ("http://lab.example/ocpi", "http://127.0.0.1:80/ocpi", "", "http://lab.example:80/ocpi"),
        ("https://[::1]:0/x", "https://[::1]:40000/x", "", "https://[::1]:40000/x"),
        ("http://0.0.0.0:9000/x", "http://0.0.0.0:9000/x", "http://127.0.0.1:1/versions", "http://127.0.0.1:9000/x"),
        ("http://0.0.0.0:9000/x", "http://0.0.0.0:9000/x", "", "http://0.0.0.0:9000/x"),
    ],
)
def test_we_announce_the_name_that_we_were_given(asked: str, actual: str, towards: str, url: str) -> None:
    assert announced(asked, actual, towards) == url
