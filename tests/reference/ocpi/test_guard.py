"""Where a partner may have us call: nowhere inside our own house (OCPI 2.2.1, credentials: url)."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any

import httpx
import pytest

from evconform.harness.clock import Clock, LabLoop
from evconform.reference.guard import Forbidden, Guard, Target, kind_of
from evconform.reference.ocpi import calls
from evconform.reference.ocpi.calls import Key
from evconform.reference.ocpi.failure import Failed
from tests.reference.ocpi.bench import Scene, cpo, emsp

INSIDE = (
    "http://127.0.0.1/x", "http://127.1/x", "http://2130706433/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://[::1]/",
    "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://0.0.0.0/", "http://[::]/",
    "http://169.254.169.254/latest", "http://[fe80::1%25eth0]/", "http://10.0.0.1/", "http://192.168.1.1:8080/", "http://172.16.0.1/",
    "http://[fd00::1]/", "http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://198.18.0.1/",
    "file:///etc/passwd", "ftp://8.8.8.8/", "gopher://8.8.8.8/", "//8.8.8.8/", "8.8.8.8", "", "http://", "http:///x", "http://[", "http://8.8.8.8:0/",
    "http://8.8.8.8:99999/", "http://user@8.8.8.8/", "http://user:secret@8.8.8.8/", "javascript:alert(1)",
)  # fmt: skip


@pytest.fixture
def clock() -> Any:
    loop = LabLoop()
    yield Clock(loop)
    loop.close()


@pytest.mark.parametrize("url", INSIDE)
def test_what_is_not_called(clock: Clock, url: str) -> None:
    with pytest.raises(Forbidden) as caught:
        clock.loop.run_until_complete(Guard(clock).target(url))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "https://8.8.8.8:8443/ocpi", "https://[2001:4860:4860::8888]/"])
def test_what_is_called(clock: Clock, url: str) -> None:
    target = clock.loop.run_until_complete(Guard(clock).target(url))
    assert target.address in url


def test_what_is_allowed_is_called_and_nothing_else(clock: Clock) -> None:
    guard = Guard(clock, frozenset(("loopback",)))
    assert guard.look("http://127.0.0.1:1/") == "127.0.0.1"
    with pytest.raises(Forbidden, match="private"):
        guard.look("http://10.0.0.1/")
    assert {kind_of(ipaddress.ip_address(text)) for text in ("127.0.0.1", "::1")} == {"loopback"}


@pytest.mark.parametrize("addresses", [["8.8.8.8", "10.0.0.1"], ["127.0.0.1"], ["::1"], ["fe80::1%eth0"]])
def test_a_name_that_leads_inside_is_not_called(clock: Clock, addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolves(*_: object, **__: object) -> Any:
        return [(0, 0, 0, "", (address, 443)) for address in addresses]

    monkeypatch.setattr(clock.loop, "getaddrinfo", resolves)
    with pytest.raises(Forbidden, match="it leads to"):
        clock.loop.run_until_complete(Guard(clock).target("https://partner.example/"))


def test_the_address_that_was_looked_at_is_the_one_that_is_dialled(lab: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that tells another address the second time does not help."""

    async def story() -> None:
        platform, theirs = await lab.platform(cpo()), await lab.platform(emsp())
        _, token = await theirs.partners.invite()
        port = httpx.URL(theirs.url).port
        looked: list[str] = []

        async def target(url: str) -> Target:
            looked.append(url)
            return Target("partner.example", "127.0.0.1")

        monkeypatch.setattr(platform.guard, "target", target)
        theirs.app.edit = lambda request, answer: answer if request.headers["host"] == f"partner.example:{port}" else 1 / 0  # type: ignore[return-value]
        answer = await platform.calls.request("GET", f"http://partner.example:{port}/ocpi/versions", Key(token))
        assert answer.data[0]["version"] == "2.2.1"
        assert len(looked) == 1
        assert set(platform.calls.clients) == {"partner.example"}, "a connection is its name's alone"

    lab.run(story())


def test_a_call_back_into_our_house_is_refused_and_not_made(lab: Scene) -> None:
    async def story() -> None:
        platform = await lab.platform(cpo(), allowed=frozenset())
        theirs = await lab.platform(emsp())
        heard: list[str] = []
        theirs.app.edit = lambda request, answer: heard.append(request.url.path) or answer  # type: ignore[func-returns-value]
        await platform.partners.invite("token-a")
        body = theirs.registration.credentials("token-b")
        http, envelope, _ = await lab.asks("POST", platform.endpoint("credentials", ""), "token-a", body)
        assert (http, envelope["status_code"], heard) == (200, 3001, [])
        assert "loopback" in envelope["status_message"]
        with pytest.raises(Failed, match="forbidden"):
            await platform.joining.registers(theirs.versions_url, "any")

    lab.run(story())


def test_an_unknown_host_is_unreachable(lab: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> Any:
        raise OSError("Name or service not known")

    async def story() -> None:
        platform = await lab.platform(cpo())
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fails)
        with pytest.raises(Failed, match="unreachable"):
            await platform.calls.request("GET", "https://nobody.invalid/", Key("t"))

    lab.run(story())


def test_the_clients_of_strangers_hosts_are_not_kept_for_ever(lab: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        platform = await lab.platform(cpo())
        port = httpx.URL(platform.url).port
        monkeypatch.setattr(calls, "CLIENTS_AT_MOST", 3)

        async def target(url: str) -> Target:
            return Target(httpx.URL(url).host, "127.0.0.1")

        monkeypatch.setattr(platform.guard, "target", target)
        for number in range(10):
            with pytest.raises(Failed, match="unauthorized"):
                await platform.joining.registers(f"http://host{number}:{port}/ocpi/versions", "t")
        assert list(platform.calls.clients) == ["host7", "host8", "host9"]
        assert not platform.registration.turns

    lab.run(story())
