"""What the eMSP holds of others' objects, in its store. Who changes an object has its turn until the change is durable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import ColumnElement, Select, func, select

from evconform.ocpi.moments import moment
from evconform.reference.emsp.records import Held, Key
from evconform.reference.emsp.schema import HELD
from evconform.reference.emsp.writing import free
from evconform.reference.moments import stamp
from evconform.reference.ocpi.documents import encoded
from evconform.reference.store import Store

C = HELD.c
AT_A_TIME = 500
"""Rows that are read or dropped at once."""


class Cache:
    """Nothing is in memory but the number of the last write, and who has a turn."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.written = 0
        self._turns: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    async def load(self) -> None:
        """For who has the store's turn."""
        [highest] = await self.store.read_within(select(func.max(C.number).label("number")))
        self.written = max(highest["number"] or 0, self.written)

    @asynccontextmanager
    async def turn(self, keys: Iterable[Key]) -> AsyncIterator[None]:
        """Nobody else changes these objects meanwhile; always taken in the same order, so nobody waits in a circle."""
        async with AsyncExitStack() as stack:
            for key in sorted(set(keys)):
                lock = self._turns.setdefault(key, asyncio.Lock())
                await stack.enter_async_context(lock)
                stack.callback(lambda held: held, lock)  # kept until the turn is over
            yield

    # ── reading: what is acknowledged is on disk ──

    async def one(self, key: Key) -> Held | None:
        """Raises NotStored."""
        found = await self.store.read(select(HELD).where(*at(key), C.id == key.id))
        return Held(**found[0]) if found else None

    async def some(self, keys: Iterable[Key]) -> dict[Key, Held]:
        """Those of these that there are; all are of one module, from one partner and for one party. Raises NotStored."""
        wanted = list(keys)
        if not wanted:
            return {}
        ids = sorted({key.id for key in wanted})
        query = select(HELD).where(*at(wanted[0])[:4], C.id.in_(ids))
        rows = [Held(**row) for row in await self.store.read(query)]
        return {held.key: held for held in rows if held.key in set(wanted)}

    async def rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        """Raises NotStored."""
        return await self.store.read(query)

    # ── writing, for who has the turn ──

    def put(self, key: Key, value: dict[str, Any]) -> Held:
        """``value`` is what is held from the next commit on."""
        self.written += 1
        at = stamp(moment(value["last_updated"]))
        many = free(value) if key.module == "locations" else 0
        held = Held(key.module, key.partner, *key.ours, *key.owner, key.id, self.written, many, at, encoded(value))
        self.store.put(held)
        return held

    def drop(self, held: Held) -> None:
        self.store.drop(held)

    async def forgets(self, *wanted: ColumnElement[bool], kept: Iterable[Key] = (), up_to: int | None = None) -> int:
        """Drops what fits, but for ``kept`` and what was written after the write ``up_to``. How many. Raises NotStored."""
        last, dropped, safe = 0, 0, set(kept)
        bound = self.written if up_to is None else up_to
        while True:
            query = select(HELD).where(*wanted, C.number > last, C.number <= bound).order_by(C.number).limit(AT_A_TIME)
            rows = [Held(**row) for row in await self.store.read(query)]
            gone = [held for held in rows if held.key not in safe]
            dropped += await self._drops(gone)
            if len(rows) < AT_A_TIME:
                return dropped
            last = rows[-1].number

    async def _drops(self, gone: list[Held]) -> int:
        """Those that are still what they were when they were looked at. Raises NotStored."""
        dropped = 0
        async with self.turn(held.key for held in gone):
            now = await self.some(held.key for held in gone) if gone else {}
            for held in gone:
                if held.key in now and now[held.key].number == held.number:
                    self.drop(held)
                    dropped += 1
            await self.store.durable()
        return dropped


def at(key: Key) -> list[ColumnElement[bool]]:
    """The objects of one owner from one partner for one of our parties: the first four are without the owner."""
    return [
        C.module == key.module,
        C.partner == key.partner,
        C.to_country == key.ours[0],
        C.to_party == key.ours[1],
        C.country_code == key.owner[0],
        C.party_id == key.owner[1],
    ]
