"""The operator's rows for the parties and partners of an OCPI platform, whatever the back office."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

from evconform.reference.http.asked import body, named, refuse
from evconform.reference.http.operation import Operation
from evconform.reference.http.shapes import Bodies, closed, shown
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.platform import Platform
from evconform.reference.ocpi.records import OwnParty, Partner
from evconform.reference.ocpi.visit import Unfit

NAME = {"type": "string", "maxLength": 100}
ENCODING = {"type": "string", "enum": ["base64", "raw"], "description": "of the token in the Authorization header"}
CREDENTIALS_TOKEN = {"type": "string", "minLength": 1, "maxLength": 64}
BODIES = Bodies(
    OwnParty=closed("name", name={**NAME, "minLength": 1}, website={"type": "string", "format": "uri"}),
    Invitation=closed(
        token={**CREDENTIALS_TOKEN, "description": "token A; made up if it is left out"},
        partner={"type": "string", "description": "the id of a partner that shall register anew"},
        name=NAME,
        encoding=ENCODING,
    ),
    Registration=closed("url", "token", url={"type": "string"}, token=CREDENTIALS_TOKEN, name=NAME, encoding=ENCODING),
)


class Reception:
    """What the operator does with parties and partners, whatever the back office; each answer waits for the disk."""

    def __init__(self, platform: Platform, role: str) -> None:
        self.platform = platform
        self.role = role

    async def parties(self, _: Request) -> Any:
        return {"items": [shown(party) for party in self.platform.parties], "next": None}

    async def party(self, request: Request) -> Any:
        given = BODIES.check("OwnParty", await body(request))
        country, id = named(request, "countryCode").upper(), named(request, "partyId").upper()
        party = OwnParty(country, id, self.role, json.dumps(given))
        if says := self.platform.wrong("CredentialsRole", party.shown()):
            raise ValueError(says)
        await self.platform.has(party)
        return shown(party)

    def shown(self, partner: Partner) -> dict[str, Any]:
        trouble = self.platform.partners.troubles.get(partner.id)
        return shown(partner) | {"trouble": trouble.says if trouble else None, "troubleAt": trouble.at if trouble else None}

    async def partners(self, _: Request) -> Any:
        return {"items": [self.shown(partner) for partner in self.platform.partners.all.values()], "next": None}

    async def partner(self, request: Request) -> Any:
        return self.shown(self.named(request))

    def named(self, request: Request) -> Partner:
        """Raises HTTPException."""
        partner = self.platform.partners.all.get(named(request, "id"))
        if partner is None:
            raise refuse(HTTPStatus.NOT_FOUND, f"there is no partner {named(request, 'id')!r}")
        return partner

    async def invite(self, request: Request) -> Any:
        given = BODIES.check("Invitation", await body(request))
        id = given.get("partner", "")
        if id and id not in self.platform.partners.all:
            raise ValueError(f"there is no partner {id!r}")
        name, encoding = given.get("name", ""), given.get("encoding")
        partner, token = await self.platform.partners.invite(given.get("token", ""), name, encoding, id)
        return self.shown(partner) | {"token": token, "url": self.platform.versions_url}

    async def register(self, request: Request) -> Any:
        given = BODIES.check("Registration", await body(request))
        try:
            joining = self.platform.joining
            made = await joining.registers(given["url"], given["token"], given.get("name", ""), given.get("encoding"))
        except (Failed, Unfit) as error:
            raise refuse(HTTPStatus.BAD_GATEWAY, str(error)) from None
        return self.shown(made)

    async def renew(self, request: Request) -> Any:
        try:
            return self.shown(await self.platform.joining.renews(self.registered(request)))
        except (Failed, Unfit) as error:
            raise refuse(HTTPStatus.BAD_GATEWAY, str(error)) from None

    async def leave(self, request: Request) -> Any:
        try:
            return self.shown(await self.platform.joining.leaves(self.registered(request)))
        except Failed as error:
            raise refuse(HTTPStatus.BAD_GATEWAY, str(error)) from None

    async def forget(self, request: Request) -> Any:
        """For a partner that can no longer be told."""
        partner = await self.platform.partners.leaves(self.named(request))
        self.platform.on_left(partner)
        return self.shown(partner)

    def registered(self, request: Request) -> Partner:
        """Raises HTTPException."""
        partner = self.named(request)
        if partner.state != "registered":
            raise refuse(HTTPStatus.CONFLICT, f"partner {partner.id} is not registered, but {partner.state}")
        return partner


def receives(reception: Reception) -> list[Operation]:
    """The rows of parties and partners."""
    made, partner = HTTPStatus.CREATED, "/ocpi/partners/{id}"
    return [
        Operation("GET", "/ocpi/parties", "The parties of this platform.", reception.parties),
        Operation("PUT", "/ocpi/parties/{countryCode}/{partyId}", "Has a party, or changes it.", reception.party, "OwnParty"),
        Operation("GET", "/ocpi/partners", "The partners, each with the last call that failed.", reception.partners),
        Operation("GET", partner, "A partner.", reception.partner),
        Operation("POST", "/ocpi/invitations", "Lets a partner register with a token A.", reception.invite, "Invitation", made),
        Operation("POST", "/ocpi/registrations", "Registers with a partner.", reception.register, "Registration", made),
        Operation("POST", f"{partner}/renew", "New tokens both ways, and the partner's endpoints anew.", reception.renew),
        Operation("POST", f"{partner}/leave", "Ends the registration, at both ends.", reception.leave),
        Operation("DELETE", partner, "Ends the registration at our end only.", reception.forget),
    ]
