"""What the virtual INCH keeps without power, and what waits for its central system (OCPP 1.6, 3.7, 4.9, 4.10, 5.2)."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

import pytest

from evconform.ocpp.channel import Payload
from evconform.ocpp.json import CallError
from evconform.ocpp.scripts import iso

from .inch_bench import CARD, OTHER_CARD, TAG, Scene, play

pytestmark = pytest.mark.usefixtures("column")

OUT_OF_ORDER = CallError("InternalError", "out of order")
DEFAULT = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8}]},
}


def test_what_survives_a_power_cycle_and_what_does_not() -> None:
    async def story(scene: Scene) -> None:
        cp = scene.cp
        expires = iso(scene.clock.date() + timedelta(days=1))
        entries = [{"idTag": "LISTED", "idTagInfo": {"status": "Accepted"}}]
        assert (await scene.asks("SendLocalList", listVersion=3, updateType="Full", localAuthorizationList=entries)) == {
            "status": "Accepted"
        }
        await scene.sets(ConnectionTimeOut=33)
        await scene.status("SetChargingProfile", connectorId=0, csChargingProfiles=DEFAULT)
        await scene.charges()
        await scene.passes(600)
        scene.cp.present_card(CARD)
        await scene.hears("StopTransaction")
        cp.unplug()
        await scene.passes(1)
        reserve = {"connectorId": 1, "idTag": "MINE", "reservationId": 5, "expiryDate": expires}
        assert await scene.status("ReserveNow", **reserve) == "Accepted"
        register = cp.meters[1].register
        scene.cp.provoke_fault()
        scene.cp.clear_fault()
        assert await scene.status("ReserveNow", **reserve) == "Accepted"
        await cp.power_cycle()
        since = len(scene.heard)
        await scene.hears("StatusNotification", since=since, connectorId=1, status="Reserved")
        assert cp.meters[1].register == register > 0
        assert cp.configuration.number("ConnectionTimeOut") == 33
        assert cp.local_list.version == 3
        assert [p.id for p in cp.smart_charging.profiles] == [1]
        assert TAG.lower() in cp.memory.cache
        assert await scene.status("ChangeAvailability", connectorId=1, type="Inoperative") == "Accepted"
        await cp.power_cycle()
        since = len(scene.heard)
        await scene.hears("StatusNotification", since=since, connectorId=1)
        assert scene.statuses(since=since) == ["Unavailable"]
        # what is only in the working memory
        assert cp.etrel.watts is None
        assert cp.firmware.status == cp.diagnostics.status == "Idle"

    play(story)


def test_who_was_waited_for_is_forgotten_without_power() -> None:
    async def story(scene: Scene) -> None:
        scene.cp.present_card(CARD)
        await scene.hears("StatusNotification", status="Preparing")
        since = len(scene.heard)
        await scene.cp.power_cycle()
        await scene.hears("StatusNotification", since=since, connectorId=1, status="Available")
        scene.cp.plug_in()
        await scene.passes(30)
        assert scene.all("StartTransaction") == []

    play(story)


def test_without_power_nothing_happens_but_to_the_cable() -> None:
    async def story(scene: Scene) -> None:
        await scene.sets(AllowOfflineTxForUnknownId="true")
        await scene.charges()
        await scene.cp.cut_power()
        since = len(scene.heard)
        connector = scene.cp.connectors[1]
        assert (connector.pilot, connector.contactor, connector.locked) == ("B", False, False)
        scene.cp.present_card(CARD)
        scene.cp.unplug()
        scene.cp.present_card(OTHER_CARD)
        await scene.cp.cut_power()
        await scene.passes(1000)
        assert scene.heard[since:] == []
        await scene.cp.restore_power()
        await scene.cp.restore_power()
        stop = await scene.hears("StopTransaction")
        assert stop["reason"] == "PowerLoss"
        assert scene.statuses(since=since) == ["Available"]
        await scene.passes(100)
        assert len(scene.all("BootNotification")) == 2
        assert len(scene.all("StopTransaction")) == 1

    play(story)


def test_the_power_loss_was_when_the_power_went() -> None:
    async def story(scene: Scene) -> None:
        await scene.charges()
        await scene.passes(100)
        went = iso(scene.clock.date())
        await scene.cp.cut_power()
        await scene.passes(1000)
        await scene.cp.restore_power()
        stop = await scene.hears("StopTransaction")
        assert stop["timestamp"][:19] == went[:19]

    play(story)


def test_backup_power_says_so_before_it_is_dark() -> None:
    async def story(scene: Scene) -> None:
        await scene.charges()
        since = len(scene.heard)
        await scene.cp.cut_power()
        assert [a for _, a, _ in scene.heard[since:] if a == "StopTransaction"] == ["StopTransaction"]
        assert scene.all("StopTransaction")[0]["reason"] == "PowerLoss"
        assert not scene.cp.endpoint.connected

    play(story, "two-connector")


def test_a_session_offline_is_delivered_in_order() -> None:
    """3.7; the StopTransaction has the transactionId that the StartTransaction was given only afterwards."""

    async def story(scene: Scene) -> None:
        await scene.sets(AllowOfflineTxForUnknownId="true", MeterValueSampleInterval=60)
        await scene.cp.cut_network()
        since = len(scene.heard)
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        await scene.passes(130)
        scene.cp.present_card(CARD)
        await scene.passes(1)
        scene.cp.unplug()
        await scene.passes(1)
        assert scene.heard[since:] == []
        await scene.cp.restore_network()
        await scene.passes(10)
        said = [(a, p.get("transactionId")) for _, a, p in scene.heard[since:] if a not in ("StatusNotification", "Heartbeat")]
        assert said == [("StartTransaction", None), ("MeterValues", 1), ("MeterValues", 1), ("StopTransaction", 1)]
        assert scene.statuses(since=since) == [], "what came and went offline is not told (4.9)"
        assert scene.all("StartTransaction")[0]["timestamp"] < scene.all("StopTransaction")[0]["timestamp"]

    play(story)


@pytest.mark.parametrize(("attempts", "interval"), [(1, 5), (3, 10), (4, 60), (3, 0)])
def test_a_message_that_fails_is_repeated_after_the_interval_times_the_transmissions(attempts: int, interval: int) -> None:
    """3.7.1; then the charge point gives up, and the transaction is called -1 (erratum 3.18)."""

    async def story(scene: Scene) -> None:
        await scene.sets(TransactionMessageAttempts=attempts, TransactionMessageRetryInterval=interval)
        scene.answers["StartTransaction"] = OUT_OF_ORDER
        scene.cp.plug_in()
        scene.cp.present_card(CARD)
        await scene.passes(sum(interval * n for n in range(1, attempts)) + 1)
        times = scene.times("StartTransaction")
        gaps = [later - sooner for sooner, later in pairwise(times)]
        assert gaps == pytest.approx([interval * n for n in range(1, attempts)], abs=0.1)
        await scene.passes(1000)
        assert len(scene.times("StartTransaction")) == attempts
        scene.cp.present_card(CARD)
        stop = await scene.hears("StopTransaction")
        assert stop["transactionId"] == -1
        assert {p["transactionId"] for p in scene.all("MeterValues")} == {-1}

    play(story)


def test_the_queue_survives_a_power_cycle() -> None:
    async def story(scene: Scene) -> None:
        await scene.charges()
        await scene.cp.cut_network()
        scene.cp.present_card(CARD)
        await scene.passes(5)
        await scene.cp.power_cycle()
        await scene.passes(5)
        await scene.cp.restore_network()
        assert (await scene.hears("StopTransaction"))["transactionId"] == 1

    play(story)


@pytest.mark.parametrize(
    "answer",
    [
        {"interval": -5, "currentTime": "2026-01-01T00:00:00Z"},
        {"interval": 0, "currentTime": "garbage"},
        {"interval": 10**400, "currentTime": "0001-01-01T00:00:00+14:00"},
        {"interval": 300, "currentTime": "9999-12-31T23:59:59Z"},
        {"interval": 300, "currentTime": ""},
    ],
    ids=lambda answer: json.dumps(answer)[:40],
)
@pytest.mark.parametrize("status", ["Accepted", "Pending", "Rejected"])
def test_a_registration_out_of_reason_leaves_it_alive(status: str, answer: Payload) -> None:
    async def story(scene: Scene) -> None:
        await scene.passes(5000)
        assert 1 <= len(scene.heard) < 400
        scene.answers.clear()
        await scene.cp.power_cycle()
        await scene.hears("StatusNotification", since=len(scene.heard))

    play(story, BootNotification=answer | {"status": status})
