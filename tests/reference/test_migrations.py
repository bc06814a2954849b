"""The migrations: they make what the tables say, and bring a store of the first schema along with what is in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from evconform.harness.verdict import UsageError
from evconform.reference.cpo import migrate
from evconform.reference.cpo.records import Reservation, Station, Token, Transaction
from evconform.reference.store import DRIVERS
from tests.reference.bench import scene

FIRST = {
    "stations": [
        {"identity": "A", "registration": "Accepted", "answered": "Accepted", "password": "", "boot": "{}", "booted_at": "",
         "seen_at": "", "firmware_status": "", "diagnostics_status": ""},
        {"identity": "NEW", "registration": "Accepted", "answered": "", "password": "", "boot": "{}", "booted_at": "",
         "seen_at": "", "firmware_status": "", "diagnostics_status": ""},
    ],
    "tokens": [
        {"key": "f1", "id_tag": "F1", "parent_id_tag": "FLEET", "expiry_date": "", "blocked": False},
        {"key": "alone", "id_tag": "ALONE", "parent_id_tag": "", "expiry_date": "", "blocked": False},
    ],
    "transactions": [
        {"id": n, "identity": "A", "connector_id": n, "id_tag": tag, "authorization": "Accepted",
         "started_at": "2026-01-05T11:00:00.000000Z", "meter_start": 0, "reservation_id": None, "state": "open",
         "stopped_at": "", "meter_stop": None, "stop_id_tag": "", "reason": "", "received_at": "", "stop_received_at": ""}
        for n, tag in enumerate(("F1", "ALONE", "NOBODY"), 1)
    ],
    "reservations": [
        {"id": n, "identity": identity, "connector_id": 1, "id_tag": "F1", "parent_id_tag": "", "state": state,
         "expiry_date": "2026-01-05T18:00:00.000000Z", "transaction_id": None}
        for n, identity, state in ((1, "A", "active"), (2, "B", "active"), (3, "A", "used"))
    ],
}  # fmt: skip


async def with_connection(database: str, does: Any) -> Any:
    scheme, _, rest = database.partition("://")
    engine = create_async_engine(f"{DRIVERS[scheme]}://{rest}")
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(does)
    finally:
        await engine.dispose()


def fill(connection: Connection) -> None:
    """A database of the first schema, with stations, tokens and open transactions."""
    migrate.upgrade(connection, "0001")
    for name, rows in FIRST.items():
        for row in rows:
            columns = ", ".join(f'"{each}"' for each in row)
            values = ", ".join(f":{each}" for each in row)
            connection.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({values})"), row)


@pytest.mark.asyncio
async def test_the_migrations_make_what_the_tables_say(database: str) -> None:
    def differences(connection: Connection) -> Any:
        migrate.upgrade(connection)
        assert migrate.version(connection) == migrate.HEAD
        tables = {name: table for each in migrate.METADATAS for name, table in each.tables.items()}
        keys = {name: inspect(connection).get_pk_constraint(name)["constrained_columns"] for name in tables}
        assert keys == {name: [column.name for column in table.primary_key] for name, table in tables.items()}
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), migrate.METADATAS)

    assert await with_connection(database, differences) == []


def test_the_head_is_the_last_file() -> None:
    files = (Path(migrate.__file__).parent / "migrations" / "versions").glob("m*.py")
    assert max(re.findall(r"^m(\d{4})_", file.name)[0] for file in files) == migrate.HEAD


def test_a_store_of_the_first_schema_goes_on(database: str) -> None:
    """Groups and the number of transactions at a time came later: what is open counts for its token and its group."""
    import asyncio

    asyncio.run(with_connection(database, fill))

    async def story(lab: Any) -> None:
        assert {row["id"]: row["parent_id_tag"] for row in await lab.rows(Transaction)} == {1: "FLEET", 2: "", 3: ""}
        assert {row["key"]: row["concurrent"] for row in await lab.rows(Token)} == {"f1": 1, "alone": 1}
        await lab.knows(F2={"parent_id_tag": "FLEET"})
        assert (await lab.starts("A", tag="F2", connectorId=4))["idTagInfo"]["status"] == "ConcurrentTx"
        assert (await lab.starts("A", tag="ALONE", connectorId=5))["idTagInfo"]["status"] == "ConcurrentTx"
        assert await lab.stops(1) == {}

    with scene(database=database, concurrent="group") as lab:
        lab.run(story(lab))


def test_a_reservation_id_is_a_station_s_own_since_the_third_schema(database: str) -> None:
    """What was reserved stands, and another station may have its number."""
    import asyncio

    asyncio.run(with_connection(database, fill))

    async def story(lab: Any) -> None:
        memory = lab.cpo.memory
        assert set(memory.reservations) == {("A", 1), ("B", 2)}
        assert [lab.cpo.reservations.next_id(identity) for identity in ("A", "B", "C")] == [4, 3, 1]
        lab.cpo.reservations.put(replace(memory.reservations["A", 1], identity="B"))
        assert (await lab.starts("A", connectorId=5, reservationId=1))["transactionId"] == 4
        kept = {(row["identity"], row["id"]): row["state"] for row in await lab.rows(Reservation)}
        assert kept == {("A", 1): "used", ("B", 1): "active", ("B", 2): "active", ("A", 3): "used"}

    with scene(database=database) as lab:
        lab.run(story(lab))
    with scene(database=database) as lab:
        assert set(lab.cpo.memory.reservations) == {("B", 1), ("B", 2)}


@pytest.mark.parametrize("before", ["0001", "0004"])
def test_whoever_was_answered_before_the_fifth_schema_speaks_json(database: str, before: str) -> None:
    """There was nothing else; who never came speaks nothing yet, and nobody has an address."""
    import asyncio

    def made(connection: Connection) -> None:
        fill(connection)
        migrate.upgrade(connection, before)

    asyncio.run(with_connection(database, made))

    async def story(lab: Any) -> None:
        told = {row["identity"]: (row["speaks"], row["address"]) for row in await lab.rows(Station)}
        assert told == {"A": ("ocpp1.6-json", ""), "NEW": ("", "")}
        assert await lab.asks("NEW", "BootNotification", chargePointVendor="v", chargePointModel="m")
        assert (await lab.rows(Station, identity="NEW"))[0]["speaks"] == "ocpp1.6-json"

    with scene(database=database) as lab:
        lab.run(story(lab))


def test_a_store_that_is_up_to_date_costs_no_alembic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = f"sqlite:///{tmp_path / 'cpo.db'}"
    with scene(database=database):
        pass
    monkeypatch.setitem(__import__("sys").modules, "alembic", None)
    with scene(database=database):
        pass


@pytest.mark.parametrize("before", [None, "0001", "0002", "0003", "0004"])
def test_a_migration_that_is_cut_short_leaves_what_was_there(database: str, before: str | None) -> None:
    """A program that is killed in its first second, or while it brings a store up to date, can be started again."""
    import asyncio

    class Cut(Exception):
        pass

    def made(connection: Connection) -> None:
        if before:
            fill(connection)
            migrate.upgrade(connection, before)

    def cut(connection: Connection) -> None:
        migrate.upgrade(connection)
        raise Cut

    def seen(connection: Connection) -> tuple[str | None, set[str]]:
        return migrate.version(connection), set(inspect(connection).get_table_names())

    asyncio.run(with_connection(database, made))
    there = asyncio.run(with_connection(database, seen))
    with pytest.raises(Cut):
        asyncio.run(with_connection(database, cut))
    assert asyncio.run(with_connection(database, seen)) == there
    with scene(database=database) as lab:
        assert len(lab.cpo.memory.transactions) == (3 if before else 0)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("CREATE TABLE alembic_version (version_num TEXT)", "version 9999, which this evconform does not know"),
        ("CREATE TABLE tokens (x TEXT)", "a table tokens that is not ours"),
    ],
)
def test_a_database_that_is_not_ours_is_left_alone(tmp_path: Path, statement: str, says: str) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'cpo.db'}")
    with engine.begin() as connection:
        connection.execute(text(statement))
        if "version" in statement:
            connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    with engine.begin() as connection, pytest.raises(UsageError, match=says):
        migrate.upgrade(connection)
    engine.dispose()


def test_the_ways_back(tmp_path: Path) -> None:
    """Each migration can be undone, for whoever must go back."""
    from alembic import command
    from alembic.config import Config

    engine = create_engine(f"sqlite:///{tmp_path / 'cpo.db'}")
    with engine.begin() as connection:
        fill(connection)
        migrate.upgrade(connection)
        connection.execute(text("INSERT INTO reservations SELECT 'B', 1, 1, 'F1', '', '', 'active', NULL"))
        config = Config()
        config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        assert connection.execute(text("SELECT count(*) FROM transactions")).scalar() == 3
        left = connection.execute(text("SELECT id, identity FROM reservations ORDER BY id"))
        assert [tuple(row) for row in left] == [(1, "B"), (2, "B"), (3, "A")], "each number once"
        command.downgrade(config, "base")
        assert not {name for each in migrate.METADATAS for name in each.tables} & {
            row[0] for row in connection.execute(text("SELECT name FROM sqlite_master"))
        }
    engine.dispose()
