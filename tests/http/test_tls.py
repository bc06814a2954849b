"""HTTPS: the tap sits above TLS and logs its facts, also of a handshake that fails."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import Response as Answer
from starlette.routing import Route

from evconform.harness.clock import wall_seconds
from evconform.http import limits, taming, tls
from evconform.http.client import HttpClient, NoAnswer
from evconform.http.message import Request, Response

GET = Request("GET")


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


async def echo(request: Request, _: Any) -> Response:
    return Response(200, body=request.body)


def app() -> Starlette:
    async def answers(request: Asked) -> Answer:
        return Answer(await request.body(), headers={"X-Scheme": request.url.scheme})

    return Starlette(routes=[Route("/{path:path}", answers, methods=["GET", "PUT"])])


def test_our_ends(stage: Any, certificate: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "TRUSTED_AFTER", 0)
    monkeypatch.setattr(limits, "REUSED_WITHIN", 60)

    async def story() -> list[Response]:
        url, client = await stage.pair(echo, serving(certificate), trusting(certificate))
        assert url.startswith("https://127.0.0.1:")
        return [await client.request(url, Request("PUT", body=b"x" * size)) for size in (10, 1_000_000)]

    assert [len(answer.body) for answer in stage.run(story())] == [10, 1_000_000]
    assert [e.kind for e in stage.log] == ["open", "tls"] + ["request", "response"] * 2
    assert stage.seen("tls")[0].facts["version"] == "TLSv1.3"


def test_the_tester_calls_a_reference_party(stage: Any, certificate: Path) -> None:
    async def story() -> Response:
        served = await taming.serve(app(), stage.clock, stage.tasks, tls=serving(certificate))
        client = HttpClient(stage.clock, stage.wire, trusting(certificate))
        answer = await client.request(served.url, Request("PUT", body=b"x" * 300_000))
        await client.close()
        await served.close()
        return answer

    answer = stage.run(story())
    assert (answer.status, answer.header("x-scheme"), len(answer.body)) == (200, "https", 300_000)
    assert stage.seen("tls")[0].facts["notAfter"]


def test_a_reference_party_calls_the_tester(stage: Any, certificate: Path) -> None:
    async def story() -> list[int]:
        url, _ = await stage.pair(echo, serving(certificate))
        async with taming.client(stage.clock, verify=trusting(certificate)) as client:
            return [(await client.put(url, content=b"x" * 300_000)).status_code for _ in range(3)]

    assert stage.run(story()) == [200, 200, 200]
    assert len(stage.seen("open")) == 1


def test_a_day_over_tls(lab: Any, certificate: Path) -> None:
    async def story() -> None:
        url, _ = await lab.pair(echo, serving(certificate))
        async with taming.client(lab.clock, verify=trusting(certificate)) as client:
            for _ in range(24):
                await lab.clock.wait(3600)
                assert (await client.get(url)).status_code == 200

    began = wall_seconds()
    lab.run(story())
    assert wall_seconds() - began < 20
    assert len(lab.seen("open")) == 1


def test_a_certificate_that_is_not_trusted(stage: Any, certificate: Path) -> None:
    async def story() -> None:
        served = await taming.serve(app(), stage.clock, stage.tasks, tls=serving(certificate))
        client = HttpClient(stage.clock, stage.wire)
        with pytest.raises(NoAnswer, match="the certificate was not accepted: self-signed certificate") as found:
            await client.request(served.url, GET)
        assert found.value.why == "refused"
        await served.close()

    stage.run(story())
    assert [(e.by, e.kind) for e in stage.log] == [("tester", "open"), ("sut", "tls"), ("tester", "lost")]
    assert stage.seen("tls")[0].facts == {"failed": "the certificate was not accepted: self-signed certificate"}


def test_a_sut_that_does_not_trust_us(stage: Any, certificate: Path) -> None:
    async def story() -> None:
        url, trusting_nobody = await stage.pair(echo, serving(certificate))
        with pytest.raises(NoAnswer, match="the certificate was not accepted"):
            await trusting_nobody.request(url, GET)
        await stage.until(lambda: stage.seen("lost"))
        async with taming.client(stage.clock, verify=trusting(certificate)) as client:
            assert (await client.get(url)).status_code == 200

    stage.run(story())
    assert [e.kind for e in stage.log if e.conn == "c1"] == ["open", "tls", "lost"]
    assert "failed" in stage.seen("tls")[0].facts


def test_plain_http_at_a_tls_port(stage: Any, certificate: Path, mouth: Any) -> None:
    async def story() -> None:
        url, _ = await stage.pair(echo, serving(certificate))
        client = await mouth(stage.clock, url)
        client.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await client.hears()
        client.close()

    stage.run(story())
    assert [e.kind for e in stage.log] == ["open", "tls", "lost"]
    assert stage.seen("tls")[0].facts == {"failed": "http request"}


def test_tls_at_a_plain_port(stage: Any) -> None:
    async def story() -> None:
        url, _ = await stage.pair(echo)
        client = HttpClient(stage.clock)
        with pytest.raises(NoAnswer, match="127") as found:
            await client.request(url.replace("http:", "https:"), GET)
        assert found.value.why == "refused"

    stage.run(story())
    assert stage.seen("garbage")


def test_a_handshake_that_does_not_come_is_waited_for_no_longer_than_a_while(
    wall: Any, certificate: Path, monkeypatch: Any, mouth: Any
) -> None:
    monkeypatch.setattr(tls, "TLS_WITHIN", 0.2)

    async def story() -> None:
        url, _ = await wall.pair(echo, serving(certificate))
        client = await mouth(wall.clock, url)
        await client.hears()
        client.close()

    wall.run(story())
    assert [e.kind for e in wall.log] == ["open", "tls", "lost"]
