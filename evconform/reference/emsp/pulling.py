"""Pulls: what a partner's Sender interfaces list comes into the cache (OCPI 2.2.1, transport_and_format: pull, pagination).

A full pull is the new truth: what is in none of its pages is dropped. A delta pull asks for what changed since; it is enough for
locations, whose parts stay visible as REMOVED, and not for tariffs, which may be gone.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from evconform.ocpi.moments import moment
from evconform.ocpi.paging import Window
from evconform.reference.emsp import checking, writing
from evconform.reference.emsp.cache import C
from evconform.reference.emsp.records import Key, Pulled
from evconform.reference.emsp.schema import PULLED
from evconform.reference.emsp.writing import Value, older
from evconform.reference.moments import moment as kept
from evconform.reference.moments import stamp
from evconform.reference.ocpi.records import Owner, Partner

if TYPE_CHECKING:
    from evconform.reference.emsp.emsp import Emsp

MODULES = ("locations", "tariffs")
DELTAS = ("locations",)
"""Modules of which nothing is ever gone."""
BARREN_PAGES_AT_MOST = 10
"""One after the other, of a list that says not how long it is and leads on and on."""
AT_A_TIME = 200
"""Objects that are written at once, whatever the page."""


@dataclass
class Outcome:
    """What came of a pull. ``broken``: objects that were none, or not the partner's; the first few in words."""

    module: str
    full: bool
    taken: int = 0
    kept: int = 0
    dropped: int = 0
    broken: int = 0
    says: list[str] = field(default_factory=list)

    def refuses(self, says: str) -> None:
        self.broken += 1
        self.says += [says] if len(self.says) < 3 else []


@dataclass
class Round:
    """One pull for one party of ours: what it has seen, and the newest change among it."""

    partner: Partner
    module: str
    ours: Owner
    outcome: Outcome
    seen: set[Key] = field(default_factory=set)
    listed: set[Key] = field(default_factory=set)
    """Those that the party that is being asked has listed."""
    newest: datetime | None = None


