"""The operator's rows for OCPI: parties and partners, locations, tariffs."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from starlette.requests import Request

from evconform.reference.cpo.http.shapes import BODIES
from evconform.reference.http.asked import body, named, page, refuse
from evconform.reference.http.operation import Operation
from evconform.reference.http.reception import Reception, receives
from evconform.reference.http.shapes import shown
from evconform.reference.ocpi.schema import DOCUMENTS

if TYPE_CHECKING:
    from evconform.reference.cpo.ocpi.back_office import BackOffice

OWNED = "{countryCode}/{partyId}/{id}"


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
        given = BODIES.check("PublishedLocation", await body(request))
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
        given = BODIES.check("OfferedTariff", await body(request))
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
