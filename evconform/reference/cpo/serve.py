"""Runs the reference CPO alone, on wall time, until somebody asks it to stop."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy.exc import SQLAlchemyError

from evconform.harness.clock import Clock, Tasks
from evconform.harness.verdict import UsageError
from evconform.ocpp.endpoints import by_soap
from evconform.reference import serving as doors
from evconform.reference.cpo import provision
from evconform.reference.cpo.central_system import Cpo, Settings
from evconform.reference.cpo.http.api import app
from evconform.reference.cpo.ocpi.back_office import BackOffice
from evconform.reference.cpo.provision import Provision
from evconform.reference.serving import asked_to_stop, one_line, tells


@dataclass
class Serving:
    """What ``evconform serve cpo`` was given."""

    settings: Settings
    listen: str
    http: str
    token: str
    provision: Provision = field(default_factory=Provision.model_construct)
    soap: str = ""
    """Where charge points find it that speak SOAP; empty: nowhere."""
    ocpi: str = ""
    """Where partners find it; empty: no OCPI."""
    tls: ssl.SSLContext | None = None
    """What is shown where that is https, and"""
    trust: ssl.SSLContext | None = None
    """whom our calls to partners and charge points trust."""

    def shows_at(self, url: str) -> ssl.SSLContext | None:
        return self.tls if url.startswith("https") else None


def run(serving: Serving, says: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM. Raises UsageError."""
    asyncio.run(serve(serving, says))


async def serve(serving: Serving, says: Callable[[str], None]) -> None:
    """Raises UsageError: a port is taken, the database cannot be used."""
    stopped = asked_to_stop()
    tasks = Tasks(tells)
    provision.apply_settings(serving.provision, serving.settings)
    serving.settings.trust = serving.trust
    cpo = Cpo(Clock(asyncio.get_running_loop()), tasks, serving.settings)
    how = replace(provision.ocpi_settings(serving.provision), trust=serving.trust)
    office = BackOffice(cpo, how) if serving.ocpi else None
    try:
        await cpo.open()
        if office:
            await office.load()
    except (SQLAlchemyError, OSError) as error:
        raise UsageError(f"--database: {one_line(error)}") from error
    try:
        await provision.apply(serving.provision, cpo)
        async with partners(office, serving, says):
            await faces(cpo, serving, stopped, says, office)
    finally:
        await cpo.close()
        await tasks.cancel()
    says("stopped")


@asynccontextmanager
async def partners(office: BackOffice | None, serving: Serving, says: Callable[[str], None]) -> AsyncIterator[None]:
    """The door for partners, open. Raises UsageError."""
    if office is None:
        yield
        return
    try:
        async with doors.partners(office.platform, serving.ocpi, serving.provision.ocpi.url, serving.shows_at(serving.ocpi)):
            await provision.apply_ocpi(serving.provision, office)
            says(f"partners: {office.platform.versions_url}")
            yield
    finally:
        await office.close()


async def faces(
    cpo: Cpo, serving: Serving, stopped: asyncio.Event, says: Callable[[str], None], office: BackOffice | None = None
) -> None:
    """The doors for charge points and for the operator, open until ``stopped``. Raises UsageError."""
    url = await listens(cpo, "--listen", serving.listen)
    soap = await listens(cpo, "--soap", serving.soap, serving.shows_at(serving.soap)) if serving.soap else ""
    for each in by_soap(cpo.endpoint):
        each.address = serving.provision.soap.url or soap
    async with doors.operator(app(cpo, serving.token, office), serving.http, stopped) as at:
        says(f"charge points: {url}/IDENTITY")
        if soap:
            says(f"charge points by SOAP: {soap}")
        says(f"operator: {at}/ (the token as Bearer, or as password)")
        says("ready")
        await stopped.wait()
        says("stopping")
        cpo.wire.close()


async def listens(cpo: Cpo, option: str, url: str, tls: ssl.SSLContext | None = None) -> str:
    """A door for charge points, open; returns its URL. Raises UsageError."""
    try:
        return await cpo.endpoint.listen(url, tls)
    except OSError as error:
        raise UsageError(f"{option}: cannot listen at {url}: {one_line(error)}") from error
