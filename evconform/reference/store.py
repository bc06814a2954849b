"""The store: what is to be kept is put, and ``durable`` returns once it is on disk.

One connection, one writer. What was put since the last commit goes into the next, whoever put it: while one commit
syncs, the next gathers (group commit). A record that changed ten times meanwhile is written once. A commit that fails
fails everybody who waits, and the owner reads the store again: what was never durable is not in memory either.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from importlib.util import find_spec
from typing import Any

from sqlalchemy import Executable, Insert, MetaData, Table, and_, delete, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from evconform.harness.clock import Clock, Tasks
from evconform.harness.verdict import UsageError
from evconform.reference.records import Record
from evconform.reference.sole import InUse, Sole

IN_MEMORY = "sqlite+aiosqlite://"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
"""What a person writes before ``://``, to dialect and driver."""
SQLITE = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA busy_timeout=5000")
"""A commit is on disk when it returns."""
RECONNECT_EVERY = 1.0
"""Seconds between attempts to reach a database that is gone."""
CLOSE_WITHIN = 10.0
"""Seconds that a database that is gone may keep us from stopping."""
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
Key = tuple[object, ...]


class NotStored(Exception):
    """A commit failed, and nothing of it is kept."""


class Store:
    """The records of the tables of ``metadatas`` on disk. ``failed`` is awaited after a commit that failed, before
    anything else is written."""

    def __init__(self, database: str, clock: Clock, tasks: Tasks, *metadatas: MetaData) -> None:
        scheme, _, rest = database.partition("://")
        self.database = f"{DRIVERS.get(scheme, scheme)}://{rest}"
        self.clock = clock
        self.tasks = tasks
        self.failed: Callable[[], Awaitable[None]] | None = None
        self.recovered: list[Callable[[], None]] = []
        """Told after that, once everybody who waited was told: what is put now is kept."""
        self.puts = 0
        self.commits = 0
        self.written = 0
        self._put: dict[Table, dict[Key, Record | None]] = {}
        self._next: asyncio.Future[None] | None = None
        """Done once what is put now is durable; None if there is nothing to write."""
        self._committing: asyncio.Future[None] | None = None
        """Done once what is being written is durable."""
        self._wanted = asyncio.Event()
        self._turn = asyncio.Lock()
        self._upserts: dict[Table, Insert] = {}
        self._tables = [table for metadata in metadatas for table in metadata.sorted_tables]
        self._keys = {table: tuple(c.name for c in table.primary_key.columns) for table in self._tables}
        self._sole = Sole(None)
        self._engine: AsyncEngine | None = None
        self._connection: AsyncConnection | None = None
        self._writer: asyncio.Task[None] | None = None

    async def open(self, create: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        """Connects and lets ``create`` bring the schema up to date. Raises SQLAlchemyError, OSError."""
        lasting = {"poolclass": StaticPool} if self.database == IN_MEMORY else {}
        self._engine = create_async_engine(self.database, **lasting)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine.sync_engine, "connect", _sets_pragmas)
            check_file(self._engine.url.database)
        try:
            self._sole = Sole(sqlite_file(self._engine))
            self._sole.takes_file()
            with self.clock.outside("the store"):
                connection = await self._connect()
                await create(connection)
                await connection.commit()
        except BaseException:
            await self.close()
            raise
        self._writer = self.tasks.spawn(self._write())

    async def _connect(self) -> AsyncConnection:
        """A connection with nothing under way: the one we have, or a new one."""
        assert self._engine is not None
        if self._connection is not None:
            try:
                await self._connection.rollback()
            except (SQLAlchemyError, OSError):
                await self._connection.invalidate()
                await self._connection.close()
                self._connection = None
        if self._connection is None or self._connection.invalidated:
            connection = await self._engine.connect()
            try:
                await self._sole.takes_session(connection)
            except InUse:
                await connection.close()
                raise
            self._connection = connection
        return self._connection

    async def close(self) -> None:
        """Writes what is put, lets a look-up that is under way end, and disconnects."""
        if self._writer:
            await self._settled()
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        with suppress(TimeoutError):  # a look-up may wait for a database that is gone
            async with asyncio.timeout(CLOSE_WITHIN), self._turn:
                await self._disconnect()
        await self._disconnect()
        self._sole.leaves()
        self._writer = None

    async def _disconnect(self) -> None:
        """Closes the connection, if there is one. A look-up that comes later finds none."""
        connection, engine, self._connection, self._engine = self._connection, self._engine, None, None
        with self.clock.outside("the store"):
            if connection:
                with suppress(SQLAlchemyError, OSError):  # it may be gone
                    await connection.close()
            if engine:
                await engine.dispose()

    # ── writing ──

    def put(self, record: Record) -> None:
        """What ``record`` is at the next commit will be kept."""
        self._change(record, record)

    def drop(self, record: Record) -> None:
        """``record`` will not be kept any longer."""
        self._change(record, None)

    def _change(self, record: Record, kept: Record | None) -> None:
        self.puts += 1
        members = vars(record)
        key = tuple([members[name] for name in self._keys[record.TABLE]])
        self._put.setdefault(record.TABLE, {})[key] = kept
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
            self._next.add_done_callback(lambda f: f.cancelled() or f.exception())  # nobody may wait
            self._wanted.set()

    async def durable(self) -> None:
        """Returns once all that has been put is on disk. Raises NotStored. To be called in the same step as ``put``: of a
        commit that has failed already nothing is known."""
        if self._next is not None:
            await asyncio.shield(self._next)
        elif self._committing is not None:
            await asyncio.shield(self._committing)

    async def _settled(self) -> None:
        """Returns once nothing is left to write, or it could not be written, or the database is gone for too long."""
        with suppress(NotStored, TimeoutError):  # whoever waited for it was told
            async with asyncio.timeout(CLOSE_WITHIN):
                await self.durable()

    async def _write(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            async with self._turn:
                if self._next is not None:  # a look-up that failed took it along
                    await self._write_batch(self._next)

    async def _write_batch(self, durable: asyncio.Future[None]) -> None:
        batch, self._put = self._put, {}
        self._committing, self._next = durable, None
        rows = [(table, *split(self._keys[table], batch[table])) for table in self._tables if table in batch]
        try:
            with self.clock.outside("the store"):
                await self._commit(rows)
        except Exception as error:  # noqa: BLE001 - told to everybody who waits
            await self._recover()
            self._fail(error)
        else:
            durable.set_result(None)
        self._committing = None

    async def _commit(self, rows: list[tuple[Table, list[dict[str, Any]], list[dict[str, Any]]]]) -> None:
        connection = self._connection
        assert connection is not None
        for table, kept, dropped in rows:
            if kept:
                await connection.execute(self._upsert(table), kept)
            for row in dropped:
                await connection.execute(delete(table).where(and_(*(table.c[name] == row[name] for name in row))))
            self.written += len(kept) + len(dropped)
        await connection.commit()
        self.commits += 1

    async def _recover(self) -> None:
        """Connects again, as often as it takes, and lets the owner read what is on disk; once more if something was put
        meanwhile, for it was put in what is half of before. It ends: whoever waits for the disk puts no more."""
        while True:
            try:
                with self.clock.outside("the store"):
                    await self._connect()
                    if await self._read_again():
                        return
            except (SQLAlchemyError, OSError):
                await self.clock.wait(RECONNECT_EVERY)

    async def _read_again(self) -> bool:
        """Whether nothing was put while the owner read."""
        before = self.puts
        if self.failed:
            await self.failed()
        return self.puts == before

    def _fail(self, error: Exception) -> None:
        """Nobody is told that it was kept; what was put meanwhile goes with it, for it was put in what is no longer so."""
        waiting = [future for future in (self._committing, self._next) if future is not None]
        self._put, self._next = {}, None
        self._wanted.clear()
        for future in waiting:
            future.set_exception(NotStored(str(error)))
        if not isinstance(error, SQLAlchemyError | OSError):
            self.tasks.fails(error)
        for follows in self.recovered:
            follows()

    def _upsert(self, table: Table) -> Insert:
        if table not in self._upserts:
            assert self._connection is not None
            insert: Any = INSERTS[self._connection.dialect.name](table)
            keys = self._keys[table]
            rest = {c.name: insert.excluded[c.name] for c in table.columns if c.name not in keys}
            self._upserts[table] = insert.on_conflict_do_update(index_elements=list(keys), set_=rest)
        return self._upserts[table]

    # ── reading ──

    async def read(self, query: Executable) -> list[dict[str, Any]]:
        """The rows of a query; what is put and not yet written is not among them. Raises NotStored."""
        async with self._turn:
            if self._connection is None:
                raise NotStored("the store is closed")
            try:
                return await self.read_within(query)
            except (SQLAlchemyError, OSError) as error:
                await self._recover()
                self._fail(error)
                raise NotStored(str(error)) from error

    async def read_within(self, query: Executable) -> list[dict[str, Any]]:
        """The same for who has the turn already: ``create`` and ``failed``."""
        assert self._connection is not None
        with self.clock.outside("the store"):
            found = await self._connection.execute(query)
            rows = [dict(row) for row in found.mappings()]
            await self._connection.rollback()
        return rows


def check_url(database: str) -> None:
    """Raises UsageError: a database URL that we cannot use."""
    scheme, _, rest = database.partition("://")
    if scheme.partition("+")[0] not in INSERTS and scheme not in DRIVERS:
        raise UsageError(f"--database: expected sqlite:///FILE or postgresql://USER@HOST/NAME, not {scheme}://…")
    if DRIVERS.get(scheme, scheme).endswith("asyncpg") and find_spec("asyncpg") is None:
        raise UsageError("--database: PostgreSQL needs the extra: pip install 'evconform[postgresql]'")
    try:
        make_url(f"{DRIVERS.get(scheme, scheme)}://{rest}")
    except ArgumentError as error:
        raise UsageError(f"--database: {error}") from error


def sqlite_file(engine: AsyncEngine) -> str | None:
    """The file of an SQLite database; None if it has none."""
    return engine.url.database or None if engine.dialect.name == "sqlite" else None


def check_file(file: str | None) -> None:
    """Raises OSError: SQLite cannot use this file. Asked before a thread of the driver is left behind with the error."""
    try:
        with closing(sqlite3.connect(file or ":memory:")) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise OSError(f"{file}: {error}") from error


def split(keys: tuple[str, ...], changed: dict[Key, Record | None]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows to keep, as they are now, and keys to drop."""
    kept = [record.row() for record in changed.values() if record is not None]
    dropped = [dict(zip(keys, key, strict=True)) for key, record in changed.items() if record is None]
    return kept, dropped


def _sets_pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in SQLITE:
        cursor.execute(pragma)
    cursor.close()
