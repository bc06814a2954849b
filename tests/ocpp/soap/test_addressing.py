"""Who is who, and where: identities, callback addresses, credentials, TLS, versions; and the seams of deliberate deviations."""

from __future__ import annotations

import json
import ssl
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.wire import read
from evconform.http.client import HttpClient
from evconform.http.message import Request, Response
from evconform.http.message import parse as parsed
from evconform.ocpp.channel import NoAnswer
from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.json import CallError
from evconform.ocpp.soap import central_system
from evconform.ocpp.soap.address import at, host_towards
from evconform.ocpp.soap.codec import Envelope, decode, encode, encode_fault
from evconform.ocpp.soap.fault import Fault
from evconform.ocpp.soap.names import ANONYMOUS
from evconform.ocpp.soap.table import service
from tests.ocpp.soap.conftest import message
from tests.ocpp.soap.samples import CENTRAL_SYSTEM, CHARGE_POINT, HEADERS

ASK = {"vendorId": "v", "data": "x"}


def said(stage: Any, kind: str) -> list[Envelope]:
    """The envelopes in the wire log."""
    return [decode(parsed(entry).body) for entry in stage.seen(kind)]


@pytest.mark.parametrize("identity", ["CP 1", "Säule 7", "a/b", "<&>\"'", "ä☃😀", "x" * 255, "%20"])
def test_an_identity_comes_through_as_it_is(pair: Any, identity: str) -> None:
    async def story() -> None:
        await pair.connects(identity)
        assert list(pair.central.channels) == [identity]
        assert await pair.central.channels[identity].call("DataTransfer", ASK)

    pair.stage.run(story())


def test_another_identity_is_a_mismatch(pair: Any) -> None:
    async def story() -> None:
        await pair.connects("CP-1")
        for other in ("CP-2", "cp-1", "CP-1x"):
            pair.central.channels["CP-1"].identity = other
            with pytest.raises(CallError, match="IdentityMismatch"):
                await pair.central.channels["CP-1"].call("DataTransfer", ASK)

    pair.stage.run(story())


