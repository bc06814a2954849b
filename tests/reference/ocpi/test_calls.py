"""Every request that a platform sends, against everything that may come back: each ends in one kind of failure, and is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
import respx

from evconform.harness.clock import LabLoop
from evconform.reference.cpo.ocpi.push import Message
from evconform.reference.ocpi import calls
from evconform.reference.ocpi.calls import Key
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.platform import Platform
from evconform.reference.ocpi.records import Partner
from evconform.reference.ocpi.reply import Asked, Caller
from evconform.reference.ocpi.secrets import digest
from evconform.reference.ocpi.visit import visit
from tests.reference.ocpi.office import Office, office

THERE = "https://203.0.113.7/ocpi"
"""An address of documentation: what is sent there ends in respx."""
AT = "2026-01-05T12:00:00Z"
ROLES = [{"role": "EMSP", "party_id": "DRV", "country_code": "NL", "business_details": {"name": "Driver"}}]
ENDPOINTS = [
    {"identifier": module, "role": role, "url": f"{THERE}/{module}"}
    for module, role in (("credentials", "SENDER"), ("locations", "RECEIVER"), ("tariffs", "RECEIVER"), ("tokens", "SENDER"))
]
CREDENTIALS = {"token": "theirs", "url": f"{THERE}/versions", "roles": ROLES}
GOOD: dict[str, Any] = {
    f"{THERE}/versions": [{"version": "2.2.1", "url": f"{THERE}/2.2.1"}],
    f"{THERE}/2.2.1": {"version": "2.2.1", "endpoints": ENDPOINTS},
    f"{THERE}/credentials": CREDENTIALS,
    f"{THERE}/tokens": [],
}
"""What comes back when all is well."""


def ok(data: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(200, json={"data": data, "status_code": 1000, "timestamp": AT}, headers=headers)


@pytest.fixture
def lab() -> Iterator[Office]:
    """A CPO with one partner, whose answers a test chooses."""
    loop = LabLoop()
    made = Office(loop)
    made.office.platform.guard.allowed = frozenset(("loopback", "private"))
    made.run(made.open())
    partner = Partner(
        "p", state="registered", token=digest("ours"), their_token="theirs", versions_url=f"{THERE}/versions", version="2.2.1",
        endpoints=json.dumps(ENDPOINTS), roles=json.dumps(ROLES),
    )  # fmt: skip
    made.run(made.office.platform.partners.becomes(partner))
    with respx.mock(assert_all_called=False) as router:
        for method, url, _ in CALLS.values():
            router.route(method=method, url=url).mock(ok(GOOD.get(url)))
        router.patch(f"{THERE}/locations/SI/EVC/L%2F1/E").mock(ok())
        made.router = router  # type: ignore[attr-defined]
        yield made
    made.run(made.close())
    loop.run_until_complete(made.tasks.cancel())
    made.tasks.check()
    loop.close()


async def register(lab: Office) -> Any:
    return await lab.office.platform.joining.registers(f"{THERE}/versions", "their-a")


async def renew(lab: Office) -> Any:
    return await lab.office.platform.joining.renews(lab.office.platform.partners.all["p"])


async def leave(lab: Office) -> Any:
    return await lab.office.platform.joining.leaves(lab.office.platform.partners.all["p"])


async def crawl(lab: Office) -> Any:
    pages = lab.office.platform.calls.pages(lab.office.platform.partners.all["p"], f"{THERE}/tokens")
    return [each async for page in pages for each in page]


async def look(lab: Office) -> Any:
    return await visit(lab.office.platform, f"{THERE}/versions", Key("theirs"), "2.2.1")


def push(method: str, module: str, *parts: str) -> Callable[[Office], Awaitable[Any]]:
    async def send(lab: Office) -> Any:
        partner = lab.office.platform.partners.all["p"]
        body = None if method in ("GET", "DELETE") else {"status": "CHARGING", "last_updated": AT}
        return await lab.office.push.asks(partner, Message(module, method, ("SI", "EVC"), parts, body))

    return send


CALLS: dict[str, tuple[str, str, Callable[[Office], Awaitable[Any]]]] = {
    "versions": ("GET", f"{THERE}/versions", register),
    "details": ("GET", f"{THERE}/2.2.1", register),
    "POST credentials": ("POST", f"{THERE}/credentials", register),
    "PUT credentials": ("PUT", f"{THERE}/credentials", renew),
    "DELETE credentials": ("DELETE", f"{THERE}/credentials", leave),
    "call back, versions": ("GET", f"{THERE}/versions", look),
    "call back, details": ("GET", f"{THERE}/2.2.1", look),
    "PUT location": ("PUT", f"{THERE}/locations/SI/EVC/L", push("PUT", "locations", "L")),
    "PATCH evse": ("PATCH", f"{THERE}/locations/SI/EVC/L/E", push("PATCH", "locations", "L", "E")),
    "GET location": ("GET", f"{THERE}/locations/SI/EVC/L", push("GET", "locations", "L")),
    "PUT tariff": ("PUT", f"{THERE}/tariffs/SI/EVC/T", push("PUT", "tariffs", "T")),
    "DELETE tariff": ("DELETE", f"{THERE}/tariffs/SI/EVC/T", push("DELETE", "tariffs", "T")),
    "a list": ("GET", f"{THERE}/tokens", crawl),
}
WAYS: dict[str, tuple[str, Any]] = {
    "refused": ("unreachable", httpx.ConnectError("refused")),
    "broken off": ("unreachable", httpx.RemoteProtocolError("peer closed connection")),
    "no connection in time": ("timed-out", httpx.ConnectTimeout("")),
    "no answer in time": ("timed-out", httpx.ReadTimeout("")),
    "500": ("http", httpx.Response(500, text="<html>")),
    "503 with an envelope": ("http", httpx.Response(503, json={"status_code": 3000, "status_message": "later", "timestamp": AT})),
    "404": ("http", httpx.Response(404, json={"status_code": 2000, "timestamp": AT})),
    "a redirect": ("http", httpx.Response(302, headers={"Location": "http://127.0.0.1/"})),
    "401": ("unauthorized", httpx.Response(401, json={"status_code": 2000, "timestamp": AT})),
    "broken JSON": ("no-json", httpx.Response(200, text='{"data": [')),
    "deep JSON": ("no-json", httpx.Response(200, text="[" * 100_000)),
    "nothing": ("no-json", httpx.Response(200, text="")),
    "a list as envelope": ("no-envelope", httpx.Response(200, json=[])),
    "a code that is text": ("no-envelope", httpx.Response(200, json={"status_code": "1000", "timestamp": AT})),
    "2001": ("refused", httpx.Response(200, json={"status_code": 2001, "status_message": "no", "timestamp": AT})),
    "3000": ("refused", httpx.Response(200, json={"status_code": 3000, "timestamp": AT})),
}


LEFT = ("401", "404")
"""Ways in which a partner says that it knows of no registration: then leaving it has come to its end."""


@pytest.mark.parametrize("name", CALLS)
def test_each_call_fails_in_one_way(lab: Office, name: str) -> None:
    method, url, does = CALLS[name]
    before = lab.office.platform.partners.all["p"]

    async def story(way: str) -> None:
        expected, answer = WAYS[way]
        route = answers_with(lab, method, url, answer)
        calls = route.call_count
        with pytest.raises(Failed) as caught:
            await does(lab)
        assert caught.value.way == expected, way
        assert len(str(caught.value).splitlines()) == 1
        assert "theirs" not in str(caught.value)
        assert lab.office.platform.partners.all == {"p": before}, "nothing is half done"
        assert route.call_count == calls + 1, "nothing is tried twice"

    for way in WAYS:
        if name != "DELETE credentials" or way not in LEFT:
            lab.run(story(way))


def answers_with(lab: Office, method: str, url: str, answer: Any) -> Any:
    """From now on."""
    route = lab.router.route(method=method, url=url)  # type: ignore[attr-defined]
    route.mock(**({"side_effect": answer} if isinstance(answer, Exception) else {"return_value": answer, "side_effect": None}))
    return route


@pytest.mark.parametrize("status", [401, 404, 405])
def test_a_partner_that_knows_of_no_registration_is_left(lab: Office, status: int) -> None:
    lab.router.delete(f"{THERE}/credentials").respond(status, json={"status_code": 2000, "timestamp": AT})  # type: ignore[attr-defined]
    assert lab.run(leave(lab)).state == "left"


@pytest.mark.parametrize("path", ["versions", "2.2.1"])
def test_a_call_back_that_fails_is_3001(lab: Office, path: str) -> None:
    async def story(way: str) -> None:
        answers_with(lab, "GET", f"{THERE}/{path}", WAYS[way][1])
        platform = lab.office.platform
        partner, _ = await platform.partners.invite()
        reply = await platform.registration.answers(Asked("POST", Caller(partner, "invited", "a"), (), "", CREDENTIALS))
        assert (reply.http, reply.code) == (200, 3001)
        assert platform.partners.all[partner.id] == partner
        assert WAYS[way][0] in platform.partners.troubles[partner.id].says

    for way in WAYS:
        lab.run(story(way))


def link(url: str) -> dict[str, str]:
    return {"Link": f'<{url}>; rel="next"', "X-Total-Count": "3", "X-Limit": "1"}


LISTS: dict[str, tuple[str, Callable[[httpx.Request], httpx.Response]]] = {
    "a Link to itself": ("endless", lambda _: ok([1], **link(f"{THERE}/tokens"))),
    "two pages in a ring": (
        "endless",
        lambda request: ok([1], **link(f"{THERE}/tokens?offset={1 - int(request.url.params.get('offset', '0'))}")),
    ),
    "empty pages without end": (
        "endless",
        lambda request: ok([], **link(f"{THERE}/tokens?offset={int(request.url.params.get('offset', '0')) + 1}")),
    ),
    "more objects than there are, without end": (
        "endless",
        lambda request: ok([1] * 500, **link(f"{THERE}/tokens?offset={int(request.url.params.get('offset', '0')) + 500}")),
    ),
    "a Link into our house": ("forbidden", lambda _: ok([1], **link("http://169.254.169.254/tokens"))),
    "a Link to a file": ("forbidden", lambda _: ok([1], **link("file:///etc/passwd"))),
    "an object as list": ("improper", lambda _: ok({})),
    "no data": ("improper", lambda _: ok()),
}


@pytest.mark.parametrize("how", LISTS)
def test_a_list_that_leads_nowhere_ends(lab: Office, how: str) -> None:
    expected, answers = LISTS[how]
    route = lab.router.get(f"{THERE}/tokens").mock(side_effect=answers)  # type: ignore[attr-defined]

    async def story() -> None:
        with pytest.raises(Failed) as caught:
            await crawl(lab)
        assert caught.value.way == expected
        assert route.call_count <= 6
        assert expected in lab.office.platform.partners.troubles["p"].says

    lab.run(story())


def test_a_list_is_followed_to_its_end(lab: Office) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params.get("offset", "0"))
        return ok([offset], **(link(f"{THERE}/tokens?offset={offset + 1}") if offset < 4 else {}))

    lab.router.get(f"{THERE}/tokens").mock(side_effect=answers)  # type: ignore[attr-defined]
    assert lab.run(crawl(lab)) == [0, 1, 2, 3, 4]


def test_a_body_that_nobody_needs(lab: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BODY_AT_MOST", 1000)
    lab.router.get(f"{THERE}/tokens").mock(ok(["x" * 1000]))  # type: ignore[attr-defined]
    with pytest.raises(Failed, match="too-large"):
        lab.run(crawl(lab))


def test_who_answers_byte_by_byte_is_not_waited_for() -> None:
    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.wait([asyncio.ensure_future(reader.read(1))], timeout=0.01)
            if reader.at_eof():
                writer.close()

    async def story(platform: Platform) -> None:
        server = await asyncio.start_server(drips, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        platform.settings.patience = 0.3
        with pytest.raises(Failed, match=r"timed-out: no whole answer within 0\.3 s"):
            await platform.calls.request("GET", url, Key("t"))
        server.close()

    with office(asyncio.new_event_loop()) as made:
        made.run(story(made.office.platform))


def test_what_a_request_of_ours_carries(lab: Office) -> None:
    async def story() -> None:
        await push("PATCH", "locations", "L/1", "E")(lab)
        await push("DELETE", "tariffs", "T")(lab)
        await register(lab)

    lab.run(story())
    sent = [call.request for call in lab.router.calls]  # type: ignore[attr-defined]
    patch, delete, versions, _, post = sent
    assert patch.url.raw_path == b"/ocpi/locations/SI/EVC/L%2F1/E"
    assert patch.headers["authorization"] == "Token dGhlaXJz"
    assert patch.headers["content-type"] == "application/json"
    routing = [patch.headers[f"ocpi-{name}"] for name in ("to-party-id", "to-country-code", "from-party-id", "from-country-code")]
    assert routing == ["DRV", "NL", "EVC", "SI"]
    assert "content-type" not in delete.headers
    for configuration in (versions, post):
        assert not [name for name in configuration.headers if name.startswith("ocpi-")]
    assert len({request.headers["x-request-id"] for request in sent}) == len(sent)
    assert all(request.headers["x-correlation-id"] for request in sent)
