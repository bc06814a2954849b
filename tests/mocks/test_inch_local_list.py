"""The local list of the questionnaire, >100 000 cards, over the wire: sent in pieces, and right offline (3.5.2, 5.15)."""

from __future__ import annotations

import pytest

from .inch_bench import CARD, OTHER_CARD, TAG, Scene, play

pytestmark = pytest.mark.usefixtures("column")

ENTRIES = 100_000


def tag(number: int) -> str:
    """An idTag that no card of the bench has."""
    return f"{number:08X}"


def test_a_hundred_thousand_cards_are_sent_in_pieces_and_known_offline() -> None:
    async def story(scene: Scene) -> None:
        piece = int((await scene.asks("GetConfiguration", key=["SendLocalListMaxLength"]))["configurationKey"][0]["value"])
        cards = [{"idTag": tag(n), "idTagInfo": {"status": "Accepted"}} for n in range(ENTRIES - 2)]
        cards += [
            {"idTag": TAG, "idTagInfo": {"status": "Accepted"}},
            {"idTag": tag(ENTRIES), "idTagInfo": {"status": "Blocked"}},
        ]
        for version, begin in enumerate(range(0, ENTRIES, piece), 1):
            kind = "Full" if begin == 0 else "Differential"
            sent = {"listVersion": version, "updateType": kind, "localAuthorizationList": cards[begin : begin + piece]}
            assert await scene.status("SendLocalList", **sent) == "Accepted"
        await scene.sets(LocalAuthorizeOffline="true", AllowOfflineTxForUnknownId="false")
        await scene.cp.cut_network()
        scene.cp.plug_in()
        scene.cp.present_card(OTHER_CARD)
        await scene.passes(5)
        assert scene.cp.transactions.running(1) is None
        scene.cp.present_card(CARD)
        await scene.passes(5)
        running = scene.cp.transactions.running(1)
        assert running
        assert running.id_tag == TAG
        assert (scene.cp.local_list.find(tag(ENTRIES)) or {})["status"] == "Blocked"
        await scene.cp.restore_network()
        assert (await scene.hears("StartTransaction"))["idTag"] == TAG

    play(story)
