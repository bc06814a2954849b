"""The Receiver interfaces of locations and tariffs: OCPI 2.2.1, mod_locations and mod_tariffs, eMSP.

A write is refused or durable when its answer goes out. Other methods than those of the table are none of ours (405).
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from evconform.ocpi import status
from evconform.reference.columns import storable
from evconform.reference.emsp import checking, writing
from evconform.reference.emsp.records import Held, Key
from evconform.reference.emsp.writing import NAMES, Value, chain, older, placed, same
from evconform.reference.ocpi.reply import Asked, Encoded, Reply, invalid, missing, one_line

if TYPE_CHECKING:
    from evconform.reference.emsp.emsp import Emsp

OWNED = 3
"""Parts of a URL down to an object: country code, party id, id."""


class Receiver:
    """What a fault may change stands as attributes, each with what it comes from."""

    def __init__(self, emsp: Emsp) -> None:
        self.emsp = emsp
        self.cache = emsp.cache
        self.wrong: Callable[[str, Any, bool], str] = checking.wrong
        """mod_locations, object descriptions; types."""
        self.owns: Callable[..., bool] = checking.owns
        """transport_and_format: client owned object push, errors."""
        self.same: Callable[[str, str], bool] = same
        """Ids of URL and body (transport_and_format: errors)."""
        self.older: Callable[[Value, Value | None], bool] = older
        """What is not written since what is held is newer."""
        self.replaces: Callable[[Value | None, Value], Value] = lambda old, new: new
        """transport_and_format: PUT."""
        self.patched: Callable[[Value, Value, int], Value] = writing.patched
        """mod_locations: PATCH."""
        self.raises_parents = True
        """mod_locations: PUT, PATCH."""
        self.made_by_patch: Callable[[Asked], Value | None] = lambda _: None
        """What a PATCH of an unknown object is of; a value makes a ghost."""
        self.created = HTTPStatus.CREATED
        """status_codes: an object that was created."""
        for depth in range(OWNED, OWNED + len(NAMES)):
            for method, handler in (("GET", self.get), ("PUT", self.put), ("PATCH", self.patch)):
                emsp.platform.handles("locations", "RECEIVER", method, depth, self.of("locations", handler))
        for method, handler in (("GET", self.get), ("PUT", self.put), ("DELETE", self.delete)):
            emsp.platform.handles("tariffs", "RECEIVER", method, OWNED, self.of("tariffs", handler))

    def of(self, module: str, handler: Callable[[Asked, Key], Any]) -> Callable[[Asked], Any]:
        """The handler of a module, for who may ask of that owner's objects."""

        async def answers(asked: Asked) -> Reply:
            self.emsp.resync.heard(asked.partner)
            owner = (asked.parts[0], asked.parts[1])
            if not storable(*asked.parts):
                return missing("no id has such a character in it")
            if not self.owns(asked.partner, owner):
                return missing(f"{'/'.join(owner)[:40]} is no CPO of the platform that asks")
            key = Key.of(module, asked.partner.id, self.emsp.addressed(asked.to), owner, asked.parts[2])
            reply: Reply = await handler(asked, key)
            return reply

        return answers

    # ── reading ──

    async def get(self, asked: Asked, key: Key) -> Reply:
        """The object as it is held."""
        held = await self.cache.one(key)
        if held is None:
            return missing(f"there is no {key.module[:-1]} {asked.parts[2]!r} of that party")
        below = asked.parts[OWNED:]
        if not below:
            return Reply(Encoded(held.document))
        found = chain(held.value, below)
        return Reply(found[-1]) if len(found) > len(below) else missing(f"location {asked.parts[2]!r} has no such part")

    # ── writing ──

    async def put(self, asked: Asked, key: Key) -> Reply:
        """PUT: a new object, or one that takes the place of what was held."""
        depth = len(asked.parts) - OWNED
        if says := self.wrong(checking.CLASSES[key.module][depth], asked.body, False) or self.misnamed(asked):
            return invalid(says)
        value = writing.bare(asked.body)
        if says := writing.twice(value, depth) if key.module == "locations" else "":
            return invalid(says)
        async with self.cache.turn([key]):
            held = await self.cache.one(key)
            if depth:
                return await self.put_part(asked, key, held, value)
            old = held.value if held else None
            if self.older(value, old):
                return stale(old)
            self.cache.put(key, self.replaces(old, value))
            await self.cache.store.durable()
        return Reply(http=HTTPStatus.OK if held else self.created)

    async def put_part(self, asked: Asked, key: Key, held: Held | None, value: Value) -> Reply:
        """An EVSE or a connector; what it is a part of must be there."""
        below = asked.parts[OWNED:]
        found = chain(held.value, below) if held else []
        if held is None or len(found) < len(below):
            return unknown(asked)
        old = found[-1] if len(found) > len(below) else None
        if self.older(value, old):
            return stale(old)
        self.cache.put(key, placed(found[0], below, self.replaces(old, value), self.raises_parents))
        await self.cache.store.durable()
        return Reply(http=HTTPStatus.OK if old else self.created)

    async def patch(self, asked: Asked, key: Key) -> Reply:
        """PATCH: members of an object that is held."""
        below = asked.parts[OWNED:]
        name = checking.CLASSES[key.module][len(below)]
        if says := self.wrong(name, asked.body, True) or self.misnamed(asked):
            return invalid(says)
        changes = writing.bare(asked.body)
        async with self.cache.turn([key]):
            held = await self.cache.one(key)
            location = held.value if held else self.made_by_patch(asked)
            found = chain(location, below) if location else []
            if len(found) <= len(below):
                return unknown(asked)
            if self.older(changes, found[-1]):
                return stale(found[-1])
            value = self.patched(found[-1], changes, len(below))
            if says := self.wrong(name, value, False) or writing.twice(value, len(below)):
                return invalid(says)
            made = placed(found[0], below, value, self.raises_parents) if below else value
            self.cache.put(key, made)
            await self.cache.store.durable()
        return Reply()

    async def delete(self, asked: Asked, key: Key) -> Reply:
        """DELETE: a tariff that is no longer in use (mod_tariffs)."""
        async with self.cache.turn([key]):
            held = await self.cache.one(key)
            if held is None:
                return missing(f"there is no tariff {asked.parts[2]!r} of that party")
            self.cache.drop(held)
            await self.cache.store.durable()
        return Reply()

    def misnamed(self, asked: Asked) -> str:
        """Which name in the body is not that of the URL; one that a PATCH or a part need not have is not missed."""
        depth = len(asked.parts) - OWNED
        names = [(NAMES[depth], asked.parts[-1])]
        if not depth:
            names += [("country_code", asked.parts[0]), ("party_id", asked.parts[1])]
        for name, wanted in names:
            given = asked.body.get(name)
            if given is not None and not self.same(given, wanted):
                return f"{name}: {given!r} in the body is not {wanted[:40]!r} as in the URL"
        return ""


def unknown(asked: Asked) -> Reply:
    """404 for what a PATCH or a part is of, so that the owner sends the whole (transport_and_format: PATCH)."""
    says = f"there is no {'/'.join(asked.parts[2:])[:120]} here that this could be of"
    return Reply(code=status.UNKNOWN_LOCATION, message=one_line(says), http=HTTPStatus.NOT_FOUND)


def stale(held: Value | None) -> Reply:
    """2001 for what is older than what is held."""
    return invalid(f"last_updated: what is held is newer, of {(held or {}).get('last_updated')}")