class Pulling:
    """What a fault may change stands as attributes."""

    def __init__(self, emsp: Emsp) -> None:
        self.emsp = emsp
        self.cache = emsp.cache
        self.pages: Callable[..., AsyncIterator[list[Any]]] = emsp.platform.calls.pages
        """transport_and_format: pagination; Links are followed as they are, to the end."""
        self.wrong: Callable[[str, Any, bool], str] = checking.wrong
        self.owns: Callable[..., bool] = checking.owns
        """transport_and_format: client owned object pull."""
        self.goes_on = True
        """After a broken object (transport_and_format: GET)."""
        self.drops = True
        """mod_locations, GET List: what is in no page is no longer valid."""
        self._turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def pulls(self, partner: Partner, module: str, full: bool = True, drops: bool = True) -> Outcome:
        """Brings a module up to date from a partner; a partner without its Sender interface has nothing. Raises Failed: what
        came before is good; NotStored."""
        outcome = Outcome(module, full or module not in DELTAS)
        async with self._turns[partner.id, module]:
            for ours in self.emsp.owners:
                await self._round(partner, module, ours, outcome, drops and self.drops)
        if outcome.broken:
            says = f"GET {module}: {outcome.broken} objects were left out: {'; '.join(outcome.says)}"
            self.emsp.platform.partners.troubled(partner, says[:500])
        return outcome

    async def catches_up(self, partner: Partner, module: str) -> Outcome:
        """As little as will do; the first time nothing is dropped, for what there is was pushed since the registration. Raises
        Failed, NotStored."""
        known = [await self.known(partner, module, ours) for ours in self.emsp.owners]
        return await self.pulls(partner, module, full=False, drops=all(known))

    async def _round(self, partner: Partner, module: str, ours: Owner, outcome: Outcome, drops: bool) -> None:
        """For one party of ours. Raises Failed, NotStored."""
        known = await self.known(partner, module, ours)
        since = known.since if known and not outcome.full else ""
        began, number = self.emsp.clock.date(), self.cache.written
        now = Round(partner, module, ours, outcome)
        for theirs in theirs_of(partner):
            await self._from(now, theirs, since)
        if drops and not since:
            mine = (C.module == module, C.partner == partner.id, C.to_country == ours[0], C.to_party == ours[1])
            outcome.dropped += await self.cache.forgets(*mine, kept=now.seen, up_to=number)
        self.marks(now, known, began)
        await self.cache.store.durable()

    async def _from(self, now: Round, theirs: Owner, since: str) -> None:
        """All pages of what one party of the partner's lists. Raises Failed, NotStored."""
        partner = self.emsp.registered(now.partner)
        endpoint = partner.endpoint(now.module, "SENDER")
        if endpoint is None:
            return
        query = Window(date_from=kept(since)).query() if since else ""
        url = f"{endpoint}{'&' if '?' in endpoint else '?'}{query}" if query else endpoint
        now.listed, barren = set(), 0
        async for page in self.pages(partner, url, self.emsp.routing(now.ours, theirs)):
            before = len(now.listed)
            for first in range(0, len(page), AT_A_TIME):
                await self.takes(now, page[first : first + AT_A_TIME])
            barren = barren + 1 if len(now.listed) == before else 0
            if barren >= BARREN_PAGES_AT_MOST:
                says = f"{barren} pages with nothing new after {len(now.listed)} objects"
                raise self.emsp.platform.calls.fails(partner, url, "endless", says)
            self.emsp.registered(now.partner)
        now.seen |= now.listed

    async def takes(self, now: Round, objects: list[Any]) -> None:
        """The good ones among these, unless what is held is newer. Raises NotStored."""
        good = dict(self.good(now, objects))
        async with self.cache.turn(good):
            held = await self.cache.some(good)
            for key, value in good.items():
                old = held[key].value if key in held else None
                if older(value, old) or value == old:
                    now.outcome.kept += 1
                else:
                    self.cache.put(key, value)
                    now.outcome.taken += 1
            await self.cache.store.durable()

    def good(self, now: Round, objects: list[Any]) -> Iterable[tuple[Key, Value]]:
        """Each with its key; a broken one is left out, and does not count as gone."""
        for each in objects:
            key = key_of(now, each)
            if key:
                now.listed.add(key)
            says = self.wrong(checking.CLASSES[now.module][0], each, False) or self.strange(now, each)
            if says:
                now.outcome.refuses(f"{str(each.get('id'))[:36] if isinstance(each, dict) else '?'}: {says}")
                if not self.goes_on:
                    return
            elif key:
                value = writing.bare(each)
                now.newest = max(filter(None, (now.newest, moment(value["last_updated"]))))
                yield key, value

    def strange(self, now: Round, value: Value) -> str:
        """What is wrong with a whole object beyond its class."""
        owner = (value["country_code"], value["party_id"])
        if not self.owns(now.partner, owner):
            return f"{'/'.join(owner)} is no CPO of the platform that lists it"
        return writing.twice(value) if now.module == "locations" else ""

    # ── how far we are ──

    async def known(self, partner: Partner, module: str, ours: Owner) -> Pulled | None:
        """What the last pull came to. Raises NotStored."""
        c = PULLED.c
        wanted = (c.partner == partner.id, c.module == module, c.to_country == ours[0], c.to_party == ours[1])
        found = await self.cache.store.read(select(PULLED).where(*wanted))
        return Pulled(**found[0]) if found else None

    def marks(self, now: Round, known: Pulled | None, began: datetime) -> None:
        """From when on the next delta asks: the newest change that was seen, less the time that it all took, for what changes on
        a page that was read already shows on none. The partner's clock is what counts, unless it is ahead."""
        at = self.emsp.clock.date()
        since = known.since if known else ""
        if now.newest:
            since = max(since, stamp(min(now.newest - (at - began), began)))
        self.cache.store.put(Pulled(now.partner.id, now.module, *now.ours, since, stamp(at)))

    async def forgets(self, partner: Partner) -> None:
        """Nothing of a partner that has left is held. Raises NotStored."""
        await self.cache.forgets(C.partner == partner.id)
        for row in await self.cache.store.read(select(PULLED).where(PULLED.c.partner == partner.id)):
            self.cache.store.drop(Pulled(**row))
        await self.cache.store.durable()


def theirs_of(partner: Partner) -> list[Owner]:
    """Whom a list is asked of: each CPO of the platform; a hub is asked for all (transport_and_format: GET ALL via hub)."""
    return partner.parties[:1] if partner.is_hub else checking.cpos(partner)


def key_of(now: Round, value: Any) -> Key | None:
    """What an object that may be broken is called; None if that cannot be told."""
    named = [value.get(name) for name in ("country_code", "party_id", "id")] if isinstance(value, dict) else []
    match named:
        case [str(country), str(party), str(id)]:
            return Key.of(now.module, now.partner.id, now.ours, (country, party), id)
    return None


__all__ = ["MODULES", "Outcome", "Pulling"]