def test_the_headers_are_what_the_specification_says(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        await pair.central.channels["CP-1"].call("DataTransfer", ASK)

    pair.stage.run(story())
    requests, responses = said(pair.stage, "request"), said(pair.stage, "response")
    assert [each.problems for each in (*requests, *responses)] == [()] * 4
    ours, theirs = pair.central.url, pair.point.address
    assert [(each.headers.sender, each.headers.to) for each in requests] == [(theirs, ours), (ours, theirs)]
    assert all(each.headers.reply_to == ANONYMOUS for each in requests)
    assert [each.headers.relates_to for each in responses] == [each.headers.message_id for each in requests]
    assert [(each.headers.to, each.headers.action) for each in responses] == [
        (ANONYMOUS, "/HeartbeatResponse"),
        (ANONYMOUS, "/DataTransferResponse"),
    ]
    ids = [each.headers.message_id for each in (*requests, *responses)]
    assert len({*ids}) == 4
    assert all(each and each.startswith("urn:uuid:") for each in ids)
    heads = [parsed(entry) for entry in pair.stage.seen("request", "response")]
    assert [each.header("Content-Type") for each in heads] == [
        f'application/soap+xml; charset=utf-8; action="/{action}"'
        for action in ("Heartbeat", "HeartbeatResponse", "DataTransfer", "DataTransferResponse")
    ]


def test_a_new_address_replaces_the_old_one(pair: Any) -> None:
    told: list[tuple[str, str]] = []

    async def story() -> None:
        await pair.listens()
        pair.central.on_channel = lambda channel: told.append((channel.identity, channel.address))
        for port in (81, 81, 82):
            await pair.posts(message(headers=replace(HEADERS, sender=f"http://10.0.0.1:{port}/")))
        assert told == [("INCH-1", "http://10.0.0.1:81/"), ("INCH-1", "http://10.0.0.1:82/")]
        assert pair.central.channels["INCH-1"].address == "http://10.0.0.1:82/"

    pair.stage.run(story())


@pytest.mark.parametrize("sender", ["", ANONYMOUS, "urn:x", "http://", "http://[", "ftp://h/", "http://h:0/", "http://h:x/"])
def test_an_address_where_no_service_can_be_is_no_callback(pair: Any, sender: str) -> None:
    async def story() -> None:
        await pair.listens()
        response = await pair.posts(message(headers=replace(HEADERS, sender=sender)))
        assert response.status == (200 if sender else 400)
        assert not pair.central.channels
        pair.central.reaches("INCH-1", pair.central.url)
        await pair.posts(message(headers=replace(HEADERS, sender=sender)))
        assert pair.central.channels["INCH-1"].address == pair.central.url

    pair.stage.run(story())


def test_the_station_that_was_not_heard_for_longest_makes_room_and_the_log_says_so(
    pair: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(central_system, "STATIONS_AT_MOST", 2)

    async def story() -> None:
        await pair.listens()
        for identity in ("CP-1", "CP-2", "CP-1", "CP-3"):
            await pair.posts(message(headers=replace(HEADERS, identity=identity, sender="http://10.0.0.1/")))
        assert list(pair.central.channels) == ["CP-1", "CP-3"]
        assert pair.lost == ["CP-2"]
        [said] = [entry.facts["says"] for entry in read(pair.stage.wire.path) if entry.mark == "script"]
        assert said == "gives up CP-2, which was not heard for longest: more than 2 stations came"
        assert "a station was given up" in pair.central.strangers

    pair.stage.run(story())


def test_a_station_that_is_known_from_before_can_be_called(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        await pair.point.connect(Handshake(pair.central.url, "CP-1"))
        channel = pair.central.reaches("CP-1", pair.point.address)
        assert (await channel.call("DataTransfer", ASK))["data"] == "x"

    pair.stage.run(story())


def test_who_is_not_admitted_does_not_say_where_a_station_is(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        pair.central.admit = lambda knock: None if knock.password == "right" else HTTPStatus.UNAUTHORIZED
        await pair.posts(message(headers=replace(HEADERS, identity="CP-1", sender="http://10.0.0.1/")))
        assert pair.central.channels["CP-1"].address == pair.point.address

    pair.stage.run(story())


def test_basic_authentication(pair: Any) -> None:
    knocks: list[Any] = []

    def admit(knock: Any) -> HTTPStatus | None:
        knocks.append((knock.identity, knock.user, knock.password))
        return None if knock.password == "sesam öffne dich" else HTTPStatus.UNAUTHORIZED

    async def story() -> None:
        await pair.listens()
        pair.central.admit = admit
        await pair.connects("CP 1", password="sesam öffne dich")
        assert knocks == [("CP 1", "CP 1", "sesam öffne dich")]
        with pytest.raises(CallError, match="SecurityError"):
            await pair.connects("CP 1", password="x")
        await pair.posts(message(), Authorization="Basic !!!")
        assert knocks[-1] == ("INCH-1", "", None)
        assert "sesam" not in pair.stage.wire.path.read_text()

    pair.stage.run(story())


def test_tls_both_ways(pair: Any, certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    trusts = ssl.create_default_context(cafile=certificate)

    async def story() -> None:
        await pair.listens("https://127.0.0.1:0/cs", tls=tls)
        pair.central.client.tls = trusts
        await pair.connects(tls=trusts, service="https://127.0.0.1:0/cp", service_tls=tls)
        channel = pair.central.channels["CP-1"]
        assert (pair.central.url[:8], channel.address[:8]) == ("https://", "https://")
        assert await channel.call("DataTransfer", ASK)
        pair.central.client.tls = ssl.create_default_context()
        await pair.central.client.close()
        with pytest.raises(NoAnswer, match="certificate"):
            await channel.call("DataTransfer", ASK)

    pair.stage.run(story())


def test_two_versions_are_served_by_namespace(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        pair.central.versions = ("1.6", "1.5")
        older = encode({}, "Heartbeat", HEADERS, service("1.5", "central-system"))
        for body, version in ((message(), "1.6"), (older, "1.5"), (message(), "1.6")):
            answer = decode((await pair.posts(body)).body)
            assert (answer.version, answer.kind, answer.problems) == (version, "response", ())
            assert pair.central.channels["INCH-1"].version == version
        broken = decode((await pair.posts(older.replace(b"heartbeatRequest", b"heartbeatR"))).body)
        assert (broken.version, broken.fault and broken.fault.subcode) == ("1.5", "NotSupported")
        assert b"2012/06" in (await pair.gets(path="?wsdl=1.5")).body

    pair.stage.run(story())


# ── deliberate deviations ──


def test_rewrites_change_what_is_said_as_text(pair: Any) -> None:
    def rewrite(text: str, _: Any) -> list[str]:
        said = json.loads(text)
        if said[0] == 2:
            said[3] = said[3] | {"data": "other"}
        elif said[0] == 3:
            said[1:] = ["urn:other", {"status": "Accepted", "data": said[2]["data"] + "!"}]
        return [json.dumps(said)]

    async def story() -> None:
        await pair.connects()
        pair.central.rewrites.append(rewrite)
        assert (await pair.point.channel.call("DataTransfer", ASK))["data"] == "x!"
        assert said(pair.stage, "response")[-1].headers.relates_to == "urn:other"
        assert (await pair.central.channels["CP-1"].call("DataTransfer", ASK))["data"] == "other"

    pair.stage.run(story())


def test_rewrites_choose_the_subcode_or_say_nothing(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        pair.central.rewrites.append(lambda text, _: [text.replace("NotSupported", "FormatViolation")])
        with pytest.raises(CallError, match="FormatViolation"):
            await pair.point.channel.call("Authorize", {"idTag": "A"})
        pair.central.rewrites[:] = [lambda text, _: []]
        with pytest.raises(NoAnswer):
            await pair.point.channel.call("DataTransfer", ASK, within=3.0)

    pair.stage.run(story())


def test_envelopes_are_reworked_as_bytes_or_as_whole_messages(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        pair.central.envelopes.append(lambda body: body.replace(b"x</", b"y</"))
        assert (await pair.point.channel.call("DataTransfer", ASK))["data"] == "y"
        assert (await pair.central.channels["CP-1"].call("DataTransfer", ASK))["data"] == "y"
        fault = encode_fault(Fault("Sender", "UrlNotFound", "words"), HEADERS, CENTRAL_SYSTEM)
        pair.central.envelopes.append(lambda body: Response(200, [], fault))
        with pytest.raises(CallError, match="UrlNotFound"):
            await pair.point.channel.call("DataTransfer", ASK)
        pair.central.envelopes[:] = [lambda body: Request("PUT", "", [("Content-Type", "x/y")], body)]
        with pytest.raises(NoAnswer, match="405"):
            await pair.central.channels["CP-1"].call("DataTransfer", ASK)

    pair.stage.run(story())


def test_an_endpoint_may_be_made_to_take_what_it_should_refuse(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        odd = message("DataTransfer", {"vendorId": "v" * 300})
        assert (await pair.posts(odd)).status == 400
        pair.central.objects = lambda envelope: None
        assert (await pair.posts(odd)).status == 200
        assert (await pair.posts(b"<a/>")).status == 400  # there is nothing to take

    pair.stage.run(story())


@pytest.mark.parametrize("name", ["ping", "ws", "send_fragments", "send_binary"])
def test_a_verb_of_websockets_says_so(pair: Any, name: str) -> None:
    async def story() -> None:
        await pair.connects()
        with pytest.raises(AttributeError, match="only a WebSocket"):
            getattr(pair.point.channel.connection, name)

    pair.stage.run(story())


def test_an_answer_to_another_question_is_none(pair: Any) -> None:
    async def story() -> None:
        await pair.connects()
        client = HttpClient(pair.stage.clock)
        pair.stage.leave.insert(0, client.close)
        other = encode({"status": "Accepted"}, "Reset", HEADERS, CHARGE_POINT, "response")
        pair.point.envelopes.append(lambda body: other)
        with pytest.raises(NoAnswer, match="a response of Reset"):
            await pair.central.channels["CP-1"].call("DataTransfer", ASK)
        assert "CP-1" in pair.central.channels

    pair.stage.run(story())


# ── on every interface ──


@pytest.mark.parametrize(
    ("address", "host", "told"),
    [
        ("http://0.0.0.0:8080/cs", "10.0.0.1", "http://10.0.0.1:8080/cs"),
        ("https://0.0.0.0:8080/", "::1", "https://[::1]:8080/"),
        ("http://[::]:80/a?b", "10.0.0.1", "http://10.0.0.1:80/a?b"),
        ("http://0.0.0.0/", "10.0.0.1", "http://10.0.0.1/"),
        ("http://127.0.0.1:80/", "10.0.0.1", "http://127.0.0.1:80/"),
        ("http://0.0.0.0:80/", "", "http://0.0.0.0:80/"),
    ],
)
def test_an_address_of_every_interface_is_told_as_one(address: str, host: str, told: str) -> None:
    assert at(address, host) == told


def test_our_host_is_that_on_the_way() -> None:
    assert host_towards("http://127.0.0.1:9/x") == "127.0.0.1"
    assert host_towards("http://no such host/") == ""


def test_who_listens_on_every_interface_tells_where_it_can_be_reached(pair: Any) -> None:
    async def story() -> None:
        await pair.listens("http://0.0.0.0:0/cs")
        port = pair.central.url.split(":")[2]
        pair.central.url = f"http://127.0.0.1:{port}"
        await pair.connects(service="http://0.0.0.0:0/")
        channel = pair.central.channels["CP-1"]
        assert channel.address.startswith("http://127.0.0.1:")
        assert await channel.call("DataTransfer", ASK)
        assert f'location="http://127.0.0.1:{port}"' in (await pair.gets(path="?wsdl")).body.decode()
        assert said(pair.stage, "request")[1].headers.sender == f"http://127.0.0.1:{port}"

    pair.stage.run(story())
