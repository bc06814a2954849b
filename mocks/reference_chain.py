"""A chain as an embedded SUT: the virtual INCH, the reference CPO and the reference eMSP, connected over sockets.

The tester's log holds both links: OCPP from the INCH's end (there it stands for *tester*), OCPI from the ends that ask (the CPO
stands for *sut*, the eMSP for *tester*).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from evconform.harness import content
from evconform.harness.form import Form
from evconform.harness.law_files import read_law_file
from evconform.harness.party import Site, party
from evconform.harness.pics import Pics
from evconform.harness.user_file import read_toml
from evconform.harness.wire import Side
from evconform.http import taming
from evconform.ocpi.keyring import Keyring
from evconform.reference.cpo.ocpi.back_office import BackOffice
from evconform.reference.emsp.http.api import app
from evconform.reference.ocpi.platform import OcpiSettings, Platform
from evconform.reference.ocpi.secrets import new_token
from mocks.inch import Inch
from mocks.reference_cpo import ReferenceCpo
from mocks.reference_cpo_ocpi import PARTY
from mocks.reference_emsp import ReferenceEmsp

LOCATION = "J1"
COLUMN = "1.6-json"
"""Of the charge point's form."""
DRIVER_VIEW = "/driver/evses"
OPERATOR = "the operator of the eMSP, whom nobody is"
"""The token of an API that nobody uses here."""


@party("reference-chain", role="chain")
class ReferenceChain:
    """``charge_point``, ``cpo`` with its ``office``, ``emsp``: what a fault changes. The bench is the charge point's."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.charge_point = Inch(replace(site, pics=charge_point_pics(site.pics)))
        self.cpo = ReferenceCpo(replace(site, wire=None))
        self.office = BackOffice(self.cpo, OcpiSettings(allowed=frozenset(("loopback",))))
        self.emsp = ReferenceEmsp(site)
        self.keyring: Keyring | None = None
        self._served: list[taming.Served] = []

    def __getattr__(self, action: str) -> Any:
        """A bench action."""
        if action.startswith("_"):
            raise AttributeError(action)
        return getattr(self.charge_point, action)

    async def start(self) -> str:
        """Connects all; returns the URL of what the eMSP shows a driver."""
        self._taps()
        ocpp_url = await self.cpo.start()
        await self.office.load()
        await self.office.platform.has(PARTY)
        await self._serves(self.office.platform)
        versions_of_emsp = await self.emsp.start()
        self._announces("tester", versions_of_emsp)
        self._announces("sut", self.office.platform.versions_url)
        await self._registers()
        await self.office.locations.publishes(location(self.site.pics), self._places())
        self.charge_point.site.url = ocpp_url
        await self.charge_point.start()
        served = await taming.serve(app(self.emsp.emsp, OPERATOR), self.site.clock, self.site.tasks)
        self._served.append(served)
        return f"{served.url}{DRIVER_VIEW}"

    async def stop(self) -> None:
        for stops in (self.charge_point.stop, self.emsp.stop, *(each.close for each in self._served)):
            await stops()
        await self.office.close()
        await self.cpo.stop()
        if self.keyring and self.site.wire:
            self.keyring.forgets()
            self.site.wire.finds = None

    # ── the links ──

    def _taps(self) -> None:
        """What either back office asks is logged, and no token of theirs."""
        if self.site.wire is None:
            return
        self.keyring = Keyring(self.site.wire, reads_of=("sut", "tester"))
        self.site.wire.finds = self.keyring.reads
        ends: dict[Side, Platform] = {"sut": self.office.platform, "tester": self.emsp.platform}
        for side, platform in ends.items():
            platform.calls.wire, platform.calls.by = self.site.wire, side

    def _announces(self, side: str, url: str) -> None:
        if self.site.wire:
            self.site.wire.mark("versions-url", side=side, url=url, partner="")

    async def _serves(self, platform: Platform) -> None:
        served = await taming.serve(platform.app, self.site.clock, self.site.tasks, "http://127.0.0.1:0/ocpi")
        self._served.append(served)
        platform.url = served.url

    async def _registers(self) -> None:
        """The eMSP registers with the CPO."""
        token = self.keyring.makes("A", "sut") if self.keyring else new_token()
        await self.office.platform.partners.invite(token)
        await self.emsp.platform.joining.registers(self.office.platform.versions_url, token)

    def _places(self) -> dict[str, tuple[str, int]]:
        """The EVSEs that are connectors of the charge point."""
        rows = self.site.pics.sections.get("evse", [])
        return {row["uid"]: (self.site.identity, row["connector"]) for row in rows if row.get("connector")}


def charge_point_pics(pics: Pics) -> Pics:
    """What the charge point of the chain claims, in its own form. Raises UsageError."""
    file = content.find(pics.sections["charge_point"]["pics"], "pics", Path("reference-chain.toml"), [])
    form = content.shipped() / "suites" / "ocpp16" / "pics.toml"
    return Pics.fill(Form.read(read_law_file(form), form), read_toml(file), file, COLUMN)


def location(pics: Pics) -> dict[str, Any]:
    """Where the charge point stands: an EVSE a row of the PICS. One that is no connector of it is not built yet."""
    return {
        "country_code": PARTY.country_code,
        "party_id": PARTY.party_id,
        "id": LOCATION,
        "publish": True,
        "name": "evconform journey",
        "address": "Dunajska cesta 1",
        "city": "Ljubljana",
        "country": "SVN",
        "coordinates": {"latitude": "46.056947", "longitude": "14.505751"},
        "time_zone": "Europe/Ljubljana",
        "evses": [evse(row) for row in pics.sections.get("evse", [])],
    }


def evse(row: dict[str, Any]) -> dict[str, Any]:
    connector = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
    }
    built = {} if row.get("connector") else {"status": "PLANNED"}
    return {"uid": row["uid"], "connectors": [connector]} | built
