"""The reference eMSP as an embedded SUT: two parties, its store in memory."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from evconform.harness.content import shipped
from evconform.harness.party import Site, party
from evconform.http import taming
from evconform.http.tls import server_tls
from evconform.reference.emsp.emsp import Emsp, EmspSettings
from evconform.reference.ocpi.failure import Failed
from evconform.reference.ocpi.platform import OcpiSettings, Platform
from evconform.reference.ocpi.records import OwnParty
from evconform.reference.ocpi.visit import Unfit

PARTY = OwnParty("NL", "EVD", "EMSP", '{"name":"evconform reference eMSP"}')
SECOND = OwnParty("BE", "EVD", "EMSP", '{"name":"evconform reference eMSP, Belgium"}')
SETTINGS = OcpiSettings(allowed=frozenset(("loopback",)), needs=(("locations", "SENDER"),))
"""It allows partners on this machine, and cannot do without locations (3003)."""

CERTIFICATE = shipped() / "fixtures/pki/loopback.pem"
"""Of a party that serves over HTTPS; the SUT file has it for an authority to trust."""


@party("reference-emsp", role="emsp")
class ReferenceEmsp:
    """``emsp`` and ``platform`` are what a fault changes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.emsp = Emsp(site.clock, site.tasks, EmspSettings(SETTINGS))
        self.platform: Platform = self.emsp.platform
        self.outcomes: list[str] = []
        """What became of registrations and pulls that came to nothing."""
        self.url = "http://127.0.0.1:0/ocpi"
        """Where it is to be found; port 0: the system chooses."""
        self._served: taming.Served | None = None

    async def start(self) -> str:
        """Returns the versions URL."""
        await self.emsp.open()
        await self.platform.has(PARTY, SECOND)
        tls = server_tls(self.url, CERTIFICATE)
        self._served = await taming.serve(self.platform.app, self.site.clock, self.site.tasks, self.url, tls)
        self.platform.url = self._served.url
        self.emsp.begins()
        return self.platform.versions_url

    async def stop(self) -> None:
        if self._served:
            await self._served.close()
        await self.emsp.close()

    # ── its operator ──

    async def invites(self, token: str) -> None:
        """Accepts this token A from a new partner."""
        await self.platform.partners.invite(token)

    async def registers(self, url: str, token: str) -> None:
        """Begins a registration with this versions URL and token A."""
        self.site.tasks.spawn(self._ends(self.platform.joining.registers(url, token)))

    async def renews(self) -> None:
        """PUT credentials to the partner that registered last."""
        if partner := self.platform.partners.latest:
            self.site.tasks.spawn(self._ends(self.platform.joining.renews(partner)))

    async def leaves(self) -> None:
        """DELETE credentials at that partner."""
        if partner := self.platform.partners.latest:
            self.site.tasks.spawn(self._ends(self.platform.joining.leaves(partner)))

    async def pulls(self, module: str) -> None:
        """Brings a module up to date from every partner; back when that is done."""
        for partner in self.platform.partners.registered:
            await self._ends(self.emsp.pulls(partner, module))

    async def _ends(self, exchange: Coroutine[Any, Any, Any]) -> None:
        try:
            await exchange
        except (Failed, Unfit) as error:
            self.outcomes.append(str(error))


@party("reference-emsp-https", role="emsp")
def over_https(site: Site) -> ReferenceEmsp:
    """The same, served over HTTPS."""
    made = ReferenceEmsp(site)
    made.url = made.url.replace("http:", "https:")
    return made
