"""Endpoints of OCPP 1.5 against each other: both parties speak the model of 1.6, and 1.5 is on the wire."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.channel import Payload
from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.soap.central_system import SoapCentralSystem
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.soap.fifteen import Unsayable
from tests.ocpp.soap.conftest import Pair

STOP: Payload = {"transactionId": 1, "timestamp": "2024-01-01T00:00:00Z", "meterStop": 1, "reason": "Local"}
VALUE = {"timestamp": "2024-01-01T00:00:00Z", "sampledValue": [{"value": "1", "unit": "A"}]}


@pytest.fixture
def old_pair(lab: Any) -> Pair:
    pair = Pair(lab)
    for end, kind in (("central", SoapCentralSystem), ("point", SoapChargePoint)):
        old, new = getattr(pair, end), kind(lab.clock, lab.tasks, lab.wire if end == "central" else None, "1.5")
        new.handlers = old.handlers
        setattr(pair, end, new)
    lab.leave[:] = [pair.client.close, lambda: pair.point.disconnect(abruptly=True), pair.central.stop]
    return pair


async def told(pair: Pair, action: str, payload: Payload) -> tuple[Payload, str]:
    """What the central system's handler gets of a request of the charge point, and what was on the wire."""
    heard: list[Payload] = []
    sent: list[str] = []
    pair.central.handlers[action] = lambda asked, _: heard.append(asked) or {}
    pair.point.envelopes.append(lambda body: sent.append(body.decode()) or body)
    await pair.point.connect(Handshake(await pair.central.listen("http://127.0.0.1:0/cs"), "CP-1"))
    assert pair.point.channel
    await pair.point.channel.call(action, payload)
    return heard[0], sent[0]


def test_a_status_is_occupied_on_the_wire(old_pair: Pair) -> None:
    async def story() -> None:
        status: Payload = {"connectorId": 1, "status": "SuspendedEV", "errorCode": "NoError"}
        heard, sent = await told(old_pair, "StatusNotification", status)
        assert "urn://Ocpp/Cs/2012/06/" in sent
        assert "Occupied" in sent
        assert heard == status | {"status": "Charging"}

    old_pair.stage.run(story())


def test_sampled_values_are_attributes_on_the_wire(old_pair: Pair) -> None:
    async def story() -> None:
        heard, sent = await told(old_pair, "StopTransaction", STOP | {"transactionData": [VALUE]})
        assert 'unit="Amp"' in sent
        assert "reason" not in sent
        assert heard == {name: value for name, value in STOP.items() if name != "reason"} | {"transactionData": [VALUE]}

    old_pair.stage.run(story())


def test_an_answer_is_translated_too(old_pair: Pair) -> None:
    async def story() -> None:
        await old_pair.connects()
        old_pair.point.handlers["UnlockConnector"] = lambda *_: {"status": "UnlockFailed"}
        old_pair.point.handlers["ChangeConfiguration"] = lambda *_: {"status": "RebootRequired"}
        channel = old_pair.central.channels["CP-1"]
        assert await channel.call("UnlockConnector", {"connectorId": 1}) == {"status": "UnlockFailed"}
        assert await channel.call("ChangeConfiguration", {"key": "a", "value": "b"}) == {"status": "Accepted"}

    old_pair.stage.run(story())


def test_what_1_5_cannot_say_is_not_sent(old_pair: Pair) -> None:
    async def story() -> None:
        await old_pair.connects()
        assert old_pair.point.channel
        with pytest.raises(Unsayable, match="Downloading"):
            await old_pair.point.channel.call("FirmwareStatusNotification", {"status": "Downloading"})
        assert old_pair.point.connected

    old_pair.stage.run(story())
