"""What the operator reads: a table of paths, each with the records behind it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Table, select
from starlette.requests import Request

from evconform.reference.columns import storable
from evconform.reference.cpo import schema
from evconform.reference.cpo.records import Station
from evconform.reference.http.asked import named, page, refuse
from evconform.reference.http.shapes import shown

if TYPE_CHECKING:
    from evconform.reference.cpo.central_system import Cpo


@dataclass(frozen=True)
class Listing:
    """A path that lists rows of a table. ``of``: path parameter to column; ``filters``: query parameter to column."""

    path: str
    table: Table
    says: str
    of: tuple[tuple[str, str], ...] = (("identity", "identity"),)
    newest_first: str = ""
    filters: tuple[tuple[str, str], ...] = ()


S = "/stations/{identity}"
LISTINGS = (
    Listing(f"{S}/connectors", schema.CONNECTORS, "The connectors, each with its last StatusNotification."),
    Listing(
        f"{S}/transactions", schema.TRANSACTIONS, "The station's transactions, newest first.", newest_first="id",
        filters=(("state", "state"),),
    ),
    Listing(f"{S}/meter-values", schema.METER_VALUES, "The station's meter values, newest first.", newest_first="at"),
    Listing(
        f"{S}/unmatched-stops", schema.UNMATCHED_STOPS, "StopTransactions that stopped nothing we know.",
        newest_first="stopped_at",
    ),
    Listing(f"{S}/reservations", schema.RESERVATIONS, "The station's reservations, newest first.", newest_first="id"),
    Listing(f"{S}/profiles", schema.CHARGING_PROFILES, "The charging profiles that the station accepted."),
    Listing(f"{S}/local-list", schema.LOCAL_LISTS, "The local list that the station accepted, and its version."),
    Listing(f"{S}/configuration", schema.CONFIGURATION, "The configuration keys as they were read or changed."),
    Listing(f"{S}/jobs", schema.JOBS, "Firmware and diagnostics jobs, newest first.", newest_first="at"),
    Listing(f"{S}/data-transfers", schema.DATA_TRANSFERS, "The station's DataTransfers, newest first.", newest_first="at"),
    Listing(f"{S}/commands", schema.COMMANDS, "What was asked of the station, newest first.", newest_first="asked_at"),
    Listing(
        "/transactions", schema.TRANSACTIONS, "All transactions, newest first.", (), "id",
        (("state", "state"), ("identity", "identity"), ("idTag", "id_tag")),
    ),
    Listing(
        "/transactions/{id}/meter-values", schema.METER_VALUES, "What was metered for a transaction, in order.",
        (("id", "transaction_id"),),
    ),
    Listing("/reservations", schema.RESERVATIONS, "All reservations, newest first.", (), "id", (("state", "state"),)),
    Listing("/tokens", schema.TOKENS, "The tokens.", (), filters=(("parentIdTag", "parent_id_tag"),)),
)  # fmt: skip
ONES: tuple[tuple[str, Table, str, str, str], ...] = (
    ("/transactions/{id}", schema.TRANSACTIONS, "id", "id", "A transaction."),
    ("/commands/{id}", schema.COMMANDS, "id", "id", "A command and what became of it."),
    ("/tokens/{idTag}", schema.TOKENS, "idTag", "key", "A token."),
)
"""Path, table, path parameter, column, and what it says."""
Read = Callable[[Request], Awaitable[Any]]


class Reads:
    """Everything as it is on disk."""

    def __init__(self, cpo: Cpo) -> None:
        self.cpo = cpo

    async def rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        await self.cpo.store.durable()
        return await self.cpo.store.read(query)

    def listing(self, listing: Listing) -> Read:
        async def read(request: Request) -> Any:
            limit, offset = page(request)
            wanted = [equals(listing.table, column, named(request, name)) for name, column in listing.of]
            given = ((name, column) for name, column in listing.filters if name in request.query_params)
            wanted += [equals(listing.table, column, request.query_params[name]) for name, column in given]
            if ("identity", "identity") in listing.of:
                self.station(named(request, "identity"))
            if listing.path.startswith("/transactions/{id}"):
                wanted += [listing.table.c.identity == (await self.transaction(request))["identity"]]
            self.cpo.reservations.active()  # ends those whose time is over
            columns = listing.table.c
            newest = [columns[listing.newest_first].desc()] if listing.newest_first else []
            order = [*newest, *(columns[c.name] for c in listing.table.primary_key.columns)]
            query = select(listing.table).where(*wanted).order_by(*order).limit(limit + 1).offset(offset)
            found = await self.rows(query)
            more = offset + limit if len(found) > limit else None
            return {"items": [shown(row) for row in found[:limit]], "next": more}

        return read

    def one(self, table: Table, name: str, column: str) -> Read:
        async def read(request: Request) -> Any:
            found = await self.rows(select(table).where(equals(table, column, named(request, name))))
            if not found:
                raise refuse(HTTPStatus.NOT_FOUND, f"there is no {request.url.path.split('/')[1][:-1]} {named(request, name)!r}")
            return shown(found[0])

        return read

    async def transaction(self, request: Request) -> dict[str, Any]:
        """The row of the transaction in the path. Raises HTTPException."""
        table = schema.TRANSACTIONS
        found = await self.rows(select(table).where(equals(table, "id", named(request, "id"))))
        if not found:
            raise refuse(HTTPStatus.NOT_FOUND, f"there is no transaction {named(request, 'id')!r}")
        return found[0]

    def station(self, identity: str) -> Station:
        """Raises HTTPException."""
        known = self.cpo.memory.stations.get(identity)
        if known is None:
            raise refuse(HTTPStatus.NOT_FOUND, f"there is no station {identity!r}")
        return known

    def shown(self, station: Station) -> dict[str, Any]:
        """A station with what only a live system knows of it."""
        connectors = [c for (owner, _), c in sorted(self.cpo.memory.connectors.items()) if owner == station.identity]
        running = [t.id for t in self.cpo.memory.transactions.values() if t.identity == station.identity]
        return shown(station) | {
            "connected": self.cpo.presence.online(station.identity),
            "passwordAsked": bool(station.password),
            "connectors": {str(c.connector_id): c.status for c in connectors},
            "transactions": running,
        }

    async def stations(self, request: Request) -> Any:
        limit, offset = page(request)
        known = sorted(self.cpo.memory.stations)
        found = [self.shown(self.cpo.memory.stations[identity]) for identity in known[offset : offset + limit]]
        return {"items": found, "next": offset + limit if offset + limit < len(known) else None}

    async def one_station(self, request: Request) -> Any:
        return self.shown(self.station(named(request, "identity")))

    async def vendors(self, request: Request) -> Any:
        return json.loads(json.dumps(self.cpo.stations.vendors))


def equals(table: Table, column: str, text: str) -> ColumnElement[bool]:
    """The rows whose column is ``text``. Raises HTTPException."""
    if not storable(text):
        raise refuse(HTTPStatus.BAD_REQUEST, f"{column}: has a character that nothing here is called by")
    if column in ("id", "transaction_id") and table is not schema.COMMANDS:
        if not (text.lstrip("-").isdigit() and text.isascii() and len(text) <= 18):
            raise refuse(HTTPStatus.BAD_REQUEST, f"{column}: expected a number, not {text[:40]!r}")
        return table.c[column] == int(text)
    return table.c[column] == (text.casefold() if column == "key" else text)
