"""OCPP 1.6, 4.8, 4.10, 3.7 with errata: what a transaction message says about the past is believed, once."""

from __future__ import annotations

from typing import Any

import pytest

from evconform.reference.cpo.records import MeterValue, Transaction, UnmatchedStop
from tests.reference.bench import CARD, OTHER, Scene

SAMPLE = [{"timestamp": "2026-01-05T11:15:00Z", "sampledValue": [{"value": "1500"}]}]


def test_a_transaction_is_kept_with_what_both_messages_say(lab: Scene) -> None:
    async def story() -> None:
        started = await lab.starts()
        assert started == {"transactionId": 1, "idTagInfo": {"status": "Accepted"}}
        assert await lab.stops(1, idTag=CARD, reason="Local") == {"idTagInfo": {"status": "Accepted"}}
        [kept] = await lab.rows(Transaction)
        assert (kept["identity"], kept["connector_id"], kept["id_tag"], kept["state"]) == ("A", 1, CARD, "stopped")
        assert (kept["started_at"], kept["stopped_at"]) == ("2026-01-05T11:00:00.000000Z", "2026-01-05T11:30:00.000000Z")
        assert (kept["meter_start"], kept["meter_stop"], kept["reason"]) == (1000, 5000, "Local")

    lab.run(story())


def test_a_start_heard_again_has_the_same_transaction(lab: Scene) -> None:
    async def story() -> None:
        first = await lab.starts()
        assert await lab.starts() == first
        assert await lab.starts(at="2026-01-05T12:00:00+01:00", tag=CARD.lower()) == first, "the same moment, the same idTag"
        assert len(await lab.rows(Transaction)) == 1

    lab.run(story())


def test_a_start_like_one_that_was_stopped_is_another(lab: Scene) -> None:
    """3.7: messages come in order, and the stop has the id of the first from its answer. A clock that begins anew with each
    power cut says the same second again, and a meter that nothing went through the same value."""

    async def story() -> None:
        for number in (1, 2, 3):
            assert (await lab.starts())["transactionId"] == number
            assert (await lab.starts())["transactionId"] == number, "its answer was lost"
            assert await lab.stops(number) == {}
            assert await lab.stops(number) == {}, "its answer was lost"
        assert {row["id"]: row["state"] for row in await lab.rows(Transaction)} == dict.fromkeys((1, 2, 3), "stopped")
        assert await lab.rows(UnmatchedStop) == []
        assert lab.cpo.memory.transactions == {}

    lab.run(story())


def test_a_start_heard_again_after_it_was_ended_otherwise_has_the_same_transaction(lab: Scene) -> None:
    """The operator's end, or a later start on the connector, is none that the charge point knows of."""

    async def story() -> None:
        await lab.starts()
        lab.cpo.transactions.ends(lab.cpo.memory.transactions[1], "ended")
        assert (await lab.starts())["transactionId"] == 1
        assert (await lab.starts(at="2026-01-05T11:40:00Z"))["transactionId"] == 2
        assert (await lab.starts(at="2026-01-05T11:50:00Z"))["transactionId"] == 3
        assert (await lab.starts(at="2026-01-05T11:40:00Z"))["transactionId"] == 2
        assert {row["id"]: row["state"] for row in await lab.rows(Transaction)} == {1: "ended", 2: "superseded", 3: "open"}

    lab.run(story())


def test_starts_heard_at_the_same_time_have_one_transaction(lab: Scene) -> None:
    async def story() -> None:
        import asyncio

        answers = await asyncio.gather(*(lab.starts() for _ in range(20)))
        assert {answer["transactionId"] for answer in answers} == {1}
        assert len(await lab.rows(Transaction)) == 1

    lab.run(story())


@pytest.mark.parametrize("other", [{"meterStart": 1001}, {"at": "2026-01-05T11:00:01Z"}, {"connectorId": 2}, {"tag": OTHER}])
def test_a_start_that_says_otherwise_is_another(lab: Scene, other: dict[str, Any]) -> None:
    async def story() -> None:
        await lab.starts()
        assert (await lab.starts(**other))["transactionId"] == 2

    lab.run(story())


def test_two_stations_have_transactions_of_their_own(lab: Scene) -> None:
    async def story() -> None:
        assert (await lab.starts("A"))["transactionId"] == 1
        assert (await lab.starts("B", tag=OTHER))["transactionId"] == 2
        await lab.stops(2, identity="A")
        assert {row["id"]: row["state"] for row in await lab.rows(Transaction)} == {1: "open", 2: "open"}
        assert len(await lab.rows(UnmatchedStop, identity="A", transaction_id=2)) == 1

    lab.run(story())


