"""Tariffs: OCPI 2.2.1, mod_tariffs, Sender. Offered to everybody or to one partner, and withdrawn."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from evconform.ocpi.moments import stamp
from evconform.reference.cpo.ocpi.push import Message
from evconform.reference.ocpi.documents import changed, encoded
from evconform.reference.ocpi.records import Document, Owner, Partner
from evconform.reference.ocpi.reply import Asked, Reply
from evconform.reference.ocpi.schema import DOCUMENTS

if TYPE_CHECKING:
    from evconform.reference.cpo.ocpi.back_office import BackOffice

MODULE = "tariffs"
Key = tuple[Owner, str]


class Tariffs:
    """The current ones are in memory too: what refers to one is checked against them."""

    def __init__(self, office: BackOffice) -> None:
        self.office = office
        self.all: dict[Key, Document] = {}
        self.going: set[Key] = set()
        """Those that are being withdrawn: nothing may refer to them any longer, and they are still hidden from others."""
        office.platform.handles(MODULE, "SENDER", "GET", 0, self.listed)

    async def load(self) -> None:
        """For who has the store's turn."""
        found = await self.office.cpo.store.read_within(select(DOCUMENTS).where(DOCUMENTS.c.module == MODULE))
        self.all = {(document.owner, document.id): document for document in (Document(**row) for row in found)}

    async def listed(self, asked: Asked) -> Reply:
        """What is offered to this partner, and to everybody."""
        return await self.office.platform.documents.page(asked, MODULE)

    async def offers(self, tariff: dict[str, Any], partner: str = "") -> Document:
        """Offers a Tariff, without its ``last_updated``, to everybody or to one partner. Raises ValueError, NotStored."""
        platform = self.office.platform
        value = tariff | {"last_updated": stamp(platform.clock.date())}
        if says := platform.wrong("Tariff", value):
            raise ValueError(says)
        owner = self.office.owner(value)
        if partner and partner not in platform.partners.all:
            raise ValueError(f"there is no partner {partner!r}")
        known = self.all.get((owner, value["id"].casefold()))
        if known and known.partner != partner:
            raise ValueError(f"tariff {value['id']!r} is offered to others; withdraw it first")
        document = changed(known, value) if known else platform.documents.make(MODULE, owner, value["id"], value, partner)
        self.all[owner, document.id] = document
        platform.documents.put(document)
        await platform.store.durable()
        self.office.push.tells(Message(MODULE, "PUT", owner, (value["id"],), document.document), partner)
        return document

    async def withdraws(self, id: str, owner: Owner | None = None) -> Document:
        """No connector has it any longer, then it is gone. Raises KeyError: there is none; NotStored."""
        known = next((d for (of, key), d in self.all.items() if key == id.casefold() and owner in (None, of)), None)
        if known is None:
            raise KeyError(id)
        platform, key = self.office.platform, (known.owner, known.id)
        self.going.add(key)
        try:
            await self.office.locations.forgets_tariff(*key)
            self.all.pop(key, None)
            platform.documents.drop(known)
            await platform.store.durable()
        finally:
            self.going.discard(key)
        self.office.push.tells(Message(MODULE, "DELETE", known.owner, (known.value["id"],)), known.partner)
        return known

    def unknown(self, owner: Owner, ids: set[str]) -> list[str]:
        """Those that are no tariffs of that party (mod_locations, Connector: tariff_ids)."""
        return sorted(id for id in ids if (owner, id.casefold()) not in self.all.keys() - self.going)

    # ── what others must not see ──

    def sees(self, partner: Partner) -> Callable[[bytes], bytes] | None:
        """How a partner sees a location: without the ids of tariffs that are another's. None: as it is."""
        hidden = {d.value["id"].casefold() for d in self.all.values() if d.partner not in ("", partner.id)}
        if not hidden:
            return None
        pattern = re.compile(b"|".join(re.escape(json.dumps(id).encode()) for id in sorted(hidden)), re.IGNORECASE)
        return lambda document: without(hidden, document) if pattern.search(document) else document


def without(hidden: set[str], document: bytes) -> bytes:
    """A location without these tariffs."""
    value = json.loads(document)
    for evse in value.get("evses", ()):
        for connector in evse["connectors"]:
            if "tariff_ids" in connector:
                connector["tariff_ids"] = [id for id in connector["tariff_ids"] if id.casefold() not in hidden]
    return encoded(value)
