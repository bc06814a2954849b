"""OCPP-J 1.6, chapters 3 and 6.2: whom the central system's endpoint lets in, under which name, and how it lets go."""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus
from typing import Any

import pytest

from evconform.ocpp.central_system import Knock, identity_of
from evconform.ocpp.charge_point import ChargePointEndpoint, Handshake, NotConnected

ASK = {"vendorId": "v"}
IDENTITIES = ["CP 1", "a/b", "ä☃😀", "%", "%2F", "100%25", "x" * 255, "ü" * 255, "?#&=+", "..", ".", "a;b:c@d", '"<>\\^`{|}']


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda i: i[:12])
def test_an_identity_comes_through_as_it_is(lab: Any, identity: str) -> None:
    async def story() -> None:
        central = await lab.central_system()
        point = await lab.charge_point(central, identity, password="p" * 16)
        assert await point.channel.call("DataTransfer", ASK)
        assert list(central.channels) == [identity]

    lab.run(story())


def test_identities_that_differ_in_case_are_two(lab: Any) -> None:
    async def story() -> None:
        central = await lab.central_system()
        points = [await lab.charge_point(central, identity) for identity in ("cp-1", "CP-1")]
        assert set(central.channels) == {"cp-1", "CP-1"}
        assert all(point.connected for point in points)

    lab.run(story())


@pytest.mark.parametrize(
    ("target", "identity"),
    [
        ("/ocpp/CP", "CP"), ("/ocpp/a%2Fb", "a/b"), ("/ocpp/CP?x=1", "CP"), ("/ocpp/%FF", "\ufffd"), ("/ocpp/%zz", "%zz"),
        ("/ocpp", None),
        ("/ocpp/", None), ("/ocpp/a/b", None), ("/other/CP", None), ("/", None), ("", None), ("*", None),
        ("//[", None), ("http://[/ocpp/CP", None),
        ("http://host/ocpp/CP", "CP"),
    ],
)  # fmt: skip
def test_the_identity_is_the_last_segment_of_the_path(target: str, identity: str | None) -> None:
    assert identity_of(target, "/ocpp") == identity


async def status_of(stage: Any, central: Any, **how: Any) -> tuple[int | None, str]:
    point = ChargePointEndpoint(stage.clock, stage.tasks)
    with pytest.raises(NotConnected) as caught:
        await point.connect(Handshake(**({"url": central.url, "identity": "CP-1"} | how)))
    assert not point.connected
    return caught.value.status, str(caught.value)


def test_another_path_is_not_found(lab: Any) -> None:
    async def story() -> None:
        central = await lab.central_system()
        status, _ = await status_of(lab, central, url=central.url + "/deeper")
        assert status == 404
        assert not central.channels

    lab.run(story())


@pytest.mark.parametrize(
    ("offered", "agreed"),
    [(("ocpp1.6",), "ocpp1.6"), (("ocpp2.0.1", "ocpp1.6"), "ocpp1.6"), (("ocpp1.5", "ocpp2.0.1"), "ocpp2.0.1")],
)
def test_the_first_offered_subprotocol_that_we_speak_is_agreed(lab: Any, offered: tuple[str, ...], agreed: str) -> None:
    async def story() -> None:
        central = await lab.central_system()
        central.subprotocols = ("ocpp1.6",) if agreed == "ocpp1.6" else ("ocpp1.6", "ocpp2.0.1")
        point = await lab.charge_point(central, subprotocols=offered)
        assert point.subprotocol == agreed

    lab.run(story())


@pytest.mark.parametrize("offered", [(), ("ocpp1.5",), ("OCPP1.6",)])
def test_without_a_common_subprotocol_the_connection_is_closed(lab: Any, offered: tuple[str, ...]) -> None:
    async def story() -> None:
        central = await lab.central_system()
        point = ChargePointEndpoint(lab.clock, lab.tasks)
        with contextlib.suppress(NotConnected):  # the close may come with the response
            await point.connect(Handshake(central.url, "CP-1", subprotocols=offered))
        await lab.until(lambda: lab.seen("lost"))
        assert not point.connected
        assert not central.channels

    lab.run(story())
    assert [e.facts["code"] for e in lab.seen("close", by="tester")] == [1002]
    assert "Sec-WebSocket-Protocol" not in lab.seen("response")[0].data


@pytest.mark.parametrize("password", ["geheim-ä-0123456", "with:colon:0123456", ""])
def test_the_right_password_is_let_in_and_every_other_refused(lab: Any, password: str) -> None:
    knocks: list[Knock] = []

    def admit(knock: Knock) -> HTTPStatus | None:
        knocks.append(knock)
        return None if (knock.user, knock.password) == ("CP-1", password) else HTTPStatus.UNAUTHORIZED

    async def story() -> None:
        central = await lab.central_system()
        central.admit = admit
        await lab.charge_point(central, password=password)
        assert (await status_of(lab, central, password=password + "x"))[0] == 401
        assert (await status_of(lab, central))[0] == 401
        assert list(central.channels) == ["CP-1"]

    lab.run(story())
    assert [knock.password for knock in knocks] == [password, password + "x", None]
    assert [e.data.split(" ")[1] for e in lab.seen("response")] == ["101", "401", "401"]


@pytest.mark.parametrize("values", [["Basic ü"], ["Basic %%%"], ["Basic eA==", "Basic eQ=="], ["Digest x"], ["Basic"], [""]])
def test_strange_authorization_is_refused_and_harms_nothing(lab: Any, values: list[str]) -> None:
    def edit(request: Any) -> None:
        for value in values:
            request.headers["Authorization"] = value

    async def story() -> None:
        central = await lab.central_system()
        central.admit = lambda knock: None if knock.password == "right" else HTTPStatus.UNAUTHORIZED
        point = ChargePointEndpoint(lab.clock, lab.tasks)
        point.edit_request = edit
        with pytest.raises(NotConnected) as caught:
            await point.connect(Handshake(central.url, "CP-1"))
        assert caught.value.status == 401
        await lab.charge_point(central, password="right")

    lab.run(story())


def test_a_second_connection_of_an_identity_closes_the_first(lab: Any) -> None:
    async def story() -> None:
        central = await lab.central_system()
        first = await lab.charge_point(central)
        old = first.channel.connection
        second = await lab.charge_point(central)
        await old.closed()
        assert await second.channel.call("DataTransfer", ASK)
        assert list(central.channels) == ["CP-1"]
        assert await central.channels["CP-1"].call("DataTransfer", ASK)

    lab.run(story())
    assert [(e.conn, e.facts["code"]) for e in lab.seen("close", by="tester")] == [("c1", 1000)]


def test_a_stopped_endpoint_closes_with_1001_and_listens_no_more(lab: Any) -> None:
    async def story() -> None:
        central = await lab.central_system()
        points = [await lab.charge_point(central, f"CP-{i}") for i in range(3)]
        await central.stop()
        await asyncio.gather(*(p.channel.connection.closed() for p in points if p.channel))
        status, why = await status_of(lab, central)
        assert (status, "ConnectionRefusedError" in why) == (None, True)

    lab.run(story())
    assert [e.facts["code"] for e in lab.seen("close", by="tester")] == [1001] * 3
