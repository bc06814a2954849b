"""The reference CPO's OCPI side as an embedded SUT: two parties, its store in memory, each EVSE a station of one connector."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any, cast

from evconform.harness.content import shipped
from evconform.harness.party import Site, party
from evconform.http import taming
from evconform.http.tls import server_tls
from evconform.ocpp.channel import Channel
from evconform.ocpp.speaks import JSON
from evconform.reference.cpo.central_system import Cpo
from evconform.reference.cpo.ocpi.back_office import BackOffice
from evconform.reference.cpo.ocpi.statuses import OFFLINE
from evconform.reference.cpo.records import Station
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.platform import OcpiSettings, Platform
from evconform.reference.ocpi.records import OwnParty
from evconform.reference.ocpi.visit import Unfit

PARTY = OwnParty("SI", "EVC", "CPO", '{"name":"evconform reference CPO"}')
SECOND = OwnParty("SI", "EVB", "CPO", '{"name":"evconform reference CPO, another party"}')
SETTINGS = OcpiSettings(allowed=frozenset(("loopback",)), needs=(("locations", "RECEIVER"),))
"""It allows partners on this machine, and wants to push locations to them (3003)."""
CERTIFICATE = shipped() / "fixtures/pki/loopback.pem"
"""Of a party that serves over HTTPS; the SUT file has it for an authority to trust."""
TOLD = {
    "AVAILABLE": "Available",
    "CHARGING": "Charging",
    "RESERVED": "Reserved",
    "INOPERATIVE": "Unavailable",
    "OUTOFORDER": "Faulted",
}
"""What a station tells of its connector when it is in that status; the other statuses no station can tell."""


@dataclass
class Teller:
    """The channel of a station, as far as a handler looks at it."""

    identity: str
    speaks: str = JSON
    address: str = ""


@party("reference-cpo-ocpi", role="cpo")
class ReferenceCpoOcpi:
    """A CPO that allows partners on this machine. ``office`` and ``platform`` are what a fault changes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cpo = Cpo(site.clock, site.tasks)
        self.office = BackOffice(self.cpo, replace(SETTINGS))
        self.platform: Platform = self.office.platform
        self.offline: set[str] = set()
        """EVSEs whose stations are not heard of."""
        self.office.online = lambda identity: identity not in self.offline
        self.outcomes: list[str] = []
        """What became of registrations that came to nothing."""
        self.url = "http://127.0.0.1:0/ocpi"
        """Where it is to be found; port 0: the system chooses."""
        self._served: taming.Served | None = None

    async def start(self) -> str:
        """Returns the versions URL."""
        await self.cpo.open()
        await self.office.load()
        await self.platform.has(PARTY, SECOND)
        tls = server_tls(self.url, CERTIFICATE)
        self._served = await taming.serve(self.platform.app, self.site.clock, self.site.tasks, self.url, tls)
        self.platform.url = self._served.url
        return self.platform.versions_url

    async def stop(self) -> None:
        if self._served:
            await self._served.close()
        await self.office.close()
        await self.cpo.close()

    # ── its operator: registration ──

    async def invites(self, token: str) -> None:
        """Accepts this token A from a new partner."""
        await self.platform.partners.invite(token)

    async def registers(self, url: str, token: str) -> None:
        """Begins a registration with this versions URL and token A."""
        self._begins(self.platform.joining.registers(url, token))

    async def renews(self) -> None:
        """PUT credentials to the partner that registered last."""
        if partner := self.platform.partners.latest:
            self._begins(self.platform.joining.renews(partner))

    async def leaves(self) -> None:
        """DELETE credentials at that partner."""
        if partner := self.platform.partners.latest:
            self._begins(self.platform.joining.leaves(partner))

    def _begins(self, exchange: Coroutine[Any, Any, Any]) -> None:
        self.site.tasks.spawn(self._ends(exchange))

    async def _ends(self, exchange: Coroutine[Any, Any, Any]) -> None:
        try:
            await exchange
        except (Failed, Unfit) as error:
            self.outcomes.append(str(error))

    # ── its operator: locations and tariffs ──

    async def publishes(self, location: dict[str, Any]) -> None:
        """Holds and offers this Location. Each EVSE is the first connector of a station of that name."""
        evses = {str(evse["uid"]): evse.get("status", OFFLINE) for evse in location.get("evses", ())}
        for uid, status in evses.items():
            if status in TOLD:
                await self._tells(uid, TOLD[status])
        self.offline = (self.offline - evses.keys()) | {uid for uid, status in evses.items() if status == OFFLINE}
        await self.office.locations.publishes(location, {uid: (uid, 1) for uid in evses})

    async def reports(self, evse: str, status: str) -> None:
        """The real EVSE changes its status: its station tells, or is heard of no longer, or its operator says so."""
        self.offline.discard(evse)
        if status in TOLD:
            await self._tells(evse, TOLD[status])
        elif status == OFFLINE:
            self.offline.add(evse)
            self.office.locations.station_changed(evse)
        else:
            await self.office.locations.says(evse, status)

    async def removes(self, evse: str) -> None:
        """The EVSE is taken away for good."""
        await self.office.locations.removes(evse)

    async def offers(self, tariff: dict[str, Any]) -> None:
        await self.office.tariffs.offers(tariff)

    async def withdraws(self, tariff: str) -> None:
        await self.office.tariffs.withdraws(tariff)

    async def _tells(self, identity: str, status: str) -> None:
        """The station sends a StatusNotification."""
        self.cpo.memory.stations.setdefault(identity, Station(identity, answered="Accepted"))
        payload = {"connectorId": 1, "errorCode": "NoError", "status": status}
        answer = self.cpo.endpoint.handlers["StatusNotification"](payload, cast(Channel, Teller(identity)))
        if inspect.isawaitable(answer):
            await answer


@party("reference-cpo-ocpi-https", role="cpo")
def over_https(site: Site) -> ReferenceCpoOcpi:
    """The same, served over HTTPS."""
    made = ReferenceCpoOcpi(site)
    made.url = made.url.replace("http:", "https:")
    return made
