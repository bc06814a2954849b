"""OCPP 1.6, 4.2 and OCPP-J 1.6, 3.2, 5.6, 6.2: who is let in, what he is answered, and what he is sent."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.charge_point import NotConnected
from evconform.ocpp.json import CallError
from evconform.reference.cpo.records import Station
from evconform.reference.cpo.registration import fits, salted
from tests.reference.bench import ACCEPTED, BOOT, ONLY_JSON, Scene, scene


@pytest.mark.parametrize(("status", "interval"), [("Accepted", 300), ("Pending", 60), ("Rejected", 60)])
def test_a_boot_is_answered_as_the_operator_wants(lab: Scene, status: str, interval: int) -> None:
    async def story() -> None:
        lab.cpo.registration.registers("A", status)
        answer = await lab.asks("A", "BootNotification", **BOOT)
        assert answer == {"status": status, "currentTime": "2026-01-05T12:00:00.000Z", "interval": interval}
        heartbeat = await lab.asks("A", "Heartbeat")
        assert heartbeat == ({"currentTime": "2026-01-05T12:00:00.000Z"} if status == "Accepted" else "SecurityError")
        [kept] = await lab.rows(Station, identity="A")
        assert (kept["answered"], "chargePointVendor" in kept["boot"]) == (status, True)

    lab.run(story())


@pytest.mark.parametrize("policy", ["Pending", "Rejected", "Accepted"])
def test_strangers_register_as_the_settings_say(policy: Any) -> None:
    async def story(lab: Scene) -> None:
        point = await lab.dials("STRANGER")
        assert point.channel
        with pytest.raises(CallError, match="SecurityError"):
            await point.channel.call("Heartbeat", {})
        assert (await point.channel.call("BootNotification", BOOT))["status"] == policy
        lab.cpo.registration.registers("STRANGER", "Accepted")
        assert (await point.channel.call("BootNotification", BOOT))["status"] == "Accepted"
        await point.disconnect()

    with scene(strangers=policy) as lab:
        lab.run(story(lab))


@ONLY_JSON
@pytest.mark.parametrize("identity", ["STRANGER", "x" * 300, "a\0b"])
def test_a_stranger_is_refused_at_the_door(lab: Scene, identity: str) -> None:
    async def story() -> None:
        with pytest.raises(NotConnected) as caught:
            await lab.dials(identity)
        assert caught.value.status == 404

    lab.run(story())


@ONLY_JSON
@pytest.mark.parametrize(("password", "status"), [("right" * 4, None), ("wrong" * 4, 401), (None, 401)])
def test_a_password_is_asked_for(lab: Scene, password: str | None, status: int | None) -> None:
    async def story() -> None:
        lab.cpo.registration.new_password("A", "right" * 4)
        if status is None:
            await (await lab.dials(password=password)).disconnect()
            return
        with pytest.raises(NotConnected) as caught:
            await lab.dials(password=password)
        assert caught.value.status == status

    lab.run(story())


def test_a_password_is_kept_as_its_digest() -> None:
    kept = salted("secret")
    assert "secret" not in kept
    assert fits(kept, "secret")
    assert not fits(kept, "secreT")
    assert salted("secret") != kept


@ONLY_JSON
def test_the_new_connection_wins_over_the_old_one(lab: Scene) -> None:
    """A charge point whose network went reconnects while its old socket still lives."""

    async def story() -> None:
        lab.answers["Reset"] = ACCEPTED
        old, new = await lab.dials(), await lab.dials()
        await lab.clock.wait(1)
        assert not old.connected
        assert await lab.command("Reset", type="Soft") == ("answered", ACCEPTED)
        assert new.channel
        assert await new.channel.call("Heartbeat", {})
        await new.disconnect()

    lab.run(story())


@pytest.mark.parametrize(
    ("status", "action", "payload", "state"),
    [
        ("Pending", "GetConfiguration", {}, "answered"),
        ("Pending", "TriggerMessage", {"requestedMessage": "BootNotification"}, "answered"),
        ("Pending", "RemoteStartTransaction", {"idTag": "X"}, "not-sent"),
        ("Pending", "RemoteStopTransaction", {"transactionId": 1}, "not-sent"),
        ("Rejected", "GetConfiguration", {}, "not-sent"),
        ("Accepted", "TriggerMessage", {"requestedMessage": "BootNotification"}, "not-sent"),
        ("Accepted", "TriggerMessage", {"requestedMessage": "Heartbeat"}, "answered"),
        ("Accepted", "RemoteStartTransaction", {"idTag": "X"}, "answered"),
    ],
)
def test_what_a_charge_point_is_sent(lab: Scene, status: str, action: str, payload: dict[str, Any], state: str) -> None:
    async def story() -> None:
        lab.answers |= {"GetConfiguration": {}} | dict.fromkeys(
            ("TriggerMessage", "RemoteStartTransaction", "RemoteStopTransaction"), ACCEPTED
        )
        lab.cpo.registration.registers("A", status)
        point = await lab.dials()
        assert point.channel
        await point.channel.call("BootNotification", BOOT)
        assert (await lab.command(action, **payload))[0] == state
        assert [heard[0] for heard in lab.heard] == ([action] if state == "answered" else [])
        await point.disconnect()

    lab.run(story())
