"""What the endpoints answer to what is no proper request: HTTP statuses, faults, and each with its entry in the wire log."""

from __future__ import annotations

import gzip
import zlib
from http import HTTPStatus
from typing import Any

import pytest

from evconform.http.message import Request, Response
from evconform.ocpp.proper import refuse_undated
from evconform.ocpp.soap.codec import Envelope, decode, encode
from evconform.ocpp.soap.errors import error_of, fault_of, of_problem
from evconform.ocpp.soap.fault import fault_for
from evconform.ocpp.soap.names import SOAP
from evconform.ocpp.soap.problem import PROBLEMS, Problem
from evconform.ocpp.soap.table import service
from tests.ocpp.soap.conftest import message
from tests.ocpp.soap.samples import CHARGE_POINT, HEADERS, changed
from tests.ocpp.soap.test_refusals import UNREADABLE, WRONG

MUST = f'<x:y xmlns:x="urn:x" soap:mustUnderstand="true" xmlns:soap="{SOAP}"/>'


def of_log(stage: Any) -> int:
    """Requests in the wire log, whole or cut."""
    return len(stage.seen("request", "too-long", by="sut"))


async def faulted(pair: Any, body: bytes, **headers: str) -> tuple[Response, Envelope]:
    before = of_log(pair.stage)
    response = await pair.posts(body, **headers)
    assert of_log(pair.stage) == before + 1
    assert response.header("Content-Type") == (
        'application/soap+xml; charset=utf-8; action="http://www.w3.org/2005/08/addressing/soap/fault"'
    )
    read = decode(response.body)
    assert read.kind == "fault"
    assert read.fault
    assert response.status == (400 if read.fault.code == "Sender" else 500)
    return response, read


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 200), ("HEAD", "", 200), ("GET", "?wsdl", 200), ("GET", "?WSDL", 200), ("GET", "deeper", 404),
        ("PUT", "", 405), ("DELETE", "", 405), ("OPTIONS", "", 405), ("POST", "deeper", 404), ("PUT", "deeper", 404),
        ("POST", "", 415),
    ],
)  # fmt: skip
def test_what_is_no_post_of_soap_has_a_status(pair: Any, method: str, path: str, status: int) -> None:
    async def story() -> None:
        await pair.listens()
        response = await pair.gets(method, path)
        assert response.status == status
        assert response.header("Allow") == ("GET, HEAD, POST" if status == 405 else None)

    pair.stage.run(story())


