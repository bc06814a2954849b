"""What was answered is on disk: after a restart all is as it was, and a commit that fails leaves nothing of what it was for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from evconform.harness.clock import LabLoop
from evconform.reference.cpo.central_system import Cpo, Settings
from evconform.reference.cpo.ocpi.back_office import BackOffice
from evconform.reference.ocpi.platform import OcpiSettings
from evconform.reference.store import NotStored
from tests.reference.ocpi.bench import LOOPBACK
from tests.reference.ocpi.office import CONNECTOR, Office, evse, location, office, tariff

INCH = {"INCH-1": ("INCH-1", 1)}


class Lasting(Office):
    """An office whose store is a database that outlives it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, database: str) -> None:
        super().__init__(loop)
        self.cpo = Cpo(self.clock, self.tasks, Settings(database=database))
        self.office = BackOffice(self.cpo, OcpiSettings(allowed=LOOPBACK))
        self.follows = self.office.locations.follows
        self.following = 0
        self.office.locations.follows = self.counted  # type: ignore[method-assign]

    async def counted(self, identity: str) -> None:
        await self.follows(identity)
        self.following += 1

    async def told(self, status: str, connector: int = 1, identity: str = "INCH-1") -> None:
        before = self.following
        await super().told(status, connector, identity)
        while self.following == before or any(self.office.push._waiting.values()):
            await self.clock.wait(0.01)

    async def settles(self) -> None:
        """A server's socket would hold lab time: what is waited for is seen, not timed."""


@contextmanager
def lasting(database: str, online: bool = True) -> Iterator[Lasting]:
    loop = LabLoop() if database.startswith("sqlite") else asyncio.new_event_loop()
    made = Lasting(loop, database)
    made.office.online = lambda identity: online
    made.run(made.open())
    yield made
    made.run(made.close())
    loop.run_until_complete(made.tasks.cancel())
    made.tasks.check()
    loop.close()


def test_all_is_there_after_a_restart(database: str) -> None:
    async def fills(lab: Lasting) -> tuple[str, Any]:
        theirs, partner = await lab.emsp("locations", "tariffs")
        await lab.office.tariffs.offers(tariff("OPEN"))
        await lab.office.tariffs.offers(tariff("PRIVATE"), partner.id)
        known = evse("INCH-1") | {"connectors": [CONNECTOR | {"tariff_ids": ["OPEN"]}]}
        await lab.office.locations.publishes(location("L", known), INCH)
        await lab.told("Charging")
        await lab.office.platform.partners.invite("token-a")
        token = theirs.partners.registered[0].their_token
        return token, [await lab.gets("locations", token), await lab.gets("tariffs", token)]

    async def finds(lab: Lasting, token: str, before: Any) -> None:
        partners = lab.office.platform.partners
        assert [await lab.gets("locations", token), await lab.gets("tariffs", token)] == before
        assert sorted(each.state for each in partners.all.values()) == ["invited", "registered"]
        assert (await lab.asks("GET", lab.office.platform.versions_url, "token-a"))[0] == 200
        await lab.told("Available")
        await lab.office.locations.publishes(location("L2", evse("new")))
        [first, second] = await lab.gets("locations", token)
        assert (first["evses"][0]["status"], second["id"]) == ("AVAILABLE", "L2")
        assert "unreachable" in next(iter(partners.troubles.values())).says, "who listened is gone, and is still told"

    with lasting(database) as lab:
        token, before = lab.run(fills(lab))
        assert len(before[1]) == 2
    with lasting(database) as lab:
        lab.run(finds(lab, token, before))


def test_who_does_not_come_back_after_a_restart_is_unknown(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'cpo.db'}"

    async def charges(lab: Lasting) -> str:
        theirs, _ = await lab.emsp()
        await lab.office.locations.publishes(location("L", evse("INCH-1")), INCH)
        await lab.told("Charging")
        return theirs.partners.registered[0].their_token

    async def is_gone(lab: Lasting) -> None:
        await lab.clock.wait(1)
        assert (await lab.gets("locations/L/INCH-1", token))["status"] == "UNKNOWN"

    with lasting(database) as lab:
        token = lab.run(charges(lab))
        assert lab.run(lab.gets("locations/L/INCH-1", token))["status"] == "CHARGING"
    with lasting(database, online=False) as lab:
        lab.run(is_gone(lab))


def test_a_commit_that_fails_leaves_nothing_of_what_it_was_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(lab: Office) -> None:
        theirs, partner = await lab.emsp("locations", "tariffs")
        await lab.office.tariffs.offers(tariff("T"))
        await lab.office.locations.publishes(location("L", evse("INCH-1")), INCH)
        await lab.settles()
        token = theirs.partners.registered[0].their_token
        before = [await lab.gets("locations", token), await lab.gets("tariffs", token)]
        pushed, known = len(lab.pushed), dict(lab.office.platform.partners.all)

        async def fails(*_: Any) -> None:
            raise OSError("the disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(lab.cpo.store, "_commit", fails)
            for change in (
                lab.office.locations.publishes(location("L", evse("INCH-1"), evse("B"))),
                lab.office.locations.publishes(location("NEW", evse("C"))),
                lab.office.locations.says("INCH-1", "BLOCKED"),
                lab.office.tariffs.offers(tariff("T", currency="CHF")),
                lab.office.tariffs.offers(tariff("T2")),
                lab.office.tariffs.withdraws("T"),
                lab.office.platform.partners.invite("token-a"),
                lab.office.platform.partners.leaves(partner),
                lab.office.platform.joining.renews(partner),
            ):
                with pytest.raises(NotStored):
                    await change
                await lab.clock.wait(2)
        assert [await lab.gets("locations", token), await lab.gets("tariffs", token)] == before
        assert lab.office.platform.partners.all == known
        assert len(lab.pushed) == pushed
        assert set(lab.office.locations.evses) == {"inch-1"}
        await lab.office.tariffs.withdraws("T")
        await lab.office.locations.publishes(location("NEW", evse("C")))
        assert [each["id"] for each in await lab.gets("locations", token)] == ["L", "NEW"]

    with office() as made:
        made.office.online = lambda identity: True
        made.run(story(made))
