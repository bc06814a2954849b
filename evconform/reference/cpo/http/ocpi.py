"""The operator's rows for OCPI: parties, partners, invitations, locations, tariffs."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from starlette.requests import Request

from evconform.reference.cpo.http.asked import body, named, page, refuse
from evconform.reference.cpo.http.operation import Operation
from evconform.reference.cpo.http.shapes import check, shown
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.platform import Platform
from evconform.reference.ocpi.records import OwnParty, Partner
from evconform.reference.ocpi.schema import DOCUMENTS
from evconform.reference.ocpi.visit import Unfit

if TYPE_CHECKING:
    from evconform.reference.cpo.ocpi.back_office import BackOffice

OWNED = "{countryCode}/{partyId}/{id}"


class Reception:
    """What the operator does with parties and partners, whatever the back office; each answer waits for the disk."""

    def __init__(self, platform: Platform, role: str) -> None:
        self.platform = platform
        self.role = role

    async def parties(self, _: Request) -> Any:
        return {"items": [shown(party) for party in self.platform.parties], "next": None}

    async def party(self, request: Request) -> Any:
        given = check("OwnParty", await body(request))
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
        given = check("Invitation", await body(request))
        id = given.get("partner", "")
        if id and id not in self.platform.partners.all:
            raise ValueError(f"there is no partner {id!r}")
        name, encoding = given.get("name", ""), given.get("encoding")
        partner, token = await self.platform.partners.invite(given.get("token", ""), name, encoding, id)
        return self.shown(partner) | {"token": token, "url": self.platform.versions_url}

    async def register(self, request: Request) -> Any:
        given = check("Registration", await body(request))
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


class Desk:
    """What the operator does with locations and tariffs."""

    def __init__(self, office: BackOffice) -> None:
        self.office = office

    async def _listed(self, request: Request, module: str) -> Any:
        limit, offset = page(request)
        await self.office.cpo.store.durable()
        query = select(DOCUMENTS).where(DOCUMENTS.c.module == module).order_by(DOCUMENTS.c.number).limit(limit + 1).offset(offset)
        found = await self.office.cpo.store.read(query)
        more = offset + limit if len(found) > limit else None
        return {"items": [shown(row) for row in found[:limit]], "next": more}

    async def locations(self, request: Request) -> Any:
        return await self._listed(request, "locations")

    async def tariffs(self, request: Request) -> Any:
        return await self._listed(request, "tariffs")

    async def publish(self, request: Request) -> Any:
        given = check("PublishedLocation", await body(request))
        self.fits(request, given["location"])
        places = {uid: (place["identity"], int(place["connectorId"])) for uid, place in given.get("stations", {}).items()}
        return shown(await self.office.locations.publishes(given["location"], places))

    async def remove(self, request: Request) -> Any:
        try:
            await self.office.locations.removes(named(request, "uid"))
        except KeyError:
            raise refuse(HTTPStatus.NOT_FOUND, f"there is no EVSE {named(request, 'uid')!r}") from None
        return {"uid": named(request, "uid"), "status": "REMOVED"}

    async def offer(self, request: Request) -> Any:
        given = check("OfferedTariff", await body(request))
        self.fits(request, given["tariff"])
        return shown(await self.office.tariffs.offers(given["tariff"], given.get("partner", "")))

    async def withdraw(self, request: Request) -> Any:
        owner = (named(request, "countryCode").upper(), named(request, "partyId").upper())
        try:
            return shown(await self.office.tariffs.withdraws(named(request, "id"), owner))
        except KeyError:
            raise refuse(HTTPStatus.NOT_FOUND, f"there is no tariff {named(request, 'id')!r}") from None

    def fits(self, request: Request, value: dict[str, Any]) -> None:
        """Raises ValueError: the path names another object."""
        for parameter, member in (("countryCode", "country_code"), ("partyId", "party_id"), ("id", "id")):
            if str(value.get(member, "")).casefold() != named(request, parameter).casefold():
                raise ValueError(f"{member}: expected {named(request, parameter)!r}, as in the path")


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


def operations(office: BackOffice) -> list[Operation]:
    """The rows."""
    desk = Desk(office)
    return [
        *receives(Reception(office.platform, "CPO")),
        Operation("GET", "/ocpi/locations", "The locations as they are sent.", desk.locations, query=("limit", "offset")),
        Operation("PUT", f"/ocpi/locations/{OWNED}", "Publishes a location.", desk.publish, "PublishedLocation"),
        Operation("POST", "/ocpi/evses/{uid}/remove", "An EVSE is gone for good.", desk.remove),
        Operation("GET", "/ocpi/tariffs", "The tariffs as they are sent.", desk.tariffs, query=("limit", "offset")),
        Operation("PUT", f"/ocpi/tariffs/{OWNED}", "Offers a tariff.", desk.offer, "OfferedTariff"),
        Operation("DELETE", f"/ocpi/tariffs/{OWNED}", "Withdraws a tariff.", desk.withdraw),
    ]
