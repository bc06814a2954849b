"""Brings a store's schema up to date, by alembic; a store in memory is made new at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from evconform.harness.verdict import UsageError


@dataclass(frozen=True)
class Migrations:
    """The migrations in ``folder``, of which ``head`` is the newest; ``metadatas`` are the tables that they come to."""

    folder: Path
    head: str
    metadatas: tuple[MetaData, ...]

    async def make_new(self, connection: AsyncConnection) -> None:
        """The whole schema in an empty database in memory; a test holds it equal to what the migrations make."""
        for metadata in self.metadatas:
            await connection.run_sync(metadata.create_all, checkfirst=False)

    async def bring_up_to_date(self, connection: AsyncConnection) -> None:
        """Runs the migrations that the database has not seen. Raises UsageError."""
        await connection.run_sync(self.upgrade)

    def upgrade(self, connection: Connection, to: str = "") -> None:
        """Runs the migrations up to ``to``: all of them, or none if it is cut short or not committed. Raises UsageError:
        the database is of a later version, or not ours."""
        to = to or self.head
        at = self.version(connection)
        if at == to:
            return
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
        if at is not None and at not in known:
            raise UsageError(
                f"the database has version {at}, which this evconform does not know; the newest it knows is {self.head}"
            )
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite" and not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver begins none before a change of the schema
        command.upgrade(config, to)

    def version(self, connection: Connection) -> str | None:
        """Which migration the database is at; None if it is empty. Raises UsageError."""
        tables = set(inspect(connection).get_table_names())
        if "alembic_version" in tables:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if strangers := tables & {name for metadata in self.metadatas for name in metadata.tables}:
            raise UsageError(f"the database has a table {min(strangers)} that is not ours")
        return None
