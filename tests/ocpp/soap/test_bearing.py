"""What an endpoint bears that stays reachable for whoever it tests, and that no fault is answered with a fault."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.soap.codec import decode, encode_fault
from evconform.ocpp.soap.endpoint import hindrance
from evconform.ocpp.soap.fault import Fault
from evconform.ocpp.soap.names import WSA, WSA_OLDER
from tests.ocpp.soap.samples import CENTRAL_SYSTEM, HEADERS, STATUS, changed

ODD = {
    "an older WS-Addressing": (WSA, WSA_OLDER[0]),
    "no From": ("wsa:From>", "wsa:FaultTo>"),
    "another action": (">/StatusNotification<", ">/Heartbeat<"),
    "the namespace of the other service": ("urn://Ocpp/Cs/2015/10/", "urn://Ocpp/Cp/2015/10/"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_can_be_meant_one_way_only_is_done(pair: Any, name: str) -> None:
    seen: list[Any] = []
    pair.central.objects = hindrance
    pair.central.handlers["StatusNotification"] = lambda payload, _: seen.append(payload) or {}

    async def story() -> None:
        await pair.listens()
        read = decode((await pair.posts(changed(*ODD[name]))).body)
        assert (read.kind, read.action, read.headers.relates_to) == ("response", "StatusNotification", HEADERS.message_id)

    pair.stage.run(story())
    assert seen == [decode(STATUS).payload]


def test_a_body_that_the_schema_refuses_is_no_matter_of_bearing(pair: Any) -> None:
    pair.central.objects = hindrance

    async def story() -> None:
        await pair.listens()
        read = decode((await pair.posts(changed("Available", "Occupied"))).body)
        assert read.fault
        assert read.fault.subcode == "ProtocolError"

    pair.stage.run(story())


def test_a_fault_that_comes_as_a_request_gets_no_fault(pair: Any) -> None:
    async def story() -> None:
        await pair.listens()
        response = await pair.posts(encode_fault(Fault("Receiver", "NotSupported", "why"), HEADERS, CENTRAL_SYSTEM))
        assert (response.status, response.body) == (202, b"")

    pair.stage.run(story())
