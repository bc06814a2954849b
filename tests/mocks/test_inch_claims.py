"""The virtual INCH built from each PICS: what is not claimed is refused, and not sent (OCPP-J 1.6, 4.2.3)."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.json import CallError
from evconform.ocpp.schemas import ACTIONS
from evconform.ocpp.scripts import OF_CHARGE_POINT

from .inch_bench import CARD, LATER, PAST, Scene, pics, play, profile

pytestmark = pytest.mark.usefixtures("column")

MODELS = ("etrel-inch", "two-connector", "fixed-cable-dc", "plain-charge-point", "sparse-charge-point")

# ── what is claimed ──

PROPER: dict[str, dict[str, Any]] = {
    "CancelReservation": {"reservationId": 1},
    "ChangeAvailability": {"connectorId": 0, "type": "Operative"},
    "ChangeConfiguration": {"key": "HeartbeatInterval", "value": "300"},
    "ClearCache": {},
    "ClearChargingProfile": {},
    "DataTransfer": {"vendorId": "nobody"},
    "GetCompositeSchedule": {"connectorId": 0, "duration": 10},
    "GetConfiguration": {},
    "GetDiagnostics": {"location": "gopher://nowhere"},
    "GetLocalListVersion": {},
    "RemoteStartTransaction": {"idTag": "X"},
    "RemoteStopTransaction": {"transactionId": 1},
    "ReserveNow": {"connectorId": 1, "expiryDate": PAST, "idTag": "X", "reservationId": 1},
    "Reset": {"type": "Soft"},
    "SendLocalList": {"listVersion": 1, "updateType": "Full"},
    "SetChargingProfile": {"connectorId": 0, "csChargingProfiles": profile(8)},
    "TriggerMessage": {"requestedMessage": "Heartbeat"},
    "UnlockConnector": {"connectorId": 1},
    "UpdateFirmware": {"location": "gopher://nowhere", "retrieveDate": LATER},
}


@pytest.mark.parametrize("name", MODELS)
def test_what_the_pics_does_not_claim_is_refused_and_the_rest_answered(name: str) -> None:
    assert set(PROPER) == set(OF_CHARGE_POINT)
    claimed = pics(name)

    async def story(scene: Scene) -> None:
        for action, payload in PROPER.items():
            try:
                await scene.asks(action, **payload)
                answered = True
            except CallError as refused:
                answered = refused.code != "NotSupported"
            assert answered == bool(claimed[action]), action
            if action == "Reset" and answered:
                since = len(scene.heard)
                await scene.hears("StatusNotification", since=since, connectorId=max(scene.cp.connectors))

    play(story, name)


@pytest.mark.parametrize("name", MODELS)
def test_what_the_pics_does_not_claim_is_not_sent(name: str) -> None:
    async def story(scene: Scene) -> None:
        for act in (scene.cp.plug_in, lambda: scene.cp.present_card(CARD)):
            act()
            await scene.passes(400)
        scene.cp.present_card(CARD)
        await scene.passes(10)
        scene.cp.unplug()
        await scene.cp.power_cycle()
        await scene.passes(400)
        said = {action for _, action, _ in scene.heard}
        assert said <= {action for action in ACTIONS if scene.cp.pics[action]}
        assert {"BootNotification", "StatusNotification", "Heartbeat"} <= said

    play(story, name)
