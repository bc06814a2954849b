"""OCPP-S 1.6: where the CPO calls a charge point that speaks SOAP, whether it may, and whether somebody is there."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.ocpp.charge_point import Handshake
from evconform.ocpp.json import CallError
from evconform.ocpp.soap.charge_point import SoapChargePoint
from evconform.ocpp.speaks import SOAP
from evconform.reference.guard import Forbidden
from tests.reference.bench import ACCEPTED, BOOT, MIXED, Scene
from tests.reference.failing import Failing, at, memory_is_what_the_disk_has

pytestmark = MIXED


def test_a_new_address_takes_the_place_of_the_old_one(lab: Scene) -> None:
    """Errata: whatever request brings it, a Heartbeat too; and it is on disk before that is answered."""

    async def story() -> None:
        lab.answers["Reset"] = ACCEPTED
        first = await lab.dials("A", SOAP)
        await first.channel.call("BootNotification", BOOT)
        await first.disconnect()
        commits = lab.cpo.store.commits
        second = await lab.dials("A", SOAP, service="http://127.0.0.1:0/again/")
        assert lab.cpo.store.commits > commits
        assert await lab.reached("A") == (SOAP, second.address)
        assert second.address != first.address
        assert await lab.command("Reset", type="Soft") == ("answered", ACCEPTED)
        await second.disconnect()

    lab.run(story())


def test_an_address_that_cannot_be_stored_is_not_acknowledged(lab: Scene) -> None:
    async def story() -> None:
        first = await lab.dials("A", SOAP)
        await first.channel.call("BootNotification", BOOT)
        await first.disconnect()
        Failing(lab, at(1))
        second = SoapChargePoint(lab.clock, lab.tasks)
        channel = await second.connect(Handshake(lab.urls[SOAP], "A", service="http://127.0.0.1:0/again/"))
        with pytest.raises(CallError, match="InternalError"):
            await channel.call("Heartbeat", {})
        await memory_is_what_the_disk_has(lab)
        assert await lab.reached("A") == (SOAP, first.address)
        await channel.call("Heartbeat", {})
        assert await lab.reached("A") == (SOAP, second.address)
        await second.disconnect()

    lab.run(story())


def test_who_is_not_at_his_address_was_not_asked(lab: Scene) -> None:
    async def story() -> None:
        point = await lab.dials("A", SOAP)
        await point.channel.call("BootNotification", BOOT)
        await point.disconnect()
        state, outcome = await lab.command("Reset", type="Hard")
        assert (state, outcome) == ("timed-out", outcome)
        assert await lab.command("Reset", type="Hard") == ("not-sent", {"reason": "the charge point is not connected"})
        assert await lab.reached("A") == (SOAP, point.address)

    lab.run(story())


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://169.254.169.254/latest", "link-local"),
        ("http://127.0.0.1:9/", "loopback"),
        ("http://localhost:9/", "loopback"),
        ("http://0x7f.1:9/", "loopback"),
        ("http://user@10.0.0.1/", "holds a user's name"),
    ],
)
def test_an_address_that_leads_inside_is_not_called(lab: Scene, address: str, says: str) -> None:
    async def story() -> None:
        lab.cpo.callbacks.guard.allowed = frozenset(("private",))
        point = SoapChargePoint(lab.clock, lab.tasks)
        channel = await point.connect(Handshake(lab.urls[SOAP], "A"))
        own, point.address = point.address, address
        assert (await channel.call("BootNotification", BOOT))["status"] == "Accepted", "it is served all the same"
        state, outcome = await lab.command("Reset", type="Soft")
        assert (state, says in outcome["reason"]) == ("not-sent", True)
        point.address = own
        await point.disconnect()

    lab.run(story())


def test_the_address_that_is_dialled_is_the_one_that_was_looked_at(lab: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads inside only when it is looked up again."""
    seen: list[str] = []

    async def story() -> None:
        point = await lab.dials("A", SOAP)
        await point.channel.call("BootNotification", BOOT)
        target = lab.cpo.callbacks.guard.target

        async def twice(url: str) -> Any:
            seen.append(url)
            if len(seen) > 1:
                raise Forbidden("it leads to a loopback address")
            return await target(url)

        monkeypatch.setattr(lab.cpo.callbacks.guard, "target", twice)
        await lab.cpo.endpoint.members[1].client.close()  # type: ignore[attr-defined]
        state, outcome = await lab.command("Reset", type="Soft")
        assert (state, "loopback" in outcome["reason"]) == ("timed-out", True)
        assert lab.heard == []
        await point.disconnect()

    lab.run(story())


def test_a_station_by_soap_is_there_as_long_as_it_is_heard_of(lab: Scene) -> None:
    async def story() -> None:
        told: list[bool] = []
        online = lab.cpo.presence.online
        lab.cpo.presence.changed.append(lambda identity: told.append(online(identity)))
        assert not online("A")
        point = await lab.dials("A", SOAP)
        assert online("A")
        for _ in range(3):
            await lab.clock.wait(500)
            await point.channel.call("Heartbeat", {})
        assert (online("A"), told) == (True, [True])
        await lab.clock.wait(599)
        assert online("A"), "two heartbeats are 600 seconds"
        await lab.clock.wait(2)
        assert (online("A"), told) == (False, [True, False])
        assert "A" in lab.cpo.endpoint.channels, "it can still be asked"
        await point.disconnect()

    lab.run(story())


def test_a_station_that_was_not_at_its_address_is_not_there(lab: Scene) -> None:
    async def story() -> None:
        point = await lab.dials("A", SOAP)
        await point.disconnect()
        assert lab.cpo.presence.online("A")
        await lab.command("Reset", type="Soft")
        assert not lab.cpo.presence.online("A")

    lab.run(story())
