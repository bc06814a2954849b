"""The operator's HTTP API: everything that a central system can be asked, and everything that it knows."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request

from evconform.reference.cpo.http import ocpi
from evconform.reference.cpo.http.page import Page
from evconform.reference.cpo.http.reads import LISTINGS, ONES, Reads
from evconform.reference.cpo.http.shapes import BODIES, components, moment_of
from evconform.reference.cpo.records import Token
from evconform.reference.http.application import application
from evconform.reference.http.asked import body, named, refuse
from evconform.reference.http.operation import Operation
from evconform.reference.http.shapes import shown

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo
    from evconform.reference.cpo.ocpi.back_office import BackOffice


class Writes:
    """What the operator changes; each answer waits for the disk."""

    def __init__(self, cpo: Cpo, reads: Reads) -> None:
        self.cpo = cpo
        self.reads = reads

    async def command(self, request: Request) -> Any:
        identity, action = named(request, "identity"), named(request, "action")
        self.reads.station(identity)
        payload = await body(request)
        if not isinstance(payload, dict):
            raise refuse(HTTPStatus.BAD_REQUEST, f"expected the payload of {action} as a JSON object")
        return shown(await self.cpo.commands.ask(identity, action, payload))

    async def station(self, request: Request) -> Any:
        identity, given = named(request, "identity"), BODIES.check("Station", await body(request))
        if not 0 < len(identity) <= 255 or "\0" in identity:
            raise refuse(HTTPStatus.BAD_REQUEST, "identity: expected 1 to 255 characters, none of them NUL")
        station = self.cpo.registration.registers(identity, given["registration"])
        if "password" in given:
            self.cpo.registration.new_password(identity, given["password"] or "")
        await self.cpo.store.durable()
        return self.reads.shown(station)

    async def token(self, request: Request) -> Any:
        id_tag, given = named(request, "idTag"), BODIES.check("Token", await body(request))
        if not (0 < len(id_tag) <= 20 and id_tag.isascii() and id_tag.isprintable()):
            raise refuse(HTTPStatus.BAD_REQUEST, "idTag: expected 1 to 20 printable ASCII characters (OCPP 1.6, 7.28)")
        token = Token(
            id_tag.casefold(),
            id_tag,
            given.get("parentIdTag") or "",
            moment_of(given.get("expiryDate")),
            given.get("blocked", False),
            given.get("concurrent", 1),
        )
        self.cpo.tokens.put(token)
        await self.cpo.store.durable()
        return shown(token)

    async def no_token(self, request: Request) -> Any:
        token = self.cpo.memory.tokens.get(named(request, "idTag").casefold())
        if token is None:
            raise refuse(HTTPStatus.NOT_FOUND, f"there is no token {named(request, 'idTag')!r}")
        self.cpo.tokens.drop(token)
        await self.cpo.store.durable()
        return shown(token)

    async def end(self, request: Request) -> Any:
        """For a charge point that will never tell; otherwise its token would count as charging for ever."""
        row = await self.reads.transaction(request)
        transaction = self.cpo.memory.transactions.get(row["id"])
        if transaction is None:
            raise refuse(HTTPStatus.CONFLICT, f"transaction {row['id']} is not open, but {row['state']}")
        self.cpo.transactions.ends(transaction, "ended")
        await self.cpo.store.durable()
        return shown(transaction)

    async def vendor(self, request: Request) -> Any:
        """DataTransfer routes live as long as the program; the provision file holds what is to stay."""
        routes = BODIES.check("Routes", await body(request))
        self.cpo.stations.vendors[named(request, "vendorId").lower()] = routes
        return routes


def operations(cpo: Cpo) -> list[Operation]:
    """The whole API, a row each."""
    reads = Reads(cpo)
    writes = Writes(cpo, reads)
    paged = ("limit", "offset")
    return [
        Operation("GET", "/stations", "The charging stations.", reads.stations, query=paged),
        Operation("GET", "/stations/{identity}", "A charging station.", reads.one_station),
        Operation("PUT", "/stations/{identity}", "Registers a station, or changes how.", writes.station, "Station"),
        Operation(
            "POST",
            "/stations/{identity}/commands/{action}",
            "Asks a station to do something; the outcome is read at /commands/{id}.",
            writes.command,
            "command",
            HTTPStatus.ACCEPTED,
        ),
        Operation("PUT", "/tokens/{idTag}", "Makes a token known, or changes it.", writes.token, "Token"),
        Operation("DELETE", "/tokens/{idTag}", "Forgets a token.", writes.no_token),
        Operation(
            "POST",
            "/transactions/{id}/end",
            "Ends a transaction that nobody will stop; its StopTransaction may still come.",
            writes.end,
        ),
        Operation("GET", "/vendors", "The DataTransfer routes.", reads.vendors),
        Operation("PUT", "/vendors/{vendorId}", "Answers the DataTransfers of a vendor.", writes.vendor, "Routes"),
        *(Operation("GET", path, says, reads.one(table, name, column)) for path, table, name, column, says in ONES),
        *(
            Operation("GET", each.path, each.says, reads.listing(each), query=(*paged, *(name for name, _ in each.filters)))
            for each in LISTINGS
        ),
    ]


def app(cpo: Cpo, token: str, office: BackOffice | None = None) -> Starlette:
    """The API and the page; ``office``: its OCPI side."""
    table = operations(cpo) + (ocpi.operations(office) if office else [])
    return application("CPO", table, components(), token, routes=Page(cpo).routes())
