"""The records of the eMSP: objects that it holds, and how far it has pulled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Table

from evconform.reference.emsp import schema
from evconform.reference.ocpi.records import Owner
from evconform.reference.records import Record


class Key(NamedTuple):
    """What names an object here: from whom, for whom, and whose it is; all in capitals, the id case folded."""

    module: str
    partner: str
    ours: Owner
    owner: Owner
    id: str

    @classmethod
    def of(cls, module: str, partner: str, ours: Owner, owner: Owner, id: str) -> Key:
        return cls(module, partner, ours, (owner[0].upper(), owner[1].upper()), id.casefold())


@dataclass
class Held(Record):
    """An object as its owner told it."""

    TABLE: ClassVar[Table] = schema.HELD
    module: str
    partner: str
    to_country: str
    to_party: str
    country_code: str
    party_id: str
    id: str
    number: int
    free: int
    last_updated: str
    document: bytes

    @property
    def key(self) -> Key:
        ours, owner = (self.to_country, self.to_party), (self.country_code, self.party_id)
        return Key(self.module, self.partner, ours, owner, self.id)

    @property
    def value(self) -> dict[str, Any]:
        """The object, read."""
        read: dict[str, Any] = json.loads(self.document)
        return read


@dataclass
class Pulled(Record):
    """``since``: what is asked for next begins there."""

    TABLE: ClassVar[Table] = schema.PULLED
    partner: str
    module: str
    to_country: str
    to_party: str
    since: str
    at: str
