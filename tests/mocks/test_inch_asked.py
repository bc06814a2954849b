"""What a central system asks of the virtual INCH: profiles, reservations, availability, triggers (OCPP 1.6, chapter 5)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from evconform.ocpp.scripts import iso

from .inch_bench import CARD, OTHER_CARD, TAG, Scene, play, profile

pytestmark = pytest.mark.usefixtures("column")

# ── smart charging (3.13) ──


def test_a_default_profile_changes_the_current() -> None:
    async def story(scene: Scene) -> None:
        await scene.charges()
        connector = scene.cp.connectors[1]
        assert connector.current == 16.0
        assert await scene.status("SetChargingProfile", connectorId=1, csChargingProfiles=profile(8)) == "Accepted"
        assert connector.current == pytest.approx(8.0)
        values = await scene.hears("MeterValues")
        assert [float(v) for v in scene.reads(values, "Current.Import")] == pytest.approx([8.0] * 3)
        assert await scene.status("ClearChargingProfile", id=1) == "Accepted"
        assert connector.current == 16.0

    play(story)


@pytest.mark.parametrize("limit", [0, 5.9])
def test_less_than_a_pilot_can_say_suspends(limit: float) -> None:
    async def story(scene: Scene) -> None:
        await scene.charges()
        assert await scene.status("SetChargingProfile", connectorId=1, csChargingProfiles=profile(limit)) == "Accepted"
        await scene.hears("StatusNotification", status="SuspendedEVSE")
        before = scene.cp.meters[1].register
        await scene.passes(3600)
        assert scene.cp.meters[1].register == before
        since = len(scene.heard)
        await scene.status("ClearChargingProfile")
        await scene.hears("StatusNotification", since=since, status="Charging")

    play(story)


def test_a_schedule_changes_the_current_at_its_time() -> None:
    async def story(scene: Scene) -> None:
        await scene.status("SetChargingProfile", connectorId=0, csChargingProfiles=profile(10, 0, 6, every=100))
        await scene.charges()
        began, connector = scene.times("StartTransaction")[0], scene.cp.connectors[1]
        assert connector.current == pytest.approx(10.0)
        await scene.hears("StatusNotification", status="SuspendedEVSE")
        assert scene.clock.now() - began == pytest.approx(100, abs=0.1)
        await scene.hears("StatusNotification", since=len(scene.heard), status="Charging")
        assert scene.clock.now() - began == pytest.approx(200, abs=0.1)
        assert connector.current == pytest.approx(6.0)

    play(story)


def test_the_profile_of_a_remote_start_ends_with_its_transaction() -> None:
    async def story(scene: Scene) -> None:
        scene.cp.plug_in()
        asked = {"idTag": TAG, "connectorId": 1, "chargingProfile": profile(7, purpose="TxProfile")}
        assert await scene.status("RemoteStartTransaction", **asked) == "Accepted"
        await scene.hears("StatusNotification", status="Charging")
        assert scene.cp.connectors[1].current == pytest.approx(7.0)
        scene.cp.present_card(CARD)
        await scene.hears("StopTransaction")
        assert scene.cp.smart_charging.profiles == []

    play(story)


# ── reservations (3.11) ──


async def reserves(scene: Scene, seconds: float = 600, **more: Any) -> Any:
    asked = {
        "connectorId": 1,
        "idTag": TAG,
        "reservationId": 5,
        "expiryDate": iso(scene.clock.date() + timedelta(seconds=seconds)),
    }
    return await scene.status("ReserveNow", **asked | more)


def test_a_reserved_connector_refuses_the_wrong_card_and_takes_the_right_one() -> None:
    async def story(scene: Scene) -> None:
        assert await reserves(scene) == "Accepted"
        await scene.hears("StatusNotification", connectorId=1, status="Reserved")
        scene.cp.plug_in()
        scene.cp.present_card(OTHER_CARD)
        await scene.passes(60)
        assert scene.all("StartTransaction") == []
        start = await scene.charges(card=CARD)
        assert start["reservationId"] == 5
        assert await scene.status("CancelReservation", reservationId=5) == "Rejected"

    play(story)


def test_a_reservation_expires() -> None:
    async def story(scene: Scene) -> None:
        await reserves(scene, seconds=100)
        asked = scene.clock.now()
        await scene.hears("StatusNotification", status="Reserved")
        await scene.hears("StatusNotification", since=len(scene.heard), connectorId=1, status="Available")
        assert scene.clock.now() - asked == pytest.approx(100, abs=0.1)
        assert "reservationId" not in await scene.charges(card=OTHER_CARD)

    play(story)


def test_whoever_leaves_a_reserved_connector_leaves_it_available_then_reserved() -> None:
    """4.9 has no move from Preparing to Reserved."""

    async def story(scene: Scene) -> None:
        await reserves(scene)
        scene.cp.plug_in()
        await scene.passes(1)
        scene.cp.unplug()
        await scene.passes(1)
        assert scene.statuses()[1:] == ["Reserved", "Preparing", "Available", "Reserved"]

    play(story)


# ── availability (5.2) ──


def test_inoperative_waits_for_whoever_is_about_to_charge() -> None:
    async def story(scene: Scene) -> None:
        scene.cp.present_card(CARD)
        await scene.hears("StatusNotification", status="Preparing")
        assert await scene.status("ChangeAvailability", connectorId=1, type="Inoperative") == "Scheduled"
        scene.cp.unplug()  # there is nothing to take out
        since = len(scene.heard)
        scene.cp.plug_in()
        await scene.hears("StatusNotification", since=since, status="Charging")
        scene.cp.present_card(CARD)
        await scene.hears("StatusNotification", since=since, status="Unavailable")
        assert await scene.status("ChangeAvailability", connectorId=1, type="Operative") == "Accepted"
        await scene.passes(1)
        told = scene.statuses(since=since)
        assert told[-2:] == ["Unavailable", "Preparing"], "there is no way back to Finishing"

    play(story)


# ── triggers (5.17) ──


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ("Heartbeat", None),
        ("StatusNotification", [0, 1, 2]),
        ("MeterValues", [1, 2]),
        ("DiagnosticsStatusNotification", None),
        ("FirmwareStatusNotification", None),
    ],
)
def test_a_triggered_message_is_sent(message: str, numbers: list[int] | None) -> None:
    async def story(scene: Scene) -> None:
        since = len(scene.heard)
        assert await scene.status("TriggerMessage", requestedMessage=message) == "Accepted"
        await scene.passes(1)
        said = [(action, payload) for _, action, payload in scene.heard[since:]]
        assert {action for action, _ in said} == {message}
        if numbers:
            assert [payload["connectorId"] for _, payload in said] == numbers
        elif message != "Heartbeat":
            assert said[0][1] == {"status": "Idle"}

    play(story, "two-connector")


@pytest.mark.parametrize(
    "asked",
    [
        {"requestedMessage": "BootNotification"},
        {"requestedMessage": "MeterValues", "connectorId": 0},
        {"requestedMessage": "MeterValues", "connectorId": 9},
        {"requestedMessage": "StatusNotification", "connectorId": -1},
    ],
)
def test_what_it_cannot_send_it_does_not_promise(asked: dict[str, Any]) -> None:
    async def story(scene: Scene) -> None:
        since = len(scene.heard)
        assert await scene.status("TriggerMessage", **asked) == "Rejected"
        await scene.passes(10)
        assert scene.heard[since:] == []

    play(story)


def test_a_triggered_status_does_not_overtake() -> None:
    async def story(scene: Scene) -> None:
        await reserves(scene)
        scene.cp.plug_in()
        await scene.passes(1)
        scene.cp.unplug()
        asked = asyncio.ensure_future(scene.asks("TriggerMessage", requestedMessage="StatusNotification", connectorId=1))
        await scene.passes(1)
        assert await asked == {"status": "Accepted"}
        assert scene.statuses()[-3:] == ["Available", "Reserved", "Reserved"]

    play(story)


def test_whoever_triggers_a_status_and_goes_breaks_nothing() -> None:
    async def story(scene: Scene) -> None:
        await scene.asks("TriggerMessage", requestedMessage="StatusNotification")
        await scene.cp.cut_network()
        await scene.passes(10)
        await scene.cp.restore_network()
        await scene.passes(10)
        assert scene.cp.online

    play(story)


# ── authorization (3.5) ──


def test_a_list_that_disagrees_is_told() -> None:
    """3.5.2."""

    async def story(scene: Scene) -> None:
        entries = [{"idTag": TAG, "idTagInfo": {"status": "Accepted"}}]
        await scene.asks("SendLocalList", listVersion=1, updateType="Full", localAuthorizationList=entries)
        await scene.sets(LocalPreAuthorize="true")
        scene.answers["StartTransaction"] = {"transactionId": 3, "idTagInfo": {"status": "Blocked"}}
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        told = await scene.hears("StatusNotification", errorCode="LocalListConflict")
        assert (told["connectorId"], told["status"]) == (0, "Available")
        assert (await scene.hears("StopTransaction"))["reason"] == "DeAuthorized"
        assert scene.all("Authorize") == []

    play(story)
