"""The reference CPO's OCPI side as an embedded SUT: every operation of the contract."""

from __future__ import annotations

from typing import Any

from evconform.harness.party import Site, find_party
from evconform.reference.ocpi.reply import Asked, Reply
from mocks.reference_cpo_ocpi import ReferenceCpoOcpi
from tests.mocks.inch_bench import pics
from tests.reference.ocpi.bench import Scene, emsp
from tests.reference.ocpi.office import CONNECTOR, location, tariff


def evses(**statuses: str) -> list[dict[str, Any]]:
    return [{"uid": uid, "status": status, "connectors": [CONNECTOR]} for uid, status in statuses.items()]


async def takes(_: Asked) -> Reply:
    return Reply()


def test_all_its_operations(lab: Scene) -> None:
    async def story() -> None:
        assert find_party("reference-cpo-ocpi", "cpo") is ReferenceCpoOcpi
        mock = ReferenceCpoOcpi(Site(lab.clock, lab.tasks, pics("etrel-inch"), ""))
        url = await mock.start()
        theirs = await lab.platform(emsp())
        theirs.handles("locations", "RECEIVER", "PATCH", 4, takes)
        await mock.invites("token-a")
        partner = await theirs.joining.registers(url, "token-a")

        async def statuses() -> dict[str, str]:
            await lab.clock.wait(1)
            _, envelope, _ = await lab.asks("GET", mock.platform.endpoint("locations", "SENDER"), partner.their_token)
            return {evse["uid"]: evse["status"] for each in envelope["data"] for evse in each["evses"]}

        await mock.offers(tariff("T1"))
        await mock.publishes(location("L1", evses=evses(A="AVAILABLE", B="CHARGING", C="PLANNED", D="UNKNOWN")))
        assert await statuses() == {"A": "AVAILABLE", "B": "CHARGING", "C": "PLANNED", "D": "UNKNOWN"}
        for evse, status in (("A", "CHARGING"), ("B", "UNKNOWN"), ("C", "BLOCKED")):
            await mock.reports(evse, status)
        assert await statuses() == {"A": "CHARGING", "B": "UNKNOWN", "C": "BLOCKED", "D": "UNKNOWN"}
        await mock.reports("B", "AVAILABLE")
        await mock.removes("A")
        assert await statuses() == {"A": "REMOVED", "B": "AVAILABLE", "C": "BLOCKED", "D": "UNKNOWN"}
        await mock.reports("C", "AVAILABLE")
        await mock.reports("D", "OUTOFORDER")
        assert await statuses() == {"A": "REMOVED", "B": "AVAILABLE", "C": "AVAILABLE", "D": "OUTOFORDER"}
        await mock.withdraws("T1")
        await mock.renews()
        await lab.clock.wait(1)
        assert theirs.partners.registered[0].their_token != partner.their_token
        await mock.leaves()
        await lab.clock.wait(1)
        assert [each.state for each in theirs.partners.all.values()] == ["left"]
        _, token = await theirs.partners.invite()
        await mock.registers(theirs.versions_url, token)
        await lab.clock.wait(1)
        assert len(theirs.partners.registered) == 1
        await mock.registers(theirs.versions_url, "wrong")
        await lab.clock.wait(1)
        assert mock.outcomes == ["unauthorized: no token that is known here (HTTP 401)"]
        await mock.stop()

    lab.run(story())
