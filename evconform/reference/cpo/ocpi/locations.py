"""Locations: OCPI 2.2.1, mod_locations, Sender. What the operator publishes, each EVSE with the status of its real connector."""

from __future__ import annotations

import asyncio
import copy
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from evconform.ocpi.moments import stamp
from evconform.reference.cpo.ocpi.merging import Value, dated, merged, patched, undated
from evconform.reference.cpo.ocpi.push import Message
from evconform.reference.cpo.ocpi.statuses import OFFLINE, REMOVED, SAID, status
from evconform.reference.cpo.records import Evse
from evconform.reference.cpo.schema import EVSES
from evconform.reference.ocpi.documents import changed, later
from evconform.reference.ocpi.records import Document, Owner
from evconform.reference.ocpi.reply import Asked, Encoded, Reply, missing
from evconform.reference.ocpi.schema import DOCUMENTS
from evconform.reference.store import NotStored

if TYPE_CHECKING:
    from evconform.reference.cpo.ocpi.back_office import BackOffice

MODULE = "locations"
AT_A_TIME = 500
"""Documents that are read at once where all have to be looked at."""
Place = tuple[str, int]
"""A station's identity and its connectorId."""


class Locations:
    """Which EVSE is which connector is in memory, the locations are documents of the store. What a fault may change stands as
    attributes."""

    def __init__(self, office: BackOffice) -> None:
        self.office = office
        self.documents = office.platform.documents
        self.evses: dict[str, Evse] = {}
        """By uid, case folded."""
        self.uids: defaultdict[str, set[str]] = defaultdict(set)
        """Identity of a station to its EVSEs."""
        self.pushes_statuses = True
        self._turns: defaultdict[tuple[Owner, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        office.platform.handles(MODULE, "SENDER", "GET", 0, self.listed)
        for depth in (1, 2, 3):
            office.platform.handles(MODULE, "SENDER", "GET", depth, self.one)

    async def load(self) -> None:
        """For who has the store's turn."""
        self.evses, self.uids = {}, defaultdict(set)
        for row in await self.office.cpo.store.read_within(select(EVSES)):
            self.knows(Evse(**row))

    # ── serving ──

    async def listed(self, asked: Asked) -> Reply:
        return await self.documents.page(asked, MODULE)

    async def one(self, asked: Asked) -> Reply:
        """A location, an EVSE or a connector."""
        document = await self.documents.one(MODULE, asked.to, asked.parts[0], ("", asked.partner.id))
        if document is None:
            return missing(f"there is no location {asked.parts[0]!r}")
        seen = self.office.tariffs.sees(asked.partner)
        text = seen(document.document) if seen else document.document
        if len(asked.parts) == 1:
            return Reply(Encoded(text))
        found = part(json.loads(text), asked.parts[1:])
        return missing(f"location {asked.parts[0]!r} has no such part") if found is None else Reply(found)

    # ── what the operator does ──

    async def publishes(self, location: dict[str, Any], stations: Mapping[str, Place] | None = None) -> Document:
        """Offers a Location, without any ``last_updated``; ``stations``: uid of an EVSE to the connector that it is. Raises
        ValueError: what is wrong, in one line; NotStored."""
        platform = self.office.platform
        if says := platform.wrong("Location", dated(location, stamp(platform.clock.date()))):
            raise ValueError(says)
        owner = self.office.owner(location)
        linked = {uid.casefold(): place for uid, place in (stations or {}).items()}
        return await self._becomes(owner, location["id"], lambda _: location, linked)

    async def _becomes(self, owner: Owner, id: str, make: Callable[[Value], Value], linked: Mapping[str, Place]) -> Document:
        """The location is what ``make`` makes of it, which is an empty object where there was none; told to the partners if it
        changed. Raises ValueError, NotStored."""
        async with self._turns[owner, id.casefold()]:
            known = await self.documents.current(MODULE, owner, id)
            old = known.value if known else None
            value = merged(old, undated(make(old or {})), self.now(old), lambda was, evse: self.initial(was, evse, linked))
            self.check(value, owner, tariffs_of(old or {}))
            if known and value == old and not linked:
                await self.office.cpo.store.durable()
                return known
            document = changed(known, value) if known else self.documents.make(MODULE, owner, value["id"], value)
            self.documents.put(document)
            self.links(value, owner, linked)
            await self.office.cpo.store.durable()
        if value != old:
            self.office.push.tells(Message(MODULE, "PUT", owner, (value["id"],), document.document))
        return document

    def check(self, value: Value, owner: Owner, had: set[str]) -> None:
        """Raises ValueError. ``had``: tariffs that it referred to before; they are known, if only for a moment longer."""
        uids = [evse["uid"].casefold() for evse in value.get("evses", ())]
        others = [uid for uid in uids if uid in self.evses and self.of(uid) != (owner, value["id"].casefold())]
        if len(set(uids)) != len(uids) or others:
            raise ValueError(f"evses: a uid is one EVSE's alone: {', '.join(others) or 'one is there twice'}")
        if strange := self.office.tariffs.unknown(owner, tariffs_of(value) - had):
            raise ValueError(f"tariff_ids: no tariff of this party is called {', '.join(strange)[:200]}")

    def links(self, value: dict[str, Any], owner: Owner, linked: Mapping[str, Place]) -> None:
        for evse in value.get("evses", ()):
            uid = evse["uid"].casefold()
            was = self.evses.get(uid)
            identity, connector = linked.get(uid, (was.identity, was.connector_id) if was else ("", 0))
            now = Evse(uid, *owner, value["id"].casefold(), identity, connector)
            if now != was:
                self.knows(now)
                self.office.cpo.store.put(now)

    def knows(self, evse: Evse) -> None:
        if was := self.evses.get(evse.uid):
            self.uids[was.identity].discard(evse.uid)
        self.evses[evse.uid] = evse
        if evse.identity:
            self.uids[evse.identity].add(evse.uid)

    async def removes(self, uid: str) -> None:
        """The EVSE is gone for good, and stays visible as such. Raises KeyError, NotStored."""
        await self.says(uid, REMOVED)

    async def says(self, uid: str, status: str) -> None:
        """The status of an EVSE from now on, until its connector tells another. Raises KeyError, NotStored."""
        evse = self.evses[uid.casefold()]
        async with self._turns[self.of(evse.uid)]:
            await self._sets(evse, status)

    async def forgets_tariff(self, owner: Owner, id: str) -> None:
        """No connector of the party's locations refers to it. Raises NotStored."""
        after, mine = 0, (DOCUMENTS.c.module == MODULE, DOCUMENTS.c.country_code == owner[0], DOCUMENTS.c.party_id == owner[1])
        while True:
            query = select(DOCUMENTS).where(*mine, DOCUMENTS.c.number > after).order_by(DOCUMENTS.c.number).limit(AT_A_TIME)
            await self.office.cpo.store.durable()
            found = [Document(**row) for row in await self.office.cpo.store.read(query)]
            for document in found:
                if b'"tariff_ids"' in document.document and id in {each.casefold() for each in tariffs_of(document.value)}:
                    await self._becomes(owner, document.id, lambda old: without_tariff(old, id), {})
            if len(found) < AT_A_TIME:
                return
            after = found[-1].number

    # ── what the stations tell ──

    def station_changed(self, identity: str) -> None:
        """Something that its EVSEs' statuses depend on may have changed."""
        if identity in self.uids:
            self.office.cpo.tasks.spawn(self.follows(identity))

    async def follows_all(self) -> None:
        for identity in [*self.uids]:
            await self.follows(identity)

    async def follows(self, identity: str) -> None:
        """Each EVSE of the station gets the status that its connector has now."""
        for evse in [self.evses[uid] for uid in sorted(self.uids[identity])]:
            async with self._turns[self.of(evse.uid)]:
                try:
                    await self._sets(evse, self.status(evse.identity, evse.connector_id))
                except NotStored:
                    return  # all that the stations tell is followed again once the store is back

    async def _sets(self, evse: Evse, new: str) -> None:
        """The status of an EVSE, and since when; told to the partners. For who has the location's turn."""
        document = await self.documents.current(MODULE, *self.of(evse.uid))
        assert document is not None
        value = document.value
        at = self.now(value)
        if not patched(value, evse.uid, new, at):
            return
        document = changed(document, value)
        self.documents.put(document)
        await self.office.cpo.store.durable()
        if self.pushes_statuses:
            uid = next(each["uid"] for each in value["evses"] if each["uid"].casefold() == evse.uid)
            body = {"status": new, "last_updated": at}
            self.office.push.tells(Message(MODULE, "PATCH", document.owner, (value["id"], uid), body, document))

    def status(self, identity: str, connector_id: int) -> str:
        """What the connector is now."""
        connectors = self.office.cpo.memory.connectors
        told = [connectors[place].status if place in connectors else None for place in ((identity, 0), (identity, connector_id))]
        return status(told[0], told[1], self.office.online(identity))

    def initial(self, before: Value | None, evse: Value, linked: Mapping[str, Place]) -> str:
        """Of an EVSE that is published: its connector's, or what the operator says where no station of ours tells; who says
        nothing leaves it as it was."""
        uid = evse["uid"].casefold()
        was = self.evses.get(uid)
        place = linked.get(uid) or ((was.identity, was.connector_id) if was and was.identity else None)
        said: str = (evse if "status" in evse else before or {"status": OFFLINE})["status"]
        return self.status(*place) if place and said not in SAID else said

    def of(self, uid: str) -> tuple[Owner, str]:
        """Whose EVSE it is, and the id of its location, case folded."""
        evse = self.evses[uid]
        return (evse.country_code, evse.party_id), evse.location_id

    def now(self, value: dict[str, Any] | None) -> str:
        """The time of a change, always after that of the last one."""
        date = self.office.platform.clock.date()
        return stamp(later(date, value["last_updated"]) if value else date)


def part(location: dict[str, Any], parts: tuple[str, ...]) -> dict[str, Any] | None:
    """An EVSE, or a connector of it."""
    found: dict[str, Any] | None = location
    for name, key, wanted in zip(("evses", "connectors"), ("uid", "id"), parts, strict=False):
        found = next((e for e in (found or {}).get(name, ()) if e[key].casefold() == wanted.casefold()), None)
    return found


def tariffs_of(location: Value) -> set[str]:
    """What its connectors refer to."""
    return {id for evse in location.get("evses", ()) for each in evse["connectors"] for id in each.get("tariff_ids", ())}


def without_tariff(location: Value, id: str) -> Value:
    """A copy in which no connector refers to a tariff."""
    left = copy.deepcopy(location)
    for connector in (each for evse in left.get("evses", ()) for each in evse["connectors"] if "tariff_ids" in each):
        kept = [known for known in connector["tariff_ids"] if known.casefold() != id]
        if kept:
            connector["tariff_ids"] = kept
        else:
            del connector["tariff_ids"]
    return left
