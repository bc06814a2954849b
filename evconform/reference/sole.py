"""One program a database: two would give the same transactionId twice. The lock goes with the program, however it ends."""

from __future__ import annotations

import fcntl
from typing import IO

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

LOCK_ID = 0x6576_6370_6F
"""Of PostgreSQL's advisory locks, ours."""

WAITS_FOR = "5s"


class InUse(OSError):
    """Another program has the database."""


class Sole:
    """Holds a database for this program: SQLite by a lock file beside it, PostgreSQL by an advisory lock of the session."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self._held: IO[bytes] | None = None

    def takes_file(self) -> None:
        """Raises InUse, OSError. SQLite's own file must not be opened and closed by us: that would drop its locks."""
        if self.file is None:
            return
        self._held = open(f"{self.file}.lock", "ab")  # noqa: SIM115 - held until ``leaves``
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.leaves()
            raise InUse(f"another program uses {self.file}") from None

    async def takes_session(self, connection: AsyncConnection) -> None:
        """Raises InUse. A program that was killed leaves its session to the server for a moment, so this waits a little."""
        if connection.dialect.name != "postgresql":
            return
        try:
            await connection.execute(text(f"SET lock_timeout = '{WAITS_FOR}'"))
            await connection.execute(text("SELECT pg_advisory_lock(:id)"), {"id": LOCK_ID})
            await connection.execute(text("SET lock_timeout = DEFAULT"))
            await connection.commit()
        except DBAPIError as error:
            await connection.rollback()
            raise InUse("another program uses this database") from error

    def leaves(self) -> None:
        if self._held:
            self._held.close()
            self._held = None
