"""In sync again: what is tried once more and what is not, and when (OCPI 2.2.1, transport_and_format: pull and push)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evconform.http import taming
from evconform.reference.emsp.emsp import Emsp, EmspSettings
from evconform.reference.emsp.resync import passes
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.platform import OcpiSettings
from evconform.reference.ocpi.reply import Reply, not_allowed
from tests.reference.emsp.bench import Cpo, Lab, location
from tests.reference.ocpi.bench import LOOPBACK, emsp

BUSY = Reply(http=503, code=3000, message="an outage")


def breaks(cpo: Cpo, *replies: Reply) -> list[float]:
    """The CPO's Senders give these answers first; the times at which they are asked."""
    times: list[float] = []
    serves, left = cpo.serves, list(replies)

    async def answers(asked: Any, module: str) -> Reply:
        times.append(round(cpo.lab.clock.now(), 1))
        return left.pop(0) if left else await serves(asked, module)

    cpo.serves = answers  # type: ignore[method-assign]
    return times


def test_a_partner_that_is_busy_is_asked_again_less_and_less_often(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        times = breaks(cpo, *[BUSY] * 4)
        cpo.lists["locations"] = [location()]
        began = lab.clock.now()
        assert (await lab.fails()).http == 503
        await lab.settles(100)
        assert [round(at - began) for at in times] == [0, 5, 15, 35, 75]
        assert await cpo.gets("locations", "L1") == location()
        await lab.settles(2000)
        assert len(times) == 5, "and then no more"

    lab.run(story())


def test_a_partner_that_speaks_again_is_asked_at_once(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        times = breaks(cpo, *[BUSY] * 6)
        await lab.fails()
        await lab.settles(170)
        assert len(times) == 6
        cpo.lists["locations"] = [location()]
        await cpo.gets("locations", "none")
        await lab.settles(1)
        assert await cpo.gets("locations", "L1") == location()

    lab.run(story())


def test_a_partner_that_cannot_be_reached_is_tried_until_it_is_there(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        cpo.lists["locations"] = [location()]
        served = lab.served[-1]
        await served.close()
        assert (await lab.fails()).way == "unreachable"
        await lab.settles(3000)
        port = int(served.url.split(":")[2].split("/")[0])
        lab.served[-1] = await serves_again(lab, cpo, port)
        await lab.settles(600)
        assert await cpo.gets("locations", "L1") == location()

    lab.run(story())


async def serves_again(lab: Lab, cpo: Cpo, port: int) -> Any:
    return await taming.serve(cpo.platform.app, lab.clock, lab.tasks, f"http://127.0.0.1:{port}/ocpi")


def test_a_partner_that_left_is_asked_no_more(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        times = breaks(cpo, *[BUSY] * 9)
        await lab.fails()
        partner = lab.partner
        await cpo.platform.joining.leaves(cpo.partner)
        await lab.settles(5000)
        assert len(times) == 1
        with pytest.raises(Failed, match="not registered any longer"):
            await lab.emsp.pulls(partner, "locations")
        assert not lab.emsp.resync.behind

    lab.run(story())


def test_who_leaves_before_the_first_pull_is_not_asked(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await cpo.platform.joining.leaves(cpo.partner)
        await lab.settles()
        assert cpo.asked == []

    lab.run(story())


def test_a_partner_that_does_not_know_us_yet_is_asked_a_few_times(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        times = breaks(cpo, *[Reply(http=401, code=2000)] * 99)
        await lab.settles(5000)
        assert len(times) == 2 * 4, "both modules, once and three times more"

    lab.run(story())


WAYS = [
    (Failed("unreachable", ""), True),
    (Failed("timed-out", ""), True),
    (Failed("http", "", 503, 3000), True),
    (Failed("http", "", 429), True),
    (Failed("refused", "", 200, 3000), True),
    (Failed("refused", "", 200, 2001), False),
    (Failed("http", "", 404, 2000), False),
    (Failed("unauthorized", "", 401), False),
    (Failed("forbidden", ""), False),
    (Failed("no-json", "", 200), False),
    (Failed("endless", "", 200), False),
]


@pytest.mark.parametrize(("failed", "may_pass"), WAYS, ids=[str(each) for each, _ in WAYS])
def test_what_may_pass(failed: Failed, may_pass: bool) -> None:
    assert passes(failed) is may_pass


def test_a_refusal_is_not_asked_again(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        times = breaks(cpo, not_allowed("no", {"PUT"}))
        await lab.fails()
        await lab.settles(5000)
        assert len(times) == 1

    lab.run(story())


def test_after_an_outage_of_ours_all_partners_are_asked(lab: Lab, tmp_path: Path) -> None:
    """What a store that lasts knows of: partners, how far we had pulled, and what was held."""

    async def story() -> None:
        settings = EmspSettings(OcpiSettings(allowed=LOOPBACK), f"sqlite:///{tmp_path / 'emsp.db'}", poll_every=3600)
        ours = Emsp(lab.clock, lab.tasks, settings)
        await ours.open()
        await ours.platform.has(emsp())
        await lab.serves(ours.platform)
        lab.platforms.remove(ours.platform)
        cpo = await lab.cpo(registers=False)
        cpo.lists["locations"] = [location()]
        _, token = await cpo.platform.partners.invite()
        await ours.platform.joining.registers(cpo.platform.versions_url, token)
        await lab.settles()
        await lab.served.pop(1).close()
        await ours.close()
        again = Emsp(lab.clock, lab.tasks, settings)
        await again.open()
        lab.served.append(await taming.serve(again.platform.app, lab.clock, lab.tasks, ours.platform.url))
        again.platform.url = ours.platform.url
        cpo.lists["locations"].append(location("L2", "2026-01-05T11:00:00Z"))
        cpo.asked.clear()
        again.begins()
        await lab.settles(10)
        assert cpo.asked == [("locations", "date_from=2026-01-05T10:00:00Z"), ("tariffs", "")]
        key = [each["id"] for each in await again.store.read(everything())]
        assert sorted(key) == ["l1", "l2"]
        assert (await cpo.says("PUT", "locations", "L2", body=location("L2", lab.now())))[:2] == (200, 1000)
        assert (await cpo.says("GET", "locations", "L\0"))[0] == 404
        assert (await cpo.says("GET", "locations", "L" * 300))[0] == 404
        assert (await again.driver.evses(("NL", "DRV"), free=True))[0][1]["location"] == "At L2"
        await lab.clock.wait(3600 * 1.2)
        assert len(cpo.asked) == 4, "it polls"
        await again.close()

    lab.run(story())


def everything() -> Any:
    from sqlalchemy import select

    from evconform.reference.emsp.schema import HELD

    return select(HELD)


def test_closing_ends_what_is_tried(lab: Lab) -> None:
    async def story() -> None:
        cpo = await lab.cpo()
        await lab.settles()
        breaks(cpo, *[BUSY] * 9)
        await lab.fails()
        await lab.emsp.resync.close()
        assert not lab.emsp.resync._tasks

    lab.run(story())
