"""Objects as they are sent, in the store: encoded once, when they change, with columns for what is asked by.

The oldest come first (OCPI 2.2.1, transport_and_format, pagination), so pages do not shift while objects are added.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, func, select

from evconform.ocpi import headers as names
from evconform.ocpi.moments import moment
from evconform.ocpi.paging import Window, link
from evconform.reference.columns import storable
from evconform.reference.moments import stamp
from evconform.reference.ocpi.positions import Positions, keep
from evconform.reference.ocpi.records import Document, Owner
from evconform.reference.ocpi.reply import Asked, Reply, invalid, listed
from evconform.reference.ocpi.schema import DOCUMENTS

if TYPE_CHECKING:
    from evconform.reference.ocpi.platform import Platform

C = DOCUMENTS.c
Key = tuple[str, str, str, str, str]
RECENT_AT_MOST = 2000
"""Documents; some megabytes."""


class Documents:
    """What is kept of every module. What a fault may change stands as attributes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.last = 0
        """The highest number."""
        self._put_up_to = 0
        self._positions = Positions()
        self._recent: OrderedDict[Key, Document | None] = OrderedDict()
        """The last ones that were put, dropped or asked for by their key, as they are now."""

    async def load(self) -> None:
        """For who has the store's turn."""
        [highest] = await self.platform.store.read_within(select(func.max(C.number).label("number")))
        self.last = self._put_up_to = highest["number"] or 0
        self._positions.dropped()
        self._recent.clear()

    # ── changes ──

    def make(self, module: str, owner: Owner, id: str, value: dict[str, Any], partner: str = "") -> Document:
        """A new one, the newest of all."""
        self.last += 1
        country, party = owner
        at = stamp(moment(value["last_updated"]))
        return Document(module, partner, country.upper(), party.upper(), id.casefold(), self.last, at, encoded(value))

    def put(self, document: Document) -> None:
        self.platform.store.put(document)
        if document.number > self._put_up_to:
            self._put_up_to = document.number
            self._positions.added()
        else:
            self._positions.changed()
        self._remember(key_of(document), document)

    def drop(self, document: Document) -> None:
        self.platform.store.drop(document)
        self._positions.dropped()
        self._remember(key_of(document), None)

    def _remember(self, key: Key, document: Document | None) -> None:
        self._recent[key] = document
        self._recent.move_to_end(key)
        while len(self._recent) > RECENT_AT_MOST:
            self._recent.popitem(last=False)

    # ── reading ──

    async def current(self, module: str, owner: Owner, id: str, partner: str = "") -> Document | None:
        """One object as it is now, durable or not, for who is about to change it; nobody else may change it meanwhile. Raises
        NotStored."""
        key = (module, partner, owner[0].upper(), owner[1].upper(), id.casefold())
        if key not in self._recent:
            found = await self.one(module, owner, id, (partner,))
            if key not in self._recent:
                self._remember(key, found)
        return self._recent[key]

    async def one(self, module: str, owner: Owner | None, id: str, partners: tuple[str, ...]) -> Document | None:
        """The object of that id (CiString) that belongs to ``owner``, or to anybody, for one of these partners. Raises
        NotStored."""
        if not storable(id, *(owner or ())):
            return None
        wanted = [C.module == module, C.id == id.casefold(), C.partner.in_(partners), *of(owner)]
        await self.platform.store.durable()
        found = await self.platform.store.read(select(DOCUMENTS).where(*wanted).order_by(C.number).limit(1))
        return Document(**found[0]) if found else None

    async def some(self, module: str, partners: tuple[str, ...], window: Window, owner: Owner | None = None) -> list[bytes]:
        """The documents of a window, in order. Raises NotStored."""
        key, wanted = listing(module, partners, window, owner), within(module, partners, window, owner)
        query = select(C.number, C.document).order_by(C.number).limit(window.limit)
        await self.platform.store.durable()
        ends, _ = self._positions.tables(is_dated(window))
        if (before := ends.get((key, window.offset))) is not None:
            query = query.where(*wanted, C.number > before)
        else:
            query = query.where(*wanted).offset(window.offset)
        rows = await self.platform.store.read(query)
        if rows:
            keep(ends, (key, window.offset + len(rows)), rows[-1]["number"])
        return [row["document"] for row in rows]

    async def total(self, module: str, partners: tuple[str, ...], window: Window, owner: Owner | None = None) -> int:
        """How many objects the filters let through, whatever the page. Raises NotStored."""
        key = listing(module, partners, window, owner)
        await self.platform.store.durable()
        _, totals = self._positions.tables(is_dated(window))
        if key not in totals:
            query = select(func.count().label("n")).select_from(DOCUMENTS).where(*within(module, partners, window, owner))
            [found] = await self.platform.store.read(query)
            keep(totals, key, found["n"])
            return int(found["n"])
        return totals[key]

    # ── pages ──

    async def page(self, asked: Asked, module: str) -> Reply:
        """The answer to a list request: what is meant for everybody, and for this partner. Raises NotStored."""
        try:
            window = Window.of(asked.query)
            if window.limit == 0:
                raise ValueError("limit: expected at least 1")
        except ValueError as error:
            return invalid(str(error))
        most = self.platform.settings.page_at_most
        window = replace(window, limit=min(window.limit or most, most))
        partners = ("", asked.partner.id)
        found = await self.some(module, partners, window, asked.to)
        total = await self.total(module, partners, window, asked.to)
        seen = self.platform.sees(module, asked.partner)
        reply = Reply(listed([seen(document) for document in found] if seen else found))
        reply.headers = [(names.TOTAL_COUNT, str(total)), (names.LIMIT, str(most))]
        after = window.offset + len(found)
        if found and after < total:
            reply.headers.append((names.LINK, link(self.next_page(asked, module, window, after))))
        return reply

    def next_page(self, asked: Asked, module: str, window: Window, offset: int) -> str:
        """The URL of the next page: what was asked for, from there on."""
        kept = [(name, value) for name, value in parse_qsl(asked.query) if name not in ("offset", "limit")]
        query = urlencode([*kept, ("offset", offset), ("limit", window.limit)], safe=":")
        return f"{self.platform.endpoint(module, 'SENDER')}?{query}"


