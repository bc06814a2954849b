"""What the virtual INCH keeps over a WebSocket alone: a connection that goes, or on which nothing is answered."""

from __future__ import annotations

from typing import Any

from evconform.ocpp.channel import Answer, Channel, Payload

from .inch_bench import CARD, Scene, play


def test_a_central_system_that_does_not_answer_hears_it_again() -> None:
    async def story(scene: Scene) -> None:
        silent = [True]

        def answer(payload: Payload, _: Channel) -> Answer:
            return None if silent[0] else {"transactionId": 9, "idTagInfo": {"status": "Accepted"}}

        scene.answers["StartTransaction"] = answer
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        await scene.passes(300)
        sent = scene.all("StartTransaction")
        assert len(sent) > 2
        assert all(payload == sent[0] for payload in sent)
        silent[0] = False
        await scene.passes(100)
        scene.cp.present_card(CARD)
        assert (await scene.hears("StopTransaction"))["transactionId"] == 9

    play(story)


def test_a_connection_that_goes_while_it_reports_its_statuses() -> None:
    """It goes on where it was: all connectors are told, and whoever waits to be online is."""

    async def story(scene: Scene) -> None:
        broke: list[Any] = []

        def answer(payload: Payload, channel: Channel) -> Answer:
            if payload["connectorId"] == 1 and not broke:
                broke.append(payload)
                channel.connection.abort()
                return None
            return {}

        scene.answers["StatusNotification"] = answer
        since = len(scene.heard)
        await scene.cp.power_cycle()
        await scene.passes(60)
        assert broke
        assert scene.cp.registration.accepted.is_set()
        told = [p["connectorId"] for _, a, p in scene.heard[since:] if a == "StatusNotification"]
        assert told == [0, 1, 1, 2]

    play(story, "two-connector")


def test_a_central_system_that_drops_every_connection_is_not_flooded() -> None:
    """J erratum 3.4: with a back-off, even if the connection as such comes about."""

    async def story(scene: Scene) -> None:
        await scene.cp.cut_network()
        scene.connections = 0
        scene.central.on_channel = lambda channel: (scene._connected(channel), channel.connection.abort())[0]
        await scene.cp.restore_network()
        await scene.passes(600)
        assert 5 < scene.connections < 30
        scene.central.on_channel = None
        await scene.passes(120)
        assert scene.cp.online

    play(story)
