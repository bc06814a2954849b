"""A charge point of OCPP 1.5 at the CPO, at the address where those of 1.6 are served too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.speaks import SOAP, SOAP15
from evconform.reference.cpo.records import Station, Transaction
from tests.reference.bench import ACCEPTED, BOOT, CARD, Scene, scene


@pytest.fixture
def lab() -> Iterator[Scene]:
    with scene(SOAP) as made:
        made.run(made.knows("A", "B", **{CARD: {}}))
        yield made


async def old(lab: Scene, identity: str = "A") -> SoapChargePoint:
    """A charge point of 1.5 that is accepted."""
    point = SoapChargePoint(lab.clock, lab.tasks, version="1.5")
    for action in ("RemoteStartTransaction", "UnlockConnector", "TriggerMessage"):
        point.handlers[action] = lambda payload, _, action=action: lab.heard.append((action, payload)) or ACCEPTED
    channel = await point.connect(Handshake(lab.urls[SOAP], identity))
    assert (await channel.call("BootNotification", BOOT))["status"] == "Accepted"
    return point


def test_a_session_is_kept_in_the_words_of_1_6(lab: Scene) -> None:
    async def story() -> None:
        point = await old(lab)
        assert point.channel
        call = point.channel.call
        await call("StatusNotification", {"connectorId": 1, "status": "Occupied", "errorCode": "Mode3Error"})
        start = {"connectorId": 1, "idTag": CARD, "meterStart": 0, "timestamp": "2026-01-05T11:00:00Z"}
        started = await call("StartTransaction", start)
        assert started["idTagInfo"] == ACCEPTED
        values = [
            {"timestamp": "2026-01-05T11:10:00Z", "sampledValue": [{"value": "16", "measurand": "Current.Import", "unit": "A"}]}
        ]
        stop = {"meterStop": 9, "timestamp": "2026-01-05T11:30:00Z", "transactionData": values}
        assert await call("StopTransaction", stop | {"transactionId": started["transactionId"]}) == {}
        connector = lab.cpo.memory.connectors["A", 1]
        told = json.loads(connector.notification)
        assert (connector.status, told["errorCode"]) == ("Charging", "EVCommunicationError")
        [station] = await lab.rows(Station, identity="A")
        [row] = await lab.rows(Transaction, identity="A")
        assert (station["speaks"], row["state"], row["meter_stop"]) == (SOAP15, "stopped", 9)
        await point.disconnect()

    lab.run(story())


def test_it_is_asked_in_1_5(lab: Scene) -> None:
    async def story() -> None:
        point = await old(lab)
        start = {"connectorId": 1, "idTag": CARD}
        assert await lab.command("RemoteStartTransaction", **start) == ("answered", ACCEPTED)
        assert await lab.command("UnlockConnector", connectorId=1) == ("answered", {"status": "Unlocked"})
        assert [action for action, _ in lab.heard] == ["RemoteStartTransaction", "UnlockConnector"]
        await point.disconnect()

    lab.run(story())


@pytest.mark.parametrize(
    ("action", "payload", "why"),
    [
        ("TriggerMessage", {"requestedMessage": "Heartbeat"}, "no operation of OCPP 1.5"),
        ("ClearChargingProfile", {}, "no operation of OCPP 1.5"),
    ],
)
def test_what_1_5_does_not_have_is_not_sent(lab: Scene, action: str, payload: dict[str, Any], why: str) -> None:
    async def story() -> None:
        point = await old(lab)
        with pytest.raises(ValueError, match=why):
            await lab.cpo.commands.ask("A", action, payload)
        assert lab.heard == []
        await point.disconnect()

    lab.run(story())


def test_both_versions_come_to_one_address(lab: Scene) -> None:
    async def story() -> None:
        point = await old(lab)
        newer = await lab.dials("B", SOAP)
        assert (await newer.channel.call("BootNotification", BOOT))["status"] == "Accepted"
        channels = lab.cpo.endpoint.channels
        assert {name: channel.speaks for name, channel in channels.items()} == {"A": SOAP15, "B": SOAP}
        await point.disconnect()
        await newer.disconnect()

    lab.run(story())