def key_of(document: Document) -> Key:
    return document.module, document.partner, document.country_code, document.party_id, document.id


def listing(module: str, partners: tuple[str, ...], window: Window, owner: Owner | None) -> Hashable:
    """What a list is of, whatever the page."""
    return module, partners, window.date_from, window.date_to, owner


def is_dated(window: Window) -> bool:
    return bool(window.date_from or window.date_to)


def of(owner: Owner | None) -> list[ColumnElement[bool]]:
    return [] if owner is None else [C.country_code == owner[0].upper(), C.party_id == owner[1].upper()]


def within(module: str, partners: tuple[str, ...], window: Window, owner: Owner | None) -> list[ColumnElement[bool]]:
    """``date_from`` inclusive, ``date_to`` exclusive."""
    wanted = [C.module == module, C.partner.in_(partners), *of(owner)]
    if window.date_from:
        wanted.append(C.last_updated >= stamp(window.date_from))
    if window.date_to:
        wanted.append(C.last_updated < stamp(window.date_to))
    return wanted


def encoded(value: Any) -> bytes:
    """JSON in ASCII, so that whatever a string holds can be sent."""
    return json.dumps(value, separators=(",", ":")).encode()


def changed(document: Document, value: dict[str, Any]) -> Document:
    """The same object with another content."""
    return replace(document, document=encoded(value), last_updated=stamp(moment(value["last_updated"])))


def later(now: datetime, *before: str) -> datetime:
    """The moment of a change: now, and in any case later than it was, to the millisecond that a DateTime is sent with."""
    return max([now, *(moment(text) + timedelta(milliseconds=1) for text in before)])
