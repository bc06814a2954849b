"""Platforms that say anything but OCPI, as servers and as clients: a verdict and no traceback of ours, and the log has it all."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from evconform.harness.verdict import Verdict
from evconform.http.client import NoAnswer
from evconform.http.message import Raw, Response
from evconform.ocpi.authorization import authorization
from evconform.ocpi.endpoint import Reply
from tests.ocpi.conftest import ROW, Bench
from tests.ocpi.dummy import Dummy

PLACES = {
    "versions": ("versions", "", "GET", 0),
    "details": ("versions", "", "GET", 1),
    "credentials": ("credentials", "", "POST"),
    "list": ("locations", "SENDER", "GET"),
}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def enveloped(data: Any, **more: Any) -> Reply:
    return Reply(body=json.dumps({"data": data, "status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"} | more).encode())


ANSWERS: dict[str, Any] = {
    "closed": None,
    "nothing-and-closed": Raw(b""),
    "tls": Raw(b"\x16\x03\x01\x02\x00"),
    "cut": Raw(HEAD + b"Content-Length: 100\r\n\r\n{"),
    "no-end-of-chunks": Raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "two-lengths": Raw(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
    "status-line": Raw(b"HTTP/1.1 abc OK\r\n\r\n"),
    "two-responses": Raw((HEAD + b"Content-Length: 2\r\n\r\n{}") * 2),
    "long-head": Raw(HEAD + b"X: " + b"x" * 100_000 + b"\r\n\r\n"),
    "no-json": Reply(body=b"<html>"),
    "no-text": Reply(body=b"\xff\xfe"),
    "empty": Reply(body=b""),
    "deep": Reply(body=b"[" * 100_000),
    "nan": Reply(body=b'{"status_code":NaN}'),
    "list": Reply(body=b"[1,2]"),
    "text": Reply(body=b'"1000"'),
    "surrogate": enveloped({"token": "\ud800" * 6, "url": "\ud800"}),
    "code-is-text": Reply(body=b'{"status_code":"1000","data":[]}'),
    "code-is-huge": Reply(body=b'{"data":[],"status_code":' + b"9" * 5000 + b"}"),
    "data-null": enveloped(None),
    "data-text": enveloped("x"),
    "data-numbers": enveloped([1, None, [], {}]),
    "urls-are-none": enveloped([{"version": 7, "url": 7}, {"version": "2.2.1", "url": "http://["}]),
    "url-nobody": enveloped([{"version": "2.2.1", "url": "http://127.0.0.1:9/"}]),
    "url-file": enveloped([{"version": "2.2.1", "url": "file:///etc/passwd"}]),
    "endpoints-odd": enveloped({"version": "2.2.1", "endpoints": [{"identifier": [], "role": {}, "url": "http://[::"}, 7]}),
    "endpoints-relative": enveloped({"endpoints": [{"identifier": "credentials", "role": "SENDER", "url": "/c"}]}),
    "token-odd": enveloped({"token": ["x"], "url": 7, "roles": "CPO"}),
    "token-null": enveloped({"token": None, "url": None, "roles": None}),
    "token-no-ascii": enveloped({"token": "ключ-от-двери-ключ", "url": "x", "roles": [{"role": "CPO", "country_code": 7}]}),
    "token-lines": enveloped({"token": "line\r\nX-Other: 1 line", "url": "http://x/", "roles": [{}, 7]}),
    "redirect": Reply(http=307, headers={"Location": "http://127.0.0.1:9/"}),
    "server-error": Reply(http=500, status_code=3000),
    "no-content": Response(204),
    "link-astray": Reply([], headers={"Link": '<http://[::>; rel="next"'}),
    "link-odd": Reply([], headers={"Link": '<>; rel="next", ;;;'}),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_a_server_answers_is_judged(bench: Bench, place: str, answer: str) -> None:
    async def case(emsp: Any) -> None:
        bench.target.endpoint.handlers[PLACES[place]] = lambda _: ANSWERS[answer]
        await emsp.registers(proves=ROW)
        await emsp.gets("credentials")
        await emsp.pulls("locations", proves=ROW)
        await emsp.renews(proves=ROW)
        await emsp.leaves(proves=ROW)

    bench.monitors = [reads_everything]
    result = bench.run("cpo", case, base="unregistered")
    assert result.verdict in (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE), (result.reason, result.steps)


def reads_everything(log: Any) -> Any:
    """Whatever a rule may ask of a frame."""
    for frame in log.frames("request", "response", "garbage", "too-long", "eof", "lost", "close"):
        told = (
            str(frame),
            frame.whole,
            frame.path,
            frame.query,
            frame.http_status,
            frame.status_code,
            frame.routing,
            frame.problem,
        )
        assert all(each is None or str(each) is not None for each in told)
        assert frame.operation is None or frame.operation.module == frame.module
    for held in log.objects(by="cpo"):
        assert held.pointer.startswith("/") or not held.pointer
    for pull in log.pages():
        assert list(pull.objects()) is not None
    log.roles_of()
    yield from ()


def asks(line: str, body: bytes = b"", **headers: str) -> bytes:
    """A request with the right token."""
    heads = {"Host": "x", "Authorization": "KEY"} | headers | ({"Content-Length": str(len(body))} if body else {})
    lines = [f"{line} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in heads.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def credentials(url: str) -> bytes:
    return asks("PUT /ocpi/2.2.1/credentials", json.dumps({"token": "a-token-of-theirs", "url": url, "roles": []}).encode())


OBJECTS = "/ocpi/2.2.1/receiver/locations"
REQUESTS: dict[str, bytes] = {
    "garbage": b"\x00\x01\x02\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "http-0": b"GET /\r\n\r\n",
    "http-2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no-host": b"GET /ocpi/versions HTTP/1.1\r\n\r\n",
    "no-token": b"GET /ocpi/versions HTTP/1.1\r\nHost: x\r\n\r\n",
    "odd-token": b"GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nAuthorization: \xff\xff\r\n\r\n",
    "two-tokens": b"GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nAuthorization: Token a\r\nAuthorization: Token b\r\n\r\n",
    "cut": b"PUT /ocpi/2.2.1/credentials HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
    "target": asks("GET //[::"),
    "absolute": asks("GET http://[/ocpi/versions"),
    "method": asks("BREW /ocpi/versions"),
    "head": asks("HEAD /ocpi/versions"),
    "post-nothing": asks("POST /ocpi/2.2.1/credentials", Content_Length="0"),
    "put-list": asks(f"PUT {OBJECTS}/NL/DUM/1", b"[]"),
    "patch-text": asks(f"PATCH {OBJECTS}/NL/DUM/1/2/3/4/5", b'""'),
    "put-short": asks(f"PUT {OBJECTS}/NL", b"{}"),
    "put-party": asks(f"PUT {OBJECTS}/NL/DUM", b"{}"),
    "put-nothing": asks(f"PUT {OBJECTS}", b"{}"),
    "put-child": asks(f"PUT {OBJECTS}/NL/DUM/1/2", b'{"uid":"2"}'),
    "get-slashes": asks(f"GET {OBJECTS}//NL//DUM//%00%ff"),
    "credentials-url": credentials("http://["),
    "credentials-lines": credentials("http://x/\r\nX: 1"),
    "ids-odd": asks("GET /ocpi/versions", X_Request_ID="\xe9", X_Correlation_ID=""),
}


@pytest.mark.parametrize("request_", REQUESTS)
def test_whatever_a_client_asks_is_answered_or_left(bench: Bench, request_: str) -> None:
    async def case(emsp: Any) -> None:
        target = bench.target
        raw = REQUESTS[request_].replace(b"KEY", authorization(target.registration.key).encode())
        try:
            await target.endpoint.client.sends(emsp.url, raw, 5.0, request_ in ("cut", "tls"))
        except NoAnswer:
            emsp.wire.mark("script", says="no answer")
        await emsp.gets("credentials", proves=ROW)

    bench.monitors = [reads_everything]
    result = bench.run("cpo", case)
    assert result.verdict is Verdict.PASS, (result.reason, result.steps)
    heard = [entry for entry in bench.log if entry.by == "sut" and entry.kind in ("request", "garbage", "too-long")]
    assert heard


@pytest.mark.parametrize("how", ["hangs", "refuses", "ignores"])
def test_a_platform_that_is_not_there_is_not_reached(bench: Bench, how: str) -> None:
    class Absent(Dummy):
        async def start(self) -> str:
            url = await super().start()
            if how == "refuses":
                await self.stop()
            elif how == "hangs":
                self.endpoint.handlers["versions", "", "GET", 0] = self.hangs
            else:
                self.endpoint.accepts = {}
            return url

        async def hangs(self, _: Any) -> None:
            await asyncio.Event().wait()

        def invites(self, token: str) -> None:
            if how != "ignores":
                super().invites(token)

    async def case(emsp: Any) -> None:
        raise AssertionError("never")

    bench.parties["cpo"] = Absent
    result = bench.run("cpo", case)
    assert result.verdict is Verdict.INCONCLUSIVE, (result.reason, result.steps)
    assert result.reason
