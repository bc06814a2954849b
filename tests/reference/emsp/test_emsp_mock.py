"""The reference eMSP as an embedded SUT: every operation of the contract."""

from __future__ import annotations

from evconform.harness.party import Site, find_party
from mocks.reference_emsp import ReferenceEmsp
from tests.mocks.inch_bench import pics
from tests.reference.emsp.bench import Cpo, Lab, location, tariff
from tests.reference.ocpi.bench import cpo


def test_all_its_operations(lab: Lab) -> None:
    async def story() -> None:
        assert find_party("reference-emsp", "emsp") is ReferenceEmsp
        mock = ReferenceEmsp(Site(lab.clock, lab.tasks, pics("etrel-inch"), ""))
        url = await mock.start()
        theirs = await lab.cpo(cpo(), registers=False)
        await mock.invites("token-a")
        await theirs.platform.joining.registers(url, "token-a")
        await lab.settles()
        theirs.lists = {"locations": [location()], "tariffs": [tariff()]}
        assert await theirs.gets("locations", "L1") is None
        await mock.pulls("locations")
        assert await theirs.gets("locations", "L1") == location()
        assert await theirs.gets("tariffs", "T1") is None
        await mock.pulls("tariffs")
        assert await theirs.gets("tariffs", "T1") == tariff()
        before = theirs.partner.their_token
        await mock.renews()
        await lab.settles()
        assert theirs.partner.their_token != before
        await mock.leaves()
        await lab.settles()
        assert [each.state for each in theirs.platform.partners.all.values()] == ["left"]
        await comes_back(lab, mock, theirs)
        await mock.stop()

    lab.run(story())


async def comes_back(lab: Lab, mock: ReferenceEmsp, theirs: Cpo) -> None:
    """The eMSP registers with the CPO."""
    _, token = await theirs.platform.partners.invite()
    theirs.lists = {"locations": [], "tariffs": []}
    await mock.registers(theirs.platform.versions_url, token)
    await lab.settles()
    assert await theirs.gets("locations", "L1") is None, "what it held was forgotten"
    await mock.registers(theirs.platform.versions_url, "wrong")
    await lab.settles()
    assert mock.outcomes == ["unauthorized: no token that is known here (HTTP 401)"]