def test_the_wsdl_names_our_own_address(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        text = (await pair.gets(path="?wsdl")).body.decode()
        assert f'location="{pair.central.url}"' in text

    pair.stage.run(story())


def test_a_page_stands_beside_the_service(pair: Any) -> None:
    def page(request: Request) -> Response | None:
        return Response(200, [("Content-Type", "text/html")], b"<p>hello") if request.path in ("/", "/x") else None

    async def story() -> None:
        await pair.listens("http://127.0.0.1:0/")
        pair.central.page = page
        assert [(await pair.gets(path=path)).body for path in ("", "x")] == [b"<p>hello"] * 2
        assert (await pair.gets(path="y")).status == 404
        assert b"definitions" in (await pair.gets(path="?wsdl")).body
        assert (await pair.posts(message())).status == 500  # nobody handles it here, but it came

    pair.central.handlers.clear()
    pair.stage.run(story())


@pytest.mark.parametrize("path", ["/", "", "/Ocpp/CentralSystemService", "/Ocpp/CentralSystemService/"])
def test_the_last_slash_does_not_matter(pair: Any, path: str) -> None:
    async def story() -> None:
        await pair.listens("http://127.0.0.1:0" + path)
        assert (await pair.posts(message())).status == 200
        bare = pair.central.url.rstrip("/")
        for url in (bare, bare + "/"):
            pair.central.url = url
            assert (await pair.posts(message())).status == 200

    pair.stage.run(story())


@pytest.mark.parametrize("content_type", ["", "application/json", "text/plain", "application/xml"])
def test_another_content_type_is_not_taken(pair: Any, content_type: str) -> None:
    async def story() -> None:
        await pair.listens()
        response = await pair.posts(message(), Content_Type=content_type)
        assert (response.status, response.header("Accept")) == (415, "application/soap+xml")

    pair.stage.run(story())


@pytest.mark.parametrize(
    "content_type", ["Application/SOAP+XML", "application/soap+xml;charset=UTF-8", 'application/soap+xml; action="x"']
)
def test_a_content_type_may_be_written_otherwise(pair: Any, content_type: str) -> None:
    async def story() -> None:
        await pair.listens()
        assert (await pair.posts(message(), Content_Type=content_type)).status == 200

    pair.stage.run(story())


def test_text_xml_is_soap_1_1(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        _, read = await faulted(pair, message(), Content_Type="text/xml; charset=utf-8")
        assert read.fault.code == "VersionMismatch"

    pair.stage.run(story())


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_message_is_answered_by_a_fault(pair: Any, name: str) -> None:
    body, problem = UNREADABLE[name]

    async def story() -> None:
        await pair.listens()
        _, read = await faulted(pair, body)
        assert (read.fault.code, read.fault.subcode) == PROBLEMS[problem]
        assert (await pair.posts(message())).status == 200  # and the endpoint lives on

    pair.stage.run(story())


@pytest.mark.parametrize("name", WRONG)
def test_what_the_schema_refuses_is_answered_by_a_fault_before_a_handler_sees_it(pair: Any, name: str) -> None:
    old, new, problem, _ = WRONG[name]
    seen: list[Any] = []
    pair.central.handlers["StatusNotification"] = lambda payload, _: seen.append(payload) or {}

    async def story() -> None:
        await pair.listens()
        _, read = await faulted(pair, changed(old, new))
        assert (read.fault.code, read.fault.subcode) == PROBLEMS[problem]
        assert read.headers.relates_to == HEADERS.message_id
        assert read.headers.message_id not in (None, HEADERS.message_id)

    pair.stage.run(story())
    assert seen == []


HEADS = {
    "must understand": ("</soap:Header>", MUST + "</soap:Header>", "must-understand"),
    "another action": (">/StatusNotification<", ">/Heartbeat<", "action"),
    "no From": ("wsa:From>", "wsa:FaultTo>", "header-missing"),
    "an answer elsewhere": ("addressing/anonymous<", "addressing/none<", "header-value"),
    "two actions": ("<wsa:To>", "<wsa:Action>/Heartbeat</wsa:Action><wsa:To>", "header-twice"),
    "no identity": ("chargeBoxIdentity", "chargeboxid", "header-missing"),
}


@pytest.mark.parametrize("name", HEADS)
def test_what_is_wrong_with_the_header_is_answered_by_a_fault(pair: Any, name: str) -> None:
    old, new, problem = HEADS[name]

    async def story() -> None:
        await pair.listens()
        _, read = await faulted(
            pair, changed(old, new).replace(b'ocpp:chargeboxid soap:mustUnderstand="true"', b"ocpp:chargeboxid")
        )
        assert (read.fault.code, read.fault.subcode) == PROBLEMS[problem]

    pair.stage.run(story())


def test_an_answer_and_the_other_service_are_no_requests(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        _, read = await faulted(
            pair,
            encode({"currentTime": "2026-01-01T00:00:00Z"}, "Heartbeat", HEADERS, service("1.6", "central-system"), "response"),
        )
        assert read.fault.subcode == "ProtocolError"
        _, read = await faulted(pair, encode({"vendorId": "v"}, "DataTransfer", HEADERS, CHARGE_POINT))
        assert read.fault.subcode == "NotSupported"
        _, read = await faulted(pair, encode({}, "Heartbeat", HEADERS, service("1.5", "central-system")))
        assert read.fault.subcode == "ProtocolError"

    pair.stage.run(story())


def test_a_party_may_mind_what_the_xsd_does_not(pair: Any) -> None:
    told = {"connectorId": 1, "status": "Available", "errorCode": "NoError", "timestamp": "12026-01-01T10:00:00Z"}
    pair.central.handlers["StatusNotification"] = lambda *_: {}

    async def story() -> None:
        await pair.listens()
        assert (await pair.posts(message("StatusNotification", told))).status == 200
        pair.central.refuses = lambda message, _: refuse_undated(message)
        _, read = await faulted(pair, message("StatusNotification", told))
        assert read.fault.subcode == "ProtocolError"

    pair.stage.run(story())


@pytest.mark.parametrize(
    ("status", "sent", "kind"),
    [
        (HTTPStatus.SERVICE_UNAVAILABLE, 503, ""),
        (HTTPStatus.UNAUTHORIZED, 401, "fault"),
        (HTTPStatus.NOT_FOUND, 400, "fault"),
    ],
)
def test_who_is_not_admitted_gets_a_security_error_or_a_status(pair: Any, status: HTTPStatus, sent: int, kind: str) -> None:
    """OCPP-S 1.6, 5: a charge point that is not known, or does not show its password."""

    async def story() -> None:
        await pair.listens()
        pair.central.admit = lambda _: status
        response = await pair.posts(message())
        said = decode(response.body)
        assert (response.status, said.kind) == (sent, kind)
        if said.fault:
            assert (said.fault.code, said.fault.subcode, said.problems) == ("Sender", "SecurityError", ())
        assert (response.header("WWW-Authenticate") is not None) == (status == 401)
        assert not pair.central.channels
        assert f"refused with HTTP {status}" in pair.central.strangers

    pair.stage.run(story())


# ── compression (OCPP-S 1.6, 3) ──


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "gzip, deflate"])
def test_compressed_requests_are_read(pair: Any, coding: str) -> None:
    def compressed(data: bytes) -> bytes:
        for name in coding.split(", "):
            data = gzip.compress(data) if "gzip" in name else zlib.compress(data)
        return data

    async def story() -> None:
        await pair.listens()
        assert (await pair.posts(compressed(message()), Content_Encoding=coding)).status == 200
        assert (await pair.posts(b"no such thing", Content_Encoding=coding)).status == 400

    pair.stage.run(story())


def test_an_unknown_coding_is_not_taken(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        response = await pair.posts(message(), Content_Encoding="br")
        assert (response.status, response.header("Accept-Encoding")) == (415, "gzip, deflate")

    pair.stage.run(story())


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate", "gzip"), ("deflate", "deflate"), ("gzip;q=0.1, deflate;q=1.0", "deflate"), ("*", "gzip"),
     ("br, zstd", None), ("gzip;q=0, deflate;q=0", None), ("identity", None), ("", None), ("gzip;q=x", None), ("*;q=0", None)],
)  # fmt: skip
def test_an_answer_is_compressed_as_the_client_likes_it(pair: Any, accepted: str, coding: str | None) -> None:
    async def story() -> None:
        await pair.listens()
        asked = message("DataTransfer", {"vendorId": "v", "data": "x" * 3000})
        response = await pair.posts(asked, "/DataTransfer", Accept_Encoding=accepted)
        assert response.header("Content-Encoding") == coding
        assert decode(response.body).payload == {"status": "Accepted", "data": "x" * 3000}
        assert (await pair.posts(message(), Accept_Encoding=accepted)).header("Content-Encoding") is None  # too short

    pair.stage.run(story())


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("", "deflate"), ("deflate;q=0.1, gzip", "deflate"), ("*", "deflate"), ("gzip", None), ("identity", None),
     ("*, deflate;q=0", None)],
)  # fmt: skip
def test_every_answer_is_compressed_on_purpose_for_who_does_not_exclude_it(pair: Any, accepted: str, coding: str | None) -> None:
    """Without the header a request excludes none."""

    async def story() -> None:
        await pair.listens()
        pair.central.compresses_answers = "deflate"
        response = await pair.posts(message(), Accept_Encoding=accepted)
        assert response.header("Content-Encoding") == coding
        assert decode(response.body).kind == "response"

    pair.stage.run(story())


def test_a_bomb_of_gzip_is_refused_by_http(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        before = of_log(pair.stage)
        response = await pair.posts(gzip.compress(b"\0" * 2**26), Content_Encoding="gzip")
        assert response.status == 413
        assert of_log(pair.stage) == before + 1

    pair.stage.run(story())


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_problem_has_its_fault(name: str) -> None:
    problem = Problem(name, "words", "/x")
    assert fault_of(of_problem(problem)) == fault_for(problem)
    assert vars(error_of(fault_for(problem))) == vars(of_problem(problem))
