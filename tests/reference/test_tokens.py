"""OCPP 1.6, 4.1 and 7.2: what an idTag may, its group, its expiry, and how many transactions at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.reference.bench import CARD, Scene, scene

GROUP = {"parent_id_tag": "FLEET"}


@pytest.mark.parametrize(
    ("members", "info"),
    [
        ({}, {"status": "Accepted"}),
        ({"blocked": True}, {"status": "Blocked"}),
        ({"expiry_date": "2026-01-05T12:00:00.000000Z"}, {"status": "Expired", "expiryDate": "2026-01-05T12:00:00.000000Z"}),
        ({"expiry_date": "2026-01-05T12:00:01.000000Z"}, {"status": "Accepted", "expiryDate": "2026-01-05T12:00:01.000000Z"}),
        (GROUP, {"status": "Accepted", "parentIdTag": "FLEET"}),
    ],
)
def test_what_a_token_is_worth(lab: Scene, members: dict[str, Any], info: dict[str, Any]) -> None:
    async def story() -> None:
        await lab.knows(T=members)
        for spelt in ("T", "t"):
            assert await lab.asks("A", "Authorize", idTag=spelt) == {"idTagInfo": info}
        assert (await lab.starts(tag="T"))["idTagInfo"] == info
        assert (await lab.stops(1, idTag="T"))["idTagInfo"] == info

    lab.run(story())


def test_a_token_has_one_transaction_at_a_time(lab: Scene) -> None:
    """7.2: ConcurrentTx is said to a StartTransaction only, and the transaction exists all the same."""

    async def story() -> None:
        await lab.starts("A")
        assert await lab.starts("B") == {"transactionId": 2, "idTagInfo": {"status": "ConcurrentTx"}}
        assert await lab.asks("A", "Authorize", idTag=CARD) == {"idTagInfo": {"status": "Accepted"}}
        assert (await lab.stops(2, "B", idTag=CARD))["idTagInfo"] == {"status": "Accepted"}
        await lab.stops(1, "A")
        assert (await lab.starts("B", at="2026-01-05T11:50:00Z"))["idTagInfo"] == {"status": "Accepted"}

    lab.run(story())


@pytest.mark.parametrize(("allowed", "statuses"), [(1, "ACC"), (2, "AAC"), (0, "AAA")])
def test_how_many_a_token_may_have(lab: Scene, allowed: int, statuses: str) -> None:
    async def story() -> None:
        await lab.knows(T={"concurrent": allowed})
        answers = [(await lab.starts("A", tag="T", connectorId=n))["idTagInfo"]["status"] for n in (1, 2, 3)]
        assert "".join(status[0] for status in answers) == statuses

    lab.run(story())


@pytest.fixture
def by_group() -> Iterator[Scene]:
    with scene(concurrent="group") as made:
        made.run(made.knows("A", "B", F1=GROUP, F2=GROUP, ALONE={}))
        yield made


def test_a_group_is_counted_together_where_groups_are_counted(by_group: Scene) -> None:
    async def story() -> None:
        await by_group.starts("A", tag="F1")
        assert (await by_group.starts("B", tag="F2"))["idTagInfo"]["status"] == "ConcurrentTx"
        assert (await by_group.starts("A", tag="ALONE", connectorId=2))["idTagInfo"]["status"] == "Accepted"

    by_group.run(story())


def test_a_token_expires_as_time_passes(lab: Scene) -> None:
    async def story() -> None:
        await lab.knows(T={"expiry_date": "2026-01-05T13:00:00.000000Z"})
        assert (await lab.asks("A", "Authorize", idTag="T"))["idTagInfo"]["status"] == "Accepted"
        await lab.clock.wait(3600)
        assert (await lab.asks("A", "Authorize", idTag="T"))["idTagInfo"]["status"] == "Expired"

    lab.run(story())
