"""The store: nothing is acknowledged before it is on disk, many wait for one commit, and a failed one leaves no trace."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from evconform.ocpp.channel import Channel
from evconform.reference.cpo.records import Transaction
from evconform.reference.store import NotStored
from tests.reference.bench import CARD, Scene, scene
from tests.reference.conftest import make_database

SAMPLE = [{"timestamp": "2026-01-05T11:15:00Z", "sampledValue": [{"value": "1500"}]}]
SEEN = {
    "StartTransaction": "SELECT count(*) FROM transactions",
    "MeterValues": "SELECT count(*) FROM meter_values",
    "StopTransaction": "SELECT count(*) FROM transactions WHERE state = 'stopped'",
}
"""What another connection must find when the answer is about to be written."""


def test_the_commit_comes_before_the_answer(tmp_path: Path) -> None:
    """Looked at from another connection, in the moment when the answer goes to the socket."""
    file = tmp_path / "cpo.db"
    found: dict[str, int] = {}
    under_way: list[str] = []

    def look(text: str, _: Channel) -> list[str]:
        if text.startswith("[3"):
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as other:
                found[under_way[-1]] = other.execute(SEEN[under_way[-1]]).fetchone()[0]
            other.close()
        return [text]

    async def story(lab: Scene) -> None:
        await lab.knows("A", **{CARD: {}})
        lab.cpo.endpoint.rewrites.append(look)
        point = await lab.dials()
        assert point.channel
        at = {"timestamp": "2026-01-05T11:00:00Z"}
        for action, payload in {
            "StartTransaction": {"connectorId": 1, "idTag": CARD, "meterStart": 0} | at,
            "MeterValues": {"connectorId": 1, "transactionId": 1, "meterValue": SAMPLE},
            "StopTransaction": {"transactionId": 1, "meterStop": 9} | at,
        }.items():
            under_way.append(action)
            await point.channel.call(action, payload)
        await point.disconnect()

    with scene(database=f"sqlite:///{file}") as lab:
        lab.run(story(lab))
    assert found == dict.fromkeys(SEEN, 1)


def test_a_commit_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    with scene(database=f"sqlite:///{tmp_path / 'cpo.db'}") as lab:

        async def pragma(name: str) -> Any:
            from sqlalchemy import text

            [row] = await lab.cpo.store.read(text(f"PRAGMA {name}"))
            return next(iter(row.values()))

        assert lab.run(pragma("synchronous")) == 2, "FULL"
        assert lab.run(pragma("journal_mode")) == "wal"


def test_many_wait_for_one_commit(tmp_path: Path) -> None:
    async def story(lab: Scene) -> None:
        await lab.knows(*(f"CP{n}" for n in range(200)))
        before = lab.cpo.store.commits
        await asyncio.gather(*(lab.starts(f"CP{n}", tag=f"T{n}") for n in range(200)))
        assert lab.cpo.store.commits - before <= 2
        assert len(await lab.rows(Transaction)) == 200

    with scene(database=f"sqlite:///{tmp_path / 'cpo.db'}") as lab:
        lab.run(story(lab))


def test_a_commit_that_fails_is_not_acknowledged_and_leaves_no_trace(database: str) -> None:
    async def story(lab: Scene) -> None:
        await lab.knows("A", "B", **{CARD: {}})
        await lab.starts("A")
        commit = lab.cpo.store._commit

        async def fails(rows: Any) -> None:
            await commit(rows[:0])
            raise OperationalError("commit", {}, OSError("the disk is full"))

        lab.cpo.store._commit = fails  # type: ignore[method-assign]
        assert await lab.starts("B", tag="X") == "InternalError"
        assert await lab.stops(1) == "InternalError"
        assert {id: t.state for id, t in lab.cpo.memory.transactions.items()} == {1: "open"}
        lab.cpo.store._commit = commit  # type: ignore[method-assign]
        assert (await lab.starts("B", tag="X"))["transactionId"] == 2
        assert await lab.stops(1) == {}
        assert {row["id"]: row["state"] for row in await lab.rows(Transaction)} == {1: "stopped", 2: "open"}

    with scene(database=database) as lab:
        lab.run(story(lab))


def test_a_record_that_no_column_holds_fails_its_commit_only(tmp_path: Path) -> None:
    async def story(lab: Scene) -> None:
        await lab.knows("A")
        lab.cpo.memory.stations["A"].boot = None  # type: ignore[assignment]
        lab.cpo.store.put(lab.cpo.memory.stations["A"])
        with pytest.raises(NotStored, match="NOT NULL"):
            await lab.cpo.store.durable()
        assert lab.cpo.memory.stations["A"].boot == "{}", "read again"
        assert (await lab.starts("A"))["transactionId"] == 1

    with scene(database=f"sqlite:///{tmp_path / 'cpo.db'}") as lab:
        lab.run(story(lab))


def test_a_database_that_went_away_is_found_again(postgres: str) -> None:
    """The connection is cut: what waits is refused, and then all goes on."""

    async def story(lab: Scene, name: str) -> None:
        await lab.knows("A")
        await lab.starts("A")
        other = await asyncpg.connect(f"{postgres}/postgres")
        await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        assert await lab.stops(1) == "InternalError"
        assert await lab.stops(1) == {}
        await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await other.close()
        assert await lab.starts("A") == "InternalError", "a look-up meets it too"
        assert (await lab.starts("A"))["transactionId"] == 2
        assert {row["id"]: row["state"] for row in await lab.rows(Transaction)} == {1: "stopped", 2: "open"}

    name = "cut"
    asyncio.run(make_database(postgres, name))
    with scene(database=f"{postgres}/{name}") as lab:
        lab.run(story(lab, name))


def test_a_look_up_that_is_under_way_ends_before_the_store_closes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same StartTransaction again is looked up; one that comes later is told that nothing is stored any more."""

    async def story(lab: Scene) -> None:
        await lab.knows("A", **{CARD: {}})
        await lab.starts()
        await lab.starts(at="2026-01-05T11:40:00Z")
        looks_up, under_way = lab.cpo.store.read_within, asyncio.Event()

        async def seen(query: Any) -> Any:
            under_way.set()
            return await looks_up(query)

        monkeypatch.setattr(lab.cpo.store, "read_within", seen)
        again = asyncio.ensure_future(lab.starts())
        await under_way.wait()
        await lab.cpo.store.close()
        assert (await again)["transactionId"] == 1
        with pytest.raises(NotStored, match="closed"):
            await lab.cpo.store.read(text("SELECT 1"))

    with scene(database=f"sqlite:///{tmp_path / 'cpo.db'}") as lab:
        lab.run(story(lab))
