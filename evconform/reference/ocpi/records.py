"""The records of OCPI: own parties, partners, and documents as they are sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from sqlalchemy import Table

from evconform.ocpi.authorization import Encoding
from evconform.reference.ocpi import schema
from evconform.reference.records import Record

State = Literal["invited", "registered", "left"]
OPPOSITE = {"CPO": ("EMSP", "NSP", "SCSP", "OTHER", "HUB"), "EMSP": ("CPO", "NAP", "HUB")}
"""Role to those that it deals with (transport_and_format, broadcast push: opposite roles)."""
Owner = tuple[str, str]
"""Country code and party id, in capitals."""


@dataclass
class OwnParty(Record):
    """A party of this platform: a CredentialsRole."""

    TABLE: ClassVar[Table] = schema.PARTIES
    country_code: str
    party_id: str
    role: str
    business_details: str = '{"name":"evconform"}'

    @property
    def owner(self) -> Owner:
        return self.country_code, self.party_id

    def shown(self) -> dict[str, Any]:
        """As credentials list it."""
        return {
            "role": self.role,
            "business_details": json.loads(self.business_details),
            "party_id": self.party_id,
            "country_code": self.country_code,
        }


@dataclass
class Partner(Record):
    """Another platform. Never changed in place: what changed is a new one, put before anybody sees it."""

    TABLE: ClassVar[Table] = schema.PARTNERS
    id: str
    name: str = ""
    state: State = "invited"
    encoding: Encoding = "base64"
    invitation: str = ""
    token: str = ""
    their_token: str = ""
    versions_url: str = ""
    version: str = ""
    endpoints: str = "[]"
    roles: str = "[]"
    at: str = ""

    def endpoint(self, module: str, interface: str) -> str | None:
        """The URL that the partner announced; ``interface`` has no meaning for credentials."""
        listed = json.loads(self.endpoints)
        fits = (e["url"] for e in listed if e["identifier"] == module and (module == "credentials" or e.get("role") == interface))
        return next(fits, None)

    @property
    def parties(self) -> list[Owner]:
        return [(role["country_code"].upper(), role["party_id"].upper()) for role in json.loads(self.roles)]

    def facing(self, role: str) -> Owner | None:
        """The first party that one of ours with this role deals with; of another kind if there is none."""
        listed = [(each["role"], (each["country_code"].upper(), each["party_id"].upper())) for each in json.loads(self.roles)]
        fits = [owner for other, owner in listed if other in OPPOSITE.get(role, ())]
        return next(iter([*fits, *(owner for _, owner in listed)]), None)

    @property
    def is_hub(self) -> bool:
        return any(role["role"] == "HUB" for role in json.loads(self.roles))


@dataclass
class Trouble(Record):
    """The last call to a partner that failed."""

    TABLE: ClassVar[Table] = schema.TROUBLES
    partner: str
    says: str
    at: str


@dataclass
class Document(Record):
    """An object of a module as it is sent. ``partner``: whom it is meant for, or came from; empty: everybody."""

    TABLE: ClassVar[Table] = schema.DOCUMENTS
    module: str
    partner: str
    country_code: str
    party_id: str
    id: str
    number: int
    last_updated: str
    document: bytes

    @property
    def owner(self) -> Owner:
        return self.country_code, self.party_id

    @property
    def value(self) -> dict[str, Any]:
        """The object, read."""
        read: dict[str, Any] = json.loads(self.document)
        return read