@pytest.mark.parametrize("number", [-1, 0, 99, -(2**31)])
def test_a_stop_of_nothing_we_know_is_answered_and_kept(lab: Scene, number: int) -> None:
    """Erratum 3.18: a StartTransaction that was never delivered leaves a StopTransaction with -1."""

    async def story() -> None:
        for _ in range(2):
            assert await lab.stops(number, idTag=CARD, transactionData=SAMPLE) == {"idTagInfo": {"status": "Accepted"}}
        [kept] = await lab.rows(UnmatchedStop)
        assert (kept["transaction_id"], kept["meter_stop"]) == (number, 5000)
        assert len(await lab.rows(MeterValue, transaction_id=number)) == 1

    lab.run(story())


def test_a_stop_heard_again_bills_nothing_twice(lab: Scene) -> None:
    async def story() -> None:
        await lab.starts()
        for _ in range(2):
            assert await lab.stops(1) == {}
        [kept] = await lab.rows(Transaction)
        assert kept["meter_stop"] == 5000
        assert await lab.rows(UnmatchedStop) == []

    lab.run(story())


def test_a_second_stop_that_says_otherwise_does_not_change_the_first(lab: Scene) -> None:
    async def story() -> None:
        await lab.starts()
        await lab.stops(1)
        await lab.stops(1, meterStop=9000)
        assert [row["meter_stop"] for row in await lab.rows(Transaction)] == [5000]
        assert [row["meter_stop"] for row in await lab.rows(UnmatchedStop)] == [9000]

    lab.run(story())


def test_a_new_transaction_on_the_connector_supersedes_one_that_never_stopped(lab: Scene) -> None:
    async def story() -> None:
        await lab.starts()
        assert await lab.starts(at="2026-01-05T11:40:00Z") == {"transactionId": 2, "idTagInfo": {"status": "Accepted"}}
        assert {row["id"]: row["state"] for row in await lab.rows(Transaction)} == {1: "superseded", 2: "open"}
        await lab.stops(1, at="2026-01-05T11:39:00Z")
        assert {row["id"]: row["state"] for row in await lab.rows(Transaction)} == {1: "stopped", 2: "open"}

    lab.run(story())


def test_a_boot_in_the_middle_leaves_the_transaction_open(lab: Scene) -> None:
    async def story() -> None:
        await lab.starts()
        await lab.asks("A", "BootNotification", chargePointVendor="v", chargePointModel="m")
        assert [row["state"] for row in await lab.rows(Transaction)] == ["open"]
        assert await lab.stops(1, reason="PowerLoss") == {}
        assert [row["state"] for row in await lab.rows(Transaction)] == ["stopped"]

    lab.run(story())


def test_a_transaction_of_an_unknown_card_exists_all_the_same(lab: Scene) -> None:
    """4.8: the answer says that the idTag is invalid, and the charge point stops by itself."""

    async def story() -> None:
        assert await lab.starts(tag="NOBODY") == {"transactionId": 1, "idTagInfo": {"status": "Invalid"}}
        assert await lab.stops(1, reason="DeAuthorized") == {}
        assert [row["authorization"] for row in await lab.rows(Transaction)] == ["Invalid"]

    lab.run(story())


def test_meter_values_are_kept_once_whatever_they_name(lab: Scene) -> None:
    async def story() -> None:
        await lab.starts()
        for _ in range(2):
            for named in ({"transactionId": 1}, {"transactionId": -1}, {"transactionId": 77}, {}):
                assert await lab.asks("A", "MeterValues", connectorId=1, meterValue=SAMPLE, **named) == {}
        assert sorted(row["transaction_id"] for row in await lab.rows(MeterValue)) == [-1, 0, 1, 77]

    lab.run(story())


def test_transaction_data_is_kept_with_the_transaction(lab: Scene) -> None:
    async def story() -> None:
        await lab.starts()
        await lab.stops(1, transactionData=SAMPLE)
        [kept] = await lab.rows(MeterValue)
        assert (kept["transaction_id"], kept["connector_id"], kept["source"], kept["samples"]) == (
            1,
            1,
            "Stop",
            '[{"value":"1500"}]',
        )

    lab.run(story())


def test_a_stop_heard_before_the_acceptance_is_refused(lab: Scene) -> None:
    async def story() -> None:
        lab.cpo.memory.stations["A"].answered = "Pending"
        assert await lab.stops(1) == "SecurityError"
        assert await lab.rows(UnmatchedStop) == []

    lab.run(story())
