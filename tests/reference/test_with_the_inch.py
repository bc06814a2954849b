"""The reference CPO and the virtual INCH, face to face on lab time: what the charge point did is what the CPO knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from evconform.harness.party import Site
from evconform.ocpp.speaks import JSON
from evconform.reference.cpo.records import LocalList, MeterValue, Reservation, Transaction, UnmatchedStop
from mocks.inch import Inch
from tests.mocks.inch_bench import CARD, TAG, pics
from tests.reference.bench import Scene, scene

HOUR = 3600.0


@pytest.fixture
def lab() -> Iterator[Scene]:
    with scene() as made:
        made.run(made.knows("INCH-1", **{TAG: {}}))
        made.cpo.memory.stations["INCH-1"].answered = ""
        yield made


def charge_point(lab: Scene) -> Inch:
    return Inch(Site(lab.clock, lab.tasks, pics("etrel-inch"), "INCH-1", url=lab.urls[JSON]))


async def until(lab: Scene, state: str) -> dict[str, Any]:
    """The transaction, once it is in that state."""
    for _ in range(600):
        if rows := await lab.rows(Transaction, state=state):
            return rows[-1]
        await lab.clock.wait(1)
    raise AssertionError(f"no transaction became {state}: {await lab.rows(Transaction)}")


async def charges(lab: Scene, inch: Inch) -> dict[str, Any]:
    await lab.clock.wait(60)
    inch.plug_in()
    inch.present_card(CARD)
    return await until(lab, "open")


def test_a_session_is_billed_as_the_meter_ran(lab: Scene) -> None:
    async def story() -> None:
        inch = charge_point(lab)
        await inch.start()
        started = await charges(lab, inch)
        await lab.clock.wait(HOUR)
        inch.unplug_at_ev()
        stopped = await until(lab, "stopped")
        assert (stopped["id"], stopped["id_tag"], stopped["reason"]) == (started["id"], TAG, "EVDisconnected")
        assert 2_000 < stopped["meter_stop"] - stopped["meter_start"] < 25_000
        assert await lab.rows(UnmatchedStop) == []
        await inch.stop()

    lab.run(story())


def test_what_was_charged_and_stopped_offline_is_believed(lab: Scene) -> None:
    async def story() -> None:
        inch = charge_point(lab)
        await inch.start()
        await charges(lab, inch)
        await inch.cut_network()
        await lab.clock.wait(HOUR)
        inch.unplug_at_ev()
        await lab.clock.wait(HOUR)
        [row] = await lab.rows(Transaction)
        assert row["state"] == "open"
        await inch.restore_network()
        stopped = await until(lab, "stopped")
        assert stopped["stopped_at"] < stopped["stop_received_at"], "it was over long before we heard of it"
        assert len(await lab.rows(Transaction)) == 1
        await inch.stop()

    lab.run(story())


def test_a_power_cut_in_the_middle(lab: Scene) -> None:
    async def story() -> None:
        inch = charge_point(lab)
        await inch.start()
        await charges(lab, inch)
        await lab.clock.wait(600)
        await inch.power_cycle()
        stopped = await until(lab, "stopped")
        assert stopped["reason"] == "PowerLoss"
        assert len(await lab.rows(Transaction)) == 1
        await inch.stop()

    lab.run(story())


def test_a_remote_day(lab: Scene) -> None:
    """An operator reserves, starts, meters, sends a list, and stops."""

    async def asks(action: str, **payload: Any) -> Any:
        state, outcome = await lab.command(action, "INCH-1", **payload)
        assert state == "answered", (action, outcome)
        return outcome

    async def story() -> None:
        inch = charge_point(lab)
        await inch.start()
        await lab.clock.wait(60)
        assert await asks("ReserveNow", connectorId=1, expiryDate="2026-01-05T18:00:00Z", idTag=TAG) == {"status": "Accepted"}
        inch.plug_in()
        assert await asks("RemoteStartTransaction", idTag=TAG, connectorId=1) == {"status": "Accepted"}
        started = await until(lab, "open")
        assert [(row["state"], row["transaction_id"]) for row in await lab.rows(Reservation)] == [("used", started["id"])]
        for key, value in (("MeterValueSampleInterval", "60"), ("MeterValuesSampledData", "Energy.Active.Import.Register")):
            assert await asks("ChangeConfiguration", key=key, value=value) == {"status": "Accepted"}
        assert await asks("SendLocalList", updateType="Full", localAuthorizationList=[]) == {"status": "Accepted"}
        await lab.clock.wait(600)
        assert await asks("RemoteStopTransaction", transactionId=started["id"]) == {"status": "Accepted"}
        stopped = await until(lab, "stopped")
        assert stopped["reason"] == "Remote"
        assert len(await lab.rows(MeterValue, transaction_id=started["id"])) >= 9
        assert [row["version"] for row in await lab.rows(LocalList)] == [1]
        await inch.stop()

    lab.run(story())
