"""The virtual INCH through a session: control pilot, lock, meter, statuses (OCPP 1.6, 3.16, 4.7 to 4.10)."""

from __future__ import annotations

from .inch_bench import CARD, TAG, Scene, play


def test_a_session_from_plug_to_unplug() -> None:
    async def story(scene: Scene) -> None:
        since = len(scene.heard)
        connector = scene.cp.connectors[1]
        assert (connector.pilot, connector.locked) == ("A", False)
        scene.cp.plug_in()
        assert (connector.pilot, connector.locked) == ("B", False)
        await scene.charges()
        assert (connector.pilot, connector.locked, connector.contactor) == ("C", True, True)
        scene.cp.present_card(CARD)
        stop = await scene.hears("StopTransaction")
        assert (connector.pilot, connector.locked, connector.contactor) == ("B", False, False)
        scene.cp.unplug()
        await scene.passes(1)
        assert connector.pilot == "A"
        assert scene.statuses(since=since) == ["Preparing", "Charging", "Finishing", "Available"]
        assert stop["idTag"] == TAG
        assert stop["reason"] == "Local"
        assert scene.all("Authorize") == [{"idTag": TAG}]

    play(story)
