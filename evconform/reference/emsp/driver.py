"""What a driver of ours sees: each EVSE with where it is, whether it is free, and what charging costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from evconform.reference.emsp import words
from evconform.reference.emsp.cache import C
from evconform.reference.emsp.records import Held, Key
from evconform.reference.emsp.schema import HELD
from evconform.reference.emsp.writing import FREE, Value
from evconform.reference.ocpi.records import Owner

if TYPE_CHECKING:
    from evconform.reference.emsp.emsp import Emsp

GONE = ("REMOVED",)
"""Statuses of what is there no longer (mod_locations, flow and lifecycle)."""
ORDER = (C.country_code, C.party_id, C.id, C.partner)


class Driver:
    """What a fault may change stands as attributes. ``sees``: the status of an EVSE as a driver sees it."""

    def __init__(self, emsp: Emsp) -> None:
        self.emsp = emsp
        self.sees: Callable[[Value], str] = lambda evse: str(evse["status"])

    async def evses(
        self, ours: Owner, free: bool = False, limit: int = 100, offset: int = 0
    ) -> tuple[list[dict[str, Any]], int | None]:
        """The EVSEs of a page of ``limit`` locations, and where the next page begins. Raises NotStored."""
        mine = [C.module == "locations", C.to_country == ours[0], C.to_party == ours[1], *([C.free > 0] if free else [])]
        query = select(HELD).where(*mine).order_by(*ORDER).limit(limit + 1).offset(offset)
        found = [Held(**row) for row in await self.emsp.cache.rows(query)]
        locations = [(held, held.value) for held in found[:limit]]
        tariffs = await self.tariffs(locations)
        shown = [each for held, value in locations for each in self.shown(held, value, tariffs)]
        return [each for each in shown if not free or each["status"] == FREE], offset + limit if len(found) > limit else None

    def shown(self, held: Held, location: Value, tariffs: dict[Key, Value]) -> Iterator[dict[str, Any]]:
        """Each EVSE of a location that is published and has some (Location: publish)."""
        if not location["publish"]:
            return
        for evse in location.get("evses", ()):
            if (status := self.sees(evse)) in GONE:
                continue
            ids = dict.fromkeys(id for each in evse["connectors"] for id in each.get("tariff_ids", ()))
            yield {
                "cpo": f"{location['country_code']}*{location['party_id']}",
                "location": location.get("name") or location["address"],
                "locationId": location["id"],
                "address": f"{location['address']}, {location['city']}",
                "coordinates": location["coordinates"],
                "evse": evse["uid"],
                "evseId": evse.get("evse_id"),
                "status": status,
                "since": evse["last_updated"],
                "connectors": [connector(each) for each in evse["connectors"]],
                "tariffs": list(self.prices(held, ids, tariffs)),
            }

    def prices(self, held: Held, ids: Iterable[str], tariffs: dict[Key, Value]) -> Iterator[str]:
        """The tariffs that are in force, in words."""
        now = self.emsp.clock.date()
        for id in ids:
            tariff = tariffs.get(tariff_key(held, id))
            if tariff is None:
                yield f"tariff {id}, which is not known"
            elif words.holds(tariff, now):
                yield words.words(tariff)

    async def tariffs(self, locations: list[tuple[Held, Value]]) -> dict[Key, Value]:
        """The tariffs that connectors of these refer to, by key. Raises NotStored."""
        wanted: defaultdict[str, set[Key]] = defaultdict(set)
        for held, value in locations:
            for evse in value.get("evses", ()):
                for each in evse["connectors"]:
                    wanted[held.partner] |= {tariff_key(held, id) for id in each.get("tariff_ids", ())}
        found = [await self.emsp.cache.some(keys) for keys in wanted.values()]
        return {key: held.value for part in found for key, held in part.items()}


def tariff_key(held: Held, id: str) -> Key:
    """A tariff of the location's owner, from the same partner, for the same party of ours."""
    _, partner, ours, owner, _ = held.key
    return Key.of("tariffs", partner, ours, owner, id)


def connector(value: Value) -> dict[str, Any]:
    """What a driver has to know of a connector."""
    power = value.get("max_electric_power")
    return {"id": value["id"], "standard": value["standard"], "format": value["format"], "watts": power}
