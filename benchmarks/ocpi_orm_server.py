"""A server of locations as many are written: an object for each location, EVSE and connector of a request, by an ORM.

It authorizes one token, knows pages, and validates what is put with jsonschema. Its sessions are synchronous, which costs less.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from sqlalchemy import ForeignKey, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from evconform.ocpi.model import load

OF_LOCATION = ("country_code", "party_id", "id", "publish", "address", "city", "country", "time_zone", "last_updated")
OF_EVSE = ("uid", "status", "last_updated")
OF_CONNECTOR = ("id", "standard", "format", "power_type", "max_voltage", "max_amperage", "last_updated")


class Base(DeclarativeBase):
    pass


class Connector(Base):
    __tablename__ = "connectors"
    key: Mapped[int] = mapped_column(primary_key=True)
    evse_key: Mapped[int] = mapped_column(ForeignKey("evses.key"), index=True)
    id: Mapped[str]
    standard: Mapped[str]
    format: Mapped[str]
    power_type: Mapped[str]
    max_voltage: Mapped[int]
    max_amperage: Mapped[int]
    last_updated: Mapped[str]


class Evse(Base):
    __tablename__ = "evses"
    key: Mapped[int] = mapped_column(primary_key=True)
    location_key: Mapped[int] = mapped_column(ForeignKey("locations.key"), index=True)
    uid: Mapped[str]
    status: Mapped[str]
    rest: Mapped[str]
    last_updated: Mapped[str]
    connectors: Mapped[list[Connector]] = relationship(cascade="all, delete-orphan")


class Location(Base):
    __tablename__ = "locations"
    key: Mapped[int] = mapped_column(primary_key=True)
    country_code: Mapped[str]
    party_id: Mapped[str]
    id: Mapped[str] = mapped_column(index=True)
    publish: Mapped[bool]
    address: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    time_zone: Mapped[str]
    rest: Mapped[str]
    last_updated: Mapped[str] = mapped_column(index=True)
    evses: Mapped[list[Evse]] = relationship(cascade="all, delete-orphan")


def members(value: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def shown(location: Location) -> dict[str, Any]:
    evses = [
        members(evse, OF_EVSE)
        | json.loads(evse.rest)
        | {"connectors": [members(connector, OF_CONNECTOR) for connector in evse.connectors]}
        for evse in location.evses
    ]
    return members(location, OF_LOCATION) | json.loads(location.rest) | {"evses": evses}


def kept(value: dict[str, Any]) -> Location:
    """The objects of a location."""
    evses = []
    for evse in value["evses"]:
        rest = {n: v for n, v in evse.items() if n not in (*OF_EVSE, "connectors")}
        connectors = [Connector(**{n: each[n] for n in OF_CONNECTOR}) for each in evse["connectors"]]
        evses.append(Evse(**{n: evse[n] for n in OF_EVSE}, rest=json.dumps(rest), connectors=connectors))
    rest = {n: v for n, v in value.items() if n not in (*OF_LOCATION, "evses")}
    return Location(**{n: value[n] for n in OF_LOCATION}, rest=json.dumps(rest), evses=evses)


def app(file: Path, token: str) -> Starlette:
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    Base.metadata.create_all(engine)
    validator = Draft202012Validator(load("2.2.1").schema("Location"))
    whole = selectinload(Location.evses).selectinload(Evse.connectors)

    def answer(data: Any, status: int = 200, **headers: str) -> JSONResponse:
        body = {"data": data, "status_code": 1000, "timestamp": datetime.now(UTC).isoformat()}
        return JSONResponse(body, status, headers=headers)

    async def page(request: Request) -> JSONResponse:
        if request.headers.get("authorization") != token:
            return answer(None, 401)
        offset, limit = int(request.query_params.get("offset", 0)), min(int(request.query_params.get("limit", 100)), 100)
        with Session(engine) as session:
            total = session.scalar(select(func.count()).select_from(Location))
            query = select(Location).options(whole).order_by(Location.key).offset(offset).limit(limit)
            found = [shown(location) for location in session.scalars(query)]
        return answer(found, **{"X-Total-Count": str(total), "X-Limit": "100"})

    async def put(request: Request) -> JSONResponse:
        if request.headers.get("authorization") != token:
            return answer(None, 401)
        value = await request.json()
        if next(validator.iter_errors(value), None):
            return answer(None, 400)
        with Session(engine) as session:
            old = session.scalars(select(Location).options(whole).where(Location.id == value["id"])).one_or_none()
            made = kept(value)
            if old:
                made.key = old.key
                session.delete(old)
                session.flush()
            session.add(made)
            session.commit()
        return answer(None)

    return Starlette(routes=[Route("/locations", page), Route("/locations/{id}", put, methods=["PUT"])])
